"""The window on which a package or a stick is dropped, and which says what became of what was signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.fault import DomainError, Fault
from tmcwall.evidence.camera_signature import SinceCamera
from tmcwall.evidence.verification import ClaimState, KeyStanding, Verdict, Verification
from tmcwall.services.evidence_check import CheckedPackage
from tmcwall.texts import Translator
from tmcwall.texts import evidence_windows as texts
from tmcwall.texts.evidence import CLAIMS, VERDICTS, claim_texts, detail_lines
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.case_services import EvidenceCheckService
from tmcwall.ui.console.parts import Badge, plain_label

_WIDTH: Final = 220 * theme.SPACE
_HEIGHT: Final = 160 * theme.SPACE
_GOOD: Final = theme.Style(theme.GREEN, theme.Shape.DISC)
_BAD: Final = theme.Style(theme.VERMILLION, theme.Shape.CROSS)
_DOUBTFUL: Final = theme.Style(theme.ORANGE, theme.Shape.TRIANGLE)
_NOTHING: Final = theme.Style(theme.GREY, theme.Shape.RING)
_CLAIMS: Final[Mapping[ClaimState, theme.Style]] = {
    ClaimState.HOLDS: _GOOD,
    ClaimState.BROKEN: _BAD,
    ClaimState.NOT_MADE: _NOTHING,
    ClaimState.NOT_CHECKED: _DOUBTFUL,
}
_SINCE_CAMERA: Final[Mapping[SinceCamera, theme.Style]] = {
    SinceCamera.UNCHANGED: _GOOD,
    SinceCamera.ALTERED: _BAD,
    SinceCamera.NOT_SIGNED: _NOTHING,
}


def style_of(found: Verification) -> theme.Style:
    """Green for one thing only: nothing was altered, nothing is missing, and it is known who signed it."""
    known = found.signed_by is not None and found.signed_by.standing is KeyStanding.KNOWN
    if found.verdict is Verdict.VALID and known:
        return _GOOD
    return _BAD if found.verdict is Verdict.ALTERED else _DOUBTFUL


class CheckWindow(QWidget):
    """Takes what is dropped on it, whole; one check at a time."""

    def __init__(
        self, checks: EvidenceCheckService, *, translate: Translator, parent: QWidget | None = None
    ) -> None:  # fmt: skip
        super().__init__(parent, Qt.WindowType.Window)
        self._checks = checks
        self._translate = say = translate
        self._packages: Sequence[CheckedPackage] = ()
        self.setWindowTitle(say(texts.CHECK_TITLE))
        self.setAcceptDrops(True)
        self.resize(_WIDTH, _HEIGHT)
        self._where = plain_label(say(texts.DROP_HERE))
        self._where.setWordWrap(True)
        self._choose = QPushButton(say(texts.CHOOSE_PACKAGE))
        self._choose.clicked.connect(self._choose_folder)
        self._cancel = QPushButton(say(texts.CANCEL))
        self._cancel.clicked.connect(checks.cancel)
        self._bar = QProgressBar()
        self._bar.setAccessibleName(say(texts.PROGRESS_NAME))
        self._list = QListWidget()
        self._list.setAccessibleName(say(texts.PACKAGES))
        self._list.setMaximumHeight(26 * theme.SPACE)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.currentRowChanged.connect(self._show_package)
        self._verdict = _Mark(strong=True)
        self._heading = plain_label(say(texts.CLAIMS_HEADING), soft=True)
        self._claims = [_Mark() for _ in range(len(CLAIMS))]
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setAccessibleName(say(texts.DETAILS))
        self._lay_out()
        checks.checked.connect(self._take)
        checks.refused.connect(self._tell)
        checks.progressed.connect(self._bar.setValue)
        checks.busy_changed.connect(self._show_state)
        self._forget()
        self._show_state()

    def check(self, place: Path) -> None:
        """A package, or a folder or a stick that holds some."""
        if self._checks.busy:
            return
        self._forget()
        self._where.setText(self._translate(texts.CHECKING, place=place))
        self._bar.setValue(0)
        self._checks.check(place)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2 * theme.SPACE)
        head.addWidget(self._where, 1)
        head.addWidget(self._bar)
        head.addWidget(self._cancel)
        head.addWidget(self._choose)
        layout = QVBoxLayout(self)
        margin = 4 * theme.SPACE
        layout.setContentsMargins(margin, 3 * theme.SPACE, margin, margin)
        layout.setSpacing(2 * theme.SPACE)
        layout.addLayout(head)
        layout.addWidget(self._list)
        layout.addWidget(self._verdict)
        layout.addWidget(self._heading)
        for mark in self._claims:
            layout.addWidget(mark)
        layout.addWidget(self._details, 1)

    def _forget(self) -> None:
        """Nothing of the package before stays in sight."""
        self._packages = ()
        self._list.clear()
        self._list.hide()
        self._details.clear()
        for widget in (self._verdict, self._heading, *self._claims, self._details):
            widget.hide()

    @Slot()
    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self._translate(texts.CHOOSE_PACKAGE))
        if folder:
            self.check(Path(folder))

    @Slot(object)
    def _take(self, packages: Sequence[CheckedPackage]) -> None:
        self._packages = packages
        self._where.setText(self._translate(texts.DROP_HERE))
        for one in packages:
            verdict = self._translate(VERDICTS[one.found.verdict], problem=one.found.problem)
            self._list.addItem(QListWidgetItem(f"{one.folder.name}: {verdict}"))
        self._list.setVisible(len(packages) > 1)
        self._list.setCurrentRow(0)

    @Slot(int)
    def _show_package(self, row: int) -> None:
        if not 0 <= row < len(self._packages):
            return
        one, say = self._packages[row], self._translate
        found = one.found
        self._verdict.show_mark(style_of(found), say(VERDICTS[found.verdict], problem=found.problem))
        self._verdict.show()
        checked = found.verdict is not Verdict.CANNOT_CHECK
        self._heading.setVisible(checked)
        for mark, text, style in zip(self._claims, claim_texts(found, say), _claim_styles(found), strict=True):
            mark.show_mark(style, text)
            mark.setVisible(checked)
        self._details.setPlainText("\n".join([str(one.folder), *detail_lines(found, say)]))
        self._details.show()

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        self._forget()
        self._where.setText(explain(problem, self._translate))

    @Slot()
    def _show_state(self) -> None:
        busy = self._checks.busy
        self._bar.setVisible(busy)
        self._cancel.setVisible(busy)
        self._choose.setEnabled(not busy)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not self._checks.busy and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        place = next((url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()), "")
        if place:
            event.acceptProposedAction()
            self.check(Path(place))


class _Mark(QFrame):
    """A shape and a sentence that may take several lines."""

    def __init__(self, *, strong: bool = False) -> None:
        super().__init__()
        self._shape = Badge()
        self._label = plain_label("")
        self._label.setFont(theme.font(theme.TITLE if strong else theme.BODY, strong=strong))
        self._label.setWordWrap(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._label, 1)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_mark(self, style: theme.Style, text: str) -> None:
        self._shape.show_state(style, "")
        self._label.setText(text)
        self.setAccessibleName(text)


def _claim_styles(found: Verification) -> tuple[theme.Style, ...]:
    claims = found.claims
    camera = _SINCE_CAMERA.get(claims.since_camera, _DOUBTFUL) if claims.since_camera else _NOTHING
    return (
        _CLAIMS[claims.since_workstation],
        _CLAIMS[claims.since_recorder],
        camera,
        _CLAIMS[claims.existed_before],
        _CLAIMS[claims.seen_by_server],
    )
