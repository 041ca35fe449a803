"""Second factors: setting them up, and giving them when signing in."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from twofold.app.web import limits
from twofold.app.web.accounts import doors_of, moment_in
from twofold.app.web.forms import Filled, Form
from twofold.app.web.gate import Door, NotAllowed, Visit, half_signed_in, proves
from twofold.app.web.house import House
from twofold.app.web.opening import secret, unfit
from twofold.app.web.pages import page, to, words_for
from twofold.app.web.passkeys import asked_to_create, asked_to_get, checked, made, site_of
from twofold.app.web.sessions import device_of, sign_in, write_down
from twofold.errors import TwofoldError
from twofold.store.sign_ins import Session

router = APIRouter()
NAME = "Twofold"
LONGEST_CREDENTIAL = 20_000


# Signing in.


@router.get("/open/second")
def second(request: Request) -> Response:
    """Ask for the second factor."""
    return _second(request, half_signed_in(request, "first"))


@router.post("/open/second")
def give_code(request: Request, form: Filled) -> Response:
    """Take a code of the app, or a recovery code."""
    session = half_signed_in(request, "first")
    code, now = (form.raw("code") or "")[:40], request.app.state.house.clock()
    limits.check(request, f"{session.person} second")
    factors = doors_of(request).factors
    if factors.take_app_code(session.person, code, now=now):
        return _in(request, session, "passphrase+app")
    if factors.take_code(session.person, code, now=now):
        return _in(request, session, "passphrase+recovery code")
    return _not_in(request, session, "This code does not fit, or it was used before.")


@router.post("/open/second/passkey")
def give_passkey(request: Request, form: Filled) -> Response:
    """Take the answer of a passkey."""
    house: House = request.app.state.house
    session, site = half_signed_in(request, "first"), site_of(request)
    limits.check(request, f"{session.person} second")
    question = _pending(request, session.id, "passkey")
    doors_of(request).sign_ins.ask(session.id, None)  # a challenge is answered once
    keys = doors_of(request).factors.passkeys(session.person)
    answer = _credential(form)
    used = checked(answer, keys, _unwritten(question), site) if question and site else None
    factors = doors_of(request).factors
    if used and factors.use_passkey(session.person, used[0].id, used[1], now=house.clock()):
        return _in(request, session, "passphrase+passkey")
    return _not_in(request, session, "This passkey does not fit.")


def _second(request: Request, session: Session, *, says: str = "", status: int = 200) -> Response:
    keys, site, options = doors_of(request).factors.passkeys(session.person), site_of(request), ""
    here = [key for key in keys if site and key.site == site.name]
    if site and here:
        options, challenge = asked_to_get(site, here)
        _ask(request, session.id, {"for": "passkey", "challenge": _written(challenge)})
    return page(request, "open_second.html.jinja", status=status, says=says, options=options)


def _in(request: Request, session: Session, way: str) -> Response:
    limits.passed(request, f"{session.person} second")
    limits.passed(request, session.person)
    answer = to("/")
    sign_in(request, answer, session.person, stage="full", way=way)
    return answer


def _not_in(request: Request, session: Session, says: str) -> Response:
    limits.failed(request, f"{session.person} second")
    write_down(request, "second", allowed=False, person=session.person, why=says)
    return _second(request, session, says=words_for(request, None)(says), status=403)


# Setting up.


@router.get("/account/second")
def factors(request: Request, visit: Door) -> Response:
    """Show the second factors."""
    return _factors(request, visit)


@router.post("/account/second/account")
def make_account(request: Request, visit: Door, form: Filled) -> Response:
    """Make the account of someone who came in by the diary's own passphrase."""
    accounts, person = doors_of(request).accounts, visit.person.id
    if accounts.of(person) is not None:
        return to("/account/second")
    says = unfit(request, form, names=[form.raw("name") or ""])
    if says:
        return _factors(request, visit, says=says, status=422)
    if not proves(request, person, secret(form, "old")):
        return _wrong(request, visit)
    try:
        accounts.make(person, form.raw("name") or "", secret(form, "passphrase"), now=visit.now)
    except TwofoldError as error:
        return _factors(request, visit, says=error.sentence(), status=422)
    write_down(request, "factor", allowed=True, person=person, why="account made")
    return to("/account/second")


