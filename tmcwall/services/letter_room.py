"""Letters of this workstation: drafted, numbered, issued, received, cancelled; each step in custody.

tmcwall sends nothing: an officer prints the letter, has it signed and delivers it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

from tmcwall.db import custody, operations
from tmcwall.db import letters as letter_rows
from tmcwall.db.store import Session
from tmcwall.domain.case import Case, Difficulty, Stage
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import CustodyAction, LetterFacts
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.ids import uuid7
from tmcwall.domain.letter import (
    Letter,
    LetterFile,
    LetterKind,
    LetterRefused,
    LetterState,
    LetterStation,
    LetterWords,
    NamesRefused,
    PdfSignature,
    lacking,
    subject_of,
)
from tmcwall.domain.letter_number import NumberParts, written_number
from tmcwall.domain.officer import Officer
from tmcwall.domain.sp2hp import ReminderRules
from tmcwall.domain.station_zone import StationZone
from tmcwall.durable import disk_fault, new_file
from tmcwall.evidence.letter_content import LetterContent
from tmcwall.evidence.letter_templates import template_of
from tmcwall.evidence.letters import MadeLetter, make_letter
from tmcwall.evidence.signed_pdf import examine_signatures
from tmcwall.private_files import make_private_folder
from tmcwall.services.future_dispatcher import StoreProtocol, settled
from tmcwall.services.letter_reading import (
    Known,
    Register,
    case_for,
    known_of,
    letter_for,
    persons_named,
    read_register,
)

T = TypeVar("T")

LARGEST_SIGNED: Final = 50 * 1024 * 1024
"""Bytes of a signed PDF that comes back."""


@dataclass(frozen=True, slots=True)
class LetterOrder:
    """A letter that an officer wants made. `sequence` None: the next number."""

    case_id: str
    words: LetterWords
    day: date
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What of a case the reminders are counted from."""

    lp_date: date | None
    difficulty: Difficulty
    stage: Stage
    investigation_started: date | None


