"""Camera lists: every row becomes a camera or a reason, and a password never stays in an address."""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmcwall.cameras.importing import import_cameras
from tmcwall.cameras.list_reader import ImportResult, RowReason, read_list
from tmcwall.cameras.logins import CameraLogins, Login
from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Camera, Mount, Owner, Position, RecorderRetention, RecordPolicy, View
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.source import TransportPreference

CITY = AddressRule.of(["10.0.0.0/8", "192.168.0.0/16"])
HEADER = "id,name,url,substream_url,owner,adm4,rw,rt,lat,lon,bearing_deg,fov_deg,range_m,record\n"
CANARY = "r4h@s14"


class MemoryStore:
    def __init__(self) -> None:
        self.kept: dict[str, Camera] = {}
        self.gone: set[str] = set()

    def cameras(self) -> Mapping[str, Camera]:
        return self.kept

    def removed(self) -> set[str]:
        return self.gone

    def put(self, cameras: Sequence[Camera]) -> None:
        self.kept |= {camera.id: camera for camera in cameras}


class MemoryLogins:
    def __init__(self, *, broken: bool = False) -> None:
        self.kept: dict[str, CameraLogins] = {}
        self.broken = broken

    def all(self) -> dict[str, CameraLogins]:
        return self.kept

    def put(self, logins: dict[str, CameraLogins]) -> None:
        if self.broken:
            raise Fault(FaultCode.VAULT_UNAVAILABLE)
        self.kept |= logins

    def remove(self, camera_ids: set[str]) -> None:
        raise AssertionError("an import forgets nothing")


def read(text: str, rule: AddressRule = CITY) -> ImportResult:
    return read_list(io.StringIO(text), rule=rule)


def reasons(result: ImportResult) -> list[tuple[int, RowReason, str]]:
    return [(problem.line, problem.reason, problem.column) for problem in result.problems]


def test_a_full_row_becomes_a_camera_and_its_password_is_apart() -> None:
    row = (
        "CAM-1,Simpang Gendengan,rtsp://op:r4h%40s14@10.1.1.7:554/main,rtsp://op:r4h%40s14@10.1.1.7/sub,dishub,"
        "33.72.01.1007,3,08,-7.5606,110.8018,360,90,150,main\n"
    )
    result = read(HEADER + row)
    assert not result.problems
    (item,) = result.cameras
    assert item.line == 2
    assert item.camera == Camera(
        id="CAM-1",
        name="Simpang Gendengan",
        url="rtsp://10.1.1.7:554/main",
        substream_url="rtsp://10.1.1.7/sub",
        owner=Owner.DISHUB,
        adm4="33.72.01.1007",
        rw="003",
        rt="008",
        position=Position(-7.5606, 110.8018),
        view=View(0.0, 90.0, 150.0),
        record=RecordPolicy.MAIN,
    )
    login = Login("10.1.1.7", "op", CANARY)
    assert item.logins == CameraLogins(main=login, sub=login)
    assert CANARY not in repr(result)


def test_only_id_and_url_are_required() -> None:
    (item,) = read("url,id\nrtsp://10.0.0.1/a,A\n").cameras
    assert item.camera == Camera(id="A", name="A", url="rtsp://10.0.0.1/a")
    assert item.logins is None


