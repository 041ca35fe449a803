"""Opening the diary, and signing in: a passphrase, and where others could try, a second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import Response

from twofold.app.web import limits
from twofold.app.web.forms import Filled, Form
from twofold.app.web.gate import NotAllowed, half_signed_in, is_zone
from twofold.app.web.house import House
from twofold.app.web.pages import page, to, words_for
from twofold.app.web.passphrase import weakness
from twofold.app.web.sessions import session_of, sign_in, sign_out, write_down
from twofold.errors import TwofoldError, WrongKey

if TYPE_CHECKING:
    from twofold.store.sign_ins import Session, Stage

router = APIRouter()
LONGEST = 1_000


@router.get("/open")
def door(request: Request) -> Response:
    """Show the door: a new diary, a locked one, or signing in."""
    session = session_of(request)
    if session is not None and session.stage == "first":
        return to("/open/second")
    return _door(request)


@router.post("/open")
def open_(request: Request, form: Filled) -> Response:
    """Open the diary with its passphrase, sign in, or begin a diary."""
    house: House = request.app.state.house
    try:
        if not _is_there(house):
            return _begin(request, house, form)
        if house.is_sample:
            return _let_in(request, house)
        if house.store is not None and house.needs_accounts and not _has_key(form):
            return _sign_in(request, house, form)
        return _unlock(request, house, form)
    except TwofoldError as error:
        return _door(request, says=error, status=403 if isinstance(error, WrongKey) else 409)


@router.get("/open/new")
def new_passphrase(request: Request) -> Response:
    """Ask for a new passphrase, after the recovery key opened the diary."""
    half_signed_in(request, "renew")
    return page(request, "open_new.html.jinja", says="")


@router.post("/open/new")
def renew(request: Request, form: Filled) -> Response:
    """Lock the diary with a new passphrase; whoever was signed in signs in again."""
    from twofold.store.opening import change_passphrase

    house: House = request.app.state.house
    session = half_signed_in(request, "renew")
    key = house.proofs.get(session.id)
    if key is None:
        house.doors.sign_ins.end(session.id)
        raise NotAllowed("/open")
    says = unfit(request, form)
    if says:
        return page(request, "open_new.html.jinja", status=422, says=says)
    passphrase = secret(form, "passphrase")
    change_passphrase(house.folder, key, passphrase)
    return _renewed(request, house, session, passphrase)


@router.get("/open/join")
def joining(request: Request) -> Response:
    """Ask an invited person for their code and a passphrase of their own."""
    return page(request, "open_join.html.jinja", says="")


@router.post("/open/join")
def join(request: Request, form: Filled) -> Response:
    """Make an invited person's account; their second factor comes next."""
    house: House = request.app.state.house
    if house.store is None:
        raise NotAllowed("/open")
    limits.check(request)
    invitation = house.doors.accounts.invited(form.raw("code") or "", now=house.clock())
    if invitation is None:
        limits.failed(request)
        write_down(request, "invitation", allowed=False, why="unknown or too old")
        return _join_again(request, "This code is not known, was used, or is more than a week old.")
    says = unfit(request, form, names=[form.raw("name") or ""])
    return _join_again(request, says) if says else _joined(request, house, form, invitation.person)


@router.post("/close")
def close(request: Request) -> Response:
    """Sign out of this browser."""
    answer = to("/open")
    sign_out(request, answer)
    return answer


def _door(request: Request, *, says: TwofoldError | str = "", status: int = 200) -> Response:
    """Show the door as it is now; what is wrong with the diary is said there."""
    house: House = request.app.state.house
    try:
        is_there = _is_there(house)
    except TwofoldError as error:
        is_there, says, status = True, error, 409
    if isinstance(says, TwofoldError):
        write_down(request, "open", allowed=False, why=type(says).__name__)
        says = f"{says.what[:1].upper()}{says.what[1:]} {says.remedy}".strip()
    return page(
        request,
        "open.html.jinja",
        status=status,
        says=says,
        is_there=is_there,
        is_locked=house.store is None,
        asks_name=house.store is not None and house.needs_accounts,
    )


def _is_there(house: House) -> bool:
    from twofold.store.opening import is_there

    return house.store is not None or is_there(house.folder)


def _begin(request: Request, house: House, form: Form) -> Response:
    """Make a diary; over a network nobody else may do that first."""
    if not house.is_local:
        return _door(request, says="This diary is begun on its own machine.", status=403)
    passphrase = secret(form, "passphrase")
    says = weakness(passphrase)
    if says:
        return _door(request, says=words_for(request, None)(says), status=422)
    recovery = house.begin(passphrase)
    assert house.store is not None
    person = house.store.add_person("you", zone=_zone(request))
    answer = page(request, "recovery.html.jinja", recovery=recovery)
    sign_in(request, answer, person.id, stage="full", way="database")
    return answer


