"""Clips of cameras whose markers or RTP times say nothing of where pictures end, or that send no key pictures: all that
was received, picture by picture.
"""

import shutil
import subprocess

import av
import pytest

from tests.coded_pictures import coded, decoded
from tests.integration.video.engine_process import EngineProcess
from tests.integration.video.fake_camera import CameraThread, FakeCamera
from tests.integration.video.recording.test_clip_changes import annex_b, cut, packets_of, record
from tmcwall.containers.annex_b import length_prefixed
from tmcwall.domain.bookmark import GapCause
from tmcwall.rtsp.codecs import H264
from tmcwall.rtsp.h264 import FU_A
from tmcwall.rtsp.rtp import HEADER

PICTURES = coded(H264, "keyint=25:slices=4", count=50)
INTERLEAVED = 4


def changed(frame, *, marker=None, timestamp=None):
    """An interleaved RTP packet with another marker or time."""
    flags, kind, sequence, rtp, ssrc = HEADER.unpack_from(frame, INTERLEAVED)
    kind = kind if marker is None else kind & 0x7F | marker << 7
    header = HEADER.pack(flags, kind, sequence, rtp if timestamp is None else timestamp(rtp, sequence), ssrc)
    return frame[:INTERLEAVED] + header + frame[INTERLEAVED + HEADER.size :]


def at_each_slice(frame, _number):
    indicator, fragment = frame[INTERLEAVED + HEADER.size :][:2]
    ends = indicator & 0x1F != FU_A or fragment & 0x40 != 0
    return changed(frame, marker=ends)


ODD = {
    "marker at each slice": at_each_slice,
    "marker at every packet": lambda frame, _: changed(frame, marker=True),
    "marker never": lambda frame, _: changed(frame, marker=False),
    "time of 0": lambda frame, _: changed(frame, timestamp=lambda *_: 0),
    "time of 0, marker at each slice": lambda frame, n: changed(at_each_slice(frame, n), timestamp=lambda *_: 0),
    "another time for each packet": lambda frame, _: changed(
        frame, timestamp=lambda rtp, sequence: rtp + sequence % 7 & 0xFFFF_FFFF
    ),
}


@pytest.mark.parametrize("mangle", ODD.values(), ids=list(ODD))
def test_every_picture_is_in_the_clip_whole(tmp_path, mangle):
    fake, path = FakeCamera(pictures=lambda number: PICTURES[number % len(PICTURES)]), tmp_path / "clip.mp4"
    fake.interval_s = 0.02
    fake.mangle = mangle
    with EngineProcess(tmp_path / "recordings") as engine, CameraThread(fake):
        record(engine, fake.url, pictures=80)
        found = cut(engine, path, seconds=30)
    stored = packets_of(path)
    sent = [length_prefixed(annex_b(PICTURES[number % len(PICTURES)])) for number in range(fake.sent)]
    first = sent.index(stored[0])
    assert stored == sent[first : first + found.packets]
    assert (found.packets_lost, [gap.cause for gap in found.gaps]) == (0, [GapCause.NOT_RECORDED])
    with av.open(str(path)) as container:
        shown = [frame.to_ndarray().tobytes() for frame in container.decode(video=0)]
    direct = decoded(H264, (PICTURES[number % len(PICTURES)] for number in range(first, first + found.packets)))
    assert shown == direct
    if shutil.which("ffmpeg"):
        command = [
            "ffmpeg",
            "-v",
            "error",
            "-i",
            path,
            "-fps_mode",
            "passthrough",
            "-enc_time_base",
            "-1",
            "-f",
            "null",
            "-",
        ]
        assert subprocess.run(command, check=True, capture_output=True, text=True).stderr == ""


def test_a_clip_of_a_stream_without_key_pictures_begins_at_a_recovery_point(tmp_path):
    pictures = coded(H264, "intra-refresh=1:keyint=8", count=136)[8:]
    fake, path = FakeCamera(pictures=lambda number: pictures[number % len(pictures)]), tmp_path / "clip.mp4"
    fake.interval_s = 0.02
    with EngineProcess(tmp_path / "recordings") as engine, CameraThread(fake):
        record(engine, fake.url, pictures=80)
        found = cut(engine, path, seconds=30)
    stored = packets_of(path)
    sent = [length_prefixed(annex_b(pictures[number % len(pictures)])) for number in range(fake.sent)]
    first = sent.index(stored[0])
    assert first % 8 == 0
    assert stored == sent[first : first + found.packets]
    with av.open(str(path)) as container:
        shown = [frame.to_ndarray().tobytes() for frame in container.decode(video=0)]
    direct = decoded(H264, (pictures[number % len(pictures)] for number in range(first, first + found.packets)))
    assert shown == direct
    assert len(shown) == found.packets - 7  # the first is whole seven pictures later
