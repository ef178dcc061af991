"""The windows of what all workstations share, and the strips: what another one shows on the walls here, outages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from tmcwall.domain.clock import Clock
from tmcwall.texts import Translator
from tmcwall.texts import wall_orders as order_texts
from tmcwall.ui.actions import ActionId
from tmcwall.ui.console.camera_panel import CameraPanel
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.city import CityWindows
from tmcwall.ui.console.contact_window import ContactWindow
from tmcwall.ui.console.outage_window import OutageWindow
from tmcwall.ui.console.parts import Notice, column_of
from tmcwall.ui.console.plan import PlanPanel
from tmcwall.ui.console.side_windows import bring_up
from tmcwall.ui.console.wall_order_window import WallOrderWindow
from tmcwall.ui.services import ConsoleServices
from tmcwall.ui.upkeep.lines import OutageLines
from tmcwall.ui.upkeep.strip import OutageStrip
from tmcwall.ui.upkeep.window import UpkeepWindow


class SharedWindows(QObject):
    """Contacts, planned outages, wall orders and repairs, each in a window of its own beside the console."""

    def __init__(
        self,
        services: ConsoleServices,
        plan: PlanPanel,
        cameras: CameraPanel,
        *,
        region_name: RegionName,
        clock: Clock,
        translate: Translator,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._translate = translate
        self._plan = plan
        self._cameras = cameras
        self._order_id = ""
        self.contacts = ContactWindow(
            services.contacts, services.cameras, region_name=region_name, translate=translate, parent=parent
        )
        self.outages = OutageWindow(
            services.outages, services.cameras, services.duty, clock=clock, translate=translate, parent=parent
        )
        self.orders = WallOrderWindow(
            services.wall_orders, services.cameras, services.duty, plan, translate=translate, parent=parent
        )
        self.city = CityWindows(services.city, plan.show_on_reserved, clock=clock, translate=translate, parent=parent)
        lines = OutageLines(services.cameras, services.contacts, region_name=region_name, translate=translate)
        self.upkeep = UpkeepWindow(
            services.upkeep, services.cameras, services.duty, lines, clock=clock, translate=translate, parent=parent
        )
        self.outage_strip = OutageStrip(services.upkeep.events, lines, translate=translate, parent=parent)
        self.outage_strip.opened.connect(self.show_upkeep)
        self.notice = Notice(translate, lasting=True)
        self.notices = column_of(self.notice, self.city.notice)
        self.notice.offer_taken.connect(self._put_back)

    def handlers(self) -> Mapping[ActionId, Callable[[], None]]:
        return {
            ActionId.CONTACTS: self.show_contacts,
            ActionId.OUTAGES: self.show_outages,
            ActionId.WALL_ORDERS: self.show_orders,
            **self.city.handlers(),
            ActionId.REPAIRS: self.show_upkeep,
        }

    @Slot(str, str)
    def tell_order(self, order_id: str, sentence: str) -> None:
        """What lies over the walls here, for as long as it does; both empty when nothing does."""
        self._order_id = order_id
        if order_id:
            self.notice.tell(sentence, offer=self._translate(order_texts.PUT_BACK))
        else:
            self.notice.hide()

    def show_contacts(self) -> None:
        self.contacts.show_camera(self._selected_camera())
        bring_up(self.contacts)

    def show_outages(self) -> None:
        camera_id = self._selected_camera()
        self.plan_outage([camera_id] if camera_id is not None else [])

    @Slot(object)
    def plan_outage(self, camera_ids: Sequence[str]) -> None:
        self.outages.begin(camera_ids)
        bring_up(self.outages)

    def show_orders(self) -> None:
        bring_up(self.orders)

    @Slot()
    def show_upkeep(self) -> None:
        bring_up(self.upkeep)

    def _selected_camera(self) -> str | None:
        return self._plan.selected_camera() or self._cameras.selected_camera()

    @Slot()
    def _put_back(self) -> None:
        if self._order_id:
            self._services.wall_orders.dismiss(self._order_id)
