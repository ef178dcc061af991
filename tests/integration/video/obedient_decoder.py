"""A decoder whose codec does what the stream's bytes say, as a codec with a fault does: run as a program, for tests."""

import ctypes
import os
import signal
import sys
import time
from functools import partial

from tmcwall.video.decode import process, stream_decoder
from tmcwall.video.decode.hardware import DeviceKind
from tmcwall.video.decode.picture_monitor import PictureMonitor

KEPT = []


def swell():
    """Two gigabytes of our own, a few hundred megabytes at a time."""
    while True:
        KEPT.append(bytearray(os.urandom(1 << 20) * 50))
        time.sleep(0.02)


def spin():
    while True:
        pass


def hang_in_c():
    """Without letting the interpreter go: nothing of this process is heard any more."""
    ctypes.PyDLL(None).sleep(3600)


ORDERS = {
    b"order:segfault": lambda: ctypes.string_at(8),
    b"order:abort": os.abort,
    b"order:dawdle": lambda: time.sleep(0.2),
    b"order:hang": lambda: time.sleep(3600),
    b"order:deaf": hang_in_c,
    b"order:spin": spin,
    b"order:swell": swell,
    b"order:lie": lambda: os.write(1, bytes.fromhex("ffffffff00") + b"nonsense"),
}


class ObedientCodec:
    def __init__(self, context):
        self._context = context

    def decode(self, packet):
        data = bytes(packet) if packet is not None else b""
        for order, act in ORDERS.items():
            if order in data:
                act()
        return self._context.decode(packet)

    def flush_buffers(self):
        self._context.flush_buffers()


def open_codec(codec, *, loop_filter=True):
    return ObedientCodec(real(codec, loop_filter=loop_filter))


class PretendedDevice:
    """A device whose codecs obey, too."""

    def __init__(self, kind):
        self.name = kind.name

    def open(self, codec):
        return open_codec(codec)


signal.signal(signal.SIGTERM, signal.SIG_IGN)
real = stream_decoder.open_codec
stream_decoder.open_codec = open_codec
vars(process).update(
    candidates=lambda: [DeviceKind("pretended")],
    FFmpegDevice=PretendedDevice,
    PictureMonitor=partial(PictureMonitor, every_ns=100_000_000),
)
sys.exit(process.main())
