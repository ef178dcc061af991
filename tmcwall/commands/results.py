"""The files that a command leaves: what cannot be written is refused before it starts, not when the work is done."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec

from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode

_PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".bmp"})
"""What Qt itself writes, without a plugin."""


def check_result(path: Path | None) -> None:
    """That a file can be written at that path. Raises DomainError(OUTPUT_REFUSED); None is no result."""
    if path is None:
        return
    target = path.absolute()
    place = target if target.exists() else target.parent
    if target.is_dir() or not (target.exists() or place.is_dir()) or not os.access(place, os.W_OK):
        raise DomainError(DomainCode.OUTPUT_REFUSED, str(path))


def check_picture(path: Path | None) -> None:
    """As `check_result`, for a picture of the screen. Raises DomainError(PICTURE_FORMAT), too."""
    if path is not None and path.suffix.lower() not in _PICTURES:
        raise DomainError(DomainCode.PICTURE_FORMAT, str(path))
    check_result(path)


def save_result(path: Path, content: bytes) -> None:
    """Raises Fault(FILE_UNWRITABLE) that names the file."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Fault(FaultCode.FILE_UNWRITABLE, f"{path}: {error.strerror}", retryable=False) from error


def save_json(path: Path, found: object) -> None:
    """As `save_result`, of what msgspec can write."""
    save_result(path, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
