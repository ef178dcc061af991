"""What came from the server and could not be read is kept as it came; the server's count of revisions is kept, too."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("operations", sa.Column("revision", sa.Integer(), nullable=True))
    op.create_table(
        "unread_operations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("server_sequence", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unread_operations"),
    )
