"""The rolling recording says what it has of a camera, from its files, while others write and delete them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.video.recording.test_recorder import HEADER, START, Bench, unit
from tmcwall.domain.bookmark import GapCause
from tmcwall.domain.footage_timeline import FootageSource, Span
from tmcwall.video.recording.coverage import recorded, recorded_in
from tmcwall.video.recording.segments import camera_folder

HOUR = Span(START - timedelta(minutes=30), START + timedelta(minutes=30))


def at(second: float):
    return START + timedelta(seconds=second)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "recordings")


def test_segments_in_one_piece_are_one_stretch_without_a_gap(bench: Bench) -> None:
    bench.record(unit(number) for number in range(600))
    bench.work()
    found = recorded_in(bench.folder)(HEADER.camera, HOUR)
    assert found is not None
    assert (found.span, found.source, found.gaps) == (Span(at(0), at(599 / 25)), FootageSource.RECORDING, ())


def test_what_is_missing_between_pictures_is_a_gap_with_its_cause(bench: Bench) -> None:
    bench.record([unit(number) for number in range(100)])
    bench.record([unit(100, lost=3), *(unit(number) for number in range(101, 125))])
    bench.record([unit(number) for number in range(225, 250)])
    bench.work()
    found = recorded(bench.folder, HEADER.camera, HOUR)
    assert found is not None
    assert [(gap.cause, gap.starts_at) for gap in found.gaps] == [
        (GapCause.PACKETS_LOST, at(99 / 25)), (GapCause.NO_PICTURES, at(124 / 25)),
    ]  # fmt: skip


def test_a_recording_by_two_engines_is_interrupted_between_them(bench: Bench) -> None:
    bench.record(unit(number) for number in range(100))
    bench.work()
    bench.recorder = bench.fresh()
    bench.record(unit(number) for number in range(200, 300))
    bench.work()
    found = recorded(bench.folder, HEADER.camera, HOUR)
    assert found is not None
    assert [gap.cause for gap in found.gaps] == [GapCause.ENGINE_REPLACED]


def test_only_what_touches_the_range_is_read_and_nothing_is_none(bench: Bench) -> None:
    bench.record(unit(number) for number in range(600))
    bench.work()
    assert recorded(bench.folder, "another", HOUR) is None
    assert recorded(bench.folder, HEADER.camera, Span(at(100), at(200))) is None
    found = recorded(bench.folder, HEADER.camera, Span(at(12), at(13)))
    assert found is not None
    assert found.span.starts_at == at(10)


def test_a_segment_that_is_just_begun_is_left_alone(bench: Bench) -> None:
    bench.record(unit(number) for number in range(100))
    bench.work()
    folder = camera_folder(bench.folder, HEADER.camera)
    index = next(folder.glob("*.index"))
    begun = folder / "9999999999999-sub.index"
    begun.write_bytes(index.read_bytes().splitlines(keepends=True)[0])
    begun.with_suffix(".h264").touch()
    found = recorded(bench.folder, HEADER.camera, HOUR)
    assert found is not None
    assert replace(found, gaps=()).span.ends_at == at(99 / 25)
    assert begun.exists()
