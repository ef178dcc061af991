"""Whose requests these are, and what the objects that they ask for belong to. What is allowed: `domain.officer.can`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy.orm import Session

from tmcwall.domain.kinds import belongs_to_units, unit_from
from tmcwall.domain.merge import EntityState
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity, Json
from tmcwall.server.order import state_of
from tmcwall.server.tables import EntityRow, UserRow

OPERATOR_PAGE: Final = "@ops"
"""For which workstation the operator page in a browser is signed in: none, and no workstation can have that name."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token a request carries, for which workstation it was given, and since which sign-in."""

    officer: Officer
    device: str
    token_hash: str
    session: str


def officer_of(user: UserRow) -> Officer:
    units = msgspec.json.decode(user.units, type=tuple[str, ...])
    return Officer(user.nrp, user.name, Role(user.role), user.rank, units)


class Units:
    """The units that entities belong to, each looked up once."""

    def __init__(self, session: Session, *, state: Callable[[Entity, str], EntityState] | None = None) -> None:
        """`state` gives entities as they are about to be written, where somebody is writing them."""
        self._session = session
        self._state = state
        self._found: dict[tuple[Entity, str], str] = {}

    def of(self, kind: Entity, entity_id: str) -> str:
        """Empty: it belongs to all, or is not there."""
        if self._state is not None:
            return self.of_fields(kind, self._state(kind, entity_id).fields)
        key = (kind, entity_id)
        if key not in self._found:
            row = self._session.get(EntityRow, (kind.value, entity_id))
            self._found[key] = "" if row is None else self.of_row(row)
        return self._found[key]

    def of_row(self, row: EntityRow) -> str:
        kind = Entity(row.kind)
        return self.of_fields(kind, state_of(row).fields) if belongs_to_units(kind) else ""

    def of_fields(self, kind: Entity, fields: Mapping[str, Json]) -> str:
        """Of one that has these fields, or is about to."""
        return unit_from(kind, fields.get, self.of)
