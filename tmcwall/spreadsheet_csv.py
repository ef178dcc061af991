"""Lists as spreadsheets open them: CSV with semicolons, as UTF-8 that says so, without a cell that is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

_BEGINS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NOTHING: Final = "-"


def spreadsheet_csv(*rows: Iterable[str]) -> bytes:
    """The heading among the rows. With a byte-order mark: spreadsheets take it for UTF-8 then."""
    text = io.StringIO()
    lines = csv.writer(text, delimiter=";")
    for row in rows:
        lines.writerow(harmless_cell(cell) for cell in row)
    return text.getvalue().encode("utf-8-sig")


def harmless_cell(text: str) -> str:
    """A spreadsheet must not take it for a formula (CWE-1236); it shows the apostrophe to nobody."""
    return f"'{text}" if text.startswith(_BEGINS_FORMULA) and text != _NOTHING else text
