"""Which logins of cameras are shared with all workstations, and which are to be."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shared_logins",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("shared_here", sa.Boolean(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("waiting", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("camera_id", name="pk_shared_logins"),
    )
    op.create_table(
        "login_wishes",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("wished_by", sa.String(), nullable=False),
        sa.Column("wished_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", name="pk_login_wishes"),
    )
