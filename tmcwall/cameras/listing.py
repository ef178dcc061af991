"""A camera as a row of a list, and whole lists as CSV or XLSX that the import reads again as they were."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from tmcwall.cameras.retention_cells import cells_of_retention
from tmcwall.domain.camera import Camera
from tmcwall.domain.fault import DomainCode, DomainError

COLUMNS: Final = (
    *("id", "name", "url", "substream_url", "owner", "adm4", "rw", "rt"),
    *("lat", "lon", "bearing_deg", "fov_deg", "range_m", "record", "transport", "mount", "unit"),
    *("retention", "retention_stated_on"),
)
"""What a list may say of a camera; the columns of the design's `cameras.csv` and those that came later."""

_LIKE_A_FORMULA: Final = re.compile(r"'*[=+\-@＝＋－＠]")
"""Spreadsheets calculate what begins like this (OWASP, CSV injection); an apostrophe before it makes it text."""


def cells_of(camera: Camera) -> dict[str, str]:
    """Every column as the import reads it; empty where the camera has none. Credentials are in no camera."""
    position, view = camera.position, camera.view
    return {
        "id": camera.id,
        "name": guarded(camera.name),
        "url": camera.url,
        "substream_url": camera.substream_url or "",
        "owner": camera.owner or "",
        "adm4": camera.adm4 or "",
        "rw": camera.rw or "",
        "rt": camera.rt or "",
        "lat": _number(position.lat if position else None),
        "lon": _number(position.lon if position else None),
        "bearing_deg": _number(view.bearing_deg if view else None),
        "fov_deg": _number(view.fov_deg if view else None),
        "range_m": _number(view.range_m if view else None),
        "record": camera.record,
        "transport": camera.transport or "",
        "mount": camera.mount,
        "unit": guarded(camera.unit),
        **cells_of_retention(camera.retention),
    }


def name_in(cell: str) -> str:
    """The name that a cell holds, without the apostrophe that keeps it from being calculated."""
    return cell[1:] if cell.startswith("'") and _LIKE_A_FORMULA.match(cell) else cell


def list_content(file: Path, cameras: Iterable[Camera]) -> bytes:
    """What a list of that name holds. Raises DomainError(LIST_KIND) unless the name ends in .csv or .xlsx."""
    rows = [cells_of(camera) for camera in cameras]
    match file.suffix.lower():
        case ".csv":
            return _csv(rows)
        case ".xlsx":
            return _xlsx(rows)
        case _:
            raise DomainError(DomainCode.LIST_KIND, file.name)


def _csv(rows: Iterable[Mapping[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")  # the mark tells spreadsheets that it is UTF-8


def _xlsx(rows: Iterable[Mapping[str, str]]) -> bytes:
    # Here, for it takes half a second of every start and only workbooks need it.
    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("cameras")
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append([row[column] for column in COLUMNS])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def guarded(name: str) -> str:
    """What a cell of a list holds so that a spreadsheet shows the name and calculates nothing."""
    return f"'{name}" if _LIKE_A_FORMULA.match(name) else name


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)
