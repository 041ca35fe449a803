"""Home, and an attack: two taps, and nothing is required."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from twofold.app.web.gate import Door
from twofold.app.web.pages import page, to
from twofold.diary.headache import Attack
from twofold.diary.plain import to_plain
from twofold.units import When

router = APIRouter()


@router.get("/")
def home(request: Request, visit: Door) -> Response:
    """Show one button, or the attack that is running."""
    attacks = visit.store.entries(visit.person.id, kinds=("attack",))
    running = [entry for entry in attacks if entry.body and entry.body.get("is_running")]
    return page(request, "home.html.jinja", visit, running=running)


@router.post("/attack")
def begin(visit: Door) -> Response:
    """Write that an attack has begun, now."""
    now = visit.now.replace(microsecond=0)
    offset = now.utcoffset()
    assert offset is not None
    when = When(now.date(), now.time(), int(offset.total_seconds() // 60))
    visit.put("attack", to_plain(Attack(when, is_running=True)))
    return to("/")
