"""Turns a template into a page: theme, language and standing values in one place."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from twofold import __version__
from twofold.app.web.language import Words, wished, words_of

if TYPE_CHECKING:
    from twofold.app.web.gate import Visit

HERE = Path(__file__).parent
THEMES = ("warm", "dark", "attack", "contrast")
SIZES = ("small", "large", "largest")


def page(
    request: Request, template: str, visit: Visit | None = None, status: int = 200, **values: Any
) -> HTMLResponse:
    """Return a page.

    Parameters
    ----------
    template : str
        Its file in ``templates/``.
    visit : Visit, optional
        Whose page it is; ``None``: a page that anyone may open.
    values
        What the template names.
    """
    words = words_for(request, visit)
    text = (
        environment()
        .get_template(template)
        .render(
            request=request,
            house=request.app.state.house,
            visit=visit,
            theme=theme_of(request, visit),
            text_size=size_of(request),
            _=words,
            ngettext=words.plural,
            language=words.language,
            direction=words.direction,
            version=__version__,
            path=request.url.path,
            heard=request.app.state.numbers_after(request),
            **values,
        )
    )
    return HTMLResponse(text, status_code=status)


def to(path: str) -> RedirectResponse:
    """Lead on to another page after a form."""
    return RedirectResponse(path, status_code=303)


def theme_of(request: Request, visit: Visit | None) -> str:
    """Return the chosen theme; empty: as the device's own setting says."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else ""


def size_of(request: Request) -> str:
    """Return the chosen size of text; empty: the usual one."""
    chosen = request.cookies.get("size", "")
    return chosen if chosen in SIZES else ""


def words_for(request: Request, visit: Visit | None) -> Words:
    """Return the words that the person chose, else those that the browser asks for."""
    chosen = visit.setting("language") if visit is not None else None
    return words_of(str(chosen or wished(request.headers.get("accept-language", ""))))


@cache
def environment() -> Environment:
    """Return the template engine, its templates read once."""
    room = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    room.globals["themes"] = THEMES
    return room
