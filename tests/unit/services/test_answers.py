"""How results come to the GUI thread."""

from concurrent.futures import Future

import pytest
from PySide6.QtCore import QCoreApplication

from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.services.future_dispatcher import FutureDispatcher, Refresh, settled


@pytest.fixture
def futures(qapp):
    futures = FutureDispatcher()
    yield futures
    futures.close()


def deliver():
    QCoreApplication.sendPostedEvents()
    QCoreApplication.processEvents()


def test_results_come_later_and_in_the_order_in_which_they_were_done(futures):
    first, second = Future(), Future()
    heard = []
    futures.expect(first, heard.append)
    futures.expect(second, heard.append)
    second.set_result("second")
    first.set_result("first")
    assert heard == []
    deliver()
    assert heard == ["second", "first"]


def test_a_store_that_does_not_answer_is_a_fault_that_can_be_said():
    with pytest.raises(Fault) as locked:
        settled(Future(), within_s=0)
    assert locked.value.code is FaultCode.STORE_LOCKED


def test_a_store_that_closes_meanwhile_is_a_fault_too():
    cancelled = Future()
    cancelled.cancel()
    with pytest.raises(Fault) as closed:
        settled(cancelled)
    assert closed.value.code is FaultCode.STORE_LOCKED


@pytest.mark.parametrize("error", [Fault(FaultCode.DISK_FULL), DomainError(DomainCode.NOT_FOUND)])
def test_an_expected_fault_is_refused(futures, error):
    future, refused = Future(), []
    futures.expect(future, pytest.fail, refused.append)
    future.set_exception(error)
    deliver()
    assert refused == [error]


def test_a_bug_is_loud(futures, qtbot):
    future = Future()
    futures.expect(future, pytest.fail, pytest.fail)
    with qtbot.capture_exceptions() as bugs:
        future.set_exception(ZeroDivisionError())
        deliver()
    assert [bug[0] for bug in bugs] == [ZeroDivisionError]


def test_what_the_store_cancels_at_its_end_is_no_answer(futures):
    future = Future()
    futures.expect(future, pytest.fail, pytest.fail)
    future.cancel()
    future.set_running_or_notify_cancel()
    deliver()


def test_nothing_is_handed_over_after_the_close(futures):
    done, waiting = Future(), Future()
    futures.expect(done, pytest.fail)
    futures.expect(waiting, pytest.fail)
    done.set_result(1)
    futures.close()
    waiting.set_result(2)
    deliver()


class SlowReader:
    """Its readings are done when a test says so."""

    def __init__(self):
        self.asked = []

    def read(self, _unit):
        self.asked.append(Future())
        return self.asked[-1]


@pytest.fixture
def reader():
    return SlowReader()


@pytest.fixture
def shown():
    return []


@pytest.fixture
def refresh(futures, reader, shown):
    refresh = Refresh(lambda _session: None, store=reader, futures=futures)
    refresh.refreshed.connect(shown.append)
    refresh.refused.connect(shown.append)
    return refresh


def test_what_changes_during_a_reading_is_read_again_once_and_only_the_last_reading_is_shown(refresh, reader, shown):
    for _ in range(5):
        refresh.request()
    reader.asked[0].set_result("old")
    deliver()
    assert (len(reader.asked), shown) == (2, [])
    reader.asked[1].set_result("new")
    deliver()
    assert (len(reader.asked), shown) == (2, ["new"])


def test_what_was_taken_over_from_elsewhere_is_not_lost_to_a_reading_that_began_before(refresh, reader, shown):
    refresh.request()
    refresh.outdate()
    reader.asked[0].set_result("old")
    deliver()
    assert (len(reader.asked), shown) == (2, [])


def test_a_reading_that_fails_is_told_and_what_has_changed_meanwhile_is_read(refresh, reader, shown):
    fault = Fault(FaultCode.STORE_LOCKED)
    refresh.request()
    refresh.request()
    reader.asked[0].set_exception(fault)
    deliver()
    assert (len(reader.asked), shown, refresh.failed) == (2, [fault], True)
    reader.asked[1].set_result("new")
    deliver()
    assert (shown, refresh.failed) == ([fault, "new"], False)
