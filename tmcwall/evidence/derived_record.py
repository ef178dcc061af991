"""The record that stands beside every file that is made from a clip: from what, by whom, how, and that it is a copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from tmcwall.domain.derived_copy import Box, Drawing, Region
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.durable import replace_file

_SCHEMA: Final = "tmcwall.derived/1"
_LARGEST_BYTES: Final = 16 * 1024 * 1024


class DerivedKind(StrEnum):
    VIEWING_COPY = "viewing-copy"
    REDACTED_COPY = "redacted-copy"
    STILL = "still"


@dataclass(frozen=True, slots=True)
class Watched:
    """Who has watched a redacted copy to its end, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DerivedRecord:
    kind: DerivedKind
    camera: str
    file: str
    """Its name, without the folder."""
    sha256: str
    size_bytes: int
    parent_sha256: str
    """Of the original clip, which is not in this file and was not changed."""
    made_by: str
    """The officer's number."""
    made_at: datetime
    width: int
    height: int
    pictures: int
    undecodable: int = 0
    """Access units of the original that could not be decoded, and so are not in the copy."""
    words: str = ""
    """What is burnt in, beside the time."""
    at_s: float | None = None
    """Of a still: when it is shown, in seconds of the original; `shown_at` is that moment."""
    shown_at: datetime | None = None
    unit_sha256: str | None = None
    """Of a still: of its access unit in the original, NAL units one after the other without lengths."""
    regions: tuple[Region, ...] = ()
    masks: tuple[Box, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    """Annotations that are burnt in; all of the clip are with the original."""
    watched: Watched | None = None
    """Of a redacted copy: without it, it must not be given away."""
    schema: str = _SCHEMA


def record_path(file: Path) -> Path:
    """Where the record of a derived file lies."""
    return file.with_name(f"{file.name}.json")


def write_record(file: Path, record: DerivedRecord) -> None:
    """Beside the file it speaks of, replaced whole. Raises OSError."""
    replace_file(record_path(file), msgspec.json.format(msgspec.json.encode(record, order="sorted")) + b"\n")


def read_record(file: Path) -> DerivedRecord:
    """Raises Fault(FILE_UNREADABLE)."""
    path = record_path(file)
    try:
        with path.open("rb") as opened:
            return msgspec.json.decode(opened.read(_LARGEST_BYTES), type=DerivedRecord)
    except (OSError, msgspec.MsgspecError) as error:
        raise Fault(FaultCode.FILE_UNREADABLE, str(path), retryable=False) from error
