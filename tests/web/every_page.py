"""Every page of the app, in a diary that has something on each of them, behind a real server."""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import uvicorn
from web.conftest import free_port
from web_visit import Home, Visitor

from twofold.app.web.app import ROUTERS
from twofold.app.web.sample import changes
from twofold.app.web.sessions import COOKIE
from twofold.store.entry import Change

PAGES: dict[str, tuple[str, ...]] = {
    "/": ("/", "empty:/", "running:/", "left:/"),
    "/account": ("/account",),
    "/account/devices": ("/account/devices",),
    "/account/log": ("/account/log",),
    "/account/passphrase": ("/account/passphrase",),
    "/account/people": ("/account/people",),
    "/account/second": ("/account/second", "empty:/account/second"),
    "/account/second/app": ("app:/account/second/app",),
    "/account/second/codes": ("codes:/account/second/codes",),
    "/account/second/passkey": ("passkey:/account/second/passkey",),
    "/attack/{attack:uuid}": ("running:/attack/{running}", "/attack/{over}", "left:/attack/{left}"),
    "/attack/{attack:uuid}/end": ("left:/attack/{left}/end",),
    "/attack/{attack:uuid}/medicine": ("running:/attack/{running}/medicine",),
    "/attack/{attack:uuid}/more": ("running:/attack/{running}/more", "/attack/{over}/more"),
    "/attack/undo": ("/attack/undo", "running:/attack/undo"),
    "/calm": ("/calm",),
    "/conflicts": ("/conflicts", "empty:/conflicts"),
    "/data": ("/data", "empty:/data"),
    "/data/erase": ("empty:/data/erase",),
    "/days": ("/days", "empty:/days"),
    "/days/after": ("/days/after",),
    "/days/entry/{entry:uuid}": (
        "left:/days/entry/{left}",
        "/days/entry/{night}",
        "/days/entry/{mood}",
    ),
    "/days/entry/{entry:uuid}/history": ("/days/entry/{over}/history",),
    "/days/month/{written}": ("/days/month/2026-10",),
    "/days/out": ("/days/out",),
    "/days/{written}": ("/days/2026-11-20", "empty:/days/2026-11-19"),
    "/days/{written}/add/{kind}": ("/days/2026-11-20/add/attack", "/days/2026-11-20/add/note"),
    "/evening": ("empty:/evening",),
    "/evening/all": ("/evening/all", "left:/evening/all"),
    "/evening/kept": ("/evening/kept",),
    "/evening/short": ("/evening/short",),
    "/evening/{written}": ("/evening/2026-11-20",),
    "/evening/{written}/kept": ("/evening/2026-11-20/kept",),
    "/factors": ("/factors",),
    "/help": ("/help", "stranger:/help"),
    "/help/offline": ("stranger:/help/offline",),
    "/help/question": ("/help/question",),
    "/lab": ("/lab",),
    "/lab/map": (),
    "/lab/study": (),
    "/light": (),
    "/medicines": ("/medicines", "empty:/medicines"),
    "/medicines/add": ("/medicines/add",),
    "/medicines/courses/{course:uuid}": ("/medicines/courses/{course}",),
    "/medicines/doses": ("/medicines/doses",),
    "/medicines/doses/{dose:uuid}": ("/medicines/doses/{dose}",),
    "/medicines/effects": ("/medicines/effects",),
    "/medicines/effects/{effect:uuid}": ("/medicines/effects/{effect}",),
    "/medicines/effects/{effect:uuid}/signs": ("/medicines/effects/{effect}/signs",),
    "/medicines/told": ("running:/medicines/told", "empty:/medicines/told"),
    "/medicines/{medicine:uuid}": ("/medicines/{medicine}", "/medicines/{preventive}"),
    "/medicines/{medicine:uuid}/check": ("/medicines/{serious}/check",),
    "/medicines/{medicine:uuid}/dose": ("/medicines/{medicine}/dose",),
    "/medicines/{medicine:uuid}/edit": ("/medicines/{medicine}/edit",),
    "/medicines/{medicine:uuid}/effect": ("/medicines/{medicine}/effect",),
    "/offline": ("stranger:/offline",),
    "/open": ("stranger:/open",),
    "/open/erased": ("stranger:/open/erased",),
    "/open/join": ("stranger:/open/join",),
    "/open/new": ("renewing:/open/new",),
    "/open/second": ("half:/open/second",),
    "/plan": ("/plan",),
    "/profile": ("/profile",),
    "/profile/questions": ("/profile/questions",),
    "/reminders": ("/reminders",),
    "/review": ("empty:/review", "running:/review"),
    "/review/report": (),
    "/scales": ("/scales",),
    "/scales/answer/{entry}": ("/scales/answer/{answered}",),
    "/scales/{name}": (),
    "/scales/{name}/all": ("/scales/phq9/all",),
    "/scales/{name}/total": ("/scales/hit6/total",),
    "/scales/{name}/{place}": ("/scales/gad7/1",),
    "/settings": ("/settings",),
    "/timeline": ("/timeline",),
    "/timeline/{written}": ("/timeline/2026-10-01",),
    "/unusual": ("/unusual",),
    "/unusual/{entry:uuid}": ("/unusual/{signs}",),
    "/week": ("/week",),
    "/week/{written}": ("/week/2026-11-09",),
}
"""Each route that answers with a page, and where it is looked at: ``who:path``, else a full diary.

A route without a place leads on to another page, or is a page with a look and tests of its own.
"""

