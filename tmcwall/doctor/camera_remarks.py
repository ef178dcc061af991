"""What cameras do that no specification allows, and which are read in another way, as the engine's log tells it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tmcwall.doctor.finding import Finding, Status
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.domain.source import SessionKind
from tmcwall.texts import Translator
from tmcwall.texts import doctor as words
from tmcwall.texts.oddities import oddity_report, session_text
from tmcwall.video.ipc.messages import OddityCount

_LARGEST_LOG_BYTES: Final = 2 * 1024 * 1024
"""The end of the log: the newest."""
_MOST_CAMERAS: Final = 1000
_ODD: Final = re.compile(r"odd connection: camera=(.+) profile=\w+ oddity=(.+) count=(\d{1,12})")
_READ: Final = re.compile(r"read by FFmpeg's RTSP: camera=(.+) profile=\w+ because of (\w+)")


@dataclass(slots=True)
class CameraRemarks:
    """Of one camera."""

    oddities: Counter[Oddity] = field(default_factory=Counter)
    read_otherwise_for: FaultCode | None = None
    """Why FFmpeg's RTSP reads it, or did."""


def camera_remarks(log: str) -> dict[str, CameraRemarks]:
    """By camera id, out of lines of the engine's log; what is no such line is passed over."""
    found: dict[str, CameraRemarks] = {}
    for event in _events(log):
        odd, read = _ODD.fullmatch(event), _READ.fullmatch(event)
        camera = odd[1] if odd is not None else read[1] if read is not None else ""
        if not camera or (camera not in found and len(found) >= _MOST_CAMERAS):
            continue
        if odd is not None and odd[2] in set(Oddity):
            found.setdefault(camera, CameraRemarks()).oddities[Oddity(odd[2])] += int(odd[3])
        elif read is not None and read[2] in set(FaultCode):
            found.setdefault(camera, CameraRemarks()).read_otherwise_for = FaultCode(read[2])
    return found


def remarks_in(logs: Path) -> dict[str, CameraRemarks]:
    """As the engine's log in that folder tells it; nothing where there is none or it cannot be read."""
    try:
        with (logs / "engine.jsonl").open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - _LARGEST_LOG_BYTES))
            return camera_remarks(file.read().decode("utf-8", errors="replace"))
    except OSError:
        return {}


def remark_findings(logs: Path) -> Iterable[Finding]:
    """Cameras that are read in another way, and how many break the rules; none where there are neither."""
    found = remarks_in(logs)
    otherwise = sorted(camera for camera, one in found.items() if one.read_otherwise_for is not None)
    odd = sorted(camera for camera, one in found.items() if one.oddities)
    if otherwise:
        facts: dict[str, object] = {"count": len(otherwise), "first": otherwise[0], "cameras": otherwise}
        yield Finding("cameras_read", Status.WARN, words.CAMERAS_READ, facts, words.CAMERAS_READ_ADVICE)
    if odd:
        facts = {"count": len(odd), "first": odd[0], "cameras": odd}
        yield Finding("cameras_odd", Status.OK, words.CAMERAS_ODD, facts)


def remarks_report(found: dict[str, CameraRemarks], say: Translator) -> str:
    """For the makers of cameras: each camera with what was met, how often, which rule, and what it costs."""
    return "\n".join(line for camera in sorted(found) for line in _lines(camera, found[camera], say))


def _lines(camera: str, one: CameraRemarks, say: Translator) -> Iterator[str]:
    yield camera
    if one.read_otherwise_for is not None:
        yield f"  {session_text(SessionKind.COMPAT_FOUND, one.read_otherwise_for, say)}"
    for oddity, count in one.oddities.most_common():
        yield f"  {oddity_report(OddityCount(oddity, count), say)}"


def _events(log: str) -> Iterator[str]:
    for line in log.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        event = entry.get("event") if isinstance(entry, dict) else None
        if isinstance(event, str):
            yield event
