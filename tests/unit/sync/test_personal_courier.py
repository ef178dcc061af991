"""Names and numbers of reporters on their way: before their operations, and never in their way."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import httpx2
import pytest

from tests.clocks import FakeClock
from tests.exchange import START, operations
from tmcwall.domain.commitment import Opening
from tmcwall.domain.fault import Fault
from tmcwall.domain.operation import Entity, Operation
from tmcwall.sync.connection import Connection
from tmcwall.sync.personal import KEPT, PersonalCourier, PersonalPush, read_values

ADDRESS = "http://127.0.0.1:1"


def opening(number: int) -> Opening:
    return Opening(Entity.INCIDENT, "i1", "reporter_phone", bytes(16), f"+62 800 {number}")


class Written:
    """`sync.personal.PersonalStore` in memory."""

    def __init__(self, *openings: Opening) -> None:
        self.values = {one.commitment: one for one in openings}
        self.sent: set[str] = set()
        self.erased: list[tuple[Entity, str]] = []
        self.up_to = 0
        self.dropped: list[datetime] = []

    def openings(self, commitments: Collection[str]) -> Sequence[Opening]:
        return [self.values[one] for one in commitments if one in self.values]

    def unsent(self, limit: int) -> Sequence[Opening]:
        return [one for text, one in self.values.items() if text not in self.sent][:limit]

    def mark_sent(self, commitments: Collection[str], *, at: datetime) -> None:
        self.sent |= set(commitments)

    def erased_up_to(self) -> int:
        return self.up_to

    def follow_erasures(self, erased: Collection[tuple[Entity, str]], *, up_to: int) -> None:
        self.erased += erased
        self.up_to = up_to

    def drop_old(self, *, before: datetime) -> None:
        self.dropped.append(before)


class Server:
    """Takes values, or answers as a test says; has erased what a test says."""

    def __init__(self, *, status: int = 200, erased: Sequence[str] = ()) -> None:
        self.status = status
        self.erased = list(erased)
        self.values: list[str] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            after = int(request.url.params["after"])
            told = self.erased[after : after + 2]
            up_to = after + len(told) if told else len(self.erased)
            return httpx2.Response(200, json={
                "erasures": [{"entity": kind, "entity_id": "i1"} for kind in told], "up_to": up_to,
            })  # fmt: skip
        if self.status != 200:
            return httpx2.Response(self.status, json={"code": "too_many"})
        self.values += [one.value for one in PersonalPush.model_validate_json(request.content).values]
        return httpx2.Response(200, json={"taken": 1})


def carried(courier: PersonalCourier, server: Server, *bring: Operation, deliver: bool = True) -> None:
    async def round_() -> None:
        async with Connection.open(ADDRESS, timeout_s=5, transport=httpx2.MockTransport(server)) as connection:
            await courier.bring(connection, "t", bring)
            if deliver:
                await courier.deliver(connection, "t")

    asyncio.run(round_())


def about(*openings: Opening) -> list[Operation]:
    (made,) = operations(1)
    fields = {one.field: one.commitment for one in openings}
    return [Operation(**{**_parts(made), "entity": Entity.INCIDENT, "entity_id": "i1", "fields": fields})]  # type: ignore[arg-type]  # a builder


def _parts(made: Operation) -> dict[str, object]:
    return {name: getattr(made, name) for name in made.__slots__}


def courier_of(store: Written, clock: FakeClock | None = None, heard: list[str] | None = None) -> PersonalCourier:
    clock = clock or FakeClock(START)
    return PersonalCourier(store, utc=clock.utc, on_erased=(heard if heard is not None else []).extend)


def test_values_go_before_their_operations_each_time_anew() -> None:
    store, server = Written(opening(1), opening(2)), Server()
    courier = courier_of(store)
    for _ in range(2):
        carried(courier, server, *about(opening(1)), deliver=False)
    assert server.values == ["+62 800 1"] * 2
    assert store.sent == {opening(1).commitment}


def test_operations_without_commitments_ask_for_nothing() -> None:
    server = Server()
    carried(courier_of(Written(opening(1))), server, *operations(3), *about(opening(2)), deliver=False)
    assert server.values == []


def test_what_the_server_does_not_take_now_is_offered_with_the_next_round() -> None:
    store, server = Written(opening(1)), Server(status=429)
    courier = courier_of(store)
    carried(courier, server, *about(opening(1)))
    assert store.sent == set()
    server.status = 200
    carried(courier, server)
    assert server.values == ["+62 800 1"]


def test_a_token_that_is_not_taken_ends_the_round() -> None:
    with pytest.raises(Fault):
        carried(courier_of(Written(opening(1))), Server(status=401), *about(opening(1)))


def test_all_erasures_are_followed_once_also_those_of_kinds_that_are_not_known() -> None:
    store, heard = Written(), []
    courier = courier_of(store, heard=heard)
    server = Server(erased=["incident", "incident", "something", "incident"])
    for _ in range(2):
        carried(courier, server)
    assert (store.up_to, len(store.erased), heard) == (4, 3, ["i1"] * 3)


def test_a_server_that_was_put_back_is_followed_again() -> None:
    store = Written()
    store.up_to = 7
    server = Server(erased=["incident"])
    carried(courier_of(store), server)
    assert store.up_to == 1


def test_old_values_are_looked_for_once_an_hour() -> None:
    store, clock = Written(), FakeClock(START)
    courier = courier_of(store, clock)
    for _ in range(3):
        carried(courier, Server())
    assert store.dropped == [START - KEPT]
    clock.advance(3_700)
    carried(courier, Server())
    assert store.dropped == [START - KEPT, START + timedelta(seconds=3_700) - KEPT]


@pytest.mark.parametrize("lie", ["other", "malformed"])
def test_a_value_that_does_not_open_its_commitment_is_not_believed(lie: str) -> None:
    right = opening(1)
    value = "+62 800 666" if lie == "other" else f"~sha256:{'0' * 64}"
    said = {"entity": "incident", "entity_id": "i1", "field": right.field, "salt": "0" * 32, "value": value}
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json={"values": [said], "erased": False}))
    asked = [right.commitment]
    answer = read_values(
        ADDRESS, "t", entity=Entity.INCIDENT, entity_id="i1", commitments=asked, transport=transport
    )  # fmt: skip
    assert answer.values == {}
    said["value"] = right.value
    answer = read_values(
        ADDRESS, "t", entity=Entity.INCIDENT, entity_id="i1", commitments=asked, transport=transport
    )  # fmt: skip
    assert answer.values == {right.commitment: right.value}


def test_a_server_that_is_away_is_a_fault() -> None:
    def away(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("away", request=request)

    with pytest.raises(Fault):
        read_values(
            ADDRESS, "t", entity=Entity.INCIDENT, entity_id="i1", commitments=[opening(1).commitment],
            transport=httpx2.MockTransport(away),
        )  # fmt: skip
