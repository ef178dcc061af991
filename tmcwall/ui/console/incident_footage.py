"""What is left of the footage of the incident that is selected in the queue."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Slot

from tmcwall.domain.operation import Entity
from tmcwall.services.remaining_footage import Matter, MatterFootage
from tmcwall.texts import Translator
from tmcwall.texts import incidents as texts
from tmcwall.ui.case_services import RemainingServices
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.incident_list import place_text
from tmcwall.ui.console.incident_panel import IncidentPanel
from tmcwall.ui.evidence.footage_window import FootageWindow
from tmcwall.ui.services import IncidentService

_VIEWER: Final = "incident queue"


class IncidentFootage(QObject):
    """Ties the queue to what is read, and its key to the window that secures."""

    def __init__(
        self,
        panel: IncidentPanel,
        window: FootageWindow,
        services: RemainingServices,
        incidents: IncidentService,
        *,
        region_name: RegionName,
        translate: Translator,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._panel = panel
        self._window = window
        self._services = services
        self._incidents = incidents
        self._region_name = region_name
        self._translate = translate
        panel.incident_selected.connect(self._look)
        panel.footage_requested.connect(self._open)
        panel.secure_requested.connect(self._secure)
        services.remaining.footage_read.connect(self._take)

    @Slot(str)
    def _look(self, incident_id: str) -> None:
        self._panel.footage.show_footage(None)
        self._services.remaining.look(_VIEWER, Matter(Entity.INCIDENT, incident_id))

    @Slot(object)
    def _take(self, footage: MatterFootage) -> None:
        if footage.matter == Matter(Entity.INCIDENT, self._panel.selected or ""):
            self._panel.footage.show_footage(footage)

    @Slot(str)
    def _open(self, incident_id: str) -> None:
        self._show(incident_id, secure=False)

    @Slot(str)
    def _secure(self, incident_id: str) -> None:
        self._show(incident_id, secure=True)

    def _show(self, incident_id: str, *, secure: bool) -> None:
        incident = self._incidents.get(incident_id)
        if incident is not None:
            kind = self._translate(texts.TYPES[incident.type])
            place = place_text(incident.place, region_name=self._region_name, translate=self._translate)
            self._window.open_incident(incident, f"{kind}, {place}", secure=secure)
