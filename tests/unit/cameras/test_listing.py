"""Lists that are written and read again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tmcwall.cameras.list_reader import ImportedCamera, RowProblem, RowReason, edited, read_list
from tmcwall.cameras.listing import list_content
from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import (
    LONGEST_RETENTION_H,
    Camera,
    Mount,
    Owner,
    Position,
    RecorderRetention,
    RecordPolicy,
    View,
)
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.source import TransportPreference

ANYWHERE = AddressRule.anywhere()
CITY = AddressRule.of(["10.0.0.0/8"])
CAMERA = Camera("CAM-1", "Simpang Lima", "rtsp://10.0.0.1/main", number=7)

_NAMES = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=40).map(
    lambda text: " ".join(text.split())
)
_HARD_NAMES = st.sampled_from(["=1+1", "'=1+1", "''@x", "-7", "+62", "'Oemah", 'a"b;c,d', "＝SUM(A1)", "x'=", "'"])
_SHORT = st.integers(0, 999).map("{:03}".format)
_DEGREES = st.floats(0, 359.9)

CAMERAS = st.builds(
    Camera,
    id=st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,9}[A-Za-z0-9])?", fullmatch=True),
    name=st.one_of(_NAMES, _HARD_NAMES).filter(str.isprintable),
    url=st.integers(1, 254).map("rtsp://10.0.0.{}:554/siaran?kanal=1".format),
    substream_url=st.none() | st.just("rtsp://10.0.0.9/sub"),
    owner=st.none() | st.sampled_from(Owner),
    adm4=st.none() | st.just("33.72.01.1007"),
    rw=st.none() | _SHORT,
    rt=st.none() | _SHORT,
    position=st.none() | st.builds(Position, st.floats(-90, 5), st.floats(-180, 180)),  # more is a sign left out
    view=st.none() | st.builds(View, st.none() | _DEGREES, st.none() | st.floats(1, 360), st.floats(1, 5000)),
    record=st.sampled_from(RecordPolicy),
    transport=st.none() | st.sampled_from(TransportPreference),
    mount=st.sampled_from(Mount),
    unit=st.sampled_from(("", "Polsek Laweyan", "=SUM(A1)")),
    retention=st.none()
    | st.builds(
        RecorderRetention,
        st.integers(1, LONGEST_RETENTION_H),
        st.none() | st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    ),
).map(lambda camera: camera if camera.name else replace(camera, name=camera.id))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@given(cameras=st.lists(CAMERAS, min_size=1, max_size=4, unique_by=lambda camera: camera.id))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_list_that_was_written_is_read_as_the_same_cameras(tmp_path: Path, kind: str, cameras: list[Camera]) -> None:
    file = tmp_path / f"cameras.{kind}"
    file.write_bytes(list_content(file, cameras))
    result = read_list(file, rule=ANYWHERE)
    assert result.problems == ()
    assert [item.camera for item in result.cameras] == cameras


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@x", "＝1"])
def test_no_spreadsheet_calculates_what_a_name_holds(name: str) -> None:
    content = list_content(Path("a.csv"), [replace(CAMERA, name=name)]).decode("utf-8-sig")
    assert f",'{name}," in content


def test_a_list_of_another_kind_is_not_written() -> None:
    with pytest.raises(DomainError) as refused:
        list_content(Path("cameras.pdf"), [CAMERA])
    assert refused.value.code is DomainCode.LIST_KIND


def test_an_edited_camera_keeps_what_is_not_given() -> None:
    item = edited(CAMERA, {"rw": "3", "owner": "polri"}, rule=CITY)
    assert isinstance(item, ImportedCamera)
    assert item.camera == replace(CAMERA, rw="003", owner=Owner.POLRI)


def test_an_empty_cell_clears_a_field() -> None:
    item = edited(replace(CAMERA, rw="003"), {"rw": ""}, rule=CITY)
    assert isinstance(item, ImportedCamera)
    assert item.camera == CAMERA


def test_the_login_in_an_edited_address_is_kept_apart() -> None:
    item = edited(CAMERA, {"url": "rtsp://petugas:rahasia@10.0.0.2/main"}, rule=CITY)
    assert isinstance(item, ImportedCamera)
    assert item.camera.url == "rtsp://10.0.0.2/main"
    assert item.logins is not None


def test_an_edited_address_must_be_allowed_and_one_that_stays_is_not_asked_about() -> None:
    elsewhere = replace(CAMERA, url="rtsp://192.0.2.1/main")
    assert isinstance(edited(elsewhere, {"rw": "3"}, rule=CITY), ImportedCamera)
    problem = edited(CAMERA, {"url": "rtsp://192.0.2.1/main"}, rule=CITY)
    assert isinstance(problem, RowProblem)
    assert problem.reason is RowReason.ADDRESS_FORBIDDEN


def test_the_id_of_a_camera_cannot_be_edited() -> None:
    item = edited(CAMERA, {"id": "CAM-2", "rw": "3"}, rule=CITY)
    assert isinstance(item, ImportedCamera)
    assert item.camera.id == "CAM-1"
