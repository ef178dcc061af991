"""What was asked of the owner of cameras: footage of a span, by a letter, with the answer and what was handed over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final

from tmcwall.domain.bookmark import Sha256
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.shape import Count, FilePlace, Id, Longest

LONGEST_NUMBER: Final = 200
"""Characters of the number of a letter or of a record."""
LONGEST_OWNER: Final = 200
LONGEST_WORDS: Final = 1000


class RequestAnswer(StrEnum):
    OPEN = "menunggu"
    GIVEN = "diberikan"
    PARTLY = "sebagian"
    REFUSED = "ditolak"
    OVERWRITTEN = "tertimpa"
    """The owner says that it is overwritten."""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that the owner handed over, in the folder of received files of the workstation that took it in."""

    path: FilePlace
    sha256: Sha256
    size_bytes: Count


@dataclass(frozen=True, slots=True)
class FootageRequest:
    """One request to one owner. Two desks may work on one: it is synchronised."""

    id: Id
    case_id: Id
    asked_of: Annotated[str, Longest(LONGEST_OWNER)]
    """The owner, as the letter addresses him."""
    camera_ids: tuple[Id, ...]
    starts_at: datetime
    ends_at: datetime
    asked_by: Id
    asked_on: date
    due_on: date
    letter_number: Annotated[str, Longest(LONGEST_NUMBER)] = ""
    """Of the register of letters; empty while there is none."""
    answer: RequestAnswer = RequestAnswer.OPEN
    answered_on: date | None = None
    answer_words: Annotated[str, Longest(LONGEST_WORDS)] = ""
    handover_number: Annotated[str, Longest(LONGEST_NUMBER)] = ""
    """Of the Berita Acara of the handover."""
    handover_on: date | None = None
    letter_received_by: Annotated[str, Longest(LONGEST_OWNER)] = ""
    """Who signed the receipt of the letter (tanda terima)."""
    letter_received_on: date | None = None
    files: tuple[ReceivedFile, ...] = ()
    withdrawn: bool = False

    @property
    def is_open(self) -> bool:
        return self.answer is RequestAnswer.OPEN and not self.withdrawn

    def is_late(self, today: date) -> bool:
        """Whether an answer should have come before that day."""
        return self.is_open and self.due_on < today

    def covers(self, camera_id: str, moment: datetime) -> bool:
        """Whether it asks, or did ask, for what that camera saw then."""
        return not self.withdrawn and camera_id in self.camera_ids and self.starts_at <= moment <= self.ends_at


def answered(request: FootageRequest, answer: RequestAnswer, *, on: date, words: str = "") -> FootageRequest:
    """What the owner has said. Raises DomainError(TRANSITION_REFUSED, FIELD_INVALID)."""
    if request.withdrawn or answer is RequestAnswer.OPEN:
        raise DomainError(DomainCode.TRANSITION_REFUSED, f"{request.asked_of}: {answer}")
    return replace(request, answer=answer, answered_on=on, answer_words=_bounded(words, LONGEST_WORDS, "answer_words"))


def letter_received(request: FootageRequest, *, by: str, on: date) -> FootageRequest:
    """The receipt of the letter came back. Raises DomainError(TRANSITION_REFUSED, FIELD_MISSING, FIELD_INVALID)."""
    if request.withdrawn:
        raise DomainError(DomainCode.TRANSITION_REFUSED, request.asked_of)
    name = _bounded(by, LONGEST_OWNER, "letter_received_by")
    if not name:
        raise DomainError(DomainCode.FIELD_MISSING, "letter_received_by")
    return replace(request, letter_received_by=name, letter_received_on=on)


def handed_over(
    request: FootageRequest, files: Iterable[ReceivedFile], *, record: str, on: date
) -> FootageRequest:  # fmt: skip
    """Files came, with the number of their Berita Acara; nobody has said more of the answer: it was given.

    Raises DomainError(TRANSITION_REFUSED, FIELD_INVALID).
    """
    if request.withdrawn:
        raise DomainError(DomainCode.TRANSITION_REFUSED, request.asked_of)
    given = request.answer if request.answer in {RequestAnswer.GIVEN, RequestAnswer.PARTLY} else RequestAnswer.GIVEN
    return replace(
        request,
        answer=given,
        answered_on=request.answered_on or on,
        handover_number=_bounded(record, LONGEST_NUMBER, "handover_number") or request.handover_number,
        handover_on=on,
        files=(*request.files, *files),
    )


def withdrawn(request: FootageRequest) -> FootageRequest:
    """It is asked for no more. Raises DomainError(TRANSITION_REFUSED) for one that was answered."""
    if not request.is_open:
        raise DomainError(DomainCode.TRANSITION_REFUSED, request.asked_of)
    return replace(request, withdrawn=True)


def _bounded(text: str, longest: int, field: str) -> str:
    words = " ".join(text.split())
    if len(words) > longest or not words.isprintable():
        raise DomainError(DomainCode.FIELD_INVALID, field)
    return words
