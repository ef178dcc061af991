"""Who goes first where not everybody may go at once."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.waiting import until_in_loop
from tmcwall.server.lanes import Lane
from tmcwall.server.refusal import RequestRefused
from tmcwall.sync.protocol import RefusalCode


class Visitors:
    """Whoever comes to a lane, and who was let in, in order. Each stays until `go_on`."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.entered: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self._leave = asyncio.Semaphore(0)

    async def come(self, *names: str) -> None:
        """The first letter is the key."""
        for name in names:
            self.tasks[name] = asyncio.create_task(self._visit(name))
            await asyncio.sleep(0)

    async def let_one_leave(self) -> None:
        there = len(self.entered)
        self._leave.release()
        await until_in_loop(lambda: len(self.entered) > there or all(task.done() for task in self.tasks.values()))

    async def _visit(self, name: str) -> None:
        async with self.lane.turn(name[0]):
            self.entered.append(name)
            await self._leave.acquire()


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def inner() -> None:
        await test()

    asyncio.run(inner())


async def _end(visitors: Visitors) -> None:
    for task in visitors.tasks.values():
        task.cancel()
    await asyncio.gather(*visitors.tasks.values(), return_exceptions=True)


def test_one_who_asks_often_delays_another_by_one_turn() -> None:
    async def test() -> None:
        visitors = Visitors(Lane(at_once=1, per_key=1))
        await visitors.come("a1", "a2", "a3", "b1")
        assert visitors.entered == ["a1"]
        for _ in range(3):
            await visitors.let_one_leave()
        assert visitors.entered in (["a1", "a2", "b1", "a3"], ["a1", "b1", "a2", "a3"])
        await _end(visitors)

    run(test)


def test_one_key_leaves_places_to_others() -> None:
    async def test() -> None:
        visitors = Visitors(Lane(at_once=3, per_key=2))
        await visitors.come("a1", "a2", "a3", "b1", "b2")
        assert visitors.entered == ["a1", "a2", "b1"]
        await _end(visitors)

    run(test)


def test_more_than_may_wait_are_refused() -> None:
    async def test() -> None:
        lane = Lane(at_once=1, per_key=1, waiting_per_key=1, waiting=2)
        visitors = Visitors(lane)
        await visitors.come("a1", "a2", "b1")
        for key in "ac":
            with pytest.raises(RequestRefused) as refused:
                async with lane.turn(key):
                    raise AssertionError
            assert refused.value.refusal.code is RefusalCode.TOO_MANY
        await _end(visitors)

    run(test)


def test_who_gives_up_waiting_is_not_waited_for() -> None:
    async def test() -> None:
        visitors = Visitors(Lane(at_once=1, per_key=1))
        await visitors.come("a1", "b1", "c1")
        visitors.tasks["b1"].cancel()
        await asyncio.sleep(0)
        await visitors.let_one_leave()
        assert visitors.entered == ["a1", "c1"]
        visitors.tasks["c1"].cancel()
        await asyncio.sleep(0)
        await visitors.come("d1")
        await until_in_loop(lambda: visitors.entered[-1] == "d1")
        await _end(visitors)

    run(test)
