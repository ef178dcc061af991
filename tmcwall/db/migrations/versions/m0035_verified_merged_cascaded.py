"""When an incident was verified, what it is a duplicate of, and who of a neighbourhood was told."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incidents", sa.Column("verified_at", sa.DateTime(), nullable=True))
    op.add_column("incidents", sa.Column("duplicate_of", sa.String(), nullable=True))
    op.create_index("ix_incidents_duplicate_of", "incidents", ["duplicate_of"])
    op.create_table(
        "cascade_steps",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("contact_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cascade_steps"),
    )
    op.create_index("ix_cascade_steps_incident_id", "cascade_steps", ["incident_id"])
