"""Odd cameras of the street: tmcwall, ffmpeg, GStreamer and mpv on the same sockets.

    python -m benchmarks.street [--json F] [--only odd:zeros,session:late] [--list]

For each oddity one camera of the city has it, beside four healthy ones. First tmcwall shows and records it: after how
many seconds it is live, what share of its pictures was decoded and with how many new connections, the least share of a
healthy neighbour, and of its clip how many pictures are there, how many of them are to the bit what was coded, and by
how much its length is wrong. Then each stock player takes pictures of the same camera: how many of them are whole. A
picture is whole if it is one of those that a sound decoder makes of the city's clip; mpv only says how many it showed.

Goals: live within 10 s, 95 % of the pictures, at most one new connection a minute, a clip without a missing or broken
picture whose length is true within 2 %, and neighbours that lose no picture.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication

from benchmarks.fault_cities import RATE, SIZE, City, clip_in
from benchmarks.stage import Stage
from tmcwall.domain.health import TileState
from tmcwall.rtsp.assembler import START_CODE
from tmcwall.sim.descriptions import OddDescription
from tmcwall.sim.faults import Trouble
from tmcwall.sim.footage import read_footage
from tmcwall.sim.loop import Loop
from tmcwall.sim.oddities import OF_OTHER_PICTURES, OddSession, OddStream
from tmcwall.sim.stamp import find_stamp
from tmcwall.sim.standins import FEW_KEYS_ROUND, StandIns
from tmcwall.video.ipc.messages import ClipCut, ClipFailed, CutClip

NEIGHBOURS: Final = 4
LIVE_WITHIN_S: Final = 10.0
GOAL_SHARE: Final = 0.95
GOAL_LENGTH: Final = 0.02
_GIVEN_UP_S: Final = 20.0
_SETTLES_S: Final = 2.0
_WATCHED_S: Final = 12.0
_CLIP_S: Final = 8.0
_TAKEN: Final = 75
"""Pictures that each stock player is to take."""
_DESCRIPTIONS: Final = (
    OddDescription.FMTP, OddDescription.VENDOR, OddDescription.BARE, OddDescription.JPEG_FIRST, OddDescription.BLANKS,
    OddDescription.SETS, OddDescription.SOUND,
)  # fmt: skip
"""Those behind which there is a stream to be played."""
_KEY_EVERY: Final = "key-every:4"
ORDERS: Final = (
    "",
    *(f"odd:{kind}" for kind in OddStream),
    *(f"session:{kind}" for kind in OddSession),
    *(f"sdp:{kind}" for kind in _DESCRIPTIONS),
    "sdp:clock",
    "sdp:clock-1000",
    "sdp:no-clock",
    "rate:2",
    "rate:0.5",
    "rate:0",
    "wrap",
    "no-reports",
    "asks",
    "keep-alive:3",
    _KEY_EVERY,
    "slow:0.2",
)
"""What the camera is told; the first is a sound one."""


@dataclass(frozen=True, slots=True)
class Clip:
    pictures: float
    """Share of those that the city sent from its first to its last picture."""
    whole: float
    """Share of the pictures that were asked for that are to the bit what was coded; before them it is built up."""
    length_error: float
    """Of its length, against when its pictures were sent; a fraction."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What tmcwall made of a camera."""

    live_s: float | None
    share: float
    reconnects: int
    neighbours: float
    """The least share of a healthy tile."""
    clip: Clip | None
    said: str
    """The tile's state at the end, and what the engine says of the stream."""

    @property
    def passed(self) -> bool:
        clip = self.clip
        return (
            self.live_s is not None
            and self.live_s <= LIVE_WITHIN_S
            and min(self.share, self.neighbours) >= GOAL_SHARE
            and self.reconnects <= 1
            and clip is not None
            and clip.pictures == clip.whole == 1
            and abs(clip.length_error) <= GOAL_LENGTH
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    order: str
    seen: Seen
    ffmpeg: float
    gstreamer: float
    mpv: float


def watch(stage: Stage, city: City, camera: str, reference: frozenset[str], folder: Path) -> Seen:
    """Show and record a camera for a while, then cut a clip of it."""
    (tile,) = tiles = stage.show(city, [camera], "")
    stage.feed.record([camera])
    try:
        live_s = stage.wait(lambda: stage.states(tiles) == {TileState.LIVE}, _GIVEN_UP_S)
        stage.wait(lambda: False, _SETTLES_S)
        report = tile.report()
        before = {known: known.ages().decoded for known in (tile, *stage.healthy)}
        began, began_utc, opened = time.monotonic(), time.time(), report.reconnects if report is not None else 0
        sent = city.sent(camera)
        stage.wait(lambda: False, _WATCHED_S)
        expected = (time.monotonic() - began) * RATE
        sent = city.sent(camera) - sent
        shares = {known: (known.ages().decoded - decoded) / expected for known, decoded in before.items()}
        shares[tile] *= expected / max(1, sent)
        report = tile.report()
        oddities = f": {report.detail}" if report is not None and report.detail else ""
        return Seen(
            live_s=live_s,
            share=shares.pop(tile),
            reconnects=(report.reconnects if report is not None else 0) - opened,
            neighbours=min(shares.values()),
            clip=_clip(stage, city, camera, began_utc + 1, folder / "cut.mp4", reference=reference)
            if live_s is not None
            else None,
            said="/".join(sorted(stage.states(tiles))) + oddities,
        )
    finally:
        stage.feed.record([])
        stage.remove(tiles)


def _clip(
    stage: Stage, city: City, camera: str, start_utc: float, path: Path, *, reference: frozenset[str]
) -> Clip | None:
    path.unlink(missing_ok=True)
    answers: list[object] = []
    for signal in (stage.feed.clip_cut, stage.feed.clip_failed):
        signal.connect(answers.append)
    request = CutClip(
        request=f"{camera}-{start_utc}", camera=camera, start_utc=start_utc, end_utc=start_utc + _CLIP_S, path=str(path)
    )
    stage.feed.cut_clip(request)
    stage.wait(lambda: any(isinstance(answer, ClipCut | ClipFailed) for answer in answers), _GIVEN_UP_S)
    if not path.exists():
        return None
    copied = _ffmpeg("-i", str(path), "-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "h264", "-")
    starts = [found.start() for found in re.finditer(rb"\x06\x05.tmcwall", copied, re.DOTALL)]
    stamps = [find_stamp(b"\x00\x00\x00\x01" + copied[start : start + 256]) for start in starts]
    sent = {stamp.number: stamp.sent_us / 1e6 for stamp in stamps if stamp is not None}
    if not sent:
        return Clip(0.0, 0.0, 1.0)
    first, last = min(sent), max(sent)
    true_s = (sent[last] - sent[first]) * len(sent) / max(1, len(sent) - 1)
    probe = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)]
    said = subprocess.run(probe, capture_output=True, text=True, check=True).stdout
    asked = sum(moment >= start_utc for moment in sent.values()) or len(sent)
    decoded = _pictures(_ffmpeg("-i", str(path), "-fps_mode", "passthrough", *_RAW, "-"))
    return Clip(
        pictures=len(sent) / city.sent(camera, first, last),
        whole=sum(picture in reference for picture in decoded[-asked:]) / asked,
        length_error=float(said) / true_s - 1 if true_s else 1.0,
    )


