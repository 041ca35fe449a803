"""The tables, one schema for SQLite and PostgreSQL.

A ``change`` is written once and stays as it is: triggers (in ``migrations/``) refuse to
alter or delete one, but for a person who is being erased. ``entry`` says what the changes
add up to; it is written in the same transaction and can be made again from them.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    text,
)

REVISION = "0004"
"""The newest migration; a database beyond it belongs to a newer Twofold."""

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_COUNTER = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts only INTEGER by itself

store = Table(
    "store",
    METADATA,
    Column("id", String(36), primary_key=True),
)
"""One row: which diary this is, to be compared with the key ring."""

secret = Table(
    "secret",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""Keys that belong to no person, sealed under the database key."""

person = Table(
    "person",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
"""Label, zone and language are sealed under the person's own key."""

erasing = Table(
    "erasing",
    METADATA,
    Column("person", String(36), primary_key=True),
)
"""Whose rows may be deleted: there only while they are."""

change = Table(
    "change",
    METADATA,
    Column("seq", _COUNTER, primary_key=True, autoincrement=True),
    Column("person", ForeignKey("person.id"), nullable=False),
    Column("id", String(36), nullable=False),
    Column("entry", String(36), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("body", LargeBinary),
    Column("at", String(40), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("base", String(36)),
    Column("device", String(64), nullable=False),
    Column("batch", String(36), nullable=False),
    Column("received", String(40), nullable=False),
    Column("outcome", String(10), nullable=False),
    Index("ix_change_id", "person", "id", unique=True),
    Index("ix_change_entry", "person", "entry", "seq"),
    Index(
        "ix_change_apart",
        "person",
        sqlite_where=text("outcome = 'conflict'"),
        postgresql_where=text("outcome = 'conflict'"),
    ),
    sqlite_autoincrement=True,
)

entry = Table(
    "entry",
    METADATA,
    Column("person", ForeignKey("person.id"), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("day", Date),
    Column("moment", BigInteger, nullable=False),
    Column("head", ForeignKey("change.seq"), nullable=False),
    Column("is_out", Integer, nullable=False),
    Column("batch", String(36), nullable=False),
    Column("versions", Integer, nullable=False),
    Index("ix_entry_day", "person", "kind", "day"),
    Index("ix_entry_span", "person", "day"),
)

settled = Table(
    "settled",
    METADATA,
    Column("change", ForeignKey("change.seq"), primary_key=True),
    Column("person", ForeignKey("person.id"), nullable=False),
    Column("keep", String(10), nullable=False),
    Column("at", String(40), nullable=False),
    Index("ix_settled_person", "person"),
)
"""Conflicts that the person has decided."""
