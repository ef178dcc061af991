"""Camera lists out of spreadsheets, chats and offices: what a person could have read is taken in."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import openpyxl
import pytest

from tmcwall.cameras.list_reader import ImportResult, RowReason, read_list
from tmcwall.cameras.logins import CameraLogins, Login
from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Camera, Owner, Position, RecordPolicy, View
from tmcwall.domain.fault import DomainCode, DomainError

CITY = AddressRule.of(["10.0.0.0/8"])
COLUMNS = (
    *("id", "name", "url", "owner", "adm4", "rw", "rt", "lat", "lon"),
    *("bearing_deg", "range_m", "record", "username", "password"),
)
PASSWORDS = ("p@ss/word", "a:b#c%d", 'ku"ncí;,', " tepi ")
SIZE = 500


def read(text: str) -> ImportResult:
    return read_list(io.StringIO(text), rule=CITY)


def camera(number: int) -> Camera:
    return Camera(
        id=f"CAM-{number:03}",
        name=f"Simpang {number}",
        url=f"rtsp://10.0.{number % 250}.{number // 250}:554/live",
        owner=(Owner.DISHUB, Owner.POLRI, Owner.PRIVATE)[number % 3],
        adm4="33.72.01.1007",
        rw="003",
        rt="011",
        position=Position(-7.5 - number / 10_000, 110.8 + number / 10_000),
        view=View(90.0, None, 150.0),
        record=RecordPolicy.MAIN,
    )


def angle(degrees: float, letters: str) -> str:
    seconds = round(abs(degrees) * 3600, 2)
    return f"{int(seconds // 3600)}°{int(seconds % 3600 // 60)}'{round(seconds % 60, 2)}\"{letters}"


Place = Callable[[float, float], tuple[str, str]]
PLACES: Sequence[Place] = (
    lambda lat, lon: (f"{lat:.4f}", f"{lon:.4f}"),
    lambda lat, lon: (f"{lat:.4f}".replace(".", ","), f"{lon:.4f}".replace(".", ",")),
    lambda lat, lon: (f"\u2212{-lat:.4f}", f"{lon:.4f}"),
    lambda lat, lon: (f"\u2013{-lat:.4f}°", f"{lon:.4f}°"),
    lambda lat, lon: (f"{lat:.4f}, {lon:.4f}", ""),
    lambda lat, lon: (f"{lat:.4f},{lon:.4f}", ""),
    lambda lat, lon: (f"({lat:.4f} {lon:.4f})", ""),
    lambda lat, lon: (f"{lat:.4f}; {lon:.4f}".replace(".", ","), ""),
    lambda lat, lon: ("", f"{lat:.4f}, {lon:.4f}"),
    lambda lat, lon: (f"{-lat:.4f}", f"{lon:.4f}"),
    lambda lat, lon: (f"{-lat:.4f} LS".replace(".", ","), f"{lon:.4f} BT".replace(".", ",")),
    lambda lat, lon: (f"S {-lat:.4f}", f"E {lon:.4f}"),
    lambda lat, lon: (angle(lat, "S"), angle(lon, "E")),
    lambda lat, lon: (angle(lat, " LS"), angle(lon, " BT").replace('"', "''")),
    lambda lat, lon: (f"{angle(lat, 'S')} {angle(lon, 'E')}", ""),
)


def as_typed(good: Camera, dice: Random) -> list[str]:
    """The cells of a camera as somebody may have typed them."""
    assert good.position is not None
    lat, lon = dice.choice(PLACES)(good.position.lat, good.position.lon)
    id_cell = dice.choice((good.id, f" {good.id} ", f"{good.id}\u00a0", f"\u200b{good.id}"))
    name = dice.choice((good.name, good.name.replace(" ", "\n"), good.name.replace(" ", "  "), f"\ufeff{good.name}"))
    owner = dice.choice((str(good.owner), str(good.owner).upper(), f" {good.owner} "))
    owner = dice.choice((owner, "Toko Mas Semar")) if good.owner is Owner.PRIVATE else owner
    adm4 = dice.choice(("33.72.01.1007", "3372011007", "33.72.01-1007", "33 72 01 1007"))
    rw, rt = dice.choice((("3", "11"), ("003", "011"), ("RW 3", "RT 11"), ("rw.03", "rt.011"), ("RW03", "RT11")))
    view = dice.choice(
        (("90", "150"), ("90°", "150 m"), ("90,0", "150m"), ("90.0", "150 meter"), ("90 derajat", "150"))
    )
    url = dice.choice((good.url, good.url.replace("rtsp", "RTSP"), f"{good.url}\n", f"\u00a0{good.url}"))
    record = dice.choice(("main", "Main", " MAIN "))
    return [id_cell, name, url, owner, adm4, rw, rt, lat, lon, *view, record, "operator", dice.choice(PASSWORDS)]


def as_file(rows: list[list[str]], dice: Random) -> bytes:
    """A list as a program may have written it."""
    columns = [dice.choice((name, name.upper(), name.replace("_", " "), f" {name} ")) for name in COLUMNS]
    columns = [dice.choice(("user", name)) if name == "username" else name for name in columns]
    delimiter = dice.choice(",;\t")
    empty = [""] * dice.choice((0, 3))
    text = io.StringIO(newline="")
    text.write(dice.choice(("", f"sep={delimiter}\r\n")))
    writer = csv.writer(text, delimiter=delimiter)
    for title in dice.choice(((), (["DAFTAR CCTV KOTA SURAKARTA"], ["Per 1 Maret 2025"], []))):
        writer.writerow([*title, *[""] * len(COLUMNS)] if title else title)
    writer.writerow([*columns, *empty])
    writer.writerows([*row, *empty] for row in rows)
    written = text.getvalue()
    encoding = dice.choice(("utf-8", "utf-8-sig", "utf-16", "cp1252"))
    if encoding == "cp1252":
        written = written.translate({0x2212: "-", 0x200B: None, 0xFEFF: None})
    return written.encode(encoding)


def test_of_500_rows_as_people_write_them_none_is_refused_or_read_as_something_else(tmp_path: Path) -> None:
    dice = Random(14)
    for start in range(0, SIZE, 20):
        cameras = [camera(number) for number in range(start, start + 20)]
        typed = [as_typed(good, dice) for good in cameras]
        file = tmp_path / f"{start}.csv"
        file.write_bytes(as_file(typed, dice))
        result = read_list(file, rule=CITY)
        assert result.problems == ()
        for item, good, cells in zip(result.cameras, cameras, typed, strict=True):
            assert good.position is not None
            assert item.camera.position is not None
            assert item.camera.position.lat == pytest.approx(good.position.lat, abs=1e-5)
            assert item.camera.position.lon == pytest.approx(good.position.lon, abs=1e-5)
            assert item.logins == CameraLogins(main=Login(good.url[7:].split(":")[0], "operator", cells[-1]))
            assert (item.camera.id, item.camera.name, item.camera.url) == (good.id, good.name, good.url)
            assert (item.camera.adm4, item.camera.rw, item.camera.rt) == (good.adm4, good.rw, good.rt)
            assert (item.camera.owner, item.camera.view, item.camera.record) == (good.owner, good.view, good.record)


def test_the_header_may_stand_on_a_second_sheet_below_a_title(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Rekapitulasi"])
    sheet = book.create_sheet("Daftar")
    for row in (["DAFTAR CCTV"], [], ["No", "ID", "Name", "URL"], [1, "A", "Pasar", "rtsp://10.0.0.1/a"], [2, "B"]):
        sheet.append(row)
    book.save(tmp_path / "kamera.xlsx")
    result = read_list(tmp_path / "kamera.xlsx", rule=CITY)
    assert [(item.line, item.camera.name) for item in result.cameras] == [(4, "Pasar")]
    assert [(problem.line, problem.reason) for problem in result.problems] == [(5, RowReason.MISSING)]


def test_both_coordinates_may_stand_in_a_column_of_their_own_beside_empty_ones() -> None:
    result = read('id,url,lat,lon,Koordinat\nA,rtsp://10.0.0.1/a,,,"-7.56, 110.82"\n')
    assert result.cameras[0].camera.position == Position(-7.56, 110.82)


def test_an_owner_of_no_known_kind_is_private_with_a_warning() -> None:
    result = read("id,url,owner\nA,rtsp://10.0.0.1/a,Toko Mas\n")
    assert result.cameras[0].camera.owner is Owner.PRIVATE
    assert [(warning.line, warning.reason) for warning in result.warnings] == [(2, RowReason.OWNER_UNKNOWN)]


def test_a_latitude_without_its_sign_in_java_is_read_as_south_with_a_warning() -> None:
    result = read("id,url,lat,lon\nA,rtsp://10.0.0.1/a,7.56,110.82\nB,rtsp://10.0.0.2/a,7.56 N,110.82\n")
    assert [item.camera.position for item in result.cameras] == [Position(-7.56, 110.82), Position(7.56, 110.82)]
    assert [(warning.line, warning.reason, warning.limit) for warning in result.warnings] == [
        (2, RowReason.SIGN_MISSING, "-7.56")
    ]


def test_columns_that_are_almost_known_are_proposed_and_not_read() -> None:
    result = read("id,url,latitude,sub_stream,mountt,remark\nA,rtsp://10.0.0.1/a,-7.5,rtsp://10.0.0.1/b,ptz,x\n")
    assert [(warning.line, warning.column, warning.limit) for warning in result.warnings] == [
        (1, "latitude", "lat"),
        (1, "sub_stream", "substream_url"),
        (1, "mountt", "mount"),
    ]
    assert result.cameras[0].camera == Camera("A", "A", "rtsp://10.0.0.1/a")


def test_a_list_that_lacks_a_column_is_told_which_one_was_probably_meant() -> None:
    with pytest.raises(DomainError, match=r"url, link \(= url\?\)") as refused:
        read("id,name,link\nA,x,rtsp://10.0.0.1/a\n")
    assert refused.value.code is DomainCode.LIST_COLUMNS


@pytest.mark.parametrize(
    ("column", "number", "reason"),
    [
        ("range_m", '"1,500"', RowReason.AMBIGUOUS_NUMBER),
        ("bearing_deg", '"123,456"', RowReason.AMBIGUOUS_NUMBER),
        ("lat", "7°75'0\"S", RowReason.AMBIGUOUS_NUMBER),
        ("lat", "-7.56 N", RowReason.AMBIGUOUS_NUMBER),
        ("lat", "7.56 E", RowReason.NOT_A_NUMBER),
        ("lat", "-7.560.600", RowReason.NOT_A_NUMBER),
        ("lat", '"-7,110"', RowReason.HALF_POSITION),
    ],
)
def test_a_number_that_can_be_read_in_two_ways_is_refused(column: str, number: str, reason: RowReason) -> None:
    result = read(f"id,url,{column}\nA,rtsp://10.0.0.1/a,{number}\n")
    assert [problem.reason for problem in result.problems] == [reason]


def test_a_password_in_a_column_and_another_in_the_address_are_one_too_many() -> None:
    text = "id,url,username,password\nA,rtsp://op:satu@10.0.0.1/a,op,dua\nB,rtsp://op:dua@10.0.0.2/a,op,dua\n"
    result = read(text)
    assert [(problem.line, problem.reason) for problem in result.problems] == [(2, RowReason.TWO_LOGINS)]
    assert result.cameras[0].logins == CameraLogins(Login("10.0.0.2", "op", "dua"))


def test_a_password_without_a_user_or_one_that_is_too_long_is_refused() -> None:
    result = read(f"id,url,username,password\nA,rtsp://10.0.0.1/a,,x\nB,rtsp://10.0.0.1/b,op,{'x' * 128}\n")
    assert [(problem.reason, problem.column) for problem in result.problems] == [
        (RowReason.MISSING, "username"),
        (RowReason.LOGIN_TOO_LONG, "password"),
    ]


@pytest.mark.parametrize(
    ("word", "policy"),
    [
        *((word, RecordPolicy.SUB) for word in ("ya", "Y", "1", "TRUE", "benar", "yes", "on", "Aktif", "v", "✓", "")),
        *(
            (word, RecordPolicy.OFF)
            for word in ("tidak", "N", "0", "False", "tdk.", "no", "off", "non-aktif", "Non Aktif")
        ),
        ("Main", RecordPolicy.MAIN),
    ],
)
def test_whether_a_camera_is_recorded_is_read_as_people_answer(word: str, policy: RecordPolicy) -> None:
    result = read_list(io.StringIO(f"id,url,record\nA,rtsp://10.0.0.1/a,{word}\n"), rule=CITY)
    assert [item.camera.record for item in result.cameras] == [policy]


@pytest.mark.parametrize("word", ["x", "t", "-", "mungkin", "ya tidak"])
def test_an_answer_with_two_meanings_or_none_is_refused_with_those_that_are_read(word: str) -> None:
    result = read_list(io.StringIO(f"id,url,record\nA,rtsp://10.0.0.1/a,{word}\n"), rule=CITY)
    assert [(one.reason, one.limit) for one in result.problems] == [(RowReason.NOT_ONE_OF, "off, sub, main, ya, tidak")]


def test_a_ticked_box_of_a_workbook_is_a_yes(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (("id", "url", "record"), ("A", "rtsp://10.0.0.1/a", True), ("B", "rtsp://10.0.0.1/b", 0.0)):
        book.active.append(row)
    book.save(tmp_path / "kamera.xlsx")
    result = read_list(tmp_path / "kamera.xlsx", rule=CITY)
    assert [item.camera.record for item in result.cameras] == [RecordPolicy.SUB, RecordPolicy.OFF]


HEADER = "id,name,url,lat,lon\n"


@pytest.mark.parametrize(
    "row",
    [
        '"=""001""",Simpang,rtsp://10.0.0.1/a?x=1&y=2,-7.5,110.8',
        "'001,Simpang,rtsp://10.0.0.1/a?x=1&y=2,'-7.5,'110.8",
        "\u201c001\u201d,Simpang,rtsp://10.0.0.1/a?x=1&y=2,-7.5,110.8",
        "001,Simpang,<rtsp://10.0.0.1/a?x=1&y=2>,-7.5,110.8",
        "001,Simpang,[Simpang](rtsp://10.0.0.1/a?x=1&y=2),-7.5,110.8",
        "001,Simpang,rtsp://10.0.0.1/a?x=1&amp;y=2,-7.5,110.8",
        "001,Simpang,rtsp:\\\\10.0.0.1\\a?x=1&y=2,-7.5,110.8",
        "001,Simpang,rtsp:/10.0.0.1/a?x=1&y=2,-7.5,110.8",
        "001,Simpang,rtsp://10.0.0.1/a?x=1&y=2,-7.5,110.8\n\x1a",
        "001,Simpang,rtsp://10.0.0.1/a?x=1&y=2,-7.5,110.8\n" + HEADER,
        "001,Simpang,rtsp://10.0.0.1/a?x=1&y=2,110.8,-7.5",
    ],
    ids=["formula", "apostrophe", "quotes", "angles", "link", "page", "backslashes", "one slash", "DOS", "header again",
         "axes swapped"],
)  # fmt: skip
def test_what_a_spreadsheet_or_a_page_has_put_around_a_cell_is_taken_off(row: str) -> None:
    found = read(HEADER + row + "\n")
    assert found.problems == ()
    (only,) = found.cameras
    assert (only.camera.id, only.camera.name, only.camera.url) == ("001", "Simpang", "rtsp://10.0.0.1/a?x=1&y=2")
    assert only.camera.position == Position(-7.5, 110.8)


