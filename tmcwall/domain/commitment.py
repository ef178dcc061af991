"""Commitments: what an operation holds in the place of a person's name or number.

An operation is signed, chained and kept for good at every workstation. So it says only that there is a value, by a hash
over it and a random salt; the value itself lies beside it, where it may be read and erased (ADR 0039). Whoever has the
hash cannot find the value by trying all telephone numbers, and nobody can give another value for it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.operation import Entity, Json, canonical_hash

SALT_BYTES: Final = 16
LONGEST_VALUE: Final = 1000
"""Characters."""
_PREFIX: Final = "~sha256:"
_FORM: Final = re.compile(r"~sha256:[0-9a-f]{64}")
_UNKEPT: Final = re.compile("[\0\ud800-\udfff]")
_DOMAIN: Final = "tmcwall.commitment/1"


def new_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


def is_commitment(value: Json) -> bool:
    """Whether a field holds a commitment, and no name and no number."""
    return isinstance(value, str) and _FORM.fullmatch(value) is not None


def commitments_in(fields: Mapping[str, Json]) -> tuple[str, ...]:
    return tuple(value for value in fields.values() if isinstance(value, str) and is_commitment(value))


@dataclass(frozen=True)
class Opening:
    """What opens a commitment: the value of a field of one entity, and the salt. Raises DomainError(FIELD_INVALID).

    Entity and field are part of the hash, so a commitment says nothing about anything else.
    """

    entity: Entity
    entity_id: str
    field: str
    salt: bytes
    value: str

    def __post_init__(self) -> None:
        if (
            len(self.salt) != SALT_BYTES
            or not 0 < len(self.value) <= LONGEST_VALUE
            or _UNKEPT.search(self.value)
            or is_commitment(self.value)
        ):
            raise DomainError(DomainCode.FIELD_INVALID, self.field)

    @cached_property
    def commitment(self) -> str:
        return _PREFIX + canonical_hash(
            {
                "of": _DOMAIN,
                "entity": self.entity.value,
                "entity_id": self.entity_id,
                "field": self.field,
                "salt": self.salt.hex(),
                "value": self.value,
            }
        )


def committed(
    entity: Entity,
    entity_id: str,
    fields: Mapping[str, Json],
    *,
    names: frozenset[str],
    salt: Callable[[], bytes] = new_salt,
) -> tuple[dict[str, Json], tuple[Opening, ...]]:
    """The fields with commitments for what stands in those of these `names`, and what opens them.

    What is empty stays empty, and a commitment is one already. Raises DomainError(FIELD_INVALID).
    """
    changed, openings = dict(fields), []
    for name in sorted(names & fields.keys()):
        value = fields[name]
        if isinstance(value, str) and value and not is_commitment(value):
            opening = Opening(entity, entity_id, name, salt(), value)
            changed[name] = opening.commitment
            openings.append(opening)
    return changed, tuple(openings)
