import ctypes

import av
import numpy as np
import pytest

from tests.clocks import FakeClock
from tests.footage_units import access_units
from tmcwall.video.decode.hardware import DeviceKind, FFmpegDevice, Hardware, candidates, works
from tmcwall.video.decode.stream_decoder import LiveStream, TilePainter, open_codec
from tmcwall.video.ipc.circuit_breaker import CircuitBreaker
from tmcwall.video.ipc.messages import SOFTWARE, Output
from tmcwall.video.ipc.shared_frames import HEADER_BYTES, Memory, Planes

WIDTH, HEIGHT = 160, 88
OUTPUT = Output(tile=0, generation=1, offset=HEADER_BYTES, width=WIDTH, height=HEIGHT)
REST_S = 600


class DeviceCodec:
    """A codec on a device: its pictures are downloaded as NV12."""

    def __init__(self, device):
        self._device = device
        self._context = open_codec("h264")

    def decode(self, packet):
        if self._device.refuses:
            raise av.error.InvalidDataError(1, "device")
        return [frame.reformat(format="nv12") for frame in self._context.decode(packet)]

    def flush_buffers(self):
        self._context.flush_buffers()


class FakeDevice:
    name = "fake"

    def __init__(self, *, absent=False, refuses=False, knows=True):
        self.absent = absent
        self.refuses = refuses
        self.knows = knows
        self.tries = 0

    def open(self, codec):
        self.tries += 1
        if self.absent:
            raise av.error.PermissionError(1, "no driver")
        if not self.knows:
            raise NotImplementedError(codec)
        return DeviceCodec(self)


@pytest.fixture(scope="module")
def units(tmp_path_factory):
    """As many pictures as a decoder takes at once without leaving any out, a key frame every eighth."""
    from tests.cameras import write_tiny_clip  # noqa: PLC0415 - later it may be another test's plugin

    return access_units(write_tiny_clip(tmp_path_factory.mktemp("clip") / "eight.mp4", frame_rate=8, seconds=3))


@pytest.fixture
def memory():
    memory = Memory.create()
    yield memory
    memory.close()


@pytest.fixture
def clock():
    return FakeClock()


class Wall:
    """Streams on a decoder with that device."""

    def __init__(self, memory, clock, device):
        self.memory = memory
        self.clock = clock
        self.hardware = Hardware(device, clock=clock, rest_s=REST_S)
        self.stream = self.new_stream()

    def new_stream(self):
        painter = TilePainter(self.memory, self.clock)
        painter.set_outputs([OUTPUT])
        return LiveStream(codec="h264", painter=painter, clock=self.clock, failed=self._failed, hardware=self.hardware)

    def _failed(self, fault):
        raise AssertionError(fault)

    def run(self, units):
        """Decode these in a stream that is opened anew; which it was is the answer."""
        self.stream = stream = self.new_stream()
        for unit in units:
            stream.offer(unit)
        stream.close()
        stream.run()
        return stream

    def picture(self):
        slot = HEADER_BYTES + Planes.of(WIDTH, HEIGHT).size * (int(self.memory.tiles[0]["sequence"]) % 4)
        return np.frombuffer(ctypes.string_at(self.memory.address + slot, WIDTH * HEIGHT), np.uint8)


def test_a_device_that_works_decodes_every_picture(memory, clock, units):
    stream = Wall(memory, clock, FakeDevice()).run(units[:8])
    assert (stream.counts.decoded, stream.counts.errors) == (8, 0)
    assert (stream.device.name, stream.device.fell_back) == ("fake", False)


def test_an_absent_device_costs_one_try_and_no_picture(memory, clock, units):
    device = FakeDevice(absent=True)
    stream = Wall(memory, clock, device).run(units)
    assert device.tries == 1
    assert (stream.counts.decoded, stream.counts.errors) == (len(units), 0)
    assert (stream.device.name, stream.device.fell_back) == (SOFTWARE, True)


def test_a_picture_that_a_device_refuses_is_decoded_by_software(memory, clock, units):
    device = FakeDevice(refuses=True)
    stream = Wall(memory, clock, device).run(units)
    assert device.tries == 1
    assert (stream.counts.decoded, stream.counts.errors) == (len(units), 0)
    assert stream.device.fell_back


def test_after_two_failures_no_stream_tries_an_absent_device(memory, clock, units):
    device = FakeDevice(absent=True)
    wall = Wall(memory, clock, device)
    for _ in range(5):
        assert wall.run(units[:2]).counts.decoded == 2
    assert device.tries == 2