def _unlock(request: Request, house: House, form: Form) -> Response:
    """Open the diary with its passphrase or recovery key."""
    limits.check(request)
    typed = secret(form, "passphrase")
    try:
        house.open(typed)
    except WrongKey:
        limits.failed(request)
        raise
    limits.passed(request)
    write_down(request, "open", allowed=True)
    return _with_key(request, house, typed) if _has_key(form) else _let_in(request, house)


def _has_key(form: Form) -> bool:
    from twofold.store.recovery import is_one

    return is_one(secret(form, "passphrase"))


def _with_key(request: Request, house: House, key: str) -> Response:
    """Let someone with the recovery key choose a new passphrase, and nothing else yet."""
    answer = to("/open/new")
    name = sign_in(request, answer, _first(house), stage="renew", way="recovery key")
    house.proofs[name] = key
    return answer


def _let_in(request: Request, house: House) -> Response:
    """Sign in whoever opened the diary, where its passphrase is enough for that."""
    session = session_of(request)
    if session is not None and session.stage == "full" and house.needs_accounts:
        return to("/")
    if house.needs_accounts:
        return to("/open")
    answer = to("/")
    sign_in(request, answer, _first(house), stage="full", way="database")
    return answer


def _sign_in(request: Request, house: House, form: Form) -> Response:
    """Take a name and a passphrase; what comes next is the second factor."""
    from twofold.store.accounts import fits

    name = (form.raw("name") or "")[:LONGEST]
    account = house.doors.accounts.named(name)
    whose = account.person if account else name.casefold()
    limits.check(request, whose)
    if not fits(account, secret(form, "passphrase")) or account is None:
        limits.failed(request, whose)
        known = account.person if account else ""
        write_down(request, "sign-in", allowed=False, person=known, why="wrong passphrase")
        return _door(request, says=_(request, "This name and passphrase do not fit."), status=403)
    has_second = house.doors.factors.has_any(account.person)
    answer = to("/open/second" if has_second else "/account/second")
    stage: Stage = "first" if has_second else "enrol"
    sign_in(request, answer, account.person, stage=stage, way="passphrase")
    return answer


def _renewed(request: Request, house: House, session: Session, passphrase: str) -> Response:
    sign_ins, accounts = house.doors.sign_ins, house.doors.accounts
    sign_ins.end_all(session.person)
    house.proofs.clear()
    accounts.change_passphrase(session.person, passphrase)
    write_down(request, "passphrase", allowed=True, person=session.person, why="recovery key")
    return _let_in(request, house)


def _joined(request: Request, house: House, form: Form, person: str) -> Response:
    accounts, code = house.doors.accounts, form.raw("code") or ""
    passphrase, account = secret(form, "passphrase"), accounts.of(person)
    try:
        if account is None:
            accounts.make(person, form.raw("name") or "", passphrase, now=house.clock())
    except TwofoldError as error:
        return _join_again(request, error.sentence())
    if not accounts.take_invitation(code):
        raise NotAllowed("/open/join")
    if account is not None:
        accounts.change_passphrase(person, passphrase)
        house.doors.sign_ins.end_all(person)
    write_down(request, "invitation", allowed=True, person=person)
    return to("/open")


def _join_again(request: Request, says: str) -> Response:
    says = _(request, says)
    return page(request, "open_join.html.jinja", status=422, says=says)


def unfit(request: Request, form: Form, *, names: list[str] | None = None) -> str:
    """Return why a new passphrase cannot be taken; empty when it can."""
    passphrase = secret(form, "passphrase")
    if passphrase != secret(form, "again"):
        return _(request, "The two passphrases differ. Nothing was changed.")
    return _(request, weakness(passphrase, names=names or ()))


def secret(form: Form, name: str) -> str:
    """Return a passphrase exactly as it was typed, blanks and all; empty when it is endless."""
    typed = (form.given.get(name) or [""])[-1]
    return typed if len(typed) <= LONGEST else ""


def _first(house: House) -> str:
    """Return whose diary it is; one that was cut short while it was begun has nobody yet."""
    assert house.store is not None
    people = house.store.people() or (house.store.add_person("you"),)
    return people[0].id


def _zone(request: Request) -> str:
    zone = request.cookies.get("zone", "")
    return zone if zone and is_zone(zone) else ""


def _(request: Request, sentence: str) -> str:
    return words_for(request, None)(sentence) if sentence else ""
