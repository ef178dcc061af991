"""The hash of an operation: the same on every machine, and for all time."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tmcwall.domain.operation import FIRST_HASH, Entity, Json, Operation, canonical_hash

MADE = Operation(
    UUID(int=7), "ws1", 1, "80010001", datetime(2025, 3, 28, 7, 0, 0, 5, tzinfo=UTC), Entity.BOOKMARK, "b1", 3,
    {"note": "Simpang Empat", "held": True, "case_id": None}, 2, FIRST_HASH,
)  # fmt: skip


def in_one_piece(operation: Operation) -> dict[str, Json]:
    return {
        "id": str(operation.id),
        "device": operation.device,
        "number": operation.number,
        "actor": operation.actor,
        "made_at": operation.made_at.isoformat(),
        "entity": operation.entity.value,
        "entity_id": operation.entity_id,
        "base_revision": operation.base_revision,
        "fields": dict(operation.fields),
        "schema_version": operation.schema_version,
        "previous_hash": operation.previous_hash,
    }


def test_an_operation_of_long_ago_has_the_hash_that_it_had() -> None:
    assert MADE.hash == "333c32b89f0d6cb7a80cd84c7c11ff6095bb987401dbdc8e8b30d395a8bd5484"


@pytest.mark.parametrize(
    ("actor", "fields"),
    [
        ('8001"0001', {}),
        ("8001\\0001", {"z": 1, "a": [2, {"c": 1.5e-9, "b": -0.0}]}),
        ("Aipda Ñ 警察", {"note": 'line\n"quoted"\t\x1f\x7f\u2028', "größe": 1e300}),
    ],
)
def test_the_hash_is_that_of_canonical_json_whatever_stands_in_it(actor: str, fields: dict[str, Json]) -> None:
    operation = replace(MADE, actor=actor, entity_id=actor, device=actor, fields=fields)
    assert operation.hash == canonical_hash(in_one_piece(operation))
