"""Questionnaires: answered one question at a time or on one page, or as a total typed in.

An answer to item 9 of 1 or more is kept first, and then the safety page opens at
once: before any score, and whether or not the rest was answered.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from twofold.app.web.forms import Filled, Form, FormError
from twofold.app.web.gate import Door, Visit
from twofold.app.web.keeping import Draft, entry_of, keep, seen_in, when_now
from twofold.app.web.pages import page, to
from twofold.app.web.safety import (
    help_values,
    item9_was_answered,
    open_flag,
    page_was_shown,
    record,
)
from twofold.app.web.scale_offers import given_answers, offers_of, score_of
from twofold.errors import TwofoldError
from twofold.facts.scales import score_items, total_only
from twofold.facts.score import Score
from twofold.knowledge.scale import Item, Scale, scales
from twofold.safety.flag import Triggered
from twofold.store.entry import Entry

router = APIRouter()

MOST_SHOWN = 40
LONGEST_NAME = 120
ONE = "one"
"""The person's choice to see one question a page."""


@router.get("/scales")
def list_(request: Request, visit: Door) -> Response:
    """Show what may be answered, what is offered today, and what was answered."""
    own = [scale for scale in scales().values() if scale.audience == "person"]
    return page(
        request,
        "scales.html.jinja",
        visit,
        asked=[scale for scale in own if shows_items(scale)],
        typed=[scale for scale in own if not shows_items(scale) and scale.has_total],
        offers=offers_of(visit),
        given=given_answers(visit)[:MOST_SHOWN],
        names={scale.id: scale.name for scale in own},
    )


@router.get("/scales/answer/{entry}")
def result(request: Request, visit: Door, entry: str) -> Response:
    """Show what an answered questionnaire says; a result waits for the safety page."""
    found = visit.entry(entry, kind="scale_answer")
    score = score_of(found) if found is not None else None
    if found is None or score is None:
        raise HTTPException(404)
    if score.safety and not page_was_shown(visit):
        return to("/help")
    scale = scales()[score.scale]
    return page(
        request,
        "scale_result.html.jinja",
        visit,
        entry=found,
        score=score,
        scale=scale,
        lines=score.lines(is_safety_shown=True),
        missing=[scale.item(one) for one in score.missing] if shows_items(scale) else [],
        is_today=found.day == visit.today,
        in_attack=any(one.in_attack for one in given_answers(visit) if one.entry.id == found.id),
        is_flagged=open_flag(visit) is not None,
    )


@router.get("/scales/{name}")
def questions(request: Request, visit: Door, name: str) -> Response:
    """Show a questionnaire, in the way that the person chose."""
    scale = _scale(name)
    if not shows_items(scale):
        return _typing(request, visit, scale)
    if visit.setting("scale_pages") == ONE:
        return to(f"/scales/{scale.id}/1")
    return _asking(request, visit, scale, scale.items)


@router.get("/scales/{name}/all")
def on_one_page(request: Request, visit: Door, name: str) -> Response:
    """Show all questions on one page."""
    scale = _shown_scale(name)
    return _asking(request, visit, scale, scale.items)


@router.get("/scales/{name}/total")
def typing(request: Request, visit: Door, name: str) -> Response:
    """Show where a total that was scored elsewhere is typed in."""
    return _typing(request, visit, _scale(name))


@router.post("/scales/{name}/total")
def typed(request: Request, visit: Door, form: Filled, name: str) -> Response:
    """Keep a total that was scored elsewhere."""
    return _typed(request, visit, _scale(name), form)


@router.get("/scales/{name}/{place}")
def one_question(request: Request, visit: Door, name: str, place: int) -> Response:
    """Show one question."""
    scale = _shown_scale(name)
    if not 1 <= place <= len(scale.items):
        raise HTTPException(404)
    return _asking(request, visit, scale, scale.items[place - 1 : place], place=place)


@router.post("/scales/{name}")
def save(request: Request, visit: Door, form: Filled, name: str) -> Response:
    """Keep answers."""
    return _answered(request, visit, _shown_scale(name), form)


def shows_items(scale: Scale) -> bool:
    """Return whether the questions of a scale may be shown, and are known."""
    return scale.licence.may_show_items and bool(scale.items) and bool(scale.items[0].text)


def _scale(name: str) -> Scale:
    """Return a scale by its id.

    Raises
    ------
    HTTPException
        404 when there is none that a person fills in here.
    """
    scale = scales().get(name)
    if scale is None or scale.audience != "person" or not scale.has_total:
        raise HTTPException(404)
    return scale


def _shown_scale(name: str) -> Scale:
    scale = _scale(name)
    if not shows_items(scale):
        raise HTTPException(404)
    return scale


