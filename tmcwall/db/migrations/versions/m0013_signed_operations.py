"""Operations carry the signature of the device that has made them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("operations", sa.Column("signature", sa.String(), nullable=False, server_default=sa.text("''")))
