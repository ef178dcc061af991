"""The alarm tone."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from tmcwall.domain.incident import Incident


class Alarm(QObject):
    """Sounds by rule and severity; stays quiet where there is no sound device."""

    sounding_changed = Signal(bool)

    def sound(self, incident: Incident) -> None:
        raise NotImplementedError

    def silence(self) -> None:
        """Until the next alarm."""
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError
