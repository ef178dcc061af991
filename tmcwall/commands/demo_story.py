"""What the demo does at the desktop: cameras on the wall, an incident on the tiles, a tag that outlives the server, and
a case that leaves as a package and is checked.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import httpx2
import msgspec
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

from tmcwall.commands.demo_day import Post, play, post_signed
from tmcwall.commands.demo_options import DemoOptions
from tmcwall.commands.demo_processes import NRP, DemoProcesses
from tmcwall.commands.desktop import Desktop
from tmcwall.commands.evidence import case_desk_of
from tmcwall.commands.results import save_json, save_result
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.fault import DomainError, Fault, FaultCode
from tmcwall.domain.health import TileState
from tmcwall.domain.incident import Incident, IncidentType
from tmcwall.domain.layout import WallPlan
from tmcwall.domain.officer import Officer
from tmcwall.domain.operation import Json
from tmcwall.evidence.package import Progress
from tmcwall.evidence.server_receipt import known_servers
from tmcwall.evidence.signers import known_signers
from tmcwall.evidence.verification import Verification
from tmcwall.evidence.verify import verify_package
from tmcwall.process_usage import running_s
from tmcwall.services.evidence_requests import ExportDone, ExportEvidence
from tmcwall.services.future_dispatcher import FutureDispatcher
from tmcwall.services.tagging import TagRequest
from tmcwall.sync import account
from tmcwall.texts import Text, Translator
from tmcwall.texts import demo as say
from tmcwall.texts import evidence as say_evidence
from tmcwall.texts.faults import explain
from tmcwall.texts.incidents import TYPES
from tmcwall.ui.screenshot import screenshot
from tmcwall.ui.wall.statistics import Statistics, WallStatistics
from tmcwall.ui.wall.tile import WallTile
from tmcwall.workstation import Workstation

PRE_ROLL_S: Final = 8.0
POST_ROLL_S: Final = 4.0
_LIVE_SHARE: Final = 15 / 16
_WATCH_MS: Final = 100
EVIDENCE: Final = "tmcwall-demo-evidence"
"""The folder in the data in which packages are made."""

T = TypeVar("T")


class DemoStatistics(msgspec.Struct, frozen=True):
    """What the story came to. Seconds; None for what did not happen in time."""

    incident_s: float | None = None
    """From sending the report to its marker on this workstation."""
    bookmark_id: str | None = None
    clip: str | None = None
    sha256: str | None = None
    on_server: bool = False
    package: str | None = None
    """The folder of the case's evidence package."""
    copies: int = 0
    """Viewing copies and stills in it."""
    verdict: str | None = None
    live: int = 0
    live_s: float | None = None
    """From the program's start to fifteen sixteenths of the tiles being live."""


