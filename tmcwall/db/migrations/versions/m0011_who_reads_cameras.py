"""In which way cameras have been read."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "camera_readers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_camera_readers"),
    )
    op.create_index("ix_camera_readers_camera_id", "camera_readers", ["camera_id", "at"])
    op.create_index("ix_camera_readers_at", "camera_readers", ["at"])
