"""What the person chose: light, size, language, country, and how the evening asks.

Light, size and country are also for who is not signed in: a browser remembers
them in cookies that say nothing about anyone. Everything else belongs to the diary.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from fastapi import APIRouter, Request
from fastapi.responses import Response

from twofold.app.web.forms import Filled, Form, FormError
from twofold.app.web.gate import Door, Visit, is_zone
from twofold.app.web.keeping import Draft, keep
from twofold.app.web.language import LANGUAGES
from twofold.app.web.pages import THEMES, page, to
from twofold.app.web.safety import anyone, case_answers, country_of, set_cookie
from twofold.app.web.scale_offers import RHYTHMS
from twofold.knowledge.crisis_line import crisis_lines

router = APIRouter()

DEVICE = "device"
"""As the device's own setting says."""

SIZES = ("small", "usual", "large", "largest")
EVENINGS = ("full", "low", "week")
PAGES = ("all", "one")
LOW_LINE = 3
SHARES = "shares_safety"
"""A consent: it stands among the answers of the case, where reviews look for it."""


@router.get("/settings")
def settings(request: Request, visit: Door) -> Response:
    """Show the choices."""
    return _page(request, visit)


@router.get("/light")
def light(request: Request) -> Response:
    """Show light, size and country alone; no sign-in."""
    return _page(request, None)


@router.post("/light")
def choose_light(request: Request, form: Filled) -> Response:
    """Keep theme and text size in this browser."""
    led = to("/settings#light" if anyone(request) is not None else "/light")
    try:
        theme = form.one_of("theme", (DEVICE, *THEMES))
        size = form.one_of("size", SIZES)
    except FormError as error:
        return _page(request, anyone(request), error)
    for name, value in (("theme", theme), ("size", size)):
        if value is not None:
            set_cookie(led, request, name, "" if value in (DEVICE, "usual") else value)
    return led


@router.post("/settings")
def choose(request: Request, visit: Door, form: Filled) -> Response:
    """Keep what was chosen; a choice that the form did not show stays as it was."""
    try:
        chosen = {name: read(form) for name, read in _CHOICES.items() if name in form.given}
        shares = form.yes_no(SHARES)
    except FormError as error:
        return _page(request, visit, error)
    for name, value in chosen.items():
        if value is not None and value != visit.setting(name):
            visit.set(name, value)
    if shares is not None:
        _share(visit, shares)
    led = to("/settings")
    if chosen.get("country"):
        set_cookie(led, request, "country", chosen["country"])
    if chosen.get("zone"):
        zone = "" if chosen["zone"] == DEVICE else chosen["zone"]
        set_cookie(led, request, "fixed_zone", zone)
    return led


def _share(visit: Visit, shares: bool) -> None:
    """Keep whether the care team may see the answer about self-harm; without a word, it may not."""
    answers = case_answers(visit)
    if answers.get(SHARES) is not shares:
        there = visit.store.entry(visit.person.id, visit.only("case"))
        draft = Draft("case", visit.only("case"), {"answers": {**answers, SHARES: shares}})
        keep(visit, [draft], {draft.entry: there.head} if there is not None else {})


def _on_off(name: str) -> Callable[[Form], bool | None]:
    return lambda form: form.yes_no(name)


def _word(name: str, words: tuple[str, ...]) -> Callable[[Form], str | None]:
    return lambda form: form.one_of(name, words)


def _zone(form: Form) -> str | None:
    name = form.text("zone", most=64)
    if name is not None and name != DEVICE and not is_zone(name):
        raise FormError("zone", "This time zone is not known. Choose one as Europe/Berlin.")
    return name


_CHOICES: dict[str, Callable[[Form], Any]] = {
    "language": _word("language", tuple(LANGUAGES)),
    "country": _word("country", tuple(crisis_lines())),
    "zone": _zone,
    "evening": _word("evening", EVENINGS),
    "cycle": _on_off("cycle"),
    "forecast": _on_off("forecast"),
    "low_mood_line": lambda form: form.whole("low_mood_line", 0, 10),
    "scale_rhythm": lambda form: form.whole("scale_rhythm", 0, max(RHYTHMS)),
    "scale_pages": _word("scale_pages", PAGES),
}
"""Every choice that belongs to the diary, and what reads it."""


def _page(request: Request, visit: Visit | None, error: FormError | None = None) -> Response:
    return page(
        request,
        "settings.html.jinja",
        visit,
        status=422 if error else 200,
        chosen=dict(visit.settings) if visit is not None else {},
        light=request.cookies.get("theme") or DEVICE,
        size=request.cookies.get("size") or "usual",
        sizes=SIZES,
        device=DEVICE,
        evenings=EVENINGS,
        rhythms=RHYTHMS,
        low_line=LOW_LINE,
        languages=LANGUAGES,
        shares=case_answers(visit).get(SHARES) if visit is not None else None,
        country=country_of(request, visit),
        countries=tuple(crisis_lines().values()),
        zones=sorted(available_timezones()) if visit is not None else (),
        errors=[error] if error else [],
    )
