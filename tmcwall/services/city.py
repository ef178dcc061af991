"""What is known of the city besides incidents: warnings that hold, counts of traffic, where units are.

Asked of the server every few seconds while somebody is signed in, and kept in the store, so that it is there when the
server is not: each thing says its own time, so what is old is seen to be old.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tmcwall.db import city_readings
from tmcwall.db.city_readings import CityReadings
from tmcwall.db.store import Session
from tmcwall.domain.area_warning import AreaWarning, valid_now
from tmcwall.domain.camera import Position
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError, Fault, FaultCode
from tmcwall.domain.geo import Coverage
from tmcwall.domain.officer import Action, Officer
from tmcwall.domain.one_way import OneWayIndication, OneWayRule, OneWayState, indicate
from tmcwall.domain.station_zone import StationZone
from tmcwall.domain.traffic_count import CountedPlace, TrafficCount, hours
from tmcwall.domain.unit_position import UnitPosition
from tmcwall.intake.counts_csv import MOST_BYTES, RowProblem, bodies, read_counts
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, StoreProtocol, in_thread, settled
from tmcwall.sync.city import CityPage, read_city, send_counts

_EVERY_MS: Final = 10_000


class OnDuty(Protocol):
    def demand(self, action: Action) -> Officer: ...


@dataclass(frozen=True, slots=True)
class ImportedCounts:
    """What became of a file: rows that were taken, were known already, or are wrong."""

    taken: int
    known: int
    problems: tuple[RowProblem, ...]


class City(QObject):
    """What it gives is plain data, for lists, charts and maps alike."""

    changed = Signal()
    indicated = Signal(str, object)
    """CountedPlace's id, OneWayIndication: whenever the state of a gate has become another one."""
    imported = Signal(object)
    """ImportedCounts."""
    refused = Signal(object)
    """Fault or DomainError of an import."""

    def __init__(
        self,
        *,
        server_url: str,
        gates: Mapping[str, OneWayRule],
        store: StoreProtocol,
        duty: OnDuty,
        clock: Clock,
        nearest: Callable[[Position], Coverage],
        links: Sequence[tuple[str, str]] = (),
        zone: StationZone = StationZone.WIB,
        ask: Callable[..., CityPage] = read_city,
        parent: QObject | None = None,
    ) -> None:
        """`server_url` empty: this workstation works alone, with what is imported here."""
        super().__init__(parent)
        self._server_url = server_url
        self._gates = gates
        self._store = store
        self._duty = duty
        self._clock = clock
        self._nearest = nearest
        self.links = links
        """To other services: names and addresses."""
        self._zone = zone
        self._ask = ask
        self._token: str | None = None
        self._asking = False
        self._after = ""
        self._known = CityReadings()
        self._hours: Mapping[str, Mapping[datetime, int]] = {}
        self._states: dict[str, OneWayState] = {}
        self._futures = FutureDispatcher()
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        self._read()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self._futures.close()

    @Slot(object)
    def use_token(self, token: str | None) -> None:
        self._token = token
        if token is not None:
            self.look()

    def warnings(self) -> tuple[AreaWarning, ...]:
        """That hold now, the gravest first."""
        return valid_now(self._known.warnings, self._clock.utc())

    def units(self) -> tuple[UnitPosition, ...]:
        """Of the last shift, by unit; whether one is stale it says itself."""
        now = self._clock.utc()
        return tuple(sorted((one for one in self._known.units if not one.is_gone(now)), key=lambda one: one.unit))

    def places(self) -> tuple[CountedPlace, ...]:
        """That were counted in the last week, by id; as they were described last."""
        newest: dict[str, TrafficCount] = {}
        for count in self._known.counts:
            before = newest.get(count.place.id)
            if before is None or before.sent_at <= count.sent_at:
                newest[count.place.id] = count
        return tuple(newest[place_id].place for place_id in sorted(newest))

    def hours(self, place_id: str) -> Mapping[datetime, int]:
        """Vehicles of the whole hours that were counted there."""
        return self._hours.get(place_id, {})

    def newest(self, place_id: str) -> TrafficCount | None:
        """The count whose period began last."""
        found = [count for count in self._known.counts if count.place.id == place_id]
        return max(found, key=lambda count: (count.starts_at, count.sent_at), default=None)

    def rule(self, place_id: str) -> OneWayRule | None:
        """None for a place that the settings do not name."""
        return self._gates.get(place_id)

    def cameras_near(self, position: Position) -> tuple[str, ...]:
        """Working ones, the best first."""
        return tuple(camera.id for camera in self._nearest(position).cameras)

    def indication(self, place_id: str) -> OneWayIndication | None:
        """None for a place that the settings do not name."""
        rule = self._gates.get(place_id)
        return None if rule is None else indicate(self.hours(place_id), rule, now=self._clock.utc())

    def import_counts(self, file: Path) -> None:
        """`imported` or `refused` follows."""
        try:
            self._duty.demand(Action.HANDLE_INCIDENTS)
        except DomainError as error:
            self.refused.emit(error)
            return
        if self._server_url and self._token is None:
            self.refused.emit(Fault(FaultCode.SIGN_IN_EXPIRED, "not signed in at the server", retryable=False))
            return
        work = partial(self._import, file, self._token)
        self._futures.expect(in_thread(work, name="counts"), self._take_imported, self.refused.emit)

    @Slot()
    def look(self) -> None:
        """Ask the server, if it is not being asked; without one, time alone may have changed what holds."""
        if not self._server_url or self._token is None:
            self._tell_changed()
        elif not self._asking:
            self._asking = True
            work = partial(self._ask, self._server_url, self._token, after=self._after)
            self._futures.expect(in_thread(work, name="city"), self._take_page, self._take_refusal)

    def _take_page(self, page: CityPage) -> None:
        self._asking = False
        if page.next is not None:
            self._after = page.next.isoformat()
        now = self._clock.utc()

        def write(session: Session) -> None:
            city_readings.forget_old(session, now=now)
            city_readings.replace_present(session, warnings=page.warnings, units=page.positions)
            city_readings.put_counts(session, page.counts)

        self._futures.expect(self._store.write(write), lambda _nothing: self._read(), self.refused.emit)
        if page.more:
            self.look()

    def _take_refusal(self, _refusal: Refusal) -> None:
        """That the server is away is said by synchronisation; what is known stays, with its age."""
        self._asking = False
        self._tell_changed()

    def _read(self) -> None:
        read = partial(city_readings.read, now=self._clock.utc())
        self._futures.expect(self._store.read(read), self._take_read, self.refused.emit)

    def _take_read(self, known: CityReadings) -> None:
        self._known = known
        by_place: defaultdict[str, list[TrafficCount]] = defaultdict(list)
        for count in known.counts:
            by_place[count.place.id].append(count)
        self._hours = {place_id: hours(counts) for place_id, counts in by_place.items()}
        self._tell_changed()

    def _tell_changed(self) -> None:
        for place_id in self._gates:
            indication = self.indication(place_id)
            if indication is not None and self._states.get(place_id) is not indication.state:
                self._states[place_id] = indication.state
                self.indicated.emit(place_id, indication)
        self.changed.emit()

    def _import(self, file: Path, token: str | None) -> ImportedCounts:
        """In a thread of its own. Raises Fault."""
        try:
            with file.open("rb") as opened:
                content = opened.read(MOST_BYTES + 1)
        except OSError as error:
            raise Fault(FaultCode.FILE_UNREADABLE, str(file), retryable=False) from error
        now = self._clock.utc()
        table = read_counts(content, now=now, zone=self._zone)
        if token is not None and self._server_url:
            receipts = [send_counts(self._server_url, token, body) for body in bodies(table.counts, sent_at=now)]
            taken = sum(receipt.taken for receipt in receipts)
        else:
            taken = settled(self._store.write(lambda session: city_readings.put_counts(session, table.counts)))
        return ImportedCounts(taken, len(table.counts) - taken, table.problems)

    def _take_imported(self, imported: ImportedCounts) -> None:
        self.imported.emit(imported)
        if self._server_url:
            self.look()
        else:
            self._read()
