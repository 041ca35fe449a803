"""Two devices, on and off at random: nothing that was kept on one of them is lost or doubled.

A device here speaks what ``static/outbox.js`` speaks: it seals each entry to the
diary's key, keeps only the seal, sends it when it can, and lets go only of what was
answered for. Between them and a real server everything goes wrong that can: no
connection, a request that never came, an answer that was lost, one sent twice, a
page closed before it could note the answer.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import random
import secrets
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from twofold.store.opening import open_store

ZONE = "Europe/Berlin"
OFFSET = dt.timezone(dt.timedelta(hours=1))
STEPS = 24
CURVE = ec.SECP256R1()


def seal(key: bytes, name: str, plain: bytes) -> dict[str, str]:
    """Seal to the diary's key, as a browser does."""
    own = ec.generate_private_key(CURVE)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, key)
    under = HKDF(SHA256(), 32, None, b"twofold outbox 1").derive(own.exchange(ec.ECDH(), theirs))
    iv = secrets.token_bytes(12)
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    parts = {"epk": point, "iv": iv, "ct": AESGCM(under).encrypt(iv, plain, name.encode())}
    return {part: base64.b64encode(value).decode() for part, value in parts.items()}


def when(moment: dt.datetime) -> dict[str, Any]:
    """A moment as an entry holds it."""
    return {
        "day": moment.date().isoformat(),
        "time": moment.time().isoformat("seconds"),
        "offset_minutes": 60,
    }


@dataclass
class Device:
    """One phone: its outbox outlives the page, everything else is gone when it is closed."""

    url: str
    passphrase: str
    queue: list[dict[str, str]] = field(default_factory=list)
    is_online: bool = True
    refused: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.http = httpx.Client(
            base_url=self.url,
            headers={"origin": self.url, "sec-fetch-site": "same-origin"},
            timeout=60,
        )
        answer = self.http.post("/open", data={"passphrase": self.passphrase})
        assert answer.status_code == 303, answer.text
        self.learn()

    def learn(self) -> None:
        """Ask for the key and the word for the person, as a page does when it is opened."""
        told = self.http.get("/sync", headers={"content-type": "application/json"}).json()
        self.key, self.key_id = base64.b64decode(told["key"]), told["key_id"]
        self.owner = told["for"]

    def keep(self, made: dict[str, Any], at: dt.datetime) -> None:
        """Put one thing into the outbox; the same one twice is one."""
        if any(one["id"] == made["id"] for one in self.queue):
            return
        told = {**made, "for": self.owner, "at": at.isoformat(timespec="seconds"), "zone": ZONE}
        sealed = seal(self.key, made["id"], json.dumps(told).encode())
        self.queue.append({"id": made["id"], "key": self.key_id, **sealed})

    def send(self, *, clock: dt.datetime | None = None) -> dict[str, Any]:
        """Send what waits, without letting go of any of it."""
        clock = clock or dt.datetime.now(OFFSET)
        told = {"clock": clock.isoformat(), "entries": self.queue}
        answer = self.http.post("/sync", json=told)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def let_go(self, answer: dict[str, Any]) -> None:
        """Let go of what was answered for, and note what could not be read."""
        done = {one["id"] for one in answer["done"]}
        self.queue = [one for one in self.queue if one["id"] not in done]
        self.refused = {one["id"]: one["says"] for one in answer["not_read"]}


