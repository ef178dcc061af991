"""Requests for footage to the owners of cameras: asked by letter, answered, handed over; each step in custody."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from tmcwall.db import cameras as camera_rows
from tmcwall.db import cases as case_rows
from tmcwall.db import contacts, custody, footage_requests, operations
from tmcwall.db import letters as letter_rows
from tmcwall.db.store import Session
from tmcwall.domain.camera import Camera
from tmcwall.domain.case import Case
from tmcwall.domain.clock import Clock
from tmcwall.domain.contact import ContactRole
from tmcwall.domain.custody import CustodyAction, ReceivedFacts
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.footage_request import (
    FootageRequest,
    ReceivedFile,
    RequestAnswer,
    answered,
    handed_over,
    letter_received,
    withdrawn,
)
from tmcwall.domain.ids import uuid7
from tmcwall.domain.letter import LetterItem, LetterKind, LetterRefused, LetterState, LetterWords, NamesRefused
from tmcwall.domain.officer import Action, Officer, demand
from tmcwall.domain.owner_letters import Wanted, addressee_of, by_owner
from tmcwall.domain.remaining_footage import RemainingFootage
from tmcwall.domain.station_zone import StationZone
from tmcwall.durable import disk_fault, new_file
from tmcwall.evidence.bag import safe_name
from tmcwall.private_files import make_private_folder
from tmcwall.services.future_dispatcher import StoreProtocol, settled
from tmcwall.services.letter_reading import case_for
from tmcwall.services.letter_room import LetterOrder, LetterRoom

LISTED: Final = 500
_CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class RequestRules:
    """How much is asked for around a moment, and how soon an answer is awaited."""

    before: timedelta = timedelta(minutes=5)
    after: timedelta = timedelta(minutes=10)
    answer_days: int = 3


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request as the register lists it: `cameras` are names."""

    request: FootageRequest
    case: Case | None
    cameras: tuple[str, ...]

    def is_late(self, today: date) -> bool:
        return self.request.is_late(today)


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking: requests with their letters, and those whose letter could not be made, and why."""

    with_letter: tuple[FootageRequest, ...] = ()
    without_letter: tuple[FootageRequest, ...] = ()
    lacking: tuple[LetterItem, ...] = ()
    names: tuple[str, ...] = ()
    """Of persons whom a letter would have named, for cameras are called after them."""
    letters: tuple[str, ...] = ()
    """Ids of the letters that were made."""

    @property
    def requests(self) -> tuple[FootageRequest, ...]:
        return self.with_letter + self.without_letter


class RequestRoom:
    """Every method but `register` waits: never in the GUI thread."""

    def __init__(
        self,
        letters: LetterRoom,
        *,
        store: StoreProtocol,
        rules: RequestRules,
        folder: Path,
        place: str,
        zone: StationZone,
        clock: Clock,
    ) -> None:
        """`folder` takes what owners hand over; `place` is the town that letters are addressed to."""
        self._letters = letters
        self._store = store
        self._rules = rules
        self._folder = folder
        self._place = place
        self._zone = zone
        self._clock = clock

    def register(self, session: Session) -> Sequence[RequestLine]:
        """A unit for `Store.read`: those that wait come first, by when an answer is due."""
        names = {camera.id: camera.name for camera in camera_rows.every_camera(session)}
        cases = {case.id: case for case in case_rows.all_cases(session)}
        return tuple(
            RequestLine(one, cases.get(one.case_id), tuple(names.get(each, each) for each in one.camera_ids))
            for one in footage_requests.newest(session, limit=LISTED)
        )

    def ask(self, case_id: str, rows: Sequence[RemainingFootage], *, by: Officer) -> Asked:
        """One request and one letter an owner. A letter that lacks something leaves its request without one.

        Raises DomainError(CASE_UNKNOWN, NOT_ALLOWED) and Fault; what was made before a fault stays.
        """
        known = settled(self._store.read(partial(_known, case_id=case_id, rows=rows, by=by)))
        asked = Asked()
        for addressee, wanted in by_owner(known.wanted, known.addressee).items():
            request = self._request(known.case, addressee, wanted, rows, by=by)
            words = self._words(known.words, addressee, request, wanted)
            letter_id = ""
            lacking: tuple[LetterItem, ...] = ()
            names: tuple[str, ...] = ()
            try:
                letter = self._letters.draft(LetterOrder(case_id, words, request.asked_on), by=by)
            except LetterRefused as refused:
                lacking = refused.lacking
            except NamesRefused as refused:
                names = refused.names
            else:
                request, letter_id = replace(request, letter_number=letter.number), letter.id
            settled(self._store.write(partial(_change, value=request, by=by, at=self._clock.utc())))
            asked = Asked(
                asked.with_letter + ((request,) if letter_id else ()),
                asked.without_letter + (() if letter_id else (request,)),
                tuple(dict.fromkeys(asked.lacking + lacking)),
                tuple(dict.fromkeys(asked.names + names)),
                asked.letters + ((letter_id,) if letter_id else ()),
            )
        return asked

    def take_back(self, asked: Asked, *, reason: str, by: Officer) -> int:
        """Withdraw those requests that are open, and cancel their letters that did not go out; how many."""
        for letter_id in asked.letters:
            letter = settled(self._store.read(partial(letter_rows.get, letter_id=letter_id)))
            if letter is not None and letter.state is LetterState.DRAFTED:
                self._letters.cancel(letter_id, reason=reason, by=by)
        count = 0
        for request in asked.requests:
            known = settled(self._store.read(partial(footage_requests.get, request_id=request.id)))
            if known is not None and known.is_open:
                self.withdraw(request.id, by=by)
                count += 1
        return count

    def answer(
        self, request_id: str, answer: RequestAnswer, *, on: date, words: str = "", by: Officer
    ) -> FootageRequest:
        """Raises DomainError(NOT_FOUND, NOT_ALLOWED, TRANSITION_REFUSED, FIELD_*) and Fault, as the next ones."""
        return self._step(request_id, partial(answered, answer=answer, on=on, words=words), by=by)

    def receive_letter(self, request_id: str, *, received_by: str, on: date, by: Officer) -> FootageRequest:
        """The receipt of the letter came back."""
        return self._step(request_id, partial(letter_received, by=received_by, on=on), by=by)

    def withdraw(self, request_id: str, *, by: Officer) -> FootageRequest:
        return self._step(request_id, withdrawn, by=by)

    def hand_over(
        self, request_id: str, sources: Sequence[Path], *, record: str, on: date, by: Officer
    ) -> FootageRequest:
        """Copies of the files are kept, with their hashes; `record` is the number of the Berita Acara.

        Raises also Fault(FILE_UNREADABLE, FILE_UNWRITABLE, DISK_*); of what fails no file stays.
        """
        settled(self._store.read(partial(_request_for, request_id=request_id, by=by)))
        made: list[Path] = []
        try:
            files = tuple(self._take_in(request_id, source, made) for source in sources)
            return self._step(
                request_id, partial(handed_over, files=files, record=record, on=on), by=by, received=files
            )
        except BaseException:
            for path in made:
                path.unlink(missing_ok=True)
            raise

    def _step(
        self,
        request_id: str,
        step: Callable[[FootageRequest], FootageRequest],
        *,
        by: Officer,
        received: Sequence[ReceivedFile] = (),
    ) -> FootageRequest:
        at = self._clock.utc()

        def write(session: Session) -> FootageRequest:
            changed = step(_request_for(session, request_id=request_id, by=by))
            operations.change(session, changed, actor=by.nrp, at=at)
            for file in received:
                facts = ReceivedFacts(request_id, file.path, file.sha256, file.size_bytes, changed.handover_number)
                about, action = f"case/{changed.case_id}", CustodyAction.FOOTAGE_RECEIVED
                custody.append(session, actor=by.nrp, action=action, about=about, at=at, facts=facts)
            return changed

        return settled(self._store.write(write))

    def _take_in(self, request_id: str, source: Path, made: list[Path]) -> ReceivedFile:
        digest, size = hashlib.sha256(), 0
        at = self._clock.utc()
        name = f"{request_id}/{at:%Y%m%dT%H%M%S}-{len(made) + 1:02}-{safe_name(source.name)}"
        target = self._folder / name
        try:
            reading = source.open("rb")
        except OSError as error:
            raise Fault(FaultCode.FILE_UNREADABLE, source.name, retryable=False) from error
        try:
            with reading:
                make_private_folder(target.parent)
                with new_file(target) as writing:
                    while chunk := reading.read(_CHUNK):
                        digest.update(chunk)
                        size += len(chunk)
                        writing.write(chunk)
        except OSError as error:
            raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE, folder=self._folder) from error
        made.append(target)
        return ReceivedFile(name, digest.hexdigest(), size)

    def _request(
        self, case: Case, addressee: str, wanted: Sequence[Wanted], rows: Sequence[RemainingFootage], *, by: Officer
    ) -> FootageRequest:
        now, rules = self._clock.utc(), self._rules
        today = self._zone.date_of(now)
        ids = {one.camera.id for one in wanted}
        ends = [row.ends_at for row in rows if row.camera_id in ids and row.ends_at is not None]
        due = min([today + timedelta(days=rules.answer_days), *(self._zone.date_of(end) for end in ends)])
        return FootageRequest(
            id=str(uuid7(now)),
            case_id=case.id,
            asked_of=addressee,
            camera_ids=tuple(dict.fromkeys(one.camera.id for one in wanted)),
            starts_at=min(one.moment for one in wanted) - rules.before,
            ends_at=max(one.moment for one in wanted) + rules.after,
            asked_by=by.nrp,
            asked_on=today,
            due_on=max(due, today),
        )

    def _words(
        self, before: LetterWords, addressee: str, request: FootageRequest, wanted: Sequence[Wanted]
    ) -> LetterWords:
        """The people and the archive code of the last letter, and what is asked for."""
        return LetterWords(
            kind=LetterKind.FOOTAGE_REQUEST,
            addressee=addressee,
            address=f"di {self._place}" if self._place else "",
            matter="\n".join(self._matter(request, wanted)),
            investigator=before.investigator,
            signer=before.signer,
            secrecy=before.secrecy,
            archive_code=before.archive_code,
        )

    def _matter(self, request: FootageRequest, wanted: Sequence[Wanted]) -> Sequence[str]:
        zone = self._zone
        until = zone.time_of_day(request.ends_at)
        span = f"{zone.long_text(request.starts_at)} sampai pukul {until[:5]} {zone}"
        if zone.date_of(request.starts_at) != zone.date_of(request.ends_at):
            span = f"{zone.long_text(request.starts_at)} sampai {zone.long_text(request.ends_at)}"
        lines = [f"Rekaman pada {span} dari kamera:"]
        for place, one in enumerate(wanted, start=1):
            end = _overwritten(one)
            known = f", menurut masa simpannya tertimpa pada {zone.long_text(end)}" if end is not None else ""
            lines.append(f"{place}. {one.camera.name} ({one.camera.id}){known}.")
        return lines


@dataclass(frozen=True, slots=True)
class _Known:
    case: Case
    wanted: Sequence[Wanted]
    owners: Mapping[str, str]
    """Names of owners in the directory, by camera."""
    words: LetterWords
    """Of the last letter of this workstation, of the case if it has one."""

    def addressee(self, camera: Camera) -> str:
        return addressee_of(camera, self.owners.get(camera.id, ""))


def _known(session: Session, *, case_id: str, rows: Sequence[RemainingFootage], by: Officer) -> _Known:
    case = case_for(session, case_id, by)
    found = ((row, camera_rows.get(session, row.camera_id)) for row in rows)
    wanted = tuple(Wanted(camera, row.moment) for row, camera in found if camera is not None)
    owners = {
        one.camera_id: one.contact_name
        for one in contacts.all_contacts(session)
        if one.role is ContactRole.OWNER and one.camera_id is not None
    }
    letters = letter_rows.of_case(session, case_id)[-1:] or letter_rows.newest(session, limit=1)
    return _Known(case, wanted, owners, letters[0].words if letters else LetterWords())


def _request_for(session: Session, *, request_id: str, by: Officer) -> FootageRequest:
    request = footage_requests.get(session, request_id)
    if request is None:
        raise DomainError(DomainCode.NOT_FOUND, f"request {request_id}")
    case = case_rows.get(session, request.case_id)
    demand(by, Action.EDIT_CASE, unit=case.unit if case is not None else "")
    return request


def _change(session: Session, *, value: FootageRequest, by: Officer, at: datetime) -> None:
    operations.change(session, value, actor=by.nrp, at=at)


def _overwritten(wanted: Wanted) -> datetime | None:
    retention = wanted.camera.retention
    return wanted.moment + retention.length if retention is not None else None
