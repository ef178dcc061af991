"""Loops that stand in for a camera's own while it is in trouble: black, covered, moved, smaller, coded otherwise, in
slices, without key pictures or with few of them, or huge by name.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from av.video.codeccontext import VideoCodecContext

from tmcwall.rtsp.codecs import H264, HEVC
from tmcwall.rtsp.sei import h264_recovery
from tmcwall.sim.faults import Trouble
from tmcwall.sim.footage import CLOCK_RATE, Bgr, Footage, Picture, nal_type, read_footage, write_footage
from tmcwall.sim.loop import Loop
from tmcwall.sim.oddities import OddStream

_GIANT_BLOCKS: Final = 1031
"""Of 16 pixels. The number keeps long rows of zero bits out of the parameter set."""

_OF_ITS_PICTURES: Final = frozenset({Trouble.COVERED, Trouble.MOVED, Trouble.KEY_EVERY})
"""Stand-ins that are made of the camera's own pictures."""
_SLICES: Final = 4
_SEI: Final = {H264: frozenset({6}), HEVC: frozenset({39, 40})}
_REFRESHED_EVERY: Final = 16
_REFRESHED: Final = 256
"""Pictures of a loop: a multiple of the count of frame numbers, so that none is missing where it begins anew."""
FEW_KEYS_ROUND: Final = 256
"""Pictures after which those of KEY_EVERY may begin anew, likewise."""
_TURNED: Final = 1 / 7
_BLUR: Final = 1 / 24

Shown = Trouble | OddStream
"""What has pictures of its own."""
_Kind = tuple[Shown, int, int, int, str, Picture | None]


def place_with_few_keys(number: int, *, key_every: int) -> int:
    """Which picture of KEY_EVERY's loop has that running number: of so many one is a key picture."""
    place = number % key_every
    return place if place < FEW_KEYS_ROUND else FEW_KEYS_ROUND + place % FEW_KEYS_ROUND


class StandIns:
    """Coded when first asked for, by trouble, size, rate and codec."""

    def __init__(self) -> None:
        self._loops: dict[_Kind, asyncio.Task[Loop]] = {}

    async def loop(self, trouble: Shown, like: Loop) -> Loop:
        """What a trouble (BLACK, COVERED, MOVED, KEY_EVERY, RESIZE, CODEC, GIANT) or an oddity (SLICES, REFRESH) shows
        instead.
        """
        return await asyncio.shield(self._task(trouble, like))

    def ready(self, trouble: Shown, like: Loop) -> Loop | None:
        """The same, None as long as it is being coded."""
        task = self._task(trouble, like)
        return task.result() if task.done() else None

    def _task(self, trouble: Shown, like: Loop) -> asyncio.Task[Loop]:
        footage = like.footage
        first = footage.pictures[0] if trouble in _OF_ITS_PICTURES else None
        kind = (trouble, footage.width, footage.height, round(footage.frame_rate), footage.codec, first)
        if kind not in self._loops:
            self._loops[kind] = asyncio.get_running_loop().create_task(_code(trouble, footage))
        return self._loops[kind]


async def _code(trouble: Shown, footage: Footage) -> Loop:
    """In a thread that ends with its work."""
    thread = ThreadPoolExecutor(1, thread_name_prefix="stand-in")
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, _coded, trouble, footage)
    finally:
        thread.shutdown(wait=False)


