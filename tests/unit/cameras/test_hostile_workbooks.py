"""Workbooks that claim more than they hold, or hold a little a million times: refused or read, never waited for."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tmcwall.cameras import tables
from tmcwall.cameras.tables import read_table
from tmcwall.domain.fault import DomainCode, DomainError

SHEET = "xl/worksheets/sheet1.xml"


def workbook(folder: Path, change: Callable[[str], str]) -> Path:
    """A list of two cameras whose sheet was altered."""
    book = openpyxl.Workbook()
    for row in (["id", "url"], ["k1", "rtsp://10.0.0.1/a"], ["k2", "rtsp://10.0.0.2/a"]):
        book.active.append(row)
    honest, altered = folder / "honest.xlsx", folder / "altered.xlsx"
    book.save(honest)
    with zipfile.ZipFile(honest) as source, zipfile.ZipFile(altered, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content.decode()).encode() if name == SHEET else content)
    return altered


def refusal(path: Path) -> DomainCode:
    with pytest.raises(DomainError) as refused:
        read_table(path)
    return refused.value.code


def test_a_row_number_of_a_thousand_million_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, lambda text: text.replace('r="3"', 'r="1000000000"').replace('3"', '1000000000"'))
    assert refusal(path) is DomainCode.LIST_UNREADABLE


@pytest.mark.parametrize("size", ["A1:B2", "A1:XFD1048576", "A1:XFD2000000000"])
def test_what_a_sheet_says_of_its_size_changes_nothing(tmp_path: Path, size: str) -> None:
    path = workbook(tmp_path, lambda text: text.replace('ref="A1:B3"', f'ref="{size}"'))
    assert [row.cells["id"] for row in read_table(path).rows] == ["k1", "k2"]


@pytest.mark.parametrize("cell", ["<c/>", "<x:c/>", '<c r="A3"><v>1</v></c>'])
def test_a_row_of_a_million_cells_is_refused(tmp_path: Path, cell: str) -> None:
    # More than one block is read at a time, so that tags are cut between blocks.
    path = workbook(tmp_path, lambda text: text.replace("</sheetData>", f"<row>{cell * 500_000}</row></sheetData>"))
    assert refusal(path) is DomainCode.LIST_UNREADABLE


def test_one_text_in_many_cells_is_counted_in_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    once, often = (with_shared_text(tmp_path / f"{rows}.xlsx", workbook(tmp_path, str), rows=rows) for rows in (1, 100))
    monkeypatch.setattr(tables, "MOST_CHARACTERS", 1000)
    assert len(read_table(once).rows) == 3
    assert refusal(often) is DomainCode.LIST_UNREADABLE


def with_shared_text(path: Path, honest: Path, *, rows: int) -> Path:
    """The list with a text of a hundred letters that is kept once and named in so many rows."""
    named = "".join('<row><c t="s"><v>0</v></c></row>' for _ in range(rows))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(honest) as source, zipfile.ZipFile(path, "w") as target:
        target.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}"><si><t>{"x" * 100}</t></si></sst>')
        for name in source.namelist():
            content = source.read(name).decode()
            if name == SHEET:
                content = content.replace("</sheetData>", f"{named}</sheetData>")
            if name == "[Content_Types].xml":
                kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
                shared = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/>'
                content = content.replace("</Types>", f"{shared}</Types>")
            target.writestr(name, content)
    return path


def test_cells_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_CELLS", 5)
    assert refusal(workbook(tmp_path, str)) is DomainCode.LIST_UNREADABLE


def test_a_sheet_in_another_writing_is_refused(tmp_path: Path) -> None:
    honest = workbook(tmp_path, str)
    strange = tmp_path / "utf16.xlsx"
    with zipfile.ZipFile(honest) as source, zipfile.ZipFile(strange, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.decode().encode("utf-16") if name == SHEET else content)
    assert refusal(strange) is DomainCode.LIST_UNREADABLE
