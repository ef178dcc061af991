"""The services of what all workstations have in common, made together."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from tmcwall.domain.clock import Clock
from tmcwall.services.changes import Changes
from tmcwall.services.contacts import Contacts
from tmcwall.services.duty import Duty
from tmcwall.services.future_dispatcher import StoreProtocol
from tmcwall.services.login_sharing import LoginSharing
from tmcwall.services.outages import Outages
from tmcwall.services.service import Service
from tmcwall.services.wall_orders import WallOrders


@dataclass(frozen=True, slots=True)
class ServicesForAll:
    outages: Outages
    contacts: Contacts
    wall_orders: WallOrders
    logins: LoginSharing

    @classmethod
    def of(
        cls, *, server: bool, store: StoreProtocol, changes: Changes, duty: Duty, clock: Clock, parent: QObject
    ) -> ServicesForAll:
        """`server`: this workstation has one."""
        return cls(
            Outages(store=store, duty=duty, clock=clock, parent=parent),
            Contacts(store=store, changes=changes, duty=duty, clock=clock, parent=parent),
            WallOrders(store=store, changes=changes, duty=duty, clock=clock, parent=parent),
            LoginSharing(configured=server, store=store, duty=duty, clock=clock, parent=parent),
        )

    def in_order(self) -> tuple[Service, ...]:
        """In which they start."""
        return self.outages, self.contacts, self.wall_orders, self.logins
