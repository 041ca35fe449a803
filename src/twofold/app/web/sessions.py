"""Who is signed in, on the web's side: the cookie, the device's words, how long it lasts."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from fastapi import Request
from starlette.responses import Response

from twofold.store.door_log import Decision
from twofold.store.sign_ins import Lasting, Session, Stage

if TYPE_CHECKING:
    from twofold.app.web.house import House

COOKIE = "twofold"
SECURE_COOKIE = "__Host-twofold"
HERE = Lasting(dt.timedelta(days=30), dt.timedelta(days=180))
"""On this machine alone: whoever sits at it is its owner, and signing in costs energy."""
ELSEWHERE = Lasting(dt.timedelta(hours=12), dt.timedelta(days=7))

_SAID_AGAIN = dt.timedelta(hours=1)
_MOST_SAID = 10_000
_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def lasting_of(house: House) -> Lasting:
    """Return how long a session lasts here."""
    return HERE if house.is_local else ELSEWHERE


def token_of(request: Request) -> str | None:
    """Return the token that the browser brought; on https only the cookie bound to this host."""
    house: House = request.app.state.house
    return request.cookies.get(SECURE_COOKIE if house.is_encrypted else COOKIE)


def session_of(request: Request) -> Session | None:
    """Return the session of the browser, ``None`` when it is not signed in or all is locked."""
    house: House = request.app.state.house
    if house.store is None:
        return None
    lasting = lasting_of(house)
    return house.doors.sign_ins.of(token_of(request), lasting, now=house.clock())


def sign_in(request: Request, answer: Response, person: str, *, stage: Stage, way: str) -> str:
    """Sign the browser in with a fresh token; one that it brought ends (no session is fixed).

    Returns
    -------
    str
        The session's id.
    """
    house: House = request.app.state.house
    before = session_of(request)
    if before is not None:
        house.doors.sign_ins.end(before.id)
        house.proofs.pop(before.id, None)
    name, token = house.doors.sign_ins.begin(
        person, stage=stage, way=way, device=device_of(request), now=house.clock()
    )
    _give_cookie(answer, house, token)
    if stage == "full":
        write_down(request, "sign-in", allowed=True, person=person, why=way)
    return name


def sign_out(request: Request, answer: Response) -> None:
    """Sign the browser out, and have it forget what it kept of these pages."""
    house: House = request.app.state.house
    session = session_of(request)
    if session is not None:
        house.doors.sign_ins.end(session.id)
        house.proofs.pop(session.id, None)
        write_down(request, "sign-out", allowed=True, person=session.person)
    answer.headers["clear-site-data"] = '"cache"'
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
    answer.delete_cookie(SECURE_COOKIE, secure=True, httponly=True, samesite="lax")


def device_of(request: Request) -> str:
    """Return a browser and its system in a few words, as far as it tells them."""
    agent = request.headers.get("user-agent", "")[:500]
    browser = next((name for sign, name in _BROWSERS if re.search(rf"\b{sign}\b", agent)), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return " – ".join(word for word in (browser, system) if word)


def address_of(request: Request) -> str:
    """Return the network address that a request came from."""
    return request.client.host if request.client else ""


def write_down(
    request: Request, what: str, *, allowed: bool, person: str = "", why: str = ""
) -> None:
    """Write a decision at the doors down, where the diary is open."""
    house: House = request.app.state.house
    if house.store is None:
        return
    about = {"address": address_of(request), "device": device_of(request)}
    house.doors.log.write(Decision(house.clock(), what, allowed, person=person, why=why, **about))


def write_down_once(
    request: Request, what: str, *, allowed: bool, person: str = "", why: str = ""
) -> None:
    """Write a decision down unless the same was written within the hour.

    A person turns pages all evening, and a stranger may knock a thousand times a second:
    the log says that they did, and neither fills the disk.
    """
    house: House = request.app.state.house
    same = (what, str(allowed), person, why, address_of(request))
    now = house.clock()
    if now - house.said.get(same, dt.datetime.min.replace(tzinfo=dt.UTC)) < _SAID_AGAIN:
        return
    if len(house.said) >= _MOST_SAID:
        house.said.clear()
    house.said[same] = now
    write_down(request, what, allowed=allowed, person=person, why=why)


def _give_cookie(answer: Response, house: House, token: str) -> None:
    answer.set_cookie(
        SECURE_COOKIE if house.is_encrypted else COOKIE,
        token,
        max_age=int(lasting_of(house).longest.total_seconds()),
        path="/",
        httponly=True,
        secure=house.is_encrypted,
        samesite="lax",
    )
