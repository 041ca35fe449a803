"""Choosing candidate factors: at most twelve at a time, with what studies say of each.

Some can be the beginning of a headache; that is said calmly, and nothing is ever
said to be avoided.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from twofold.app.web.forms import Filled, Form, FormError
from twofold.app.web.gate import Door, Visit
from twofold.app.web.keeping import NONE_SEEN, Draft, keep
from twofold.app.web.own_factors import (
    ENTRY,
    KINDS,
    LONGEST_NAME,
    MOST,
    Chosen,
    FactorKind,
    chosen_factors,
)
from twofold.app.web.pages import page, to
from twofold.app.web.profile import profile_of
from twofold.app.web.safety import look_through
from twofold.knowledge.factor import Factor, factors

router = APIRouter()

OWN = 4
"""Empty lines for factors of the person's own."""


@dataclass(frozen=True)
class Group:
    """Candidate factors of one class, in the words of the page."""

    id: str
    rows: tuple[Factor, ...]


@router.get("/factors")
def choose(request: Request, visit: Door) -> Response:
    """Show what may be chosen."""
    return _form(request, visit, _filled(visit))


@router.post("/factors")
def chosen(request: Request, visit: Door, form: Filled) -> Response:
    """Keep the choice; what was written about a factor before is kept whatever is chosen."""
    try:
        found, base = _read(form), form.id("base") or NONE_SEEN
        if len(found) > MOST:
            raise FormError(
                "factor",
                "%(n)s are chosen; %(most)s fit at a time. Nothing was changed.",
                n=len(found),
                most=MOST,
            )
    except FormError as error:
        return _form(request, visit, form, error)
    body = {"factors": [one.to_plain() for one in found]}
    entry = visit.only(ENTRY)
    known = {one.name for one in chosen_factors(visit)}
    is_whole = keep(visit, [Draft(ENTRY, entry, body)], {entry: base})
    if look_through(visit, *(one.name for one in found if one.name not in known)):
        return to("/help")
    return to("/evening/all" if is_whole else "/conflicts")


def offered() -> tuple[Factor, ...]:
    """Return the candidate factors that can be written down day by day."""
    by_day = (one for one in factors().values() if one.factor_class is not None)
    return tuple(one for one in by_day if one.use != "carry-over")


def _read(form: Form) -> tuple[Chosen, ...]:
    """Return what is chosen, each name once, those of the tables first."""
    known = {one.id: one for one in offered()}
    ids = form.several("factor", tuple(known))
    found = [Chosen(known[one].label, _kind(form, f"kind-{one}"), one) for one in ids]
    found += _own(form)
    return tuple({one.name.casefold(): one for one in reversed(found)}.values())[::-1]


def _own(form: Form) -> Iterator[Chosen]:
    for n in range(MOST + OWN):
        name = form.text(f"own-{n}", most=LONGEST_NAME)
        if name:
            yield Chosen(" ".join(name.split()), _kind(form, f"own-kind-{n}"))


def _kind(form: Form, name: str) -> FactorKind:
    chosen = form.one_of(name, KINDS)
    return next((kind for kind in KINDS if kind == chosen), "yes_no")


def _filled(visit: Visit) -> Form:
    given: dict[str, list[str]] = {"factor": []}
    own = 0
    for one in chosen_factors(visit):
        if one.factor_id is not None:
            given["factor"].append(one.factor_id)
            given[f"kind-{one.factor_id}"] = [one.kind]
        else:
            given[f"own-{own}"], given[f"own-kind-{own}"] = [one.name], [one.kind]
            own += 1
    entry = visit.store.entry(visit.person.id, visit.only(ENTRY))
    given["base"] = [entry.head] if entry is not None else []
    return Form(given)


def _form(request: Request, visit: Visit, form: Form, error: FormError | None = None) -> Response:
    own = sum(1 for n in range(MOST) if form.raw(f"own-{n}"))
    return page(
        request,
        "factors.html.jinja",
        visit,
        status=422 if error else 200,
        form=form,
        groups=_groups(),
        suggested={one.id: one for one in _suggested(visit)},
        kinds=KINDS,
        most=MOST,
        own=range(min(own + OWN, MOST)),
        longest=LONGEST_NAME,
        errors=[error] if error else [],
    )


def _groups() -> tuple[Group, ...]:
    rows = offered()
    return tuple(
        Group(name, tuple(one for one in rows if one.factor_class in classes))
        for name, classes in (
            ("behaviour", ("behaviour",)),
            ("exogenous", ("exogenous",)),
            ("signs", ("ambiguous", "sign")),
        )
    )


def _suggested(visit: Visit) -> tuple[Factor, ...]:
    """Return what the person's profile says could be written down, if there is a profile."""
    told = profile_of(visit)
    known = {one.id: one for one in offered()}
    ids = dict.fromkeys(one.id for one in told.track) if told is not None else ()
    return tuple(known[one] for one in ids if one in known)
