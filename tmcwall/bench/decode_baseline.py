"""What no wall can be cheaper than: one process that decodes streams to nothing, with FFmpeg and nothing else.

Started by `tmcwall bench` as `tmcwall baseline-process SECONDS URL...`; prints one `DecodeBaseline` as JSON. The clock
starts a second after every stream has given its first picture: what had waited for the last one is decoded by then.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from typing import Final

import av
import msgspec
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext

BASELINE_PROCESS: Final = "baseline-process"
_OPEN_S: Final = 20.0
_SETTLE_S: Final = 1.0


class DecodeBaseline(msgspec.Struct, frozen=True):
    """Processor seconds for so many decoded pictures of so many streams."""

    streams: int
    seconds: float
    pictures: int
    cpu_s: float

    @property
    def picture_us(self) -> float:
        """Microseconds of processor time a picture."""
        return self.cpu_s / self.pictures * 1e6 if self.pictures else 0.0

    @property
    def rate(self) -> float:
        """Pictures a second and stream."""
        return self.pictures / self.seconds / self.streams if self.seconds and self.streams else 0.0


class _Reader:
    """One stream, decoded in a thread of its own and thrown away."""

    def __init__(self, url: str, stop: threading.Event) -> None:
        self.pictures = 0
        self.first = threading.Event()
        self._url = url
        self._stop = stop
        self._thread = threading.Thread(target=self._read, name="baseline", daemon=True)
        self._thread.start()

    def join(self) -> None:
        self._thread.join(_OPEN_S)

    def _read(self) -> None:
        try:
            with av.open(self._url, options={"rtsp_transport": "tcp"}, timeout=_OPEN_S) as container:
                stream = container.streams.video[0]
                context = stream.codec_context
                assert isinstance(context, VideoCodecContext)
                context.thread_count = 1
                for _frame in container.decode(stream):
                    self.pictures += 1
                    self.first.set()
                    if self._stop.is_set():
                        return
        except FFmpegError:
            return  # what it did not decode is missing in the count


def measure(urls: Sequence[str], *, seconds: float) -> DecodeBaseline:
    """Decode these streams for so long. Waits. A stream that gives no picture in 20 s is left out."""
    stop = threading.Event()
    readers = [_Reader(url, stop) for url in urls]
    running = [reader for reader in readers if reader.first.wait(_OPEN_S)]
    stop.wait(_SETTLE_S)
    before, cpu_before, began_s = [reader.pictures for reader in running], time.process_time(), time.monotonic()
    stop.wait(seconds)
    baseline = DecodeBaseline(
        streams=len(running),
        seconds=round(time.monotonic() - began_s, 3),
        pictures=sum(reader.pictures for reader in running) - sum(before),
        cpu_s=round(time.process_time() - cpu_before, 3),
    )
    stop.set()
    for reader in readers:
        reader.join()
    return baseline


def main(words: Sequence[str]) -> int:
    baseline = measure(words[1:], seconds=float(words[0]))
    sys.stdout.write(msgspec.json.encode(baseline).decode() + "\n")
    return 0
