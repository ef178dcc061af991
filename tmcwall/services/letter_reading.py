"""What the store knows of cases and their letters: for the register on the screen, and for a letter that is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from tmcwall.db import bookmarks as bookmark_rows
from tmcwall.db import cases as case_rows
from tmcwall.db import health, incidents, officers, personal
from tmcwall.db import letters as letter_rows
from tmcwall.db.store import Session
from tmcwall.domain.case import Case
from tmcwall.domain.commitment import commitments_in, is_commitment
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.letter import Letter, LetterKind, LetterWords
from tmcwall.domain.officer import Action, Officer, demand
from tmcwall.domain.sp2hp import Reminder, ReminderRules, next_reminder
from tmcwall.domain.station_zone import StationZone
from tmcwall.domain.third_persons import third_persons
from tmcwall.evidence.letter_content import CameraSpan, FootageOfLetter, spans_of

LISTED: Final = 500
"""Letters that the register shows; older ones stay in the store."""


@dataclass(frozen=True, slots=True)
class ClipChoice:
    """A clip that may support a letter. `sha256` is empty until it is cut."""

    id: str
    camera: str
    starts_at: datetime
    ends_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class CaseLetters:
    """A case with its letters, oldest first, and when the next SP2HP is due: an internal reminder."""

    case: Case
    letters: Sequence[Letter]
    clips: Sequence[ClipChoice]
    reminder: Reminder | None


@dataclass(frozen=True, slots=True)
class Register:
    """Letters, newest number first, and cases; `next_sequence` is the number that the next letter of `today` gets."""

    letters: Sequence[Letter] = ()
    cases: Sequence[CaseLetters] = ()
    next_sequence: int = 1


@dataclass(frozen=True, slots=True)
class Known:
    """What a letter is made from."""

    case: Case
    footage: Sequence[FootageOfLetter]
    spans: Sequence[CameraSpan]
    next_sequence: int
    next_nth: int
    police: Sequence[str]
    """Names of the officers of this workstation."""
    reporters: Sequence[str]
    """Names of those who reported incidents of the case, as far as they are here."""
    reporters_elsewhere: Mapping[str, str]
    """By incident, the commitments of the others."""


def read_register(
    session: Session, *, rules: ReminderRules, zone: StationZone, today: date, numbers: range
) -> Register:
    cases = tuple(
        CaseLetters(
            case,
            letter_rows.of_case(session, case.id),
            tuple(map(_choice, _with_clips(session, case.id))),
            next_reminder(case, today=today, rules=rules, zone=zone),
        )
        for case in case_rows.all_cases(session)
    )
    return Register(
        letter_rows.newest(session, limit=LISTED),
        cases,
        letter_rows.next_sequence(session, today.year, numbers=numbers),
    )


def case_for(session: Session, case_id: str, by: Officer) -> Case:
    """Raises DomainError(CASE_UNKNOWN, NOT_ALLOWED)."""
    case = case_rows.get(session, case_id)
    if case is None:
        raise DomainError(DomainCode.CASE_UNKNOWN, case_id)
    demand(by, Action.EDIT_CASE, unit=case.unit)
    return case


def letter_for(session: Session, letter_id: str, by: Officer) -> tuple[Letter, Case]:
    """Raises DomainError(NOT_FOUND, CASE_UNKNOWN, NOT_ALLOWED)."""
    letter = letter_rows.get(session, letter_id)
    if letter is None:
        raise DomainError(DomainCode.NOT_FOUND, f"letter {letter_id}")
    return letter, case_for(session, letter.case_id, by)


def known_of(session: Session, words: LetterWords, *, case_id: str, year: int, numbers: range, by: Officer) -> Known:
    """Raises DomainError(CASE_UNKNOWN, NOT_ALLOWED)."""
    case = case_for(session, case_id, by)
    entries = _with_clips(session, case.id)
    wanted = [entry for entry in entries if entry.clip is not None and entry.clip.id in words.clips]
    reported = {entry.bookmark.incident_id for entry in entries if entry.bookmark.incident_id}
    found = {incident_id: incidents.get(session, incident_id) for incident_id in sorted(reported)}
    names = {incident_id: incident.reporter_name for incident_id, incident in found.items() if incident is not None}
    own = personal.own(session, commitments_in({**names}))
    return Known(
        case=case,
        footage=tuple(map(_footage, map(_choice, wanted))),
        spans=_spans(session, wanted) if words.kind is LetterKind.AVAILABILITY else (),
        next_sequence=letter_rows.next_sequence(session, year, numbers=numbers),
        next_nth=letter_rows.next_nth(session, case.id),
        police=tuple(account.officer.name for account in officers.accounts(session)),
        reporters=tuple(
            own[name].opening.value if name in own else name
            for name in names.values()
            if name in own or not is_commitment(name)
        ),
        reporters_elsewhere={
            incident_id: name for incident_id, name in names.items() if name not in own and is_commitment(name)
        },
    )


def persons_named(words: LetterWords, known: Known) -> tuple[str, ...]:
    """Persons in what the officer wrote who are neither the addressee nor the police."""
    investigator = words.investigator
    allowed = (words.addressee, investigator.name, investigator.phone, words.signer.name, *known.police)
    texts = (words.matter, words.actions, words.obstacles, words.plan, words.references, words.attachments)
    return third_persons(texts, known=allowed, named=known.reporters)


def _with_clips(session: Session, case_id: str) -> Sequence[bookmark_rows.Entry]:
    return [entry for entry in bookmark_rows.of_case(session, case_id) if entry.clip is not None]


def _choice(entry: bookmark_rows.Entry) -> ClipChoice:
    clip, bookmark = entry.clip, entry.bookmark
    assert clip is not None, "it was found with a clip"
    starts, ends = clip.first_packet_at or bookmark.starts_at, clip.last_packet_at or bookmark.ends_at
    return ClipChoice(clip.id, bookmark.camera_name, starts, ends, clip.sha256)


def _footage(clip: ClipChoice) -> FootageOfLetter:
    return FootageOfLetter(clip.camera, clip.starts_at, clip.ends_at, clip.sha256)


def _spans(session: Session, entries: Sequence[bookmark_rows.Entry]) -> Sequence[CameraSpan]:
    """How the cameras of the clips did while each was marked."""
    found: list[CameraSpan] = []
    for entry in entries:
        bookmark = entry.bookmark
        since, until = bookmark.starts_at, bookmark.ends_at
        history = health.history(session, bookmark.camera_id, since=since, until=until)
        found += spans_of(bookmark.camera_name, history, since=since, until=until)
    return tuple(found)
