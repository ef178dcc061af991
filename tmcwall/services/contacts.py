"""The directory of contacts, the same at all workstations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.db import contacts as contact_rows
from tmcwall.domain.camera import Camera
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.clock import Clock
from tmcwall.domain.contact import Contact, ContactRole, by_nearness
from tmcwall.domain.fault import DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.incident import Place
from tmcwall.domain.kinds import Topic, entities_of
from tmcwall.domain.officer import Action
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import FutureDispatcher, Refresh, StoreProtocol
from tmcwall.services.tagging import OnDuty


class Contacts(QObject):
    """Who is called about a neighbourhood or a camera; persons only for officers on duty who may see them."""

    changed = Signal()
    """`all` has others than before, or another officer sees more or less of them."""
    saved = Signal()
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self, *, store: StoreProtocol, changes: Changes, duty: OnDuty, clock: Clock, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._duty = duty
        self._clock = clock
        self._futures = FutureDispatcher()
        self._contacts: Sequence[Contact] = ()
        self._refresh = Refresh(contact_rows.all_contacts, store=store, futures=self._futures, parent=self)
        self._refresh.refreshed.connect(self._take)
        self._refresh.refused.connect(self.refused)
        changes.committed.connect(self._take_notice)

    def start(self) -> None:
        self._refresh.request()

    def stop(self) -> None:
        self._futures.close()

    @Slot()
    def follow_duty(self) -> None:
        self.changed.emit()

    @property
    def may_read(self) -> bool:
        """Whether names and telephones are in what `all` gives; they are empty otherwise."""
        return self._duty.can(Action.READ_CONTACTS)

    @property
    def may_keep(self) -> bool:
        return self._duty.can(Action.KEEP_CONTACTS)

    def all(self) -> Sequence[Contact]:
        """By place."""
        if self.may_read:
            return self._contacts
        return tuple(replace(one, contact_name="", contact_phone="") for one in self._contacts)

    def for_camera(self, camera: Camera) -> Sequence[Contact]:
        """Those who answer for a camera or the neighbourhood that it stands in, the nearest first."""
        return sorted((one for one in self.all() if one.answers_for(camera)), key=by_nearness)

    def for_place(self, place: Place) -> Sequence[Contact]:
        """Those of the neighbourhood of an incident, the nearest first."""
        found = (one for one in self.all() if one.answers_at(place.adm4, place.rw, place.rt))
        return sorted(found, key=by_nearness)

    def add(
        self,
        role: ContactRole,
        *,
        name: str,
        phone: str,
        adm4: str = "",
        rw: str = "",
        rt: str = "",
        camera_id: str = "",
    ) -> None:
        """`saved` or `refused` follows."""
        contact = Contact(
            str(uuid7(self._clock.utc())),
            role,
            name,
            phone,
            adm4=adm4.strip() or None,
            rw=rw.strip() or None,
            rt=rt.strip() or None,
            camera_id=camera_id.strip() or None,
        )
        self._decide(partial(contact_rows.put, contact=contact))

    def remove(self, contact_id: str) -> None:
        self._decide(partial(contact_rows.remove, contact_id=contact_id))

    def _decide(self, write: Callable[..., None]) -> None:
        try:
            officer = self._duty.demand(Action.KEEP_CONTACTS)
        except DomainError as error:
            self.refused.emit(error)
            return
        unit = partial(write, by=officer, at=self._clock.utc())
        self._futures.expect(self._store.write(unit), lambda _nothing: self.saved.emit(), self.refused.emit)

    @Slot(object)
    def _take_notice(self, notice: ChangeNotice) -> None:
        if notice.touches(entities_of(Topic.CONTACTS)) or self._refresh.failed:
            self._refresh.request()

    @Slot(object)
    def _take(self, found: Sequence[Contact]) -> None:
        if found != self._contacts:
            self._contacts = found
            self.changed.emit()
