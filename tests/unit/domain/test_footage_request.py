"""Requests for footage to owners: what they may become, and which are late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.clocks import NOON
from tests.services_stage import EXAMPLES
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.footage_request import (
    ReceivedFile,
    RequestAnswer,
    answered,
    handed_over,
    letter_received,
    withdrawn,
)
from tmcwall.domain.operation import Entity

ASKED = EXAMPLES[Entity.FOOTAGE_REQUEST]
DAY = NOON.date()
FILE = ReceivedFile("2025/bank.mp4", "ab" * 32, 1000)


def test_a_request_is_late_from_the_day_after_its_answer_was_due_until_it_is_answered() -> None:
    late = ASKED.due_on + timedelta(days=1)
    assert not ASKED.is_late(ASKED.due_on)
    assert ASKED.is_late(late)
    assert not answered(ASKED, RequestAnswer.REFUSED, on=late).is_late(late)
    assert not withdrawn(ASKED).is_late(late)


def test_it_covers_what_its_cameras_saw_in_its_span_until_it_is_withdrawn() -> None:
    assert ASKED.covers("CAM-1", NOON)
    assert not ASKED.covers("CAM-2", NOON)
    assert not ASKED.covers("CAM-1", ASKED.ends_at + timedelta(seconds=1))
    assert not withdrawn(ASKED).covers("CAM-1", NOON)


def test_files_that_are_handed_over_say_that_it_was_given_and_those_before_them_stay() -> None:
    given = handed_over(ASKED, [FILE], record="BA/7/III/2025", on=DAY)
    assert (given.answer, given.answered_on, given.handover_number) == (RequestAnswer.GIVEN, DAY, "BA/7/III/2025")
    more = handed_over(replace(given, answer=RequestAnswer.PARTLY), [FILE], record="", on=DAY + timedelta(days=1))
    assert (more.answer, more.answered_on, more.handover_number) == (RequestAnswer.PARTLY, DAY, "BA/7/III/2025")
    assert more.files == (FILE, FILE)


def test_the_receipt_of_its_letter_names_who_took_it() -> None:
    taken = letter_received(ASKED, by=" Bapak  Hartono ", on=DAY)
    assert (taken.letter_received_by, taken.letter_received_on) == ("Bapak Hartono", DAY)
    with pytest.raises(DomainError) as refused:
        letter_received(ASKED, by=" ", on=DAY)
    assert refused.value.code is DomainCode.FIELD_MISSING


def test_what_was_answered_is_not_withdrawn_and_what_was_withdrawn_is_not_answered() -> None:
    with pytest.raises(DomainError):
        withdrawn(answered(ASKED, RequestAnswer.GIVEN, on=DAY))
    for change in (
        lambda: answered(withdrawn(ASKED), RequestAnswer.GIVEN, on=DAY),
        lambda: answered(ASKED, RequestAnswer.OPEN, on=DAY),
        lambda: handed_over(withdrawn(ASKED), [FILE], record="", on=DAY),
        lambda: letter_received(withdrawn(ASKED), by="x", on=DAY),
    ):
        with pytest.raises(DomainError) as refused:
            change()
        assert refused.value.code is DomainCode.TRANSITION_REFUSED


def test_words_that_are_too_long_or_cannot_be_printed_are_refused() -> None:
    for words in ("x" * 1001, "a\x07b"):
        with pytest.raises(DomainError) as refused:
            answered(ASKED, RequestAnswer.REFUSED, on=DAY, words=words)
        assert refused.value.code is DomainCode.FIELD_INVALID
