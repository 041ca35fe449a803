"""The one place that decides who may use what: deny by default.

A handler that takes a ``Door`` runs only for a signed-in person, and sees only
that person's diary. Pages that anyone may open (the safety page, signing in)
take none.
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

from twofold.people.person import Person
from twofold.store.entry import Change, Entry

if TYPE_CHECKING:
    from twofold.app.web.house import House
    from twofold.diary.diary import Diary
    from twofold.store.store import Store

COOKIE = "twofold"
SECURE_COOKIE = "__Host-twofold"


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
    """

    store: Store
    person: Person
    now: dt.datetime
    zone: str
    device: str = ""

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
        self._write(Change(str(uuid.uuid4()), name, kind, body, self.now, self.zone, base))
        return name

    def take_out(self, entry: Entry) -> None:
        """Take an entry out of the diary; its history keeps it."""
        self._write(Change(str(uuid.uuid4()), entry.id, entry.kind, None, self.now, self.zone))

    def entry(self, entry: str, *, kind: str) -> Entry | None:
        """Return one entry of this person that is of this kind and still there."""
        found = self.store.entry(self.person.id, entry)
        return found if found and found.kind == kind and not found.is_out else None

    def diary(self) -> Diary:
        """Return everything the person wrote, as a diary that ends today."""
        return self.store.diary(self.person.id, today=self.today)

    def _write(self, change: Change) -> None:
        self.store.write(self.person.id, [change], received=self.now)


def visit(request: Request) -> Visit:
    """Let a signed-in person in, or lead to the door."""
    house: House = request.app.state.house
    if house.store is None:
        raise NotAllowed("/open")
    session = house.sessions.of(token_of(request), house.clock())
    person = house.store.person(session.person) if session else None
    if session is None or person is None:
        raise NotAllowed("/open")
    zone = zone_of(request, person)
    return Visit(house.store, person, house.clock().astimezone(ZoneInfo(zone)), zone, session.id)


Door = Annotated[Visit, Depends(visit)]


def token_of(request: Request) -> str | None:
    """Return the token that the browser brought."""
    return request.cookies.get(SECURE_COOKIE) or request.cookies.get(COOKIE)


def zone_of(request: Request, person: Person) -> str:
    """Return where the browser says it is, else where the person lives, else UTC.

    A person who travels writes days as they are lived; the cookie is set by the page's script.
    """
    for name in (request.cookies.get("zone", ""), person.zone):
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
