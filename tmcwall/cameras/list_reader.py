"""Camera lists as they are read: every row becomes a camera or a reason why not (design section 6: `cameras.csv`)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Final, TextIO, TypeVar

from tmcwall.cameras.cells import plain_address, plain_cell, with_scheme
from tmcwall.cameras.listing import COLUMNS, cells_of, name_in
from tmcwall.cameras.logins import LONGEST_BYTES, CameraLogins, Login, host_of
from tmcwall.cameras.measures import (
    Axis,
    Coordinate,
    Unreadable,
    read_coordinate,
    read_number,
    read_pair,
    read_yes_no,
    south_of_java,
)
from tmcwall.cameras.retention_cells import RETENTION, STATED_ON, RetentionUnreadable, read_retention
from tmcwall.cameras.tables import Row, read_table
from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Camera, Mount, Owner, Position, RecorderRetention, RecordPolicy, View
from tmcwall.domain.fault import DomainCode, DomainError, Fault
from tmcwall.domain.geo import UNKNOWN_VIEW
from tmcwall.domain.officer import LONGEST_UNIT
from tmcwall.domain.region import is_adm4
from tmcwall.domain.source import SourceKind, TransportPreference, source_kind, split_credentials
from tmcwall.domain.urlsecrets import take_secrets

LONGEST_ID: Final = 64
LONGEST_NAME: Final = 120
LONGEST_URL: Final = 2048
FARTHEST_VIEW_M: Final = 5000.0

_ID: Final = re.compile(r"\w(?:[\w.+() -]*[\w)+])?")
"""Letters, digits and a few signs: an id also names files and stands in lists on the command line."""

_OTHER_NAMES: Final = {
    **dict.fromkeys(("user", "user_name", "pengguna", "nama_pengguna"), "username"),
    **dict.fromkeys(("pass", "passwd", "sandi", "kata_sandi"), "password"),
    **dict.fromkeys(("koordinat", "coordinates", "lat_lon", "latlon", "lat,lon", "lat_long", "latlong"), "lat"),
    **dict.fromkeys(
        ("retensi", "retensi_rekaman", "lama_rekaman", "lama_simpan", "retention_days", "recording_retention"),
        RETENTION,
    ),
    **dict.fromkeys(("retensi_per", "tanggal_retensi", "retention_date"), STATED_ON),
}
"""Columns that are taken under these names, too."""
_PROPOSED: Final = {
    **dict.fromkeys(("latitude", "lintang", "garis_lintang"), "lat"),
    **dict.fromkeys(("longitude", "long", "lng", "bujur", "garis_bujur"), "lon"),
    **dict.fromkeys(("nama", "lokasi"), "name"),
    **dict.fromkeys(("alamat", "link", "rtsp", "main_stream", "mainstream"), "url"),
    **dict.fromkeys(("kode", "no", "nomor", "id_kamera", "camera_id"), "id"),
    **dict.fromkeys(("sub_url", "sub_stream", "substream", "stream2"), "substream_url"),
    **dict.fromkeys(("pemilik", "milik"), "owner"),
    **dict.fromkeys(("arah", "bearing", "azimuth"), "bearing_deg"),
    **dict.fromkeys(("kode_kelurahan", "kelurahan"), "adm4"),
    **dict.fromkeys(("rekam", "recording"), "record"),
    **dict.fromkeys(("satuan", "polsek"), "unit"),
    **dict.fromkeys(("retention_hours", "retensi_jam", "simpan"), RETENTION),
}
"""Columns that are probably meant: they are named to who imports, and not taken."""
_OWN_WORDS: Final = frozenset({"name", "username", "password", "record"})
_LOGIN_COLUMNS: Final = ("username", "password")
_VERBATIM: Final = frozenset({"password", *(name for name, column in _OTHER_NAMES.items() if column == "password")})
_LONGEST_COLUMN_SHOWN: Final = 40

Choice = TypeVar("Choice", bound=StrEnum)


class RowReason(StrEnum):
    """Why a row, or a part of it, was not taken. The words stand in `ui.texts.importing`."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    UNPRINTABLE = "unprintable"
    ID_MALFORMED = "id_malformed"
    DUPLICATE_ID = "duplicate_id"
    URL_MALFORMED = "url_malformed"
    URL_SCHEME = "url_scheme"
    ADDRESS_FORBIDDEN = "address_forbidden"
    LOGIN_TOO_LONG = "login_too_long"
    NO_VAULT = "no_vault"
    NOT_ONE_OF = "not_one_of"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    HALF_POSITION = "half_position"
    NOT_ADM4 = "not_adm4"
    TOO_MANY_CELLS = "too_many_cells"
    OPEN_QUOTE = "open_quote"
    URL_PASSWORD_RAW = "url_password_raw"  # noqa: S105 - a reason, not a secret
    AMBIGUOUS_NUMBER = "ambiguous_number"
    TWO_LOGINS = "two_logins"
    NOT_A_RETENTION = "not_a_retention"
    NOT_A_DAY = "not_a_day"
    # Warnings: the row was taken
    OWNER_UNKNOWN = "owner_unknown"
    SIGN_MISSING = "sign_missing"
    AXES_SWAPPED = "axes_swapped"
    SCHEME_MISSING = "scheme_missing"
    COLUMN_UNKNOWN = "column_unknown"
    SIMILAR_NAME = "similar_name"
    SAME_URL = "same_url"


