"""The chain beside the log at the doors. Lines that are there are taken over by the next one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, and let nothing in it be altered."""
    op.create_table(
        "door_chain",
        sa.Column("seq", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("was_there", sa.Integer, nullable=False),
        sa.Column("whose", sa.String(64), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("link", sa.String(64), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard_on_postgresql()
        return
    op.execute(
        "CREATE TRIGGER door_chain_stays BEFORE UPDATE ON door_chain "
        "BEGIN SELECT RAISE(ABORT, 'a link is never altered'); END"
    )
    op.execute(
        "CREATE TRIGGER door_chain_remains BEFORE DELETE ON door_chain "
        "BEGIN SELECT RAISE(ABORT, 'a link is never deleted'); END"
    )


def _guard_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION door_chain_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'a link is never altered or deleted'; END $$"
    )
    op.execute(
        "CREATE TRIGGER door_chain_stays BEFORE UPDATE OR DELETE ON door_chain "
        "FOR EACH ROW EXECUTE FUNCTION door_chain_is_kept()"
    )
    op.execute(
        "CREATE TRIGGER door_chain_whole BEFORE TRUNCATE ON door_chain "
        "FOR EACH STATEMENT EXECUTE FUNCTION door_chain_is_kept()"
    )
