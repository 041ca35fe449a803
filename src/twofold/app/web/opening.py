"""Opening the diary: a passphrase for a new one, or the one that was chosen."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from twofold.app.web.forms import Filled, Form
from twofold.app.web.gate import COOKIE, SECURE_COOKIE, token_of
from twofold.app.web.house import House
from twofold.app.web.pages import page, to
from twofold.errors import TwofoldError

router = APIRouter()
LEAST_PASSPHRASE = 15


@router.get("/open")
def door(request: Request) -> Response:
    """Show the door: a new diary, or the one that is there."""
    return _door(request)


@router.post("/open")
def open_(request: Request, form: Filled) -> Response:
    """Open the diary with its passphrase, or begin one."""
    house: House = request.app.state.house
    from twofold.store.opening import is_there

    if not is_there(house.folder):
        return _begin(request, house, form)
    try:
        return _signed_in(house, _opened(house, form))
    except TwofoldError as error:
        return _door(request, says=error.sentence(), status=403)


@router.post("/close")
def close(request: Request) -> Response:
    """Sign out of this browser."""
    house: House = request.app.state.house
    house.sessions.end(token_of(request))
    answer = to("/open")
    answer.headers["clear-site-data"] = '"cache"'
    for name in (COOKIE, SECURE_COOKIE):
        answer.delete_cookie(name)
    return answer


def _door(request: Request, *, says: str = "", status: int = 200) -> Response:
    from twofold.store.opening import is_there

    house: House = request.app.state.house
    return page(
        request, "open.html.jinja", status=status, says=says, is_there=is_there(house.folder)
    )


def _begin(request: Request, house: House, form: Form) -> Response:
    from twofold.store.opening import create

    passphrase = form.text("passphrase", most=1000) or ""
    if len(passphrase) < LEAST_PASSPHRASE:
        says = f"Please use at least {LEAST_PASSPHRASE} characters; four words do."
        return _door(request, says=says, status=422)
    house.store, recovery = create(house.folder, passphrase, database=house.database)
    person = house.store.add_person("you", zone=request.cookies.get("zone", ""))
    answer = page(request, "recovery.html.jinja", recovery=recovery)
    return _with_cookie(answer, house, person.id)


def _opened(house: House, form: Form) -> str:
    from twofold.store.opening import open_store

    store = open_store(
        house.folder, form.text("passphrase", most=1000) or "", database=house.database
    )
    if house.store is None:
        house.store = store
    else:
        store.close()
    return house.store.people()[0].id


def _signed_in(house: House, person: str) -> Response:
    return _with_cookie(to("/"), house, person)


def _with_cookie(answer: Response, house: House, person: str) -> Response:
    token = house.sessions.begin(person, house.clock())
    answer.set_cookie(
        SECURE_COOKIE if house.is_encrypted else COOKIE,
        token,
        max_age=180 * 86400,
        path="/",
        httponly=True,
        secure=house.is_encrypted,
        samesite="lax",
    )
    return answer
