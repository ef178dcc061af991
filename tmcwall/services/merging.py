"""How an officer's word that two reports are one incident is written, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from functools import partial

from tmcwall.db import incidents as incident_rows
from tmcwall.db import operations
from tmcwall.db.store import Session
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.incident import Incident, IncidentNote
from tmcwall.domain.officer import Officer
from tmcwall.domain.same_incident import merge, split


@dataclass(frozen=True, slots=True)
class Merging:
    """Two reports, and what the notes of both say. `main_id` None: what the duplicate was merged into."""

    duplicate_id: str
    main_id: str | None
    _: KW_ONLY
    on_duplicate: str
    on_main: str

    def merge(self, session: Session, officer: Officer, *, at: datetime) -> Sequence[Incident]:
        """Both as they stand then. Raises DomainError(NOT_FOUND, TRANSITION_REFUSED)."""
        duplicate, main = self._known(session, self.duplicate_id), self._known(session, self.main_id or "")
        merged = merge(duplicate, main, partial(incident_rows.get, session))
        operations.change(session, merged, actor=officer.nrp, at=at)
        self._note_both(session, main, by=officer, at=at)
        return merged, main

    def split(self, session: Session, officer: Officer, *, at: datetime) -> Sequence[Incident]:
        """Both as they stand then, where both are known. Raises DomainError(NOT_FOUND, TRANSITION_REFUSED)."""
        duplicate = self._known(session, self.duplicate_id)
        alone = split(duplicate)
        operations.change(session, alone, actor=officer.nrp, at=at)
        main = incident_rows.get(session, duplicate.duplicate_of or "")
        self._note_both(session, main, by=officer, at=at)
        return (alone,) if main is None else (alone, main)

    def _known(self, session: Session, incident_id: str) -> Incident:
        incident = incident_rows.get(session, incident_id)
        if incident is None:
            raise DomainError(DomainCode.NOT_FOUND, f"incident {incident_id}")
        return incident

    def _note_both(self, session: Session, main: Incident | None, *, by: Officer, at: datetime) -> None:
        notes = [(self.duplicate_id, self.on_duplicate)]
        if main is not None:
            notes.append((main.id, self.on_main))
        for incident_id, words in notes:
            note = IncidentNote(str(uuid7(at)), incident_id, at, by.nrp, words)
            operations.change(session, note, actor=by.nrp, at=at)
