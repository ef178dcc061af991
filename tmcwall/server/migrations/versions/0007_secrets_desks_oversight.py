"""Former secrets of webhook sources, what workstations say of themselves, and who watched which camera."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("webhook_sources") as table:
        table.add_column(sa.Column("former_secret", sa.Text(), nullable=True))
        table.add_column(sa.Column("former_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "desk_reports",
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("pending", sa.BigInteger(), nullable=False),
        sa.Column("oldest_unsent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cameras", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("device"),
    )
    op.create_table(
        "oversight",
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("officer", sa.String(length=128), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("camera", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=256), nullable=False),
        sa.Column("detail", sa.String(length=256), nullable=False),
        sa.Column("link", sa.String(length=16), nullable=False),
        sa.Column("accepted_from", sa.String(length=64), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("device", "seq"),
    )
    op.create_index(
        "ix_operations_quarantined",
        "operations",
        ["server_sequence"],
        sqlite_where=sa.text("fate = 'quarantined'"),
        postgresql_where=sa.text("fate = 'quarantined'"),
    )
    op.create_index("ix_oversight_at", "oversight", ["at"])
    op.create_index("ix_oversight_officer", "oversight", ["officer", "at"])
    op.create_index("ix_oversight_camera", "oversight", ["camera", "at"])


def downgrade() -> None:
    op.drop_table("oversight")
    op.drop_index("ix_operations_quarantined", "operations")
    op.drop_table("desk_reports")
    with op.batch_alter_table("webhook_sources") as table:
        table.drop_column("former_until")
        table.drop_column("former_secret")
