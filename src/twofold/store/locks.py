"""What a passphrase opens: argon2id makes a key of it, and that key unwraps the database key.

Pure: bytes in, bytes out. The costs of argon2id are kept beside what they made, so that
they can grow over the years and an old ring still opens.
"""

from __future__ import annotations

import base64
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12


@dataclass(frozen=True)
class Cost:
    """How much work argon2id does: rounds, memory in KiB, lanes (RFC 9106, second choice)."""

    rounds: int = 3
    memory: int = 65_536
    lanes: int = 4

    @property
    def is_bearable(self) -> bool:
        """Whether a machine can do it: a ring from elsewhere could ask for all memory."""
        return 1 <= self.rounds <= 64 and 8 <= self.memory <= 1_048_576 and 1 <= self.lanes <= 64


def wrap(key: bytes, secret: bytes, *, about: str) -> bytes:
    """Seal ``secret`` under ``key``; it opens only for the same ``about``."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, secret, about.encode())


def unwrap(key: bytes, sealed: bytes, *, about: str) -> bytes | None:
    """Open what ``wrap`` sealed; ``None`` when the key or what it is about differs."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about.encode())
    except (InvalidTag, ValueError):
        return None


def lock(database_key: bytes, passphrase: str, *, about: str, cost: Cost) -> dict[str, Any]:
    """Return the database key under a passphrase, as plain values."""
    salt = secrets.token_bytes(16)
    sealed = wrap(stretched(passphrase, salt, cost), database_key, about=about)
    costs = {"rounds": cost.rounds, "memory": cost.memory, "lanes": cost.lanes}
    return {"argon2id": costs, "salt": text(salt), "sealed": text(sealed)}


def unlock(kept: Mapping[str, Any], passphrase: str, *, about: str) -> bytes | None:
    """Return the database key, or ``None`` when this is not the passphrase.

    Raises
    ------
    ValueError
        When the lock is damaged.
    """
    cost = Cost(**{name: int(value) for name, value in kept["argon2id"].items()})
    if not cost.is_bearable:
        raise ValueError("the costs of argon2id are out of bounds")
    try:
        key = stretched(passphrase, raw(kept["salt"]), cost)
    except HashingError as error:
        raise ValueError(f"argon2id refuses what the lock holds: {error}") from None
    return unwrap(key, raw(kept["sealed"]), about=about)


def stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """Return the key of a passphrase; an é typed as one letter or as two is the same é."""
    words = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    return hash_secret_raw(
        words, salt, cost.rounds, cost.memory, cost.lanes, KEY_BYTES, Type.ID, version=19
    )


def derived(key: bytes, purpose: str) -> bytes:
    """Return another key of the same strength for one purpose alone."""
    return HKDF(SHA256(), KEY_BYTES, None, f"twofold {purpose}".encode()).derive(key)


def text(value: bytes) -> str:
    """Return bytes as they stand in a text file."""
    return base64.b64encode(value).decode("ascii")


def raw(value: str) -> bytes:
    """Return the bytes that ``text`` wrote."""
    return base64.b64decode(value.encode("ascii"), validate=True)
