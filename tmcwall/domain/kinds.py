"""What there is to know of each kind of synchronised entity, said once: store, server, services and screens ask here.

A new kind is a word in `Entity`, an entry in `KINDS`, a table in `db.tables` and its sentences; tests name what is
missing. None of this may change the meaning of operations that exist: they are kept for good.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any, Final, Generic, Protocol, TypeVar

from tmcwall.domain.annotation import Annotation
from tmcwall.domain.basket import BasketItem
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.calibration import CameraCalibration
from tmcwall.domain.camera import Camera
from tmcwall.domain.case import Case
from tmcwall.domain.commitment import is_commitment
from tmcwall.domain.contact import Contact
from tmcwall.domain.footage_request import FootageRequest
from tmcwall.domain.incident import Incident, IncidentNote
from tmcwall.domain.landmark import Landmark
from tmcwall.domain.lifecycle import CameraStanding
from tmcwall.domain.neighbourhood import Neighbourhood
from tmcwall.domain.officer import Action, Officer, can
from tmcwall.domain.operation import COMMITTED_SINCE, SCHEMA_VERSION, Entity, Json, Operation
from tmcwall.domain.outage import PlannedOutage
from tmcwall.domain.privacy_mask import PrivacyMask
from tmcwall.domain.repair import Repair
from tmcwall.domain.shape import FieldProblem, FieldRefused, check_fields, check_json
from tmcwall.domain.shared_layout import SharedLayout
from tmcwall.domain.wall_order import WallOrder


class Synchronised(Protocol):
    """A value of one of the kinds: a frozen dataclass whose fields stand in operations."""

    @property
    def id(self) -> str: ...


S = TypeVar("S", bound=Synchronised)


class Topic(StrEnum):
    """Under what an officer sees an entity; one service keeps each topic."""

    BOOKMARKS = "bookmarks"
    INCIDENTS = "incidents"
    CAMERAS = "cameras"
    LAYOUTS = "layouts"
    CONTACTS = "contacts"
    WALL_ORDERS = "wall_orders"
    FOOTAGE_REQUESTS = "footage_requests"
    PLACES = "places"
    REPAIRS = "repairs"


@dataclass(frozen=True, slots=True)
class Parent:
    """What an entity belongs to: the kind, and the field that holds its id."""

    entity: Entity
    field: str


@dataclass(frozen=True, slots=True)
class Completion:
    """Once a field has that value it keeps it, and so do these: they describe something that exists."""

    field: str
    value: str
    fields: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[S]):
    """One kind of synchronised entity."""

    shape: type[S]
    """The dataclass. An operation with other fields, or with values that its types do not take, has no effect."""
    right: Action
    """What an officer must be allowed to write one."""
    field_rights: Mapping[str, Action] = field(default_factory=dict)
    """What else an officer must be allowed to give a field another value than it has, or than a new entity has."""
    clearing_rights: Mapping[str, Action] = field(default_factory=dict)
    """What else an officer must be allowed to take the value of a field away."""
    read_rights: Mapping[str, Action] = field(default_factory=dict)
    """What an officer must be allowed to see a field; the others are seen by whoever may view."""
    committed: frozenset[str] = frozenset()
    """Fields of which operations hold a commitment and never the value (`domain.commitment`)."""
    unit_field: str | None = None
    """The field that names the unit whose it is; one of a kind without belongs where its parent does."""
    unit_fallback: Parent | None = None
    """Whose unit counts where neither a field of its own nor the parent names one."""
    completion: Completion | None = None
    """What nobody changes any more, from when on."""
    topic: Topic
    facts_of_creation: frozenset[str] = frozenset()
    """Fields whose first value stands without a conflict: two workstations that open the same case do not disagree."""
    never_altered: bool = False
    """The first value of every field stands; a second one is a conflict that it loses."""
    sparse: bool = False
    """A new one is said without what any new one holds: several workstations may begin it, each with what it knows."""
    parent: Parent | None = None
    subject: Callable[[S], str] | None = None
    """What an officer knows it by; None: by what its parent is known by."""


def _text_or_place(incident: Incident) -> str:
    return incident.text or incident.place.text


# Any: a kind's `subject` takes its own shape only, and a mapping has one type for all its values.
KINDS: Final[Mapping[Entity, Kind[Any]]] = {
    Entity.CASE: Kind(
        shape=Case,
        right=Action.TAG,
        topic=Topic.BOOKMARKS,
        field_rights={
            "lp_date": Action.EDIT_CASE,
            "difficulty": Action.EDIT_CASE,
            "stage": Action.EDIT_CASE,
            "investigation_started": Action.EDIT_CASE,
            "last_letter": Action.EDIT_CASE,
            "unit": Action.EDIT_CASE,
        },
        unit_field="unit",
        facts_of_creation=frozenset({"id", "lp", "lp_normalised", "opened_at", "opened_by"}),
        subject=lambda case: case.lp,
    ),
    Entity.BOOKMARK: Kind(
        shape=Bookmark,
        right=Action.TAG,
        topic=Topic.BOOKMARKS,
        field_rights={"held": Action.RELEASE_HOLD},
        clearing_rights={"case_id": Action.RELEASE_HOLD},
        facts_of_creation=frozenset({"id", "camera_id", "marked_at", "officer", "clock_offset_ms"}),
        parent=Parent(Entity.CASE, "case_id"),
        unit_fallback=Parent(Entity.CAMERA, "camera_id"),
        subject=lambda bookmark: bookmark.camera_name,
    ),
    Entity.CLIP: Kind(
        shape=Clip,
        right=Action.TAG,
        topic=Topic.BOOKMARKS,
        completion=Completion(
            "state",
            ClipState.READY,
            frozenset(
                {
                    "path",
                    "sha256",
                    "stream_sha256",
                    "size_bytes",
                    "first_packet_at",
                    "last_packet_at",
                    "packets",
                    "packets_lost",
                    "failure",
                    "asked_from",
                    "asked_until",
                    "gaps",
                }
            ),
        ),
        facts_of_creation=frozenset({"id", "bookmark_id"}),
        parent=Parent(Entity.BOOKMARK, "bookmark_id"),
    ),
    Entity.INCIDENT: Kind(
        shape=Incident,
        right=Action.HANDLE_INCIDENTS,
        read_rights={"reporter_name": Action.READ_REPORTER, "reporter_phone": Action.READ_REPORTER},
        committed=frozenset({"reporter_name", "reporter_phone"}),
        topic=Topic.INCIDENTS,
        facts_of_creation=frozenset({"id", "source", "external_id"}),
        subject=_text_or_place,
    ),
    Entity.INCIDENT_NOTE: Kind(
        shape=IncidentNote,
        right=Action.HANDLE_INCIDENTS,
        topic=Topic.INCIDENTS,
        never_altered=True,
        parent=Parent(Entity.INCIDENT, "incident_id"),
    ),
    Entity.CAMERA: Kind(
        shape=Camera,
        right=Action.IMPORT_CAMERAS,
        topic=Topic.CAMERAS,
        unit_field="unit",
        facts_of_creation=frozenset({"id", "number"}),
        sparse=True,
        subject=lambda camera: camera.name,
    ),
    Entity.CAMERA_STANDING: Kind(
        shape=CameraStanding,
        right=Action.QUARANTINE,
        topic=Topic.CAMERAS,
        field_rights={"standing": Action.CHANGE_STANDING, "changed": Action.CHANGE_STANDING},
        clearing_rights={"quarantine": Action.LIFT_QUARANTINE},
        facts_of_creation=frozenset({"id"}),
        sparse=True,
        parent=Parent(Entity.CAMERA, "id"),
    ),
    Entity.PLANNED_OUTAGE: Kind(
        shape=PlannedOutage,
        right=Action.CHANGE_STANDING,
        topic=Topic.CAMERAS,
        facts_of_creation=frozenset({"id", "planned_by"}),
        subject=lambda outage: outage.reason,
    ),
    Entity.SHARED_LAYOUT: Kind(
        shape=SharedLayout,
        right=Action.SHARE_LAYOUTS,
        topic=Topic.LAYOUTS,
        facts_of_creation=frozenset({"id"}),
        subject=lambda layout: layout.name,
    ),
    Entity.CONTACT: Kind(
        shape=Contact,
        right=Action.KEEP_CONTACTS,
        read_rights={"contact_name": Action.READ_CONTACTS, "contact_phone": Action.READ_CONTACTS},
        topic=Topic.CONTACTS,
        facts_of_creation=frozenset({"id"}),
        subject=lambda contact: contact.place,
    ),
    Entity.WALL_ORDER: Kind(
        shape=WallOrder,
        right=Action.ANSWER_WALL_ORDERS,
        field_rights=dict.fromkeys(
            ("desk", "sent_at", "ends_at", "pages", "camera_id", "first_wall", "taken_back"), Action.SEND_TO_WALLS
        ),
        topic=Topic.WALL_ORDERS,
        facts_of_creation=frozenset({"id", "desk", "sent_at", "ends_at", "pages", "camera_id", "first_wall"}),
        subject=lambda order: order.desk,
    ),
    Entity.FOOTAGE_REQUEST: Kind(
        shape=FootageRequest,
        right=Action.EDIT_CASE,
        topic=Topic.FOOTAGE_REQUESTS,
        facts_of_creation=frozenset(
            {"id", "case_id", "asked_of", "camera_ids", "starts_at", "ends_at", "asked_by", "asked_on"}
        ),
        parent=Parent(Entity.CASE, "case_id"),
        subject=lambda request: request.asked_of,
    ),
    Entity.BASKET_ITEM: Kind(
        shape=BasketItem,
        right=Action.EXPORT_EVIDENCE,
        topic=Topic.BOOKMARKS,
        facts_of_creation=frozenset({"id", "case_id", "bookmark_id", "part", "added_by", "added_at"}),
        parent=Parent(Entity.CASE, "case_id"),
    ),
    Entity.NEIGHBOURHOOD: Kind(
        shape=Neighbourhood,
        right=Action.KEEP_CONTACTS,
        topic=Topic.PLACES,
        facts_of_creation=frozenset({"id", "adm4", "rw"}),
        subject=lambda neighbourhood: f"{neighbourhood.adm4} RW {neighbourhood.rw}",
    ),
    Entity.LANDMARK: Kind(
        shape=Landmark,
        right=Action.KEEP_CONTACTS,
        topic=Topic.PLACES,
        facts_of_creation=frozenset({"id"}),
        subject=lambda landmark: landmark.name,
    ),
    Entity.CAMERA_CALIBRATION: Kind(
        shape=CameraCalibration,
        right=Action.ACCEPT_VIEW,
        topic=Topic.PLACES,
        facts_of_creation=frozenset({"id"}),
        parent=Parent(Entity.CAMERA, "id"),
    ),
    Entity.ANNOTATION: Kind(
        shape=Annotation,
        right=Action.TAG,
        topic=Topic.BOOKMARKS,
        facts_of_creation=frozenset({"id", "bookmark_id", "shape", "made_by", "made_at"}),
        parent=Parent(Entity.BOOKMARK, "bookmark_id"),
    ),
    Entity.PRIVACY_MASK: Kind(
        shape=PrivacyMask,
        right=Action.QUARANTINE,
        field_rights={"lifted": Action.LIFT_QUARANTINE},
        topic=Topic.CAMERAS,
        facts_of_creation=frozenset({"id", "camera_id", "box", "set_by", "set_at"}),
        parent=Parent(Entity.CAMERA, "camera_id"),
    ),
    Entity.REPAIR: Kind(
        shape=Repair,
        right=Action.HANDLE_INCIDENTS,
        topic=Topic.REPAIRS,
        facts_of_creation=frozenset({"id", "camera_ids", "down_since", "opened_by", "opened_at"}),
        subject=lambda repair: ", ".join(repair.camera_ids[:3]),
    ),
}

_DEFAULTS: Final[Mapping[Entity, Mapping[str, Json]]] = {
    # Any: see `KINDS`. Enums are the words that stand in operations.
    entity: {part.name: part.default for part in fields(kind.shape) if part.default is not MISSING}
    for entity, kind in KINDS.items()
}
_ENTITIES: Final = {kind.shape: entity for entity, kind in KINDS.items()}


def check_operation(operation: Operation, *, canonical: str | None = None) -> None:
    """Whether everybody can keep, compare and show what an operation says. Raises `shape.FieldRefused`.

    `canonical` is the canonical JSON of its fields, where somebody has it already.

    One of a newer version may have fields and words that are not known here; what they hold is bounded all the same.
    """
    if operation.schema_version > SCHEMA_VERSION:
        check_json(operation.fields, canonical=canonical)
    else:
        kind = KINDS[operation.entity]
        check_fields(kind.shape, operation.fields, canonical=canonical)
        if kind.committed and operation.schema_version >= COMMITTED_SINCE:
            for name in kind.committed & operation.fields.keys():
                value = operation.fields[name]
                if value and not is_commitment(value):
                    raise FieldRefused(FieldProblem.CLEAR, name)


def rights_needed(entity: Entity, changed: Mapping[str, Json], before: Mapping[str, Json]) -> frozenset[Action]:
    """What an officer must be allowed to give an entity these fields, over those that it has; none: a new one."""
    kind = KINDS[entity]
    needed = {kind.right}
    for name, action in kind.field_rights.items():
        if name in changed and changed[name] != before.get(name, _DEFAULTS[entity].get(name)):
            needed.add(action)
    for name, action in kind.clearing_rights.items():
        if name in changed and changed[name] is None and before.get(name) is not None:
            needed.add(action)
    return frozenset(needed)


def belongs_to_units(entity: Entity) -> bool:
    """Whether one of that kind can belong to a unit at all."""
    kind = KINDS[entity]
    return kind.unit_field is not None or kind.parent is not None or kind.unit_fallback is not None


def unit_from(entity: Entity, value_of: Callable[[str], object], unit_of: Callable[[Entity, str], str]) -> str:
    """The unit that one belongs to; empty: everybody's.

    `value_of` gives the value of a field, `unit_of` the unit of another entity.
    """
    kind = KINDS[entity]
    if kind.unit_field is not None:
        unit = value_of(kind.unit_field)
        return unit if isinstance(unit, str) else ""
    for above in (kind.parent, kind.unit_fallback):
        above_id = value_of(above.field) if above is not None else None
        if above is not None and isinstance(above_id, str) and above_id:
            unit = unit_of(above.entity, above_id)
            if unit:
                return unit
    return ""


def withheld_fields(entity: Entity, officer: Officer, *, unit: str = "") -> frozenset[str]:
    """What of an entity of that unit the officer is not shown."""
    rights = KINDS[entity].read_rights.items()
    return frozenset(name for name, action in rights if not can(officer, action, unit=unit))


def completed_field(entity: Entity, changed: Mapping[str, Json], before: Mapping[str, Json]) -> str | None:
    """The first of these fields that may not change any more; None if all may."""
    completion = KINDS[entity].completion
    if completion is None or before.get(completion.field) != completion.value:
        return None
    fixed = completion.fields | {completion.field}
    return next((name for name in changed if name in fixed and changed[name] != before.get(name)), None)


def defaults_of(entity: Entity) -> Mapping[str, Json]:
    """What the fields of a new entity hold, where they need not be given."""
    return _DEFAULTS[entity]


def entity_of(value: Synchronised) -> Entity:
    """Of which kind a value is."""
    return _ENTITIES[type(value)]


def entities_of(topic: Topic) -> frozenset[Entity]:
    """The kinds that are seen under a topic."""
    return frozenset(entity for entity, kind in KINDS.items() if kind.topic is topic)
