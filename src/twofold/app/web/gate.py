"""The one place that decides who may use what: deny by default.

Every page of the app passes ``admit`` first: but for a listed handful, it runs only for a
person who is fully signed in. A handler that takes a ``Door`` sees only that person's diary.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Depends, Request

from twofold.app.web import limits
from twofold.app.web.sessions import device_of, session_of, write_down, write_down_once
from twofold.people.person import Person
from twofold.store.adding import up_to
from twofold.store.entry import Change, Entry
from twofold.store.sign_ins import Session, Stage

if TYPE_CHECKING:
    from twofold.app.web.house import House
    from twofold.diary.diary import Diary
    from twofold.store.store import Store

OPEN = (
    "/help",
    "/light",
    "/open",
    "/close",
    "/static",
    "/sw.js",
    "/manifest.webmanifest",
    "/offline",
)
"""What anyone may open, with what lies below it; each checks what it does by itself."""

ENROLLING = ("/account/second",)
"""What someone may open who still has to set up a second factor."""

_NEXT = {"first": "/open/second", "renew": "/open/new", "enrol": "/account/second"}


class NotAllowed(Exception):
    """The reader may not see this; ``leads_to`` is where the door is."""

    def __init__(self, leads_to: str) -> None:
        self.leads_to = leads_to
        super().__init__(leads_to)


@dataclass(frozen=True)
class Visit:
    """What one request of a signed-in person may use.

    Parameters
    ----------
    now : datetime
        The moment of the request, in the person's own time zone.
    device : str
        Id of the session: which browser this is.
    way : str
        How it signed in.
    device_words : str
        Which device this is, in words that a person can tell apart from another one.
    """

    store: Store
    person: Person
    now: dt.datetime
    zone: str
    device: str = ""
    way: str = ""
    device_words: str = ""

    @property
    def today(self) -> dt.date:
        """The person's local date."""
        return self.now.date()

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """What the person has chosen, by name."""
        entries = self.store.entries(self.person.id, kinds=("setting",))
        return {str(entry.body["name"]): entry.body["value"] for entry in entries if entry.body}

    def setting(self, name: str, default: Any = None) -> Any:
        """Return one choice of the person, or ``default`` where none was made."""
        return self.settings.get(name, default)

    def set(self, name: str, value: Any) -> None:
        """Keep a choice."""
        self.put("setting", {"name": name, "value": value}, entry=self.only(name))

    def only(self, name: str) -> str:
        """Return the id of an entry of which a person has one, by its name."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.person.id}/{name}"))

    def put(
        self,
        kind: str,
        body: Mapping[str, Any],
        *,
        entry: str | None = None,
        base: str | None = None,
    ) -> str:
        """Write an entry, or a new version of one; it is on the disk when this returns.

        Returns
        -------
        str
            The id of the entry.
        """
        name = entry or str(uuid.uuid4())
        self._write(self.change(kind, body, entry=name, base=base))
        return name

    def take_out(self, entry: Entry) -> None:
        """Take an entry out of the diary; its history keeps it."""
        self._write(self.change(entry.kind, None, entry=entry.id))

    def change(
        self,
        kind: str,
        body: Mapping[str, Any] | None,
        *,
        entry: str,
        base: str | None = None,
        name: str = "",
    ) -> Change:
        """Return a change that is made now, on this device; ``name``: its id, else a new one."""
        own = name or str(uuid.uuid4())
        return Change(own, entry, kind, body, self.now, self.zone, base, self.device_words)

    def entry(self, entry: str, *, kind: str) -> Entry | None:
        """Return one entry of this person that is of this kind and still there."""
        found = self.store.entry(self.person.id, entry)
        return found if found and found.kind == kind and not found.is_out else None

    def diary(self) -> Diary:
        """Return everything the person wrote, as a diary that ends today."""
        whole = self.store.diary(self.person.id, today=self.today)
        is_beyond = isinstance(whole.last_day, dt.date) and whole.last_day > self.today
        return up_to(whole, self.today)[0] if is_beyond else whole

    def _write(self, change: Change) -> None:
        self.store.write(self.person.id, [change], received=self.now)


def admit(request: Request) -> None:
    """Let a request pass to any page of the app, or lead it to the door."""
    if not is_under(request.url.path, OPEN):
        visit(request)


def visit(request: Request) -> Visit:
    """Let a signed-in person in, or lead to the door."""
    known: Visit | None = getattr(request.state, "visit", None)
    if known is None:
        known = request.state.visit = _visit(request)
    return known


Door = Annotated[Visit, Depends(visit)]


def leads_to(path: str, session: Session | None, *, needs_accounts: bool) -> str:
    """Return where someone has to go before they may see a page; empty: nowhere.

    Parameters
    ----------
    session : Session, optional
        Of the browser; ``None``: not signed in, or the diary is locked.
    needs_accounts : bool
        Whether the passphrase of the database is not enough here.
    """
    if session is None or (session.way == "database" and needs_accounts):
        return "/open"
    if session.stage == "enrol" and is_under(path, ENROLLING):
        return ""
    return _NEXT.get(session.stage, "")


def half_signed_in(request: Request, stage: Stage) -> Session:
    """Return the session of someone who is on the way in, or lead to the door."""
    session = session_of(request)
    if session is None or session.stage != stage:
        raise NotAllowed("/open")
    return session


def proves(request: Request, person: str, passphrase: str, *, of_account: bool = False) -> bool:
    """Return whether someone who is signed in knows the passphrase: asked before what is grave.

    Parameters
    ----------
    of_account : bool
        Whether only that of the person's account counts, also where the diary's own suffices
        to come in.

    Raises
    ------
    TooSoon
        After too many wrong ones.
    """
    limits.check(request, person)
    house: House = request.app.state.house
    by_account = of_account or house.needs_accounts
    is_right = _is_theirs(house, person, passphrase, by_account=by_account)
    (limits.passed if is_right else limits.failed)(request, person)
    write_down(request, "proof", allowed=is_right, person=person, why="" if is_right else "wrong")
    return is_right


def _is_theirs(house: House, person: str, passphrase: str, *, by_account: bool) -> bool:
    from twofold.errors import WrongKey
    from twofold.store.accounts import fits

    if by_account:
        return fits(house.doors.accounts.of(person), passphrase)
    try:
        house.open(passphrase)
    except WrongKey:
        return False
    return True


def is_under(path: str, roots: tuple[str, ...]) -> bool:
    """Return whether a path is one of these or lies below one."""
    return any(path == root or path.startswith(f"{root}/") for root in roots)


def zone_of(request: Request, person: Person) -> str:
    """Return the zone that was chosen for this browser, else where it is, else where home is.

    A person who travels writes days as they are lived; the page's script sets the cookie ``zone``.
    """
    cookies = request.cookies
    for name in (cookies.get("fixed_zone", ""), cookies.get("zone", ""), person.zone):
        if name and is_zone(name):
            return name
    return "UTC"


def is_zone(name: str) -> bool:
    """Return whether a time zone of this name exists."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _visit(request: Request) -> Visit:
    house: House = request.app.state.house
    session = session_of(request)
    needs = session is not None and session.way == "database" and house.needs_accounts
    door = leads_to(request.url.path, session, needs_accounts=needs)
    person = house.store.person(session.person) if house.store and session and not door else None
    if house.store is None or session is None or person is None:
        whose = session.person if session else ""
        write_down_once(request, "visit", allowed=False, person=whose, why="not signed in")
        raise NotAllowed(door or "/open")
    write_down_once(request, "visit", allowed=True, person=person.id, why=session.id)
    zone = zone_of(request, person)
    now = house.clock().astimezone(ZoneInfo(zone))
    words = f"{device_of(request)[:48]} {session.id[:4]}".strip()
    return Visit(house.store, person, now, zone, session.id, session.way, words)