class Story(QObject):
    """Step by step, each when the one before has happened: wall live, incident, tag, clip, server restart, proof,
    package, check.
    """

    def __init__(
        self,
        application: QApplication,
        workstation: Workstation,
        stage: DemoProcesses,
        options: DemoOptions,
        *,
        translate: Translator,
    ) -> None:
        super().__init__()
        self._workstation = workstation
        self._stage = stage
        self._options = options
        self._translate = translate
        self._clock = workstation.clock
        self._facts = DemoStatistics()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="demo")
        self._futures = FutureDispatcher()
        self._reported_ns = 0
        self._recorded_since = self._clock.utc()
        """All that is shown has been recorded from then on."""
        self._incident_id = ""
        self._focus = ""
        self._lp = ""
        self._ended = threading.Event()
        self._wall = ""
        self.failure: Fault | None = None
        """What could not be written at the end."""
        self.stayed_dark = False
        """The time was up before any camera was shown."""
        self._lit = False
        self.desktop = Desktop(application, workstation, translate=translate, painted=self._painted)
        self._statistics = WallStatistics(self.desktop.feed, clock=self._clock, parent=self)
        self._watch = QTimer(self, interval=_WATCH_MS)
        self._watch.timeout.connect(self._look)
        self._end = QTimer(self, singleShot=True)
        self._end.timeout.connect(self._finish)
        self._step: Callable[[], None] = self._await_walls
        self._connect()

    def close(self) -> None:
        """After the desktop has stopped."""
        self._ended.set()
        self._watch.stop()
        self._futures.close()
        self._stage.close()
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _connect(self) -> None:
        desktop = self.desktop
        desktop.duty.changed.connect(self._sign_in_once)
        desktop.duty.signed_in.connect(self._tell_signed_in)
        desktop.duty.sign_in_refused.connect(self._tell_refused)
        desktop.incidents.arrived.connect(self._take_incident)
        desktop.tagging.saved.connect(self._take_saved)
        desktop.tagging.refused.connect(self._tell_refused)
        desktop.tagging.clip_changed.connect(self._take_clip)
        self._watch.start()

    @Slot()
    def _look(self) -> None:
        self._step()

    # The wall.

    def _await_walls(self) -> None:
        layouts, monitors = self.desktop.layouts, self.desktop.room.walls.monitors()
        if not layouts.current().id or not self.desktop.cameras.all() or not monitors:
            return
        self._wall = wall = next(iter(self.desktop.room.walls.windows()), monitors[-1].identity)
        count = self._options.cameras
        side = next(side for side in range(1, 9) if side * side >= count or side == 8)
        shown = self.desktop.cameras.all()[: side * side]
        reserved = tuple(range(side * side - max(1, side * side // 4), side * side))
        plan = WallPlan(f"{side}x{side}", {cell: camera.id for cell, camera in enumerate(shown)}, reserved)
        layouts.put(wall, plan)
        self.desktop.room.open_wall(wall)
        self._step = self._await_windows

    def _await_windows(self) -> None:
        window = self.desktop.room.walls.windows().get(self._wall)
        if window is None:
            return
        self._statistics.begin([window.canvas])
        if self._options.seconds is not None:
            self._end.start(round(self._options.seconds * 1000))
        self._step = self._await_live

    def _await_live(self) -> None:
        live, shown = self._live(), self._shown()
        self._facts = msgspec.structs.replace(self._facts, live=live)
        if live < _LIVE_SHARE * shown or self.desktop.duty.officer is None:
            return
        seconds = running_s()
        self._recorded_since = self._clock.utc()
        self._facts = msgspec.structs.replace(self._facts, live_s=round(seconds, 2))
        tell(self._translate, say.LIVE, live=live, count=shown, seconds=seconds)
        self._step = self._report if self._options.day_speed is None else self._play_day

    def _live(self) -> int:
        return sum(
            self.desktop.cameras.status(camera).state is TileState.LIVE for camera in self.desktop.layouts.shown()
        )

    def _shown(self) -> int:
        return len(self.desktop.layouts.shown())

    # The officer.

    @Slot()
    def _sign_in_once(self) -> None:
        if self.desktop.duty.officer is None and not self.desktop.duty.busy:
            self.desktop.duty.changed.disconnect(self._sign_in_once)
            self.desktop.duty.sign_in(NRP, self._stage.password)

    @Slot(object)
    def _tell_signed_in(self, officer: Officer) -> None:
        tell(self._translate, say.SIGNED_IN, officer=officer.name)

    @Slot(object)
    def _tell_refused(self, problem: Fault | DomainError) -> None:
        tell(self._translate, say.REFUSED, cause=explain(problem, self._translate))

    # The incident.

    def _report(self) -> None:
        live = {
            camera for camera in self.desktop.layouts.shown()
            if self.desktop.cameras.status(camera).state is TileState.LIVE
        }  # fmt: skip
        seeing = [camera for camera in self._options.world.watching(self._options.cameras) if camera in live]
        if not seeing:
            return
        self._step = _wait
        self._focus = seeing[0]
        report = self._options.world.report(self._focus)
        self._reported_ns = self._clock.monotonic_ns()
        kind = self._translate(TYPES[IncidentType(str(report["type"]))])
        place = report["location"]
        where = place["text"] if isinstance(place, dict) else ""
        tell(self._translate, say.REPORTED, type=kind, place=where)
        self._do(partial(self._post_report, report), _done)

    def _post_report(self, report: dict[str, Json]) -> None:
        self._call("incident", json.dumps(report).encode(), source=str(report["source"]))

    def _call(self, route: str, body: bytes, *, source: str, content_type: str = "application/json") -> None:
        post_signed(
            self._server,
            route,
            body,
            source=source,
            secret=self._stage.webhook_secret,
            clock=self._clock,
            content_type=content_type,
        )

    @property
    def _server(self) -> str:
        return self._workstation.settings.server_url

    @Slot(object)
    def _take_incident(self, incident: Incident) -> None:
        if self._incident_id or not self._reported_ns:
            return
        self._incident_id = incident.id
        seconds = (self._clock.monotonic_ns() - self._reported_ns) / 1e9
        self._facts = msgspec.structs.replace(self._facts, incident_s=round(seconds, 3))
        seeing = len(self.desktop.incidents.seeing(incident.id))
        tell(self._translate, say.ARRIVED, seconds=seconds, count=seeing)
        coverage = self.desktop.incidents.nearest(incident.id)
        if coverage.radius_m is None:
            tell(self._translate, say.NO_COVERAGE)
        else:
            console = self.desktop.console
            placed = console.show_nearest(incident.id) if console is not None else 0
            tell(self._translate, say.NEAREST, count=placed, radius=coverage.radius_m)
        self._tag()

    # The day.

    def _play_day(self) -> None:
        self._step = _wait
        steps, speed = self._options.world.day(), self._options.day_speed or 1.0
        self._do(partial(play, steps, self, speed=speed, clock=self._clock, ended=self._ended), self._end_day)

    def post(self, post: Post) -> None:
        self._call(post.route, post.body, source=post.source, content_type=post.content_type)

    def order_city(self, line: str) -> None:
        self._stage.order_city(line)

    def tell(self, event: str, at_s: float) -> None:
        tell(self._translate, say.DAY_STEP, minute=at_s / 60, what=self._translate(say.DAY[event]))

    @Slot(object)
    def _end_day(self, played: bool) -> None:  # noqa: FBT001 - the result of a future
        if played:
            tell(self._translate, say.DAY_OVER)
            if self._options.until_told:
                self._step = self._await_sight

    # The tag.

    def _tag(self) -> None:
        now = self._clock.utc()
        local = self._translate.zone.local(now)
        month = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")[local.month - 1]
        self._lp = f"LP/B/{secrets.randbelow(900) + 100}/{month}/{local.year}/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH"
        self.desktop.tagging.tag(
            TagRequest(
                self._focus,
                starts_at=max(now - timedelta(seconds=PRE_ROLL_S), self._recorded_since),
                ends_at=now + timedelta(seconds=POST_ROLL_S),
                lp=self._lp,
                note=self._translate(say.NOTE),
                incident_id=self._incident_id,
            )
        )

    @Slot(object)
    def _take_saved(self, bookmark: Bookmark) -> None:
        if self._facts.bookmark_id is not None:
            return
        self._facts = msgspec.structs.replace(self._facts, bookmark_id=bookmark.id)
        row = next(row for row in self.desktop.tagging.recent() if row.bookmark.id == bookmark.id)
        tell(self._translate, say.TAGGED, lp=row.case.lp if row.case else "", bookmark=bookmark.id)

    @Slot(object)
    def _take_clip(self, clip: Clip) -> None:
        if clip.bookmark_id != self._facts.bookmark_id or self._facts.clip is not None:
            return
        path = self.desktop.tagging.clip_path(clip.bookmark_id)
        if clip.state is ClipState.FAILED:
            tell(self._translate, say.CLIP_FAILED, cause=clip.failure)
        elif clip.state is ClipState.READY and path is not None:
            self._facts = msgspec.structs.replace(self._facts, clip=str(path), sha256=clip.sha256)
            tell(self._translate, say.CLIP, path=path, sha256=clip.sha256)
            self._step = self._await_synchronised

    # The server.

    def _await_synchronised(self) -> None:
        if self.desktop.sync.state.online and self.desktop.sync.state.pending == 0:
            self._step = _wait
            self._do(self._restart_and_ask, self._take_proof)

    def _restart_and_ask(self) -> bool:
        """Whether the server still has the bookmark after it was stopped and started again."""
        self._stage.restart_server()
        device = self._workstation.identity.current()
        session = account.sign_in(self._server, NRP, self._stage.password, device=device, allow_plain=True)
        headers = {"Authorization": f"Bearer {session.token}"}
        with httpx2.Client(timeout=10.0, headers=headers) as client:
            answer = client.get(f"{self._server}/api/v1/bookmarks/{self._facts.bookmark_id}")
        account.sign_out(session)
        return answer.status_code == httpx2.codes.OK and answer.json()["id"] == self._facts.bookmark_id

    def _take_proof(self, found: bool) -> None:  # noqa: FBT001 - the result of a future
        self._facts = msgspec.structs.replace(self._facts, on_server=found)
        tell(self._translate, say.RESTARTED)
        tell(self._translate, say.ON_SERVER if found else say.NOT_ON_SERVER)
        self._do(self._export, self._take_package)

    # The package.

    def _export(self) -> ExportDone:
        request = ExportEvidence(
            lp=self._lp,
            out=str(self._workstation.paths.data / EVIDENCE),
            nrp=NRP,
            password=self._stage.password,
            legal_basis=self._translate(say.BASIS),
        )
        return case_desk_of(self._workstation).export(request, watcher=_UntilEnd(self._ended))

    @Slot(object)
    def _take_package(self, done: ExportDone) -> None:
        self._facts = msgspec.structs.replace(self._facts, package=done.folder, copies=done.copies)
        tell(self._translate, say.PACKAGE, folder=done.folder, originals=done.originals, copies=done.copies)
        tell(self._translate, say_evidence.SIGNED, fingerprint=done.fingerprint, spoken=done.spoken)
        self._do(partial(self._check, Path(done.folder)), self._take_verdict)

    def _check(self, package: Path) -> Verification:
        paths = self._workstation.paths
        return verify_package(
            package,
            signers=known_signers(paths.signers),
            servers=known_servers(paths.servers),
            now=self._clock.utc(),
            camera_authorities=(),
        )

    @Slot(object)
    def _take_verdict(self, found: Verification) -> None:
        self._facts = msgspec.structs.replace(self._facts, verdict=found.verdict.value)
        for line in say_evidence.verification_lines(found, self._translate):
            print(line, flush=True)
        if self._options.until_told:
            self._step = self._await_sight

    # The end.

    def _await_sight(self) -> None:
        """The walls as they should be seen: a camera may have been late while the server started."""
        if self._live() == self._shown():
            self._step = _wait
            self._end.start(0)

    @Slot()
    def _finish(self) -> None:
        self._facts = msgspec.structs.replace(self._facts, live=self._live())
        statistics = self._statistics.finish()
        self.stayed_dark = not self._lit
        try:
            self._save(statistics)
        except Fault as fault:
            self.failure = fault
        self.desktop.stop()

    def _save(self, statistics: Statistics) -> None:
        if self._options.screenshot is not None:
            for path, window in self._pictures(self._options.screenshot):
                save_result(path, screenshot(window, path.suffix.removeprefix(".")))
                tell(self._translate, say.SAVED_PICTURE, path=path)
        if self._options.stats is not None:
            told = msgspec.to_builtins(statistics) | {"demo": msgspec.to_builtins(self._facts)}
            save_json(self._options.stats, told)

    def _pictures(self, first: Path) -> Sequence[tuple[Path, QWidget]]:
        """The wall at the path asked for, the console beside it."""
        wall = self.desktop.room.walls.windows().get(self._wall)
        pictures: list[tuple[Path, QWidget]] = [(first, wall)] if wall is not None else []
        if self.desktop.console is not None:
            pictures.append((first.with_stem(f"{first.stem}-console"), self.desktop.console))
        return pictures

    def _painted(self, tile: WallTile, schedule_ns: int) -> None:
        self._lit = True
        self._statistics.painted(tile, schedule_ns)

    def _do(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        self._futures.expect(self._worker.submit(_expected, work), then, self._tell_refused)


class _UntilEnd:
    """Ends an export where the demo ends."""

    def __init__(self, ended: threading.Event) -> None:
        self.cancelled = ended.is_set

    def progressed(self, progress: Progress) -> None:
        del progress


def _expected(work: Callable[[], T]) -> T:
    """An HTTP failure as the fault it is."""
    try:
        return work()
    except httpx2.HTTPError as error:
        raise Fault(FaultCode.SERVER_UNREACHABLE, type(error).__name__) from error


def _wait() -> None:
    """Something else will set the next step."""


def _done(_result: None) -> None:
    """The report was taken; the incident arrives by itself."""


def tell(translate: Translator, text: Text, **fields: object) -> None:
    """A step of the demo, said at once on standard output."""
    print(translate(text, **fields), flush=True)
