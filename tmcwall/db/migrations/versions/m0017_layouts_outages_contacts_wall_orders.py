"""Shared layouts, planned outages, contacts and wall orders come from the server; cells of walls can be locked."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("wall_plans", sa.Column("locked", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.create_table(
        "planned_outages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("camera_ids", sa.JSON(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("planned_by", sa.String(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_planned_outages"),
    )
    op.create_index("ix_planned_outages_ends_at", "planned_outages", ["ends_at"])
    op.create_table(
        "shared_layouts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shared_layouts"),
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("contact_phone", sa.String(), nullable=False),
        sa.Column("adm4", sa.String(), nullable=True),
        sa.Column("rw", sa.String(), nullable=True),
        sa.Column("rt", sa.String(), nullable=True),
        sa.Column("camera_id", sa.String(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
    )
    op.create_table(
        "wall_orders",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=True),
        sa.Column("first_wall", sa.Integer(), nullable=False),
        sa.Column("taken_back", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wall_orders"),
    )
    op.create_index("ix_wall_orders_sent_at", "wall_orders", ["sent_at"])