def test_axes_that_have_changed_places_are_a_warning_with_what_was_read() -> None:
    (warning,) = read(HEADER + "1,Simpang,rtsp://10.0.0.1/a,110.8,-7.5\n").warnings
    assert (warning.line, warning.reason, warning.limit) == (2, RowReason.AXES_SWAPPED, "-7.5, 110.8")


@pytest.mark.parametrize(
    ("address", "read_as"),
    [
        ("10.0.0.1/live", "rtsp://10.0.0.1/live"),
        ("10.0.0.1:8554/live?ch=1", "rtsp://10.0.0.1:8554/live?ch=1"),
        ("10.0.0.1", "rtsp://10.0.0.1"),
    ],
)
def test_an_address_without_its_beginning_is_rtsp_and_said(address: str, read_as: str) -> None:
    found = read(HEADER + f"1,Simpang,{address},-7.5,110.8\n")
    assert [one.camera.url for one in found.cameras] == [read_as]
    ((line, reason, limit),) = [(one.line, one.reason, one.limit) for one in found.warnings]
    assert (line, reason, limit) == (2, RowReason.SCHEME_MISSING, "rtsp://")


def test_the_login_before_an_address_without_its_beginning_is_kept_apart() -> None:
    (only,) = read(HEADER + "1,Simpang,admin:rahasia-4711@10.0.0.1/live,-7.5,110.8\n").cameras
    assert only.camera.url == "rtsp://10.0.0.1/live"
    assert only.logins is not None