@router.post("/account/second/app/begin")
def begin_app(request: Request, visit: Door, form: Filled) -> Response:
    """Make a secret for an authenticator app; it counts once the app has shown a code."""
    import pyotp

    if not _may_change(request, visit, form):
        return _wrong(request, visit)
    _ask(request, visit.device, {"for": "app", "secret": pyotp.random_base32(32)})
    return to("/account/second/app")


@router.get("/account/second/app")
def app(request: Request, visit: Door) -> Response:
    """Show the secret as a picture and as letters."""
    return _app(request, visit)


@router.get("/account/second/app/qr.svg")
def picture(request: Request, visit: Door) -> Response:
    """Return the picture that an authenticator app scans."""
    import pyotp
    import segno

    asked = _pending(request, visit.device, "app")
    if asked is None:
        raise NotAllowed("/account/second")
    address = pyotp.TOTP(asked["secret"]).provisioning_uri(
        name=visit.person.label, issuer_name=NAME
    )
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=4, light="white", xmldecl=False)
    return Response(drawn.getvalue(), media_type="image/svg+xml")


@router.post("/account/second/app")
def keep_app(request: Request, visit: Door, form: Filled) -> Response:
    """Keep the app once it has shown the right code."""
    asked, person = _pending(request, visit.device, "app"), visit.person.id
    if asked is None:
        raise NotAllowed("/account/second")
    limits.check(request, f"{person} second")
    factors, code = doors_of(request).factors, (form.raw("code") or "")[:20]
    if not factors.try_app(person, asked["secret"], code, now=visit.now):
        limits.failed(request, f"{person} second")
        words = words_for(request, visit)
        says = words("This code does not fit. Is the phone's clock right?")
        return _app(request, visit, says=says, status=422)
    write_down(request, "factor", allowed=True, person=person, why="app set up")
    return _set_up(request, visit, "passphrase+app")


@router.post("/account/second/passkey/begin")
def begin_passkey(request: Request, visit: Door, form: Filled) -> Response:
    """Begin to set up a passkey."""
    if not _may_change(request, visit, form):
        return _wrong(request, visit)
    _ask(request, visit.device, {"for": "new passkey", "challenge": ""})
    return to("/account/second/passkey")


@router.get("/account/second/passkey")
def passkey(request: Request, visit: Door) -> Response:
    """Ask the device to make a passkey."""
    return _passkey(request, visit)


@router.post("/account/second/passkey")
def keep_passkey(request: Request, visit: Door, form: Filled) -> Response:
    """Keep the public half of a new passkey."""
    asked, site = _pending(request, visit.device, "new passkey"), site_of(request)
    if asked is None or site is None:
        raise NotAllowed("/account/second")
    new = made(_credential(form), _unwritten(asked), site)
    if new is None:
        says = words_for(request, visit)("The passkey was not set up. Nothing was changed.")
        return _passkey(request, visit, says=says, status=422)
    label = form.text("label", most=60) or device_of(request) or site.name
    credential, key, count = new
    factors = doors_of(request).factors
    factors.add_passkey(
        visit.person.id, credential, key, count=count, site=site.name, label=label, now=visit.now
    )
    write_down(request, "factor", allowed=True, person=visit.person.id, why="passkey set up")
    return _set_up(request, visit, "passphrase+passkey")


@router.post("/account/second/drop")
def drop(request: Request, visit: Door, form: Filled) -> Response:
    """Take a second factor out, unless it is the last and one is needed."""
    factors, person, which = doors_of(request).factors, visit.person.id, form.raw("which") or ""
    if not _may_change(request, visit, form):
        return _wrong(request, visit)
    count = len(factors.passkeys(person)) + factors.has_app(person)
    if count <= 1 and request.app.state.house.needs_accounts:
        says = words_for(request, visit)("This is the last one. Set up another one first.")
        return _factors(request, visit, says=says, status=422)
    factors.drop_app(person) if which == "app" else factors.drop_passkey(person, which[:64])
    write_down(request, "factor", allowed=True, person=person, why="taken out")
    return to("/account/second")


@router.post("/account/second/codes")
def make_codes(request: Request, visit: Door, form: Filled) -> Response:
    """Make ten new recovery codes."""
    if not _may_change(request, visit, form):
        return _wrong(request, visit)
    _fresh_codes(request, visit.person.id, visit.device)
    return to("/account/second/codes")


