"""What every answer carries and every request must: headers, origin, and a length.

The policy allows nothing from elsewhere. A form or a script of another site is
refused by where it says it comes from, before any handler runs.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection, Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
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
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "cache-control": "no-store",
}
KEPT = {"cache-control": "no-cache"}
"""Scripts and styles hold nothing of a person: a browser may keep them, and asks before use."""
ONLY_ENCRYPTED = {"strict-transport-security": "max-age=31536000"}
READING = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_REQUEST = 2_000_000
LONGEST_UPLOAD = 64_000_000
LONGEST_ADDRESS = 4_000
UPLOADS = ("/data/add",)
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})

Tell = Callable[[Request, int, str, str], Response]
"""Makes a page of: the request, its status, what happened, what to do."""


class Guard:
    """Wraps the app: refuses what comes from elsewhere, and signs every answer.

    Parameters
    ----------
    names : collection of str
        The host names that the pages are served under, beside those of this machine.
    is_encrypted : bool
        Whether browsers should insist on https from now on.
    """

    def __init__(
        self, app: ASGIApp, *, names: Collection[str], is_encrypted: bool, tell: Tell
    ) -> None:
        self.app, self.tell = app, tell
        self.names = frozenset(name.lower() for name in names)
        self.standing = STANDING | (ONLY_ENCRYPTED if is_encrypted else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = refusal(scope, self.names)
        answer = self.tell(Request(scope), *refused) if refused else self.app

        standing = self.standing | (KEPT if scope["path"].startswith("/static/") else {})

        async def signed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in standing.items():
                    if name not in headers:
                        headers[name] = value
            await send(message)

        await answer(scope, _measured(receive, scope["path"]), signed)


def refusal(scope: Scope, names: Collection[str]) -> tuple[int, str, str] | None:
    """Return why a request is not taken (status, what, what to do), or ``None``."""
    headers = Headers(scope=scope)
    if not is_served(headers.get("host", ""), scope, names):
        return 421, "Twofold is not served under this name.", "Use the address that it printed."
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
        return 414, "This address is too long.", "Nothing was changed."
    if scope["method"] not in READING and not is_from_here(headers):
        return (
            403,
            "This came from another site, so nothing was changed.",
            "Open the page here and try again.",
        )
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or int(length[:20]) > limit_of(scope["path"]):
        return TOO_LONG
    return None


TOO_LONG = (413, "This is too long to take.", "Nothing was saved. Send less at once.")


def is_served(host: str, scope: Scope, names: Collection[str]) -> bool:
    """Return whether a host is one of ours: a stranger's name that leads here is refused.

    A page of another site can have its own name point to this machine, and would then count
    as of the same origin (DNS rebinding); the name that it asks for gives it away.
    """
    name = _name_of(host)
    here = scope.get("server") or ("", 0)
    return name in THIS_MACHINE or name in names or (name == here[0] and _is_number(name))


def is_from_here(headers: Headers) -> bool:
    """Return whether a request says that it comes from a page of this very server."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    if origin is not None:
        return _place_of(origin) == headers.get("host", "")
    return site is not None


def limit_of(path: str) -> int:
    """Return how many bytes may be sent to a path."""
    return LONGEST_UPLOAD if path in UPLOADS else LONGEST_REQUEST


class TooLong(Exception):
    """More was sent than was announced, or than is taken."""


def _name_of(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower().rstrip(".")
    except ValueError:
        return ""


def _place_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _is_number(name: str) -> bool:
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def _measured(receive: Receive, path: str) -> Receive:
    taken = 0

    async def measured() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit_of(path):
            raise TooLong
        return message

    return measured


def policy_with_styles(hashes: Iterable[str]) -> str:
    """Return the policy for a page whose own styles are named by their hashes."""
    named = " ".join(f"'{one}'" for one in hashes)
    return POLICY.replace("style-src 'self'", f"style-src 'self' {named}".rstrip())
