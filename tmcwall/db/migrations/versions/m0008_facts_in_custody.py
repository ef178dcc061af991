"""What is known beside the reason of a custody row, as JSON; rows of before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("custody", sa.Column("facts", sa.JSON(), server_default="{}", nullable=False))
