"""Who waits for the server's order: pushes are taken together in one transaction, and reports go before them.

The order is one counter under one lock, and a commit waits for a disk. So whoever has the lock takes with him what
waits already; nothing is waited for so that more may come. A request is answered after the commit that keeps it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from tmcwall.server.refusal import RequestRefused
from tmcwall.sync.protocol import RefusalCode

P = TypeVar("P")
R = TypeVar("R")
T = TypeVar("T")

_RETRY_AFTER_S: Final = 1


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting(Generic[P]):
    """A push, or work that has a transaction of its own."""

    answer: asyncio.Future[Any]  # of what `together` or the work gives
    push: P | None = None
    weight: int = 0
    work: Callable[[], object] | None = None


@dataclass(slots=True)
class _Queues(Generic[P]):
    """Device by device in turn."""

    by_key: OrderedDict[str, deque[_Waiting[P]]] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return sum(map(len, self.by_key.values()))

    def put(self, key: str, one: _Waiting[P]) -> None:
        self.by_key.setdefault(key, deque()).append(one)

    def put_back(self, taken: Sequence[tuple[str, _Waiting[P]]]) -> None:
        """As it was before these were taken."""
        for key, one in reversed(taken):
            self.by_key.setdefault(key, deque()).appendleft(one)
            self.by_key.move_to_end(key, last=False)

    def take(self, *, weight: int) -> list[tuple[str, _Waiting[P]]]:
        """The next of each device, as many as weigh no more together; or one that goes alone."""
        taken: list[tuple[str, _Waiting[P]]] = []
        for key, one in self._firsts():
            if taken and (one.work is not None or one.weight > weight):
                break
            taken.append((key, one))
            weight -= one.weight
            if one.work is not None:
                break
        for key, _ in taken:
            waiting = self.by_key[key]
            waiting.popleft()
            self.by_key.move_to_end(key)
            if not waiting:
                del self.by_key[key]
        return taken

    def _firsts(self) -> Iterator[tuple[str, _Waiting[P]]]:
        for key in list(self.by_key):
            waiting = self.by_key[key]
            while waiting and waiting[0].answer.done():  # given up
                waiting.popleft()
            if waiting:
                yield key, waiting[0]
            else:
                del self.by_key[key]


class OrderQueue(Generic[P, R]):
    """Everything of one process that adds to the order, in one thread. Used by the event loop only."""

    def __init__(
        self, together: Callable[[Sequence[P]], Sequence[R | Exception]], *, weight: int, most_waiting: int = 1024
    ) -> None:
        """`together` takes pushes in one transaction, and gives what becomes of each.

        It may give fewer, where it has taken long enough already: the others come next. What it raises counts for all.
        `weight`: of the pushes of one transaction together; a heavier one goes alone.
        """
        self._together = together
        self._weight = weight
        self._most_waiting = most_waiting
        self._urgent: deque[_Waiting[P]] = deque()
        self._queues: _Queues[P] = _Queues()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="order")
        self._pump: asyncio.Task[None] | None = None
        self._going = 0

    @property
    def going(self) -> int:
        return self._going

    @property
    def waiting(self) -> int:
        return len(self._queues) + len(self._urgent)

    async def push(self, push: P, *, device: str, weight: int) -> R:
        """Raises what became of it otherwise, and RequestRefused(TOO_MANY) if too many are waiting already.

        Of one device there is never more than one push in a transaction.
        """
        one = _Waiting(self._answer(), push=push, weight=weight)
        self._queues.put(device, one)
        given: R = await self._answered(one)
        return given

    async def alone(self, work: Callable[[], T], *, key: str) -> T:
        """Work that has a transaction of its own, in its turn. Raises as `push`."""
        one: _Waiting[P] = _Waiting(self._answer(), work=work)
        self._queues.put(key, one)
        given: T = await self._answered(one)
        return given

    async def first(self, work: Callable[[], T]) -> T:
        """Work that goes before all pushes that wait. Raises as `push`."""
        one: _Waiting[P] = _Waiting(self._answer(), work=work)
        self._urgent.append(one)
        given: T = await self._answered(one)
        return given

    def close(self) -> None:
        """Blocks until what was begun is done."""
        self._thread.shutdown(cancel_futures=True)

    def _answer(self) -> asyncio.Future[Any]:
        if self.waiting >= self._most_waiting:
            raise RequestRefused(RefusalCode.TOO_MANY, retry_after_s=_RETRY_AFTER_S)
        return asyncio.get_running_loop().create_future()

    async def _answered(self, one: _Waiting[P]) -> Any:  # noqa: ANN401 - as `_Waiting.answer`
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._go_on())
        return await one.answer

    async def _go_on(self) -> None:
        while self._urgent or self._queues.by_key:
            taken = [("", self._urgent.popleft())] if self._urgent else self._queues.take(weight=self._weight)
            if taken:
                await self._take(taken)

    async def _take(self, taken: Sequence[tuple[str, _Waiting[P]]]) -> None:
        ones = [one for _, one in taken]
        pushes = [one.push for one in ones if one.push is not None]
        work = ones[0].work or (lambda: self._together(pushes))
        self._going = len(ones)
        done = asyncio.get_running_loop().run_in_executor(self._thread, work)
        await asyncio.wait([done])
        self._going = 0
        error = done.exception()
        if error is not None:
            given: Sequence[object] = [error] * len(ones)
        else:
            given = done.result() if pushes else [done.result()]  # type: ignore[assignment] # as `together` gives it
        self._queues.put_back(taken[len(given) :])
        for one, outcome in zip(ones, given, strict=False):
            if one.answer.done():
                continue
            if isinstance(outcome, BaseException):
                one.answer.set_exception(outcome)
            else:
                one.answer.set_result(outcome)