@pytest.mark.parametrize("address", ["10.0.0.1:8080/live", "10.0.0.1/index.m3u8", "halaman kamera", "10.0.0.1:x/a"])
def test_what_may_be_of_the_web_or_is_no_address_is_not_guessed(address: str) -> None:
    found = read(HEADER + f"1,Simpang,{address},-7.5,110.8\n")
    assert (found.cameras, len(found.problems)) == ((), 1)
    assert "rtsp://" not in str(found.problems)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("S 7 30 0", "110 48 0 E"),
        ("7 30 00 LS", "BT 110 48 00"),
        ("-7 30 0", "110:48:00"),
    ],
)
def test_degrees_between_blanks_are_read(lat: str, lon: str) -> None:
    (only,) = read(HEADER + f"1,Simpang,rtsp://10.0.0.1/a,{lat},{lon}\n").cameras
    assert only.camera.position == Position(-7.5, 110.8)


def test_sixty_minutes_and_more_between_blanks_are_refused() -> None:
    assert len(read(HEADER + "1,Simpang,rtsp://10.0.0.1/a,S 7 61 0,110.8\n").problems) == 1


@pytest.mark.parametrize("nothing", ["-", "\u2013", "#N/A", "#REF!", "n/a", "NULL"])
def test_a_sign_for_nothing_is_an_empty_cell(nothing: str) -> None:
    (only,) = read(HEADER + f"1,{nothing},rtsp://10.0.0.1/a,{nothing},{nothing}\n").cameras
    assert (only.camera.name, only.camera.position) == (nothing, None)


def test_a_header_that_stands_again_in_a_workbook_is_no_camera(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["id", "url"], ["1", "rtsp://10.0.0.1/a"], ["ID", "URL"], ["2", "rtsp://10.0.0.2/a"]):
        sheet.append(row)
    book.save(tmp_path / "list.xlsx")
    found = read_list(tmp_path / "list.xlsx", rule=CITY)
    assert ([one.camera.id for one in found.cameras], found.problems) == (["1", "2"], ())
