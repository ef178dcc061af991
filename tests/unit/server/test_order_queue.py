"""Who waits for the order, and what goes together."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence

import pytest

from tests.waiting import until_in_loop
from tmcwall.server.order_queue import OrderQueue
from tmcwall.server.refusal import RequestRefused
from tmcwall.sync.protocol import RefusalCode

Push = str
"""The first letter is its device."""


class Order:
    """Whoever comes to a queue, and what was taken together, in order. Each transaction lasts until `commit`."""

    def __init__(self, *, weight: int = 100, most_waiting: int = 1024) -> None:
        self.queue: OrderQueue[Push, str] = OrderQueue(self._together, weight=weight, most_waiting=most_waiting)
        self.begun: list[list[str]] = []
        self.tasks: dict[str, asyncio.Task[str]] = {}
        self.refused: dict[str, Exception] = {}
        self.failing = ""
        self.at_most = 1000
        self._commits = threading.Semaphore(0)

    def _together(self, pushes: Sequence[Push]) -> Sequence[str | Exception]:
        pushes = pushes[: self.at_most]
        self._begin(list(pushes))
        if self.failing in pushes:
            raise OSError("disk")
        return [self.refused.get(push, f"kept {push}") for push in pushes]

    def _begin(self, pushes: list[str]) -> None:
        self.begun.append(pushes)
        self._commits.acquire()

    async def push(self, *pushes: Push, weight: int = 1) -> None:
        for push in pushes:
            self.tasks[push] = asyncio.create_task(self.queue.push(push, device=push[0], weight=weight))
        await asyncio.sleep(0)

    async def report(self, name: str) -> None:
        async def first() -> str:
            await self.queue.first(lambda: self._begin([name]))
            return "reported"

        self.tasks[name] = asyncio.create_task(first())
        await asyncio.sleep(0)

    async def work(self, name: str) -> None:
        def begin() -> str:
            self._begin([name])
            return f"done {name}"

        async def alone() -> str:
            return await self.queue.alone(begin, key=name[0])

        self.tasks[name] = asyncio.create_task(alone())
        await asyncio.sleep(0)

    async def has_begun(self, count: int) -> None:
        await until_in_loop(lambda: len(self.begun) >= count)

    async def commit(self) -> None:
        """The transaction that is under way, and those who wait for its answer have it."""
        taken = self.begun[-1]
        self._commits.release()
        await until_in_loop(lambda: all(self.tasks[name].done() for name in taken))

    async def commit_all(self) -> list[list[str]]:
        self._commits.release(1000)
        await until_in_loop(lambda: all(task.done() for task in self.tasks.values()))
        return self.begun


def run(test: Callable[[Order], Awaitable[None]], order: Order | None = None) -> None:
    async def inner() -> None:
        tried = order or Order()
        try:
            await test(tried)
        finally:
            for task in tried.tasks.values():
                task.cancel()
            await asyncio.gather(*tried.tasks.values(), return_exceptions=True)
            tried._commits.release(1000)
            tried.queue.close()

    asyncio.run(inner())


def test_what_waits_while_one_commits_shares_the_next_transaction() -> None:
    async def test(order: Order) -> None:
        await order.push("a1")
        await order.has_begun(1)
        await order.push("b1", "c1", "d1")
        assert order.queue.waiting == 3
        assert await order.commit_all() == [["a1"], ["b1", "c1", "d1"]]

    run(test)


def test_a_push_is_answered_after_its_commit_and_not_before() -> None:
    async def test(order: Order) -> None:
        await order.push("a1")
        await order.has_begun(1)
        assert not order.tasks["a1"].done()
        await order.commit()
        assert order.tasks["a1"].result() == "kept a1"

    run(test)


def test_a_transaction_takes_no_more_than_its_weight() -> None:
    async def test(order: Order) -> None:
        await order.push("a1", "b1", "c1", weight=40)
        assert await order.commit_all() == [["a1", "b1"], ["c1"]]

    run(test)


def test_a_push_that_is_heavier_than_a_transaction_goes_alone() -> None:
    async def test(order: Order) -> None:
        await order.push("a1", weight=500)
        await order.push("b1")
        assert await order.commit_all() == [["a1"], ["b1"]]

    run(test)


def test_a_device_pushes_once_in_a_transaction_and_in_its_order() -> None:
    async def test(order: Order) -> None:
        await order.push("a1", "a2", "b1", "a3")
        assert await order.commit_all() == [["a1", "b1"], ["a2"], ["a3"]]

    run(test)


def test_a_device_that_pushes_often_delays_another_by_one_turn() -> None:
    async def test(order: Order) -> None:
        await order.push("a1", "a2", "a3", "a4", weight=100)
        await order.has_begun(1)
        await order.push("b1", weight=100)
        begun = await order.commit_all()
        assert begun.index(["b1"]) <= 2

    run(test)


def test_a_report_goes_before_the_pushes_that_wait() -> None:
    async def test(order: Order) -> None:
        await order.push("a1")
        await order.has_begun(1)
        await order.push("b1", "c1")
        await order.report("112")
        assert await order.commit_all() == [["a1"], ["112"], ["b1", "c1"]]

    run(test)


def test_work_of_its_own_is_in_no_transaction_of_others() -> None:
    async def test(order: Order) -> None:
        await order.push("a1")
        await order.has_begun(1)
        await order.push("b1")
        await order.work("vouch")
        await order.push("c1")
        assert await order.commit_all() == [["a1"], ["b1"], ["vouch"], ["c1"]]
        assert order.tasks["vouch"].result() == "done vouch"

    run(test)


def test_a_push_that_is_refused_costs_the_others_nothing() -> None:
    async def test(order: Order) -> None:
        order.refused["b1"] = RequestRefused(RefusalCode.GAP)
        await order.push("a1", "b1", "c1")
        await order.commit_all()
        assert (order.tasks["a1"].result(), order.tasks["c1"].result()) == ("kept a1", "kept c1")
        with pytest.raises(RequestRefused):
            order.tasks["b1"].result()

    run(test)


def test_a_transaction_that_fails_is_said_to_all_who_were_in_it_and_to_nobody_else() -> None:
    async def test(order: Order) -> None:
        order.failing = "a1"
        await order.push("a1", "b1")
        await order.has_begun(1)
        await order.push("c1")
        await order.commit_all()
        assert isinstance(order.tasks["a1"].exception(), OSError)
        assert isinstance(order.tasks["b1"].exception(), OSError)
        assert order.tasks["c1"].result() == "kept c1"

    run(test)


def test_what_a_long_transaction_has_left_comes_next_before_those_who_came_later() -> None:
    async def test(order: Order) -> None:
        order.at_most = 2
        await order.push("a1", "b1", "c1", "d1")
        await order.has_begun(1)
        await order.push("e1")
        assert await order.commit_all() == [["a1", "b1"], ["c1", "d1"], ["e1"]]

    run(test)


def test_a_push_that_was_given_up_is_not_taken() -> None:
    async def test(order: Order) -> None:
        await order.push("a1")
        await order.has_begun(1)
        await order.push("b1", "c1")
        order.tasks["b1"].cancel()
        await asyncio.sleep(0)
        assert await order.commit_all() == [["a1"], ["c1"]]

    run(test)


def test_whoever_comes_when_too_many_wait_is_refused() -> None:
    async def test(order: Order) -> None:
        await order.push("a1")
        await order.has_begun(1)
        await order.push("b1", "c1", "d1")
        await order.commit_all()
        with pytest.raises(RequestRefused) as refused:
            order.tasks["d1"].result()
        assert refused.value.refusal.code is RefusalCode.TOO_MANY

    run(test, Order(most_waiting=2))
