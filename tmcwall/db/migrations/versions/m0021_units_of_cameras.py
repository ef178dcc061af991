"""The unit whose a camera is; empty: everybody's, as all were."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cameras", sa.Column("unit", sa.String(), server_default=sa.text("''"), nullable=False))
