"""P6: whatever comes out of a pipe is a message or a named fault."""

import json
from contextlib import contextmanager

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.ipc.access_units import AccessUnit, pack_access_unit, unpack_access_unit
from tmcwall.video.ipc.messages import (
    COMMANDS,
    DECODER_REPORTS,
    FRAME,
    LARGEST_BODY,
    LARGEST_VIEW,
    CutClip,
    DecodedReport,
    DropCameras,
    File,
    Playback,
    PutCameras,
    Replay,
    ServerClock,
    Shutdown,
    ViewLearnt,
    pack,
)
from tmcwall.video.ipc.pipes import FrameParser

NUMBERS = st.integers(0, (1 << 63) - 1)
TRUE_REPORT = {"type": "DecodedReport", "stream": 1, "frames_decoded": 5, "errors": 0, "width": 320, "height": 180}


@contextmanager
def only(code):
    """This fault is an answer, too; others are not."""
    try:
        yield
    except Fault as fault:
        if fault.code is not code:
            raise


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_any_bytes_are_frames_or_a_broken_protocol(chunks):
    parser = FrameParser()
    with only(FaultCode.PROTOCOL_BROKEN):
        frames = [frame for chunk in chunks for frame in parser.feed(chunk)]
        assert sum(FRAME.size + len(body) for _, body in frames) <= sum(map(len, chunks))


@given(st.lists(st.binary(max_size=200), max_size=6), st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_frames_come_out_as_they_went_in_however_they_are_cut(bodies, cuts):
    data = b"".join(FRAME.pack(len(body), 1) + body for body in bodies)
    parser, found = FrameParser(), []
    while data:
        cut = cuts[len(found) % len(cuts)]
        found += parser.feed(data[:cut])
        data = data[cut:]
    assert [body for _, body in found] == bodies


@given(st.binary(max_size=60))
def test_any_body_is_an_access_unit_or_a_broken_protocol(body):
    with only(FaultCode.PROTOCOL_BROKEN):
        unit = unpack_access_unit(body)
        assert body.endswith(unit.payload)


@given(st.integers(0, 2**32 - 1), st.booleans(), st.booleans(), NUMBERS, NUMBERS, st.binary(max_size=100))
def test_an_access_unit_arrives_as_it_was_sent(stream, key, damaged, schedule_ns, arrival_ns, payload):
    unit = AccessUnit(stream, key, damaged, schedule_ns, arrival_ns, payload)
    assert unpack_access_unit(b"".join(pack_access_unit(unit))[FRAME.size :]) == unit


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(sorted(TRUE_REPORT)), JSON)
def test_a_lying_report_is_refused_or_within_what_ffmpeg_can_say(field, value):
    try:
        report = DECODER_REPORTS.decode(json.dumps({**TRUE_REPORT, field: value}).encode())
    except msgspec.MsgspecError:
        return
    assert isinstance(report, DecodedReport)
    assert 0 <= report.width <= 1 << 16
    assert 0 <= report.frames_decoded <= 1 << 62


@pytest.mark.parametrize("lie", [{"width": 10**30}, {"errors": -1}, {"position_s": 1e300}, {"more": 1}, {"width": "9"}])
def test_a_report_outside_of_what_ffmpeg_can_say_is_refused(lie):
    with pytest.raises(msgspec.MsgspecError):
        DECODER_REPORTS.decode(json.dumps({**TRUE_REPORT, **lie}).encode())


def test_a_command_is_no_report():
    with pytest.raises(msgspec.MsgspecError):
        DECODER_REPORTS.decode(pack(Shutdown())[FRAME.size :])


TEXTS = st.text(st.characters(codec=None), max_size=20)
MESSAGES = st.one_of(
    st.builds(Playback, camera=TEXTS, speed=st.floats(), seek_s=st.none() | st.floats(allow_nan=False)),
    st.builds(Replay, camera=TEXTS, of=TEXTS, from_utc=st.floats()).map(lambda source: PutCameras([source])),
    st.builds(File, camera=TEXTS, path=st.binary(max_size=50)).map(lambda source: PutCameras([source])),
    st.builds(CutClip, request=TEXTS, camera=TEXTS, start_utc=st.floats(), end_utc=st.floats(), path=TEXTS),
    st.builds(ServerClock, offset_ms=st.integers()),
)


@given(MESSAGES)
def test_whatever_may_go_into_the_pipe_comes_out_of_it(message):
    with only(FaultCode.PROTOCOL_BROKEN):
        assert COMMANDS.decode(pack(message)[FRAME.size :]) == message


def test_a_message_that_its_reader_would_refuse_is_not_packed():
    too_long = DropCameras(["x" * LARGEST_BODY])
    too_large_a_view = ViewLearnt(stream=1, view=bytes(LARGEST_VIEW + 1))
    half_a_character = DropCameras(["\ud800"])
    no_number = Playback("cam", seek_s=float("inf"))
    too_late = DecodedReport(1, 5, 0, 320, 180, lag_s=1e300)
    for message in (too_long, too_large_a_view, half_a_character, no_number, too_late):
        with pytest.raises(Fault) as refused:
            pack(message)
        assert refused.value.code is FaultCode.PROTOCOL_BROKEN
