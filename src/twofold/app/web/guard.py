"""What every answer carries and every request must: headers, origin, and a length.

The policy allows nothing from elsewhere. A form or a script of another site is
refused by where it says it comes from, before any handler runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
STANDING = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "cache-control": "no-store",
}
ELSEWHERE = "This came from another site, so nothing was changed. Open the page here and try again."
READING = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_REQUEST = 2_000_000
LONGEST_UPLOAD = 64_000_000
UPLOADS = ("/data/add",)


class Guard:
    """Wraps the app: refuses what comes from elsewhere, and signs every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = refusal(scope["method"], Headers(scope=scope), scope["path"])
        answer: ASGIApp = refused or self.app

        async def signed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in STANDING.items():
                    if name not in headers:
                        headers[name] = value
            await send(message)

        await answer(scope, _measured(receive, scope["path"]), signed)


def refusal(method: str, headers: Headers, path: str) -> PlainTextResponse | None:
    """Return why a request is not taken, or ``None``."""
    if method not in READING and not is_from_here(headers):
        return PlainTextResponse(ELSEWHERE, status_code=403)
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > _limit(path):
        return PlainTextResponse("This is too long to take. Nothing was saved.", status_code=413)
    return None


def is_from_here(headers: Headers) -> bool:
    """Return whether a request says that it comes from a page of this very server."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == headers.get("host", "")
    return site is not None


def _limit(path: str) -> int:
    return LONGEST_UPLOAD if path in UPLOADS else LONGEST_REQUEST


class TooLong(Exception):
    """More was sent than was announced, or than is taken."""


def _measured(receive: Receive, path: str) -> Receive:
    taken = 0

    async def measured() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > _limit(path):
            raise TooLong
        return message

    return measured


def policy_with_styles(hashes: Iterable[str]) -> str:
    """Return the policy for a page whose own styles are named by their hashes."""
    named = " ".join(f"'{one}'" for one in hashes)
    return POLICY.replace("style-src 'self'", f"style-src 'self' {named}".rstrip())