class LetterRoom:
    """Every method but `register` and `path_of` waits: never in the GUI thread."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        station: LetterStation,
        rules: ReminderRules,
        folder: Path,
        templates: Path,
        zone: StationZone,
        clock: Clock,
        examine: Callable[[bytes], tuple[PdfSignature, ...] | None] = examine_signatures,
        reporter_of: Callable[[str, str], str] = lambda _incident, _commitment: "",
    ) -> None:
        """`templates` is the folder of the unit's own, which need not be there; `examine` looks at signed PDFs.

        `reporter_of` gives the name behind an incident's commitment, or nothing, and may wait for the network.
        """
        self._store = store
        self._station = station
        self._rules = rules
        self._folder = folder
        self._templates = templates
        self._zone = zone
        self._clock = clock
        self._examine = examine
        self._reporter_of = reporter_of

    def register(self, session: Session) -> Register:
        """A unit for `Store.read`."""
        today = self._zone.date_of(self._clock.utc())
        return read_register(session, rules=self._rules, zone=self._zone, today=today, numbers=self._station.numbers)

    def draft(self, order: LetterOrder, *, by: Officer) -> Letter:
        """The letter with its number, which is taken for good; its files are in their place.

        Raises LetterRefused, NamesRefused, TemplateRefused, DomainError(NOT_ALLOWED, CASE_UNKNOWN,
        NUMBER_OUT_OF_RANGE, LETTER_NUMBER_TAKEN), and Fault.
        """
        words = order.words
        reading = partial(
            known_of,
            words=words,
            case_id=order.case_id,
            year=order.day.year,
            numbers=self._station.numbers,
            by=by,
        )
        known = settled(self._store.read(reading))
        missing = lacking(words, known.case, self._station)
        if missing:
            raise LetterRefused(missing)
        elsewhere = tuple(filter(None, (self._reporter_of(*one) for one in known.reporters_elsewhere.items())))
        named = persons_named(words, replace(known, reporters=(*known.reporters, *elsewhere)))
        if named and not words.names_reason.strip():
            raise NamesRefused(named)
        content = self._content(order, known)
        made = make_letter(content, template_of(words.kind, own=self._templates))
        letter = self._letter(order, content, made, by=by)

        def keep(session: Session) -> None:
            letter_rows.add(session, letter)
            self._note(session, letter, CustodyAction.LETTER_DRAFTED, by=by)

        self._keep([(letter.docx, made.docx), (letter.pdf, made.pdf)], keep)
        return letter

    def issue(self, letter_id: str, day: date, *, by: Officer) -> Letter:
        """It was signed and goes out. Of SP2HP the reminders count from that day.

        Raises DomainError(NOT_ALLOWED, NOT_FOUND, TRANSITION_REFUSED) and Fault, as the next ones.
        """

        def issue(session: Session) -> Letter:
            letter, case = letter_for(session, letter_id, by)
            _demand_state(letter, LetterState.DRAFTED)
            changed = replace(letter, state=LetterState.ISSUED, issued_on=day)
            letter_rows.put(session, changed)
            self._count_last_letter(session, case, by=by)
            self._note(session, changed, CustodyAction.LETTER_ISSUED, by=by, day=day.isoformat())
            return changed

        return settled(self._store.write(issue))

    def receive(self, letter_id: str, *, received_by: str, day: date, by: Officer) -> Letter:
        """The receipt came back. Raises also DomainError(FIELD_MISSING)."""
        name = " ".join(received_by.split())
        if not name:
            raise DomainError(DomainCode.FIELD_MISSING, "received_by")

        def receive(session: Session) -> Letter:
            letter, _ = letter_for(session, letter_id, by)
            _demand_state(letter, LetterState.ISSUED)
            changed = replace(letter, received_by=name, received_on=day)
            letter_rows.put(session, changed)
            action = CustodyAction.LETTER_RECEIVED
            self._note(session, changed, action, by=by, day=day.isoformat(), received_by=name)
            return changed

        return settled(self._store.write(receive))

    def cancel(self, letter_id: str, *, reason: str, by: Officer) -> Letter:
        """It does not count any more, and keeps its number. Raises also DomainError(FIELD_MISSING)."""
        why = " ".join(reason.split())
        if not why:
            raise DomainError(DomainCode.FIELD_MISSING, "reason")

        def cancel(session: Session) -> Letter:
            letter, case = letter_for(session, letter_id, by)
            _demand_state(letter, LetterState.DRAFTED, LetterState.ISSUED)
            changed = replace(letter, state=LetterState.CANCELLED, cancelled_reason=why)
            letter_rows.put(session, changed)
            if letter.issued_on is not None:
                self._count_last_letter(session, case, by=by, gone=letter.issued_on)
            self._note(session, changed, CustodyAction.LETTER_CANCELLED, by=by, reason=why)
            return changed

        return settled(self._store.write(cancel))

    def attach_signed(self, letter_id: str, file: Path, *, by: Officer) -> Letter:
        """A copy of the signed PDF, hashed. Raises also DomainError(LETTER_NOT_A_PDF) and Fault(FILE_UNREADABLE)."""
        try:
            if file.stat().st_size > LARGEST_SIGNED:
                raise DomainError(DomainCode.LETTER_NOT_A_PDF, file.name)
            content = file.read_bytes()
        except OSError as error:
            raise Fault(FaultCode.FILE_UNREADABLE, file.name) from error
        if not content.startswith(b"%PDF-"):
            raise DomainError(DomainCode.LETTER_NOT_A_PDF, file.name)
        letter, _ = settled(self._store.read(partial(letter_for, letter_id=letter_id, by=by)))
        digest = sha256(content).hexdigest()
        signatures = self._examine(content)
        stem = letter.pdf.path.removesuffix(".pdf")
        kept = LetterFile(f"{stem}-bertanda-tangan-{digest[:8]}.pdf", digest)

        def attach(session: Session) -> Letter:
            changed = replace(letter_for(session, letter_id, by)[0], signed=kept, signatures=signatures)
            letter_rows.put(session, changed)
            self._note(session, changed, CustodyAction.LETTER_SIGNED, by=by, signed_sha256=digest)
            return changed

        return self._keep([] if self.path_of(kept).is_file() else [(kept, content)], attach)

    def put_case(self, case_id: str, facts: CaseFacts, *, by: Officer) -> None:
        """What the reminders count from."""
        at = self._clock.utc()

        def put(session: Session) -> None:
            case = case_for(session, case_id, by)
            changed = replace(
                case,
                lp_date=facts.lp_date,
                difficulty=facts.difficulty,
                stage=facts.stage,
                investigation_started=facts.investigation_started,
            )
            operations.change(session, changed, actor=by.nrp, at=at)

        settled(self._store.write(put))

    def path_of(self, file: LetterFile) -> Path:
        return self._folder / file.path

    def _content(self, order: LetterOrder, known: Known) -> LetterContent:
        words, station = order.words, self._station
        sequence = order.sequence if order.sequence is not None else known.next_sequence
        if sequence not in station.numbers:
            numbers = station.numbers
            raise DomainError(DomainCode.NUMBER_OUT_OF_RANGE, f"{sequence}: {numbers.start}..{numbers.stop - 1}")
        parts = NumberParts(sequence, order.day, words.archive_code.strip(), station.unit_code, words.secrecy)
        return LetterContent(
            words=words,
            case=known.case,
            station=station,
            sequence=sequence,
            number=written_number(station.number_format, parts),
            subject=subject_of(words, station),
            day=order.day,
            nth=known.next_nth if words.kind is LetterKind.SP2HP else None,
            footage=known.footage,
            spans=known.spans,
            zone=self._zone,
        )

    def _letter(self, order: LetterOrder, content: LetterContent, made: MadeLetter, *, by: Officer) -> Letter:
        words, at = order.words, self._clock.utc()
        letter_id = str(uuid7(at))
        stem = f"{order.day.year}/{words.kind.value}-{content.sequence:04}-{letter_id[-8:]}"
        return Letter(
            id=letter_id,
            case_id=content.case.id,
            kind=words.kind,
            code=words.code if words.kind is LetterKind.SP2HP else None,
            nth=content.nth,
            sequence=content.sequence,
            year=order.day.year,
            number=content.number,
            subject=content.subject,
            addressee=words.addressee.strip(),
            day=order.day,
            state=LetterState.DRAFTED,
            made_by=by.nrp,
            made_at=at,
            docx=LetterFile(f"{stem}.docx", made.docx_sha256),
            pdf=LetterFile(f"{stem}.pdf", made.pdf_sha256),
            words=words,
            remarks=made.remarks,
            clips=words.clips,
        )

    def _count_last_letter(self, session: Session, case: Case, *, by: Officer, gone: date | None = None) -> None:
        """The case says when its last SP2HP went out; `gone`: the day of one that does not count any more.

        What other workstations issued before that one is not known here: the reminder comes too early then, not late.
        """
        days = [
            letter.issued_on
            for letter in letter_rows.of_case(session, case.id)
            if letter.kind is LetterKind.SP2HP and letter.state is LetterState.ISSUED and letter.issued_on is not None
        ]
        if case.last_letter is not None and case.last_letter != gone:
            days.append(case.last_letter)
        changed = replace(case, last_letter=max(days, default=None))
        operations.change(session, changed, actor=by.nrp, at=self._clock.utc())

    def _note(
        self,
        session: Session,
        letter: Letter,
        action: CustodyAction,
        *,
        by: Officer,
        reason: str = "",
        day: str = "",
        received_by: str = "",
        signed_sha256: str = "",
    ) -> None:
        facts = replace(_facts(letter), day=day, received_by=received_by, signed_sha256=signed_sha256)
        about, at = f"case/{letter.case_id}", self._clock.utc()
        custody.append(session, actor=by.nrp, action=action, about=about, at=at, reason=reason, facts=facts)

    def _keep(self, written: Sequence[tuple[LetterFile, bytes]], unit: Callable[[Session], T]) -> T:
        """The files, then the row that names them: of what fails no file stays."""
        made: list[Path] = []
        try:
            for file, content in written:
                path = self.path_of(file)
                make_private_folder(path.parent)
                with new_file(path) as target:
                    target.write(content)
                made.append(path)
            return settled(self._store.write(unit))
        except BaseException as error:
            for path in made:
                path.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE, folder=self._folder) from error
            raise


def _demand_state(letter: Letter, *states: LetterState) -> None:
    if letter.state not in states:
        raise DomainError(DomainCode.TRANSITION_REFUSED, f"{letter.number}: {letter.state}")


def _facts(letter: Letter) -> LetterFacts:
    return LetterFacts(
        letter.id,
        letter.number,
        letter.kind.value,
        docx_sha256=letter.docx.sha256,
        pdf_sha256=letter.pdf.sha256,
        clips=letter.clips,
        names_reason=letter.words.names_reason.strip(),
    )