@pytest.mark.parametrize("encode", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_comma_or_semicolon_mark_or_none_any_line_end(tmp_path: Path, encode: str, separator: str, end: str) -> None:
    path = tmp_path / "kamera.csv"
    text = end.join([f"id{separator}name{separator}url", f"A{separator}Pasar Gedé{separator}rtsp://10.0.0.1/a", ""])
    path.write_bytes(text.encode(encode))
    result = read_list(path, rule=CITY)
    assert [item.camera.name for item in result.cameras] == ["Pasar Gedé"]
    assert not result.problems


def test_numbers_may_have_a_decimal_comma_where_semicolons_separate() -> None:
    (item,) = read("id;url;lat;lon\nA;rtsp://10.0.0.1/a;-7,5606;110,8018\n").cameras
    assert item.camera.position == Position(-7.5606, 110.8018)


@pytest.mark.parametrize(
    ("row", "reason", "column"),
    [
        (",x,rtsp://10.0.0.1/a,,,,,,,,,,,", RowReason.MISSING, "id"),
        ("B,x,,,,,,,,,,,,", RowReason.MISSING, "url"),
        ("B,x,10.0.0.1:x/a,,,,,,,,,,,", RowReason.URL_MALFORMED, "url"),
        ("B,x,rtsp://u:p w@10.0.0.1/a,,,,,,,,,,,", RowReason.URL_MALFORMED, "url"),
        ("B,x,ftp://10.0.0.1/a,,,,,,,,,,,", RowReason.URL_SCHEME, "url"),
        ("B,x,file:///etc/passwd,,,,,,,,,,,", RowReason.URL_SCHEME, "url"),
        ("B,x,rtsp://127.0.0.1/a,,,,,,,,,,,", RowReason.ADDRESS_FORBIDDEN, "url"),
        ("B,x,rtsp://[::ffff:127.0.0.1]/a,,,,,,,,,,,", RowReason.ADDRESS_FORBIDDEN, "url"),
        ("B,x,rtsp://2130706433/a,,,,,,,,,,,", RowReason.ADDRESS_FORBIDDEN, "url"),
        ("B,x,http://169.254.169.254/latest,,,,,,,,,,,", RowReason.ADDRESS_FORBIDDEN, "url"),
        ("B,x,rtsp://8.8.8.8/a,,,,,,,,,,,", RowReason.ADDRESS_FORBIDDEN, "url"),
        ("B,x,rtsp://10.0.0.1/a,rtsp://localhost/b,,,,,,,,,,", RowReason.ADDRESS_FORBIDDEN, "substream_url"),
        (f"B,x,rtsp://u:{'p' * 128}@10.0.0.1/a,,,,,,,,,,,", RowReason.LOGIN_TOO_LONG, "url"),
        (f"B,x,rtsp://10.0.0.1/{'a' * 2048},,,,,,,,,,,", RowReason.TOO_LONG, "url"),
        ("B,x,rtsp://10.0.0.1/a,,,3372,,,,,,,,", RowReason.NOT_ADM4, "adm4"),
        ("B,x,rtsp://10.0.0.1/a,,,,RW tiga,,,,,,,", RowReason.OUT_OF_RANGE, "rw"),
        ("B,x,rtsp://10.0.0.1/a,,,,,,95,110.8,,,,", RowReason.OUT_OF_RANGE, "lat"),
        ("B,x,rtsp://10.0.0.1/a,,,,,,-7.5,,,,,", RowReason.HALF_POSITION, "lon"),
        ("B,x,rtsp://10.0.0.1/a,,,,,,nan,110.8,,,,", RowReason.NOT_A_NUMBER, "lat"),
        ("B,x,rtsp://10.0.0.1/a,,,,,,,,utara,,,", RowReason.NOT_A_NUMBER, "bearing_deg"),
        ("B,x,rtsp://10.0.0.1/a,,,,,,,,,0,,", RowReason.OUT_OF_RANGE, "fov_deg"),
        ("B,x,rtsp://10.0.0.1/a,,,,,,,,,,,semua", RowReason.NOT_ONE_OF, "record"),
        ("../etc,x,rtsp://10.0.0.1/a,,,,,,,,,,,", RowReason.ID_MALFORMED, "id"),
        (f"{'B' * 65},x,rtsp://10.0.0.1/a,,,,,,,,,,,", RowReason.TOO_LONG, "id"),
        (f"B,{'x' * 121},rtsp://10.0.0.1/a,,,,,,,,,,,", RowReason.TOO_LONG, "name"),
        ("B,x\u202ey,rtsp://10.0.0.1/a,,,,,,,,,,,", RowReason.UNPRINTABLE, "name"),
        ("A,x,rtsp://10.0.0.2/a,,,,,,,,,,,", RowReason.DUPLICATE_ID, "id"),
        ("B,Jl. Slamet Riyadi, Solo,rtsp://10.0.0.1/a,,,,,,,,,,,sub", RowReason.TOO_MANY_CELLS, ""),
        ('B,"x,rtsp://10.0.0.1/a,,,,,,,,,,,', RowReason.OPEN_QUOTE, ""),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_with_its_line_and_reason_and_the_others_come_in(row: str, reason, column: str) -> None:
    result = read(f"{HEADER}A,,rtsp://10.0.0.9/a,,,,,,,,,,,\n{row}\nC,,rtsp://10.0.0.8/a,,,,,,,,,,,\n")
    assert reasons(result) == [(3, reason, column)]
    assert [item.camera.id for item in result.cameras] == ["A", "C"]


def test_a_list_may_say_what_carries_the_packets_of_a_camera() -> None:
    result = read("id,url,transport\nA,rtsp://10.0.0.1/a,UDP\nB,rtsp://10.0.0.1/b,\nC,rtsp://10.0.0.1/c,sctp\n")
    assert [item.camera.transport for item in result.cameras] == [TransportPreference.UDP, None]
    assert reasons(result) == [(4, RowReason.NOT_ONE_OF, "transport")]
    assert result.problems[0].limit == "auto, tcp, udp, compat"


def test_a_list_may_say_which_cameras_are_turned() -> None:
    result = read("id,url,mount\nA,rtsp://10.0.0.1/a,PTZ\nB,rtsp://10.0.0.1/b,\nC,rtsp://10.0.0.1/c,tripod\n")
    assert [item.camera.mount for item in result.cameras] == [Mount.PTZ, Mount.FIXED]
    assert reasons(result) == [(4, RowReason.NOT_ONE_OF, "mount")]
    assert result.problems[0].limit == "fixed, ptz"


def test_a_feature_of_geojson_may_say_it_too() -> None:
    properties = {"id": "A", "url": "rtsp://10.0.0.1/a", "transport": "tcp"}
    feature = {"type": "Feature", "geometry": None, "properties": properties}
    (item,) = read(json.dumps({"type": "FeatureCollection", "features": [feature]})).cameras
    assert item.camera.transport is TransportPreference.TCP


def test_of_a_duplicate_id_the_first_stays() -> None:
    result = read("id,url\nA,rtsp://10.0.0.1/a\nA,rtsp://10.0.0.2/a\n")
    assert [item.camera.url for item in result.cameras] == ["rtsp://10.0.0.1/a"]
    assert result.problems[0].limit == "2"


def test_lines_count_as_an_editor_counts_them_with_blank_lines_and_line_breaks_in_names() -> None:
    result = read('id,name,url\n\nA,"Simpang\nLima",rtsp://10.0.0.1/a\nB,x,\nC,a\u2028b,rtsp://10.0.0.1/c\n')
    assert reasons(result) == [(5, RowReason.MISSING, "url")]
    assert [(item.line, item.camera.name) for item in result.cameras] == [(3, "Simpang Lima"), (6, "a b")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", DomainCode.LIST_COLUMNS),
        (b"<html><body>login</body></html>", DomainCode.LIST_COLUMNS),
        (b"id,name\nA,x\n", DomainCode.LIST_COLUMNS),
        (b"id,url,id\nA,rtsp://10.0.0.1/a,B\n", DomainCode.LIST_COLUMNS),
        (b"id,url\nA,rtsp://10.0.0.1/\x81\n", DomainCode.LIST_UNREADABLE),
        ("id,url\nA,rtsp://10.0.0.1/\n".encode("utf-16")[:-1], DomainCode.LIST_UNREADABLE),
        (b"\x00\x01\x02binary", DomainCode.LIST_UNREADABLE),
        (b"PK\x03\x04 no workbook", DomainCode.LIST_UNREADABLE),
        (b'{"features": 3}', DomainCode.LIST_UNREADABLE),
        (b'{"features": [', DomainCode.LIST_UNREADABLE),
    ],
)
def test_what_is_no_list_is_refused_as_a_whole(tmp_path: Path, content: bytes, code: DomainCode) -> None:
    path = tmp_path / "daftar"
    path.write_bytes(content)
    with pytest.raises(DomainError) as caught:
        read_list(path, rule=CITY)
    assert caught.value.code is code


def test_a_missing_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="No such file"):
        read_list(tmp_path / "tiada.csv", rule=CITY)


def test_bytes_that_are_no_letters_are_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "rusak.csv"
    path.write_bytes(b"id,name,url\nA,x,rtsp://10.0.0.1/\nB,Ged\x8d,rtsp://10.0.0.1/\n")
    with pytest.raises(DomainError, match="baris 3"):
        read_list(path, rule=CITY)


def test_a_workbook_is_read_like_a_list(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["id", "name", "url", "rw", "lat", "lon"],
        ["A", "Pasar Gede", "rtsp://10.0.0.1/a", 3.0, -7.57, 110.83],
        [],
        ["B", None, None],
    ):
        book.active.append(row)
    path = tmp_path / "kamera.xlsx"
    book.save(path)
    result = read_list(path, rule=CITY)
    assert result.cameras[0].camera.rw == "003"
    assert result.cameras[0].camera.position == Position(-7.57, 110.83)
    assert reasons(result) == [(4, RowReason.MISSING, "url")]


def test_points_of_geojson_become_positions(tmp_path: Path) -> None:
    path = tmp_path / "kamera.geojson"
    point = {"type": "Point", "coordinates": [110.8, -7.5]}
    properties = {"id": "A", "URL": "rtsp://10.0.0.1/a", "rw": 4}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": properties, "geometry": point}, 7,
    ]}))  # fmt: skip
    result = read_list(path, rule=CITY)
    assert result.cameras[0].camera.position == Position(-7.5, 110.8)
    assert reasons(result) == [(3, RowReason.MISSING, "id")]


