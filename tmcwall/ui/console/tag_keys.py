"""What the keys do that tag and mark: always for the selected camera, at the moment that its tile shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from tmcwall.texts import Translator
from tmcwall.texts import console as texts
from tmcwall.texts import review as review_texts
from tmcwall.ui.services import CameraService, TaggingService

ReplayedAt = Callable[[str], datetime | None]
"""When what the selected tile of a camera shows was recorded; None while it is live."""


class TagKeys(QObject):
    """Begins a tag, marks in and marks out."""

    tag_begun = Signal(str, object)
    """Camera id, and the TagRequest with what was marked, or None: the panel takes the present moment."""
    marked = Signal(str)
    """Says so."""
    refused = Signal(str)
    """Says why nothing was tagged or marked."""

    def __init__(
        self,
        tagging: TaggingService,
        cameras: CameraService,
        *,
        selected: Callable[[], str | None],
        replayed_at: ReplayedAt,
        translate: Translator,
        parent: QObject,
    ) -> None:
        """`selected` gives the camera that keys are about, None where there is none."""
        super().__init__(parent)
        self._tagging = tagging
        self._cameras = cameras
        self._selected = selected
        self._replayed_at = replayed_at
        self._translate = translate

    def tag(self) -> None:
        camera_id = self._camera()
        if camera_id is None:
            return
        moment = self._replayed_at(camera_id)
        self.tag_begun.emit(camera_id, self._tagging.begin(camera_id, moment=moment) if moment else None)

    def mark_in(self) -> None:
        camera_id = self._camera()
        if camera_id is None:
            return
        self._tagging.mark_in(camera_id, moment=self._replayed_at(camera_id))
        camera = self._cameras.get(camera_id)
        self.marked.emit(self._translate(review_texts.MARKED_IN, camera=camera.name if camera else camera_id))

    def mark_out(self) -> None:
        camera_id = self._camera()
        if camera_id is None:
            return
        request = self._tagging.mark_out(camera_id, moment=self._replayed_at(camera_id))
        if request is None:
            self.refused.emit(self._translate(review_texts.NO_MARK_IN))
        else:
            self.tag_begun.emit(camera_id, request)

    def _camera(self) -> str | None:
        camera_id = self._selected()
        if camera_id is None:
            self.refused.emit(self._translate(texts.NO_TILE_SELECTED))
        return camera_id
