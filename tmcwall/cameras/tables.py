"""Lists of cameras and places as files: CSV, XLSX and GeoJSON, as rows of text. Nothing is judged but the form."""

from __future__ import annotations

import csv
import io
import json
import re
import warnings
import zipfile
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol, TextIO, TypeVar

from tmcwall.domain.fault import DomainCode, DomainError

LARGEST_FILE_BYTES: Final = 32 * 1024 * 1024
LARGEST_UNPACKED_BYTES: Final = 256 * 1024 * 1024
"""An XLSX is a ZIP: its content may be a thousand times the file."""
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 200
LONGEST_LINE: Final = 32_768
"""Characters. No camera needs a longer one; a binary file taken for a list has one."""

MOST_CELLS: Final = 2_000_000
MOST_CHARACTERS: Final = 64 * 1024 * 1024
"""Of all cells. A workbook keeps a text once and names it in a million cells."""

_LAST_ROW: Final = 1_048_576
_LAST_COLUMN: Final = 16_384
"""Of a sheet, as spreadsheets have them."""
_ROW_OR_CELL: Final = re.compile(rb"<(?:[\w.-]{1,32}:)?(row|c)[\s/>]")
_READ_BYTES: Final = 1 << 20
_LONGEST_TAG_BEGIN: Final = 64
_MOST_CORNERS: Final = 10_000
_MOST_LINES_A_ROW: Final = 10
"""A name with line breaks in it is joined up to here; beyond that a quote was left open."""
_MOST_LINES_ABOVE: Final = 30
"""Titles, dates and remarks above the header."""
OF_CAMERAS: Final = (frozenset({"id", "url"}),)
"""What the header of a list of cameras names, whatever else it does."""
_END_OF_DOS: Final = re.compile(r"\x1a\s*\Z")
"""Behind the last line of what old programs write."""
_DELIMITERS: Final = (",", ";", "\t", "|")
_BLANKS: Final = {
    0xA0: " ",
    0x202F: " ",
    **dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF)),
}
"""What a paste leaves behind: blanks of other widths, and signs that nobody sees."""


T = TypeVar("T")

Headers = Sequence[AbstractSet[str]]