@router.get("/account/second/codes")
def codes(request: Request, visit: Door) -> Response:
    """Show the new recovery codes until the person has kept them."""
    asked = _pending(request, visit.device, "codes")
    if asked is None:
        return to("/account/second")
    return page(request, "account_codes.html.jinja", visit, codes=asked["codes"])


@router.post("/account/second/codes/kept")
def codes_kept(request: Request, visit: Door) -> Response:
    """Show them no more."""
    doors_of(request).sign_ins.ask(visit.device, None)
    return to("/account/second")


def _factors(request: Request, visit: Visit, *, says: str = "", status: int = 200) -> Response:
    doors, person, site = doors_of(request), visit.person.id, site_of(request)
    return page(
        request,
        "account_second.html.jinja",
        visit,
        status=status,
        says=says,
        has_account=doors.accounts.of(person) is not None,
        has_app=doors.factors.has_app(person),
        has_second=doors.factors.has_any(person),
        passkeys=doors.factors.passkeys(person),
        codes_left=doors.factors.codes_left(person),
        site=site.name if site else "",
        asks=_asks(request, visit),
        moment=moment_in(visit),
    )


def _app(request: Request, visit: Visit, *, says: str = "", status: int = 200) -> Response:
    asked = _pending(request, visit.device, "app")
    if asked is None:
        return to("/account/second")
    plain = asked["secret"]
    spaced = " ".join(plain[i : i + 4] for i in range(0, len(plain), 4))
    return page(request, "account_app.html.jinja", visit, status=status, says=says, secret=spaced)


def _passkey(request: Request, visit: Visit, *, says: str = "", status: int = 200) -> Response:
    site, doors = site_of(request), doors_of(request)
    if site is None or _pending(request, visit.device, "new passkey") is None:
        return to("/account/second")
    known = doors.factors.passkeys(visit.person.id)
    options, challenge = asked_to_create(site, visit.person, known)
    _ask(request, visit.device, {"for": "new passkey", "challenge": _written(challenge)})
    about = {"options": options, "label": device_of(request), "says": says}
    return page(request, "account_passkey.html.jinja", visit, status=status, **about)


def _set_up(request: Request, visit: Visit, way: str) -> Response:
    """Go on after a second factor was set up: signed in anew, recovery codes on the first time."""
    house: House = request.app.state.house
    limits.passed(request, f"{visit.person.id} second")
    answer = to("/account/second/codes")
    name = sign_in(request, answer, visit.person.id, stage="full", way=way)
    house.note_ready()
    if doors_of(request).factors.codes_left(visit.person.id):
        return _moved(answer, "/account/second")
    _fresh_codes(request, visit.person.id, name)
    return answer


def _moved(answer: Response, path: str) -> Response:
    answer.headers["location"] = path
    return answer


def _fresh_codes(request: Request, person: str, session: str) -> None:
    made = doors_of(request).factors.fresh_codes(person)
    _ask(request, session, {"for": "codes", "codes": list(made)})
    write_down(request, "factor", allowed=True, person=person, why="recovery codes made")


def _asks(request: Request, visit: Visit) -> bool:
    """Return whether the passphrase is asked again: not of someone who just gave it."""
    return visit.way != "passphrase"


def _may_change(request: Request, visit: Visit, form: Form) -> bool:
    if doors_of(request).accounts.of(visit.person.id) is None:
        return False
    if not _asks(request, visit):
        return not doors_of(request).factors.has_any(visit.person.id)
    return proves(request, visit.person.id, secret(form, "old"), of_account=True)


def _wrong(request: Request, visit: Visit) -> Response:
    says = words_for(request, visit)("This is not your passphrase. Nothing was changed.")
    return _factors(request, visit, says=says, status=403)


# What a session is being asked.


def _ask(request: Request, session: str, question: dict[str, Any]) -> None:
    doors_of(request).sign_ins.ask(session, json.dumps(question).encode())


def _pending(request: Request, session: str, what: str) -> dict[str, Any] | None:
    kept = doors_of(request).sign_ins.asked(session)
    question: dict[str, Any] | None = json.loads(kept) if kept else None
    return question if question and question["for"] == what else None


def _credential(form: Form) -> str:
    return (form.raw("credential") or "")[:LONGEST_CREDENTIAL]


def _written(challenge: bytes) -> str:
    return base64.b64encode(challenge).decode()


def _unwritten(question: dict[str, Any]) -> bytes:
    return base64.b64decode(question["challenge"])
