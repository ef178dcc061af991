"""How cameras have been doing, and what their clocks said."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "camera_health",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("up_s", sa.Float(), nullable=False),
        sa.Column("known_s", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_camera_health"),
    )
    op.create_index("ix_camera_health_camera_id", "camera_health", ["camera_id", "at"])
    op.create_index("ix_camera_health_at", "camera_health", ["at"])
    op.create_table(
        "camera_clocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("offset_ms", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_camera_clocks"),
    )
    op.create_index("ix_camera_clocks_camera_id", "camera_clocks", ["camera_id", "at"])
    op.create_index("ix_camera_clocks_at", "camera_clocks", ["at"])
