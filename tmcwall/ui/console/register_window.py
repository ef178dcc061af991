"""The window in which the register of cameras is looked after: filter, edit, test, import, export, put out of use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from tmcwall.cameras.importing import ImportReport
from tmcwall.domain.camera import Camera, Standing
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.services.camera_register import EditReport, Entry
from tmcwall.services.register_desk import CameraTestProgress, StandingChange
from tmcwall.texts import Text, Translator
from tmcwall.texts import register as texts
from tmcwall.texts.console import UNDO
from tmcwall.texts.faults import explain
from tmcwall.texts.importing import reason_text, report_lines
from tmcwall.ui import theme
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.login_sharing import SharingLine
from tmcwall.ui.console.parts import Notice, plain_label
from tmcwall.ui.console.register_filter import FilterBar
from tmcwall.ui.console.register_forms import DecisionForm, EditForm, ListForm, cameras_text
from tmcwall.ui.console.register_model import Column, RegisterModel, has_failed
from tmcwall.ui.services import CameraService, RegisterService
from tmcwall.ui.sharing import LoginSharingService

_WIDTH: Final = 300 * theme.SPACE
_HEIGHT: Final = 190 * theme.SPACE
_WIDTHS: Final = {
    Column.NUMBER: 14,
    Column.ID: 38,
    Column.NAME: 52,
    Column.OWNER: 28,
    Column.PLACE: 32,
    Column.RT_RW: 20,
    Column.STATE: 30,
    Column.RESULT: 48,
}
"""In steps of `theme.SPACE`; the address takes the rest."""
_MOST_RUNS: Final = 500
"""Of selected rows, with others between them."""


class RegisterWindow(QDialog):
    """Stands beside the video and never over a wall; `Esc` closes what it asks, and then itself.

    By keyboard: `Enter` on a camera edits it, `Del` removes it, the buttons have letters (Alt), `Tab` goes round.
    """

    outage_requested = Signal(object)
    """tuple[str, ...] of camera ids for which a planned outage is wanted."""

    def __init__(
        self,
        register: RegisterService,
        cameras: CameraService,
        *,
        region_name: RegionName,
        translate: Translator,
        sharing: LoginSharingService | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`sharing`: of the cameras' logins, with all workstations of a server."""
        super().__init__(parent)
        self._register = register
        self._sharing = None if sharing is None else SharingLine(sharing, translate=translate)
        self._translate = translate
        self._undoable: StandingChange | None = None
        self.setWindowTitle(translate(texts.TITLE))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(_WIDTH, _HEIGHT)
        self._model = RegisterModel(cameras, region_name=region_name, translate=translate, parent=self)
        self._filter = FilterBar(translate=translate)
        self._table = QTableView()
        self._count = plain_label("", soft=True)
        self._progress = QProgressBar()
        self._notice = Notice(translate)
        self._edit_form = EditForm(translate=translate)
        self._list_form = ListForm(translate=translate)
        self._decision_form = DecisionForm(translate=translate)
        self._forms = (self._edit_form, self._list_form, self._decision_form)
        self._edit = self._button(texts.EDIT, self.edit_selected)
        self._retire = self._button(texts.RETIRE, self._ask_to_retire)
        self._restore = self._button(texts.RESTORE, self._ask_to_restore)
        self._remove = self._button(texts.REMOVE, self._ask_to_remove)
        self._outage = self._button(texts.OUTAGE, self._ask_for_outage, help_text=texts.OUTAGE_HELP)
        self._test = self._button(texts.TEST, self._start_or_stop_test, help_text=texts.TEST_HELP)
        self._import = self._button(texts.IMPORT, self._choose_list)
        self._export = self._button(texts.EXPORT, self._choose_file, help_text=texts.EXPORT_HELP)
        self._close_button = self._button(texts.CLOSE, self.close)
        self._set_up_table()
        self._lay_out()
        self._connect()
        self._follow()

    @property
    def model(self) -> RegisterModel:
        return self._model

    def selected(self) -> Sequence[Entry]:
        """The selected cameras, in the order of the table."""
        chosen = self._table.selectionModel().selection()
        runs = [chosen.at(place) for place in range(chosen.size())]
        rows = sorted({row for run in runs for row in range(run.top(), run.bottom() + 1)})
        return [self._model.shown[row] for row in rows]

    def select(self, *camera_ids: str) -> None:
        """Those of them that are shown; none if they lie so scattered that Qt would take seconds."""
        rows = sorted(row for camera_id in camera_ids if (row := self._model.row_of(camera_id)) is not None)
        runs = [(run[0], run[-1]) for run in _runs(rows)]
        chosen = QItemSelection()
        for first, last in runs if len(runs) <= _MOST_RUNS else ():
            chosen.select(self._model.index(first, 0), self._model.index(last, 0))
        flag = QItemSelectionModel.SelectionFlag
        selection = self._table.selectionModel()
        if rows:
            selection.setCurrentIndex(self._model.index(rows[0], 0), flag.NoUpdate)
        selection.select(chosen, flag.ClearAndSelect | flag.Rows)

    @Slot()
    def edit_selected(self) -> None:
        cameras = self._selected_cameras()
        if cameras:
            self._open(self._edit_form)
            self._edit_form.start(cameras)

    def look_at(self, file: Path) -> None:
        """Say what a list would do, and ask whether to take it in."""
        self._tell(self._translate(texts.READING))
        self._register.look_at(file)

    def export_to(self, file: Path) -> None:
        """The selected cameras, or all that are shown."""
        self._register.export(file, [entry.camera.id for entry in self.selected() or self._model.shown])

    def _selected_cameras(self) -> list[Camera]:
        return [entry.camera for entry in self.selected()]

    def _button(self, text: Text, slot: Callable[[], object], *, help_text: Text | None = None) -> QPushButton:
        button = QPushButton(self._translate(text))
        button.setAutoDefault(False)  # Enter belongs to the table and the forms
        if help_text is not None:
            button.setToolTip(self._translate(help_text))
        button.clicked.connect(slot)
        return button

    def _set_up_table(self) -> None:
        table = self._table
        table.setModel(self._model)
        table.setAccessibleName(self._translate(texts.TITLE))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        rows = table.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = table.horizontalHeader()
        # WORKAROUND: to draw a column as selected, Qt asks each cell of each selected row, of ten thousand for half a
        # second (QItemSelectionModel::isColumnSelected, https://doc.qt.io/qt-6/qitemselectionmodel.html).
        header.setSelectionModel(QItemSelectionModel(self._model, header))
        header.setStretchLastSection(True)
        for place, column in enumerate(Column):
            if column in _WIDTHS:
                header.resizeSection(place, _WIDTHS[column] * theme.SPACE)

    def _lay_out(self) -> None:
        left = (self._edit, self._retire, self._restore, self._remove, self._outage, self._test)
        bottom = QHBoxLayout()
        bottom.setSpacing(2 * theme.SPACE)
        for button in left:
            bottom.addWidget(button)
        bottom.addStretch(1)
        for button in (self._import, self._export, self._close_button):
            bottom.addWidget(button)
        self._progress.hide()
        column = QVBoxLayout(self)
        column.setSpacing(2 * theme.SPACE)
        column.addWidget(self._filter)
        column.addWidget(self._table, 2)
        column.addWidget(self._count)
        if self._sharing is not None:
            column.addWidget(self._sharing)
        column.addWidget(self._progress)
        column.addWidget(self._notice)
        for form in self._forms:
            column.addWidget(form, 1 if form is not self._decision_form else 0)
        column.addLayout(bottom)

    def _connect(self) -> None:
        register = self._register
        self._filter.changed.connect(self._show_rows)
        self._table.doubleClicked.connect(self.edit_selected)
        self._table.selectionModel().selectionChanged.connect(self._follow)
        self._edit_form.save_requested.connect(register.edit)
        self._list_form.take_requested.connect(register.import_list)
        self._decision_form.decided.connect(self._decide)
        for form in self._forms:
            form.closed.connect(self._table.setFocus)
        self._notice.offer_taken.connect(self._undo)
        register.rows_changed.connect(self._show_rows)
        register.looked_at.connect(self._ask_about_list)
        register.imported.connect(self._tell_imported)
        register.edited.connect(self._tell_edited)
        register.standing_changed.connect(self._tell_standing)
        register.exported.connect(self._tell_exported)
        register.tested.connect(self._show_progress)
        register.test_ended.connect(self._end_test)
        register.busy_changed.connect(self._follow)
        register.refused.connect(self._refuse)

    @Slot()
    def _show_rows(self) -> None:
        """The rows may be others, or the filter is: what was selected and is still shown stays so."""
        selected = [entry.camera.id for entry in self.selected()]
        self._model.put(self._register.rows, self._filter.wanted)
        self.select(*selected)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        """Offer what can be done with the selected cameras."""
        entries, idle = self.selected(), not self._register.busy
        standings = {entry.lifecycle.standing for entry in entries}
        removed = Standing.REMOVED in standings
        self._edit.setEnabled(idle and bool(entries) and not removed)
        self._retire.setEnabled(idle and bool(entries) and not standings & {Standing.ENDED, Standing.REMOVED})
        self._restore.setEnabled(idle and bool(entries) and standings <= {Standing.ENDED, Standing.REMOVED})
        self._remove.setEnabled(idle and bool(entries) and not removed)
        self._outage.setEnabled(bool(entries) and not standings & {Standing.ENDED, Standing.REMOVED})
        self._test.setEnabled(self._register.testing or self._model.rowCount() > 0)
        self._import.setEnabled(idle)
        self._export.setEnabled(idle and self._model.rowCount() > 0)
        if self._sharing is not None:
            self._sharing.choose([] if removed else [entry.camera.id for entry in entries], idle=idle)
        self._count.setText(
            self._translate(
                texts.COUNT,
                shown=self._model.rowCount(),
                total=len(self._register.rows),
                selected=len(entries),
            )
        )

    def _open(self, wanted: QWidget) -> None:
        for form in self._forms:
            if form is not wanted:
                form.hide()

    def _ask(self, standing: Standing) -> None:
        cameras = self._selected_cameras()
        if cameras:
            self._open(self._decision_form)
            self._decision_form.start(cameras, standing)

    @Slot()
    def _ask_to_retire(self) -> None:
        self._ask(Standing.ENDED)

    @Slot()
    def _ask_to_restore(self) -> None:
        self._ask(Standing.ACTIVE)

    @Slot()
    def _ask_to_remove(self) -> None:
        self._ask(Standing.REMOVED)

    @Slot(object, object, str)
    def _ask_for_outage(self) -> None:
        self.outage_requested.emit(tuple(entry.camera.id for entry in self.selected()))

    def _decide(self, camera_ids: Sequence[str], standing: Standing, reason: str) -> None:
        self._register.put_standing(camera_ids, Standing(standing), reason=reason)  # Qt hands on words as plain text

    @Slot()
    def _undo(self) -> None:
        if self._undoable is not None:
            change, self._undoable = self._undoable, None
            self._register.undo(change, reason=self._translate(texts.UNDO_REASON))

    @Slot()
    def _start_or_stop_test(self) -> None:
        if self._register.testing:
            self._register.cancel_test()
            return
        self._model.clear_results()
        self._register.test([entry.camera.id for entry in self.selected() or self._model.shown])

    @Slot()
    def _choose_list(self) -> None:
        dialog = QFileDialog(self, self._translate(texts.CHOOSE_LIST), "", self._translate(texts.LIST_FILES))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._take_list_file)
        dialog.open()

    @Slot(str)
    def _take_list_file(self, name: str) -> None:
        self.look_at(Path(name))

    @Slot()
    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self._translate(texts.SAVE_LIST), "", self._translate(texts.SAVED_FILES))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(partial(_take_suffix, dialog))
        dialog.fileSelected.connect(self._take_export_file)
        dialog.open()

    @Slot(str)
    def _take_export_file(self, name: str) -> None:
        self.export_to(Path(name))

    @Slot(object, object)
    def _ask_about_list(self, file: Path, report: ImportReport) -> None:
        self._notice.hide()
        self._open(self._list_form)
        self._list_form.start(file, report)

    @Slot(object)
    def _tell_imported(self, report: ImportReport) -> None:
        self._list_form.close_form()
        self._tell(report_lines(report, dry_run=False, say=self._translate)[-1])

    @Slot(object)
    def _tell_edited(self, report: EditReport) -> None:
        if report.problem is not None:
            reason = reason_text(report.problem, self._translate)
            self._edit_form.say(self._translate(texts.NOT_EDITED, camera=report.camera, reason=reason))
            return
        self._edit_form.close_form()
        self._tell(self._translate(texts.EDITED, changed=report.changed))

    @Slot(object)
    def _tell_standing(self, change: StandingChange) -> None:
        self._decision_form.close_form()
        self._undoable = change
        names = [row.entry.camera.name for row in self._register.rows if row.entry.camera.id in change.before]
        done = texts.DECISIONS[change.after].done
        text = self._translate(done, cameras=cameras_text(names, self._translate))
        self._tell(text, offer=self._translate(UNDO))

    @Slot(object, int)
    def _tell_exported(self, file: Path, count: int) -> None:
        self._tell(self._translate(texts.EXPORTED, count=count, file=file))

    @Slot(object)
    def _show_progress(self, progress: CameraTestProgress) -> None:
        self._model.put_results(progress.streams)
        self._progress.setRange(0, progress.total)
        self._progress.setValue(progress.done)
        self._progress.setFormat(self._translate(texts.TESTING, done=progress.done, total=progress.total))
        self._progress.show()
        self._test.setText(self._translate(texts.CANCEL_TEST))

    @Slot()
    def _end_test(self) -> None:
        self._progress.hide()
        self._test.setText(self._translate(texts.TEST))
        results = self._model.results
        failed = sum(has_failed(streams) for streams in results.values())
        total = self._progress.maximum()
        text = self._translate(texts.TESTED, done=len(results), total=total, failed=failed)
        self._tell(text, trouble=failed > 0)
        self._follow()

    @Slot(object)
    def _refuse(self, problem: Fault | DomainError) -> None:
        self._tell(explain(problem, self._translate), trouble=True)

    def _tell(self, text: str, *, trouble: bool = False, offer: str = "") -> None:
        self._notice.tell(text, trouble=trouble, offer=offer)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._register.refresh()
        self._filter.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the widget with the focus has no use for."""
        at_table = self._table.hasFocus()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if at_table and self._edit.isEnabled():
                self.edit_selected()
            elif self._filter.search.hasFocus():
                self._table.setFocus()
        elif event.key() == Qt.Key.Key_Delete and at_table and self._remove.isEnabled():
            self._ask_to_remove()
        elif event.key() == Qt.Key.Key_Escape and self._notice.isVisible():
            self._notice.hide()
        else:
            super().keyPressEvent(event)


def _take_suffix(dialog: QFileDialog, chosen: str) -> None:
    """What a name without an ending gets: the kind of list that is chosen."""
    dialog.setDefaultSuffix("xlsx" if ".xlsx" in chosen else "csv")


def _runs(rows: Sequence[int]) -> list[list[int]]:
    """Ascending numbers, cut where one is missing."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs
