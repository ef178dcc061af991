"""All cameras of the workstation and how each is doing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from tmcwall.domain.camera import Camera
from tmcwall.domain.health import TileState, Verdict


class CameraBook(QObject):
    """Cameras in memory, found by id, number or text; a verdict for each from reports and open tiles."""

    cameras_changed = Signal()
    statuses_changed = Signal(object)
    """frozenset[str] of camera ids."""

    def start(self) -> None:
        """Read the cameras; `cameras_changed` follows."""
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError

    def all(self) -> Sequence[Camera]:
        """Every camera, by number and then by id."""
        raise NotImplementedError

    def get(self, camera_id: str) -> Camera | None:
        raise NotImplementedError

    def by_number(self, number: int) -> Camera | None:
        raise NotImplementedError

    def search(self, text: str) -> Sequence[Camera]:
        """Cameras in whose id, name, number, owner or region every word of the text occurs."""
        raise NotImplementedError

    def status(self, camera_id: str) -> Verdict:
        """OFF for a camera that nothing is known of because nobody looks at it."""
        raise NotImplementedError

    def counts(self) -> Mapping[TileState, int]:
        raise NotImplementedError

    def judge_tiles(self, verdicts: Mapping[str, Verdict]) -> None:
        """What the open tiles show now, by camera id; the walls say it once a second. It outranks the reports."""
        raise NotImplementedError
