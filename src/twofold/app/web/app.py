"""The web app: every page in one list, behind one guard and one gate."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from twofold.app.web.dose_notices import waiting
from twofold.app.web.forms import FormError
from twofold.app.web.gate import NotAllowed, admit, is_zone
from twofold.app.web.guard import ONLY_ENCRYPTED, STANDING, TOO_LONG, Guard, TooLong
from twofold.app.web.hearing import Hearing, listen, numbers_after
from twofold.app.web.limits import TooSoon
from twofold.app.web.pages import HERE, environment, page, words_for
from twofold.errors import DamagedStore, StoreBusy, StoreFull, TwofoldError, WrongKey

if TYPE_CHECKING:
    from twofold.app.web.house import House

ROUTERS = (
    "opening",
    "accounts",
    "accounts_factors",
    "accounts_people",
    "home",
    "attack",
    "unusual",
    "sync",
    "conflicts",
    "offline",
    "safety",
    "evening",
    "week",
    "factors",
    "profile",
    "scales",
    "settings",
    "medicines",
    "courses",
    "doses",
    "dose_notices",
    "side_effects",
    "reminders",
    "days",
    "history",
    "review",
    "data",
    "lab",
)
FONT = HERE.parents[1] / "report/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"
STATUS = {WrongKey: 403, StoreBusy: 503, StoreFull: 507, DamagedStore: 500}


def create_app(house: House) -> FastAPI:
    """Return the app of one house.

    Parameters
    ----------
    house : House
        The folder, the store when it is open, the clock.
    """
    app = FastAPI(
        title="Twofold",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(admit)],
        lifespan=_locked_at_the_end,
    )
    app.state.house = house
    environment().globals["doses_to_tell"] = waiting
    app.state.listen, app.state.numbers_after = listen, numbers_after
    for name in ROUTERS:
        app.include_router(import_module(f"twofold.app.web.{name}").router)
    app.add_api_route("/static/font.woff2", font, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.add_exception_handler(NotAllowed, _to_the_door)
    app.add_exception_handler(TwofoldError, _said)
    app.add_exception_handler(FormError, _not_an_answer)
    app.add_exception_handler(TooLong, _too_long)
    app.add_exception_handler(TooSoon, _too_soon)
    app.add_exception_handler(HTTPException, _not_there)
    app.add_exception_handler(RequestValidationError, _not_there)
    app.add_exception_handler(Exception, _broken)
    app.add_middleware(Hearing)
    app.add_middleware(Guard, names=house.names, is_encrypted=house.is_encrypted, tell=told)
    return app


def font() -> Response:
    """Return the one typeface, from the report's folder."""
    return FileResponse(FONT, headers={"cache-control": "public, max-age=31536000"})


def told(request: Request, status: int, what: str, remedy: str) -> HTMLResponse:
    """Return a page that says what happened and what to do."""
    words = words_for(request, None)
    return page(request, "error.html.jinja", status=status, what=words(what), remedy=words(remedy))


@asynccontextmanager
async def _locked_at_the_end(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.house.close()


def _to_the_door(request: Request, error: Exception) -> Response:
    """Lead on; a script is told in a way that does not put the door inside its page."""
    assert isinstance(error, NotAllowed)
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"hx-redirect": error.leads_to})
    if "json" in request.headers.get("content-type", ""):
        return JSONResponse({"says": "Please sign in again."}, status_code=401)
    return RedirectResponse(error.leads_to, status_code=303)


def _said(request: Request, error: Exception) -> Response:
    """Tell a mistake that can be mended: what, and what to try."""
    assert isinstance(error, TwofoldError)
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    what = error.what[:1].upper() + error.what[1:]
    return told(request, status, what, error.remedy)


def _not_an_answer(request: Request, error: Exception) -> Response:
    """Tell that a form of a single tap was not what a page sends."""
    assert isinstance(error, FormError)
    return told(request, 422, error.says, "Nothing was changed. Go back and try again.")


def _too_long(request: Request, error: Exception) -> Response:
    return told(request, *TOO_LONG)


def _too_soon(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooSoon)
    house: House = request.app.state.house
    zone = request.cookies.get("zone", "")
    until = error.until.astimezone(ZoneInfo(zone if zone and is_zone(zone) else "UTC"))
    remedy = words_for(request, None)(
        "Please try again at %(when)s. The safety page is open at any time.",
        when=f"{until:%H:%M:%S} ({until.tzname()})",
    )
    answer = told(request, 429, "Too many wrong answers in a row, so this waits a little.", remedy)
    seconds = math.ceil((error.until - house.clock()).total_seconds())
    answer.headers["retry-after"] = str(max(seconds, 1))
    return answer


def _not_there(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    if status == 400:
        return told(
            request,
            status,
            "What was sent could not be read.",
            "Nothing was saved. Please open the page again, and send it once more.",
        )
    return told(request, status, "This page is not here.", "Nothing was changed.")


def _broken(request: Request, error: Exception) -> Response:
    """Tell that a defect showed; this page is made outside the guard, so it is signed here."""
    house: House = request.app.state.house
    answer = told(
        request,
        500,
        "Something in Twofold itself went wrong.",
        "What you wrote before is kept. Please try again.",
    )
    answer.headers.update(STANDING | (ONLY_ENCRYPTED if house.is_encrypted else {}))
    return answer
