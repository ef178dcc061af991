"""The window from which a case leaves the station: what goes in, with what right, where to, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Qt, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.disk_fault import DiskFault
from tmcwall.domain.fault import DomainError, Fault, FaultCode
from tmcwall.domain.officer import Action
from tmcwall.evidence.package import StampOutcome
from tmcwall.services.case_evidence import EvidenceOrder
from tmcwall.services.evidence import Exported
from tmcwall.services.package_preview import PackagePreview, PreviewedClip
from tmcwall.texts import Text, Translator
from tmcwall.texts import annotation as annotation_texts
from tmcwall.texts import basket as basket_texts
from tmcwall.texts import evidence as evidence_texts
from tmcwall.texts import evidence_windows as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.case_services import EvidenceExportService
from tmcwall.ui.console.moments import cell_moment_text, length_text
from tmcwall.ui.console.parts import plain_label, rows_to_read
from tmcwall.ui.review.information import size_text
from tmcwall.ui.services import DutyService

_WIDTH: Final = 230 * theme.SPACE
_HEIGHT: Final = 165 * theme.SPACE
_LONGEST: Final = 200
_UNWRITABLE: Final = frozenset({FaultCode.FILE_UNWRITABLE, FaultCode.FOLDER_FORBIDDEN, FaultCode.DISK_FAILED})


class ExportWindow(QWidget):
    """One case at a time. Closed while a package is being made, it is made all the same, and shown again it says so."""

    def __init__(
        self,
        exports: EvidenceExportService,
        duty: DutyService,
        *,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._exports = exports
        self._duty = duty
        self._translate = say = translate
        self._preview: PackagePreview | None = None
        self._target = Path()
        self._folders: list[str] = []
        self.setWindowTitle(say(texts.EXPORT_TITLE))
        self.resize(_WIDTH, _HEIGHT)
        self._title = plain_label("", title=True)
        columns = [
            say(text, zone=say.zone)
            for text in (
                texts.COLUMN_CAMERA, texts.COLUMN_TIME, texts.COLUMN_LENGTH, texts.COLUMN_SIZE, texts.COLUMN_REMARK,
            )
        ]  # fmt: skip
        self._table = rows_to_read(columns, name=say(texts.CONTENT), parent=self)
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(len(columns) - 1, QHeaderView.ResizeMode.Stretch)
        self._in_all = _sentence(soft=True)
        self._rights = _sentence(soft=True)
        self._basis = self._line(texts.LEGAL_BASIS)
        self._consent = self._line(texts.CONSENT)
        self._copies = QCheckBox(say(texts.VIEWING_COPIES))
        self._copies.setChecked(True)
        self._annotated = QCheckBox(say(annotation_texts.BURN_COPIES))
        self._annotated.setToolTip(say(annotation_texts.BURN_HELP))
        self._copies.toggled.connect(self._annotated.setEnabled)
        self._availability = QCheckBox(say(texts.AVAILABILITY))
        self._basket = QCheckBox()
        self._basket.hide()
        self._targets = QComboBox()
        self._targets.setAccessibleName(say(texts.TARGET))
        self._choose = self._button(texts.CHOOSE_FOLDER, self._choose_folder)
        self._export = self._button(texts.EXPORT, self._begin)
        self._cancel = self._button(texts.CANCEL, self._give_up)
        self._close = self._button(texts.CLOSE, self.close)
        self._bar = QProgressBar()
        self._bar.setAccessibleName(say(texts.PROGRESS_NAME))
        self._answer = _sentence()
        self._answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._spoken = _sentence()
        self._spoken.setFont(theme.font(theme.TITLE, strong=True))
        self._spoken.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out()
        for changed in (self._basis.textChanged, self._consent.textChanged, self._targets.currentIndexChanged):
            changed.connect(self._show_state)
        exports.previewed.connect(self._take_preview)
        exports.sticks_found.connect(self._take_sticks)
        exports.progressed.connect(self._bar.setValue)
        exports.exported.connect(self._tell_exported)
        exports.refused.connect(self._tell_refused)
        exports.busy_changed.connect(self._show_state)
        duty.changed.connect(self._show_state)
        self._show_state()

    def open_case(self, lp: str) -> None:
        """Show what a package of that case would hold; while one is being made, that one stays."""
        self._exports.find_sticks()
        if not self._exports.busy:
            self._preview = None
            self._table.setRowCount(0)
            self._title.setText(self._translate(texts.EXPORT_OF, lp=lp))
            for label in (self._rights, self._answer, self._spoken):
                label.clear()
            self._basis.clear()
            self._consent.clear()
            self._in_all.setText(self._translate(texts.EXPORT_LOOKING))
            self._exports.look(lp)
        self._show_state()
        self.show()
        self.raise_()
        self.activateWindow()

    def offer_folder(self, folder: Path) -> None:
        """Take a folder as the target."""
        path = str(folder)
        if self._targets.findData(path) < 0:
            self._folders.append(path)
            self._targets.addItem(path, path)
        self._targets.setCurrentIndex(self._targets.findData(path))

    def _lay_out(self) -> None:
        say = self._translate
        form = QGridLayout()
        form.setHorizontalSpacing(3 * theme.SPACE)
        for column, (text, control) in enumerate(((texts.LEGAL_BASIS, self._basis), (texts.CONSENT, self._consent))):
            label = plain_label(say(text), soft=True)
            label.setBuddy(control)
            form.addWidget(label, 0, column)
            form.addWidget(control, 1, column)
        where = QHBoxLayout()
        where.setSpacing(2 * theme.SPACE)
        target = plain_label(say(texts.TARGET), soft=True)
        target.setBuddy(self._targets)
        where.addWidget(target)
        where.addWidget(self._targets, 1)
        where.addWidget(self._choose)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * theme.SPACE)
        buttons.addWidget(self._bar, 3)
        buttons.addStretch(1)
        for button in (self._cancel, self._export, self._close):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        margin = 4 * theme.SPACE
        layout.setContentsMargins(margin, 3 * theme.SPACE, margin, margin)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self._title)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._in_all)
        layout.addWidget(self._rights)
        layout.addLayout(form)
        layout.addWidget(self._basket)
        layout.addWidget(self._copies)
        layout.addWidget(self._annotated)
        layout.addWidget(self._availability)
        layout.addLayout(where)
        layout.addWidget(self._answer)
        layout.addWidget(self._spoken)
        layout.addLayout(buttons)

    def _line(self, name: Text) -> QLineEdit:
        line = QLineEdit()
        line.setMaxLength(_LONGEST)
        line.setAccessibleName(self._translate(name))
        return line

    def _button(self, name: Text, pressed: object) -> QPushButton:
        button = QPushButton(self._translate(name))
        button.clicked.connect(pressed)
        return button

    @Slot(object)
    def _take_preview(self, preview: PackagePreview) -> None:
        say = self._translate
        self._preview = preview
        self._title.setText(say(texts.EXPORT_OF, lp=preview.lp))
        self._table.setRowCount(len(preview.clips))
        for row, clip in enumerate(preview.clips):
            for column, text in enumerate(self._cells(clip)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self._table.setItem(row, column, item)
        taken, size = len(preview.taken), size_text(preview.size_bytes)
        self._in_all.setText(
            say(texts.IN_ALL, taken=taken, all=len(preview.clips), size=size) if taken else say(texts.NOTHING_GOES_IN)
        )
        chosen = sum(clip.chosen for clip in preview.clips)
        self._basket.setText(say(basket_texts.ONLY, count=chosen))
        self._basket.setVisible(chosen > 0)
        self._basket.setChecked(chosen > 0)
        private = ", ".join(preview.private_cameras)
        self._rights.setText(say(texts.BASIS_NEEDED, cameras=private) if private else say(texts.BASIS_ADVISED))
        self._show_state()

    def _cells(self, clip: PreviewedClip) -> Sequence[str]:
        say = self._translate
        size = size_text(clip.size_bytes) if not clip.left_out else ""
        remarks = [say(texts.GOES_IN)]
        if clip.left_out:
            known = texts.LEFT_OUT.get(clip.left_out)
            remarks = [say(texts.NOT_IN, reason=say(known) if known is not None else clip.left_out)]
        if clip.chosen:
            remarks.append(say(basket_texts.IN_BASKET))
        if clip.is_private:
            remarks.append(say(texts.PRIVATE_OWNER))
        if clip.gaps:
            remarks.append(say(texts.WITH_GAPS, count=clip.gaps))
        if clip.released:
            remarks.append(say(texts.WITH_COPIES, count=clip.released))
        return (
            clip.camera,
            cell_moment_text(clip.starts_at, say),
            length_text(clip.ends_at - clip.starts_at),
            size,
            ", ".join(remarks),
        )

    @Slot(object)
    def _take_sticks(self, found: Sequence[Path]) -> None:
        """Those that are plugged in come first; what was chosen stays chosen."""
        chosen = self._targets.currentData()
        self._targets.clear()
        for stick in found:
            self._targets.addItem(self._translate(texts.STICK, name=stick.name, folder=stick), str(stick))
        for folder in self._folders:
            self._targets.addItem(folder, folder)
        place = self._targets.findData(chosen)
        self._targets.setCurrentIndex(place if place >= 0 else 0 if self._targets.count() else -1)
        self._show_state()

    @Slot()
    def _choose_folder(self) -> None:
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        folder = QFileDialog.getExistingDirectory(self, self._translate(texts.TARGET), home)
        if folder:
            self.offer_folder(Path(folder))

    @Slot()
    def _begin(self) -> None:
        assert self._preview is not None, "the button is disabled"
        self._target = Path(str(self._targets.currentData()))
        order = EvidenceOrder(
            self._preview.lp,
            self._basis.text().strip(),
            self._consent.text().strip(),
            self._copies.isChecked(),
            self._availability.isChecked(),
            basket_only=self._basket.isChecked(),
            burn_annotations=self._copies.isChecked() and self._annotated.isChecked(),
        )
        self._bar.setValue(0)
        self._spoken.clear()
        self._answer.setText(self._translate(texts.EXPORTING))
        self._exports.export(order, self._target)

    @Slot()
    def _give_up(self) -> None:
        self._answer.setText(self._translate(texts.CANCELLING))
        self._cancel.setEnabled(False)
        self._exports.cancel()

    @Slot(object)
    def _tell_exported(self, exported: Exported) -> None:
        say, made = self._translate, exported.made
        lines = [
            say(texts.DONE, folder=made.folder),
            say(
                texts.DONE_COUNTS, originals=made.originals, copies=made.copies, left_out=len(exported.left_out)
            ),
        ]  # fmt: skip
        if made.copies_not_made:
            lines.append(say(texts.DONE_WITHOUT_COPIES, count=len({one.original for one in made.copies_not_made})))
        if made.time_stamp is not StampOutcome.NOT_ASKED:
            stamped = made.time_stamp is StampOutcome.STAMPED
            lines.append(say(evidence_texts.TIME_STAMPED if stamped else texts.DONE_WITHOUT_STAMP))
        lines += [say(texts.READ_OUT), made.fingerprint]
        self._bar.setValue(100)
        self._answer.setText("\n".join(lines))
        self._spoken.setText(made.spoken)
        self._show_state()

    @Slot(object)
    def _tell_refused(self, problem: Fault | DomainError) -> None:
        self._bar.setValue(0)
        self._spoken.clear()
        self._answer.setText(self._words_of(problem))
        if self._preview is None:
            self._in_all.clear()
        self._show_state()

    def _words_of(self, problem: Fault | DomainError) -> str:
        """What is wrong with the target is said of a stick; `explain` speaks of this computer's own disk."""
        if isinstance(problem, Fault):
            at_target = not isinstance(problem, DiskFault) or Path(problem.folder).is_relative_to(self._target)
            if problem.code in texts.TARGET_PROBLEMS and at_target:
                gone = problem.code in _UNWRITABLE and not self._target.is_dir()
                return self._translate(texts.TARGET_GONE if gone else texts.TARGET_PROBLEMS[problem.code])
            if problem.code in _UNWRITABLE and not self._target.is_dir():
                return self._translate(texts.TARGET_GONE)
        return explain(problem, self._translate)

    @Slot()
    def _show_state(self) -> None:
        busy, preview = self._exports.busy, self._preview
        has_right = bool(self._basis.text().strip() or self._consent.text().strip())
        ready = preview is not None and bool(preview.taken) and (has_right or not preview.private_cameras)
        may = self._duty.can(Action.EXPORT_EVIDENCE)
        self._export.setEnabled(ready and may and not busy and self._targets.currentData() is not None)
        self._cancel.setEnabled(busy)
        self._cancel.setVisible(busy)
        self._bar.setVisible(busy)
        for control in (self._basis, self._consent, self._copies, self._availability, self._targets, self._choose):
            control.setEnabled(not busy)
        self._targets.setPlaceholderText(self._translate(texts.NO_TARGET))

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._exports.busy:
            self._preview = None
            self._spoken.clear()
        super().closeEvent(event)


def _sentence(*, soft: bool = False) -> QLabel:
    label = plain_label("", soft=soft)
    label.setWordWrap(True)
    return label
