"""Passwords that are planted in cameras, accounts and lists, and must never be found where they do not belong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

CAMERA_PASSWORD: Final = "kata-sandi-uji"
OFFICER_PASSWORD: Final = "kereta senja 1925"

PLANTED: Final = frozenset(
    spelling.encode()
    for password in (CAMERA_PASSWORD, OFFICER_PASSWORD)
    for spelling in (password, quote(password), password.encode("utf-16-le").decode("latin-1"))
)

_WRITTEN_BY_TESTS: Final = frozenset({".csv", ".xlsx", ".geojson", ".login"})
"""Lists that an officer would bring along, and the login that a synthetic camera is given."""


def files_with_planted_passwords(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.suffix not in _WRITTEN_BY_TESTS:
            content = path.read_bytes()
            if any(spelling in content for spelling in PLANTED):
                yield path
