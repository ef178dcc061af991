"""The window in which a clip is redacted: boxes are drawn, a copy is made, watched to its end, and released."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.clock import Clock
from tmcwall.domain.derived_copy import Box, Cover
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.officer import Action
from tmcwall.services.redactions import MadeRedaction
from tmcwall.services.tagging import BookmarkRow
from tmcwall.texts import Text, Translator
from tmcwall.texts import evidence_windows as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.case_services import RedactionService, TaggingService
from tmcwall.ui.console.moments import length_text, moment_text
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.evidence.box_canvas import BoxCanvas, ShownBox
from tmcwall.ui.evidence.redaction_plan import DrawnBox, RedactionPlan
from tmcwall.ui.review.player import ClipPlayer, OpenFile
from tmcwall.ui.services import DutyService

_WIDTH: Final = 320 * theme.SPACE
_HEIGHT: Final = 172 * theme.SPACE
_LOOK_MS: Final = 40
_COVERS: Final = ((Cover.SOLID, texts.COVER_SOLID), (Cover.MOSAIC, texts.COVER_MOSAIC))


class RedactionWindow(QWidget):
    """One clip at a time. Closed while a copy is being made, the copy is given up."""

    def __init__(
        self,
        redactions: RedactionService,
        tagging: TaggingService,
        duty: DutyService,
        open_file: OpenFile,
        *,
        clock: Clock,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._redactions = redactions
        self._tagging = tagging
        self._duty = duty
        self._translate = say = translate
        self._row: BookmarkRow | None = None
        self._plan = RedactionPlan()
        self._draws: Text | None = None
        self._made: MadeRedaction | None = None
        self._speed = 0.0
        self.setWindowTitle(say(texts.REDACTION_TITLE))
        self.resize(_WIDTH, _HEIGHT)
        self._title = plain_label("", title=True)
        self._help = plain_label("", soft=True)
        self._help.setWordWrap(True)
        self.player = ClipPlayer(open_file, clock=clock, translate=translate)
        screen = self.player.screen_of_clip
        self._canvas = BoxCanvas(screen.box, screen)
        self._canvas.setAccessibleName(say(texts.REDACTION_PLAYER))
        over = QVBoxLayout(screen)
        over.setContentsMargins(0, 0, 0, 0)
        over.addWidget(self._canvas)
        self._list = QListWidget()
        self._list.setAccessibleName(say(texts.BOXES))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._new_box = self._button(texts.NEW_BOX, self._draw_box)
        self._new_mask = self._button(texts.NEW_MASK, self._draw_mask)
        self._end = self._button(texts.END_BOX, self._end_box)
        self._remove = self._button(texts.REMOVE_BOX, self._remove_box)
        self._cover = QComboBox()
        self._cover.setAccessibleName(say(texts.COVER))
        for cover, text in _COVERS:
            self._cover.addItem(say(text), cover.value)
        self._make = self._button(texts.MAKE_REDACTED, self._make_copy)
        self._cancel = self._button(texts.CANCEL, redactions.cancel)
        self._unseen = self._button(texts.WATCH_UNSEEN, self._go_to_unseen)
        self._release = self._button(texts.RELEASE, self._release_copy)
        self._back = self._button(texts.BACK_TO_BOXES, self._show_original)
        self._bar = QProgressBar()
        self._bar.setAccessibleName(say(texts.PROGRESS_NAME))
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._looking = QTimer(self, interval=_LOOK_MS)
        self._looking.timeout.connect(self._look)
        self._lay_out()
        self._connect()
        self._show_state()

    @property
    def plan(self) -> RedactionPlan:
        """What is covered so far."""
        return self._plan

    def open_row(self, row: BookmarkRow) -> None:
        """Begin with the clip of a bookmark, which is ready; while a copy is being made, that one stays."""
        if not self._redactions.busy:
            self._row, self._plan = row, RedactionPlan()
            self.player.screen_of_clip.cover(())
            at = moment_text(row.bookmark.starts_at, self._translate)
            self._title.setText(self._translate(texts.REDACTION_OF, camera=row.bookmark.camera_name, at=at))
            self._show_original()
            self._answer.clear()
            self._redactions.find_masks(row.bookmark.camera_id)
        self.show()
        self.raise_()
        self.activateWindow()

    def _connect(self) -> None:
        redactions = self._redactions
        self._canvas.drawn.connect(self._take_box)
        self._list.currentRowChanged.connect(self._show_state)
        self._cover.currentIndexChanged.connect(self._take_cover)
        redactions.masks_known.connect(self._take_masks)
        redactions.progressed.connect(self._bar.setValue)
        redactions.made.connect(self._take_made)
        redactions.released.connect(self._tell_released)
        redactions.refused.connect(self._tell_refused)
        redactions.busy_changed.connect(self._show_state)
        self._duty.changed.connect(self._show_state)

    def _lay_out(self) -> None:
        boxes = plain_label(self._translate(texts.BOXES))
        boxes.setFont(theme.font(strong=True))
        side = QVBoxLayout()
        side.setSpacing(2 * theme.SPACE)
        side.addWidget(self._help)
        side.addWidget(boxes)
        side.addWidget(self._list, 1)
        for control in (
            self._new_box, self._end, self._cover, self._new_mask, self._remove, self._make, self._unseen,
            self._release, self._back, self._cancel, self._bar,
        ):  # fmt: skip
            side.addWidget(control)
        row = QHBoxLayout()
        row.setSpacing(4 * theme.SPACE)
        row.addWidget(self.player, 7)
        row.addLayout(side, 2)
        layout = QVBoxLayout(self)
        margin = 4 * theme.SPACE
        layout.setContentsMargins(margin, 3 * theme.SPACE, margin, margin)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self._title)
        layout.addLayout(row, 1)
        layout.addWidget(self._answer)

    def _button(self, name: Text, pressed: object) -> QPushButton:
        button = QPushButton(self._translate(name))
        button.clicked.connect(pressed)
        return button

    def _play(self, path: Path | None) -> None:
        row = self._row
        self.player.close_clip()
        if row is not None and row.clip is not None and path is not None:
            self.player.open_clip(path, row.clip)

    @Slot()
    def _show_original(self) -> None:
        """The clip with what was drawn."""
        self._made = None
        row = self._row
        self._play(self._tagging.clip_path(row.bookmark.id) if row is not None else None)
        self._looking.start()
        self._fill()

    @Slot(str, object)
    def _take_masks(self, camera_id: str, masks: Sequence[Box]) -> None:
        """The camera's own: they are in the copy in any case, and nobody takes them away here."""
        if self._row is not None and self._row.bookmark.camera_id == camera_id:
            self.player.screen_of_clip.cover(masks)

    @Slot()
    def _draw_box(self) -> None:
        self._begin_drawing(texts.DRAW_BOX)

    @Slot()
    def _draw_mask(self) -> None:
        self._begin_drawing(texts.DRAW_MASK)

    def _begin_drawing(self, what: Text) -> None:
        self._draws = what
        if self.player.is_playing:
            self.player.toggle()
        self._answer.setText(self._translate(what))

    @Slot(object)
    def _take_box(self, box: Box) -> None:
        """A new box or mask; else where the chosen box is now."""
        if self._made is not None or self._redactions.busy or self._row is None:
            return
        at_s, drawn = self.player.position_s(), self._chosen()
        if self._draws is texts.DRAW_MASK:
            self._plan.masks.append(box)
            chosen = len(self._plan.boxes) + len(self._plan.masks) - 1
        elif self._draws is texts.DRAW_BOX or drawn is None:
            self._plan.boxes.append(DrawnBox(Cover(self._cover.currentData()), {at_s: box}))
            chosen = len(self._plan.boxes) - 1
        else:
            drawn.put(at_s, box)
            chosen = self._list.currentRow()
        self._draws = None
        self._answer.clear()
        self._fill(chosen)

    def _chosen(self) -> DrawnBox | None:
        row = self._list.currentRow()
        return self._plan.boxes[row] if 0 <= row < len(self._plan.boxes) else None

    @Slot()
    def _end_box(self) -> None:
        drawn = self._chosen()
        if drawn is not None:
            drawn.ends_at_s = max(self.player.position_s(), *drawn.keys)
            self._fill(self._list.currentRow())

    @Slot()
    def _remove_box(self) -> None:
        row = self._list.currentRow()
        count = len(self._plan.boxes)
        if 0 <= row < count:
            del self._plan.boxes[row]
        elif 0 <= row - count < len(self._plan.masks):
            del self._plan.masks[row - count]
        self._fill()

    @Slot()
    def _take_cover(self) -> None:
        drawn = self._chosen()
        if drawn is not None:
            drawn.cover = Cover(self._cover.currentData())

    def _fill(self, chosen: int = -1) -> None:
        say = self._translate
        self._list.blockSignals(True)
        self._list.clear()
        for number, drawn in enumerate(self._plan.boxes, 1):
            end = say(texts.TO_THE_END) if drawn.ends_at_s is None else _time(drawn.ends_at_s)
            begin = _time(drawn.begins_at_s)
            line = say(texts.BOX_LINE, number=number, begin=begin, end=end, keys=len(drawn.keys))
            self._list.addItem(QListWidgetItem(line))
        for number in range(1, len(self._plan.masks) + 1):
            self._list.addItem(QListWidgetItem(say(texts.MASK_LINE, number=number)))
        self._list.setCurrentRow(chosen)
        self._list.blockSignals(False)
        self._show_state()

    @Slot()
    def _make_copy(self) -> None:
        if self._row is not None:
            bookmark = self._row.bookmark
            length_s = max(self.player.duration_s, (bookmark.ends_at - bookmark.starts_at).total_seconds())
            self.player.close_clip()
            self._bar.setValue(0)
            self._answer.setText(self._translate(texts.MAKING_REDACTED))
            self._redactions.make(self._row, self._plan.redaction(length_s))

    @Slot(object)
    def _take_made(self, made: MadeRedaction) -> None:
        """It is played at once: nobody has seen it yet."""
        self._made = made
        self._play(made.path)
        self._looking.start()
        self._show_state()

    @Slot()
    def _look(self) -> None:
        """What is shown now."""
        self._show_boxes()
        if self._made is None:
            return
        in_sight = self.isVisible() and not self.isMinimized()
        if self.player.is_playing and in_sight:
            self._speed = self.player.speed
            self._made.watching.saw(self.player.position_s(), speed=self._speed)
        elif self.player.is_at_end and in_sight and self._speed:
            self._made.watching.saw(self.player.position_s(), speed=self._speed)
            self._speed = 0.0
        else:
            self._speed = 0.0
        self._show_watched()

    def _show_watched(self) -> None:
        if self._made is None:
            return
        watching, say = self._made.watching, self._translate
        complete = watching.is_complete
        at, percent = _time(watching.unseen_from_s), round(100 * watching.seen_part)
        self._answer.setText(say(texts.WATCHED) if complete else say(texts.WATCH_IT, percent=percent, at=at))
        self._release.setEnabled(complete and self._duty.can(Action.EXPORT_EVIDENCE))

    @Slot()
    def _go_to_unseen(self) -> None:
        if self._made is not None:
            self.player.go_to_position(self._made.watching.unseen_from_s)
            if not self.player.is_playing:
                self.player.toggle()

    @Slot()
    def _release_copy(self) -> None:
        if self._made is not None:
            self._redactions.release(self._made)

    @Slot(object)
    def _tell_released(self, path: Path) -> None:
        self._looking.stop()
        self.player.close_clip()
        self._made = None
        self._answer.setText(self._translate(texts.RELEASED, path=path))
        self._show_state()

    @Slot(object)
    def _tell_refused(self, problem: Fault | DomainError) -> None:
        if self._made is None:
            self._show_original()
        self._answer.setText(explain(problem, self._translate))
        self._show_state()

    @Slot()
    def _show_state(self) -> None:
        busy, watches = self._redactions.busy, self._made is not None
        draws = not busy and not watches and self._row is not None
        drawn = self._chosen()
        if drawn is not None:
            self._cover.blockSignals(True)
            self._cover.setCurrentIndex(self._cover.findData(drawn.cover.value))
            self._cover.blockSignals(False)
        for widget in (self._new_box, self._new_mask, self._end, self._remove, self._cover, self._make):
            widget.setVisible(not watches)
            widget.setEnabled(draws)
        self._end.setEnabled(draws and drawn is not None)
        self._remove.setEnabled(draws and self._list.currentRow() >= 0)
        self._make.setEnabled(draws and not self._plan.is_empty and self._duty.can(Action.EXPORT_EVIDENCE))
        for widget in (self._release, self._unseen, self._back):
            widget.setVisible(watches)
        self._bar.setVisible(busy)
        self._cancel.setVisible(busy)
        self._list.setEnabled(draws)
        self._help.setText("" if watches else self._translate(texts.REDACTION_HELP))
        self._show_watched()
        self._show_boxes()

    def _show_boxes(self) -> None:
        """Those of this moment; over the copy none, for it must be seen as it is."""
        if self._made is not None or self._row is None:
            self._canvas.show_boxes([])
            return
        at_s, chosen, say = self.player.position_s(), self._list.currentRow(), self._translate
        shown = []
        for number, drawn in enumerate(self._plan.boxes):
            box = drawn.at(at_s)
            if box is not None:
                shown.append(ShownBox(box, say(texts.BOX_NAME, number=number + 1), chosen == number))
        for number, mask in enumerate(self._plan.masks):
            words = say(texts.MASK_NAME, number=number + 1)
            shown.append(ShownBox(mask, words, chosen == len(self._plan.boxes) + number))
        self._canvas.show_boxes(shown)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._redactions.cancel()
        self._looking.stop()
        self.player.close_clip()
        self._made = None
        super().closeEvent(event)


def _time(at_s: float) -> str:
    return length_text(timedelta(seconds=at_s))
