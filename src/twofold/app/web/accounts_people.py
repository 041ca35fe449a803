"""Several people on one server: each with a diary, a key and an account of their own."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from twofold.app.web.accounts import doors_of
from twofold.app.web.forms import Filled, Form, known_id
from twofold.app.web.gate import Door, Visit, proves
from twofold.app.web.house import House
from twofold.app.web.opening import secret
from twofold.app.web.pages import page, words_for
from twofold.app.web.sessions import write_down
from twofold.errors import TwofoldError
from twofold.store.accounts import Purpose

router = APIRouter()


@router.get("/account/people")
def people(request: Request, visit: Door) -> Response:
    """Show who is on this server, to the one who looks after it."""
    return _people(request, visit)


@router.post("/account/people")
def add_person(request: Request, visit: Door, form: Filled) -> Response:
    """Take in another person; from then on everyone signs in with their account."""
    house: House = request.app.state.house
    refused = _refusal(request, visit, form)
    if refused:
        return _people(request, visit, says=refused, status=403)
    try:
        person = visit.store.add_person(form.raw("label") or "", zone=visit.person.zone)
    except TwofoldError as error:
        return _people(request, visit, says=error.sentence(), status=422)
    code = house.doors.accounts.invite(person.id, "join", now=house.clock())
    write_down(request, "invitation", allowed=True, person=visit.person.id, why="given")
    answer = _people(request, visit, code=code, label=person.label)
    house.doors.sign_ins.end_those_by("database")
    return answer


@router.post("/account/people/invite")
def invite(request: Request, visit: Door, form: Filled) -> Response:
    """Give a person another code: to join, or for a new passphrase."""
    house: House = request.app.state.house
    refused = _refusal(request, visit, form)
    person = visit.store.person(known_id(form.raw("person") or "") or "")
    if refused or person is None or person.id == visit.person.id:
        says = refused or words_for(request, visit)("This person is not here any more.")
        return _people(request, visit, says=says, status=403)
    has_joined = house.doors.accounts.of(person.id) is not None
    purpose: Purpose = "renew" if has_joined else "join"
    code = house.doors.accounts.invite(person.id, purpose, now=house.clock())
    write_down(request, "invitation", allowed=True, person=person.id, why=f"{purpose}, given")
    return _people(request, visit, code=code, label=person.label)


def _people(
    request: Request,
    visit: Visit,
    *,
    says: str = "",
    code: str = "",
    label: str = "",
    status: int = 200,
) -> Response:
    doors, everyone = doors_of(request), visit.store.people()
    return page(
        request,
        "account_people.html.jinja",
        visit,
        status=status,
        says=says,
        code=code,
        label=label,
        people=everyone,
        joined={one.id for one in everyone if doors.accounts.of(one.id)},
        is_keeper=_is_keeper(request, visit),
        has_second=doors.factors.has_any(visit.person.id),
    )


def _is_keeper(request: Request, visit: Visit) -> bool:
    account = doors_of(request).accounts.of(visit.person.id)
    return account.is_keeper if account else not request.app.state.house.needs_accounts


def _refusal(request: Request, visit: Visit, form: Form) -> str:
    """Return why someone may not let others in; empty when they may."""
    words = words_for(request, visit)
    if not _is_keeper(request, visit) or not doors_of(request).factors.has_any(visit.person.id):
        return words("Only who looks after this server, with a second factor, can add people.")
    if not proves(request, visit.person.id, secret(form, "old"), of_account=True):
        return words("This is not your passphrase. Nothing was changed.")
    return ""
