"""The safety page: numbers from the first moment, no sign-in, the same without a network."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from twofold.app.web.pages import page
from twofold.knowledge.crisis_line import lines_of
from twofold.safety.page import page_of

router = APIRouter()


@router.get("/help")
def help_now(request: Request) -> Response:
    """Show the safety page in its first state."""
    told = page_of("S1", lines_of(None))
    return page(request, "help.html.jinja", told=told)
