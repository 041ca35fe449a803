"""Small entries for the store's tests."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from twofold.store.entry import Change
from twofold.store.locks import Cost

PASSPHRASE = "correct horse battery staple"
QUICK = Cost(rounds=1, memory=64, lanes=1)
"""argon2id in a millisecond; only test_keys.py asks for the real costs."""
NOW = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)
TODAY = NOW.date()


def new() -> str:
    return str(uuid.uuid4())


def note(text: str, day: str = "2026-11-20") -> dict[str, Any]:
    return {"day": day, "text": text}


def put(
    body: dict[str, Any] | None,
    *,
    kind: str = "note",
    entry: str | None = None,
    base: str | None = None,
    at: dt.datetime = NOW,
    batch: str = "",
) -> Change:
    """A change that puts this body into an entry, or takes the entry out."""
    return Change(new(), entry or new(), kind, body, at, "UTC", base, batch=batch)