def test_names_that_sound_alike_and_equal_addresses_are_warned_of() -> None:
    result = read("id,name,url\nA,Simpang 5,rtsp://10.0.0.1/a\nB,SIMPANG-5,rtsp://10.0.0.1/a\n")
    assert len(result.cameras) == 2
    assert [(warning.line, warning.reason, warning.limit) for warning in result.warnings] == [
        (3, RowReason.SIMILAR_NAME, "2"),
        (3, RowReason.SAME_URL, "2"),
    ]


def test_view_may_list_files_and_this_machine() -> None:
    text = "id,url\nA,klip/siang.mp4\nB,rtsp://127.0.0.1:8554/b\n"
    result = read_list(io.StringIO(text), rule=AddressRule.anywhere(), files=True)
    assert [item.camera.url for item in result.cameras] == ["klip/siang.mp4", "rtsp://127.0.0.1:8554/b"]


LIST = f"id,url\nA,rtsp://op:{CANARY}@10.0.0.1/a\nB,rtsp://10.0.0.2/b\nC,\n"


def test_an_import_puts_cameras_into_the_store_and_passwords_into_the_vault() -> None:
    store, vault = MemoryStore(), MemoryLogins()
    report = import_cameras(read(LIST), store=store, vault=vault)
    assert (report.added, report.changed, report.unchanged, len(report.problems)) == (2, 0, 0, 1)
    assert store.kept["A"].url == "rtsp://10.0.0.1/a"
    assert vault.kept == {"A": CameraLogins(main=Login("10.0.0.1", "op", CANARY))}


