"""The pages without a network: what a phone keeps of the app, and nothing of a person.

The browser keeps the shell (one page, the safety page, style, typeface) and seals
what is written meanwhile; ``static/outbox.js`` is that part, ``static/sw.js`` answers
in place of the server.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from twofold import __version__
from twofold.app.web.attack_steps import STRENGTH
from twofold.app.web.pages import HERE, page, words_for

router = APIRouter()

SHELL = ("/offline", "/help/offline", "/offline/words", "/manifest.webmanifest")
ICONS = (
    ("icon.svg", "any", "image/svg+xml", "any"),
    ("icon-192.png", "192x192", "image/png", "any"),
    ("icon-512.png", "512x512", "image/png", "any"),
    ("icon-maskable.png", "512x512", "image/png", "maskable"),
)
STATIC = (
    "app.css", "help.css", "first.js", "app.js", "offline.js", "help.js", "htmx.min.js",
    *(name for name, *_ in ICONS),
)  # fmt: skip
FONT = "/static/font.woff2"
_WORKER = ("outbox.js", "sw.js")


@router.get("/offline")
def offline(request: Request) -> Response:
    """Show the page that stands in for all others while there is no connection."""
    return page(request, "offline.html.jinja", strengths=STRENGTH)


@router.get("/sw.js")
def worker() -> Response:
    """Return the script that answers in place of the server while there is no connection."""
    return Response(_worker(), media_type="text/javascript", headers={"cache-control": "no-cache"})


@router.get("/manifest.webmanifest")
def manifest(request: Request) -> Response:
    """Return what a phone needs to put the app on its first screen; no medical word in it."""
    _ = words_for(request, None)
    told = {
        "id": "/",
        "name": "Twofold",
        "short_name": "Twofold",
        "description": _("A private diary"),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "orientation": "any",
        "background_color": "#0b0f0c",
        "theme_color": "#0b0f0c",
        "icons": [
            {"src": f"/static/{name}", "sizes": sizes, "type": kind, "purpose": purpose}
            for name, sizes, kind, purpose in ICONS
        ],
    }
    return JSONResponse(told, media_type="application/manifest+json")


@router.get("/offline/words")
def words(request: Request) -> Response:
    """Return what the scripts say, in the language of the browser."""
    _ = words_for(request, None)
    return JSONResponse(
        {
            "waits_one": _("1 entry waits on this phone. It goes over later."),
            "waits_many": _("%s entries wait on this phone. They go over later."),
            "no_connection": _(
                "No connection. Your entry is safe on this phone and goes over later."
            ),
            "gone_over": _("What waited on this phone has gone over."),
            "refused": _("An entry on this phone could not go over:"),
            "let_go": _("Take it off this phone"),
            "not_kept": _("This could not be kept here. Please write it down:"),
            "last_not_kept": _(
                "What you entered last could not be kept here. Please write it down."
            ),
            "written_down": _("I have written it down"),
            "not_sent": _("This could not be sent: there is no connection. Go back and try later."),
            "no_worker": _("This browser cannot keep entries without a connection."),
            "no_https": _(
                "This address is not encrypted (http), so entries cannot be kept without a "
                "connection."
            ),
            "tell": _("What went over holds a medicine to look at. It stands on the next page."),
            "twice": _("An entry was written twice. Look at it when you like."),
        }
    )


@cache
def _worker() -> str:
    files = [*SHELL, FONT, *(f"/static/{name}" for name in STATIC if _path(name).exists())]
    scripts = "\n".join(_path(name).read_text(encoding="utf-8") for name in _WORKER)
    named = {"SHELL": _version(files, scripts), "FILES": files}
    lines = [f"const {name} = {json.dumps(value)};" for name, value in named.items()]
    return "\n".join(("'use strict';", *lines, scripts))


def _version(files: list[str], scripts: str) -> str:
    """Return a name that changes when anything in the shell does."""
    content = hashlib.sha256(f"{__version__} {files} {scripts}".encode())
    for path in sorted((*(HERE / "static").iterdir(), *(HERE / "templates").iterdir())):
        if path.is_file():
            content.update(path.read_bytes())
    return f"shell-{content.hexdigest()[:16]}"


def _path(name: str) -> Any:
    return HERE / "static" / name
