"""Which cameras are turned by operators and patrols."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cameras", sa.Column("mount", sa.String(), server_default="fixed", nullable=False))
