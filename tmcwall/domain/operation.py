"""Operations: every change as one row, made on one device, never altered; the unit of synchronisation and custody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

SCHEMA_VERSION = 5
"""2: cameras, their standing and unit, and the unit of a case. 3: shared layouts, planned outages, contacts, wall
orders. A server that knows only an earlier one takes and loses none of these. 4: commitments for who has reported an
incident, how long recorders of owners keep, what is asked of owners, and baskets of cases. 5: places of neighbourhoods
and landmarks, calibrations of cameras, annotations of footage, privacy masks and repairs of cameras."""
COMMITTED_SINCE = 4
"""Operations of an earlier schema may hold a reporter's name and number as they are; later ones never do."""


class Entity(StrEnum):
    """What an operation changes, by its word in operations; `domain.kinds` says the rest of each."""

    CASE = "case"
    BOOKMARK = "bookmark"
    CLIP = "clip"
    INCIDENT = "incident"
    INCIDENT_NOTE = "incident_note"
    CAMERA = "camera"
    CAMERA_STANDING = "camera_standing"
    PLANNED_OUTAGE = "planned_outage"
    SHARED_LAYOUT = "shared_layout"
    CONTACT = "contact"
    WALL_ORDER = "wall_order"
    FOOTAGE_REQUEST = "footage_request"
    BASKET_ITEM = "basket_item"
    NEIGHBOURHOOD = "neighbourhood"
    LANDMARK = "landmark"
    CAMERA_CALIBRATION = "camera_calibration"
    ANNOTATION = "annotation"
    PRIVACY_MASK = "privacy_mask"
    REPAIR = "repair"


@dataclass(frozen=True, slots=True)
class Operation:
    """A change of some fields of one entity. `number` is gapless per device and starts at 1."""

    id: UUID
    device: str
    number: int
    actor: str
    made_at: datetime
    entity: Entity
    entity_id: str
    base_revision: int
    """The revision of the entity that the device had from the server when the officer changed it; 0 creates it."""
    fields: Mapping[str, Json]
    schema_version: int
    previous_hash: str
    """Hex SHA-256 of the device's operation before this one; 64 zeros for the first."""
    signature: str = field(default="", compare=False, repr=False)
    """The device's, over `hash`; empty from before it was enrolled. Not covered by the hash."""

    @property
    def hash(self) -> str:
        """Hex SHA-256 over the canonical JSON of all fields above but the signature."""
        return hash_of(self, fields=canonical_json(dict(self.fields)))


class Hashed(Protocol):
    """An operation, or its message."""

    @property
    def id(self) -> UUID: ...
    @property
    def device(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def actor(self) -> str: ...
    @property
    def made_at(self) -> datetime: ...
    @property
    def entity(self) -> str: ...
    @property
    def entity_id(self) -> str: ...
    @property
    def base_revision(self) -> int: ...
    @property
    def schema_version(self) -> int: ...
    @property
    def previous_hash(self) -> str: ...


def hash_of(operation: Hashed, *, fields: str) -> str:
    """Hex SHA-256 over an operation's canonical JSON in UTF-8, given that of its fields: the same on every machine.

    Put together here, for a server does it for every operation of every workstation: the keys stand in their order.
    """
    text = (
        f'{{"actor":{_quoted(operation.actor)},"base_revision":{operation.base_revision}'
        f',"device":{_quoted(operation.device)},"entity":{_quoted(operation.entity)}'
        f',"entity_id":{_quoted(operation.entity_id)},"fields":{fields},"id":"{operation.id}"'
        f',"made_at":"{operation.made_at.isoformat()}","number":{operation.number}'
        f',"previous_hash":{_quoted(operation.previous_hash)},"schema_version":{operation.schema_version}}}'
    )
    return hashlib.sha256(text.encode()).hexdigest()


def canonical_hash(content: Mapping[str, Json]) -> str:
    """Hex SHA-256 over canonical JSON in UTF-8: the same on every machine."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def canonical_json(content: Mapping[str, Json]) -> str:
    """With sorted keys and no spaces: the same text on every machine."""
    return _CANONICAL.encode(content)


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_quoted = json.encoder.encode_basestring
"""A text as `_CANONICAL` writes it."""


FIRST_HASH = "0" * 64