_URL_REASONS: Final = {
    DomainCode.URL_SCHEME: RowReason.URL_SCHEME,
    DomainCode.URL_PASSWORD_RAW: RowReason.URL_PASSWORD_RAW,
}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A reason with its line (header = 1) and column. `limit` is what would be right; never a value of the row."""

    line: int
    reason: RowReason
    column: str = ""
    limit: str = ""


@dataclass(frozen=True, slots=True)
class ImportedCamera:
    """A row that was taken: the camera without credentials, and these apart."""

    line: int
    camera: Camera
    logins: CameraLogins | None = None


@dataclass(frozen=True, slots=True)
class ImportResult:
    """A list as it was read. `problems` are rows that were refused, `warnings` are about rows that were taken."""

    cameras: tuple[ImportedCamera, ...]
    problems: tuple[RowProblem, ...]
    warnings: tuple[RowProblem, ...] = ()


def read_list(source: Path | TextIO, *, rule: AddressRule, files: bool = False) -> ImportResult:
    """The cameras of a CSV, XLSX or GeoJSON list, and what is wrong with it by line.

    `files` also takes paths of video files for addresses, as `view` does; they are not looked at here.
    Raises DomainError: LIST_UNREADABLE, LIST_COLUMNS (without `id` and `url`), never for a single row.
    """
    table = read_table(source, verbatim=_VERBATIM)
    missing = [name for name in ("id", "url") if name not in table.columns]
    if missing:
        near = [f"{column} (= {meant}?)" for column, meant in _near_misses(table.columns)]
        raise DomainError(DomainCode.LIST_COLUMNS, ", ".join([*missing, *near]))
    reader = _Reader(rule, decimal_comma=table.decimal_comma, files=files)
    for row in table.rows:
        reader.take(replace(row, cells=_plain(_under_known_names(row.cells))))
    near_misses = [
        RowProblem(table.header_line, RowReason.COLUMN_UNKNOWN, column, meant)
        for column, meant in _near_misses(table.columns)
    ]
    return ImportResult(tuple(reader.cameras.values()), tuple(reader.problems), (*near_misses, *reader.warnings))


def _plain(cells: Mapping[str, str]) -> Mapping[str, str]:
    """Without what a spreadsheet puts around a value; what people have made up themselves stays as it is."""
    return {name: text if name in _OWN_WORDS else plain_cell(text) for name, text in cells.items()}


def _under_known_names(cells: Mapping[str, str]) -> Mapping[str, str]:
    known = dict(cells)
    for name, column in _OTHER_NAMES.items():
        if cells.get(name) and not known.get(column):
            known[column] = cells[name]
    return known


def _near_misses(columns: Sequence[str]) -> list[tuple[str, str]]:
    """Columns that nothing is read from, with the one that is probably meant and that the list lacks."""
    known = (*COLUMNS, *_LOGIN_COLUMNS)
    found = []
    for column in columns:
        if column in known or column in _OTHER_NAMES or not column.isprintable():
            continue
        meant = [_PROPOSED[column]] if column in _PROPOSED else difflib.get_close_matches(column, known, 1, 0.75)
        if meant and meant[0] not in columns:
            found.append((column[:_LONGEST_COLUMN_SHOWN], meant[0]))
    return found


def edited(camera: Camera, cells: Mapping[str, str], *, rule: AddressRule) -> ImportedCamera | RowProblem:
    """The camera with these columns as a list would give them, or why it cannot be. Its id stays.

    The rule is asked only about addresses that are given: an old one may have become forbidden since.
    """
    asked = rule if {"url", "substream_url"} & cells.keys() else AddressRule.anywhere()
    reader = _Reader(asked, decimal_comma=True, files=False)
    reader.take(Row(0, {**cells_of(camera), **cells, "id": camera.id}))
    if reader.problems:
        return reader.problems[0]
    if any(warning.reason is RowReason.OWNER_UNKNOWN for warning in reader.warnings):
        return RowProblem(0, RowReason.NOT_ONE_OF, "owner", ", ".join(Owner))
    item = reader.cameras[camera.id]
    return replace(item, camera=replace(item.camera, number=camera.number))


class _Refused(Exception):
    """The row is not taken, for one reason."""

    def __init__(self, reason: RowReason, column: str = "", limit: str = "") -> None:
        super().__init__(reason, column, limit)
        self.reason = reason
        self.column = column
        self.limit = limit


@dataclass(slots=True)
class _Reader:
    """Takes row after row and remembers what it must compare with."""

    rule: AddressRule
    decimal_comma: bool
    files: bool
    cameras: dict[str, ImportedCamera] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)
    warnings: list[RowProblem] = field(default_factory=list)
    _names: dict[str, int] = field(default_factory=dict)
    _urls: dict[str, int] = field(default_factory=dict)
    _remarks: list[tuple[RowReason, str, str]] = field(default_factory=list)
    """Of the row that is being read."""

    def take(self, row: Row) -> None:
        self._remarks = []
        try:
            item = self._camera(row)
        except _Refused as refused:
            self.problems.append(RowProblem(row.line, refused.reason, refused.column, refused.limit))
            return
        self.cameras[item.camera.id] = item
        self.warnings += [RowProblem(row.line, reason, column, limit) for reason, column, limit in self._remarks]
        self._compare(item)

    def _compare(self, item: ImportedCamera) -> None:
        for key, seen, reason in (
            (_folded(item.camera.name), self._names, RowReason.SIMILAR_NAME),
            (item.camera.url, self._urls, RowReason.SAME_URL),
        ):
            first = seen.setdefault(key, item.line) if key else item.line
            if first != item.line:
                self.warnings.append(RowProblem(item.line, reason, limit=str(first)))

    def _camera(self, row: Row) -> ImportedCamera:
        if row.open_quote:
            raise _Refused(RowReason.OPEN_QUOTE)
        if row.surplus:
            raise _Refused(RowReason.TOO_MANY_CELLS)
        camera_id = self._id(row.cells)
        url, main = self._source(row.cells, "url")
        if url is None:
            raise _Refused(RowReason.MISSING, "url")
        substream_url, sub = self._source(row.cells, "substream_url")
        login = _login_of_columns(row.cells, host_of(url))
        if login is not None and main is not None and main.username and login != replace(main, secrets=()):
            raise _Refused(RowReason.TWO_LOGINS, "url")
        main = login.joined(main) if login is not None else main
        camera = Camera(
            id=camera_id,
            name=self._name(row.cells) or camera_id,
            url=url,
            substream_url=substream_url,
            owner=self._owner(row.cells),
            adm4=_adm4(row.cells),
            rw=_short_number(row.cells, "rw"),
            rt=_short_number(row.cells, "rt"),
            position=self._position(row.cells),
            view=self._view(row.cells),
            record=_record(row.cells),
            transport=_choice(row.cells, "transport", TransportPreference),
            mount=_choice(row.cells, "mount", Mount) or Mount.FIXED,
            unit=_unit(row.cells),
            retention=_retention(row.cells),
        )
        return ImportedCamera(row.line, camera, CameraLogins(main, sub) if main or sub else None)

    def _id(self, cells: Mapping[str, str]) -> str:
        text = cells.get("id", "")
        if not text:
            raise _Refused(RowReason.MISSING, "id")
        if len(text) > LONGEST_ID:
            raise _Refused(RowReason.TOO_LONG, "id", str(LONGEST_ID))
        if _ID.fullmatch(text) is None or not text.isprintable():
            raise _Refused(RowReason.ID_MALFORMED, "id")
        if text in self.cameras:
            raise _Refused(RowReason.DUPLICATE_ID, "id", str(self.cameras[text].line))
        return text

    def _name(self, cells: Mapping[str, str]) -> str:
        text = name_in(" ".join(cells.get("name", "").split()))
        if len(text) > LONGEST_NAME:
            raise _Refused(RowReason.TOO_LONG, "name", str(LONGEST_NAME))
        if not text.isprintable():
            raise _Refused(RowReason.UNPRINTABLE, "name")
        return text

    def _begun(self, text: str, column: str) -> str:
        """The address with the beginning that was left out."""
        whole = with_scheme(text)
        if whole != text:
            self._remarks.append((RowReason.SCHEME_MISSING, column, "rtsp://"))
        return whole

    def _source(self, cells: Mapping[str, str], column: str) -> tuple[str | None, Login | None]:
        """The address without credentials, and these. Nothing of an address is repeated in a reason."""
        text = plain_address(cells.get(column, ""))
        if not text:
            return None, None
        if len(text) > LONGEST_URL:
            raise _Refused(RowReason.TOO_LONG, column, str(LONGEST_URL))
        try:
            if self.files and source_kind(text) is SourceKind.FILE:
                return text, None
            text = self._begun(text, column)
            url, username, password = split_credentials(text)
            host = host_of(url)
            self.rule.check_host(host)
        except DomainError as error:
            raise _Refused(_URL_REASONS.get(error.code, RowReason.URL_MALFORMED), column) from None
        except Fault:
            raise _Refused(RowReason.ADDRESS_FORBIDDEN, column) from None
        except ValueError:
            raise _Refused(RowReason.URL_MALFORMED, column) from None
        url, secrets = take_secrets(url)
        if username is None:
            return url, Login(host, "", "", secrets) if secrets else None
        if max(len(username.encode()), len((password or "").encode())) > LONGEST_BYTES:
            raise _Refused(RowReason.LOGIN_TOO_LONG, column, str(LONGEST_BYTES))
        return url, Login(host, username, password or "", secrets)

    def _owner(self, cells: Mapping[str, str]) -> Owner | None:
        """An owner that is no known one is a private one: a camera is not lost for a word."""
        try:
            return _choice(cells, "owner", Owner)
        except _Refused as unknown:
            self._remarks.append((RowReason.OWNER_UNKNOWN, "owner", unknown.limit))
            return Owner.PRIVATE

    def _position(self, cells: Mapping[str, str]) -> Position | None:
        texts = {axis: cells.get(axis, "") for axis in Axis}
        filled = [axis for axis in Axis if texts[axis]]
        if not filled:
            return None
        both = read_pair(texts[filled[0]]) if len(filled) == 1 else None
        if both is None and len(filled) == 1:
            _coordinate(texts[filled[0]], filled[0])
            raise _Refused(RowReason.HALF_POSITION, Axis.LON if texts[Axis.LAT] else Axis.LAT)
        lat, lon = both or (_coordinate(texts[Axis.LAT], Axis.LAT), _coordinate(texts[Axis.LON], Axis.LON))
        if abs(lat.degrees) > 90 >= abs(lon.degrees) and not (lat.side_named or lon.side_named):
            lat, lon = lon, lat
            self._remarks.append((RowReason.AXES_SWAPPED, Axis.LAT, f"{lat.degrees:g}, {lon.degrees:g}"))
        _within(lat.degrees, Axis.LAT, low=-90, high=90)
        _within(lon.degrees, Axis.LON, low=-180, high=180)
        south = south_of_java(lat, lon)
        if south is not None:
            self._remarks.append((RowReason.SIGN_MISSING, Axis.LAT, f"{south.degrees:g}"))
        return Position((south or lat).degrees, lon.degrees)

    def _view(self, cells: Mapping[str, str]) -> View | None:
        bearing = self._number(cells, "bearing_deg", low=0, high=360)
        fov = self._number(cells, "fov_deg", low=1, high=360)
        reach = self._number(cells, "range_m", low=1, high=FARTHEST_VIEW_M)
        if bearing is None and fov is None and reach is None:
            return None
        return View(bearing % 360 if bearing is not None else None, fov, reach or UNKNOWN_VIEW.range_m)

    def _number(self, cells: Mapping[str, str], column: str, *, low: float, high: float) -> float | None:
        text = cells.get(column, "")
        if not text:
            return None
        try:
            number = read_number(text, decimal_comma=self.decimal_comma)
        except Unreadable as unreadable:
            raise _Refused(_why(unreadable), column) from None
        return _within(number, column, low=low, high=high)


def _coordinate(text: str, axis: Axis) -> Coordinate:
    try:
        return read_coordinate(text, axis)
    except Unreadable as unreadable:
        raise _Refused(_why(unreadable), axis) from None


def _why(unreadable: Unreadable) -> RowReason:
    return RowReason.AMBIGUOUS_NUMBER if unreadable.ambiguous else RowReason.NOT_A_NUMBER


def _within(number: float, column: str, *, low: float, high: float) -> float:
    if not low <= number <= high:
        raise _Refused(RowReason.OUT_OF_RANGE, column, f"{low:g}..{high:g}")
    return number


def _login_of_columns(cells: Mapping[str, str], host: str) -> Login | None:
    """The login that stands in columns of its own, with any characters in its password."""
    username, password = (cells.get(column, "") for column in _LOGIN_COLUMNS)
    if not username and not password:
        return None
    if not username:
        raise _Refused(RowReason.MISSING, "username")
    for column, text in zip(_LOGIN_COLUMNS, (username, password), strict=True):
        if len(text.encode()) > LONGEST_BYTES:
            raise _Refused(RowReason.LOGIN_TOO_LONG, column, str(LONGEST_BYTES))
    return Login(host, username, password)


def _choice(cells: Mapping[str, str], column: str, choices: type[Choice]) -> Choice | None:
    text = cells.get(column, "").lower()
    if not text:
        return None
    try:
        return choices(text)
    except ValueError:
        raise _Refused(RowReason.NOT_ONE_OF, column, ", ".join(choices)) from None


def _record(cells: Mapping[str, str]) -> RecordPolicy:
    """A plain yes means the stream that is recorded where nothing is said."""
    text = cells.get("record", "")
    wanted = read_yes_no(text)
    if wanted is not None:
        return RecordPolicy.SUB if wanted else RecordPolicy.OFF
    try:
        return RecordPolicy(text.lower() or RecordPolicy.SUB)
    except ValueError:
        raise _Refused(RowReason.NOT_ONE_OF, "record", ", ".join((*RecordPolicy, "ya", "tidak"))) from None


def _unit(cells: Mapping[str, str]) -> str:
    text = " ".join(name_in(cells.get("unit", "")).split())
    if len(text) > LONGEST_UNIT:
        raise _Refused(RowReason.TOO_LONG, "unit", str(LONGEST_UNIT))
    if not text.isprintable():
        raise _Refused(RowReason.UNPRINTABLE, "unit")
    return text


def _retention(cells: Mapping[str, str]) -> RecorderRetention | None:
    try:
        return read_retention(cells)
    except RetentionUnreadable as unreadable:
        reason = RowReason.NOT_A_DAY if unreadable.column == STATED_ON else RowReason.NOT_A_RETENTION
        raise _Refused(reason, unreadable.column) from None


def _adm4(cells: Mapping[str, str]) -> str | None:
    """A kelurahan's code; ten digits with other signs between them, or none, are given its dots."""
    text = cells.get("adm4", "")
    if not text:
        return None
    digits = re.sub(r"[\s.,/-]", "", text)
    if re.fullmatch(r"[0-9]{10}", digits):
        text = digits
        text = f"{text[:2]}.{text[2:4]}.{text[4:6]}.{text[6:]}"
    if not is_adm4(text):
        raise _Refused(RowReason.NOT_ADM4, "adm4")
    return text


def _short_number(cells: Mapping[str, str], column: str) -> str | None:
    """RT and RW: three digits, as people write `3`, `03`, `003` or `RW 3`."""
    text = re.sub(rf"^{column}[\s.:]*", "", cells.get(column, ""), flags=re.IGNORECASE)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,3}", text):
        raise _Refused(RowReason.OUT_OF_RANGE, column, "1..999")
    return text.zfill(3)


def _folded(name: str) -> str:
    """A name as the ear takes it: case, spaces and signs do not tell two cameras apart."""
    return re.sub(r"[\W_]+", "", name.casefold())