_RAW: Final = ("-f", "rawvideo", "-pix_fmt", "yuv420p")


def _ffmpeg(*arguments: str) -> bytes:
    command = ["ffmpeg", "-nostdin", "-v", "quiet", *arguments]
    return subprocess.run(command, capture_output=True, check=False).stdout


def _pictures(raw: bytes) -> list[str]:
    size = SIZE[0] * SIZE[1] * 3 // 2
    return [hashlib.md5(raw[start : start + size]).hexdigest() for start in range(0, len(raw) - size + 1, size)]


def play_with_ffmpeg(url: str, output: Path) -> None:
    taken = ("-fps_mode", "passthrough", "-frames:v", str(_TAKEN), *_RAW, "-y", str(output))
    _run("ffmpeg", "-nostdin", "-v", "quiet", "-rtsp_transport", "tcp", "-i", url, *taken)


def play_with_gstreamer(url: str, output: Path) -> None:
    decoded = ("!", "decodebin", "!", "videoconvert", "!", "video/x-raw,format=I420", "!", "identity")
    source = ("rtspsrc", f"location={url}", "protocols=tcp")
    _run("gst-launch-1.0", "-q", *source, *decoded, f"eos-after={_TAKEN + 1}", "!", "filesink", f"location={output}")


def play_with_mpv(url: str) -> float:
    """The share of the pictures that it showed before it was ended; it does not give them away."""
    shown = ("--term-status-msg=${estimated-frame-number}\n", f"--frames={_TAKEN}", "--rtsp-transport=tcp", url)
    said = _run("mpv", "--no-config", "--vo=null", "--ao=null", "--msg-level=all=no,statusline=status", *shown)
    numbers = [int(number) for number in re.findall(rb"(\d+)\s", said)]
    return min(1.0, (max(numbers) + 1) / _TAKEN) if numbers else 0.0


