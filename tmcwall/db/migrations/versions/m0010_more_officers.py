"""Accounts that are disabled or have a one-time password, attempts to sign in, and a head where nobody adds officers.

Until now the first account of a workstation was a supervisor's and the only one: nobody could have added another. As
a head's it loses no right.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("officers", sa.Column("disabled_at", sa.DateTime(), nullable=True))
    op.add_column("officers", sa.Column("password_due", sa.Boolean(), server_default=sa.text("0"), nullable=False))
    op.create_table(
        "sign_in_attempts",
        sa.Column("nrp", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("nrp", name="pk_sign_in_attempts"),
    )
    op.execute("UPDATE officers SET role = 'kepala' WHERE origin = 'local'")
