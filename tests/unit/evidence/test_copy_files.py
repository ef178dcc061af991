"""A copy and its record come to be together, or neither does: whatever makes the pictures."""

import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.integration.video.fake_camera import PPS, SPS
from tmcwall.containers.mp4 import Mp4Writer, VideoFormat
from tmcwall.domain.derived_copy import PNG, Box, CodedPicture, CopiedPictures, CopyJob
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.evidence.copy_file import Making
from tmcwall.evidence.derived_record import DerivedKind, read_record, record_path
from tmcwall.evidence.redaction import Redaction, make_redacted_copy, release, watching_of
from tmcwall.evidence.viewing_copy import ClipFacts, make_still, make_viewing_copy

FACTS = ClipFacts("CAM-1", "LP/B/1/XI/2026", datetime(2026, 11, 30, 1, tzinfo=UTC))
NOW = datetime(2026, 11, 30, 2, tzinfo=UTC)
KEY = b"".join(b"\0\0\0\1" + nal for nal in (SPS, PPS, b"\x65\x88picture"))


class Copier:
    """Gives back what it gets; asked to, it fails after some pictures."""

    def __init__(self, *, fails_after: int | None = None) -> None:
        self.jobs: list[CopyJob] = []
        self._fails_after = fails_after

    def __call__(self, job, pictures, *, cancelled):
        self.jobs.append(job)
        count = 0
        for one in pictures():
            if count == self._fails_after:
                raise Fault(FaultCode.COPY_FAILED, "cancelled")
            count += 1
            if job.still_at_s is None:
                yield CodedPicture("h264", one.at_s, one.key, KEY)
        if job.still_at_s is not None:
            yield CodedPicture(PNG, 0.5, True, b"first ")
            yield CodedPicture(PNG, 0.5, True, b"second")
        yield CopiedPictures(640, 400, count, 0)


@pytest.fixture
def original(tmp_path: Path) -> Path:
    file = io.BytesIO()
    writer = Mp4Writer(file, VideoFormat("h264", 640, 360, 90_000, (SPS, PPS)))
    for number in range(20):
        writer.write(b"\0\0\0\1\x65\x88" + bytes([number + 1]) * 9, pts=number * 9000, key=number % 5 == 0)
    writer.finish()
    path = tmp_path / "original.mp4"
    path.write_bytes(file.getvalue())
    return path


def view(original: Path, copier: Copier, name: str = "copy.mp4"):
    making = Making(copier)
    return make_viewing_copy(
        original, original.parent / name, facts=FACTS, officer="87654321", now=NOW, making=making
    )  # fmt: skip


def names(path: Path) -> set[str]:
    return {one.name for one in path.parent.iterdir()}


def test_a_copy_has_its_record_beside_it(original):
    record = view(original, Copier())
    copy = original.with_name("copy.mp4")
    assert names(original) == {"original.mp4", "copy.mp4", "copy.mp4.json"}
    assert read_record(copy) == record
    assert record.sha256 == hashlib.sha256(copy.read_bytes()).hexdigest()
    assert record.parent_sha256 == hashlib.sha256(original.read_bytes()).hexdigest()
    assert (record.pictures, record.width, record.height) == (20, 640, 400)


def test_what_is_burnt_in_is_the_word_the_number_and_the_camera(original):
    copier = Copier()
    view(original, copier)
    stamp = copier.jobs[0].stamp
    assert (stamp.words, stamp.begins_at) == ("SALINAN  LP/B/1/XI/2026  CAM-1", FACTS.begins_at.timestamp())


@pytest.mark.parametrize("after", [0, 1, 19])
def test_a_copy_that_fails_leaves_nothing(original, after):
    with pytest.raises(Fault):
        view(original, Copier(fails_after=after))
    assert names(original) == {"original.mp4"}


def test_a_record_that_cannot_be_written_leaves_no_copy(original, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tmcwall.evidence.copy_file.write_record", full)
    with pytest.raises(Fault) as caught:
        view(original, Copier())
    assert caught.value.code is FaultCode.DISK_FULL
    assert names(original) == {"original.mp4"}


def test_a_folder_that_is_not_there_is_refused(original):
    with pytest.raises(DomainError) as caught:
        view(original, Copier(), "none/copy.mp4")
    assert caught.value.code is DomainCode.OUTPUT_REFUSED


def test_a_still_is_put_together_and_knows_its_unit(original):
    record = make_still(
        original,
        original.with_name("still.png"),
        at_s=0.55,
        facts=FACTS,
        officer="87654321",
        now=NOW,
        making=Making(Copier()),
    )
    assert original.with_name("still.png").read_bytes() == b"first second"
    assert record.unit_sha256 == hashlib.sha256(b"\x65\x88" + bytes([6]) * 9).hexdigest()
    assert (record.kind, record.at_s, record.pictures) == (DerivedKind.STILL, 0.5, 1)


def test_a_record_that_is_no_record_is_a_fault(original):
    view(original, Copier())
    copy = original.with_name("copy.mp4")
    record_path(copy).write_bytes(b'{"kind": "other"}')
    with pytest.raises(Fault) as caught:
        read_record(copy)
    assert caught.value.code is FaultCode.FILE_UNREADABLE


def test_who_watched_a_redacted_copy_stands_in_its_record(original):
    copy, copier = original.with_name("copy.mp4"), Copier()
    masks = (Box(0.1, 0.1, 0.2, 0.2),)
    make_redacted_copy(
        original,
        copy,
        redaction=Redaction((), masks),
        facts=FACTS,
        officer="87654321",
        now=NOW,
        making=Making(copier),
    )
    assert copier.jobs[0].masks == masks
    watching = watching_of(copy)
    for number in range(20):
        watching.saw(number / 10, speed=1.0)
    assert release(copy, watching, officer="12345678", now=NOW).watched == read_record(copy).watched
