"""Annotations of footage; and privacy masks are synchronised, each by itself."""

import json
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_SYSTEM = "tmcwall"


def upgrade() -> None:
    op.create_table(
        "annotations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("bookmark_id", sa.String(), nullable=False),
        sa.Column("shape", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("x", sa.Float(), nullable=False),
        sa.Column("y", sa.Float(), nullable=False),
        sa.Column("to_x", sa.Float(), nullable=False),
        sa.Column("to_y", sa.Float(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("altered_at", sa.DateTime(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_annotations"),
    )
    op.create_index("ix_annotations_bookmark_id", "annotations", ["bookmark_id"])
    connection = op.get_bind()
    before = connection.execute(sa.text("SELECT camera_id, boxes FROM privacy_masks")).all()
    op.drop_table("privacy_masks")
    op.create_table(
        "privacy_masks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("box", sa.JSON(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.Column("lifted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_privacy_masks"),
    )
    op.create_index("ix_privacy_masks_camera_id", "privacy_masks", ["camera_id"])
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"
    for camera_id, boxes in before:
        for number, box in enumerate(json.loads(boxes)):
            mask_id = str(uuid5(NAMESPACE_URL, f"mask/{camera_id}/{number}/{json.dumps(box, sort_keys=True)}"))
            connection.execute(
                sa.text(
                    "INSERT INTO privacy_masks (id, camera_id, box, set_by, set_at, lifted) "
                    "VALUES (:id, :camera, :box, :by, :at, 0)"
                ),
                {"id": mask_id, "camera": camera_id, "box": json.dumps(box), "by": _SYSTEM, "at": now},
            )
            connection.execute(
                sa.text(
                    "INSERT INTO unsaid_changes (entity, entity_id, base_revision, fields) "
                    "VALUES ('privacy_mask', :id, 0, NULL)"
                ),
                {"id": mask_id},
            )
