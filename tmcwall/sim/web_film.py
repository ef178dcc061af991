"""A loop of footage in the containers that cameras on the web use, made by FFmpeg's own multiplexers.

Times go on over the loop. All times are in 1/90000 s since the film began.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Final

import av
import cv2
import numpy as np
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream

from tmcwall.rtsp.assembler import START_CODE
from tmcwall.sim.footage import CLOCK_RATE, Footage

_MPEG_TS: Final = "mpegts"
_FRAGMENTS: Final = {
    "movflags": "frag_custom+empty_moov+default_base_moof+frag_discont",
    "avoid_negative_ts": "disabled",
}
_FLV: Final = {"flvflags": "no_duration_filesize"}
_MOOF: Final = b"moof"
_JPEG_QUALITY: Final = 75
JPEG_EVERY: Final = 5
"""Of so many pictures of the loop one is shown as JPEG."""


class WebFilm:
    """A segment is what comes from one key picture up to the next; segments and pictures are numbered from 0 on."""

    def __init__(self, footage: Footage) -> None:
        self._footage = footage
        self._pictures = [_annex_b(footage, place) for place in range(len(footage.pictures))]
        keys = [place for place, picture in enumerate(footage.pictures) if picture.key]
        self._segments = list(pairwise([*keys, len(footage.pictures)]))
        tick = footage.duration / len(footage.pictures)
        self._lag = max(0, *(round(place * tick) - one.offset for place, one in enumerate(footage.pictures)))
        self._tick = tick

    @property
    def interval_s(self) -> float:
        """Between two pictures."""
        return self._tick / CLOCK_RATE

    def segments_at(self, seconds: float) -> int:
        """How many segments are complete so long after the beginning."""
        rounds, rest = divmod(seconds * CLOCK_RATE, self._footage.duration)
        return int(rounds) * len(self._segments) + sum(stop * self._tick <= rest for _, stop in self._segments)

    def duration_s(self, segment: int) -> float:
        start, stop = self._segments[segment % len(self._segments)]
        return (stop - start) * self._tick / CLOCK_RATE

    def first_picture(self, segment: int) -> int:
        rounds, place = divmod(segment, len(self._segments))
        return rounds * len(self._pictures) + self._segments[place][0]

    def mpeg_ts(self, segment: int, *, pace: int = 1) -> bytes:
        """`pace`: its times run so many times too fast."""
        file = io.BytesIO()
        with av.open(file, "w", format=_MPEG_TS) as out:
            self._write(out, self._numbers(segment), pace=pace)
        return file.getvalue()

    def head(self) -> bytes:
        """What stands in front of all fragments."""
        return self._fragmented(0)[0]

    def fragment(self, segment: int) -> bytes:
        return self._fragmented(segment)[1]

    def flv(self) -> FlvFilm:
        """A stream without an end, for one client."""
        return FlvFilm(self._footage, self)

    def jpegs(self) -> tuple[bytes, ...]:
        """Every fifth picture of the loop. It takes a while."""
        pictures = []
        with _opened(self._footage, self._pictures) as container:
            for number, frame in enumerate(container.decode(video=0)):
                if number % JPEG_EVERY == 0:
                    bgr = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
                    pictures.append(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes())
        return tuple(pictures)

    def packet(self, number: int, *, pace: int = 1) -> Packet[Stream]:
        """The picture with that number, for a multiplexer."""
        rounds, place = divmod(number, len(self._pictures))
        begin = rounds * self._footage.duration
        picture = self._footage.pictures[place]
        packet = Packet(self._pictures[place])
        packet.time_base = Fraction(1, CLOCK_RATE)
        packet.dts = (begin + round(place * self._tick)) * pace
        packet.pts = (begin + picture.offset + self._lag) * pace
        packet.duration = round(self._tick) * pace
        packet.is_keyframe = picture.key
        return packet

    def _numbers(self, segment: int) -> Iterable[int]:
        first = self.first_picture(segment)
        start, stop = self._segments[segment % len(self._segments)]
        return range(first, first + stop - start)

    def _fragmented(self, segment: int) -> tuple[bytes, bytes]:
        file = io.BytesIO()
        with av.open(file, "w", format="mp4", options=dict(_FRAGMENTS)) as out:
            self._write(out, self._numbers(segment))
        data = file.getvalue()
        begins = data.index(_MOOF) - 4
        return data[:begins], data[begins:]

    def _write(self, out: OutputContainer, numbers: Iterable[int], *, pace: int = 1) -> None:
        with _opened(self._footage, self._pictures) as template:
            stream = out.add_stream_from_template(template.streams.video[0])
        stream.time_base = Fraction(1, CLOCK_RATE)
        for number in numbers:
            packet = self.packet(number, pace=pace)
            packet.stream = stream
            out.mux_one(packet)


class FlvFilm:
    """HTTP-FLV: bytes of one client, picture by picture. `close` when it has gone."""

    def __init__(self, footage: Footage, film: WebFilm) -> None:
        self._film = film
        self._file = _Collected()
        self._out = av.open(self._file, "w", format="flv", options=dict(_FLV))
        with _opened(footage, [_annex_b(footage, place) for place in range(len(footage.pictures))]) as template:
            self._stream = self._out.add_stream_from_template(template.streams.video[0])

    def bytes_of(self, number: int) -> bytes:
        """The next picture; the first one with the head of the stream, and a key picture."""
        packet = self._film.packet(number)
        packet.stream = self._stream
        self._out.mux_one(packet)
        return self._file.taken()

    def close(self) -> None:
        self._out.close()


class _Collected:
    """A file that can only be written to."""

    def __init__(self) -> None:
        self._data = bytearray()

    def write(self, data: bytes) -> int:
        self._data += data
        return len(data)

    def taken(self) -> bytes:
        data = bytes(self._data)
        self._data.clear()
        return data


def _annex_b(footage: Footage, place: int) -> bytes:
    picture = footage.pictures[place]
    nals = (*footage.parameter_sets, *picture.nals) if picture.key else picture.nals
    return b"".join(START_CODE + nal for nal in nals)


def _opened(footage: Footage, pictures: Iterable[bytes]) -> InputContainer:
    """The stream as FFmpeg reads it, for what it says of itself."""
    rate = str(round(footage.frame_rate))
    container = av.open(io.BytesIO(b"".join(pictures)), "r", format=footage.codec, options={"framerate": rate})
    assert isinstance(container, InputContainer)
    return container