class _Sheet(Protocol):
    def reset_dimensions(self) -> None: ...

    def iter_rows(self, *, max_col: int, values_only: Literal[True]) -> Iterable[Sequence[object]]: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `line` is that of the file where it begins, from 1. Cells by column name, stripped."""

    line: int
    cells: Mapping[str, str]
    surplus: bool = False
    """There were more cells than columns."""
    open_quote: bool = False
    """The quotes of this line do not close; `cells` is empty."""
    outline: tuple[tuple[float, float], ...] = ()
    """Of a polygon of GeoJSON: the corners of its outer edge as they stand there, the first of two numbers first."""


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    """Lower-case names with `_` for blanks and dashes."""
    rows: tuple[Row, ...]
    decimal_comma: bool = False
    """Numbers may be written `-7,56`, as spreadsheets of the country do where semicolons separate."""
    header_line: int = 1


def read_table(
    source: Path | TextIO, *, verbatim: AbstractSet[str] = frozenset(), headers: Headers = OF_CAMERAS
) -> Table:
    """The rows of a list, its kind and its writing (UTF-8, UTF-16, Windows-1252) taken from its content.

    The header is the first row that names all of one of `headers`, on whichever sheet; rows above it are left out.
    Cells of the `verbatim` columns stay as they are. Raises DomainError: LIST_UNREADABLE (no such file, not a table,
    too large), LIST_COLUMNS (no header).
    """
    if isinstance(source, Path):
        content = _read(source)
        if content.startswith(b"PK\x03\x04"):
            return _xlsx(content, verbatim, headers)
        text = _decode(content)
    else:
        try:
            text = source.read(LARGEST_FILE_BYTES + 1)
        except UnicodeDecodeError:
            raise _unreadable("not UTF-8") from None
        if len(text) > LARGEST_FILE_BYTES:
            raise _unreadable(f"larger than {LARGEST_FILE_BYTES} bytes")
    text = text.removeprefix("\ufeff")
    text = _END_OF_DOS.sub("", text)
    if "\0" in text:
        raise _unreadable("not a text file")
    return _geojson(text, verbatim) if text.lstrip()[:1] == "{" else _csv(text, verbatim, headers)


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
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encoding = "utf-16"
    elif content[:2].count(0) == 1:
        encoding = "utf-16-be" if content[0] == 0 else "utf-16-le"
    else:
        encoding = "utf-8"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise _unreadable("not UTF-16") from None
    try:
        return content.decode("cp1252")  # what a spreadsheet on Windows writes as "CSV"
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _unreadable(f"baris {line}: not UTF-8") from None


@dataclass(frozen=True, slots=True)
class _Header:
    names: Sequence[str]
    delimiter: str
    start: int
    """Index of its line, from 0."""
    lines: int = 1


def _csv(text: str, verbatim: AbstractSet[str], headers: Headers) -> Table:
    lines = list(io.StringIO(text, newline=None))  # what an editor counts as lines; str.splitlines knows more
    header = _header(lines, headers)
    columns = _columns(header.names)
    first = header.start + header.lines
    rows = tuple(
        _bounded(_csv_rows(lines, columns, first=first, delimiter=header.delimiter, verbatim=verbatim))
    )  # fmt: skip
    return Table(columns, rows, decimal_comma=header.delimiter != ",", header_line=header.start + 1)


def _header(lines: Sequence[str], headers: Headers) -> _Header:
    filled = [index for index, line in enumerate(lines) if line.strip()][:_MOST_LINES_ABOVE]
    if not filled:
        raise DomainError(DomainCode.LIST_COLUMNS, "the list is empty")
    for index in filled:
        for delimiter in _DELIMITERS:
            for taken in range(1, _MOST_LINES_A_ROW + 1):
                cells = _cells("".join(lines[index : index + taken]), delimiter)
                if cells is None:
                    continue
                if _is_header(cells, headers):
                    return _Header(cells, delimiter, index, taken)
                break
    # Without a header there is only the question what to say: the first line is what was meant to be one.
    first = filled[1] if len(filled) > 1 and re.fullmatch(r"\s*\"?sep=.\"?\s*", lines[filled[0]]) else filled[0]
    delimiter = max(_DELIMITERS, key=lines[first].count)
    names = _cells(lines[first], delimiter)
    if names is None:
        raise DomainError(DomainCode.LIST_COLUMNS, f"baris {first + 1}")
    return _Header(names, delimiter, first)


def _csv_rows(
    lines: Sequence[str], columns: tuple[str, ...], *, first: int, delimiter: str, verbatim: AbstractSet[str]
) -> Iterator[Row]:
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
            if cells is not None and (len(cells) < len(columns) or any(map(str.strip, cells[len(columns) :]))):
                cells = None
        if cells is None:
            yield Row(start + 1, {}, open_quote=True)
            continue
        index = start + taken
        if any(map(str.strip, cells)) and not _repeats_header(cells, columns):
            yield _row(start + 1, columns, cells, verbatim)


def _cells(record: str, delimiter: str) -> list[str] | None:
    """The cells of one record, or None if its quotes do not close or it is too long."""
    if len(record) > LONGEST_LINE * _MOST_LINES_A_ROW:
        return None
    try:
        rows = list(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _xlsx(content: bytes, verbatim: AbstractSet[str], headers: Headers) -> Table:
    # Here, for it takes half a second of every start and only workbooks need it.
    import openpyxl  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > LARGEST_UNPACKED_BYTES:
                raise _unreadable("the workbook unpacks to too much")
            for item in archive.infolist():
                if item.filename.startswith("xl/worksheets/") and item.filename.endswith(".xml"):
                    _bound_row_widths(archive, item)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that a list does not need
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            try:
                header, values = _sheet_with_header(book.worksheets, headers)
            finally:
                book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, SyntaxError, EOFError, OSError):
        raise _unreadable("not a workbook that can be read") from None
    if not values:
        raise DomainError(DomainCode.LIST_COLUMNS, "the list is empty")
    line, names = values[header]
    columns = _columns(names)
    below = [(number, cells) for number, cells in values[header + 1 :] if not _repeats_header(cells, columns)]
    rows = tuple(_row(number, columns, cells, verbatim) for number, cells in below)
    return Table(columns, rows, decimal_comma=True, header_line=line)


def _bound_row_widths(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> None:
    """The reader holds a whole row before it gives it: one of millions of cells would take gigabytes."""
    cells = 0
    rest = b""
    with archive.open(item) as sheet:
        while block := sheet.read(_READ_BYTES):
            if b"\0" in block:
                raise _unreadable("a sheet that is not UTF-8")
            text = rest + block
            end = 0
            for found in _ROW_OR_CELL.finditer(text):
                cells = cells + 1 if found[1] == b"c" else 0
                end = found.end()
                if cells > _LAST_COLUMN:
                    raise _unreadable(f"more than {_LAST_COLUMN} columns")
            rest = text[max(end, len(text) - _LONGEST_TAG_BEGIN) :]


def _sheet_with_header(sheets: Iterable[_Sheet], headers: Headers) -> tuple[int, list[tuple[int, list[str]]]]:
    """The filled rows of the first sheet that has a header, and where among them it is; else those of the first."""
    first: list[tuple[int, list[str]]] | None = None
    for sheet in sheets:
        sheet.reset_dimensions()  # what it says of its own size may be too little or too much
        values = list(_bounded(_filled(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True))))
        for index, (_line, cells) in enumerate(values[:_MOST_LINES_ABOVE]):
            if _is_header(cells, headers):
                return index, values
        first = first or values
    return 0, first or []


def _filled(rows: Iterable[Sequence[object]]) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, with their numbers: a sheet may claim a million empty ones."""
    filled = characters = 0
    for line, row in enumerate(rows, start=1):
        if line > _LAST_ROW:
            raise _unreadable(f"more than {_LAST_ROW} rows")
        if row.count(None) == len(row):
            continue
        cells = [_spelled(value) for value in row]
        while cells and not cells[-1].strip():
            cells.pop()
        filled += len(cells)
        characters += sum(map(len, cells))
        if filled > MOST_CELLS or characters > MOST_CHARACTERS:
            raise _unreadable("the cells hold too much")
        if cells:
            yield line, cells


