"""Who has reported an incident: shown to whoever may read it, from here or from the server, for one shift."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from tests.clocks import NOON
from tests.services_stage import BRIPKA_SARI, incident
from tmcwall.db import incidents, operations, personal
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.incident import Incident
from tmcwall.domain.merge import Conflict, Version
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity
from tmcwall.services.personal import PersonalValues, ReporterState
from tmcwall.services.synchronisation import SyncState
from tmcwall.sync.personal import PersonalAnswer

PHONE = "+62 800 000 001"
INVESTIGATOR = Officer("80020002", "Rini", Role.INVESTIGATOR)
OPERATOR = Officer("80020003", "Tono", Role.OPERATOR)


class FakeServer:
    """What the server has, by commitment."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.erased = False
        self.fault: Fault | None = None
        self.asked: list[str] = []

    def __call__(
        self, server_url: str, token: str, *, entity: Entity, entity_id: str, commitments: Sequence[str]
    ) -> PersonalAnswer:
        self.asked.append(entity_id)
        if self.fault is not None:
            raise self.fault
        return PersonalAnswer({one: self.values[one] for one in commitments if one in self.values}, self.erased)


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def values(store, duty, server, qapp) -> Iterator[PersonalValues]:
    values = PersonalValues("https://server", store=store, duty=duty, ask=server)
    duty.officer = INVESTIGATOR
    values.follow_duty()
    values.use_token("t")
    values.start()
    yield values
    values.stop()


def written(store, *, by: Officer = OPERATOR) -> Incident:
    """Here, by an officer."""
    made = incident(id="i1", reporter_phone=PHONE)
    store.do(partial(operations.change, value=made, actor=by.nrp, at=NOON))
    found = store.do(partial(incidents.get, incident_id="i1"))
    assert found is not None
    return found


def from_elsewhere(store, server: FakeServer | None = None) -> Incident:
    """Written at another workstation: this one has the operation and not the value."""
    made = written(store)
    if server is not None:
        server.values[made.reporter_phone] = PHONE
    store.do(partial(personal.follow_erasures, erased=[(Entity.INCIDENT, "i1")], up_to=0))
    return made


def shown(values: PersonalValues, one: Incident, qtbot):
    with qtbot.waitSignal(values.changed):
        assert values.reporter(one).state in {ReporterState.ASKED, ReporterState.OF_CASES}
    return values.reporter(one)


def test_an_operation_and_a_row_hold_no_number(store) -> None:
    made = written(store)
    assert PHONE not in made.reporter_phone
    assert not any(PHONE in str(one.fields) for one in store.do(partial(operations.pending, limit=10)))


def test_what_was_written_here_is_shown_here_without_a_server(store, values, server, qtbot) -> None:
    made = written(store)
    server.fault = Fault(FaultCode.SERVER_UNREACHABLE, "")
    assert shown(values, made, qtbot).phone == PHONE
    assert server.asked == []


def test_an_operator_who_took_the_call_sees_the_number_while_on_duty_and_no_other_does(
    store, values, duty, qtbot
) -> None:
    made = written(store, by=OPERATOR)
    duty.officer = OPERATOR
    values.follow_duty()
    assert shown(values, made, qtbot).phone == PHONE
    duty.officer = BRIPKA_SARI
    values.follow_duty()
    assert shown(values, made, qtbot).state is ReporterState.OF_CASES


def test_whoever_may_read_it_is_given_it_by_the_server_and_asks_once(store, values, server, qtbot) -> None:
    made = from_elsewhere(store, server)
    assert shown(values, made, qtbot).phone == PHONE
    assert values.reporter(made).phone == PHONE
    assert server.asked == ["i1"]


def test_what_was_read_goes_with_the_officer(store, values, server, duty, qtbot) -> None:
    made = from_elsewhere(store, server)
    shown(values, made, qtbot)
    duty.officer = OPERATOR
    values.follow_duty()
    assert shown(values, made, qtbot).state is ReporterState.OF_CASES


def test_an_operator_without_the_right_asks_the_server_for_nothing(store, values, server, duty, qtbot) -> None:
    made = from_elsewhere(store, server)
    duty.officer = BRIPKA_SARI
    values.follow_duty()
    assert shown(values, made, qtbot).state is ReporterState.OF_CASES
    assert server.asked == []


