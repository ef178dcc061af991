"""What is known of a clip: real first and last packet, hash, losses, what is missing; its case and the next SP2HP."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from tmcwall.domain.bookmark import Clip
from tmcwall.services.tagging import BookmarkRow
from tmcwall.texts import Text, Translator
from tmcwall.texts import review as texts
from tmcwall.ui import theme
from tmcwall.ui.console.bookmark_list import reminder_text
from tmcwall.ui.console.moments import moment_text
from tmcwall.ui.console.officers import officer_text
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.review.gaps import gaps_text

_FIELDS: Final = (
    texts.INFO_CASE, texts.INFO_REMINDER, texts.INFO_STAGE, texts.INFO_DIFFICULTY, texts.INFO_CAMERA, texts.INFO_ASKED,
    texts.INFO_FIRST, texts.INFO_LAST, texts.INFO_GAPS, texts.INFO_LOSSES, texts.INFO_SIZE, texts.INFO_OFFSET,
    texts.INFO_OFFICER, texts.INFO_NOTE, texts.INFO_HOLD, texts.INFO_SHA256, texts.INFO_STREAM,
)  # fmt: skip


def size_text(size_bytes: int) -> str:
    """In MB of a million bytes with a decimal comma, as Indonesian writes numbers."""
    return f"{size_bytes / 1e6:.1f} MB".replace(".", ",")


class InformationPanel(QWidget):
    """Read only; every value can be selected and copied."""

    def __init__(self, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._translate = translate
        self._values: dict[str, QLabel] = {}
        self._hash = ""
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(0, 0, 2 * theme.SPACE, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.setVerticalSpacing(theme.SPACE)
        for text in _FIELDS:
            self._add(form, text)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(translate(texts.INFORMATION))
        scroll.setWidget(page)
        self._copy = QPushButton(translate(texts.COPY_HASH))
        self._copy.clicked.connect(self._on_copy)
        self._copied = plain_label("", soft=True)
        title = plain_label(translate(texts.INFORMATION))
        title.setFont(theme.font(strong=True))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(title)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._copy)
        layout.addWidget(self._copied)

    def value(self, text: Text) -> str:
        """What stands beside a field."""
        return self._values[text.id].text()

    def show_row(self, row: BookmarkRow) -> None:
        say, bookmark, case = self._translate, row.bookmark, row.case
        clip = row.clip
        unknown = say(texts.INFO_UNKNOWN)
        offset = bookmark.clock_offset_ms
        values = {
            texts.INFO_CASE: case.lp if case else say(texts.NO_CASE),
            texts.INFO_REMINDER: reminder_text(row.reminder, say),
            texts.INFO_STAGE: say(texts.STAGES[case.stage]) if case else unknown,
            texts.INFO_DIFFICULTY: say(texts.DIFFICULTIES[case.difficulty]) if case else unknown,
            texts.INFO_CAMERA: f"{bookmark.camera_name}\n{bookmark.camera_id}",
            texts.INFO_ASKED: f"{self._moment(bookmark.starts_at)}\n{self._moment(bookmark.ends_at)}",
            texts.INFO_FIRST: self._moment(clip.first_packet_at if clip else None),
            texts.INFO_LAST: self._moment(clip.last_packet_at if clip else None),
            texts.INFO_GAPS: gaps_text(bookmark, clip, say) if clip else unknown,
            texts.INFO_LOSSES: self._losses(clip),
            texts.INFO_SIZE: size_text(clip.size_bytes) if clip and clip.size_bytes else unknown,
            texts.INFO_OFFSET: say(texts.INFO_OFFSET_UNKNOWN)
            if offset is None
            else say(texts.INFO_OFFSET_TEXT, milliseconds=offset),
            texts.INFO_OFFICER: officer_text(bookmark.officer),
            texts.INFO_NOTE: bookmark.note or "–",
            texts.INFO_HOLD: say(texts.INFO_HELD if bookmark.held and case is not None else texts.INFO_NOT_HELD),
            texts.INFO_SHA256: _broken(clip.sha256) if clip and clip.sha256 else unknown,
            texts.INFO_STREAM: _broken(clip.stream_sha256) if clip and clip.stream_sha256 else unknown,
        }
        for text, value in values.items():
            self._values[text.id].setText(value)
        self._hash = clip.sha256 if clip else ""
        self._copy.setEnabled(bool(self._hash))
        self._copied.clear()

    def _moment(self, moment: datetime | None) -> str:
        return moment_text(moment, self._translate) if moment else self._translate(texts.INFO_UNKNOWN)

    def _losses(self, clip: Clip | None) -> str:
        if clip is None or not clip.packets:
            return self._translate(texts.INFO_UNKNOWN)
        return self._translate(texts.INFO_LOSSES_TEXT, lost=clip.packets_lost, packets=clip.packets)

    def _add(self, form: QFormLayout, text: Text) -> None:
        value = plain_label("")
        value.setWordWrap(True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        name = plain_label(self._translate(text), soft=True)
        name.setWordWrap(True)
        name.setBuddy(value)
        form.addRow(name, value)
        self._values[text.id] = value

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._hash)
        self._copied.setText(self._translate(texts.COPIED))


def _broken(digest: str) -> str:
    """Hex digits in groups of eight, so that a narrow panel can break the line and eyes can compare."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))
