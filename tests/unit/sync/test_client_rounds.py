"""One round of the client against servers that answer in every way."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx2
import pytest
from pydantic import ValidationError

from tests.clocks import FakeClock
from tests.enrolled import key_of
from tests.exchange import START, MemoryReplica, bookmark, operations
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.operation import SCHEMA_VERSION, Entity, Operation
from tmcwall.domain.server_state import WithdrawnOperation
from tmcwall.signatures import Purpose
from tmcwall.sync.client import SyncClient, SyncLimits, SyncState
from tmcwall.sync.connection import Connection, Refused
from tmcwall.sync.protocol import OperationMessage
from tmcwall.sync.replica import SyncPosition

EPOCH = UUID(int=5)
Answer = Callable[[httpx2.Request], httpx2.Response]


def tagged(count: int) -> MemoryReplica:
    replica = MemoryReplica()
    for number in range(1, count + 1):
        replica.write(Entity.BOOKMARK, f"b{number}", bookmark(f"b{number}"))
    return replica


def round_of(
    replica: MemoryReplica, answer: Answer, *, token: str | None = "token", batch: int = 200
) -> list[SyncState]:
    states: list[SyncState] = []
    client = SyncClient(
        replica,
        server_url="https://tmc.example",
        token=token,
        clock=FakeClock(START),
        on_state=states.append,
        limits=SyncLimits(batch=batch),
    )

    async def once() -> None:
        transport = httpx2.MockTransport(answer)
        async with Connection.open("https://tmc.example", timeout_s=5, transport=transport) as connection:
            await client.round(connection)

    asyncio.run(once())
    return states


def failure(replica: MemoryReplica, answer: Answer, *, token: str | None = "token") -> Fault:
    with pytest.raises(Fault) as failed:
        round_of(replica, answer, token=token)
    return failed.value


def accepted(request: httpx2.Request) -> httpx2.Response:
    fates = [
        {"id": item["id"], "number": item["number"], "fate": "applied", "server_sequence": item["number"]}
        for item in json.loads(request.content)["operations"]
    ]
    return httpx2.Response(200, json={"fates": fates, "epoch": str(EPOCH), "last_number": fates[-1]["number"]})


def empty_page(cursor: int = 0, *, last_number: int = 1000) -> httpx2.Response:
    page = {"operations": [], "cursor": cursor, "epoch": str(EPOCH), "more": False, "last_number": last_number}
    return httpx2.Response(200, json=page)


def ordinary(request: httpx2.Request) -> httpx2.Response:
    return accepted(request) if request.method == "POST" else empty_page()


def test_all_is_pushed_in_batches_in_order() -> None:
    replica, batches = tagged(7), []

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            batches.append([item["number"] for item in json.loads(request.content)["operations"]])
        return ordinary(request)

    states = round_of(replica, answer, batch=3)
    assert batches == [[1, 2, 3], [4, 5, 6], [7]]
    assert (states[-1].online, states[-1].pending) == (True, 0)


def test_a_push_that_is_too_large_goes_in_halves() -> None:
    sizes: list[int] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            sizes.append(len(json.loads(request.content)["operations"]))
            if sizes[-1] > 2:
                return httpx2.Response(413, json={"code": "too_large"})
        return ordinary(request)

    replica = tagged(8)
    round_of(replica, answer, batch=8)
    assert sizes[:3] == [8, 4, 2]
    assert replica.pending_count() == 0


def test_a_server_that_lost_operations_gets_them_again() -> None:
    replica, first = tagged(5), []
    replica.unacknowledged = {5}

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            first.append(json.loads(request.content)["operations"][0]["number"])
            if first[-1] == 5:
                return httpx2.Response(409, json={"code": "gap", "expected_number": 3})
        return ordinary(request)

    round_of(replica, answer)
    assert first == [5, 3]


def test_a_gap_that_cannot_be_filled_is_a_fault_and_no_circle() -> None:
    replica = tagged(5)
    replica.own, replica.unacknowledged = replica.own[3:], {4, 5}
    gap = {"code": "gap", "expected_number": 2}
    assert failure(replica, lambda _: httpx2.Response(409, json=gap)).code is FaultCode.SERVER_REFUSED
    assert replica.pending_count() == 2


@pytest.mark.parametrize(
    ("status", "code", "fault", "retryable"),
    [
        (401, "unauthorized", FaultCode.SIGN_IN_EXPIRED, False),
        (403, "forbidden", FaultCode.SERVER_REFUSED, False),
        (409, "schema_newer", FaultCode.SERVER_INCOMPATIBLE, False),
        (429, "too_many", FaultCode.SERVER_REFUSED, True),
        (500, "internal", FaultCode.SERVER_REFUSED, True),
        (503, "something_of_a_newer_version", FaultCode.SERVER_REFUSED, True),
    ],
)
def test_a_refusal_is_told_and_the_queue_stays(status: int, code: str, fault: FaultCode, *, retryable: bool) -> None:
    replica = tagged(2)
    refused = failure(replica, lambda _: httpx2.Response(status, json={"code": code}, headers={"Retry-After": "17"}))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.retryable, refused.retry_after_s) == (fault, retryable, 17.0)
    assert replica.pending_count() == 2


def test_what_other_officers_made_here_goes_up_with_what_the_server_gave_for_them() -> None:
    asked: list[dict[str, str]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            asked.append(json.loads(request.content)["delegations"])
        return ordinary(request)

    replica = tagged(1)
    replica.actor = "80010002"
    replica.write(Entity.BOOKMARK, "b2", bookmark("b2"))
    replica.kept_delegations = {"80010002": "sealed", "80010003": "of nobody here"}
    round_of(replica, answer)
    assert asked == [{"80010002": "sealed"}]


class WrongClock(MemoryReplica):
    """Holds operations of an earlier version, dated 1969."""

    def __init__(self, *, mendable: bool) -> None:
        super().__init__()
        self.mendable = mendable
        for name in ("b1", "b2"):
            self.write(Entity.BOOKMARK, name, bookmark(name))
        self.own = [replace(one, made_at=datetime(1969, 12, 31, tzinfo=UTC)) for one in self.own]

    def date_again(self) -> bool:
        if self.mendable:
            self.own, self.mendable = [replace(one, made_at=START) for one in self.own], False
            return True
        return False


def test_operations_that_a_wrong_clock_has_dated_are_dated_again_and_sent() -> None:
    replica = WrongClock(mendable=True)
    round_of(replica, ordinary)
    assert replica.pending_count() == 0


def test_what_cannot_be_sent_at_all_is_a_fault_and_others_are_heard_all_the_same() -> None:
    replica, paths = WrongClock(mendable=False), []

    def answer(request: httpx2.Request) -> httpx2.Response:
        paths.append(request.method)
        return ordinary(request)

    fault = failure(replica, answer)
    assert (fault.code, fault.detail) == (FaultCode.MESSAGE_UNSENDABLE, "OperationMessage: made_at")
    assert paths == ["GET"]
    assert replica.place.epoch == EPOCH


def test_nobody_signed_in_sends_nothing() -> None:
    def answer(_: httpx2.Request) -> httpx2.Response:
        raise AssertionError

    assert failure(tagged(1), answer, token=None).code is FaultCode.SIGN_IN_EXPIRED


def item_of(operation: Operation, place: int, **changes: object) -> dict[str, object]:
    """As it stands in a page."""
    message = OperationMessage.of(operation).model_dump(mode="json") | changes
    with suppress(ValidationError):  # what nobody can read was signed by nobody
        read = OperationMessage.model_validate(message)
        message["signature"] = key_of(read.device).sign(Purpose.OPERATION, read.hash)
    return {"server_sequence": place, "fate": "applied", "revision": 1, "operation": message}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"entity": "drone"}, "entity_unknown"),
        ({"fields": {**bookmark("b"), "starts_at": "9999-12-31T22:00:00Z"}}, "shape: starts_at: range"),
        ({"fields": {**bookmark("b"), "clock_offset_ms": 2**63}}, "shape: clock_offset_ms: range"),
        ({"fields": {**bookmark("b"), "weather": "hujan"}}, "shape: weather: unknown"),
        ({"made_at": "0001-01-01T00:00:00+14:00"}, "message"),
        ({"number": 2**63}, "message"),
        ({"fields": ["no", "fields"]}, "message"),
    ],
)
def test_what_cannot_be_read_is_kept_aside_and_the_cursor_goes_on(changes: dict[str, object], reason: str) -> None:
    poisoned, sound = operations(2, device="ws2")
    items = [item_of(poisoned, 1, **changes), item_of(sound, 2)]
    page = {"operations": items, "cursor": 2, "epoch": str(EPOCH), "more": False, "last_number": 1000}
    replica = MemoryReplica()
    round_of(replica, lambda _: httpx2.Response(200, json=page))
    assert replica.position() == SyncPosition(2, EPOCH)
    assert replica.applied == {sound.id}
    (kept,) = replica.unread
    assert (kept.server_sequence, kept.reason) == (1, reason)
    assert json.loads(kept.text) == items[0]


@pytest.mark.parametrize("item", [None, 7, "nonsense", [], {"server_sequence": "first"}])
def test_an_item_that_is_no_operation_at_all_is_kept_aside_too(item: object) -> None:
    page = {"operations": [item], "cursor": 1, "epoch": str(EPOCH), "more": False, "last_number": 1000}
    replica = MemoryReplica()
    round_of(replica, lambda _: httpx2.Response(200, json=page))
    assert replica.position() == SyncPosition(1, EPOCH)
    (kept,) = replica.unread
    assert (kept.server_sequence, json.loads(kept.text)) == (0, item)


def test_an_operation_of_a_newer_version_keeps_the_fields_that_are_not_known_here() -> None:
    newer = replace(operations(1, device="ws2")[0], schema_version=SCHEMA_VERSION + 1, fields={"weather": "hujan"})
    page = {"operations": [item_of(newer, 1)], "cursor": 1, "epoch": str(EPOCH), "more": False, "last_number": 1000}
    replica = MemoryReplica()
    round_of(replica, lambda _: httpx2.Response(200, json=page))
    assert replica.confirmed[Entity.BOOKMARK, newer.entity_id].fields == {"weather": "hujan"}


def test_what_was_taken_out_at_the_server_is_told_to_the_store() -> None:
    out = {"server_sequence": 3, "operation_id": str(UUID(int=9)), "revision": 2, "reason": "rusak"}
    page = {"operations": [], "withdrawals": [out, {"operation_id": 9}], "cursor": 3, "epoch": str(EPOCH),
            "more": False, "last_number": 1000}  # fmt: skip
    replica = MemoryReplica()
    round_of(replica, lambda _: httpx2.Response(200, json=page))
    assert replica.withdrawn == [WithdrawnOperation(3, UUID(int=9), 2, "rusak")]
    assert [one.reason for one in replica.unread] == ["message"]


def test_a_store_that_cannot_write_leaves_the_cursor_where_it_was() -> None:
    replica = MemoryReplica(crash_at="apply_page")
    assert failure(replica, ordinary).code is FaultCode.STORE_UNWRITABLE
    assert replica.position() == SyncPosition()


def test_quarantine_is_told_with_its_reason_and_does_not_stop_the_queue() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method != "POST":
            return empty_page()
        reply = json.loads(accepted(request).content)
        reply["fates"][0] |= {"fate": "quarantined", "reason": "not_allowed"}
        return httpx2.Response(200, json=reply)

    replica = tagged(3)
    round_of(replica, answer)
    assert (replica.quarantined, replica.pending_count()) == ({1: "not_allowed"}, 0)


def test_a_new_order_is_taken_over_from_its_beginning() -> None:
    replica = tagged(2)
    replica.unacknowledged.clear()
    replica.place = SyncPosition(40, uuid4())
    pushed: list[int] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            pushed.extend(item["number"] for item in json.loads(request.content)["operations"])
            return accepted(request)
        return empty_page(last_number=max(pushed, default=0))

    round_of(replica, answer)
    assert replica.position() == SyncPosition(0, EPOCH)
    assert pushed == [1, 2]


def test_the_token_goes_to_no_other_host() -> None:
    hosts: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        hosts.append(request.url.host)
        return httpx2.Response(307, headers={"location": "https://elsewhere.example/api/v1/operations"})

    assert failure(tagged(1), answer).code is FaultCode.SERVER_INCOMPATIBLE
    assert hosts == ["tmc.example"]