@dataclass
class Made:
    """What the person did in one schedule: by the id of each change, its entry."""

    changes: dict[str, str] = field(default_factory=dict)
    attacks: list[str] = field(default_factory=list)
    doses: list[str] = field(default_factory=list)
    pain: dict[str, list[float]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    sent: int = 0


@dataclass
class Table:
    """What was found at the end of all schedules."""

    schedules: int = 0
    entries: int = 0
    lost: int = 0
    doubled: int = 0
    waiting: int = 0
    says: tuple[str, ...] = ()
    requests: int = 0
    apart: int = 0

    def lines(self) -> list[str]:
        """The table as text."""
        return [
            f"schedules                          {self.schedules:>8,}",
            f"things done on two devices         {self.entries:>8,}",
            f"requests to the server             {self.requests:>8,}",
            f"kept apart, for the person         {self.apart:>8,}",
            f"still waiting at the end           {self.waiting:>8,}",
            *(f"  {words}" for words in self.says),
            f"lost                               {self.lost:>8,}",
            f"doubled                            {self.doubled:>8,}",
        ]


class Schedule:
    """One random run of two devices."""

    def __init__(self, devices: list[Device], seed: int) -> None:
        self.devices, self.chance, self.made = devices, random.Random(seed), Made()
        self.clock = dt.datetime.now(OFFSET).replace(microsecond=0)

    def run(self) -> Made:
        """Act, lose and send at random, then come back online until nothing waits."""
        for _ in range(STEPS):
            device = self.chance.choice(self.devices)
            if self.chance.random() < 0.3:
                device.is_online = not device.is_online
            self._act(device)
            if device.is_online and self.chance.random() < 0.5:
                self._send(device)
        for _ in range(6):
            for device in self.devices:
                device.is_online = True
                if device.queue:
                    device.let_go(device.send())
                    self.made.sent += 1
        return self.made

    def _act(self, device: Device) -> None:
        self.clock = dt.datetime.now(OFFSET).replace(microsecond=0)
        acts: list[Callable[[Device], None]] = [self._begin, self._dose]
        if self.made.attacks:
            acts += [self._rate] * 5 + [self._over, self._take_out, self._mood]
        self.chance.choice(acts)(device)

    def _begin(self, device: Device) -> None:
        name = str(uuid.uuid4())
        self.made.attacks.append(name)
        self.made.pain[name] = []
        body = {"onset": when(self.clock), "is_running": True}
        self._tap(device, "/attack", {}, self._new(name, "attack", name, body))

    def _rate(self, device: Device) -> None:
        attack = self.chance.choice(self.made.attacks[-3:])
        pain = round(sum(map(len, self.made.pain.values())) * 0.013 % 10, 3)
        self.made.pain[attack].append(pain)
        body = {"when": when(self.clock), "pain": pain}
        made = self._new(str(uuid.uuid4()), "pain", attack, body)
        self._tap(device, f"/attack/{attack}/strength", {"pain": f"{pain}"}, made)

    def _over(self, device: Device) -> None:
        attack = self.chance.choice(self.made.attacks[-3:])
        made = self._new(str(uuid.uuid4()), "over", attack, when(self.clock))
        self._keep(device, made)

    def _dose(self, device: Device) -> None:
        name = str(uuid.uuid4())
        self.made.doses.append(name)
        body = {"when": when(self.clock), "name": "Ibuprofen", "purpose": "acute"}
        self._keep(device, self._new(name, "dose", name, body))

    def _mood(self, device: Device) -> None:
        body = {"when": when(self.clock), "item": "mood", "level": self.chance.randint(0, 10),
                "span": {"low": 0, "high": 10}, "better": "high"}  # fmt: skip
        self._keep(device, self._new(str(uuid.uuid4()), "mood_note", None, body))

    def _take_out(self, device: Device) -> None:
        attack = self.chance.choice(self.made.attacks[-3:])
        self.made.touched.add(attack)
        made = self._new(str(uuid.uuid4()), "attack", attack, None)
        self._keep(device, {**made, "base": attack})

    def _new(self, name: str, kind: str, entry: str | None, body: Any) -> dict[str, Any]:
        self.made.changes[name] = entry or ""
        return {"id": name, "kind": kind, "entry": entry, "body": body, "base": None}

    def _tap(self, device: Device, path: str, given: dict[str, str], made: dict[str, Any]) -> None:
        """Tap on a page; where its answer does not come, the worker keeps what was tapped."""
        if not device.is_online:
            self._keep(device, made)
            return
        fate = self.chance.random()
        if fate < 0.7:  # the request arrives
            self.made.sent += 1
            answer = device.http.post(path, data={**given, "once": made["id"]})
            if fate < 0.45 and answer.status_code in (200, 303):
                return
        self._keep(device, made)  # the answer was lost, or the request

    def _keep(self, device: Device, made: dict[str, Any]) -> None:
        device.keep(made, self.clock)

    def _send(self, device: Device) -> None:
        if not device.queue or self.chance.random() < 0.2:  # the request is lost
            return
        answer = device.send()
        self.made.sent += 1
        if self.chance.random() < 0.2:  # sent twice
            answer = device.send()
            self.made.sent += 1
        if self.chance.random() < 0.6:  # else: the answer is lost, or the page was closed
            device.let_go(answer)


def run(url: str, passphrase: str, first: int, many: int) -> tuple[list[Made], list[str]]:
    """Run schedules, and return what was done, and why anything still waits."""
    done: list[Made] = []
    waiting: list[str] = []
    devices = [Device(url, passphrase), Device(url, passphrase)]
    for seed in range(first, first + many):
        for device in devices:
            device.queue, device.is_online = [], True
        done.append(Schedule(devices, seed).run())
        for device in devices:
            waiting += [device.refused.get(one["id"], "not sent") for one in device.queue]
    return done, waiting


def count(folder: Path, passphrase: str, done: list[Made], waiting: list[str]) -> Table:
    """Open the diary that the server left, and count what of all this is in it."""
    table = Table(len(done), waiting=len(waiting), says=tuple(sorted(set(waiting))))
    with open_store(folder, passphrase) as store:
        person = store.people()[0].id
        table.apart = len(store.conflicts(person))
        entries = store.entries(person, with_out=True)
        kept = Counter(change.id for entry in entries for change in store.history(person, entry.id))
        standing = {entry.id: entry for entry in entries}
        for made in done:
            table.entries += len(made.changes)
            table.requests += made.sent
            table.lost += sum(kept[name] == 0 for name in made.changes)
            table.doubled += sum(kept[name] > 1 for name in made.changes)
            for attack in set(made.attacks) - made.touched:
                body = standing[attack].body or {} if attack in standing else {}
                found = Counter(one["pain"] for one in body.get("pain", ()))
                wanted = Counter(made.pain[attack])
                table.lost += (wanted - found).total()
                table.doubled += (found - wanted).total()
        begun = sum(len(made.attacks) + len(made.doses) for made in done)
        there = sum(entry.kind in ("attack", "dose") for entry in entries)
        table.doubled += max(0, there - begun)
    return table
