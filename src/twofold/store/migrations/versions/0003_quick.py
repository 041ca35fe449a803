"""Two indexes: the days of a stretch, and what was kept apart, found without reading the rest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the indexes."""
    apart = sa.text("outcome = 'conflict'")
    op.create_index("ix_entry_span", "entry", ["person", "day"])
    op.create_index(
        "ix_change_apart", "change", ["person"], sqlite_where=apart, postgresql_where=apart
    )