def test_secrets_in_path_and_query_go_into_the_vault_and_leave_placeholders() -> None:
    store, vault = MemoryStore(), MemoryLogins()
    text = (
        "id,url,substream_url,username,password\n"
        "A,rtsp://10.0.0.1/user=a_password=satu_channel=1,rtsp://10.0.0.1/user=a_password=dua_channel=2,,\n"
        "B,rtsp://10.0.0.2/live?token=tiga,,op,empat\n"
    )
    import_cameras(read(text), store=store, vault=vault)
    assert store.kept["A"].url == "rtsp://10.0.0.1/user=a_password={secret}_channel=1"
    assert store.kept["A"].substream_url == "rtsp://10.0.0.1/user=a_password={secret}_channel=2"
    assert vault.kept == {
        "A": CameraLogins(Login("10.0.0.1", "", "", ("satu",)), Login("10.0.0.1", "", "", ("dua",))),
        "B": CameraLogins(Login("10.0.0.2", "op", "empat", ("tiga",))),
    }


def test_an_exported_address_with_a_placeholder_keeps_its_secret_when_it_comes_back() -> None:
    store, vault = MemoryStore(), MemoryLogins()
    import_cameras(read("id,url\nA,rtsp://10.0.0.1/live?token=satu\n"), store=store, vault=vault)
    again = read("id,url,username,password\nA,rtsp://10.0.0.1/live?token={secret},op,dua\n")
    report = import_cameras(again, store=store, vault=vault)
    assert report.unchanged == 1
    assert vault.kept["A"].main == Login("10.0.0.1", "op", "dua", ("satu",))


def test_a_raw_password_in_an_address_is_refused_with_how_to_write_it() -> None:
    result = read("id,url\nA,rtsp://admin:p@ss/word@10.0.0.1/live\n")
    assert reasons(result) == [(2, RowReason.URL_PASSWORD_RAW, "url")]


def test_without_a_vault_rows_with_passwords_are_refused_in_words() -> None:
    store = MemoryStore()
    report = import_cameras(read(LIST), store=store, vault=None)
    assert [(problem.line, problem.reason) for problem in report.problems] == [
        (2, RowReason.NO_VAULT),
        (4, RowReason.MISSING),
    ]
    assert set(store.kept) == {"B"}


def test_a_vault_that_fails_leaves_the_store_as_it_was() -> None:
    store = MemoryStore()
    with pytest.raises(Fault):
        import_cameras(read(LIST), store=store, vault=MemoryLogins(broken=True))
    assert not store.kept


def test_a_dry_run_counts_and_changes_nothing() -> None:
    store, vault = MemoryStore(), MemoryLogins()
    report = import_cameras(read(LIST), store=store, vault=vault, dry_run=True)
    assert (report.added, store.kept, vault.kept) == (2, {}, {})


