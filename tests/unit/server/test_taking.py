"""Pushes that are taken in one transaction, on SQLite."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tests.clocks import FakeClock
from tests.enrolled import enrol_at, signed
from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, operations, settings_in
from tests.waiting import PATIENCE_S
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity, Json, Operation
from tmcwall.server.accounts import add_user, disable_user
from tmcwall.server.context import ServerContext, ServerLimits
from tmcwall.server.enrolment import current_key, keys_of, revoke
from tmcwall.server.journal import Journal, Push
from tmcwall.server.order import page
from tmcwall.server.prepared import prepare
from tmcwall.server.reading import outline_of, read_push
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import Identity
from tmcwall.server.sessions import begin_session, hash_token
from tmcwall.server.tables import AuditRow
from tmcwall.server.taking import KeysChanged, Outcome, WaitingPush, take_pushes
from tmcwall.sync.protocol import Fate, OperationMessage, PushReply, PushRequest, RefusalCode

DEVICES = ("ws1", "ws2", "ws3")


@dataclass
class Server:
    context: ServerContext
    clock: FakeClock
    askers: dict[str, Identity]

    def waiting(self, device: str, made: Sequence[Operation]) -> WaitingPush:
        """As it is when it was read and its signatures were checked."""
        body = PushRequest(operations=tuple(map(OperationMessage.of, made))).model_dump_json().encode()
        with self.context.database.read() as session:
            keys = keys_of(session, device)
        read = read_push(outline_of(body), device=device, keys=keys)
        return WaitingPush(read, self.askers[device], "127.0.0.1")

    def take(self, *waiting: WaitingPush) -> Sequence[Outcome]:
        return take_pushes(self.context, waiting, within_s=PATIENCE_S)

    def order(self) -> list[UUID]:
        with self.context.database.read() as session:
            return [one.operation.id for one in page(session, cursor=0, limit=200).operations]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    clock = FakeClock(START)
    limits = ServerLimits(quarantine_bytes_per_day=2000)
    context = ServerContext(settings_in(tmp_path, limits=limits), clock=clock, hasher=CHEAP_HASHER)
    askers = {}
    with context.database.write() as session:
        add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
    for device in DEVICES:
        enrol_at(context.database, device, now=START)
        with context.database.write() as session:
            given = begin_session(session, OFFICER, device=device, policy=context.session_policy, now=START)
        askers[device] = context.identity(hash_token(given.token))
    yield Server(context, clock, askers)
    context.close()


def code_of(outcome: Outcome) -> RefusalCode:
    assert isinstance(outcome, RequestRefused)
    return outcome.refusal.code


def fates_of(outcome: Outcome) -> list[Fate]:
    assert isinstance(outcome, PushReply)
    return [fate.fate for fate in outcome.fates]


def numbers_of(outcome: Outcome) -> list[int]:
    assert isinstance(outcome, PushReply)
    return [fate.server_sequence for fate in outcome.fates]


def test_pushes_of_several_devices_follow_each_other_in_the_order(server: Server) -> None:
    first, second = operations(2, device="ws1"), operations(3, device="ws2")
    outcomes = server.take(server.waiting("ws1", first), server.waiting("ws2", second))
    assert [numbers_of(outcome) for outcome in outcomes] == [[1, 2], [3, 4, 5]]
    assert server.order() == [one.id for one in [*first, *second]]


def test_a_push_with_a_gap_costs_the_pushes_beside_it_nothing(server: Server) -> None:
    gap = operations(3, device="ws2")[1:]
    good = [operations(2, device="ws1"), operations(2, device="ws3")]
    first, refused, last = server.take(
        server.waiting("ws1", good[0]), server.waiting("ws2", gap), server.waiting("ws3", good[1])
    )
    assert code_of(refused) is RefusalCode.GAP
    assert (numbers_of(first), numbers_of(last)) == ([1, 2], [3, 4])


def test_a_fork_in_the_middle_of_a_push_leaves_nothing_of_that_push(server: Server) -> None:
    broken = operations(3, device="ws2")
    broken[2] = signed(replace(broken[2], previous_hash="f" * 64))
    good = operations(1, device="ws1")
    refused, taken = server.take(server.waiting("ws2", broken), server.waiting("ws1", good))
    assert code_of(refused) is RefusalCode.FORK
    assert numbers_of(taken) == [1]
    assert server.order() == [good[0].id]
    assert fates_of(server.take(server.waiting("ws2", operations(3, device="ws2")))[0]) == [Fate.APPLIED] * 3


def test_an_operation_under_anothers_id_costs_only_the_push_that_brings_it(server: Server) -> None:
    good = operations(1, device="ws1")
    stolen = [signed(replace(operations(1, device="ws2")[0], id=good[0].id))]
    taken, refused = server.take(server.waiting("ws1", good), server.waiting("ws2", stolen))
    assert fates_of(taken) == [Fate.APPLIED]
    assert code_of(refused) is RefusalCode.FORK
    assert server.order() == [good[0].id]


def test_whose_account_was_disabled_while_his_push_waited_is_refused(server: Server) -> None:
    waiting = server.waiting("ws1", operations(1, device="ws1"))
    with server.context.database.write() as session:
        disable_user(session, NRP, now=START)
    assert code_of(server.take(waiting)[0]) is RefusalCode.UNAUTHORIZED
    assert server.order() == []


def test_a_device_that_was_revoked_while_its_push_waited_is_refused(server: Server) -> None:
    waiting = [server.waiting(device, operations(1, device=device)) for device in ("ws1", "ws2")]
    with server.context.database.write() as session:
        revoke(session, "ws1", reason="lost", by="console", signing_key=server.context.signing_key, now=START)
    refused, taken = server.take(*waiting)
    assert code_of(refused) is RefusalCode.DEVICE_REVOKED
    assert fates_of(taken) == [Fate.APPLIED]


def test_signatures_are_checked_again_by_the_keys_that_the_device_has_by_now(server: Server) -> None:
    waiting = server.waiting("ws1", operations(1, device="ws1"))
    before = replace(waiting, read=replace(waiting.read, keys=()))
    assert isinstance(server.take(before)[0], KeysChanged)
    assert server.order() == []
    assert fates_of(server.take(waiting)[0]) == [Fate.APPLIED]


def test_what_is_not_signed_is_refused_unless_it_is_here_already(server: Server) -> None:
    made = operations(2, device="ws1")
    unsigned = [replace(one, signature="") for one in made]
    assert code_of(server.take(server.waiting("ws1", unsigned))[0]) is RefusalCode.SIGNATURE_REFUSED
    server.take(server.waiting("ws1", made))
    assert fates_of(server.take(server.waiting("ws1", unsigned))[0]) == [Fate.DUPLICATE] * 2


def test_beyond_the_quota_of_quarantine_nothing_of_the_push_is_kept(server: Server) -> None:
    fields: dict[str, Json] = {"note": "x" * 1500, "unknown": 1}
    first = [signed(replace(operations(1, device="ws1")[0], fields=fields))]
    assert fates_of(server.take(server.waiting("ws1", first))[0]) == [Fate.QUARANTINED]
    more = [signed(replace(operations(1, device="ws1", first=2, previous_hash=first[0].hash)[0], fields=fields))]
    refused, taken = server.take(server.waiting("ws1", more), server.waiting("ws2", operations(1, device="ws2")))
    assert code_of(refused) is RefusalCode.TOO_MANY
    assert numbers_of(taken) == [2]


def test_nothing_is_kept_and_nothing_said_if_the_commit_does_not_come(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = [server.waiting(device, operations(2, device=device)) for device in ("ws1", "ws2")]

    def crash(*_: object, **__: object) -> None:
        raise OperationalError("UPDATE", {}, OSError("gone"))

    with monkeypatch.context() as patched:
        patched.setattr("tmcwall.server.taking.see_all", crash)
        with pytest.raises(OperationalError):
            server.take(*waiting)
    assert server.order() == []
    assert [numbers_of(outcome) for outcome in server.take(*waiting)] == [[1, 2], [3, 4]]


def test_a_case_belongs_to_its_unit_for_the_pushes_beside_the_one_that_opens_it(server: Server) -> None:
    """As if one had been taken after the other."""
    supervisor = Officer("80010009", "Rina", Role.SUPERVISOR, units=("polres-a",))
    stranger = replace(OFFICER, role=Role.INVESTIGATOR, units=("polres-b",))
    case: dict[str, Json] = {
        "id": "c1", "lp": "LP/1", "lp_normalised": "LP1", "opened_at": "2025-03-28T07:00:00Z",
        "opened_by": supervisor.nrp, "unit": "polres-a",
    }  # fmt: skip
    opening, marking = (operations(1, device=device)[0] for device in ("ws1", "ws2"))
    opening = replace(opening, actor=supervisor.nrp, entity=Entity.CASE, entity_id="c1", fields=case)
    marking = replace(marking, fields={**marking.fields, "case_id": "c1", "held": False})
    with server.context.database.write() as session:
        journal = Journal(session, now=START)
        pushes = [
            Push([prepare(OperationMessage.of(one))], one.device, officer)
            for one, officer in ((opening, supervisor), (marking, stranger))
        ]
        journal.find(pushes)
        opened, marked = (journal.take(push).fates[0] for push in pushes)
        journal.write()
    assert (opened.fate, opened.reason) == (Fate.APPLIED, "")
    assert (marked.fate, marked.reason) == (Fate.QUARANTINED, "not_allowed")


def test_each_push_has_its_row_in_the_audit_log(server: Server) -> None:
    server.take(*(server.waiting(device, operations(2, device=device)) for device in ("ws1", "ws2")))
    with server.context.database.read() as session:
        rows = session.execute(select(AuditRow.about).where(AuditRow.action == "push")).scalars().all()
    assert rows == ["ws1 1..2", "ws2 1..2"]


def test_when_a_device_was_last_seen_is_known_to_ten_seconds(server: Server) -> None:
    def seen_after(seconds: int, first: int) -> float:
        server.clock.advance(seconds)
        made = operations(first, device="ws1")
        server.take(server.waiting("ws1", made))
        with server.context.database.read() as session:
            key = current_key(session, "ws1")
            assert key is not None
            assert key.last_seen_at is not None
            return (key.last_seen_at - START).total_seconds()

    assert [seen_after(4, 1), seen_after(4, 2), seen_after(4, 3)] == [0, 0, 12]
