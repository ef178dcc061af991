"""What was committed is told in the GUI thread, and each kind of entity reaches the service that shows it."""

from functools import partial

import pytest
from PySide6.QtCore import QObject, Signal

from tests.clocks import NOON
from tests.services_stage import EXAMPLES, FakeBook, FakeEyes
from tmcwall.db import operations
from tmcwall.domain.case import LpWarning
from tmcwall.domain.changes import ChangeNotice, Origin
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.kenita import Timers
from tmcwall.domain.kinds import KINDS, Topic
from tmcwall.domain.operation import Entity
from tmcwall.domain.region import Regions
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.calibrations import Calibrations
from tmcwall.services.camerabook import CameraBook
from tmcwall.services.cascades import Cascades
from tmcwall.services.contacts import Contacts
from tmcwall.services.incidentdesk import IncidentDesk
from tmcwall.services.layouts import Layouts
from tmcwall.services.places import PlaceBook
from tmcwall.services.repairs import Repairs
from tmcwall.services.request_desk import RequestDesk
from tmcwall.services.tagging import Tagging
from tmcwall.services.wall_orders import WallOrders

TAGGED = partial(operations.change, value=EXAMPLES[Entity.BOOKMARK], actor="12345678", at=NOON)


def test_a_commit_is_told_once_and_later_with_what_it_changed(changes, store, qtbot):
    told = []
    changes.committed.connect(told.append)
    with qtbot.waitSignal(changes.committed):
        store.write(TAGGED)
        assert told == []
    assert told == [ChangeNotice(Origin.HERE, frozenset({(Entity.BOOKMARK, "b1")}))]


def test_a_unit_that_fails_and_a_commit_that_changes_nothing_are_not_told(changes, store, qtbot):
    told = []
    changes.committed.connect(told.append)
    store.failing = Fault(FaultCode.DISK_FULL)
    store.write(TAGGED)
    store.failing = None
    store.write(operations.device)
    with qtbot.waitSignal(changes.committed):
        store.receive(EXAMPLES[Entity.INCIDENT])
    assert told == [ChangeNotice(Origin.SERVER, frozenset({(Entity.INCIDENT, "INC-1")}))]


def test_after_the_stop_nothing_is_told_not_even_what_was_committed_before(changes, store, qtbot):
    with qtbot.assertNotEmitted(changes.committed):
        store.write(TAGGED)
        changes.stop()
        store.receive(EXAMPLES[Entity.INCIDENT])
        qtbot.waitUntil(lambda: True)


class NoRequests:
    """A register without a line."""

    def register(self, _session):
        return ()


class QuietBook(QObject):
    """Cameras that do not change."""

    cameras_changed = Signal()

    def all(self):
        return ()


@pytest.fixture
def services(store, changes, duty, clock, feed, tmp_path, qtbot):
    """By topic: a service, and the signals one of which follows when something new came in."""
    desk = IncidentDesk(store=store, changes=changes, cameras=FakeEyes(), duty=duty, clock=clock)
    tagging = Tagging(
        store=store, changes=changes, cutter=feed, cameras=FakeBook(), duty=duty, clock=clock, clips=tmp_path
    )
    book = CameraBook(store=store, changes=changes, streams=feed, logins=None, clock=clock)
    layouts = Layouts(store=store, clock=clock, first_name="Utama", changes=changes, duty=duty)
    contacts = Contacts(store=store, changes=changes, duty=duty, clock=clock)
    repairs = Repairs(store=store, changes=changes, duty=duty, clock=clock)
    orders = WallOrders(store=store, changes=changes, duty=duty, clock=clock)
    requests = RequestDesk(
        NoRequests(),  # type: ignore[arg-type]  # only its register is asked
        store=store,
        changes=changes,
        duty=duty,
        zone=StationZone.WIB,
        clock=clock,
    )
    cascades = Cascades(store=store, changes=changes, duty=duty, clock=clock, timers=Timers())
    places = PlaceBook(Regions(()), store=store, changes=changes, cameras=QuietBook())
    calibrations = Calibrations(store=store, changes=changes, duty=duty, clock=clock)
    for service, read in (
        (places, places.changed), (calibrations, calibrations.changed),
        (desk, desk.listed), (tagging, tagging.recent_changed), (book, book.cameras_changed),
        (layouts, layouts.changed), (orders, orders.changed),
        (requests, requests.register_changed),
    ):  # fmt: skip
        with qtbot.waitSignal(read):
            service.start()
    yield {
        Topic.INCIDENTS: (desk.arrived, desk.noted, cascades.changed),
        Topic.BOOKMARKS: (tagging.recent_changed,),
        Topic.CAMERAS: (book.cameras_changed,),
        Topic.LAYOUTS: (layouts.changed,),
        Topic.CONTACTS: (contacts.changed,),
        Topic.WALL_ORDERS: (orders.changed,),
        Topic.FOOTAGE_REQUESTS: (requests.register_changed,),
        Topic.PLACES: (places.changed, calibrations.changed),
        Topic.REPAIRS: (repairs.ledger_changed,),
    }
    cascades.stop()
    places.stop()
    calibrations.stop()
    requests.stop()
    repairs.stop()
    orders.stop()
    contacts.stop()
    layouts.stop()
    book.stop()
    tagging.stop()
    desk.stop()


@pytest.mark.parametrize("entity", Entity)
def test_an_entity_of_any_kind_from_elsewhere_is_shown_by_the_service_of_its_topic(services, store, qtbot, entity):
    shown = []
    for signal in services[KINDS[entity].topic]:
        signal.connect(lambda *_: shown.append(entity))
    store.receive(EXAMPLES[entity])
    qtbot.waitUntil(lambda: shown == [entity])


def test_the_number_of_a_case_from_elsewhere_is_known(store, changes, duty, clock, feed, tmp_path, qtbot):
    tagging = Tagging(
        store=store, changes=changes, cutter=feed, cameras=FakeBook(), duty=duty, clock=clock, clips=tmp_path
    )
    far = EXAMPLES[Entity.CASE].lp.replace("/123/", "/1230/")
    store.receive(EXAMPLES[Entity.CASE])
    qtbot.waitUntil(lambda: LpWarning.SEQUENCE_GAP in tagging.check_lp(far).warnings)
    tagging.stop()


def test_a_bookmark_changed_at_another_place_of_this_program_is_listed_as_it_is_now(
    store, changes, duty, clock, feed, tmp_path, qtbot
):
    tagging = Tagging(
        store=store, changes=changes, cutter=feed, cameras=FakeBook(), duty=duty, clock=clock, clips=tmp_path
    )
    tagging.start()
    store.write(TAGGED)
    qtbot.waitUntil(lambda: [row.bookmark for row in tagging.recent()] == [EXAMPLES[Entity.BOOKMARK]])
    tagging.stop()
