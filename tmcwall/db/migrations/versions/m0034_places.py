"""Blind spots, neighbourhoods, landmarks and calibrations of cameras."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
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
    op.create_table(
        "neighbourhoods",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("adm4", sa.String(), nullable=False),
        sa.Column("rw", sa.String(), nullable=False),
        sa.Column("area", sa.JSON(), nullable=True),
        sa.Column("rts", sa.JSON(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_neighbourhoods"),
    )
    op.create_table(
        "landmarks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position", sa.JSON(), nullable=False),
        sa.Column("radius_m", sa.Float(), nullable=False),
        sa.Column("synonyms", sa.JSON(), nullable=False),
        sa.Column("adm4", sa.String(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_landmarks"),
    )
    op.create_table(
        "camera_calibrations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_camera_calibrations"),
    )
