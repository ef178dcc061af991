"""Why the standing of a camera was changed, by whom and when, as it is for a quarantine."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cameras", sa.Column("standing_reason", sa.String(), nullable=True))
    op.add_column("cameras", sa.Column("standing_by", sa.String(), nullable=True))
    op.add_column("cameras", sa.Column("standing_at", sa.DateTime(), nullable=True))