def _spelled(value: object) -> str:
    """A cell of a workbook as text: `3372`, not `3372.0`."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _geojson(text: str, verbatim: AbstractSet[str]) -> Table:
    """Of a FeatureCollection: properties are the cells, `line` counts the features as rows below a header."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _unreadable("not GeoJSON") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise _unreadable("not a GeoJSON FeatureCollection")
    rows = tuple(
        _bounded(
            Row(number, _feature(item, verbatim), outline=_outline(item))
            for number, item in enumerate(features, start=2)
        )
    )
    columns = tuple(dict.fromkeys(name for row in rows for name in row.cells))
    return Table(columns, rows)


def _feature(feature: object, verbatim: AbstractSet[str]) -> dict[str, str]:
    if not isinstance(feature, dict):
        return {}
    properties = feature.get("properties")
    cells = {
        _column(str(name)): _cell(_column(str(name)), _spelled(value), verbatim)
        for name, value in (properties.items() if isinstance(properties, dict) else ())
    }
    match feature.get("geometry"):
        case {"type": "Point", "coordinates": [int() | float() as lon, int() | float() as lat, *_]}:
            cells |= {"lat": str(lat), "lon": str(lon)}
    return cells


def _outline(feature: object) -> tuple[tuple[float, float], ...]:
    """Of a polygon, or of the first of several."""
    match feature:
        case {"geometry": {"type": "Polygon", "coordinates": [list() as ring, *_]}}:
            corners = ring
        case {"geometry": {"type": "MultiPolygon", "coordinates": [[list() as ring, *_], *_]}}:
            corners = ring
        case _:
            return ()
    found = []
    for corner in corners[:_MOST_CORNERS]:
        match corner:
            case [int() | float() as first, int() | float() as second, *_]:
                found.append((float(first), float(second)))
            case _:
                return ()
    return tuple(found)


def _column(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", name.translate(_BLANKS).strip().lower())


def _is_header(cells: Iterable[str], headers: Headers) -> bool:
    names = set(map(_column, cells))
    return any(needed <= names for needed in headers)


def _repeats_header(cells: Sequence[str], columns: tuple[str, ...]) -> bool:
    """Lists that were put together of several have it in between."""
    return tuple(map(_column, cells))[: len(columns)] == columns


def _columns(names: Sequence[str]) -> tuple[str, ...]:
    columns = tuple(map(_column, names))
    while columns and not columns[-1]:
        columns = columns[:-1]
    twice = {name for name in columns if name and columns.count(name) > 1}
    if twice:
        raise DomainError(DomainCode.LIST_COLUMNS, f"twice: {', '.join(sorted(twice))}")
    return columns


def _row(line: int, columns: tuple[str, ...], cells: Sequence[str], verbatim: AbstractSet[str]) -> Row:
    surplus = any(cell.strip() for cell in cells[len(columns) :])
    named = {name: _cell(name, cell, verbatim) for name, cell in zip(columns, cells, strict=False) if name}
    return Row(line, named, surplus=surplus)


def _cell(column: str, text: str, verbatim: AbstractSet[str]) -> str:
    return text if column in verbatim else text.translate(_BLANKS).strip()


def _bounded(rows: Iterable[T]) -> Iterator[T]:
    for count, row in enumerate(rows):
        if count >= MOST_ROWS:
            raise _unreadable(f"more than {MOST_ROWS} rows")
        yield row


def _unreadable(detail: str) -> DomainError:
    return DomainError(DomainCode.LIST_UNREADABLE, detail)
