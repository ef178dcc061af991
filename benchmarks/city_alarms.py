"""A storm of alarms on a console with ten thousand cameras: how long the loop of the screen is held up.

`python -m benchmarks.city_alarms`. The desk, the book of cameras, the resolver of places, the judge of blind spots and
what puts cameras onto reserved tiles are the real ones, on a store in memory; each alarm comes as from the server. What
the operator has on his own tiles is compared before and after.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from tests.clocks import NOON
from tests.services_stage import FakeDuty, FakeFeed, InlineStore, camera, incident
from tmcwall.db import cameras as camera_rows
from tmcwall.domain.camera import Position
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.incident import IncidentType, Place, Severity
from tmcwall.domain.layout import Layout, WallPlan
from tmcwall.domain.region import Regions
from tmcwall.services.camerabook import CameraBook
from tmcwall.services.changes import Changes
from tmcwall.services.place_register import PlaceRegister
from tmcwall.services.place_services import PlaceServices
from tmcwall.ui.raised_walls import RaisedWalls
from tmcwall.workstation import region_lines

CAMERAS = 10_000
ALARMS = 100
STEP_MS = 2
"""So often the loop is asked to come by."""


class _Layouts(QObject):
    """A wall of 36 tiles, the last four of them reserved."""

    changed = Signal()

    def __init__(self, own: Mapping[int, str]) -> None:
        super().__init__()
        self.plan = WallPlan("6x6", dict(own), reserved=(32, 33, 34, 35))
        self.puts = 0

    def current(self) -> Layout:
        return Layout("l1", "Pagi", {"A": self.plan})

    def put(self, _wall: str, plan: WallPlan) -> None:
        self.plan = plan
        self.puts += 1
        self.changed.emit()

    def shown(self) -> frozenset[str]:
        return frozenset(self.plan.cameras.values())


class _Room:
    ready = True

    def wall_order(self) -> list[str]:
        return ["A"]

    def replay_from(self, *_where: object) -> bool:
        return True


def measure(*, seconds: float = 30.0) -> Mapping[str, Any]:  # Any: JSON
    """`ALARMS` within that time, evenly; the longest times between two passes of the loop."""
    application = QCoreApplication.instance() or QCoreApplication(sys.argv[:1])
    store, dice, regions = InlineStore(), random.Random(7), Regions.from_lines(region_lines())
    middles = [one.centre for one in regions.all() if one.centre is not None]

    def somewhere() -> Position:
        middle = dice.choice(middles)
        return Position(middle.lat + dice.uniform(-0.01, 0.01), middle.lon + dice.uniform(-0.01, 0.01))

    made = [camera(f"CAM-{number}", number=number, position=somewhere()) for number in range(1, CAMERAS + 1)]
    for start in range(0, CAMERAS, 1000):
        store.do(lambda session, start=start: camera_rows.put(session, made[start : start + 1000]))
    changes, clock, duty = Changes(store=store), SystemClock(), FakeDuty()
    changes.start()
    book = CameraBook(store=store, changes=changes, streams=FakeFeed(), logins=None, clock=clock, regions=regions)
    book.start()
    place = PlaceServices.of(
        regions, PlaceRegister(lambda: regions, store=store, clock=clock), store=store, changes=changes, cameras=book,
        duty=duty, clock=clock, raised_from=Severity.MODERATE,
    )  # fmt: skip
    own = {cell: made[cell].id for cell in range(32)}
    layouts = _Layouts(own)
    walls = RaisedWalls(place.raised, layouts, _Room(), clock=clock)
    for service in place.in_order():
        service.start()
    while len(book.all()) < CAMERAS:
        application.processEvents()
    place.places.find("Krapyak")  # the names of ten thousand cameras are learnt once
    gaps: list[float] = []
    last = [time.perf_counter()]

    def pass_by() -> None:
        now = time.perf_counter()
        gaps.append((now - last[0]) * 1000)
        last[0] = now

    sent = [0]

    def alarm() -> None:
        now = clock.utc()
        by_words = sent[0] % 3 == 0
        where = Place(text="RT 3 RW 4 Krapyak, Semarang Barat") if by_words else Place(position=somewhere())
        store.receive(replace(
            incident(id=f"INC-{sent[0]}", external_id=str(sent[0])), place=where, called_at=now, received_at=now,
            type=dice.choice(list(IncidentType)), severity=dice.choice(list(Severity)),
        ))  # fmt: skip
        sent[0] += 1
        if sent[0] >= ALARMS:
            alarms.stop()
            QTimer.singleShot(500, application, application.quit)

    ticks, alarms = QTimer(interval=STEP_MS), QTimer(interval=round(seconds * 1000 / ALARMS))
    ticks.timeout.connect(pass_by)
    alarms.timeout.connect(alarm)
    ticks.start()
    alarms.start()
    application.exec()
    ticks.stop()
    for service in (*place.in_order(), book, changes):
        service.stop()
    gaps.sort()
    kept = {cell: camera_id for cell, camera_id in layouts.plan.cameras.items() if cell in own}
    del walls
    return {
        "cameras": CAMERAS,
        "alarms": ALARMS,
        "alarms_a_minute": round(ALARMS * 60 / seconds),
        "loop_p50_ms": round(gaps[len(gaps) // 2], 2),
        "loop_p99_ms": round(gaps[int(len(gaps) * 0.99)], 2),
        "loop_longest_ms": round(gaps[-1], 2),
        "operator_tiles_changed": sum(own[cell] != kept.get(cell) for cell in own),
        "reserved_tiles_filled": sum(cell in layouts.plan.cameras for cell in layouts.plan.reserved),
        "layout_writes": layouts.puts,
        "open_incidents": len(place.incidents.open()),
        "raised": len(place.raised.raised()),
        "blind_spots": len(place.blind_spots.hits(NOON)),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
