"""Copies of clips, made by the locked-in process: what they show, what they say, and what is left where they fail."""

import hashlib
import itertools
import os
import signal
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.painted_clip import FPS, pictures_of, write_clip
from tmcwall.containers.mp4_reader import Mp4Reader
from tmcwall.domain.derived_copy import Box, CopyJob, Cover, KeyBox, Region
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.evidence.copy_file import Making
from tmcwall.evidence.derived_record import DerivedKind, read_record
from tmcwall.evidence.media_signing import nal_units_of
from tmcwall.evidence.original_clip import OriginalClip
from tmcwall.evidence.redaction import (
    Redaction,
    Watching,
    check_released,
    make_redacted_copy,
    release,
    watching_of,
)
from tmcwall.evidence.viewing_copy import ClipFacts, make_still, make_viewing_copy
from tmcwall.video.copying.copier import BoxedCopier
from tmcwall.video.copying.protocol import ANSWERS, Made, Make, NoMore, pack
from tmcwall.video.ipc.access_units import AccessUnit, pack_access_unit
from tmcwall.video.ipc.messages import CONTROL
from tmcwall.video.ipc.pipes import FrameParser
from tmcwall.video.ipc.processes import copier_command, decoder_environment
from tmcwall.video.ipc.sandbox import Lock, filters_calls

WIDTH, HEIGHT, SIDE = 320, 180, 24
BACKGROUND, DARK, BRIGHT = 110, 40, 220
BEGAN = datetime(2026, 11, 30, 1, 0, 0, tzinfo=UTC)
FACTS = ClipFacts("CAM-12", "LP/B/12/XI/2026/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH", BEGAN)
NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
BLOB = np.random.default_rng(5).choice(np.array([DARK, BRIGHT], np.uint8), (6, 6)).repeat(4, 0).repeat(4, 1)


def turning(number: int) -> tuple[int, int]:
    """A way that goes neither straight nor evenly."""
    return 20 + 2 * number, int(70 + 45 * np.sin(number / 12))


def straight(number: int) -> tuple[int, int]:
    return 10 + 3 * number, 40 + number


def standing(number: int) -> tuple[int, int]:
    del number
    return 100, 60


