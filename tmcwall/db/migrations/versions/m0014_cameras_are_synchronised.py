"""Cameras and their standing are synchronised: what this workstation knows of them waits for an officer to say it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_KEPT = "id, number, name, url, substream_url, owner, adm4, rw, rt, position, view, record, transport, mount"
_DECISION = (
    "json_object('reason', coalesce({0}_reason, ''), 'by', coalesce({1}_by, ''), "
    "'at', replace({1}_at, ' ', 'T') || 'Z')"
)


def upgrade() -> None:
    op.create_table(
        "unsaid_changes",
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("entity", "entity_id", name="pk_unsaid_changes"),
    )
    op.create_table(
        "camera_standings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("changed", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("quarantine", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_camera_standings"),
    )
    changed = f"CASE WHEN standing_at IS NOT NULL THEN {_DECISION.format('standing', 'standing')} END"
    quarantine = f"CASE WHEN quarantined_at IS NOT NULL THEN {_DECISION.format('quarantine', 'quarantined')} END"
    op.execute(
        "INSERT INTO camera_standings (id, standing, changed, quarantine) "  # noqa: S608 - words of this file
        f"SELECT id, standing, {changed}, {quarantine} FROM cameras "
        "WHERE standing_at IS NOT NULL OR quarantined_at IS NOT NULL OR standing <> 'aktif'"
    )
    op.rename_table("cameras", "cameras_before")
    op.create_table(
        "cameras",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("substream_url", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("adm4", sa.String(), nullable=True),
        sa.Column("rw", sa.String(), nullable=True),
        sa.Column("rt", sa.String(), nullable=True),
        sa.Column("position", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("view", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("transport", sa.String(), nullable=True),
        sa.Column("mount", sa.String(), server_default="fixed", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cameras"),
    )
    op.execute(f"INSERT INTO cameras ({_KEPT}) SELECT {_KEPT} FROM cameras_before")  # noqa: S608 - as above
    op.drop_table("cameras_before")
    op.create_index("ix_cameras_number", "cameras", ["number"])
    for entity, table in (("camera", "cameras"), ("camera_standing", "camera_standings")):
        op.execute(
            "INSERT INTO unsaid_changes (entity, entity_id, base_revision) "  # noqa: S608 - as above
            f"SELECT '{entity}', id, 0 FROM {table}"
        )
