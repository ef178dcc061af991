"""With which codecs cameras have come."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "camera_codecs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("codec", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_camera_codecs"),
    )
    op.create_index("ix_camera_codecs_camera_id", "camera_codecs", ["camera_id", "at"])
    op.create_index("ix_camera_codecs_at", "camera_codecs", ["at"])
