"""Officers work for units, and a case may belong to one."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("officers", sa.Column("units", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("cases", sa.Column("unit", sa.String(), nullable=False, server_default=sa.text("''")))
