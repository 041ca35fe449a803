"""One ear for every form: words of self-harm are heard in whatever is asked, taken or not.

A form that was kept leads to the safety page; one that cannot be taken comes back as it was,
with the numbers above it. No page has to know of this, so none can forget it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twofold.app.web.forms import Form
from twofold.app.web.gate import Visit
from twofold.app.web.safety import Banner, look_through, numbers_of
from twofold.errors import TwofoldError
from twofold.safety.words import noticed, texts_in

SECRET = frozenset({"passphrase", "again", "old", "code"})
"""Fields that are never looked through: what opens the diary is no word to anybody."""

OWN_PLACE = ("/plan",)
"""Where a person writes such words for themself, for a hard hour, beside the numbers."""

WRITTEN_FREELY = (
    "attack", "case", "course", "dose", "factor", "factor_choice", "food", "medicine", "note",
    "setting", "side_effect", "week",
)  # fmt: skip
"""Kinds in which a sentence may stand already; in another kind it counts as new each time."""

HELP = "/help"


def listen(request: Request, form: Form) -> None:
    """Hear what a form says before it is kept, so that it is known what is new in it."""
    heard = tuple(_heard(form))
    if heard:
        request.state.heard = heard
        visit: Visit | None = getattr(request.state, "visit", None)
        request.state.new = heard if visit is None else _new(visit, heard)


def numbers_after(request: Request) -> Banner | None:
    """Return the numbers for the page that answers such a form, ``None`` after any other.

    What was written is not kept there and must not be lost, so that page cannot lead away from it.
    """
    heard = getattr(request.state, "heard", ())
    if not heard:
        return None
    visit: Visit | None = getattr(request.state, "visit", None)
    if visit is not None and request.url.path not in OWN_PLACE:
        with suppress(TwofoldError):  # a full disk must not hide the numbers
            look_through(visit, *request.state.new)
    return numbers_of(request, visit)


class Hearing:
    """Wraps the app: what leads on from a form with such words leads to the safety page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        request = Request(scope)

        async def led(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 303:
                headers = MutableHeaders(scope=message)
                if await run_in_threadpool(_opens_page, request, headers.get("location", "")):
                    headers["location"] = HELP
            await send(message)

        await self.app(scope, receive, led)


def _opens_page(request: Request, leads_to: str) -> bool:
    new, visit = getattr(request.state, "new", ()), getattr(request.state, "visit", None)
    if not new or visit is None or request.url.path in OWN_PLACE or leads_to == HELP:
        return False
    with suppress(TwofoldError):
        look_through(visit, *new)
    return True


def _heard(form: Form) -> Iterator[str]:
    """Give the lines that hold such words; a text whose words stand across lines, whole."""
    for name, values in form.given.items():
        for value in values if name not in SECRET else ():
            if noticed(value):
                yield from [one.strip() for one in value.splitlines() if noticed(one)] or [value]


def _new(visit: Visit, heard: tuple[str, ...]) -> tuple[str, ...]:
    """Return what does not stand in the diary already: nobody is asked twice about one sentence."""
    entries = visit.store.entries(visit.person.id, kinds=WRITTEN_FREELY)
    there = [text for entry in entries for text in texts_in(entry.body)]
    return tuple(one for one in heard if not any(one in text for text in there))