def _run(*command: str) -> bytes:
    """What it said before it ended, or had to."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        return process.communicate(timeout=_GIVEN_UP_S)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0]


def _whole(output: Path, reference: frozenset[str]) -> float:
    if not output.exists():
        return 0.0
    taken = _pictures(output.read_bytes())
    output.unlink()
    return sum(picture in reference for picture in taken) / _TAKEN


def pictures_of(order: str, clip: Path) -> frozenset[str]:
    """What a sound decoder makes of what such a camera sends."""
    kind = order.removeprefix("odd:")
    if order != _KEY_EVERY and kind not in OF_OTHER_PICTURES:
        return frozenset(_pictures(_ffmpeg("-i", str(clip), *_RAW, "-")))
    trouble = Trouble.KEY_EVERY if order == _KEY_EVERY else OddStream(kind)
    shown = asyncio.run(StandIns().loop(trouble, Loop(read_footage(clip)))).footage
    again = shown.pictures[FEW_KEYS_ROUND:] if order == _KEY_EVERY else shown.pictures
    pictures = [nal for picture in (*shown.pictures, *again) for nal in picture.nals]
    raw = clip.with_name("shown.h264")
    raw.write_bytes(b"".join(START_CODE + nal for nal in [*shown.parameter_sets, *pictures]))
    return frozenset(_pictures(_ffmpeg("-i", str(raw), "-fps_mode", "passthrough", *_RAW, "-")))


def run(order: str, stage: Stage, city: City, number: int, folder: Path, *, reference: frozenset[str]) -> Outcome:
    """One camera of the street in all players, one after the other."""
    camera = city.camera(number)
    if order:
        city.order(f"fault {camera} {order}")
    seen = watch(stage, city, camera, reference, folder)
    output, url = folder / "taken.yuv", city.url(camera)
    play_with_ffmpeg(url, output)
    ffmpeg = _whole(output, reference)
    play_with_gstreamer(url, output)
    gstreamer = _whole(output, reference)
    return Outcome(order or "(sound)", seen, ffmpeg, gstreamer, play_with_mpv(url))


def table(outcomes: Sequence[Outcome]) -> str:
    lines = [
        "| camera | passed | live s | share | reconnects | others | clip: there, whole, length | ffmpeg | Gst | mpv |",
        "|" + "---|" * 10,
    ]
    return "\n".join([*lines, *map(_line, outcomes)])


def _line(outcome: Outcome) -> str:
    seen = outcome.seen
    clip = seen.clip
    told = f"{clip.pictures:.0%}, {clip.whole:.0%}, {clip.length_error:+.1%}" if clip is not None else "none"
    live = f"{seen.live_s:.1f}" if seen.live_s is not None else "never"
    others = " | ".join(f"{share:.0%}" for share in (outcome.ffmpeg, outcome.gstreamer, outcome.mpv))
    return (
        f"| {outcome.order} | {'yes' if seen.passed else 'NO'} | {live} | {seen.share:.1%} | {seen.reconnects} |"
        f" {seen.neighbours:.1%} | {told} | {others} |"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """0: every camera reached the goals; 1: not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.street")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", default="", help="orders, with commas")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args(arguments)
    chosen = [order for order in ORDERS if not options.only or order in options.only.split(",")]
    if options.list:
        print("\n".join(order or "(sound)" for order in chosen))
        return 0
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QCoreApplication([])
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = clip_in(folder)
        city = City(clip)
        stage = Stage(application, city, folder / "recordings", healthy=NEIGHBOURS)
        try:
            stage.wait(lambda: stage.states(stage.healthy) == {TileState.LIVE}, _GIVEN_UP_S)
            for number, order in enumerate(chosen, NEIGHBOURS):
                outcomes.append(run(order, stage, city, number, folder, reference=pictures_of(order, clip)))
                print(_line(outcomes[-1]), outcomes[-1].seen.said, flush=True)
        finally:
            stage.close()
            city.close()
    load = os.getloadavg()[1]
    print(f"\n{table(outcomes)}\n\nload average {load:.1f}, {os.cpu_count()} cores")
    if options.json is not None:
        options.json.write_text(json.dumps({"load": load, "cameras": [asdict(o) for o in outcomes]}, indent=1))
    return 0 if all(outcome.seen.passed for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
