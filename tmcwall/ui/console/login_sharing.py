"""The line of the register in which logins of cameras are shared with all workstations, and how that stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from tmcwall.sync.camera_logins import LoginStanding
from tmcwall.texts import Translator
from tmcwall.texts import login_sharing as texts
from tmcwall.ui import theme
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.sharing import LoginSharingService

_NAMED: Final = 5
"""Desks or cameras in one sentence."""


class SharingLine(QWidget):
    """Hidden where the workstation works alone. The button shares; it takes back where all that is chosen is shared."""

    def __init__(
        self, sharing: LoginSharingService, *, translate: Translator, parent: QWidget | None = None
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._sharing = sharing
        self._translate = translate
        self._chosen: tuple[str, ...] = ()
        self._idle = True
        self._text = plain_label("", soft=True)
        self._text.setWordWrap(True)
        self._button = QPushButton()
        self._button.setAutoDefault(False)
        self._button.clicked.connect(self._share_or_take_back)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.SPACE)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        sharing.changed.connect(self._follow)
        self.setVisible(sharing.configured)
        self._follow()

    def choose(self, camera_ids: Sequence[str], *, idle: bool) -> None:
        """The cameras that the button is about."""
        self._chosen, self._idle = tuple(camera_ids), idle
        self._follow()

    @Slot()
    def _follow(self) -> None:
        takes_back = self._takes_back()
        self._button.setText(self._translate(texts.TAKE_BACK if takes_back else texts.SHARE))
        self._button.setToolTip(self._translate(texts.TAKE_BACK_HELP if takes_back else texts.SHARE_HELP))
        self._button.setEnabled(self._idle and bool(self._chosen))
        self._text.setText(sharing_text(self._sharing, self._translate))

    def _takes_back(self) -> bool:
        here = self._sharing.here
        return (
            bool(self._chosen) and here.shared.issuperset(self._chosen) and here.wishes.keys().isdisjoint(self._chosen)
        )

    @Slot()
    def _share_or_take_back(self) -> None:
        if self._takes_back():
            self._sharing.take_back(self._chosen)
        else:
            self._sharing.share(self._chosen)


def sharing_text(sharing: LoginSharingService, say: Translator) -> str:
    """How it stands, as sentences."""
    state, here = sharing.state, sharing.here
    standing = state.standing or LoginStanding()
    said = []
    if standing.cameras:
        said.append(say(texts.SHARED, cameras=standing.cameras, have=len(standing.have)))
    elif not here.wishes:
        said.append(say(texts.NONE_SHARED))
    if standing.waiting:
        said.append(say(texts.WAITING, count=len(standing.waiting), desks=named(standing.waiting, say)))
    if here.wishes:
        said.append(say(texts.PENDING, count=len(here.wishes)))
    if here.wishes and state.refused:
        said.append(say(texts.NOT_ALLOWED))
    if state.vault_away:
        said.append(say(texts.VAULT_AWAY))
    if here.withheld:
        said.append(say(texts.WITHHELD, count=len(here.withheld)))
    said.extend(
        say(texts.EXPOSED, desk=one.desk, count=len(one.cameras), cameras=named(one.cameras, say))
        for one in standing.exposed
    )
    return " ".join(said)


def named(names: Sequence[str], say: Translator) -> str:
    """The first of them, and how many more."""
    more = [say(texts.AND_MORE, count=len(names) - _NAMED)] if len(names) > _NAMED else []
    return ", ".join([*names[:_NAMED], *more])