def film(path, *, count: int = 75, way=turning):
    ground = np.random.default_rng(1).integers(BACKGROUND - 12, BACKGROUND + 12, (HEIGHT // 4, WIDTH // 4), np.uint8)

    def pictures():
        for number in range(count):
            grey = ground.repeat(4, 0).repeat(4, 1)
            x, y = way(number)
            grey[y : y + SIDE, x : x + SIDE] = BLOB
            yield grey

    return write_clip(path, pictures())


def box_at(number: int, way) -> Box:
    x, y = way(number)
    return Box(x / WIDTH, y / HEIGHT, SIDE / WIDTH, SIDE / HEIGHT)


def keys(way, *, every: int, last: int, cover: Cover = Cover.SOLID) -> Region:
    numbers = sorted({*range(0, last, every), last})
    return Region(tuple(KeyBox(number / FPS, box_at(number, way)) for number in numbers), cover)


def making(**given) -> Making:
    return Making(BoxedCopier(), **given)


def view(original, target, **given):
    return make_viewing_copy(original, target, facts=FACTS, officer="87654321", now=NOW, making=making(**given))


def redact(original, target, *regions, masks=()):
    redaction = Redaction(regions, masks)
    return make_redacted_copy(
        original, target, redaction=redaction, facts=FACTS, officer="87654321", now=NOW, making=making()
    )


def sha256(path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def names(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_viewing_copy_shows_every_picture_under_a_strip_with_words_and_time(tmp_path, codec):
    ground = np.full((HEIGHT, WIDTH), BACKGROUND, np.uint8)
    pictures = [np.clip(ground.astype(int) + number, 0, 255).astype(np.uint8) for number in range(60)]
    original = write_clip(tmp_path / "original.mp4", pictures, codec=codec)
    before = original.read_bytes()
    record = view(original, tmp_path / "copy.mp4")
    shown = list(pictures_of(tmp_path / "copy.mp4"))
    assert [round(at_s, 2) for at_s, _ in shown] == [number / FPS for number in range(60)]
    strip = shown[0][1].shape[0] - HEIGHT
    assert strip > 0
    for number, (_, grey) in enumerate(shown):
        assert abs(int(np.median(grey[strip:])) - (BACKGROUND + number)) <= 3
        assert grey[:strip].max() > 150
    assert (shown[0][1][: strip // 2] > 150).sum() == pytest.approx((shown[-1][1][: strip // 2] > 150).sum(), rel=0.2)
    assert not np.array_equal(shown[0][1][strip // 2 : strip] > 128, shown[-1][1][strip // 2 : strip] > 128)
    assert original.read_bytes() == before
    assert (record.kind, record.pictures, record.undecodable) == (DerivedKind.VIEWING_COPY, 60, 0)
    assert record.words.startswith("SALINAN  LP/B/12/XI/2026")


def test_the_record_beside_a_copy_names_the_original_and_the_copy_by_their_hashes(tmp_path):
    original = film(tmp_path / "original.mp4", count=10)
    record = view(original, tmp_path / "copy.mp4")
    assert read_record(tmp_path / "copy.mp4") == record
    assert (record.parent_sha256, record.sha256) == (sha256(original), sha256(tmp_path / "copy.mp4"))
    assert (record.made_by, record.made_at, record.camera, record.file) == ("87654321", NOW, "CAM-12", "copy.mp4")
    assert record.size_bytes == (tmp_path / "copy.mp4").stat().st_size


def test_progress_goes_up_to_the_end(tmp_path):
    done = []
    view(film(tmp_path / "original.mp4", count=30), tmp_path / "copy.mp4", progress=done.append)
    assert done == sorted(done)
    assert done[-1] == 1.0


def test_a_copy_that_is_cancelled_leaves_nothing(tmp_path):
    original = film(tmp_path / "original.mp4", count=200, way=standing)
    begun = threading.Event()
    with pytest.raises(Fault) as caught:
        view(original, tmp_path / "copy.mp4", cancelled=begun.is_set, progress=lambda part: begun.set())
    assert (caught.value.code, caught.value.detail) == (FaultCode.COPY_FAILED, "cancelled")
    assert names(tmp_path) == {"original.mp4"}


def children() -> list[int]:
    """The processes of this one that make copies."""
    found: list[int] = []
    for task in Path("/proc/self/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return [pid for pid in found if b"copying.process" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["dies", "hangs"])
def test_a_copy_whose_process_ends_or_hangs_fails_and_leaves_nothing(tmp_path, number):
    original = film(tmp_path / "original.mp4", count=200, way=standing)

    def hit(part: float) -> None:
        for pid in children():
            os.kill(pid, number)

    impatient = Making(BoxedCopier(silent_s=1.0), progress=hit)
    with pytest.raises(Fault) as caught:
        make_viewing_copy(
            original, tmp_path / "copy.mp4", facts=FACTS, officer="87654321", now=NOW, making=impatient
        )  # fmt: skip
    assert caught.value.code is FaultCode.COPY_FAILED
    assert names(tmp_path) == {"original.mp4"}
    assert not children()


def test_a_file_that_is_there_is_not_overwritten(tmp_path):
    original = film(tmp_path / "original.mp4", count=5)
    (tmp_path / "copy.mp4").write_bytes(b"mine")
    with pytest.raises(DomainError) as caught:
        view(original, tmp_path / "copy.mp4")
    assert caught.value.code is DomainCode.OUTPUT_EXISTS
    assert (tmp_path / "copy.mp4").read_bytes() == b"mine"


def test_a_clip_that_no_decoder_understands_gives_no_copy(tmp_path):
    original = film(tmp_path / "original.mp4", count=5)
    data = bytearray(original.read_bytes())
    with original.open("rb") as file:
        reader = Mp4Reader(file)
        for sample in reader.tracks[0].samples():
            at = sample.offset
            for nal_unit in nal_units_of(reader, sample):
                data[at + 5 : at + 4 + len(nal_unit)] = b"\xff" * (len(nal_unit) - 1)
                at += 4 + len(nal_unit)
    original.write_bytes(data)
    with pytest.raises(Fault) as caught:
        view(original, tmp_path / "copy.mp4")
    assert caught.value.code is FaultCode.COPY_FAILED
    assert names(tmp_path) == {"original.mp4"}


@pytest.mark.parametrize(("asked_s", "shown_s"), [(0.0, 0.0), (1.0, 1.0), (1.39, 1.36), (9.0, 2.96)])
def test_a_still_is_the_picture_of_that_moment_with_the_hash_of_its_unit(tmp_path, asked_s, shown_s):
    original = film(tmp_path / "original.mp4")
    target = tmp_path / "still.png"
    record = make_still(
        original, target, at_s=asked_s, facts=FACTS, officer="87654321", now=NOW, making=making()
    )  # fmt: skip
    number = round(shown_s * FPS)
    grey = np.asarray(cv2.imdecode(np.frombuffer(target.read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE))
    x, y = turning(number)
    assert grey.shape == (HEIGHT, WIDTH)
    assert np.abs(grey[y : y + SIDE, x : x + SIDE].astype(int) - BLOB).mean() < 30
    with original.open("rb") as file:
        reader = Mp4Reader(file)
        sample = next(itertools.islice(reader.tracks[0].samples(), number, None))
        unit = hashlib.sha256(b"".join(nal_units_of(reader, sample))).hexdigest()
    assert (record.at_s, record.unit_sha256) == (shown_s, unit)
    assert record.shown_at == BEGAN + timedelta(seconds=shown_s)
    assert (record.sha256, record.parent_sha256) == (sha256(target), sha256(original))


def strip_of(grey) -> int:
    return grey.shape[0] - HEIGHT


@pytest.mark.parametrize(("way", "every"), [(turning, 12), (turning, 25), (straight, 70), (standing, 74)])
def test_what_a_box_covers_is_in_no_picture(tmp_path, way, every):
    original = film(tmp_path / "original.mp4", way=way)
    redact(original, tmp_path / "copy.mp4", keys(way, every=every, last=74))
    for number, (_, whole) in enumerate(pictures_of(tmp_path / "copy.mp4")):
        grey = whole[strip_of(whole) :]
        x, y = way(number)
        assert grey[y : y + SIDE, x : x + SIDE].max() < 60, number
        assert (grey > 180).sum() == 0, number


def test_a_box_covers_what_it_follows_with_a_margin_and_not_the_whole_picture(tmp_path):
    original = film(tmp_path / "original.mp4")
    redact(original, tmp_path / "copy.mp4", keys(turning, every=12, last=74))
    for number, (_, whole) in enumerate(pictures_of(tmp_path / "copy.mp4")):
        grey = whole[strip_of(whole) :]
        x, y = turning(number)
        assert grey[max(0, y - 1) : y + SIDE + 1, x - 1 : x + SIDE + 1].max() < 60, number
        assert (grey < 60).sum() < 4 * SIDE * SIDE, number


def test_coarse_squares_show_nothing_that_can_be_read(tmp_path):
    original = film(tmp_path / "original.mp4", way=standing, count=10)
    redact(original, tmp_path / "copy.mp4", keys(standing, every=9, last=9, cover=Cover.MOSAIC))
    for _, whole in pictures_of(tmp_path / "copy.mp4"):
        grey = whole[strip_of(whole) :]
        inside = grey[62:82, 102:122]
        assert inside.max() < BRIGHT - 30
        assert inside.min() > DARK + 20
        likeness = np.corrcoef(inside.reshape(-1), BLOB[2:22, 2:22].reshape(-1))[0, 1]
        assert abs(likeness) < 0.6


def test_outside_of_its_keys_a_region_covers_nothing(tmp_path):
    original = film(tmp_path / "original.mp4", way=standing, count=40)
    box = box_at(0, standing)
    redact(original, tmp_path / "copy.mp4", Region((KeyBox(0.4, box), KeyBox(0.8, box))))
    covered = [whole[strip_of(whole) :][62:82, 102:122].max() < 60 for _, whole in pictures_of(tmp_path / "copy.mp4")]
    assert [number for number, is_covered in enumerate(covered) if is_covered] == list(range(10, 21))


def test_masks_cover_their_place_in_every_picture(tmp_path):
    original = film(tmp_path / "original.mp4", way=standing, count=10)
    record = redact(original, tmp_path / "copy.mp4", masks=(box_at(0, standing),))
    for _, whole in pictures_of(tmp_path / "copy.mp4"):
        assert whole[strip_of(whole) :][60:84, 100:124].max() < 60
    assert record.masks == (box_at(0, standing),)


def test_a_redacted_copy_without_boxes_is_refused(tmp_path):
    with pytest.raises(DomainError) as caught:
        redact(film(tmp_path / "original.mp4", count=5), tmp_path / "copy.mp4")
    assert caught.value.code is DomainCode.REDACTION_EMPTY


def watched_to(copy, end: float) -> Watching:
    watching = watching_of(copy)
    for number in range(int(end * FPS) + 1):
        watching.saw(number / FPS, speed=1.0)
    return watching


def test_a_redacted_copy_is_released_by_who_has_watched_all_of_it(tmp_path):
    copy = tmp_path / "copy.mp4"
    original = film(tmp_path / "original.mp4", count=50)
    before = sha256(original)
    assert redact(original, copy, keys(turning, every=12, last=49)).watched is None
    with pytest.raises(DomainError) as caught:
        check_released([copy])
    assert caught.value.code is DomainCode.COPY_NOT_WATCHED
    with pytest.raises(DomainError) as caught:
        release(copy, watched_to(copy, 1.0), officer="12345678", now=NOW)
    assert caught.value.code is DomainCode.COPY_NOT_WATCHED
    record = release(copy, watched_to(copy, 2.0), officer="12345678", now=NOW)
    assert (record.watched.by, record.watched.at) == ("12345678", NOW)
    check_released([copy])
    assert sha256(original) == before


def test_a_copy_that_was_changed_after_it_was_watched_is_not_given_away(tmp_path):
    copy = tmp_path / "copy.mp4"
    redact(film(tmp_path / "original.mp4", count=20), copy, keys(turning, every=12, last=19))
    release(copy, watched_to(copy, 1.0), officer="12345678", now=NOW)
    copy.write_bytes(copy.read_bytes() + b"\0")
    with pytest.raises(DomainError) as caught:
        check_released([copy])
    assert caught.value.code is DomainCode.COPY_CHANGED


def test_the_process_has_locked_itself_in_before_it_takes_a_picture(tmp_path):
    with OriginalClip(film(tmp_path / "original.mp4", count=3)) as clip:
        units = [
            AccessUnit(0, one.key, damaged=False, schedule_ns=number, arrival_ns=0, payload=one.payload)
            for number, one in enumerate(clip.pictures())
        ]
    talk = [pack(Make(job=CopyJob())), *(b"".join(pack_access_unit(unit)) for unit in units), pack(NoMore())]
    process = subprocess.run(
        copier_command(), check=True, input=b"".join(talk), capture_output=True, env=decoder_environment()
    )
    answers = [ANSWERS.decode(body) for kind, body in FrameParser().feed(process.stdout) if kind == CONTROL]
    wanted = set(Lock) - (set() if filters_calls() else {Lock.SECCOMP})
    assert {lock for answer in answers if isinstance(answer, Made) for lock in answer.locks} >= wanted


def test_who_stops_reading_leaves_no_process(tmp_path):
    with OriginalClip(film(tmp_path / "original.mp4", count=60)) as clip:
        copies = BoxedCopier()(CopyJob(), clip.pictures, cancelled=lambda: False)
        next(copies)
        copies.close()
    assert not children()