# --- answers


def _answered(request: Request, visit: Visit, scale: Scale, form: Form) -> Response:
    place = None
    try:
        place = form.whole("place", 1, len(scale.items))
        shown = [one for one in scale.items if one.id in form.given.get("shown", ())]
        told = {item.id: _told(form, item) for item in shown}
        entry, before = _today(visit, scale)
        body = _body(visit, scale, before, told)
        is_whole = keep(visit, [Draft("scale_answer", entry, body)], seen_in(form))
    except FormError as error:
        items = scale.items if place is None else scale.items[place - 1 : place]
        return _asking(request, visit, scale, items, place=place, form=form, error=error)
    if any(_must_see_help(visit, item, told[item.id], before) for item in shown):
        return to("/help")
    if not is_whole:
        return to("/conflicts")
    if place is not None and place < len(scale.items):
        return to(f"/scales/{scale.id}/{place + 1}")
    return to(f"/scales/answer/{entry}")


def _told(form: Form, item: Item) -> int | None:
    chosen = form.one_of(f"item-{item.id}", [str(one) for one in item.values])
    return None if chosen is None else int(chosen)


def _today(visit: Visit, scale: Scale) -> tuple[str, Entry | None]:
    """Return the id of today's answer, and the entry while it is there."""
    entry = entry_of(visit, visit.today, "scale_answer", scale.id)
    return entry, visit.store.entry(visit.person.id, entry)


def _items_of(entry: Entry | None) -> dict[str, int | None]:
    return dict((entry.body or {}).get("items") or {}) if entry is not None else {}


def _body(
    visit: Visit, scale: Scale, before: Entry | None, told: dict[str, int | None]
) -> dict[str, Any]:
    items = {**_items_of(before), **told}
    try:
        score_items(scale.id, items)
    except TwofoldError as error:
        raise FormError("shown", error.sentence()) from None
    when = (before.body or {}).get("when") if before is not None else None
    return {"when": when or when_now(visit, visit.today), "scale": scale.id, "items": items}


def _must_see_help(visit: Visit, item: Item, told: int | None, before: Entry | None) -> bool:
    """Keep what an answer means for safety, and return whether the safety page comes next."""
    if item.safety_from is None or told is None:
        return False
    if told == _items_of(before).get(item.id) and page_was_shown(visit):
        return False
    if item.is_item9:
        return item9_was_answered(visit, told)
    if told >= item.safety_from:
        record(visit, Triggered(visit.now, "thoughts"))
    return told >= item.safety_from


def _asking(
    request: Request,
    visit: Visit,
    scale: Scale,
    items: tuple[Item, ...],
    *,
    place: int | None = None,
    form: Form | None = None,
    error: FormError | None = None,
) -> Response:
    _, before = _today(visit, scale)
    kept = {f"item-{name}": [str(told)] for name, told in _items_of(before).items()}
    return page(
        request,
        "scale.html.jinja",
        visit,
        status=422 if error else 200,
        scale=scale,
        items=items,
        place=place,
        form=form or Form(kept),
        seen=[before] if before is not None else [],
        errors=[error] if error else [],
        has_safety=any(item.safety_from is not None for item in items),
        **help_values(request, visit, None),
    )


# --- a total that was scored elsewhere


def _typing(
    request: Request,
    visit: Visit,
    scale: Scale,
    form: Form | None = None,
    error: FormError | None = None,
) -> Response:
    return page(
        request,
        "scale_total.html.jinja",
        visit,
        status=422 if error else 200,
        scale=scale,
        form=form or Form({}),
        errors=[error] if error else [],
    )


def _typed(request: Request, visit: Visit, scale: Scale, form: Form) -> Response:
    try:
        day = form.day("day", visit.today) or visit.today
        total = form.number("total", -1000, 1000)
        if total is None:
            raise FormError("total", "Please type the total, as one number.")
        score = _score_typed(scale, total)
    except FormError as error:
        return _typing(request, visit, scale, form, error)
    entry = entry_of(visit, day, "scale_total", scale.id)
    body = {"when": {"day": day.isoformat()}, "scale": scale.id, "total": score.total}
    there = visit.store.entry(visit.person.id, entry)
    keep(visit, [Draft("scale_answer", entry, body)], {entry: there.head} if there else {})
    if score.safety:
        record(visit, Triggered(visit.now, "thoughts"))
    return to("/help" if score.safety else f"/scales/answer/{entry}")


def _score_typed(scale: Scale, total: float) -> Score:
    try:
        return total_only(scale.id, total)
    except TwofoldError as error:
        raise FormError("total", error.sentence()) from None
