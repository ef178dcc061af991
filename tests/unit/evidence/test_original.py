"""Copying hashes everything once; the hashes are defined by bytes and golden, and say where a file was altered."""

import hashlib
import io
from pathlib import Path

from tests.evidence_packages import FORMAT, PICTURES_A_SECOND, pictures, write_clip
from tmcwall.containers.annex_b import nal_units
from tmcwall.containers.mp4 import Mp4Writer
from tmcwall.evidence.original import copy_original, first_altered_second, nal_hashes


def copied(path: Path) -> tuple:
    target = io.BytesIO()
    with path.open("rb") as source:
        found = copy_original(source, target)
    return found, target.getvalue()


def test_a_copy_is_the_file_byte_for_byte(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", pictures(3))
    found, data = copied(clip)
    assert data == clip.read_bytes()
    assert found.size_bytes == len(data)


def test_the_nal_hash_is_that_of_the_received_packets_with_plain_start_codes(tmp_path: Path) -> None:
    units = pictures(3)
    found, _ = copied(write_clip(tmp_path / "a.mp4", units))
    received = b"".join(b"\0\0\0\1" + nal for unit in units for nal in nal_units(unit))
    (track,) = found.video.tracks
    assert track.nal_sha256 == hashlib.sha256(received).hexdigest()


def test_both_stream_hashes_are_golden() -> None:
    """Whoever keeps old packages must get the same hashes: E16."""
    unit = b"\0\0\0\1\x09\xf0\0\0\1\x65\x88\x84\0\0\0"
    nal = b"\0\0\0\1\x09\xf0" + b"\0\0\0\1\x65\x88\x84"
    packet = b"\0\0\0\2\x09\xf0" + b"\0\0\0\6\x65\x88\x84\0\0\0"
    clip = io.BytesIO()
    writer = Mp4Writer(clip, FORMAT)
    writer.write(unit, pts=0, key=True)
    writer.finish()
    assert list(writer.stream_sha256) == [hashlib.sha256(packet).hexdigest()]
    assert nal_hashes(clip) == (hashlib.sha256(nal).hexdigest(),)


def test_every_second_has_its_bytes_and_together_they_are_all_pictures(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", pictures(4))
    found, data = copied(clip)
    seconds = found.video.seconds
    assert [one.second for one in seconds] == [0, 1, 2, 3]
    assert all(hashlib.sha256(data[one.offset : one.offset + one.size]).hexdigest() == one.sha256 for one in seconds)
    assert [one.offset for one in seconds[1:]] == [one.offset + one.size for one in seconds[:-1]]
    assert found.video.tracks[0].pictures == 4 * PICTURES_A_SECOND


def test_the_first_altered_second_is_found_even_where_the_tables_are_gone(tmp_path: Path) -> None:
    found, data = copied(write_clip(tmp_path / "a.mp4", pictures(4)))
    seconds = found.video.seconds
    assert first_altered_second(io.BytesIO(data), seconds) is None
    changed = bytearray(data)
    changed[seconds[2].offset + 30] ^= 1
    assert first_altered_second(io.BytesIO(bytes(changed)), seconds) == 2
    assert first_altered_second(io.BytesIO(data[: seconds[3].offset + 5]), seconds) == 3


def test_a_file_that_is_no_video_is_copied_without_a_word_on_its_pictures(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(b"bukan video" * 1000)
    found, data = copied(path)
    assert data == path.read_bytes()
    assert found.video is None
