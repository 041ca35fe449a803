"""The first schema: people, changes, entries, and the triggers that keep changes as they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _make_places()
    _make_change()
    _make_entry()
    _guard("change")
    _guard("settled")


def _make_places() -> None:
    op.create_table("store", sa.Column("id", sa.String(36), primary_key=True))
    op.create_table(
        "secret",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table("erasing", sa.Column("person", sa.String(36), primary_key=True))


def _make_change() -> None:
    op.create_table(
        "change",
        sa.Column("seq", _COUNTER, primary_key=True, autoincrement=True),
        sa.Column("person", sa.String(36), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("entry", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("base", sa.String(36)),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("batch", sa.String(36), nullable=False),
        sa.Column("received", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_change_id", "change", ["person", "id"], unique=True)
    op.create_index("ix_change_entry", "change", ["person", "entry", "seq"])


def _make_entry() -> None:
    op.create_table(
        "entry",
        sa.Column("person", sa.String(36), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("day", sa.Date),
        sa.Column("moment", sa.BigInteger, nullable=False),
        sa.Column("head", _COUNTER, sa.ForeignKey("change.seq"), nullable=False),
        sa.Column("is_out", sa.Integer, nullable=False),
        sa.Column("batch", sa.String(36), nullable=False),
        sa.Column("versions", sa.Integer, nullable=False),
    )
    op.create_index("ix_entry_day", "entry", ["person", "kind", "day"])
    op.create_table(
        "settled",
        sa.Column("change", _COUNTER, sa.ForeignKey("change.seq"), primary_key=True),
        sa.Column("person", sa.String(36), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("keep", sa.String(10), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
    )
    op.create_index("ix_settled_person", "settled", ["person"])


def _guard(table: str) -> None:
    """Refuse to alter a row ever, and to delete one unless its person is being erased."""
    if op.get_bind().dialect.name == "postgresql":
        _guard_on_postgresql(table)
        return
    op.execute(
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'a kept change is never altered'); END"
    )
    op.execute(
        f"CREATE TRIGGER {table}_remains BEFORE DELETE ON {table} "
        "WHEN NOT EXISTS (SELECT 1 FROM erasing WHERE erasing.person = OLD.person) "
        "BEGIN SELECT RAISE(ABORT, 'a kept change is never deleted'); END"
    )


def _guard_on_postgresql(table: str) -> None:
    op.execute(
        f"CREATE FUNCTION {table}_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM erasing WHERE person = OLD.person) "
        "THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'a kept change is never altered or deleted'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_is_kept()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_kept()"
    )
