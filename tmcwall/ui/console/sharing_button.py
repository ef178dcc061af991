"""How the current layout stands to what all workstations have, and what the officer may do about it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from tmcwall.services.layouts import Sharing
from tmcwall.texts import Translator
from tmcwall.texts import console as texts
from tmcwall.ui.services import LayoutService

_STATES: Final = {
    Sharing.OWN: texts.LAYOUT_OWN,
    Sharing.SAME: texts.LAYOUT_SAME,
    Sharing.DIFFERENT: texts.LAYOUT_DIFFERENT,
}


class SharingButton(QToolButton):
    """The state as its word, the deeds in its menu."""

    share_requested = Signal()

    def __init__(self, layouts: LayoutService, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layouts = layouts
        self._translate = translate
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self._share = menu.addAction(translate(texts.LAYOUT_SHARE))
        self._share.setToolTip(translate(texts.LAYOUT_SHARE_HELP))
        self._share.triggered.connect(self.share_requested)
        self._take = menu.addAction(translate(texts.LAYOUT_TAKE))
        self._take.setToolTip(translate(texts.LAYOUT_TAKE_HELP))
        self._take.triggered.connect(layouts.take_shared)
        self.setMenu(menu)

    def refresh(self, *, hidden: bool) -> None:
        """To what holds now; `hidden` while there is no room for it."""
        sharing, may_share = self._layouts.sharing(), self._layouts.may_share()
        state = self._translate(_STATES[sharing])
        explained = self._translate(texts.LAYOUT_SHARING, state=state)
        self.setText(state)
        self.setAccessibleName(explained)
        self.setToolTip(explained)
        self._share.setEnabled(may_share and sharing is not Sharing.SAME)
        self._take.setEnabled(sharing is Sharing.DIFFERENT)
        self.setVisible(not hidden and (sharing is not Sharing.OWN or may_share))
