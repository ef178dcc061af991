"""What officers make of clips of this workstation: stills, viewing copies and redacted copies, each with its record."""

from __future__ import annotations

from pathlib import Path

from tmcwall.domain.fault import Fault
from tmcwall.evidence.derived_record import DerivedKind, DerivedRecord, read_record


def released_copies(folder: Path) -> tuple[Path, ...]:
    """Those of a clip that go into its packages: stills, and redacted copies that somebody has watched to the end.

    A viewing copy does not: a package makes its own. What has no record that can be read is passed over.
    """
    if not folder.is_dir():
        return ()
    found = sorted(path for path in folder.iterdir() if path.suffix in {".png", ".mp4"} and path.is_file())
    return tuple(path for path in found if _is_released(path))


def _is_released(path: Path) -> bool:
    try:
        record: DerivedRecord = read_record(path)
    except Fault:
        return False
    return record.kind is DerivedKind.STILL or (record.kind is DerivedKind.REDACTED_COPY and record.watched is not None)
