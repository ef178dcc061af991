"""Which sessions the identity provider has begun, so that it can end them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_sessions",
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=256), nullable=False),
        sa.Column("provider_session", sa.String(length=256), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session"),
    )
    op.create_index("ix_provider_sessions_subject", "provider_sessions", ["subject"])
    op.create_index("ix_provider_sessions_provider_session", "provider_sessions", ["provider_session"])


def downgrade() -> None:
    op.drop_table("provider_sessions")