def test_a_second_import_changes_only_what_differs_and_keeps_the_password() -> None:
    store, vault = MemoryStore(), MemoryLogins()
    import_cameras(read(LIST), store=store, vault=vault)
    store.kept["A"] = Camera(id="A", name="A", url="rtsp://10.0.0.1/a", number=17)
    again = read("id,name,url\nA,,rtsp://10.0.0.1/a\nB,Pasar,rtsp://10.0.0.2/b\n")
    report = import_cameras(again, store=store, vault=vault)
    assert (report.added, report.changed, report.unchanged) == (0, 1, 1)
    assert vault.kept["A"].main == Login("10.0.0.1", "op", CANARY)


def test_ten_thousand_rows_are_all_accounted_for() -> None:
    rows = "".join(f"CAM-{n:05},Kamera {n},rtsp://op:p@10.{n >> 8}.{n & 255}.1/a,,,,,,,,,,,\n" for n in range(10_000))
    result = read(HEADER + rows)
    assert len(result.cameras) == 10_000
    assert not result.problems


CELLS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["A", "rtsp://10.0.0.1/a", "rtsp://u:p@10.0.0.1/a", '"', '""', "-7.5", "1e999", "[::1]", "\r", ";"]
    ),
)


@settings(deadline=None, max_examples=300)
@given(
    header=st.sampled_from([HEADER, "id;url\n", "url,id\n"]),
    rows=st.lists(st.lists(CELLS, max_size=15).map(",".join), max_size=12),
)
def test_any_list_gives_cameras_and_reasons_or_a_known_error(header: str, rows: list[str]) -> None:
    text = header + "\n".join(rows)
    try:
        result = read(text)
    except DomainError:
        return
    lines = len(list(io.StringIO(text, newline=None)))
    assert all(2 <= problem.line <= lines for problem in result.problems)
    assert len({item.camera.id for item in result.cameras}) == len(result.cameras)
    assert all("@" not in item.camera.url.split("://")[1].split("/")[0] for item in result.cameras)


@settings(deadline=None, max_examples=200)
@given(content=st.binary(max_size=300))
def test_any_bytes_give_a_list_or_a_known_error(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "daftar"
    path.write_bytes(content)
    with pytest.raises(DomainError):
        read_list(path, rule=CITY)


def test_the_unit_that_may_watch_a_camera_is_read_with_single_spaces_and_bounded() -> None:
    result = read(
        f"id,url,unit\nA,rtsp://10.0.0.1/a, Polsek  Laweyan \nB,rtsp://10.0.0.1/b,\nC,rtsp://10.0.0.1/c,{'x' * 65}\n"
    )
    assert [item.camera.unit for item in result.cameras] == ["Polsek Laweyan", ""]
    assert reasons(result) == [(4, RowReason.TOO_LONG, "unit")]


def test_how_long_an_owners_recorder_keeps_is_read_in_days_and_hours_and_never_guessed() -> None:
    result = read(
        "id,url,Retensi Rekaman,retensi per\n"
        "A,rtsp://10.0.0.1/a,14 hari,28-03-2025\nB,rtsp://10.0.0.1/b,36 Jam,\nC,rtsp://10.0.0.1/c,7,2025-03-28\n"
        "D,rtsp://10.0.0.1/d,,\nE,rtsp://10.0.0.1/e,2 minggu,28/03/2025\n"
    )
    day = date(2025, 3, 28)
    assert [item.camera.retention for item in result.cameras] == [
        RecorderRetention(14 * 24, day), RecorderRetention(36), RecorderRetention(7 * 24, day), None,
        RecorderRetention(14 * 24, day),
    ]  # fmt: skip
    assert result.problems == ()


@pytest.mark.parametrize(
    ("retention", "stated_on", "reason", "column"),
    [
        ("14 h", "", RowReason.NOT_A_RETENTION, "retention"),
        ("lama", "", RowReason.NOT_A_RETENTION, "retention"),
        ("0", "", RowReason.NOT_A_RETENTION, "retention"),
        ("99999 hari", "", RowReason.NOT_A_RETENTION, "retention"),
        ("", "2025-03-28", RowReason.NOT_A_RETENTION, "retention"),
        ("14", "30-02-2025", RowReason.NOT_A_DAY, "retention_stated_on"),
    ],
)
def test_a_retention_that_can_be_read_in_two_ways_or_in_none_is_refused(
    retention: str, stated_on: str, reason: RowReason, column: str
) -> None:
    result = read(f"id,url,retention,retention_stated_on\nA,rtsp://10.0.0.1/a,{retention},{stated_on}\n")
    assert (result.cameras, reasons(result)) == ((), [(2, reason, column)])
