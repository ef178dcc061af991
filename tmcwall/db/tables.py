"""The tables of the local store.

Synchronised entities refer to each other without foreign keys: an operation of another workstation may name a camera
that this one does not have, and is kept all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    event,
    text,
)

from tmcwall.db import search_index
from tmcwall.domain.operation import Entity


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC without its zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy passes it
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

facts = Table(
    "facts",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", JSON, nullable=False),
)

cameras = Table(
    "cameras",
    metadata,
    Column("id", String, primary_key=True),
    Column("number", Integer, nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("url", String, nullable=False),
    Column("substream_url", String),
    Column("owner", String),
    Column("adm4", String),
    Column("rw", String),
    Column("rt", String),
    Column("position", JSON(none_as_null=True)),
    Column("view", JSON(none_as_null=True)),
    Column("record", String, nullable=False),
    Column("transport", String),
    Column("mount", String, nullable=False, server_default="fixed"),
    Column("unit", String, nullable=False, server_default=text("''")),
    Column("retention", JSON(none_as_null=True)),
)

camera_standings = Table(
    "camera_standings",
    metadata,
    Column("id", String, primary_key=True),
    Column("standing", String, nullable=False),
    Column("changed", JSON(none_as_null=True)),
    Column("quarantine", JSON(none_as_null=True)),
)
"""Of the cameras that somebody has decided about."""

camera_health = Table(
    "camera_health",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("state", String, nullable=False),
    Column("cause", String),
    Column("changes", Integer, nullable=False),
    Column("up_s", Float, nullable=False),
    Column("known_s", Float, nullable=False),
    Index("ix_camera_health_camera_id", "camera_id", "at"),
)

camera_codecs = Table(
    "camera_codecs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("profile", String, nullable=False),
    Column("codec", String, nullable=False),
    Column("before", String, nullable=False),
    Index("ix_camera_codecs_camera_id", "camera_id", "at"),
)
camera_readers = Table(
    "camera_readers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("profile", String, nullable=False),
    Column("session", String, nullable=False),
    Column("cause", String),
    Index("ix_camera_readers_camera_id", "camera_id", "at"),
)
camera_clocks = Table(
    "camera_clocks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("offset_ms", Integer),
    Index("ix_camera_clocks_camera_id", "camera_id", "at"),
)

layouts = Table(
    "layouts",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("place", Integer, nullable=False),
)

wall_plans = Table(
    "wall_plans",
    metadata,
    Column("layout_id", ForeignKey("layouts.id", ondelete="CASCADE"), primary_key=True),
    Column("wall", String, primary_key=True),
    Column("grid", String, nullable=False),
    Column("cameras", JSON, nullable=False),
    Column("reserved", JSON, nullable=False),
    Column("locked", JSON, nullable=False, server_default=text("'[]'")),
)

wall_placements = Table(
    "wall_placements",
    metadata,
    Column("wall", String, primary_key=True),
    Column("monitor", String, nullable=False),
    Column("shown", Boolean, nullable=False),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("external_id", String, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("type", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("certainty", String, nullable=False),
    Column("status", String, nullable=False, index=True),
    Column("drill", String, nullable=False),
    Column("place", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("called_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False, index=True),
    Column("acknowledged_at", Moment),
    Column("acknowledged_by", String),
    Column("dispatched_at", Moment),
    Column("on_scene_at", Moment),
    Column("closed_at", Moment),
    Column("case_id", String),
    Column("reporter_name", String, nullable=False),
    Column("reporter_phone", String, nullable=False),
    Index("ix_incidents_external", "source", "external_id"),
)

blind_spot_hits = Table(
    "blind_spot_hits",
    metadata,
    Column("incident_id", String, primary_key=True),
    Column("type", String, nullable=False),
    Column("drill", String, nullable=False),
    Column("position", JSON, nullable=False),
    Column("adm4", String),
    Column("rw", String),
    Column("rt", String),
    Column("found_at", Moment, nullable=False, index=True),
    Column("dark_cameras", JSON, nullable=False),
)
"""Of this workstation: incidents that no working camera was near."""

personal_values = Table(
    "personal_values",
    metadata,
    Column("commitment", String, primary_key=True),
    Column("entity", String, nullable=False),
    Column("entity_id", String, nullable=False),
    Column("field", String, nullable=False),
    Column("salt", String, nullable=False),
    Column("value", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("made_at", Moment, nullable=False, index=True),
    Column("sent_at", Moment),
    Index("ix_personal_values_entity", "entity", "entity_id"),
)
"""What was written here and stands in operations as a commitment (`db.personal`)."""

shared_logins = Table(
    "shared_logins",
    metadata,
    Column("camera_id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("mark", String, nullable=False),
    Column("shared_here", Boolean, nullable=False),
    Column("ended", Boolean, nullable=False),
    Column("waiting", JSON(none_as_null=True)),
)
"""Which version of a camera's login all workstations share, and came here (`db.shared_logins`)."""

