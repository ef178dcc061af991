"""How results of the store and of workers come to the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import Final, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from tmcwall.db.store import Session
from tmcwall.domain.fault import DomainError, Fault, FaultCode

T = TypeVar("T")

Refusal = Fault | DomainError

STORE_WAIT_S: Final = 30.0


class StoreProtocol(Protocol):
    """The part of `db.Store` that the services use."""

    def write(self, unit: Callable[[Session], T]) -> Future[T]:
        """One transaction; the future is done after the commit."""
        ...

    def read(self, unit: Callable[[Session], T]) -> Future[T]: ...


def settled(future: Future[T], *, within_s: float = STORE_WAIT_S) -> T:
    """What the store answers. Waits: not in the GUI thread. Raises what the unit does, and Fault(STORE_LOCKED).

    The fault is raised, too, if the store has closed, as it does at the end of the program.
    """
    try:
        return future.result(within_s)
    except CancelledError:
        raise Fault(FaultCode.STORE_LOCKED, "the store has closed") from None
    except TimeoutError:
        raise Fault(FaultCode.STORE_LOCKED, f"no answer in {within_s:.0f} s") from None


class FutureDispatcher(QObject):
    """Hands what futures hold to handlers in the thread this lives in, in the order the futures are done.

    A future that holds a bug raises it there, where it is loud. After `close` nothing is handed over.
    """

    _done = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._waiting: dict[int, Callable[[], None]] = {}
        self._last = 0
        self._open = True
        self._done.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def expect(
        self, future: Future[T], then: Callable[[T], None], refused: Callable[[Refusal], None] | None = None
    ) -> None:
        """Call `then` with the result, or `refused` with the expected fault; without `refused` a fault is a bug."""
        if not self._open:
            return
        self._last += 1
        self._waiting[self._last] = partial(_settle, future, then, refused)
        future.add_done_callback(partial(self._announce, self._last))

    def close(self) -> None:
        self._open = False
        self._waiting.clear()

    def _announce(self, number: int, _future: Future[T]) -> None:
        """In whatever thread the future was done."""
        if self._open:
            self._done.emit(number)

    @Slot(int)
    def _hand_over(self, number: int) -> None:
        settle = self._waiting.pop(number, None)
        if settle is not None:
            settle()


def _settle(future: Future[T], then: Callable[[T], None], refused: Callable[[Refusal], None] | None) -> None:
    try:
        result = future.result()
    except CancelledError:
        return
    except (Fault, DomainError) as error:
        if refused is None:
            raise
        refused(error)
        return
    then(result)


class Refresh(QObject):
    """Reads from the store whenever something may have changed, one reading at a time.

    What changes while a reading is under way is read again, and only the last reading is handed over. It tells by
    signals, so that its owner and it do not hold each other: the garbage collector ends such pairs in any thread.
    """

    refreshed = Signal(object)
    """What the reading gave."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self,
        unit: Callable[[Session], object],
        *,
        store: StoreProtocol,
        futures: FutureDispatcher,
        parent: QObject | None = None,
    ) -> None:
        """`answers` are those of the owner: once they are closed, nothing follows any more."""
        super().__init__(parent)
        self._unit = unit
        self._store = store
        self._futures = futures
        self._reading = self._outdated = self._failed = False

    def request(self) -> None:
        """`refreshed` or `refused` follows."""
        if self._reading:
            self._outdated = True
            return
        self._reading, self._outdated = True, False
        self._futures.expect(self._store.read(self._unit), self._take, self._take_refusal)

    def outdate(self) -> None:
        """A reading under way does not see what has just been taken over from elsewhere."""
        self._outdated = True

    @property
    def failed(self) -> bool:
        """Whether the last reading was refused, so that what it should have given is not known."""
        return self._failed

    def _take(self, read: object) -> None:
        self._reading = self._failed = False
        if self._outdated:
            self.request()
        else:
            self.refreshed.emit(read)

    def _take_refusal(self, refusal: Refusal) -> None:
        self._reading, self._failed = False, True
        self.refused.emit(refusal)
        if self._outdated:
            self.request()


def in_thread(work: Callable[[], T], *, name: str) -> Future[T]:
    """Run something that waits (a network, a password hash, a keyring) in a thread of its own.

    A daemon thread, and not an executor's, which the end of the program would wait for.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - handed to the one who waits, as every executor does
            future.set_exception(error)
        else:
            future.set_result(result)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future
