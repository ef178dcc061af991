"""What the console, the incidents and the review say: complete in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from string import Formatter
from types import ModuleType

import pytest

from tmcwall.domain.bookmark import ClipState
from tmcwall.domain.camera import Owner
from tmcwall.domain.case import Difficulty, LpWarning, Stage
from tmcwall.domain.incident import Certainty, Drill, IncidentType, Severity, Source, Status
from tmcwall.texts import Text, about, actions, bench, conflicts, console, incidents, review
from tmcwall.texts.actions import ActionText


def texts_of(module: ModuleType) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for name, value in vars(module).items():
        if isinstance(value, Text):
            found[name] = value
        elif isinstance(value, ActionText):
            found |= {f"{name}.name": value.name, f"{name}.help": value.help}
        elif isinstance(value, Mapping):
            found |= {f"{name}[{key}]": text for key, text in value.items() if isinstance(text, Text)}
    return found


def fields(template: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(template) if field is not None}


@pytest.mark.parametrize("module", [about, actions, bench, conflicts, console, incidents, review])
def test_every_text_says_the_same_fields_in_both_languages(module: ModuleType) -> None:
    texts = texts_of(module)
    assert texts
    for name, text in texts.items():
        assert text.id.strip(), name
        assert text.en.strip(), name
        assert fields(text.id) == fields(text.en), name


@pytest.mark.parametrize(
    ("mapping", "kind"),
    [
        (incidents.TYPES, IncidentType),
        (incidents.SEVERITIES, Severity),
        (incidents.CERTAINTIES, Certainty),
        (incidents.STATUSES, Status),
        (incidents.SOURCES, Source),
        (incidents.DRILLS, Drill),
        (review.CLIP_STATES, ClipState),
        (review.LP_REMARKS, LpWarning),
        (review.STAGES, Stage),
        (review.DIFFICULTIES, Difficulty),
        (console.OWNERS, Owner),
    ],
)
def test_every_value_of_the_domain_has_its_words(mapping: Mapping[Enum, Text], kind: type[Enum]) -> None:
    assert set(mapping) == set(kind)
