"""Every kind of synchronised entity is known wherever kinds are told apart: nothing forgets one."""

from dataclasses import fields

import pytest

from tests.services_stage import EXAMPLES
from tmcwall.db import tables
from tmcwall.domain.kinds import KINDS, Topic, entities_of, entity_of
from tmcwall.domain.officer import Role, may
from tmcwall.domain.operation import Entity
from tmcwall.texts import conflicts as texts

every_kind = pytest.mark.parametrize("entity", Entity)


def names(entity: Entity) -> set[str]:
    """Of the fields of a kind."""
    return {field.name for field in fields(KINDS[entity].shape)}


def test_every_word_that_operations_know_has_its_kind() -> None:
    assert set(KINDS) == set(Entity)


@every_kind
def test_a_value_tells_its_kind(entity: Entity) -> None:
    assert entity_of(EXAMPLES[entity]) is entity


@every_kind
def test_a_kind_names_only_fields_that_it_has(entity: Entity) -> None:
    kind = KINDS[entity]
    assert kind.facts_of_creation <= names(entity)
    assert kind.parent is None or kind.parent.field in names(entity)


@every_kind
def test_every_kind_is_known_by_something_of_its_own_or_of_its_parent(entity: Entity) -> None:
    seen = set()
    while KINDS[entity].subject is None:
        assert entity not in seen, "parents in a circle"
        seen.add(entity)
        assert KINDS[entity].parent is not None
        entity = KINDS[entity].parent.entity


def test_every_kind_is_seen_under_exactly_one_topic() -> None:
    assert sorted(entity for topic in Topic for entity in entities_of(topic)) == sorted(Entity)


def test_every_kind_has_a_table_with_a_column_for_each_of_its_fields() -> None:
    assert set(tables.SYNCHRONISED) == set(Entity)
    for entity, table in tables.SYNCHRONISED.items():
        assert {column.name for column in table.columns} == names(entity)


@every_kind
def test_somebody_may_write_every_kind_and_an_auditor_may_write_none(entity: Entity) -> None:
    assert any(may(role, KINDS[entity].right) for role in Role)
    assert not may(Role.AUDITOR, KINDS[entity].right)


@every_kind
def test_a_conflict_of_every_kind_is_said_in_words(entity: Entity) -> None:
    can_differ = names(entity) - KINDS[entity].facts_of_creation
    assert entity in texts.ENTITIES
    assert can_differ <= texts.FIELDS.keys()
