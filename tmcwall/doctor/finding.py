"""What a check found: a status, the facts, and the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tmcwall.texts import Text


class Status(StrEnum):
    OK = "ok"
    WARN = "warn"
    """Something is less than it could be; the program runs."""
    FAIL = "fail"
    """Something that the program needs is missing or broken."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `facts` are for machines; `text` is filled from them for people."""

    check: str
    status: Status
    text: Text
    facts: Mapping[str, object] = field(default_factory=dict)
    advice: Text | None = None