def _coded(trouble: Shown, footage: Footage) -> Loop:
    width, height, rate = footage.width, footage.height, round(footage.frame_rate)
    if trouble is Trouble.BLACK:
        return _loop(_covered_lens(width, height, count=rate), rate, footage.codec)
    if trouble is Trouble.COVERED:
        return _loop(map(_smeared, _decoded(footage)), rate, footage.codec)
    if trouble is Trouble.MOVED:
        return _loop(map(_turned, _decoded(footage)), rate, footage.codec)
    if trouble is Trouble.KEY_EVERY:
        return Loop(_with_few_keys(footage))
    if trouble is OddStream.SLICES:
        return _loop(_test_card(width, height, count=rate), rate, footage.codec, slices=_SLICES)
    if trouble is OddStream.REFRESH:
        return Loop(_refreshed(width, height, rate))
    if trouble is Trouble.GIANT:
        return Loop(_giant(footage))
    if trouble is Trouble.CODEC:
        return _loop(_test_card(width, height, count=rate), rate, H264 if footage.codec == HEVC else HEVC)
    half = (max(2, width // 4 * 2), max(2, height // 4 * 2))
    return _loop(_test_card(*half, count=rate), rate, footage.codec)


def _loop(pictures: Iterator[Bgr], rate: int, codec: str, *, slices: int = 1) -> Loop:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stand-in.mp4"
        write_footage(
            path, pictures, frame_rate=rate, gop=rate, bit_rate=500_000, preset="ultrafast", codec=codec, slices=slices
        )  # fmt: skip
        return Loop(read_footage(path))


def _refreshed(width: int, height: int, rate: int) -> Footage:
    """Pictures none of which is a key picture. It ends with the number of a frame after which it may begin anew."""
    footage = _built_up(_test_card(width, height, count=_REFRESHED_EVERY + _REFRESHED), rate, H264)
    kept = footage.pictures[_REFRESHED_EVERY:]
    pictures_without_key = tuple(
        replace(picture, key=_has_recovery_point(picture), offset=picture.offset - kept[0].offset) for picture in kept
    )
    return replace(footage, pictures=pictures_without_key, duration=round(len(kept) * CLOCK_RATE / rate))


def _with_few_keys(footage: Footage) -> Footage:
    """The camera's pictures twice as many as `FEW_KEYS_ROUND`, of which only the first is a key picture, and nothing
    else says where decoding may begin. The second half may come again and again: what differs where it begins anew is
    built up within the next pictures.
    """
    shown = islice(chain.from_iterable(map(_decoded, repeat(footage))), 2 * FEW_KEYS_ROUND)
    coded = _built_up(shown, round(footage.frame_rate), footage.codec)
    pictures = tuple(
        replace(picture, nals=tuple(nal for nal in picture.nals if nal_type(coded.codec, nal) not in _SEI[coded.codec]))
        for picture in coded.pictures
    )
    return replace(coded, pictures=pictures)


def _built_up(pictures: Iterator[Bgr], rate: int, codec: str) -> Footage:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "built-up.mp4"
        write_footage(
            path, pictures, frame_rate=rate, gop=_REFRESHED_EVERY, bit_rate=500_000, preset="ultrafast", codec=codec,
            refreshes=True,
        )  # fmt: skip
        return read_footage(path)


def _has_recovery_point(picture: Picture) -> bool:
    return any(h264_recovery(nal) is not None for nal in picture.nals if nal_type(H264, nal) in _SEI[H264])


def _decoded(footage: Footage) -> Iterator[Bgr]:
    """Its pictures once through."""
    context = av.CodecContext.create(footage.codec, "r")
    assert isinstance(context, VideoCodecContext)
    context.thread_count = 1
    for picture in footage.pictures:
        nals = (*footage.parameter_sets, *picture.nals) if picture.key else picture.nals
        for frame in context.decode(av.Packet(b"".join(b"\0\0\0\1" + nal for nal in nals))):
            yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
    for frame in context.decode(None):
        yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def _smeared(picture: Bgr) -> Bgr:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), picture.shape[1] * _BLUR), np.uint8)


def _turned(picture: Bgr) -> Bgr:
    """What comes in from the side is the picture's own edge mirrored."""
    columns = round(picture.shape[1] * _TURNED)
    widened = cv2.copyMakeBorder(picture, 0, 0, columns, 0, cv2.BORDER_REFLECT)
    return np.ascontiguousarray(widened[:, : picture.shape[1]])


def _covered_lens(width: int, height: int, *, count: int) -> Iterator[Bgr]:
    """Black with the faint noise of a sensor, so that it is dark but not frozen."""
    noise = np.random.default_rng(0)
    for _ in range(count):
        small = noise.integers(0, 7, (height // 8, width // 8, 1), dtype=np.uint8)
        picture = small.repeat(3, axis=2).repeat(8, axis=0).repeat(8, axis=1)
        yield np.ascontiguousarray(_fitted(picture, width, height))


def _test_card(width: int, height: int, *, count: int) -> Iterator[Bgr]:
    """A bar that goes across a ramp."""
    ramp = np.tile(np.linspace(40, 200, width, dtype=np.uint8)[None, :, None], (height, 1, 3))
    for index in range(count):
        picture = np.ascontiguousarray(ramp)
        left = index * width // count
        cv2.rectangle(picture, (left, 0), (left + width // 8, height), (40, 180, 240), -1)
        yield picture


def _fitted(picture: Bgr, width: int, height: int) -> Bgr:
    rows, columns = picture.shape[:2]
    return np.pad(picture, ((0, height - rows), (0, width - columns), (0, 0)))


def _giant(footage: Footage) -> Footage:
    """The same pictures under a parameter set that asks for memory for far too large ones."""
    if footage.codec != H264:
        return footage
    return replace(footage, parameter_sets=(_giant_sequence_set(), *footage.parameter_sets[1:]))


def _giant_sequence_set() -> bytes:
    """ITU-T H.264 section 7.3.2.1: Baseline, 16 reference pictures."""
    size = _exp_golomb(_GIANT_BLOCKS - 1)
    bits = (
        _exp_golomb(0) + _exp_golomb(0) + _exp_golomb(2) + _exp_golomb(16) + "0" + size + size + "1" + "1" + "0" + "0"
    )
    bits += "1" + "0" * (-(len(bits) + 1) % 8)
    return b"\x67\x42\xc0\x3e" + int(bits, 2).to_bytes(len(bits) // 8, "big")


def _exp_golomb(number: int) -> str:
    text = format(number + 1, "b")
    return "0" * (len(text) - 1) + text
