"""The wall of `soak.py`: the whole desktop program, offscreen, whose officer never rests.

usage: soak_wall.py FOLDER CAMERA_PORT COUNT SECONDS [calm]. A calm officer only looks. Says every five seconds in a
line of JSON what has happened so far and which its processes are. Ends with its parent.
"""

import json
import os
import secrets
import signal
import sys
from collections import Counter
from datetime import timedelta
from itertools import cycle
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from tmcwall.cameras.importing import import_cameras
from tmcwall.cameras.list_reader import read_list
from tmcwall.commands.camera import StoredCameras
from tmcwall.commands.desktop import Desktop, make_application, run_until_closed
from tmcwall.db import operations
from tmcwall.db.store import Session
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import TileState
from tmcwall.domain.ids import uuid7
from tmcwall.domain.layout import WallPlan
from tmcwall.paths import Paths
from tmcwall.services.tagging import TagRequest
from tmcwall.settings_file import change_setting, load_settings
from tmcwall.texts import Language, Translator
from tmcwall.ui.actions import ActionId
from tmcwall.video.ipc.messages import StreamReport
from tmcwall.video.ipc.processes import die_with_parent
from tmcwall.workstation import Workstation, open_workstation

SAY_MS = 5000
LAYOUT_MS = 20_000
FULL_SCREEN_MS, FULL_SCREEN_FOR_MS = 30_000, 6000
TAG_MS = 15_000
CRASH_MS = 40_000
BEAT_MS = 10
KEEP_S = 180
NRP = "87654321"
LISTED = 1000


class Officer(QObject):
    """Signs in, then changes layouts, looks closer, and tags; a decoder is killed now and then."""

    def __init__(self, desktop: Desktop, count: int, seconds: float, *, calm: bool) -> None:
        super().__init__()
        self._desktop = desktop
        self._count = count
        self._seconds = seconds
        self._calm = calm
        self._wall = ""
        self.done: Counter[str] = Counter()
        self._reconnects: dict[tuple[str, str], int] = {}
        self._late_ns: list[int] = []
        self._due_ns = 0
        self._beat = QTimer(self, timerType=Qt.TimerType.PreciseTimer, interval=BEAT_MS)
        self._beat.timeout.connect(self._measure)
        self._timers: list[QTimer] = []
        desktop.duty.changed.connect(self._sign_in)
        desktop.duty.signed_in.connect(self._prepare)
        desktop.feed.stream_reported.connect(self._take_report)
        desktop.tagging.saved.connect(self._take_saved)
        desktop.tagging.clip_changed.connect(self._take_clip)
        for refused in (desktop.tagging.refused, desktop.layouts.refused, desktop.cameras.refused):
            refused.connect(self._take_refusal)
        desktop.feed.engine_lost.connect(self._take_engine_lost)

    @Slot()
    def _sign_in(self) -> None:
        duty = self._desktop.duty
        if duty.needs_first_account and not duty.busy:
            duty.changed.disconnect(self._sign_in)
            duty.create_first_account(NRP, "Petugas Uji", secrets.token_urlsafe(18))

    @Slot()
    def _prepare(self) -> None:
        """Three layouts of the same cameras in other places and sizes; one for a calm officer."""
        cameras = [camera.id for camera in self._desktop.cameras.all()]
        if len(cameras) < self._count or not self._desktop.room.walls.windows():
            QTimer.singleShot(200, self, self._prepare)
            return
        layouts = self._desktop.layouts
        self._wall = next(iter(self._desktop.room.walls.windows()))
        side = next(side for side in range(1, 9) if side * side >= self._count)
        plans = (
            ("lurus", f"{side}x{side}", cameras),
            ("balik", f"{side}x{side}", cameras[::-1]),
            ("kecil", f"{side + 1}x{side + 1}", cameras),
        )
        for name, grid, order in plans[:1] if self._calm else plans:
            layouts.put(self._wall, WallPlan(grid, dict(enumerate(order))))
            layouts.save_as(name)
        if not self._calm:
            names = cycle(("lurus", "balik", "kecil"))
            turns = cycle(cameras[5:] + cameras[:5])
            self._every(LAYOUT_MS, lambda: self._select(next(names)))
            self._every(FULL_SCREEN_MS, self._look_closer)
            self._every(TAG_MS, lambda: self._tag(next(turns)))
            self._every(CRASH_MS, self._crash)
        self._every(SAY_MS, self._say)
        self._due_ns = SystemClock().monotonic_ns() + BEAT_MS * 1_000_000
        self._beat.start()
        QTimer.singleShot(round(self._seconds * 1000), self, self._end)

    @Slot()
    def _end(self) -> None:
        """Nothing is said of processes that are about to go."""
        for timer in (*self._timers, self._beat):
            timer.stop()
        self._desktop.stop()

    def _every(self, interval_ms, work) -> None:
        timer = QTimer(self, interval=interval_ms)
        timer.timeout.connect(work)
        timer.start()
        self._timers.append(timer)

    def _select(self, name: str) -> None:
        self._desktop.layouts.select(name)
        self.done["layouts"] += 1

    def _look_closer(self) -> None:
        """The main stream for a while."""
        walls = self._desktop.room.walls
        walls.select(self._wall, self.done["full_screens"] % self._count)
        walls.act(ActionId.FULL_SCREEN)
        self.done["full_screens"] += 1
        QTimer.singleShot(FULL_SCREEN_FOR_MS, self, self._look_away)

    @Slot()
    def _look_away(self) -> None:
        window = self._desktop.room.walls.active()
        if window is not None:
            window.canvas.leave_full_screen()

    def _tag(self, camera: str) -> None:
        now = SystemClock().utc()
        number = self.done["asked_tags"] % 40 + 1
        lp = f"LP/B/{number}/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH"
        request = TagRequest(camera, starts_at=now - timedelta(seconds=8), ends_at=now + timedelta(seconds=3), lp=lp)
        self._desktop.tagging.tag(request)
        self.done["asked_tags"] += 1

    def _crash(self) -> None:
        """Always the same one, so that the other shows over the whole time whether it grows."""
        pids = self._desktop.feed.decoder_pids
        if pids:
            os.kill(pids[0], signal.SIGKILL)
            self.done["crashes"] += 1

    @Slot(object)
    def _take_report(self, report: StreamReport) -> None:
        key = (report.camera, report.profile)
        before = self._reconnects.get(key, 0)
        self.done["reconnects"] += report.reconnects - before if report.reconnects >= before else report.reconnects
        self._reconnects[key] = report.reconnects

    @Slot(object)
    def _take_saved(self, _bookmark: object) -> None:
        self.done["saved"] += 1

    @Slot(object)
    def _take_clip(self, clip: Clip) -> None:
        if clip.state in {ClipState.READY, ClipState.FAILED}:
            self.done[f"clips_{clip.state.value}"] += 1
        if clip.state is ClipState.FAILED:
            print(f"clip failed: {clip.failure}", file=sys.stderr, flush=True)

    @Slot(object)
    def _take_refusal(self, problem: object) -> None:
        self.done["refusals"] += 1
        print(f"refused: {problem}", file=sys.stderr, flush=True)

    @Slot()
    def _take_engine_lost(self) -> None:
        self.done["engines_lost"] += 1

    @Slot()
    def _measure(self) -> None:
        now_ns = SystemClock().monotonic_ns()
        self._late_ns.append(max(0, now_ns - self._due_ns))
        self._due_ns = now_ns + BEAT_MS * 1_000_000

    @Slot()
    def _say(self) -> None:
        feed, cameras = self._desktop.feed, self._desktop.cameras
        late = sorted(self._late_ns) or [0]
        self._late_ns = []
        print(
            json.dumps(
                {
                    "engine": feed.engine_pid,
                    "decoders": feed.decoder_pids,
                    "live": sum(cameras.status(one.id).state is TileState.LIVE for one in cameras.all()),
                    "loop_p99_ms": round(late[int(len(late) * 0.99)] / 1e6, 2),
                    "loop_max_ms": round(late[-1] / 1e6, 2),
                    "done": self.done,
                }
            ),
            flush=True,
        )


