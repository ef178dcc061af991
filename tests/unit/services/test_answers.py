"""How results come to the GUI thread."""

from concurrent.futures import Future

import pytest
from PySide6.QtCore import QCoreApplication

from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.services.answers import Answers


@pytest.fixture
def answers(qapp):
    answers = Answers()
    yield answers
    answers.close()


def deliver():
    QCoreApplication.sendPostedEvents()
    QCoreApplication.processEvents()


def test_results_come_later_and_in_the_order_in_which_they_were_done(answers):
    first, second = Future(), Future()
    heard = []
    answers.expect(first, heard.append)
    answers.expect(second, heard.append)
    second.set_result("second")
    first.set_result("first")
    assert heard == []
    deliver()
    assert heard == ["second", "first"]


@pytest.mark.parametrize("error", [Fault(FaultCode.DISK_FULL), DomainError(DomainCode.NOT_FOUND)])
def test_an_expected_fault_is_refused(answers, error):
    future, refused = Future(), []
    answers.expect(future, pytest.fail, refused.append)
    future.set_exception(error)
    deliver()
    assert refused == [error]


def test_a_bug_is_loud(answers, qtbot):
    future = Future()
    answers.expect(future, pytest.fail, pytest.fail)
    with qtbot.capture_exceptions() as bugs:
        future.set_exception(ZeroDivisionError())
        deliver()
    assert [bug[0] for bug in bugs] == [ZeroDivisionError]


def test_what_the_store_cancels_at_its_end_is_no_answer(answers):
    future = Future()
    answers.expect(future, pytest.fail, pytest.fail)
    future.cancel()
    future.set_running_or_notify_cancel()
    deliver()


def test_nothing_is_handed_over_after_the_close(answers):
    done, waiting = Future(), Future()
    answers.expect(done, pytest.fail)
    answers.expect(waiting, pytest.fail)
    done.set_result(1)
    answers.close()
    waiting.set_result(2)
    deliver()
