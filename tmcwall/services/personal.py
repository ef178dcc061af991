"""Who has reported an incident: read where it may be, kept in memory for one officer's shift, never stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.db import entity_states, personal
from tmcwall.db.personal import OwnValue
from tmcwall.db.store import Session
from tmcwall.domain.commitment import commitments_in, is_commitment
from tmcwall.domain.fault import Fault
from tmcwall.domain.incident import Incident
from tmcwall.domain.merge import Conflict
from tmcwall.domain.officer import Action, Officer
from tmcwall.domain.operation import Entity, Json
from tmcwall.log import get_logger
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, StoreProtocol, in_thread
from tmcwall.services.synchronisation import SyncState
from tmcwall.sync.personal import PersonalAnswer, read_values
from tmcwall.sync.protocol import SERVER_DEVICE

log = get_logger(__name__)


class ReporterState(StrEnum):
    """What can be said of who has reported an incident."""

    SHOWN = "shown"
    OF_CASES = "of_cases"
    """Only for those who handle cases."""
    ASKED = "asked"
    """The answer is on its way."""
    AWAY = "away"
    """It is not here, and the server cannot be asked now."""
    MISSING = "missing"
    """The server has not got it: it is at the workstation where it was written."""
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Reporter:
    """Empty texts: not given. `written_by` has it at hand, where it is not shown."""

    state: ReporterState
    name: str = ""
    phone: str = ""
    written_by: str = ""


@dataclass(slots=True)
class _Known:
    """Of one incident, for the officer on duty."""

    values: dict[str, str] = field(default_factory=dict)
    asked_for: frozenset[str] = frozenset()
    written_by: str = ""
    state: ReporterState = ReporterState.ASKED
    asking: bool = False


@dataclass(frozen=True, slots=True)
class _Here:
    own: Mapping[str, OwnValue]
    written_by: str


class Rights(Protocol):
    """The part of `Duty` that this asks."""

    @property
    def officer(self) -> Officer | None: ...

    def can(self, action: Action, *, unit: str = "") -> bool: ...


class Ask(Protocol):
    """`sync.personal.read_values`."""

    def __call__(
        self, server_url: str, token: str, *, entity: Entity, entity_id: str, commitments: Sequence[str]
    ) -> PersonalAnswer: ...


class PersonalValues(QObject):
    """Names and numbers of reporters behind the commitments that incidents hold.

    What was written at this workstation is here at once and without a connection, for whoever may read it and for the
    officer who wrote it. Everything else is asked of the server, once in a shift. All of it goes with the officer.
    """

    changed = Signal(str)
    """Incident id: `reporter` says something else of it."""
    _erased = Signal(object)

    def __init__(
        self,
        server_url: str,
        *,
        store: StoreProtocol,
        duty: Rights,
        ask: Ask = read_values,
        parent: QObject | None = None,
    ) -> None:
        """`server_url` empty: this workstation works alone."""
        super().__init__(parent)
        self._server_url = server_url
        self._store = store
        self._duty = duty
        self._ask = ask
        self._token: str | None = None
        self._officer: Officer | None = None
        self._online = False
        self._known: dict[str, _Known] = {}
        self._futures = FutureDispatcher()
        self._erased.connect(self._forget)

    def start(self) -> None:
        """Nothing is asked before somebody looks."""

    def stop(self) -> None:
        self._known.clear()
        self._futures.close()

    @Slot(object)
    def use_token(self, token: str | None) -> None:
        self._token = token
        if token is not None:
            self.ask_again()

    @Slot()
    def follow_duty(self) -> None:
        """Another officer, one with other rights, or none: nothing of what was read stays."""
        if self._duty.officer != self._officer:
            self._officer = self._duty.officer
            self._known.clear()

    @Slot(object)
    def take_sync_state(self, state: SyncState) -> None:
        """With the first success after a time without the server everything that is open is asked again."""
        if state.online and not self._online:
            self.ask_again()
        self._online = state.online

    @Slot()
    def ask_again(self) -> None:
        """The server can be reached: what was not to be had is asked for when it is looked at next."""
        for incident_id, known in list(self._known.items()):
            if known.state in {ReporterState.AWAY, ReporterState.MISSING}:
                del self._known[incident_id]
                self.changed.emit(incident_id)

    def take_erasures(self, incident_ids: Collection[str]) -> None:
        """The server has erased them. From any thread."""
        if incident_ids:
            self._erased.emit(tuple(incident_ids))

    def reporter(self, incident: Incident) -> Reporter:
        """What may be shown of who has reported it; asks where it has to, and `changed` follows."""
        fields: dict[str, Json] = {"reporter_name": incident.reporter_name, "reporter_phone": incident.reporter_phone}
        wanted = commitments_in(fields)
        may = self._duty.can(Action.READ_REPORTER)
        if not wanted:
            known = Reporter(ReporterState.SHOWN, incident.reporter_name, incident.reporter_phone)
            return known if may else Reporter(ReporterState.OF_CASES)
        values, state, written_by = self._look(incident.id, wanted)
        if all(commitment in values for commitment in wanted):
            name, phone = (
                values[text] if is_commitment(text) else text if may else ""
                for text in (incident.reporter_name, incident.reporter_phone)
            )
            return Reporter(ReporterState.SHOWN, name, phone)
        return Reporter(state, written_by=written_by) if may else Reporter(ReporterState.OF_CASES)

    def value_of(self, incident_id: str, commitment: str) -> str:
        """What the server has for it; empty where it cannot be had. Waits for the network: not in the GUI thread."""
        token = self._token
        if not self._server_url or token is None:
            return ""
        try:
            answer = self._ask(
                self._server_url, token, entity=Entity.INCIDENT, entity_id=incident_id, commitments=[commitment]
            )
        except Fault as fault:
            log.info("reporter_not_read", code=fault.code)
            return ""
        return answer.values.get(commitment, "")

    def same(self, conflict: Conflict) -> bool | None:
        """Whether two commitments stand for one value; None: that is not known, or not for the officer on duty."""
        pair = (conflict.kept.value, conflict.other.value)
        wanted = commitments_in({"kept": pair[0], "other": pair[1]})
        if len(wanted) != len(pair) or conflict.entity is not Entity.INCIDENT:
            return None
        values, _, _ = self._look(conflict.entity_id, wanted)
        return values[wanted[0]] == values[wanted[1]] if all(one in values for one in wanted) else None

    def _look(self, incident_id: str, wanted: Sequence[str]) -> tuple[Mapping[str, str], ReporterState, str]:
        """What is known of these by now; the rest is asked for."""
        officer = self._duty.officer
        if officer is None:
            return {}, ReporterState.OF_CASES, ""
        known = self._known.setdefault(incident_id, _Known())
        if not known.asking and not known.asked_for.issuperset(wanted):
            known.asking, known.state = True, ReporterState.ASKED
            known.asked_for |= frozenset(wanted)
            read = partial(_read_own, incident_id=incident_id, commitments=tuple(wanted))
            then = partial(self._take_own, incident_id, tuple(wanted), officer.nrp)
            self._futures.expect(self._store.read(read), then, partial(self._refused, incident_id, officer.nrp))
        return known.values, known.state, known.written_by

    def _take_own(self, incident_id: str, wanted: Sequence[str], nrp: str, here: _Here) -> None:
        known = self._known.get(incident_id)
        if known is None or nrp != self._nrp_now():
            return
        known.written_by = here.written_by
        may = self._duty.can(Action.READ_REPORTER)
        known.values |= {
            commitment: value.opening.value for commitment, value in here.own.items() if may or value.actor == nrp
        }
        missing = [one for one in wanted if one not in known.values]
        if missing and may and self._server_url and self._token is not None:
            work = partial(
                self._ask,
                self._server_url,
                self._token,
                entity=Entity.INCIDENT,
                entity_id=incident_id,
                commitments=missing,
            )
            then = partial(self._take_answer, incident_id, nrp)
            self._futures.expect(in_thread(work, name="personal"), then, partial(self._refused, incident_id, nrp))
            return
        self._settle(incident_id, known, ReporterState.AWAY if may else ReporterState.OF_CASES)

    def _take_answer(self, incident_id: str, nrp: str, answer: PersonalAnswer) -> None:
        known = self._known.get(incident_id)
        if known is None or nrp != self._nrp_now():
            return
        known.values |= answer.values
        self._settle(incident_id, known, ReporterState.ERASED if answer.erased else ReporterState.MISSING)

    def _refused(self, incident_id: str, nrp: str, _refusal: Refusal) -> None:
        known = self._known.get(incident_id)
        if known is not None and nrp == self._nrp_now():
            self._settle(incident_id, known, ReporterState.AWAY)

    def _settle(self, incident_id: str, known: _Known, otherwise: ReporterState) -> None:
        """`otherwise` is what is said of what is not known now."""
        known.asking, known.state = False, otherwise
        self.changed.emit(incident_id)

    @Slot(object)
    def _forget(self, incident_ids: Collection[str]) -> None:
        for incident_id in incident_ids:
            if self._known.pop(incident_id, None) is not None:
                self.changed.emit(incident_id)

    def _nrp_now(self) -> str:
        officer = self._duty.officer
        return "" if officer is None else officer.nrp


def _read_own(session: Session, *, incident_id: str, commitments: Sequence[str]) -> _Here:
    """What was written here, and who has written what is not."""
    own = personal.own(session, commitments)
    versions = entity_states.confirmed(session, Entity.INCIDENT, incident_id).versions
    writers = [version for version in versions.values() if version.value in commitments]
    written_by = writers[0].actor if writers and writers[0].device != SERVER_DEVICE else ""
    return _Here(own, written_by)
