"""The review window: the clips of one case or one search, the player, timelines, and what is known of the clip."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidgetItem, QStackedLayout, QVBoxLayout, QWidget

from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.clock import Clock
from tmcwall.domain.footage_timeline import Span
from tmcwall.domain.in_step import CameraInStep, clip_of_camera
from tmcwall.domain.oversight import Place, View
from tmcwall.services.footage_search import FoundFootage
from tmcwall.services.footage_tracks import CameraTrack
from tmcwall.services.tagging import BookmarkRow
from tmcwall.texts import Translator
from tmcwall.texts import review as texts
from tmcwall.ui import theme
from tmcwall.ui.case_services import (
    AnnotationService,
    BasketService,
    CaseUnitService,
    CopyService,
    HoldService,
    MaskService,
    SearchService,
    TaggingService,
    TrackService,
)
from tmcwall.ui.console.bookmark_list import CLIP_SHAPES
from tmcwall.ui.console.moments import moment_text
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.evidence.windows import EvidenceButton
from tmcwall.ui.marks import state_icon
from tmcwall.ui.review.annotation_panel import AnnotationPanel
from tmcwall.ui.review.basket_panel import BasketPanel
from tmcwall.ui.review.camera_cell import StepFeed
from tmcwall.ui.review.case_unit import CaseUnitPanel
from tmcwall.ui.review.clip_list import ClipList
from tmcwall.ui.review.columns import scrolled
from tmcwall.ui.review.copy_bar import CopyBar
from tmcwall.ui.review.hold_bar import HoldBar
from tmcwall.ui.review.information import InformationPanel
from tmcwall.ui.review.player import ClipFeed, ClipPlayer
from tmcwall.ui.review.search_bar import SearchBar
from tmcwall.ui.review.step_bar import StepBar
from tmcwall.ui.review.step_player import StepPlayer
from tmcwall.ui.review.timeline_view import MOST_CAMERAS, TimelineView

_FOLLOW_MS: Final = 100
_INFORMATION_HEIGHT: Final = 260
"""So much of it is in sight in a small window, too; the column is scrolled then."""


class ReviewedFile(ClipFeed, StepFeed, Protocol):
    """A clip that one or several players show."""


OpenFootage = Callable[[Path, int, int], ReviewedFile]
"""`VideoFeed.open_file`."""
_ROW_ROLE = Qt.ItemDataRole.UserRole + 1


class ReviewWindow(QWidget):
    """Opened from the bookmark list or by its key; not modal, one for the program, showing one case or one search.

    `/` goes to the search, N and P to the next and the previous event, Page Down and Page Up to the clip below and
    above; 1, 4 and 9 are how many cameras play in step. What the players and the basket understand is written there.
    """

    closed = Signal()
    quit_requested = Signal()
    """Ctrl+Q, as in the console."""

    def __init__(
        self,
        tagging: TaggingService,
        copies: CopyService,
        case_units: CaseUnitService,
        open_file: OpenFootage,
        *,
        search: SearchService,
        tracks: TrackService,
        holds: HoldService,
        baskets: BasketService,
        annotations: AnnotationService,
        masks: MaskService,
        clock: Clock,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._tagging = tagging
        self._translate = translate
        self._case: str | None = None
        self._shown: BookmarkRow | None = None
        self._tracks = tracks
        self._masks = masks
        self._files: Mapping[str, Path] = {}
        """Of what was found: clips that are here."""
        self.setWindowTitle(translate(texts.REVIEW_TITLE))
        self._title = plain_label("", title=True)
        self._list_title = plain_label(translate(texts.CASE_CLIPS))
        self._list = ClipList(translate=translate)
        self._list.currentItemChanged.connect(self._on_current)
        self.player = ClipPlayer(open_file, clock=clock, translate=translate)
        self.in_step = StepPlayer(open_file, clock=clock, translate=translate, masks_of=masks.boxes)
        self.cameras = StepBar(translate=translate)
        self.cameras.chosen.connect(self._show_cameras)
        self.copies = CopyBar(copies, self.player.position_s, translate=translate)
        self.evidence = EvidenceButton(translate=translate)
        self.information = InformationPanel(translate=translate)
        self.case_unit = CaseUnitPanel(case_units, translate=translate)
        self.hold = HoldBar(holds, translate=translate)
        self.basket = BasketPanel(baskets, self._moment_shown, self._bookmarks_shown, translate=translate)
        self.annotations = AnnotationPanel(annotations, self.player, translate=translate)
        self.search = SearchBar(search, translate=translate)
        self.search.found.connect(self._on_searched)
        self.search.left.connect(self._leave_search)
        self.search.entered.connect(self._enter_list)
        self.timeline = TimelineView(translate=translate)
        self.timeline.view_changed.connect(self._ask_tracks)
        self.timeline.moment_requested.connect(self._go_to)
        self._remark = plain_label("", soft=True)
        self._follow = QTimer(self, interval=_FOLLOW_MS)
        self._follow.timeout.connect(self._follow_player)
        self._lay_out()
        self.resize(1280, 720)
        tagging.found.connect(self._on_found)
        tagging.clip_changed.connect(self._on_clip_changed)
        tracks.tracks_read.connect(self._on_tracks)
        masks.changed.connect(self._cover)

    def _lay_out(self) -> None:
        self._list_title.setFont(theme.font(strong=True))
        left = QVBoxLayout()
        left.setSpacing(2 * theme.SPACE)
        left.addWidget(self.search)
        left.addWidget(self._list_title)
        left.addWidget(self._list, 1)
        left.addWidget(self.evidence)
        middle = QVBoxLayout()
        middle.setSpacing(2 * theme.SPACE)
        self._players = QStackedLayout()
        self._players.addWidget(self.player)
        self._players.addWidget(self.in_step)
        middle.addWidget(self.cameras)
        middle.addLayout(self._players, 1)
        middle.addWidget(self.timeline)
        middle.addWidget(self._remark)
        middle.addWidget(self.copies)
        row = QHBoxLayout()
        row.setSpacing(4 * theme.SPACE)
        row.addLayout(left, 2)
        row.addLayout(middle, 6)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 2 * theme.SPACE, 0)
        right.setSpacing(2 * theme.SPACE)
        self.information.setMinimumHeight(_INFORMATION_HEIGHT)
        right.addWidget(self.information, 1)
        right.addWidget(self.annotations)
        right.addWidget(self.basket)
        right.addWidget(self.hold)
        right.addWidget(self.case_unit)
        row.addWidget(scrolled(right), 2)
        layout = QVBoxLayout(self)
        margin = 4 * theme.SPACE
        layout.setContentsMargins(margin, 3 * theme.SPACE, margin, margin)
        layout.setSpacing(3 * theme.SPACE)
        layout.addWidget(self._title)
        layout.addLayout(row, 1)

    def open_row(self, row: BookmarkRow) -> None:
        """Play this bookmark's clip and list the other clips of its case."""
        self.search.clear()
        self._case = row.case.lp_normalised if row.case else None
        self._list_title.setText(self._translate(texts.CASE_CLIPS))
        self._title.setText(row.case.lp if row.case else self._translate(texts.CASE_NONE))
        self._fill([row], row.bookmark.id)
        self.show()
        self._play(row)
        if self._case is not None:
            self._tagging.find(self._case)
        self.raise_()
        self.activateWindow()
        self.player.setFocus()

    def open_search(self) -> None:
        """With the keyboard in the line; what was shown stays until something is found."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.search.start()

    @property
    def listed(self) -> list[str]:
        """Ids of the bookmarks in the list, as they stand."""
        return [self._list.item(place).data(_ROW_ROLE).bookmark.id for place in range(self._list.count())]

    def views(self) -> frozenset[View]:
        """Whose footage can be seen here now."""
        shown = self._shown
        if shown is None or not self.isVisible() or self.isMinimized():
            return frozenset()
        if self.cameras.across > 1:
            return frozenset(View(camera_id, Place.CLIP) for camera_id in self.in_step.cameras_seen)
        if not self.player.has_picture:
            return frozenset()
        return frozenset({View(shown.bookmark.camera_id, Place.CLIP)})

    def _fill(self, rows: Sequence[BookmarkRow], chosen: str) -> None:
        self._list.blockSignals(True)
        self._list.clear()
        for row in rows:
            state = row.clip.state if row.clip else None
            word = self._translate(texts.CLIP_STATES[state] if state else texts.CLIP_NONE)
            when = moment_text(row.bookmark.starts_at, self._translate)
            item = QListWidgetItem(state_icon(CLIP_SHAPES[state]), f"{row.bookmark.camera_name}\n{when}\n{word}")
            item.setData(_ROW_ROLE, row)
            self._list.addItem(item)
            if row.bookmark.id == chosen:
                self._list.setCurrentItem(item)
        self._list.blockSignals(False)
        self.basket.name_cameras({row.bookmark.id: row.bookmark.camera_name for row in rows})

    def _play(self, row: BookmarkRow) -> None:
        self._shown = row
        self.information.show_row(row)
        self.hold.show_row(row)
        self.basket.show_row(row)
        self.annotations.show_row(row)
        self._cover()
        self.evidence.show_row(row)
        self.case_unit.show_case(row.case)
        self._leave_step()
        self.player.close_clip()
        path = self._path_of(row.bookmark.id)
        state = row.clip.state if row.clip else None
        self.copies.show_row(row if path is not None else None)
        if row.clip is None or state is not ClipState.READY:
            word = self._translate(texts.CLIP_STATES[state] if state else texts.CLIP_NONE)
            self.player.show_message(self._translate(texts.PLAY_NOT_READY, state=word))
        elif path is None:
            self.player.show_message(self._translate(texts.PLAY_MISSING))
        else:
            self.player.open_clip(path, row.clip)
        self._remark.clear()
        self._show_around(row)
        self._follow.start()

    @Slot()
    def _cover(self) -> None:
        """The privacy masks of the camera that is shown, in every picture from now on."""
        if self._shown is not None:
            self.player.screen_of_clip.cover(self._masks.boxes(self._shown.bookmark.camera_id))
        self.in_step.grid.update()

    def _rows(self) -> list[BookmarkRow]:
        return [self._list.item(place).data(_ROW_ROLE) for place in range(self._list.count())]

    def _show_around(self, row: BookmarkRow) -> None:
        """The timeline stays where it is while the clip is within it."""
        begins = row.clip.first_packet_at if row.clip and row.clip.first_packet_at else row.bookmark.starts_at
        view = self.timeline.view
        if view is None or not view.starts_at <= begins < view.ends_at:
            self.timeline.show_around(begins)
        else:
            self._ask_tracks(view)

    @Slot(object)
    def _ask_tracks(self, view: Span) -> None:
        """Of the clip that plays, and of the cameras in the list."""
        if self._shown is None:
            return
        cameras = {row.bookmark.camera_id: row.bookmark.camera_name for row in (self._shown, *self._rows())}
        self._tracks.ask_tracks(tuple(cameras.items())[:MOST_CAMERAS], view)

    @Slot(object, object)
    def _on_tracks(self, view: Span, tracks: Sequence[CameraTrack]) -> None:
        if view == self.timeline.view:
            self.timeline.show_tracks(tracks)
            self.in_step.show_tracks(tracks)

    def _moment_shown(self) -> datetime | None:
        return self.in_step.moment if self.cameras.across > 1 else self.player.moment

    def _bookmarks_shown(self) -> list[Bookmark]:
        """In step: those of every camera whose picture is of the moment."""
        if self._shown is None or self.cameras.across == 1:
            return [self._shown.bookmark] if self._shown is not None else []
        seen = self.in_step.bookmarks_seen
        return list(
            {row.bookmark.id: row.bookmark for row in (self._shown, *self._rows()) if row.bookmark.id in seen}.values()
        )

    @Slot()
    def _follow_player(self) -> None:
        moment = self._moment_shown()
        self.annotations.show_moment(moment)
        if moment is not None:
            self.timeline.show_moment(moment)

    @Slot(str, object)
    def _go_to(self, camera_id: str, moment: datetime) -> None:
        """In the clip that plays, or another one of the list that has that moment of that camera."""
        if self.cameras.across > 1:
            self.in_step.go_to(moment)
            return
        rows = [self._shown, *self._rows()] if self._shown is not None else self._rows()
        there = next((row for row in rows if _holds(row, camera_id, moment)), None)
        self._remark.clear()
        if there is None:
            track = next((one for one in self.timeline.tracks if one.track.camera_id == camera_id), None)
            if track is not None:
                words = ", ".join(self.timeline.words_at(track, moment).splitlines()[1:2])
                self._remark.setText(self._translate(texts.NO_CLIP_THERE, camera=track.name, words=words))
            return
        if self._shown is None or there.bookmark.id != self._shown.bookmark.id:
            self._choose(there.bookmark.id)
        self.player.go_to(moment)
        self.timeline.show_moment(moment)

    @Slot(int)
    def _show_cameras(self, across: int) -> None:
        """One camera, or several in step from the moment on that is shown."""
        moment = self.in_step.moment or self.player.moment
        row = self._shown
        if row is not None and moment is None:
            moment = row.clip.first_packet_at if row.clip and row.clip.first_packet_at else row.bookmark.starts_at
        if row is None or moment is None:
            self.cameras.choose(1)
        elif across == 1:
            self._leave_step()
            self._play(row)
            self.player.go_to(moment)
            self.player.setFocus()
        else:
            self.player.close_clip()
            self.copies.show_row(None)
            self._players.setCurrentWidget(self.in_step)
            self.in_step.open_cameras(self._cameras_in_step(), moment, across=across)
            self.in_step.show_tracks(self.timeline.tracks)
            self.in_step.setFocus()

    def _cameras_in_step(self) -> list[CameraInStep]:
        """Those of the timelines, with their clips that are here."""
        rows = [self._shown, *self._rows()] if self._shown is not None else self._rows()
        found: list[CameraInStep] = []
        for camera_id in dict.fromkeys(row.bookmark.camera_id for row in rows):
            own = {row.bookmark.id: row for row in rows if row.bookmark.camera_id == camera_id}
            clips = [clip_of_camera(name, row.clip, self._path_of(name)) for name, row in own.items()]
            name = next(iter(own.values())).bookmark.camera_name
            found.append(CameraInStep(camera_id, name, tuple(one for one in clips if one is not None)))
        return found[:MOST_CAMERAS]

    def _path_of(self, bookmark_id: str) -> Path | None:
        return self._tagging.clip_path(bookmark_id) or self._files.get(bookmark_id)

    def _leave_step(self) -> None:
        self.in_step.close_all()
        self.cameras.choose(1)
        self._players.setCurrentWidget(self.player)

    def _choose(self, bookmark_id: str) -> None:
        places = [place for place, row in enumerate(self._rows()) if row.bookmark.id == bookmark_id]
        if places:
            self._list.setCurrentRow(places[0])

    @Slot(object)
    def _on_searched(self, found: FoundFootage) -> None:
        self._case = None
        self._files = found.files
        self._title.setText(self._translate(texts.REVIEW_SEARCH))
        self._list_title.setText(self._translate(texts.REVIEW_RESULTS))
        self._fill(found.rows, self._shown.bookmark.id if self._shown is not None else "")

    @Slot()
    def _leave_search(self) -> None:
        """Back to the case of the clip that is shown."""
        if self._shown is not None:
            self.open_row(self._shown)

    @Slot()
    def _enter_list(self) -> None:
        self._list.setFocus(Qt.FocusReason.TabFocusReason)
        if self._list.currentRow() < 0:
            self._list.setCurrentRow(0)

    @Slot(QListWidgetItem)
    def _on_current(self, item: QListWidgetItem | None) -> None:
        row = item.data(_ROW_ROLE) if item is not None else None
        if isinstance(row, BookmarkRow) and row is not self._shown:
            self._play(row)

    @Slot(str, object)
    def _on_found(self, text: str, rows: Sequence[BookmarkRow]) -> None:
        shown = self._shown
        if shown is None or not self.isVisible() or text != self._case:
            return
        same = [row for row in rows if row.case is not None and row.case.lp_normalised == self._case]
        if any(row.bookmark.id == shown.bookmark.id for row in same):
            self._fill(same, shown.bookmark.id)

    @Slot(object)
    def _on_clip_changed(self, clip: Clip) -> None:
        if self._case is not None and self.isVisible() and clip.bookmark_id in self.listed:
            self._tagging.find(self._case)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.basket.obey(event) or (self.cameras.across == 1 and self.annotations.obey(event)):
            return
        match event.key():
            case Qt.Key.Key_Q if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.quit_requested.emit()
            case Qt.Key.Key_Escape:
                self.close()
            case Qt.Key.Key_1 | Qt.Key.Key_4 | Qt.Key.Key_9 if self._shown is not None:
                self.cameras.press(event.text())
            case Qt.Key.Key_S:
                self.copies.take_still()
            case Qt.Key.Key_Slash:
                self.search.start()
            case Qt.Key.Key_N:
                self.timeline.go_to_event(forth=True)
            case Qt.Key.Key_P:
                self.timeline.go_to_event(forth=False)
            case Qt.Key.Key_PageDown:
                self._list.setCurrentRow(min(self._list.currentRow() + 1, self._list.count() - 1))
            case Qt.Key.Key_PageUp:
                self._list.setCurrentRow(max(self._list.currentRow() - 1, 0))
            case _:
                super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._follow.stop()
        self._leave_step()
        self.player.close_clip()
        self._shown = None
        super().closeEvent(event)
        self.closed.emit()


def _holds(row: BookmarkRow, camera_id: str, moment: datetime) -> bool:
    clip = row.clip
    if row.bookmark.camera_id != camera_id or clip is None or clip.state is not ClipState.READY:
        return False
    return (
        clip.first_packet_at is not None
        and clip.last_packet_at is not None
        and clip.first_packet_at <= moment <= clip.last_packet_at
    )
