"""Officers work for units; tokens are good for minutes, and follow each other in sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("password_due", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("users", sa.Column("units", sa.Text(), nullable=False, server_default="[]"))
    # Whoever is signed in signs in once more: the tokens of before were good for hours.
    op.execute("UPDATE tokens SET revoked_at = expires_at WHERE revoked_at IS NULL")
    op.add_column("tokens", sa.Column("session", sa.String(64), nullable=False, server_default=""))
    op.add_column("tokens", sa.Column("session_ends_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE tokens SET session = token_hash, session_ends_at = expires_at")
    with op.batch_alter_table("tokens") as tokens:
        tokens.alter_column("session", server_default=None, existing_type=sa.String(64), existing_nullable=False)
        tokens.alter_column("session_ends_at", nullable=False, existing_type=sa.DateTime(timezone=True))
    op.create_index("ix_tokens_session", "tokens", ["session"])


def downgrade() -> None:
    op.drop_index("ix_tokens_session", "tokens")
    for column in ("session", "session_ends_at"):
        op.drop_column("tokens", column)
    for column in ("password_due", "units"):
        op.drop_column("users", column)
