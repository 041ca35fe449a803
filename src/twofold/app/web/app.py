"""The web app: every page in one list, behind one guard."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from twofold.app.web.gate import NotAllowed
from twofold.app.web.guard import Guard, TooLong
from twofold.app.web.pages import HERE, page
from twofold.errors import TwofoldError

if TYPE_CHECKING:
    from twofold.app.web.house import House

ROUTERS = ("opening", "home", "safety")
FONT = HERE.parents[1] / "report/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"


def create_app(house: House) -> FastAPI:
    """Return the app of one house.

    Parameters
    ----------
    house : House
        The folder, the store when it is open, the clock.
    """
    app = FastAPI(title="Twofold", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.house = house
    for name in ROUTERS:
        app.include_router(import_module(f"twofold.app.web.{name}").router)
    app.add_api_route("/static/font.woff2", font, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.add_exception_handler(NotAllowed, _to_the_door)
    app.add_exception_handler(TwofoldError, _said)
    app.add_exception_handler(TooLong, _too_long)
    app.add_exception_handler(HTTPException, _not_there)
    app.add_exception_handler(RequestValidationError, _not_there)
    app.add_exception_handler(Exception, _broken)
    app.add_middleware(Guard)
    return app


def font() -> Response:
    """Return the one typeface, from the report's folder."""
    return FileResponse(FONT, headers={"cache-control": "public, max-age=31536000"})


def _to_the_door(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotAllowed)
    return RedirectResponse(error.leads_to, status_code=303)


def _said(request: Request, error: Exception) -> Response:
    """Tell a mistake that can be mended: what, and what to try."""
    assert isinstance(error, TwofoldError)
    return _told(request, 400, error.what, error.remedy)


def _too_long(request: Request, error: Exception) -> Response:
    return _told(request, 413, "This is too long to take.", "Nothing was saved. Send less at once.")


def _not_there(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return _told(request, status, "This page is not here.", "Nothing was changed.")


def _broken(request: Request, error: Exception) -> Response:
    return _told(
        request,
        500,
        "Something in Twofold itself went wrong.",
        "What you wrote before is kept. Please try again.",
    )


def _told(request: Request, status: int, what: str, remedy: str) -> HTMLResponse:
    return page(request, "error.html.jinja", status=status, what=what, remedy=remedy)
