"""Lists of cameras as files: CSV, XLSX and GeoJSON, read into rows of text. Nothing is judged here but the form."""

from __future__ import annotations

import csv
import io
import json
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO, TypeVar

from tmcwall.domain.fault import DomainCode, DomainError

LARGEST_FILE_BYTES: Final = 32 * 1024 * 1024
LARGEST_UNPACKED_BYTES: Final = 256 * 1024 * 1024
"""An XLSX is a ZIP: its content may be a thousand times the file."""
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 200
LONGEST_LINE: Final = 32_768
"""Characters. No camera needs a longer one; a binary file taken for a list has one."""

_MOST_LINES_A_ROW: Final = 10
"""A name with line breaks in it is joined up to here; beyond that a quote was left open."""


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `line` is that of the file where it begins, header = 1. Cells by lower-case column name, stripped."""

    line: int
    cells: Mapping[str, str]
    surplus: bool = False
    """There were more cells than columns."""
    open_quote: bool = False
    """The quotes of this line do not close; `cells` is empty."""


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    decimal_comma: bool = False
    """Numbers may be written `-7,56`, as spreadsheets of the country do where semicolons separate."""


def read_table(source: Path | TextIO) -> Table:
    """The rows of a list, its kind taken from its content.

    Raises DomainError: LIST_UNREADABLE (no such file, not UTF-8, not a table, too large), LIST_COLUMNS (no header).
    """
    if isinstance(source, Path):
        content = _read(source)
        if content.startswith(b"PK\x03\x04"):
            return _xlsx(content)
        text = _decode(content)
    else:
        try:
            text = source.read(LARGEST_FILE_BYTES + 1)
        except UnicodeDecodeError:
            raise _unreadable("not UTF-8") from None
        if len(text) > LARGEST_FILE_BYTES:
            raise _unreadable(f"larger than {LARGEST_FILE_BYTES} bytes")
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise _unreadable("not a text file")
    return _geojson(text) if text.lstrip()[:1] == "{" else _csv(text)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise _unreadable(f"{path}: {error.strerror}") from None
    if len(content) > LARGEST_FILE_BYTES:
        raise _unreadable(f"{path}: larger than {LARGEST_FILE_BYTES} bytes")
    return content


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _unreadable(f"baris {line}: not UTF-8") from None


def _csv(text: str) -> Table:
    lines = list(io.StringIO(text, newline=None))  # what an editor counts as lines; str.splitlines knows more
    first = next((index for index, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise DomainError(DomainCode.LIST_COLUMNS, "the list is empty")
    delimiter = ";" if lines[first].count(";") > lines[first].count(",") else ","
    names = _cells(lines[first], delimiter)
    if names is None:
        raise DomainError(DomainCode.LIST_COLUMNS, f"baris {first + 1}")
    columns = _columns(names)
    rows = tuple(_bounded(_csv_rows(lines, columns, first=first + 1, delimiter=delimiter)))
    return Table(columns, rows, decimal_comma=delimiter == ";")


def _csv_rows(lines: Sequence[str], columns: tuple[str, ...], *, first: int, delimiter: str) -> Iterator[Row]:
    index = first
    while index < len(lines):
        start = index
        index += 1
        if not lines[start].strip():
            continue
        cells = _cells(lines[start], delimiter)
        taken = 1
        while cells is None and taken < _MOST_LINES_A_ROW and start + taken < len(lines):
            taken += 1
            cells = _cells("".join(lines[start : start + taken]), delimiter)
            if cells is not None and len(cells) != len(columns):
                cells = None
        if cells is None:
            yield Row(start + 1, {}, open_quote=True)
            continue
        index = start + taken
        yield _row(start + 1, columns, cells)


def _cells(record: str, delimiter: str) -> list[str] | None:
    """The cells of one record, or None if its quotes do not close or it is too long."""
    if len(record) > LONGEST_LINE * _MOST_LINES_A_ROW:
        return None
    try:
        rows = list(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _xlsx(content: bytes) -> Table:
    # Here, for it takes half a second of every start and only workbooks need it.
    import openpyxl  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > LARGEST_UNPACKED_BYTES:
                raise _unreadable("the workbook unpacks to too much")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that a list does not need
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            try:
                values = list(_bounded(_filled(book.worksheets[0].iter_rows(max_col=MOST_COLUMNS, values_only=True))))
            finally:
                book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, SyntaxError, EOFError, OSError):
        raise _unreadable("not a workbook that can be read") from None
    if not values:
        raise DomainError(DomainCode.LIST_COLUMNS, "the list is empty")
    columns = _columns(values[0][1])
    return Table(columns, tuple(_row(line, columns, cells) for line, cells in values[1:]), decimal_comma=True)


def _filled(rows: Iterable[Sequence[object]]) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, with their numbers: a sheet may claim a million empty ones."""
    for line, row in enumerate(rows, start=1):
        cells = [_spelled(value) for value in row]
        if any(cell.strip() for cell in cells):
            yield line, cells


def _spelled(value: object) -> str:
    """A cell of a workbook as text: `3372`, not `3372.0`."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _geojson(text: str) -> Table:
    """Points of a FeatureCollection: properties are the cells, `line` counts the features as rows below a header."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _unreadable("not GeoJSON") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise _unreadable("not a GeoJSON FeatureCollection")
    rows = tuple(_bounded(Row(number, _feature(item)) for number, item in enumerate(features, start=2)))
    columns = tuple(dict.fromkeys(name for row in rows for name in row.cells))
    return Table(columns, rows)


def _feature(feature: object) -> dict[str, str]:
    if not isinstance(feature, dict):
        return {}
    properties = feature.get("properties")
    cells = {
        str(name).strip().lower(): _spelled(value).strip()
        for name, value in (properties.items() if isinstance(properties, dict) else ())
    }
    match feature.get("geometry"):
        case {"type": "Point", "coordinates": [int() | float() as lon, int() | float() as lat, *_]}:
            cells |= {"lat": str(lat), "lon": str(lon)}
    return cells


def _columns(names: Sequence[str]) -> tuple[str, ...]:
    columns = tuple(name.strip().lower() for name in names)
    while columns and not columns[-1]:
        columns = columns[:-1]
    twice = {name for name in columns if name and columns.count(name) > 1}
    if twice:
        raise DomainError(DomainCode.LIST_COLUMNS, f"twice: {', '.join(sorted(twice))}")
    return columns


def _row(line: int, columns: tuple[str, ...], cells: Sequence[str]) -> Row:
    surplus = any(cell.strip() for cell in cells[len(columns) :])
    return Row(line, {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name}, surplus=surplus)


def _bounded(rows: Iterable[T]) -> Iterator[T]:
    for count, row in enumerate(rows):
        if count >= MOST_ROWS:
            raise _unreadable(f"more than {MOST_ROWS} rows")
        yield row


def _unreadable(detail: str) -> DomainError:
    return DomainError(DomainCode.LIST_UNREADABLE, detail)
