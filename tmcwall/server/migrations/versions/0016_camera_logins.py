"""Camera logins that workstations share, sealed for each of them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "camera_logins",
        sa.Column("camera", sa.String(length=128), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("share", sa.String(length=36), nullable=False),
        sa.Column("key_digest", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("camera"),
    )
    op.create_index("ix_camera_logins_share", "camera_logins", ["share"])
    op.create_index("ix_camera_logins_place", "camera_logins", ["place"])
    op.create_table(
        "camera_login_keys",
        sa.Column("share", sa.String(length=36), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("key_digest", sa.String(length=64), nullable=False),
        sa.Column("box", sa.String(length=160), nullable=False),
        sa.Column("sealed_by", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("share", "device"),
    )
    op.create_index("ix_camera_login_keys_device", "camera_login_keys", ["device", "place"])
    place = op.create_table(
        "camera_login_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.bulk_insert(place, [{"id": 1, "place": 0}])
