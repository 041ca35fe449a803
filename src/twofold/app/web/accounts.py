"""Who can open this diary: the passphrase, the browsers that are signed in, the log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response

from twofold.app.web import limits
from twofold.app.web.forms import Filled, Form, known_id
from twofold.app.web.gate import Door, Visit, proves
from twofold.app.web.house import Doors, House
from twofold.app.web.opening import secret, unfit
from twofold.app.web.pages import page, to, words_for
from twofold.app.web.sessions import lasting_of, sign_out, write_down
from twofold.errors import WrongKey

router = APIRouter()


@router.get("/account")
def account(request: Request, visit: Door) -> Response:
    """Show what can be set about coming in."""
    has_second = doors_of(request).factors.has_any(visit.person.id)
    return page(request, "account.html.jinja", visit, has_second=has_second)


@router.get("/account/passphrase")
def passphrases(request: Request, visit: Door) -> Response:
    """Ask for the old passphrase and a new one."""
    return _passphrases(request, visit, done=request.query_params.get("done") == "1")


@router.post("/account/passphrase")
def change_passphrase(request: Request, visit: Door, form: Filled) -> Response:
    """Change a passphrase; all other browsers of this person are signed out."""
    which = form.one_of("which", ("database", "account")) or "database"
    says = unfit(request, form, names=[visit.person.label])
    if says:
        return _passphrases(request, visit, says=says, status=422)
    change = _change_of_account if which == "account" else _change_of_database
    if not change(request, visit, form):
        says = words_for(request, visit)("This is not the passphrase of now. Nothing was changed.")
        return _passphrases(request, visit, says=says, status=403)
    doors_of(request).sign_ins.end_all(visit.person.id, but=visit.device)
    write_down(request, "passphrase", allowed=True, person=visit.person.id, why=which)
    return to("/account/passphrase?done=1")


@router.post("/account/recovery")
def new_recovery_key(request: Request, visit: Door, form: Filled) -> Response:
    """Make a new recovery key and show it once; the old one opens nothing any more."""
    from twofold.store.opening import new_recovery_key as made

    house: House = request.app.state.house
    limits.check(request, visit.person.id)
    try:
        recovery = made(house.folder, secret(form, "old"))
    except WrongKey:
        limits.failed(request, visit.person.id)
        says = words_for(request, visit)("This is not the passphrase of now. Nothing was changed.")
        return _passphrases(request, visit, says=says, status=403)
    limits.passed(request, visit.person.id)
    write_down(request, "passphrase", allowed=True, person=visit.person.id, why="recovery key")
    return page(request, "recovery.html.jinja", visit, recovery=recovery)


@router.get("/account/devices")
def devices(request: Request, visit: Door) -> Response:
    """List the browsers that are signed in."""
    lasting = lasting_of(request.app.state.house)
    return page(
        request,
        "account_devices.html.jinja",
        visit,
        sessions=doors_of(request).sign_ins.all_of(visit.person.id),
        moment=moment_in(visit),
        idle=_length(request, visit, lasting.idle),
        longest=_length(request, visit, lasting.longest),
    )


@router.post("/account/devices/end")
def end_device(request: Request, visit: Door, form: Filled) -> Response:
    """Sign one browser out."""
    name = known_id(form.raw("session") or "")
    if name == visit.device:
        return _signed_out(request)
    if name and doors_of(request).sign_ins.end(name, person=visit.person.id):
        write_down(request, "sign-out", allowed=True, person=visit.person.id, why="another browser")
    return to("/account/devices")


@router.post("/account/devices/all")
def end_devices(request: Request, visit: Door) -> Response:
    """Sign all browsers of this person out, this one too."""
    doors_of(request).sign_ins.end_all(visit.person.id, but=visit.device)
    write_down(request, "sign-out", allowed=True, person=visit.person.id, why="everywhere")
    return _signed_out(request)


@router.get("/account/log")
def log(request: Request, visit: Door) -> Response:
    """Show the decisions at the door that are about this person."""
    account = doors_of(request).accounts.of(visit.person.id)
    is_alone = not request.app.state.house.needs_accounts
    nobody_too = is_alone or (account is not None and account.is_keeper)
    return page(
        request,
        "account_log.html.jinja",
        visit,
        decisions=doors_of(request).log.of(visit.person.id, nobody_too=nobody_too),
        utc=lambda at: f"{at:%Y-%m-%d %H:%M:%S}",
        names=_names(request, visit),
    )


def doors_of(request: Request) -> Doors:
    """Return what the open store knows of those who may come in."""
    house: House = request.app.state.house
    return house.doors


def moment_in(visit: Visit) -> Callable[[dt.datetime], str]:
    """Return a function that tells a moment in the person's own time zone."""
    return lambda at: f"{at.astimezone(visit.now.tzinfo):%Y-%m-%d %H:%M}"


def _passphrases(
    request: Request, visit: Visit, *, says: str = "", done: bool = False, status: int = 200
) -> Response:
    words = words_for(request, visit)
    forms = [("database", words("The passphrase that opens the diary on this machine"))]
    if doors_of(request).accounts.of(visit.person.id) is not None:
        forms.append(("account", words("The passphrase of your account")))
    return page(
        request,
        "account_passphrase.html.jinja",
        visit,
        status=status,
        says=says,
        done=done,
        forms=forms,
    )


def _change_of_database(request: Request, visit: Visit, form: Form) -> bool:
    from twofold.store.opening import change_passphrase

    house: House = request.app.state.house
    limits.check(request, visit.person.id)
    try:
        change_passphrase(house.folder, secret(form, "old"), secret(form, "passphrase"))
    except WrongKey:
        limits.failed(request, visit.person.id)
        return False
    limits.passed(request, visit.person.id)
    return True


def _change_of_account(request: Request, visit: Visit, form: Form) -> bool:
    accounts = doors_of(request).accounts
    if accounts.of(visit.person.id) is None or not proves(
        request, visit.person.id, secret(form, "old"), of_account=True
    ):
        return False
    accounts.change_passphrase(visit.person.id, secret(form, "passphrase"))
    return True


def _signed_out(request: Request) -> Response:
    answer = to("/open")
    sign_out(request, answer)
    return answer


def _length(request: Request, visit: Visit, span: dt.timedelta) -> str:
    words = words_for(request, visit)
    if span < dt.timedelta(days=2):
        return words.plural("%(n)s hour", "%(n)s hours", span // dt.timedelta(hours=1))
    return words.plural("%(n)s day", "%(n)s days", span.days)


def _names(request: Request, visit: Visit) -> dict[str, str]:
    _ = words_for(request, visit)
    return {
        "open": _("Open the diary"),
        "sign-in": _("Sign in"),
        "second": _("Second factor"),
        "sign-out": _("Sign out"),
        "visit": _("Use the pages"),
        "proof": _("Show the passphrase again"),
        "passphrase": _("Change the passphrase"),
        "factor": _("Change a second factor"),
        "invitation": _("Invitation"),
        "wait": _("Try again too soon"),
    }
