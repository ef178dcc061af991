import pytest

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.ipc.messages import COMMANDS, FRAME, LARGEST_BODY, HideTile, pack
from tmcwall.video.ipc.pipes import FrameParser


def test_frames_come_out_whole_however_the_bytes_arrive():
    messages = [HideTile(tile=number, decoder=1) for number in range(3)]
    parser = FrameParser()
    data = b"".join(map(pack, messages))
    frames = [frame for position in range(len(data)) for frame in parser.feed(data[position : position + 1])]
    assert [COMMANDS.decode(body) for _, body in frames] == messages


def test_several_frames_in_one_read_come_out_in_order():
    messages = [HideTile(tile=number, decoder=0) for number in range(4)]
    frames = FrameParser().feed(b"".join(map(pack, messages)))
    assert [COMMANDS.decode(body) for _, body in frames] == messages


@pytest.mark.parametrize("head", [FRAME.pack(LARGEST_BODY + 1, 0), FRAME.pack(3, 9)])
def test_a_lying_frame_is_a_broken_protocol(head):
    with pytest.raises(Fault) as caught:
        FrameParser().feed(head)
    assert caught.value.code is FaultCode.PROTOCOL_BROKEN
