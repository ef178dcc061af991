"""The officers of this workstation: their accounts for admins, the own password for everybody on duty."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.officer import Action, Role
from tmcwall.domain.roster import Account
from tmcwall.services.officers import OneTimePassword
from tmcwall.texts import Text, Translator
from tmcwall.texts import officers as texts
from tmcwall.texts.faults import fault_text
from tmcwall.ui import theme
from tmcwall.ui.console.officer_form import NewOfficer, OfficerForm, role_choice
from tmcwall.ui.console.officers import account_state_text, name_text
from tmcwall.ui.console.parts import plain_label, rows_to_read
from tmcwall.ui.console.password_form import PasswordForm
from tmcwall.ui.services import DutyService, OfficerService

_WIDTH: Final = 230 * theme.SPACE
_NARROW: Final = 130 * theme.SPACE
_HEIGHT: Final = 160 * theme.SPACE
_TABLE_HEIGHT: Final = 30 * theme.SPACE


class OfficerWindow(QDialog):
    """Closed by `Esc`; it stands beside the video and never over a wall.

    A one-time password is in sight until the window closes, the shift ends, or something else is done.
    """

    def __init__(
        self, officers: OfficerService, duty: DutyService, *, translate: Translator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._officers = officers
        self._duty = duty
        self._translate = translate
        self._shown: list[Account] = []
        self._waiting = False
        """A one-time password or a change of the own password was asked for and is not answered yet."""
        self.setWindowTitle(translate(texts.TITLE))
        self._explanation = plain_label("", soft=True)
        self._explanation.setWordWrap(True)
        self._table = self._build_table()
        self._chosen = plain_label("")
        self._role = role_choice(translate)
        self._role.setAccessibleName(translate(texts.NEW_ROLE))
        self._change_role = self._button(texts.CHANGE_ROLE)
        self._change_role.clicked.connect(self._put_role)
        self._toggle = self._button(texts.DISABLE)
        self._toggle.clicked.connect(self._disable_or_enable)
        self._reset = self._button(texts.RESET)
        self._reset.setToolTip(translate(texts.RESET_HELP))
        self._reset.clicked.connect(self._reset_password)
        self._issued_for = plain_label("")
        self._password = plain_label("", title=True)
        self._password.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._issued = self._build_issued()
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._new = OfficerForm(translate=translate)
        self._new.submitted.connect(self._add)
        self._new.told.connect(self._say)
        self._own = PasswordForm(translate=translate)
        self._own.submitted.connect(self._change_own_password)
        self._own.told.connect(self._say)
        self._chosen_bar = self._build_chosen_bar()
        self._forms = QFrame()
        self._lay_out()
        officers.changed.connect(self._show_all)
        officers.password_issued.connect(self._show_issued)
        officers.password_changed.connect(self._tell_changed)
        officers.refused.connect(self._tell)
        duty.changed.connect(self._follow_duty)
        duty.signed_in.connect(self._follow_duty)
        duty.signed_out.connect(self._begin_anew)
        self._table.itemSelectionChanged.connect(self._follow_selection)
        self._begin_anew()

    def lines(self) -> list[tuple[str, ...]]:
        """What the table says: name with rank, service number, role, state."""
        cells = [[self._table.item(row, column) for column in range(4)] for row in range(self._table.rowCount())]
        return [tuple(cell.text() if cell is not None else "" for cell in row) for row in cells]

    def select(self, row: int) -> None:
        self._table.selectRow(row)

    @Slot()
    def _begin_anew(self) -> None:
        """Nothing of the shift before stays in sight."""
        self._waiting = False
        self._new.clear()
        self._own.clear()
        self._say("")
        self._show_all()
        self._follow_duty()

    @Slot()
    def _follow_duty(self) -> None:
        manages = self._duty.can(Action.MANAGE_OFFICERS)
        here, on_duty = not self._officers.kept_at_server, self._duty.officer is not None
        for widget in (self._table, self._chosen_bar, self._new):
            widget.setVisible(manages and (here or widget is self._table))
        self._own.setVisible(on_duty)
        self._forms.setVisible(on_duty)
        if not here:
            explanation = texts.KEPT_AT_SERVER
        elif not on_duty:
            explanation = texts.NOBODY_ON_DUTY
        else:
            explanation = texts.KEPT_HERE if manages else texts.OWN_ONLY
        self._explanation.setText(self._translate(explanation))

    @Slot()
    def _show_all(self) -> None:
        selected = self._selected()
        self._shown = list(self._officers.all())
        self._table.setRowCount(len(self._shown))
        for row, account in enumerate(self._shown):
            for column, text in enumerate(self._row(account)):
                self._table.setItem(row, column, QTableWidgetItem(text))
        self._table.clearSelection()
        for row, account in enumerate(self._shown):
            if selected is not None and account.officer.nrp == selected.officer.nrp:
                self._table.selectRow(row)
        self._follow_selection()

    def _row(self, account: Account) -> tuple[str, str, str, str]:
        officer = account.officer
        state = account_state_text(account, self._translate)
        return (name_text(officer), officer.nrp, self._translate(texts.ROLES[officer.role]), state)

    def _selected(self) -> Account | None:
        rows = self._table.selectionModel().selectedRows()
        return self._shown[rows[0].row()] if rows and rows[0].row() < len(self._shown) else None

    @Slot()
    def _follow_selection(self) -> None:
        say, account = self._translate, self._selected()
        for widget in (self._role, self._change_role, self._toggle, self._reset):
            widget.setEnabled(account is not None)
        if account is None:
            self._chosen.setText(say(texts.NONE_SELECTED))
            return
        self._chosen.setText(say(texts.SELECTED, officer=name_text(account.officer)))
        self._role.setCurrentIndex(self._role.findData(account.officer.role))
        self._toggle.setText(say(texts.DISABLE if account.enabled else texts.ENABLE))

    @Slot()
    def _put_role(self) -> None:
        account = self._selected()
        if account is not None:
            self._say("")
            self._officers.put_role(account.officer.nrp, Role(self._role.currentData()))

    @Slot()
    def _disable_or_enable(self) -> None:
        account = self._selected()
        if account is not None:
            self._say("")
            (self._officers.disable if account.enabled else self._officers.enable)(account.officer.nrp)

    @Slot()
    def _reset_password(self) -> None:
        account = self._selected()
        if account is not None and not self._waiting:
            self._say("")
            self._waiting = True
            self._officers.reset_password(account.officer.nrp)

    @Slot(object)
    def _add(self, new: NewOfficer) -> None:
        if not self._waiting:
            self._say("")
            self._waiting = True
            self._officers.add(new.nrp, rank=new.rank, name=new.name, role=new.role)

    @Slot(str, str)
    def _change_own_password(self, before: str, after: str) -> None:
        if not self._waiting:
            self._say("")
            self._waiting = True
            self._officers.change_own_password(before, after)

    @Slot(object)
    def _show_issued(self, issued: OneTimePassword) -> None:
        self._waiting = False
        if not self._duty.can(Action.MANAGE_OFFICERS):
            return
        self._say("")
        if self._new.nrp() == issued.nrp:
            self._new.clear()
        self._issued_for.setText(self._translate(texts.ISSUED, nrp=issued.nrp))
        self._password.setText(issued.password)
        self._issued.show()

    @Slot()
    def _tell_changed(self) -> None:
        self._waiting = False
        self._say(self._translate(texts.OWN_CHANGED))

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        self._waiting = False
        self._say(self._translate(fault_text(problem.code)))

    @Slot(str)
    def _say(self, text: str) -> None:
        """A sentence at the foot of the window; what was there goes, a one-time password, too."""
        self._password.clear()
        self._issued.hide()
        self._answer.setText(text)
        self._answer.setVisible(bool(text))

    def _build_table(self) -> QTableWidget:
        say = self._translate
        columns = [say(texts.NAME), say(texts.NRP), say(texts.ROLE), say(texts.STATE)]
        table = rows_to_read(columns, name=say(texts.TITLE), parent=self)
        table.setTabKeyNavigation(False)  # Tab goes on to the buttons
        table.setMinimumHeight(_TABLE_HEIGHT)
        header = table.horizontalHeader()
        stretch, fit = QHeaderView.ResizeMode.Stretch, QHeaderView.ResizeMode.ResizeToContents
        for column, mode in enumerate((stretch, fit, fit, fit)):
            header.setSectionResizeMode(column, mode)
        return table

    def _build_issued(self) -> QFrame:
        frame = QFrame()
        frame.setObjectName("issued")
        frame.setStyleSheet(
            f"#issued {{ background: {theme.RAISED}; border: 1px solid {theme.ACCENT};"
            f" border-radius: {theme.SPACE}px; }}"
        )
        hint = plain_label(self._translate(texts.ISSUED_HINT), soft=True)
        hint.setWordWrap(True)
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(3 * theme.SPACE, 2 * theme.SPACE, 3 * theme.SPACE, 2 * theme.SPACE)
        layout.setSpacing(theme.SPACE)
        for label in (self._issued_for, self._password, hint):
            layout.addWidget(label)
        return frame

    def _build_chosen_bar(self) -> QWidget:
        bar = QWidget()
        layout = QHBoxLayout(bar)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self._chosen, 1)
        for widget in (self._role, self._change_role, self._toggle, self._reset):
            layout.addWidget(widget)
        return bar

    def _button(self, text: Text) -> QPushButton:
        button = QPushButton(self._translate(text))
        button.setAutoDefault(False)  # Enter changes nothing by surprise; Space presses the button with the focus
        return button

    def _lay_out(self) -> None:
        halves = QHBoxLayout(self._forms)
        halves.setContentsMargins(0, 0, 0, 0)
        halves.setSpacing(6 * theme.SPACE)
        halves.addWidget(self._new, 1)
        halves.addWidget(self._own, 1)
        buttons = QDialogButtonBox()  # Tab comes to what the window takes in last at the end
        close = buttons.addButton(self._translate(texts.CLOSE), QDialogButtonBox.ButtonRole.RejectRole)
        close.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(3 * theme.SPACE)
        layout.addWidget(self._explanation)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._chosen_bar)
        layout.addWidget(self._issued)
        layout.addWidget(self._forms)
        layout.addWidget(self._answer)
        layout.addWidget(buttons)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._table.isVisible():
            self.resize(_WIDTH, _HEIGHT)
            self._table.setFocus()
        else:
            self.resize(_NARROW, self.sizeHint().height())
            self._own.focus()

    def hideEvent(self, event: QHideEvent) -> None:
        """A password that was shown, or typed and not sent, is not there when the window opens again."""
        super().hideEvent(event)
        self._own.clear()
        self._say("")
