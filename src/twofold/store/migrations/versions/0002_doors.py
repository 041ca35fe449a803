"""The doors: accounts, second factors, sessions, attempts, and a log that only grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _make_account()
    _make_factors()
    _make_session()
    _make_attempt()
    _make_door()
    _guard_door()


def _make_account() -> None:
    op.create_table(
        "account",
        sa.Column("person", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("passphrase", sa.String(255), nullable=False),
        sa.Column("made", sa.String(40), nullable=False),
        sa.Column("is_keeper", sa.Integer, nullable=False),
        sa.Column("totp", sa.LargeBinary),
        sa.Column("totp_step", sa.BigInteger, nullable=False),
        sa.Column("codes_salt", sa.LargeBinary),
    )
    op.create_table(
        "invitation",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("person", sa.String(36), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("until", sa.String(40), nullable=False),
    )


def _make_factors() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("person", sa.String(36), nullable=False),
        sa.Column("credential", sa.LargeBinary, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("site", sa.String(255), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("made", sa.String(40), nullable=False),
        sa.Column("used", sa.String(40)),
    )
    op.create_index("ix_passkey_person", "passkey", ["person"])
    op.create_table(
        "recovery_code",
        sa.Column("person", sa.String(36), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("used", sa.String(40)),
    )


def _make_session() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("token", sa.String(64), nullable=False, unique=True),
        sa.Column("person", sa.String(36), nullable=False),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("way", sa.String(40), nullable=False),
        sa.Column("device", sa.String(80), nullable=False),
        sa.Column("begun", sa.String(40), nullable=False),
        sa.Column("seen", sa.String(40), nullable=False),
        sa.Column("pending", sa.LargeBinary),
    )
    op.create_index("ix_session_person", "session", ["person"])


def _make_attempt() -> None:
    op.create_table(
        "attempt",
        sa.Column("subject", sa.String(64), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last", sa.String(40), nullable=False),
    )


def _make_door() -> None:
    op.create_table(
        "door",
        sa.Column("seq", _COUNTER, primary_key=True, autoincrement=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("person", sa.String(36), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("allowed", sa.Integer, nullable=False),
        sa.Column("why", sa.String(160), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("device", sa.String(80), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_door_person", "door", ["person", "seq"])


def _guard_door() -> None:
    """Refuse to alter a line of the log ever, and to delete one unless its person is erased."""
    if op.get_bind().dialect.name == "postgresql":
        _guard_on_postgresql()
        return
    op.execute(
        "CREATE TRIGGER door_stays BEFORE UPDATE ON door "
        "BEGIN SELECT RAISE(ABORT, 'a decision is never altered'); END"
    )
    op.execute(
        "CREATE TRIGGER door_remains BEFORE DELETE ON door "
        "WHEN NOT EXISTS (SELECT 1 FROM erasing WHERE erasing.person = OLD.person) "
        "BEGIN SELECT RAISE(ABORT, 'a decision is never deleted'); END"
    )


def _guard_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION door_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM erasing WHERE person = OLD.person) "
        "THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'a decision is never altered or deleted'; END $$"
    )
    op.execute(
        "CREATE TRIGGER door_stays BEFORE UPDATE OR DELETE ON door "
        "FOR EACH ROW EXECUTE FUNCTION door_is_kept()"
    )
    op.execute(
        "CREATE TRIGGER door_whole BEFORE TRUNCATE ON door "
        "FOR EACH STATEMENT EXECUTE FUNCTION door_is_kept()"
    )
