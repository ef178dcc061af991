"""Operations that were taken out of effect, each with its place in the order."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "withdrawals",
        sa.Column("server_sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=256), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=128), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("server_sequence"),
        sa.UniqueConstraint("operation_id"),
    )


def downgrade() -> None:
    op.drop_table("withdrawals")