def test_an_officer_who_loses_the_right_loses_what_was_read(store, values, server, duty, qtbot) -> None:
    made = from_elsewhere(store, server)
    shown(values, made, qtbot)
    duty.officer = replace(INVESTIGATOR, role=Role.OPERATOR)
    values.follow_duty()
    assert shown(values, made, qtbot).state is ReporterState.OF_CASES


def test_a_server_that_comes_back_is_asked_once_more(store, values, server, qtbot) -> None:
    made = from_elsewhere(store, server)
    server.fault = Fault(FaultCode.SERVER_UNREACHABLE, "")
    shown(values, made, qtbot)
    server.fault = None
    with qtbot.waitSignal(values.changed):
        values.take_sync_state(SyncState(configured=True, online=True))
    assert shown(values, made, qtbot).phone == PHONE
    values.take_sync_state(SyncState(configured=True, online=True))
    assert values.reporter(made).phone == PHONE


def test_nobody_on_duty_is_shown_nothing(store, values, duty) -> None:
    made = written(store)
    duty.officer = None
    values.follow_duty()
    assert values.reporter(made).phone == ""


def test_without_the_server_it_says_that_it_is_not_here_and_asks_again_when_it_is_back(
    store, values, server, qtbot
) -> None:
    made = from_elsewhere(store, server)
    server.fault = Fault(FaultCode.SERVER_UNREACHABLE, "")
    away = shown(values, made, qtbot)
    assert (away.state, away.phone) == (ReporterState.AWAY, "")
    server.fault = None
    with qtbot.waitSignal(values.changed):
        values.ask_again()
    assert shown(values, made, qtbot).phone == PHONE


def test_a_commitment_without_a_value_is_said_to_be_missing_or_erased(store, values, server, qtbot) -> None:
    made = from_elsewhere(store)
    assert shown(values, made, qtbot).state is ReporterState.MISSING
    server.erased = True
    values.ask_again()
    assert shown(values, made, qtbot).state is ReporterState.ERASED


def test_what_the_server_has_erased_is_forgotten_here(store, values, server, qtbot) -> None:
    made = from_elsewhere(store, server)
    shown(values, made, qtbot)
    with qtbot.waitSignal(values.changed):
        values.take_erasures(["i1"])
    server.values, server.erased = {}, True
    assert shown(values, made, qtbot).state is ReporterState.ERASED


def test_what_an_earlier_version_has_written_is_shown_as_it_stands(values, duty) -> None:
    old = incident(id="i1", reporter_name="Ibu Rahayu", reporter_phone=PHONE)
    assert values.reporter(old).phone == PHONE
    duty.officer = OPERATOR
    assert values.reporter(old).state is ReporterState.OF_CASES


@pytest.mark.parametrize(("other", "same"), [(PHONE, True), ("+62 800 000 002", False)])
def test_two_commitments_are_told_to_be_the_same_to_whoever_may_read_them(
    store, values, server, qtbot, other: str, same: bool
) -> None:
    first, second = f"~sha256:{'1' * 64}", f"~sha256:{'2' * 64}"
    server.values = {first: PHONE, second: other}
    kept, beside = (Version(text, 1, "o", "ws1", OPERATOR.nrp, NOON) for text in (first, second))
    conflict = Conflict("c", Entity.INCIDENT, "i1", "reporter_phone", kept, beside)
    with qtbot.waitSignal(values.changed):
        assert values.same(conflict) is None
    assert values.same(conflict) is same


def test_a_letter_is_given_the_name_that_the_server_has(values, server) -> None:
    server.values = {"~c": "Wartini"}
    assert values.value_of("i1", "~c") == "Wartini"
    assert values.value_of("i1", "~d") == ""
    server.fault = Fault(FaultCode.SERVER_UNREACHABLE, "")
    assert values.value_of("i1", "~c") == ""
    values.use_token(None)
    assert values.value_of("i1", "~c") == ""


def test_what_the_server_has_had_for_long_is_dropped_and_what_waits_is_kept(store) -> None:
    made = written(store)
    months_later = NOON + timedelta(days=90)
    store.do(partial(personal.drop_old, before=months_later))
    (waiting,) = store.do(partial(personal.unsent, limit=5))
    assert waiting.value == PHONE
    store.do(partial(personal.mark_sent, commitments=[made.reporter_phone], at=months_later))
    store.do(partial(personal.drop_old, before=months_later))
    assert store.do(personal.of_all_written_here) == {PHONE}
    store.do(partial(personal.drop_old, before=months_later + timedelta(seconds=1)))
    assert store.do(personal.of_all_written_here) == frozenset()
