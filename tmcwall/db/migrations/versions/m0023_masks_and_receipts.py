"""What is always covered in redacted copies of a camera, and what the server has signed of the chain of custody."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "privacy_masks",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("boxes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", name="pk_privacy_masks"),
    )
    op.create_table(
        "custody_receipts",
        sa.Column("rows", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("rows", name="pk_custody_receipts"),
    )
