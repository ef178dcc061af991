"""The first store."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bookmarks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("camera_name", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("marked_at", sa.DateTime(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("incident_id", sa.String(), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("clock_offset_ms", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookmarks")),
    )
    op.create_index(op.f("ix_bookmarks_camera_id"), "bookmarks", ["camera_id"], unique=False)
    op.create_index(op.f("ix_bookmarks_case_id"), "bookmarks", ["case_id"], unique=False)
    op.create_index(op.f("ix_bookmarks_incident_id"), "bookmarks", ["incident_id"], unique=False)
    op.create_index(op.f("ix_bookmarks_marked_at"), "bookmarks", ["marked_at"], unique=False)
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
        sa.Column("standing", sa.String(), server_default="aktif", nullable=False),
        sa.Column("quarantine_reason", sa.String(), nullable=True),
        sa.Column("quarantined_by", sa.String(), nullable=True),
        sa.Column("quarantined_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cameras")),
        sa.UniqueConstraint("number", name=op.f("uq_cameras_number")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("lp", sa.String(), nullable=False),
        sa.Column("lp_normalised", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("lp_date", sa.Date(), nullable=True),
        sa.Column("difficulty", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("investigation_started", sa.Date(), nullable=True),
        sa.Column("last_letter", sa.Date(), nullable=True),
        sa.Column("forced_reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("lp_normalised", name=op.f("uq_cases_lp_normalised")),
    )
    op.create_index(op.f("ix_cases_opened_at"), "cases", ["opened_at"], unique=False)
    op.create_table(
        "clip_uploads",
        sa.Column("clip_id", sa.String(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=True),
        sa.Column("refused_because", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("clip_id", name=op.f("pk_clip_uploads")),
    )
    op.create_table(
        "clips",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("bookmark_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("stream_sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("first_packet_at", sa.DateTime(), nullable=True),
        sa.Column("last_packet_at", sa.DateTime(), nullable=True),
        sa.Column("packets", sa.Integer(), nullable=False),
        sa.Column("packets_lost", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clips")),
    )
    op.create_index(op.f("ix_clips_bookmark_id"), "clips", ["bookmark_id"], unique=False)
    op.create_index(op.f("ix_clips_state"), "clips", ["state"], unique=False)
    op.create_table(
        "conflicts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("other", sa.JSON(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflicts")),
    )
    op.create_index("ix_conflicts_entity", "conflicts", ["entity", "entity_id"], unique=False)
    op.create_table(
        "custody",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("time", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_custody")),
    )
    op.create_index(op.f("ix_custody_object"), "custody", ["object"], unique=False)
    op.create_table(
        "entity_states",
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("entity", "entity_id", name=op.f("pk_entity_states")),
    )
    op.create_table(
        "facts",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_facts")),
    )
    op.create_table(
        "incident_notes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_notes")),
    )
    op.create_index(op.f("ix_incident_notes_incident_id"), "incident_notes", ["incident_id"], unique=False)
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("certainty", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("drill", sa.String(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("called_at", sa.DateTime(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(), nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(), nullable=True),
        sa.Column("on_scene_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("reporter_name", sa.String(), nullable=False),
        sa.Column("reporter_phone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_external", "incidents", ["source", "external_id"], unique=False)
    op.create_index(op.f("ix_incidents_received_at"), "incidents", ["received_at"], unique=False)
    op.create_index(op.f("ix_incidents_status"), "incidents", ["status"], unique=False)
    op.create_table(
        "layouts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layouts")),
        sa.UniqueConstraint("name", name=op.f("uq_layouts_name")),
    )
    op.create_table(
        "officers",
        sa.Column("nrp", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("rank", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("verified_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("nrp", name=op.f("pk_officers")),
    )
    op.create_table(
        "operations",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("acknowledged", sa.Boolean(), nullable=False),
        sa.Column("server_sequence", sa.Integer(), nullable=True),
        sa.Column("quarantined_because", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_operations")),
        sa.UniqueConstraint("device", "number", name=op.f("uq_operations_device")),
        sa.UniqueConstraint("id", name=op.f("uq_operations_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_operations_entity", "operations", ["entity", "entity_id"], unique=False)
    op.create_index("ix_operations_pending", "operations", ["own", "acknowledged", "position"], unique=False)
    op.create_table(
        "wall_placements",
        sa.Column("wall", sa.String(), nullable=False),
        sa.Column("monitor", sa.String(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("wall", name=op.f("pk_wall_placements")),
    )
    op.create_table(
        "wall_plans",
        sa.Column("layout_id", sa.String(), nullable=False),
        sa.Column("wall", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("cameras", sa.JSON(), nullable=False),
        sa.Column("reserved", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["layout_id"], ["layouts.id"], name=op.f("fk_wall_plans_layout_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("layout_id", "wall", name=op.f("pk_wall_plans")),
    )
