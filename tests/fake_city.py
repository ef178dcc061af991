"""What is known of the city, as a test says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from tests.afternoon import NOW
from tmcwall.domain.area_warning import AreaWarning
from tmcwall.domain.camera import Position
from tmcwall.domain.one_way import OneWayIndication, OneWayRule, indicate
from tmcwall.domain.traffic_count import CountedPlace, TrafficCount
from tmcwall.domain.traffic_count import hours as whole_hours
from tmcwall.domain.unit_position import UnitPosition


class FakeCity(QObject):
    changed = Signal()
    indicated = Signal(str, object)
    imported = Signal(object)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.links: Sequence[tuple[str, str]] = ()
        self.known_warnings: list[AreaWarning] = []
        self.known_units: list[UnitPosition] = []
        self.counts: list[TrafficCount] = []
        self.gates: dict[str, OneWayRule] = {}
        self.near: list[str] = []
        self.now = NOW
        self.asked: list[Path] = []

    def warnings(self) -> Sequence[AreaWarning]:
        return self.known_warnings

    def units(self) -> Sequence[UnitPosition]:
        return self.known_units

    def places(self) -> Sequence[CountedPlace]:
        return tuple({count.place.id: count.place for count in self.counts}.values())

    def hours(self, place_id: str) -> Mapping[datetime, int]:
        return whole_hours(count for count in self.counts if count.place.id == place_id)

    def newest(self, place_id: str) -> TrafficCount | None:
        found = [count for count in self.counts if count.place.id == place_id]
        return max(found, key=lambda count: count.starts_at, default=None)

    def rule(self, place_id: str) -> OneWayRule | None:
        return self.gates.get(place_id)

    def indication(self, place_id: str) -> OneWayIndication | None:
        rule = self.rule(place_id)
        return None if rule is None else indicate(self.hours(place_id), rule, now=self.now)

    def cameras_near(self, position: Position) -> Sequence[str]:
        del position
        return self.near

    def import_counts(self, file: Path) -> None:
        self.asked.append(file)