def use_two_monitors(folder: Path) -> None:
    """The console on the first, the wall on the second."""
    screens = [
        {"name": name, "x": x, "y": 0, "width": 1280, "height": 720, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
        for name, x in (("Konsol", 0), ("Dinding", 1280))
    ]
    configuration = folder / "screens.json"
    configuration.write_text(json.dumps({"screens": screens}))
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={configuration}"


def write_settings(data: Path) -> None:
    paths = Paths.under(data)
    load_settings(paths)
    for name, value in (("allow_loopback", True), ("recording_keep_s", KEEP_S), ("sound", False)):
        change_setting(paths, name, value)


def import_list(workstation: Workstation, folder: Path, port: int, count: int) -> None:
    rows = [f"SOAK-{number:02d}" for number in range(1, count + 1)]
    listed = folder / "cameras.csv"
    lines = [
        f"{one},Kamera {one},{url}/main,{url}/sub,sub" for one in rows for url in [f"rtsp://127.0.0.1:{port}/{one}"]
    ]
    listed.write_text("\n".join(["id,name,url,substream_url,record", *lines]) + "\n")
    import_cameras(
        read_list(listed, rule=workstation.address_rule), store=StoredCameras(workstation.store), vault=None
    )  # fmt: skip


def fill_list(workstation: Workstation) -> None:
    """A workstation in service: the list of bookmarks is as long as it gets, and the store's page cache is full."""
    began = SystemClock().utc() - timedelta(hours=12)

    def fill(session: Session) -> None:
        for number in range(LISTED):
            at = began + timedelta(seconds=number)
            bookmark = Bookmark(str(uuid7(at)), "SOAK-01", "Kamera SOAK-01", at, at + timedelta(seconds=9), at, NRP)
            clip = Clip(str(uuid7(at)), bookmark.id, ClipState.FAILED, failure=FaultCode.CLIP_FAILED.value)
            operations.change(session, bookmark, actor=NRP, at=at)
            operations.change(session, clip, actor=NRP, at=at)

    workstation.store.write(fill).result()


def main() -> None:
    die_with_parent()
    folder, port, count, seconds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    use_two_monitors(folder)
    data = folder / "data"
    write_settings(data)
    translate = Translator(Language.EN)
    with open_workstation(data, clock=SystemClock()) as workstation:
        import_list(workstation, folder, port, count)
        fill_list(workstation)
        application = make_application(translate)
        desktop = Desktop(application, workstation, translate=translate)
        officer = Officer(desktop, count, seconds, calm="calm" in sys.argv[5:])
        run_until_closed(application, desktop)
        del officer


if __name__ == "__main__":
    main()
