"""The console's part of the city: the window, the strip of the one-way indicator, and the menu of other services."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QCursor, QDesktopServices
from PySide6.QtWidgets import QMenu, QWidget

from tmcwall.domain.camera import Position
from tmcwall.domain.clock import Clock
from tmcwall.domain.one_way import OneWayIndication, OneWayState
from tmcwall.texts import Translator
from tmcwall.texts import city as texts
from tmcwall.ui.actions import ActionId
from tmcwall.ui.console.city_window import CityWindow
from tmcwall.ui.console.parts import Notice
from tmcwall.ui.console.side_windows import bring_up
from tmcwall.ui.services import CityService

OpenAddress = Callable[[str], object]

ShowOnReserved = Callable[[Sequence[str]], int]
"""Put cameras on the tiles that are kept for it; how many found a place."""


def open_in_browser(address: str) -> bool:
    """By whatever the desktop opens addresses with."""
    return QDesktopServices.openUrl(QUrl(address))


class CityWindows(QObject):
    """Made with the console."""

    def __init__(
        self,
        city: CityService,
        show_on_reserved: ShowOnReserved,
        *,
        clock: Clock,
        translate: Translator,
        parent: QWidget,
        open_address: OpenAddress = open_in_browser,
    ) -> None:
        super().__init__(parent)
        self._city = city
        self._show_on_reserved = show_on_reserved
        self._translate = translate
        self._open_address = open_address
        self._on: dict[str, OneWayIndication] = {}
        self.window = CityWindow(city, self.show_cameras, clock=clock, translate=translate, parent=parent)
        self.notice = Notice(translate, lasting=True)
        self.notice.offer_taken.connect(self._show_first)
        self.links = self._link_menu(parent)
        city.indicated.connect(self._take_indication)

    def handlers(self) -> Mapping[ActionId, Callable[[], None]]:
        return {ActionId.CITY: self.show, ActionId.SERVICE_LINKS: self.show_links}

    def show(self) -> None:
        """Warnings, traffic, units."""
        bring_up(self.window)

    def show_links(self) -> None:
        """The menu of other services, where the pointer is."""
        self.links.popup(QCursor.pos())

    def show_cameras(self, position: Position) -> int:
        """Put the nearest working cameras on the reserved tiles; how many found a place."""
        return self._show_on_reserved(self._city.cameras_near(position))

    def _link_menu(self, parent: QWidget) -> QMenu:
        menu = QMenu(self._translate(texts.LINKS), parent)
        menu.setAccessibleName(self._translate(texts.LINKS))
        for name, address in self._city.links:
            # An ampersand would mark a letter.
            action = menu.addAction(name.replace("&", "&&"))
            action.setToolTip(address)
            action.setData(address)
        if not self._city.links:
            menu.addAction(self._translate(texts.NO_LINKS)).setEnabled(False)
        menu.triggered.connect(self._open_link)
        return menu

    @Slot(object)
    def _open_link(self, action: QObject) -> None:
        address = action.data() if hasattr(action, "data") else None
        if isinstance(address, str):
            self._open_address(address)

    @Slot(str, object)
    def _take_indication(self, place_id: str, indication: OneWayIndication) -> None:
        if indication.state is OneWayState.ON:
            self._on[place_id] = indication
        else:
            self._on.pop(place_id, None)
        if not self._on:
            self.notice.hide()
            return
        say = self._translate
        names = {place.id: place.name or place.id for place in self._city.places()}
        sentences = [
            say(
                texts.INDICATED,
                place=names.get(place, place),
                counted=", ".join(say(texts.NOT_COUNTED) if count is None else str(count) for count in one.counted),
            )
            for place, one in self._on.items()
        ]
        self.notice.tell("\n".join(sentences), trouble=True, offer=say(texts.TRAFFIC))

    @Slot()
    def _show_first(self) -> None:
        """The strip stays: the indicator is on still."""
        self.notice.show()
        self.window.show_place(next(iter(self._on), ""))
        self.show()
