"""What a clip lacks, and which range it was cut for."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clips", sa.Column("asked_from", sa.DateTime(), nullable=True))
    op.add_column("clips", sa.Column("asked_until", sa.DateTime(), nullable=True))
    op.add_column("clips", sa.Column("gaps", sa.JSON(), nullable=False, server_default="[]"))
