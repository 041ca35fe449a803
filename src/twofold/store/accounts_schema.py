"""The tables of the doors: accounts, second factors, sessions, and what was decided at them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from twofold.store.schema import METADATA

_COUNTER = BigInteger().with_variant(Integer(), "sqlite")

account = Table(
    "account",
    METADATA,
    Column("person", String(36), primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("passphrase", String(255), nullable=False),
    Column("made", String(40), nullable=False),
    Column("is_keeper", Integer, nullable=False),
    Column("totp", LargeBinary),
    Column("totp_step", BigInteger, nullable=False),
    Column("codes_salt", LargeBinary),
)
"""``name`` is a keyed hash; ``totp`` is sealed; ``totp_step`` is the last one that was used."""

passkey = Table(
    "passkey",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("person", String(36), nullable=False),
    Column("credential", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("site", String(255), nullable=False),
    Column("label", String(80), nullable=False),
    Column("made", String(40), nullable=False),
    Column("used", String(40)),
    Index("ix_passkey_person", "person"),
)
"""``id`` is the hash of the credential's own id, which may be a thousand bytes long."""

recovery_code = Table(
    "recovery_code",
    METADATA,
    Column("person", String(36), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("used", String(40)),
)

session = Table(
    "session",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("token", String(64), nullable=False, unique=True),
    Column("person", String(36), nullable=False),
    Column("stage", String(10), nullable=False),
    Column("way", String(40), nullable=False),
    Column("device", String(80), nullable=False),
    Column("begun", String(40), nullable=False),
    Column("seen", String(40), nullable=False),
    Column("pending", LargeBinary),
    Index("ix_session_person", "person"),
)
"""``token`` is the hash of what the browser holds; ``pending``, sealed, what it is asked."""

invitation = Table(
    "invitation",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("person", String(36), nullable=False),
    Column("purpose", String(10), nullable=False),
    Column("until", String(40), nullable=False),
)

attempt = Table(
    "attempt",
    METADATA,
    Column("subject", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last", String(40), nullable=False),
)

door = Table(
    "door",
    METADATA,
    Column("seq", _COUNTER, primary_key=True, autoincrement=True),
    Column("at", String(40), nullable=False),
    Column("person", String(36), nullable=False),
    Column("what", String(20), nullable=False),
    Column("allowed", Integer, nullable=False),
    Column("why", String(160), nullable=False),
    Column("address", String(64), nullable=False),
    Column("device", String(80), nullable=False),
    Index("ix_door_person", "person", "seq"),
    sqlite_autoincrement=True,
)
"""Append-only, as ``change`` is."""

door_chain = Table(
    "door_chain",
    METADATA,
    Column("seq", _COUNTER, primary_key=True, autoincrement=False),
    Column("was_there", Integer, nullable=False),
    Column("whose", String(64), nullable=False),
    Column("content", String(64), nullable=False),
    Column("link", String(64), nullable=False),
)
"""A link for each line of ``door``; it names nobody, and stays when the line's person is erased."""

OF_A_PERSON = (passkey, recovery_code, session, invitation, door, account)
"""What goes when a person is erased."""