login_wishes = Table(
    "login_wishes",
    metadata,
    Column("camera_id", String, primary_key=True),
    Column("wish", String, nullable=False),
    Column("wished_by", String, nullable=False),
    Column("wished_at", Moment, nullable=False),
)
"""Logins that the next officer who may is to share from here, or to take back (`db.shared_logins`)."""

incident_notes = Table(
    "incident_notes",
    metadata,
    Column("id", String, primary_key=True),
    Column("incident_id", String, nullable=False, index=True),
    Column("written_at", Moment, nullable=False),
    Column("author", String, nullable=False),
    Column("text", Text, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String, primary_key=True),
    Column("lp", String, nullable=False),
    Column("lp_normalised", String, nullable=False, unique=True),
    Column("opened_at", Moment, nullable=False, index=True),
    Column("opened_by", String, nullable=False),
    Column("lp_date", Date),
    Column("difficulty", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("investigation_started", Date),
    Column("last_letter", Date),
    Column("forced_reason", String, nullable=False),
    Column("unit", String, nullable=False, server_default=text("''")),
)

bookmarks = Table(
    "bookmarks",
    metadata,
    Column("id", String, primary_key=True),
    Column("camera_id", String, nullable=False, index=True),
    Column("camera_name", String, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("marked_at", Moment, nullable=False, index=True),
    Column("officer", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("case_id", String, index=True),
    Column("incident_id", String, index=True),
    Column("held", Boolean, nullable=False),
    Column("clock_offset_ms", Integer),
)

clips = Table(
    "clips",
    metadata,
    Column("id", String, primary_key=True),
    Column("bookmark_id", String, nullable=False, index=True),
    Column("state", String, nullable=False, index=True),
    Column("path", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("stream_sha256", String, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("first_packet_at", Moment),
    Column("last_packet_at", Moment),
    Column("packets", Integer, nullable=False),
    Column("packets_lost", Integer, nullable=False),
    Column("failure", String, nullable=False),
    Column("asked_from", Moment),
    Column("asked_until", Moment),
    Column("gaps", JSON, nullable=False, server_default="[]"),
)

clip_uploads = Table(
    "clip_uploads",
    metadata,
    Column("clip_id", String, primary_key=True),
    Column("uploaded_at", Moment),
    Column("refused_because", String),
)

search_entries = Table(
    "search_entries",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("bookmark_id", String, nullable=False, unique=True),
    Column("ends_at", Moment, nullable=False),
    Column("unit", String, nullable=False),
    Column("lp", Text, nullable=False),
    Column("camera", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("keys", Text, nullable=False),
)
"""What a bookmark is searched by, of its case, its camera and its incident, too; written by `search_index`.

`keys` are words that nobody types: `camera43414D31` (hex), `officer`, `case` and `type` alike, `rw008`, `rt003`, and
`adm3372011007rw008rt003` and its beginnings for the place of its camera and that of its incident.
"""

search_due = Table("search_due", metadata, Column("bookmark_id", String, primary_key=True))
"""Bookmarks whose entry is not yet what it should be, within a unit of work."""


@event.listens_for(metadata, "after_create")
def _create_search_index(_metadata: MetaData, connection: Connection, **_options: object) -> None:
    for statement in (search_index.WORDS, *search_index.TRIGGERS):
        connection.exec_driver_sql(statement)


planned_outages = Table(
    "planned_outages",
    metadata,
    Column("id", String, primary_key=True),
    Column("camera_ids", JSON, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False, index=True),
    Column("reason", String, nullable=False),
    Column("planned_by", String, nullable=False),
    Column("cancelled", Boolean, nullable=False),
)

basket_items = Table(
    "basket_items",
    metadata,
    Column("id", String, primary_key=True),
    Column("case_id", String, nullable=False, index=True),
    Column("bookmark_id", String, nullable=False),
    Column("part", String, nullable=False),
    Column("added_by", String, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("starts_at", Moment),
    Column("ends_at", Moment),
    Column("note", String, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("exported_at", Moment),
    Column("exported_by", String, nullable=False),
    Column("exported_package", String, nullable=False),
)

footage_annotations = Table(
    "annotations",
    metadata,
    Column("id", String, primary_key=True),
    Column("bookmark_id", String, nullable=False, index=True),
    Column("shape", String, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("x", Float, nullable=False),
    Column("y", Float, nullable=False),
    Column("to_x", Float, nullable=False),
    Column("to_y", Float, nullable=False),
    Column("text", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("altered_at", Moment),
    Column("removed", Boolean, nullable=False),
)

privacy_masks = Table(
    "privacy_masks",
    metadata,
    Column("id", String, primary_key=True),
    Column("camera_id", String, nullable=False, index=True),
    Column("box", JSON, nullable=False),
    Column("set_by", String, nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("lifted", Boolean, nullable=False),
)

shared_layouts = Table(
    "shared_layouts",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("pages", JSON, nullable=False),
    Column("shared", Boolean, nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("contact_name", String, nullable=False),
    Column("contact_phone", String, nullable=False),
    Column("adm4", String),
    Column("rw", String),
    Column("rt", String),
    Column("camera_id", String),
    Column("removed", Boolean, nullable=False),
)

wall_orders = Table(
    "wall_orders",
    metadata,
    Column("id", String, primary_key=True),
    Column("desk", String, nullable=False),
    Column("sent_at", Moment, nullable=False, index=True),
    Column("ends_at", Moment, nullable=False),
    Column("pages", JSON, nullable=False),
    Column("camera_id", String),
    Column("first_wall", Integer, nullable=False),
    Column("taken_back", Boolean, nullable=False),
    Column("outcome", String, nullable=False),
)

footage_requests = Table(
    "footage_requests",
    metadata,
    Column("id", String, primary_key=True),
    Column("case_id", String, nullable=False, index=True),
    Column("asked_of", String, nullable=False),
    Column("camera_ids", JSON, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("asked_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("letter_number", String, nullable=False),
    Column("answer", String, nullable=False),
    Column("answered_on", Date),
    Column("answer_words", String, nullable=False),
    Column("handover_number", String, nullable=False),
    Column("handover_on", Date),
    Column("letter_received_by", String, nullable=False),
    Column("letter_received_on", Date),
    Column("files", JSON, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
)

neighbourhoods = Table(
    "neighbourhoods",
    metadata,
    Column("id", String, primary_key=True),
    Column("adm4", String, nullable=False),
    Column("rw", String, nullable=False),
    Column("area", JSON),
    Column("rts", JSON, nullable=False),
    Column("population", Integer),
)

landmarks = Table(
    "landmarks",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("position", JSON, nullable=False),
    Column("radius_m", Float, nullable=False),
    Column("synonyms", JSON, nullable=False),
    Column("adm4", String),
    Column("removed", Boolean, nullable=False),
)

camera_calibrations = Table(
    "camera_calibrations",
    metadata,
    Column("id", String, primary_key=True),
    Column("points", JSON, nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("set_by", String, nullable=False),
)

repairs = Table(
    "repairs",
    metadata,
    Column("id", String, primary_key=True),
    Column("camera_ids", JSON, nullable=False),
    Column("cause", String, nullable=False),
    Column("down_since", Moment, nullable=False),
    Column("opened_by", String, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("words", String, nullable=False),
    Column("told", String, nullable=False),
    Column("told_on", Date),
    Column("answer", String, nullable=False),
    Column("answered_on", Date),
    Column("done_on", Date),
    Column("done_words", String, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
)

SYNCHRONISED: Mapping[Entity, Table] = {
    Entity.CASE: cases,
    Entity.BOOKMARK: bookmarks,
    Entity.CLIP: clips,
    Entity.INCIDENT: incidents,
    Entity.INCIDENT_NOTE: incident_notes,
    Entity.CAMERA: cameras,
    Entity.CAMERA_STANDING: camera_standings,
    Entity.PLANNED_OUTAGE: planned_outages,
    Entity.SHARED_LAYOUT: shared_layouts,
    Entity.CONTACT: contacts,
    Entity.WALL_ORDER: wall_orders,
    Entity.FOOTAGE_REQUEST: footage_requests,
    Entity.BASKET_ITEM: basket_items,
    Entity.NEIGHBOURHOOD: neighbourhoods,
    Entity.LANDMARK: landmarks,
    Entity.CAMERA_CALIBRATION: camera_calibrations,
    Entity.ANNOTATION: footage_annotations,
    Entity.PRIVACY_MASK: privacy_masks,
    Entity.REPAIR: repairs,
}
"""Where each kind stands as officers see it: a column for each field of its dataclass (`domain.kinds`)."""

operations = Table(
    "operations",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("device", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("actor", String, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("entity", String, nullable=False),
    Column("entity_id", String, nullable=False),
    Column("base_revision", Integer, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("previous_hash", String, nullable=False),
    Column("signature", String, nullable=False, server_default=text("''")),
    Column("hash", String, nullable=False),
    Column("own", Boolean, nullable=False),
    Column("acknowledged", Boolean, nullable=False),
    Column("server_sequence", Integer),
    Column("revision", Integer),
    Column("quarantined_because", String),
    Index("ix_operations_entity", "entity", "entity_id"),
    Index("ix_operations_own_number", "device", "number", unique=True, sqlite_where=text("own")),
    Index("ix_operations_pending", "own", "acknowledged", "position"),
    sqlite_autoincrement=True,
)

unread_operations = Table(
    "unread_operations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("server_sequence", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("reason", String, nullable=False),
    Column("noticed_at", Moment, nullable=False),
)
"""What came from the server and this version could not read: as it came, without effect."""

unsaid_changes = Table(
    "unsaid_changes",
    metadata,
    Column("entity", String, primary_key=True),
    Column("entity_id", String, primary_key=True),
    Column("base_revision", Integer, nullable=False),
    Column("fields", JSON(none_as_null=True)),
)
"""What was changed here and stands in no operation yet (`db.unsaid`). No `fields`: all of the row."""

entity_states = Table(
    "entity_states",
    metadata,
    Column("entity", String, primary_key=True),
    Column("entity_id", String, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("versions", JSON, nullable=False),
)

conflicts = Table(
    "conflicts",
    metadata,
    Column("id", String, primary_key=True),
    Column("entity", String, nullable=False),
    Column("entity_id", String, nullable=False),
    Column("field", String, nullable=False),
    Column("kept", JSON, nullable=False),
    Column("other", JSON, nullable=False),
    Column("noticed_at", Moment, nullable=False),
    Column("settled_by", String),
    Column("settled_at", Moment),
    Index("ix_conflicts_entity", "entity", "entity_id"),
)

custody = Table(
    "custody",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("prev_hash", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("object", String, nullable=False, index=True),
    Column("time", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("facts", JSON, nullable=False, server_default="{}"),
    Column("hash", String, nullable=False),
)

oversight = Table(
    "oversight",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("prev_hash", String, nullable=False),
    Column("officer", String, nullable=False),
    Column("action", String, nullable=False),
    Column("camera", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("detail", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("hash", String, nullable=False),
    Column("sent", Boolean, nullable=False),
    Index("ix_oversight_sent", "sent", "seq"),
)
"""Who watched which camera: a chain, added to; the oldest rows go when they were sent and are old."""

city_readings = Table(
    "city_readings",
    metadata,
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("until", Moment, nullable=False),
    Column("value", JSON, nullable=False),
)
"""What the server said last of the city (`db.city_readings`); it shows it, and is not the place where it is kept."""

officers = Table(
    "officers",
    metadata,
    Column("nrp", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("rank", String, nullable=False),
    Column("verifier", String, nullable=False),
    Column("origin", String, nullable=False),
    Column("verified_at", Moment, nullable=False),
    Column("disabled_at", Moment, nullable=True),
    Column("password_due", Boolean, nullable=False, server_default=text("0")),
    Column("units", JSON, nullable=False, server_default=text("'[]'")),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("nrp", String, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
)

custody_receipts = Table(
    "custody_receipts",
    metadata,
    Column("rows", Integer, primary_key=True, autoincrement=False),
    Column("head", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("statement", Text, nullable=False),
    Column("signature", Text, nullable=False),
)
"""What the server has signed of the chain of custody, by how many rows the chain had."""