def test_a_device_is_tried_again_at_a_key_frame_when_its_rest_is_over(memory, clock, units):
    device = FakeDevice(absent=True)
    wall = Wall(memory, clock, device)
    wall.run(units[:2])
    stream = wall.new_stream()
    for unit in units[:10]:
        stream._decode(unit)
    assert device.tries == 2
    clock.advance(REST_S + 1)
    device.absent = False
    for unit in units[10:16]:
        stream._decode(unit)
    assert not stream.device.accelerated
    stream._decode(units[16])
    assert stream.device.name == "fake"
    assert stream.counts.decoded == 17


def test_a_device_that_fails_again_after_its_rest_is_tried_once(memory, clock, units):
    device = FakeDevice(absent=True)
    wall = Wall(memory, clock, device)
    wall.run(units[:2])
    clock.advance(REST_S + 1)
    stream = wall.run(units)
    assert device.tries == 2
    assert stream.counts.decoded == len(units)


def test_a_stream_that_a_device_cannot_decode_takes_it_from_no_other(memory, clock, units):
    device = FakeDevice(refuses=True)
    wall = Wall(memory, clock, device)
    for _ in range(3):
        wall.run(units[:2])
    device.refuses = False
    assert wall.run(units[:2]).device.name == "fake"


def test_a_codec_that_a_device_does_not_know_is_no_failure_of_the_device(memory, clock, units):
    device = FakeDevice(knows=False)
    wall = Wall(memory, clock, device)
    for _ in range(3):
        assert wall.run(units[:2]).counts.decoded == 2
    device.knows = True
    assert wall.run(units[:2]).device.name == "fake"


def test_without_a_device_nothing_fell_back(memory, clock, units):
    stream = Wall(memory, clock, None).run(units[:2])
    assert (stream.device.name, stream.device.fell_back) == (SOFTWARE, False)


def test_a_downloaded_picture_is_painted_as_the_same_picture_of_software(memory, clock, units):
    by_software, by_device = Wall(memory, clock, None), Wall(memory, clock, FakeDevice())
    by_software.run(units[:1])
    expected = by_software.picture()
    by_device.run(units[:1])
    assert expected.std() > 10
    assert np.abs(expected.astype(int) - by_device.picture()).max() <= 1


def test_a_device_that_ffmpeg_does_not_have_is_an_error_at_the_first_try(memory, clock, units):
    """Row U9: PyAV's wheels have no VAAPI, and FFmpeg itself would go on in software without a word."""
    absent = FFmpegDevice(DeviceKind("vaapi", options={}))
    if "vaapi" in av.codec.hwaccel.hwdevices_available():
        absent = FFmpegDevice(DeviceKind("d3d11va"))
    with pytest.raises((av.error.FFmpegError, NotImplementedError)):
        absent.open("h264")
    assert not works(absent)
    assert Wall(memory, clock, absent).run(units).counts.decoded == len(units)


def test_a_device_works_when_a_picture_comes_out_of_it():
    assert works(FakeDevice())
    assert not works(FakeDevice(absent=True))
    assert not works(FakeDevice(refuses=True))


def test_only_a_device_whose_files_are_there_is_looked_at(tmp_path):
    def found():
        return [kind.name for kind in candidates(platform="linux", built_with=["cuda", "vaapi", "drm"], root=tmp_path)]

    assert found() == []
    (tmp_path / "dev/dri").mkdir(parents=True)
    (tmp_path / "dev/dri/renderD128").touch()
    assert found() == ["vaapi"]
    (tmp_path / "dev/nvidiactl").touch()
    assert found() == ["cuda", "vaapi"]


@pytest.mark.parametrize(("platform", "kind"), [("win32", "d3d11va"), ("darwin", "videotoolbox")])
def test_systems_without_device_files_are_asked_by_ffmpeg(platform, kind):
    assert [one.name for one in candidates(platform=platform, built_with=[kind, "cuda"])] == [kind]
    assert list(candidates(platform=platform, built_with=["cuda"])) == []


def test_what_failed_twice_rests_and_is_forgotten_in_time(clock):
    trials = CircuitBreaker(clock, most=2, rest_s=10)
    trials.failed()
    assert (trials.resting, trials.clean) == (False, False)
    trials.failed()
    assert trials.resting
    clock.advance(11)
    assert (trials.resting, trials.clean) == (False, True)
