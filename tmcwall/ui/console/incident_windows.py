"""Ties the incident queue to the windows of the log and of the cascade."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from tmcwall.domain.clock import Clock
from tmcwall.texts import Translator
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.cascade_window import CascadeService, CascadeWindow, PositionOf
from tmcwall.ui.console.incident_log_window import IncidentLogService, IncidentLogWindow
from tmcwall.ui.console.incident_panel import IncidentPanel
from tmcwall.ui.console.side_windows import bring_up
from tmcwall.ui.services import CameraService, ContactService, IncidentService


class IncidentWindows(QObject):
    """Made once with the console; neither window comes up by itself."""

    def __init__(
        self,
        panel: IncidentPanel,
        log: IncidentLogService,
        cascades: CascadeService,
        incidents: IncidentService,
        contacts: ContactService,
        cameras: CameraService,
        *,
        position_of: PositionOf,
        show_on_reserved: Callable[[Sequence[str]], int],
        clock: Clock,
        region_name: RegionName,
        translate: Translator,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.log = IncidentLogWindow(
            log, clock=clock, region_name=region_name, translate=translate, parent=parent
        )  # fmt: skip
        self.cascade = CascadeWindow(
            cascades,
            incidents,
            contacts,
            cameras,
            position_of=position_of,
            show_on_reserved=show_on_reserved,
            clock=clock,
            region_name=region_name,
            translate=translate,
            parent=parent,
        )
        panel.log_requested.connect(self._show_log)
        panel.cascade_requested.connect(self._show_cascade)

    @Slot()
    def _show_log(self) -> None:
        bring_up(self.log)
        self.log.look()

    @Slot(str)
    def _show_cascade(self, incident_id: str) -> None:
        self.cascade.show_incident(incident_id)
        bring_up(self.cascade)
