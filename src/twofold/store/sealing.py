"""Bodies sealed under a person's own key, and the outbox of a phone, sealed to the store."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from twofold.errors import DamagedStore, RecordError
from twofold.store import locks
from twofold.store.entry import LONGEST_BODY, Body

OUTBOX = b"twofold outbox 1"
"""The HKDF ``info`` that the browser uses, too."""


def to_text(body: Body) -> str:
    """Return a body as JSON text.

    Raises
    ------
    RecordError
        When it holds something that JSON cannot hold, or is too long.
    """
    try:
        words = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        words.encode()
    except (TypeError, ValueError, RecursionError):
        raise RecordError(
            "this entry holds something that cannot be kept (half a letter, or no number).",
            remedy="Write it again. Nothing was changed.",
        ) from None
    if len(words) > LONGEST_BODY:
        raise RecordError(
            f"this entry is too long: {len(words):,} letters, and {LONGEST_BODY:,} can be kept.",
            remedy="Shorten it, or write it as several notes. Nothing was changed.",
        )
    return words


def seal(key: bytes, words: str, *, person: str, entry: str, change: str) -> bytes:
    """Seal the text of a body to its place: moved to another, it does not open."""
    return locks.wrap(key, words.encode(), about=_about(person, entry, change))


def opened(key: bytes, sealed: bytes, *, person: str, entry: str, change: str) -> dict[str, Any]:
    """Open the body of a change.

    Raises
    ------
    DamagedStore
        When it was altered, or stands where it was not written.
    """
    plain = locks.unwrap(key, sealed, about=_about(person, entry, change))
    if plain is None:
        raise DamagedStore(
            "an entry cannot be opened: it was altered on the disk.",
            where=f"entry {entry}",
            remedy="`twofold check` lists every such entry; a backup brings them back.",
        )
    body: dict[str, Any] = json.loads(plain)
    return body


def seal_person(key: bytes, person: str, told: Mapping[str, Any]) -> bytes:
    """Seal what is known about a person beside the diary."""
    return locks.wrap(key, to_text(told).encode(), about=f"{person} person")


def opened_person(key: bytes, person: str, sealed: bytes) -> dict[str, Any] | None:
    """Open what ``seal_person`` sealed; ``None`` when it was altered."""
    plain = locks.unwrap(key, sealed, about=f"{person} person")
    return None if plain is None else json.loads(plain)


def fresh_key() -> bytes:
    """Return a new random key."""
    return secrets.token_bytes(locks.KEY_BYTES)


def seal_secret(key: bytes, name: str, value: bytes) -> bytes:
    """Seal a key of the store itself under the database key."""
    return locks.wrap(locks.derived(key, "secrets"), value, about=name)


def opened_secret(key: bytes, name: str, sealed: bytes | None) -> bytes:
    """Open what ``seal_secret`` sealed.

    Raises
    ------
    DamagedStore
        When it is missing or was altered.
    """
    value = sealed and locks.unwrap(locks.derived(key, "secrets"), bytes(sealed), about=name)
    if not value:
        raise DamagedStore(
            f"the {name} key of this diary cannot be opened.",
            remedy="Put back a backup with `twofold restore FILE`.",
        )
    return value


def fresh_outbox_key() -> bytes:
    """Return a new private P-256 key as 32 bytes."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return number.to_bytes(32, "big")


def point_of(private: bytes) -> bytes:
    """Return the public point, uncompressed: what browsers import as ``raw``."""
    return (
        _private(private).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    )


def unseal(private: bytes, name: str, epk: bytes, iv: bytes, ct: bytes) -> bytes:
    """Open one entry of a phone's outbox; its own id is part of the seal.

    Raises
    ------
    RecordError
        When it was not sealed to this store, or was altered on the way.
    """
    try:
        other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), epk)
        shared = _private(private).exchange(ec.ECDH(), other)
        key = HKDF(SHA256(), 32, None, OUTBOX).derive(shared)
        return AESGCM(key).decrypt(iv, ct, name.encode())
    except (InvalidTag, ValueError):
        raise RecordError(
            "an entry from this phone cannot be opened: it was sealed for another diary.",
            remedy="Keep the phone's page open and write the entry again.",
        ) from None


def _private(private: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(private, "big"), ec.SECP256R1())


def _about(person: str, entry: str, change: str) -> str:
    return f"{person} {entry} {change}"