FILES = {
    "/account/second/app/qr.svg", "/data/backup", "/data/out.zip", "/days/go", "/lab/study/progress", "/lab/study/result.json",
    "/lab/study/{name}.svg", "/manifest.webmanifest", "/offline/words",
    "/reminders/notes.ics", "/reminders/notes.json", "/review/progress", "/review/report.{form}", "/sw.js", "/sync",
}  # fmt: skip
"""Routes whose answer is no page, or a piece of one."""

ASKED: dict[str, dict[str, Any]] = {
    "app": {"for": "app", "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"},
    "codes": {"for": "codes", "codes": [f"wave-{n}-stone-harp" for n in range(10)]},
    "passkey": {"for": "new passkey", "challenge": ""},
}
"""What a browser is being asked while its second factor is set up."""


def routes() -> set[str]:
    """Return every path of the app that can be asked for."""
    found = set()
    for name in ROUTERS:
        for route in import_module(f"twofold.app.web.{name}").router.routes:
            if "GET" in getattr(route, "methods", ()):
                found.add(route.path)
    return found


@dataclass
class Place:
    """A running server, and who may be on it."""

    url: str
    home: Home
    tokens: dict[str, str]
    names: dict[str, str]
    addresses: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for paths in PAGES.values():
            for path in paths:
                who, _, where = path.rpartition(":/")
                self.addresses.append((who or "full", "/" + where.lstrip("/").format(**self.names)))


