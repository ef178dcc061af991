"""What is known of the city: from the server, from files, and from the store when the server is away."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cap_messages import NOWCAST
from tests.clocks import NOON
from tests.services_stage import InlineStore
from tmcwall.domain.camera import Position
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.geo import Coverage
from tmcwall.domain.officer import Action, Officer, Role
from tmcwall.domain.one_way import OneWayRule, OneWayState
from tmcwall.domain.traffic_count import HOUR, CountedPlace, TrafficCount, hour_of
from tmcwall.domain.unit_position import UnitKind, UnitPosition
from tmcwall.intake.cap import parse_cap
from tmcwall.services.city import City
from tmcwall.sync.city import CityPage

GATE = CountedPlace("KLK", "Kalikangkung", Position(-7.0, 110.3))
WARNING = replace(parse_cap(NOWCAST).warning(), effective_at=NOON - HOUR, expires_at=NOON + HOUR)
CAR = UnitPosition("Patroli 12", UnitKind.CAR, Position(-7, 110.4), None, NOON, "patroli")
OFFICER = Officer("80010001", "Sari", Role.OPERATOR)


def hour(back: int, vehicles: int) -> TrafficCount:
    return TrafficCount(GATE, hour_of(NOON) - HOUR * back, 60, vehicles, None, NOON)


class Server:
    """Answers as a test says."""

    def __init__(self) -> None:
        self.page = CityPage()
        self.fault: Fault | None = None
        self.asked: list[str] = []

    def ask(self, _url: str, _token: str, *, after: str) -> CityPage:
        self.asked.append(after)
        if self.fault is not None:
            raise self.fault
        return self.page


class OnDuty:
    allowed = True

    def demand(self, action: Action) -> Officer:
        if not self.allowed:
            raise DomainError(DomainCode.NOT_ALLOWED, action)
        return OFFICER


class Stage:
    def __init__(self, store: InlineStore, clock, server_url: str = "https://tmc.example") -> None:
        self.server, self.duty, self.store, self.clock = Server(), OnDuty(), store, clock
        self.indicated: list[OneWayState] = []
        self.city = self.begin(server_url)

    def begin(self, server_url: str) -> City:
        city = City(
            server_url=server_url, gates={"KLK": OneWayRule()}, store=self.store, duty=self.duty, clock=self.clock,
            nearest=lambda _position: Coverage(None, ()), ask=self.server.ask,
        )  # fmt: skip
        city.indicated.connect(lambda _place, indication: self.indicated.append(indication.state))
        return city

    def receive(self, page: CityPage, qtbot) -> None:
        self.server.page = page
        with qtbot.waitSignal(self.city.changed):
            self.city.use_token("t")


@pytest.fixture
def stage(store, clock, qapp):
    stage = Stage(store, clock)
    yield stage
    stage.city.stop()


def test_what_the_server_says_holds_and_the_next_question_goes_on_behind_it(stage, qtbot):
    stage.receive(CityPage(warnings=(WARNING,), positions=(CAR,), counts=(hour(1, 9),), next=NOON), qtbot)
    assert [one.id for one in stage.city.warnings()] == [WARNING.id]
    assert (stage.city.units(), stage.city.places()) == ((CAR,), (GATE,))
    with qtbot.waitSignal(stage.city.changed):
        stage.city.look()
    assert stage.server.asked == ["", NOON.isoformat()]
    assert stage.city.hours("KLK") == {hour_of(NOON) - HOUR: 9}


def test_a_warning_that_the_server_names_no_more_is_over(stage, qtbot):
    stage.receive(CityPage(warnings=(WARNING,)), qtbot)
    stage.receive(CityPage(), qtbot)
    assert stage.city.warnings() == ()


def test_a_warning_ends_by_itself_while_the_server_is_away(stage, qtbot, clock):
    stage.receive(CityPage(warnings=(WARNING,), positions=(CAR,)), qtbot)
    stage.server.fault = Fault(FaultCode.SERVER_UNREACHABLE)
    with qtbot.waitSignal(stage.city.changed):
        stage.city.look()
    assert len(stage.city.warnings()) == 1
    clock.advance(HOUR.total_seconds())
    assert stage.city.warnings() == ()
    assert stage.city.units()[0].is_stale(clock.utc())


def test_what_was_known_is_there_after_a_restart_without_the_server(stage, qtbot):
    stage.receive(CityPage(warnings=(WARNING,), positions=(CAR,), counts=(hour(1, 9),)), qtbot)
    again = stage.begin("https://tmc.example")
    with qtbot.waitSignal(again.changed):
        again.start()
    assert (len(again.warnings()), again.units(), again.newest("KLK")) == (1, (CAR,), hour(1, 9))
    again.stop()


def test_the_indicator_is_told_when_its_state_becomes_another_one(stage, qtbot, clock):
    stage.receive(CityPage(counts=(hour(3, 3000), hour(2, 3000))), qtbot)
    stage.receive(CityPage(counts=(hour(1, 3000),)), qtbot)
    stage.receive(CityPage(), qtbot)
    assert stage.indicated == [OneWayState.TOO_LITTLE_DATA, OneWayState.ON]
    clock.advance(2 * HOUR.total_seconds())
    stage.receive(CityPage(), qtbot)
    assert stage.indicated[-1] is OneWayState.TOO_LITTLE_DATA
    assert stage.city.indication("elsewhere") is None


def test_an_hour_that_comes_again_is_the_one_that_was_sent_last(stage, qtbot):
    later = replace(hour(1, 7), sent_at=NOON + timedelta(seconds=1))
    stage.receive(CityPage(counts=(later, hour(1, 9))), qtbot)
    assert stage.city.hours("KLK") == {hour_of(NOON) - HOUR: 7}


def test_without_a_server_a_file_is_taken_into_the_store(store, clock, qtbot, tmp_path: Path):
    alone = Stage(store, clock, server_url="")
    file = tmp_path / "hitung.csv"
    moment = (hour_of(NOON) - HOUR).isoformat()
    file.write_text(f"lokasi,mulai,kendaraan\nKLK,{moment},3000\nKLK,besok,1\n")
    with qtbot.waitSignal(alone.city.imported) as told:
        alone.city.import_counts(file)
    (imported,) = told.args
    assert (imported.taken, imported.known, [one.line for one in imported.problems]) == (1, 0, [3])
    qtbot.waitUntil(lambda: bool(alone.city.hours("KLK")))
    alone.city.stop()


def test_an_import_needs_the_right_a_sign_in_and_a_file(stage, qtbot, tmp_path: Path):
    refused: list[FaultCode | DomainCode] = []
    stage.city.refused.connect(lambda problem: refused.append(problem.code))
    stage.city.import_counts(tmp_path / "none.csv")
    stage.duty.allowed = False
    stage.city.import_counts(tmp_path / "none.csv")
    stage.duty.allowed = True
    stage.receive(CityPage(), qtbot)
    with qtbot.waitSignal(stage.city.refused):
        stage.city.import_counts(tmp_path / "none.csv")
    assert refused == [
        FaultCode.SIGN_IN_EXPIRED, DomainCode.NOT_ALLOWED, FaultCode.FILE_UNREADABLE,
    ]  # fmt: skip
