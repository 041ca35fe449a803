"""Who is signed in: an opaque token in a cookie, and only its hash on this side."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

IDLE = dt.timedelta(days=30)
LONGEST = dt.timedelta(days=180)


@dataclass(frozen=True)
class Session:
    """One signed-in browser."""

    id: str
    person: str
    begun: dt.datetime
    seen: dt.datetime
    device: str = ""


class Sessions:
    """The sessions of a running server."""

    def __init__(self) -> None:
        self._known: dict[str, Session] = {}

    def begin(self, person: str, now: dt.datetime, device: str = "") -> str:
        """Sign a browser in, and return the token for its cookie: it is kept nowhere else."""
        token = secrets.token_urlsafe(32)
        self._known[_hashed(token)] = Session(_hashed(token), person, now, now, device)
        return token

    def of(self, token: str | None, now: dt.datetime) -> Session | None:
        """Return the session of a token, or ``None`` when it is not known or has run out."""
        if not token:
            return None
        found = self._known.get(_hashed(token))
        if found is None or now - found.seen > IDLE or now - found.begun > LONGEST:
            return None
        return found

    def end(self, token: str | None) -> None:
        """Sign a browser out."""
        self._known.pop(_hashed(token or ""), None)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