@contextmanager
def served(folder: Path) -> Iterator[Place]:
    """Serve a house with several people, in this process."""
    home = Home(folder)
    people = {who: home.someone() for who in ("full", "running", "empty", "typing", "left")}
    names = fill(people["full"]) | {"running": begin_attack(people["running"])}
    names["left"] = leave_open(people["left"])
    tokens = {who: one.client.cookies[COOKIE] for who, one in people.items()}
    for who, stage in (("half", "first"), ("renewing", "renew")):
        _, tokens[who] = home.house.doors.sign_ins.begin(
            people["full"].person, stage=stage, way="account", device="", now=home.now
        )
    for what, asked in ASKED.items():
        name, tokens[what] = home.house.doors.sign_ins.begin(
            people["full"].person, stage="full", way="account", device="", now=home.now
        )
        home.house.doors.sign_ins.ask(name, json.dumps(asked).encode())
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(home.app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield Place(f"http://localhost:{port}", home, tokens, names)
    server.should_exit = True
    thread.join(timeout=20)


def begin_attack(person: Visitor) -> str:
    """Begin an attack with a dose that meets another, and return its id."""
    attack = _last(person.post("/attack", once=str(uuid.uuid4())))
    for name in ("sertraline", "tramadol", "my own drops"):
        person.post(f"/attack/{attack}/dose", once=str(uuid.uuid4()), other=name)
    return attack


def leave_open(person: Visitor) -> str:
    """Write down an attack of days ago that nobody ended, and return its id."""
    name = str(uuid.uuid4())
    when = {"time": "09:00:00", "offset_minutes": 0}
    told = {"onset": {"day": "2026-11-16", **when}, "is_running": True,
            "still": [{"day": "2026-11-17", **when}]}  # fmt: skip
    made = Change(name, name, "attack", told, person.now)
    person.store.write(person.person, [made], received=person.now)
    return name


def fill(person: Visitor) -> dict[str, str]:
    """Write something for every page, and return the ids that its pages are named by."""
    store, today = person.store, person.now.date()
    store.write(person.person, list(changes(person.now)), received=person.now)
    kinds = (("over", "attack"), ("night", "sleep"), ("mood", "mood_note"))
    names = {name: store.entries(person.person, kinds=(kind,))[-1].id for name, kind in kinds}
    names |= _medicines(person)
    names["answered"] = _answer(person, "phq9")
    names["signs"] = _last(person.post("/unusual", once=str(uuid.uuid4()), fever="yes"))
    person.post("/evening/2026-11-21", headache="none", mood="4", note="calm \U0001f327")
    assert str(today) == "2026-11-22"
    _date_ahead(person)
    return names


def _date_ahead(person: Visitor) -> None:
    """Date two entries after today, as an older program let in."""
    bodies = {
        "note": {"day": "2027-03-01", "text": "calm"},
        "attack": {"onset": {"day": "2027-03-02"}},
    }
    for kind, body in bodies.items():
        name = str(uuid.uuid4())
        made = [Change(name, name, kind, body, person.now)]
        person.store.write(person.person, made, received=person.now)


def _medicines(person: Visitor) -> dict[str, str]:
    add: list[tuple[str, dict[str, Any]]] = [
        ("medicine", {"name": "sumatriptan", "purpose": "acute", "amount": "50", "unit": "mg"}),
        ("preventive", {"name": "sertraline", "purpose": "preventive", "amount": "50",
                        "unit": "mg", "every": "day", "start": "2026-09-01"}),
        ("serious", {"name": "tramadol", "purpose": "as_needed"}),
    ]  # fmt: skip
    names = {}
    for name, told in add:
        led = person.post("/medicines/add", entry=str(uuid.uuid4()), **told)
        names[name] = led.split("/")[2]
    person.post(f"/medicines/{names['medicine']}/dose", entry=(dose := str(uuid.uuid4())),
                day="2026-11-21", time="09:10")  # fmt: skip
    person.post("/medicines/effects", entry=(effect := str(uuid.uuid4())),
                medicine=names["preventive"], day="2026-11-01", words="rash", sign="clonus")  # fmt: skip
    course = store_course(person)
    return {**names, "dose": dose, "effect": effect, "course": course}


def store_course(person: Visitor) -> str:
    return person.entries("course")[-1].id


def _answer(person: Visitor, scale: str) -> str:
    page = person.get(f"/scales/{scale}/all")
    asked = set(re.findall(r'type="radio" name="([^"]+)"', page))
    return _last(person.fill(f"/scales/{scale}/all", f"/scales/{scale}",
                             **dict.fromkeys(asked, "0")))  # fmt: skip


def _last(path: str) -> str:
    return path.rstrip("/").rsplit("/", 1)[1]
