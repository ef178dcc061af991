"""Incidents that no working camera was near."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blind_spot_hits",
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("drill", sa.String(), nullable=False),
        sa.Column("position", sa.JSON(), nullable=False),
        sa.Column("adm4", sa.String(), nullable=True),
        sa.Column("rw", sa.String(), nullable=True),
        sa.Column("rt", sa.String(), nullable=True),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("dark_cameras", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", name="pk_blind_spot_hits"),
    )
    op.create_index("ix_blind_spot_hits_found_at", "blind_spot_hits", ["found_at"])
