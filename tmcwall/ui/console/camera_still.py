"""A still of a camera to draw on: the next picture that comes, with the camera's privacy masks over it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault
from tmcwall.texts import Translator
from tmcwall.texts import masks as texts
from tmcwall.texts.faults import explain
from tmcwall.ui.case_services import MaskService
from tmcwall.ui.pictures import image_of
from tmcwall.ui.review.screen import Screen
from tmcwall.ui.services import LiveFeed, OpenLive

_LOOK_MS: Final = 100
_PICTURE: Final = (1280, 720)


class CameraStill(Screen):
    """It stays until another one is asked for; `put_away` before it is hidden."""

    def __init__(self, masks: MaskService, open_live: OpenLive, *, clock: Clock, translate: Translator) -> None:
        super().__init__()
        self._covering = masks
        self._open_live = open_live
        self._clock = clock
        self._translate = translate
        self._camera_id = ""
        self._feed: LiveFeed | None = None
        self._looking = QTimer(self, interval=_LOOK_MS)
        self._looking.timeout.connect(self._look)
        masks.changed.connect(self._cover)

    def lay_over(self, canvas: QWidget) -> None:
        """What is drawn on it."""
        over = QVBoxLayout(self)
        over.setContentsMargins(0, 0, 0, 0)
        over.addWidget(canvas)

    def take(self, camera_id: str) -> None:
        """The next picture of that camera, or a sentence why there is none."""
        self.put_away()
        self._camera_id = camera_id
        self._cover()
        self.show_words(self._translate(texts.WAITING))
        try:
            self._feed = self._open_live(camera_id, *_PICTURE)
        except Fault as fault:
            self.show_words(explain(fault, self._translate))
            return
        self._looking.start()

    def put_away(self) -> None:
        """No picture is waited for any more."""
        self._looking.stop()
        feed, self._feed = self._feed, None
        if feed is not None:
            feed.close()

    @Slot()
    def _cover(self) -> None:
        if self._camera_id:
            self.cover(self._covering.boxes(self._camera_id))

    @Slot()
    def _look(self) -> None:
        feed = self._feed
        picture = feed.newest_due(self._clock.monotonic_ns()) if feed is not None else None
        if feed is not None and picture is not None:
            image = image_of(picture)
            if feed.whole(picture):
                self.show_image(image, remark="")
                self.put_away()
