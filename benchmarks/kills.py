"""Programs that tag and cut clips, killed with SIGKILL at random moments of a cut: the whole clip or none, no tag lost.

    python -m benchmarks.kills [--kills 200] [--seed S]

Each life tags without end and cuts out of a recording that is there; it is killed within 0.1 s of the begin of a cut,
and the next one goes on with what it finds. In the end one finishes what is left, and all is compared: every bookmark
that was shown as saved is there with its clip, every clip has its file with the hash of the store, and no other file
is there. SIGTERM ends the kills and not the comparison. Ends with 1 if something does not hold.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import psutil
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from tests.coded_pictures import coded
from tests.services_stage import LP, FakeBook, FakeDuty, camera
from tests.unit.video.recording.test_clip_starts import recorded
from tmcwall.db import bookmarks, custody
from tmcwall.db.store import Store
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.clock import SystemClock
from tmcwall.rtsp.codecs import H264
from tmcwall.services.changes import Changes
from tmcwall.services.tagging import Rolls, Tagging, TagRequest
from tmcwall.video.ipc.messages import ClipCut, CutClip, Hold
from tmcwall.video.recording.clip import cut
from tmcwall.video.recording.segments import Segment

_WITHIN_S = 0.1
_LONG_S = 120.0
_PAUSE_MS = 30
"""Between two tags."""


class RealCutter(QObject):
    """Cuts as the engine does, in a thread of this process, and always the same stretch."""

    clip_cut = Signal(object)
    clip_failed = Signal(object)

    def __init__(self, segments: Sequence[Segment]) -> None:
        super().__init__()
        self._segments = segments
        self._one_at_a_time = threading.Lock()

    def hold(self, hold: Hold) -> None:
        del hold  # nothing here is ever deleted

    def release_hold(self, hold_id: str) -> None:
        del hold_id

    def cut_clip(self, request: CutClip) -> None:
        threading.Thread(target=self._cut, args=(request,), daemon=True).start()

    def _cut(self, request: CutClip) -> None:
        first, last = self._segments[0].first_utc_ns, self._segments[-1].last_utc_ns
        with self._one_at_a_time:
            say(f"cutting {request.request}")
            made = cut(self._segments, start_utc_ns=first, end_utc_ns=last, path=Path(request.path))
        known = {name: value for name, value in asdict(made).items() if name not in {"gaps", "sets_from"}}
        report = ClipCut(
            request=request.request, path=request.path, gaps=made.gaps, sets_from=made.sets_from, **known
        )  # fmt: skip
        self.clip_cut.emit(report)


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def live(folder: Path, segments: Sequence[Segment], *, tags: bool) -> None:
    """Until it is killed; without tags until every clip is ready."""
    application = QCoreApplication(["kills"])
    clock = SystemClock()
    store = Store(folder / "tmcwall.db", clock=clock)
    tagging = Tagging(
        store=store,
        changes=Changes(store=store),
        cutter=RealCutter(segments),
        cameras=FakeBook(camera("CAM-1")),
        duty=FakeDuty(),
        clock=clock,
        clips=folder / "clips",
        rolls=Rolls(before_s=1, after_s=0),
    )

    def tag() -> None:
        tagging.tag(TagRequest("CAM-1", lp=LP))

    def saved(bookmark: Bookmark) -> None:
        say(f"saved {bookmark.id}")
        QTimer.singleShot(_PAUSE_MS, tag)

    def end_if_done() -> None:
        if not store.read(bookmarks.unfinished).result(_LONG_S):
            application.quit()

    watch = QTimer(interval=200)
    watch.timeout.connect(end_if_done)
    tagging.refused.connect(lambda refusal: say(f"refused {refusal}"))
    tagging.start()
    if tags:
        tagging.saved.connect(saved)
        tag()
    else:
        watch.start()
    application.exec()
    tagging.stop()
    store.close()


def in_child(folder: Path, segments: Sequence[Segment], *, tags: bool) -> tuple[int, int]:
    """Its process and what it says."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(writer, 1)
        try:
            live(folder, segments, tags=tags)
        finally:
            os._exit(0)
    os.close(writer)
    return child, reader


def killed(folder: Path, segments: Sequence[Segment], chance: random.Random) -> list[str]:
    """What one life has said, until a random moment after it has begun a cut."""
    child, reader = in_child(folder, segments, tags=True)
    said = b""
    while b"cutting " not in said:
        part = os.read(reader, 65536)
        assert part, "it has ended by itself"
        said += part
    time.sleep(chance.uniform(0, _WITHIN_S))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while part := os.read(reader, 65536):
        said += part
    os.close(reader)
    return said.decode().splitlines()


def finished(folder: Path, segments: Sequence[Segment]) -> None:
    child, reader = in_child(folder, segments, tags=False)
    while os.read(reader, 65536):
        pass
    os.waitpid(child, 0)
    os.close(reader)


def compare(folder: Path, shown: Sequence[str]) -> tuple[list[str], int]:
    """What does not hold, and how many clips are ready."""
    store = Store(folder / "tmcwall.db", clock=SystemClock())
    entries = store.read(lambda session: bookmarks.recent(session, limit=1_000_000)).result(_LONG_S)
    broken = store.read(custody.verify).result(_LONG_S)
    store.close()
    kept: dict[str, Clip | None] = {entry.bookmark.id: entry.clip for entry in entries}
    wrong = [f"tag lost: {bookmark_id}" for bookmark_id in shown if bookmark_id not in kept]
    ready = [clip for clip in kept.values() if clip is not None and clip.state is ClipState.READY]
    wrong += [f"not ready: {name}" for name, clip in kept.items() if clip is None or clip.state is not ClipState.READY]
    files = {path for path in (folder / "clips").rglob("*") if path.is_file()}
    for clip in ready:
        path = folder / "clips" / clip.path
        if path not in files:
            wrong.append(f"no file: {clip.path}")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != clip.sha256:
            wrong.append(f"another file: {clip.path}")
    named = {folder / "clips" / clip.path for clip in ready}
    wrong += [f"of no clip: {path.name}" for path in sorted(files - named)]
    if broken is not None:
        wrong.append(f"custody: {broken}")
    return wrong, len(ready)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20250328)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        segments = recorded(folder / "recordings", coded(H264, "keyint=8", count=250))
        enough = threading.Event()
        signal.signal(signal.SIGTERM, lambda _number, _frame: enough.set())
        kills, said = 0, list[str]()
        while kills < given.kills and not enough.is_set():
            said += killed(folder, segments, chance)
            kills += 1
        left = {path.name for path in (folder / "clips").rglob(".*.part")}
        finished(folder, segments)
        shown = [line.removeprefix("saved ") for line in said if line.startswith("saved ")]
        wrong, ready = compare(folder, shown)
        words = Counter(line.split()[0] for line in said)
    print(f"seed {given.seed}, load {psutil.getloadavg()[0]:.1f}: {kills} kills, {len(shown)} tags shown as saved")
    print(f"{words['cutting']} cuts begun, {len(left)} files half-written after the last kill, {ready} clips ready")
    print("\n".join(wrong) or "all holds")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
