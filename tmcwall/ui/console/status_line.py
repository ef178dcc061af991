"""The line at the bottom of the console: synchronisation, recording, who is on duty, the clock."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer, Signal, SignalInstance, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import TileState
from tmcwall.services.synchronisation import SyncState
from tmcwall.texts import Text, Translator
from tmcwall.texts import conflicts as conflict_texts
from tmcwall.texts import console as texts
from tmcwall.texts import footage_requests as request_texts
from tmcwall.texts import officers as officer_texts
from tmcwall.texts import quarantine as quarantine_texts
from tmcwall.texts import shift_report as shift_texts
from tmcwall.texts.faults import fault_text, short_cause
from tmcwall.ui import theme
from tmcwall.ui.console.moments import date_text, long_moment_text, time_text
from tmcwall.ui.console.parts import Badge, plain_label
from tmcwall.ui.services import ConflictService, DutyService, QuarantineService, SyncService

_TICK_MS: Final = 1000
_REFUSALS: Final = frozenset({
    FaultCode.SERVER_REFUSED, FaultCode.SERVER_INCOMPATIBLE, FaultCode.WORKSTATION_COPIED,
    FaultCode.SIGN_IN_REFUSED, FaultCode.SIGN_IN_EXPIRED,
    FaultCode.DEVICE_NOT_ENROLLED, FaultCode.DEVICE_REVOKED, FaultCode.SERVER_KEY_CHANGED,
})  # fmt: skip


def sync_badge(state: SyncState, *, on_duty: bool) -> tuple[TileState, Text]:
    """The state whose shape and colour the badge takes, and its words: `{count}` waits, of `{total}` `{taken}` came."""
    if state.fault is not None and state.fault.code is FaultCode.SIGN_IN_EXPIRED and not on_duty:
        return TileState.STALE, texts.SYNC_OFF_DUTY
    if state.fault is not None and state.fault.code in _REFUSALS:
        return TileState.REFUSED, texts.SYNC_REFUSED
    if state.loading is not None:
        return TileState.CONNECTING, texts.SYNC_LOADING
    if not state.online:
        return TileState.STALE if state.configured else TileState.OFF, _offline(state)
    if state.pending:
        return TileState.CONNECTING, texts.SYNC_PENDING
    return TileState.LIVE, texts.SYNC_ALL_SENT


def _offline(state: SyncState) -> Text:
    if not state.configured:
        return texts.SYNC_ALONE
    return texts.SYNC_OFFLINE_PENDING if state.pending else texts.SYNC_OFFLINE


class StatusLine(QWidget):
    """Small facts that must always be in sight."""

    sign_out_requested = Signal()
    conflicts_requested = Signal()
    quarantine_requested = Signal()
    officers_requested = Signal()
    handover_requested = Signal()
    requests_requested = Signal()
    """The register of requests to owners."""

    def __init__(
        self,
        sync: SyncService,
        duty: DutyService,
        conflicts: ConflictService,
        quarantine: QuarantineService,
        *,
        clock: Clock,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._sync = sync
        self._duty = duty
        self._conflicts = conflicts
        self._quarantine = quarantine
        self._clock = clock
        self._translate = translate
        self._badge = Badge()
        self._recording = Badge()
        self._recording.hide()
        self._differing = _button(translate(conflict_texts.OPEN_HELP), self.conflicts_requested)
        self._without_effect = _button(translate(quarantine_texts.OPEN_HELP), self.quarantine_requested)
        self._late = _button(translate(request_texts.LATE_HELP), self.requests_requested)
        self._officer = _button(translate(officer_texts.OPEN_HELP), self.officers_requested)
        self._sign_out = QPushButton(translate(texts.SIGN_OUT))
        self._sign_out.clicked.connect(self.sign_out_requested)
        self._handover = _button(translate(shift_texts.OPEN_HELP), self.handover_requested)
        self._handover.setText(translate(shift_texts.OPEN))
        self._time = plain_label("")
        self._time.setFont(theme.font(strong=True))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3 * theme.SPACE, theme.SPACE, 3 * theme.SPACE, theme.SPACE)
        layout.setSpacing(4 * theme.SPACE)
        layout.addWidget(self._badge)
        layout.addWidget(self._differing)
        layout.addWidget(self._without_effect)
        layout.addWidget(self._late)
        layout.addWidget(self._recording)
        layout.addStretch(1)
        layout.addWidget(self._officer)
        layout.addWidget(self._handover)
        layout.addWidget(self._sign_out)
        layout.addWidget(self._time)
        sync.state_changed.connect(self.show_sync)
        conflicts.changed.connect(self._show_conflicts)
        quarantine.changed.connect(self._show_quarantine)
        duty.changed.connect(self._show_officer)
        duty.signed_in.connect(self._show_officer)
        duty.signed_out.connect(self._show_officer)
        self._ticks = QTimer(self)
        self._ticks.setInterval(_TICK_MS)
        self._ticks.timeout.connect(self._show_time)
        self._ticks.start()
        self._show_officer()
        self._show_conflicts()
        self._show_quarantine()
        self.show_late_requests(0)
        self._show_time()

    @Slot(object)
    def show_sync(self, state: SyncState) -> None:
        shape, text = sync_badge(state, on_duty=self._duty.officer is not None)
        say = self._translate
        taken, total = state.loading or (0, 0)
        self._badge.show_state(theme.STATES[shape], say(text, count=state.pending, taken=taken, total=total))
        lines = []
        if state.configured:
            last = state.last_success_at
            lines.append(say(texts.SYNC_LAST, time=long_moment_text(last, say)) if last else say(texts.SYNC_NEVER))
        if state.fault is not None:
            lines.append(say(fault_text(state.fault.code)))
        self._badge.setToolTip("\n".join(lines))

    def show_late_requests(self, count: int) -> None:
        """How many requests to owners were not answered in time; none is not said."""
        self._late.setText(self._translate(request_texts.LATE, count=count))
        self._late.setVisible(count > 0)

    def show_recording(self, fault: FaultCode | None) -> None:
        """None: the rolling recording runs."""
        self._recording.setVisible(fault is not None)
        if fault is not None:
            reason = self._translate(short_cause(fault))
            text = self._translate(texts.RECORDING_STOPPED, reason=reason)
            self._recording.show_state(theme.STATES[TileState.LOST], text)
            self._recording.setToolTip(self._translate(fault_text(fault)))

    @Slot()
    def _show_conflicts(self) -> None:
        count = len(self._conflicts.open())
        self._differing.setText(self._translate(conflict_texts.OPEN, count=count))
        self._differing.setVisible(count > 0)

    @Slot()
    def _show_quarantine(self) -> None:
        count = len(self._quarantine.kept())
        self._without_effect.setText(self._translate(quarantine_texts.OPEN, count=count))
        self._without_effect.setVisible(count > 0)

    @Slot()
    def _show_officer(self) -> None:
        officer, say = self._duty.officer, self._translate
        if officer is None:
            self._officer.setText(say(texts.OFF_DUTY))
        else:
            self._officer.setText(say(texts.ON_DUTY, officer=f"{officer.rank} {officer.name}".strip()))
        self._sign_out.setVisible(officer is not None)
        self._handover.setVisible(officer is not None)
        self.show_sync(self._sync.state)

    @Slot()
    def _show_time(self) -> None:
        now, say = self._clock.utc(), self._translate
        self._time.setText(f"{date_text(say.zone.date_of(now), say)}  {time_text(now, say)}")


def _button(explanation: str, pressed: SignalInstance) -> QPushButton:
    """Its text comes with what it tells of."""
    button = QPushButton()
    button.setToolTip(explanation)
    button.clicked.connect(pressed)
    return button
