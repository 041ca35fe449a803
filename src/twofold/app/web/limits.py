"""How long someone who failed at a door waits: longer each time, and never for ever.

Who waits: an address that failed, an account together with an address, and an account as a
whole for addresses from which nobody signed in to it before. So a stranger who fails on
purpose cannot keep the owner out. The safety page and writing offline know no waiting.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import json
from typing import TYPE_CHECKING

from fastapi import Request

from twofold.app.web.sessions import address_of, write_down_once
from twofold.store import durable
from twofold.store.door_log import FORGOTTEN, Attempts

if TYPE_CHECKING:
    from pathlib import Path

    from twofold.app.web.house import House

FREE = 4
"""Failures without any wait: fingers slip, above all in an attack."""
LONGEST = dt.timedelta(minutes=15)
_MOST_KEPT = 2_000
_CROWD = 5
"""How many times more an address alone may fail: several people can share one."""


class TooSoon(Exception):
    """Someone who failed tries again before the wait is over."""

    def __init__(self, until: dt.datetime) -> None:
        self.until = until
        super().__init__(until.isoformat())


def wait(failures: int) -> dt.timedelta:
    """Return how long to wait after so many failures in a row: 2 s, 4 s, 8 s … 15 minutes."""
    over = failures - FREE
    return min(dt.timedelta(seconds=2.0 ** min(over, 20)), LONGEST) if over > 0 else dt.timedelta()


def check(request: Request, account: str = "") -> None:
    """Refuse an attempt that comes too soon after a failed one.

    Parameters
    ----------
    account : str
        Id of the person whose account is tried, or the name that was typed; empty: the diary.

    Raises
    ------
    TooSoon
        With the moment from which on it is taken.
    """
    house: House = request.app.state.house
    now = house.clock()
    subjects = _subjects(request, account)
    until = max(_until(_attempts(house, one, now), share) for one, share in subjects)
    if until > now:
        write_down_once(request, "wait", allowed=False, why="too soon after a failure")
        raise TooSoon(until)


def failed(request: Request, account: str = "") -> None:
    """Count a failure."""
    house: House = request.app.state.house
    for subject, _ in _subjects(request, account):
        _fail(house, subject, house.clock())


def passed(request: Request, account: str = "") -> None:
    """Forget the failures of who got in."""
    for subject, _ in _subjects(request, account):
        _clear(request.app.state.house, subject)


def _subjects(request: Request, account: str) -> list[tuple[str, int]]:
    """Return who may have to wait, and how many times more patience each is given."""
    here = network_of(address_of(request))
    subjects = [(f"{account} at {here}", 1), (f"at {here}", _CROWD)]
    whole = account and not _is_known(request, account)
    return [*subjects, (f"as {account}", _CROWD)] if whole else subjects


def network_of(address: str) -> str:
    """Return an address as it is counted: of IPv6 the half that a household shares."""
    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        return address
    return str(ipaddress.ip_network((address, 64), strict=False)) if version == 6 else address


def _is_known(request: Request, account: str) -> bool:
    """Return whether this account was signed in to from this address before."""
    house: House = request.app.state.house
    return house.store is not None and house.doors.log.has_come(account, address_of(request))


def _until(found: Attempts, share: int) -> dt.datetime:
    never = dt.datetime.min.replace(tzinfo=dt.UTC)
    return found.last + wait(found.failures // share) if found.last else never


def _attempts(house: House, subject: str, now: dt.datetime) -> Attempts:
    if house.store is not None:
        return house.doors.log.attempts(subject, now=now)
    return _Beside(house.folder).attempts(subject, now)


def _fail(house: House, subject: str, now: dt.datetime) -> None:
    if house.store is not None:
        house.doors.log.fail(subject, now=now)
    else:
        _Beside(house.folder).fail(subject, now)


def _clear(house: House, subject: str) -> None:
    if house.store is not None:
        house.doors.log.clear(subject)
    _Beside(house.folder).clear(subject)


class _Beside:
    """Failures while the diary is locked, in a file beside it: hashes, counts and times."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "attempts.json"

    def attempts(self, subject: str, now: dt.datetime) -> Attempts:
        found = self._read(now).get(_name(subject))
        return Attempts(found[0], dt.datetime.fromisoformat(found[1])) if found else Attempts()

    def fail(self, subject: str, now: dt.datetime) -> None:
        kept = self._read(now)
        count = kept.get(_name(subject), (0, ""))[0] + 1
        newest = sorted(kept.items(), key=lambda one: one[1][1])[-_MOST_KEPT:]
        self._write(dict(newest) | {_name(subject): (count, now.isoformat())})

    def clear(self, subject: str) -> None:
        if self.path.exists():
            kept = self._read(dt.datetime.min.replace(tzinfo=dt.UTC))
            if kept.pop(_name(subject), None):
                self._write(kept)

    def _read(self, now: dt.datetime) -> dict[str, tuple[int, str]]:
        """Return what is kept; a file that cannot be read counts as none."""
        try:
            kept = json.loads(self.path.read_bytes())
            pairs = {str(name): (int(one[0]), str(one[1])) for name, one in kept.items()}
            return {name: one for name, one in pairs.items() if _is_recent(one[1], now)}
        except (OSError, ValueError, TypeError, AttributeError, LookupError):
            return {}

    def _write(self, kept: dict[str, tuple[int, str]]) -> None:
        durable.write(self.path, json.dumps(kept).encode())


def _is_recent(at: str, now: dt.datetime) -> bool:
    since = dt.datetime.fromisoformat(at)
    return since.tzinfo is not None and (now < since or now - since < FORGOTTEN)


def _name(subject: str) -> str:
    return hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()
