"""Wall orders: sent by right, shown while they last, answered once, never begun late."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from tests.clocks import NOON
from tests.enrolled import SERVER_KEY, key_of
from tmcwall.db import operations, signing
from tmcwall.domain.fault import DomainCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity
from tmcwall.domain.wall_order import BEGINS_WITHIN, OrderOutcome, WallOrder
from tmcwall.services.wall_orders import WallOrders
from tmcwall.signatures import Purpose
from tmcwall.sync.register import DeviceKey, DeviceKeys

DUTY_OFFICER = Officer("80010011", "Rina", Role.DUTY_OFFICER)
HOUR = timedelta(hours=1)


@pytest.fixture
def here(store):
    return store.do(operations.device)


@pytest.fixture
def order(here):
    return WallOrder("w1", here, NOON, NOON + HOUR, camera_id="CAM-1")


@pytest.fixture
def orders_of(qapp, store, changes, duty, clock, qtbot):
    made = []

    def start(*, offset_ms=0):
        orders = WallOrders(store=store, changes=changes, duty=duty, clock=clock)
        made.append(orders)
        with qtbot.waitSignal(orders.changed):
            orders.start()
        orders.use_clock_offset(offset_ms)
        return orders

    duty.officer = DUTY_OFFICER
    yield start
    for orders in made:
        orders.stop()


def received(orders, store, qtbot, *values):
    with qtbot.waitSignal(orders.changed):
        store.receive(*values)


def ids(orders):
    return [one.sent.order.id for one in orders.shown()]


def outcomes(store):
    """What this workstation has said of orders, in its operations."""
    made = store.do(lambda session: operations.pending(session, 10))
    return [one.fields["outcome"] for one in made if one.entity is Entity.WALL_ORDER and "outcome" in one.fields]


def test_an_order_for_this_workstation_is_shown_with_who_has_made_its_operation(orders_of, store, order, qtbot):
    orders = orders_of()
    received(orders, store, qtbot, order)
    (one,) = orders.shown()
    assert (one.sent.order, one.sent.sender, one.sent.device) == (order, "87650000", "elsewhere")


def test_an_order_for_another_workstation_is_listed_and_not_shown(orders_of, store, order, qtbot):
    orders = orders_of()
    received(orders, store, qtbot, replace(order, desk="meja-9"))
    assert (ids(orders), [one.to_desk for one in orders.listed()]) == ([], ["meja-9"])


def test_an_order_ends_by_itself(orders_of, store, order, clock, qtbot):
    orders = orders_of()
    received(orders, store, qtbot, order)
    clock.advance(3600)
    orders.use_clock_offset(0)
    assert ids(orders) == []


def test_an_order_that_is_taken_back_is_gone_at_once(orders_of, store, order, qtbot):
    orders = orders_of()
    received(orders, store, qtbot, order)
    received(orders, store, qtbot, replace(order, taken_back=True))
    assert ids(orders) == []


def test_an_order_that_comes_hours_later_is_not_begun_and_says_so(orders_of, store, order, clock, qtbot):
    orders = orders_of()
    clock.advance(BEGINS_WITHIN.total_seconds() + 1)
    received(orders, store, qtbot, order)
    assert ids(orders) == []
    assert outcomes(store) == [OrderOutcome.LATE]


def test_after_a_restart_an_order_that_was_shown_goes_on_and_one_that_was_not_stays_away(
    orders_of, store, order, clock, qtbot
):
    store.receive(replace(order, outcome=OrderOutcome.SHOWN), replace(order, id="w2"))
    clock.advance(1200)
    assert ids(orders_of()) == ["w1"]


def test_nothing_is_judged_before_the_clock_of_the_server_is_known(orders_of, store, order, clock, qtbot):
    clock.advance(3 * 86_400)
    orders = orders_of(offset_ms=None)
    store.receive(order)
    assert (ids(orders), outcomes(store)) == ([], [])
    orders.use_clock_offset(-3 * 86_400_000)
    qtbot.waitUntil(lambda: ids(orders) == ["w1"])


def test_what_became_of_an_order_is_said_once(orders_of, store, order, qtbot):
    orders = orders_of()
    received(orders, store, qtbot, order)
    for _ in range(2):
        orders.answer("w1", OrderOutcome.SHOWN)
    assert outcomes(store) == [OrderOutcome.SHOWN]


def test_while_nobody_is_on_duty_an_order_is_shown_and_not_answered(orders_of, store, order, duty, qtbot):
    duty.officer = None
    orders = orders_of()
    received(orders, store, qtbot, order)
    orders.answer("w1", OrderOutcome.SHOWN)
    assert (ids(orders), outcomes(store)) == (["w1"], [])


def test_an_officer_here_puts_back_what_he_had(orders_of, store, order, qtbot):
    orders = orders_of()
    received(orders, store, qtbot, order)
    with qtbot.waitSignal(orders.changed):
        orders.dismiss("w1")
    assert (ids(orders), outcomes(store)) == ([], [OrderOutcome.DISMISSED])


def test_an_order_is_sent_and_taken_back_by_those_who_may(orders_of, store, duty, clock, qtbot):
    orders = orders_of(offset_ms=60_000)
    with qtbot.waitSignal(orders.changed):
        orders.send("meja-2", lasts=HOUR, camera_id="CAM-1")
    (one,) = orders.listed()
    assert one.sent.order.sent_at == clock.utc() + timedelta(minutes=1)
    assert (one.to_desk, one.under_way, one.sent.order.end - one.sent.order.sent_at) == ("meja-2", True, HOUR)
    with qtbot.waitSignal(orders.changed):
        orders.take_back(one.sent.order.id)
    assert [one.sent.order.taken_back for one in orders.listed()] == [True]
    duty.officer = replace(DUTY_OFFICER, role=Role.OPERATOR)
    for act in (partial(orders.send, "meja-2", lasts=HOUR, camera_id="CAM-1"), partial(orders.take_back, "w1")):
        with qtbot.waitSignal(orders.refused) as refused:
            act()
        assert refused.args[0].code is DomainCode.NOT_ALLOWED


def test_no_order_lasts_longer_than_a_shift(orders_of, store, qtbot):
    orders = orders_of()
    with qtbot.waitSignal(orders.changed):
        orders.send("meja-2", lasts=timedelta(days=3), camera_id="CAM-1")
    (one,) = orders.listed()
    assert one.sent.order.end - one.sent.order.sent_at == timedelta(hours=12)


def test_the_other_workstations_are_those_whose_keys_hold(orders_of, store, here):
    def key(device, name, last_number=None, by=SERVER_KEY):
        made = DeviceKey(
            device=device, name=name, public_key=by.public, first_number=1, last_number=last_number, signature=""
        )
        return made.model_copy(update={"signature": by.sign_content(Purpose.DEVICE_KEY, made.content)})

    store.enrol(here)
    keys = (
        key(here, "Meja 1"), key("d2", "Meja 2"), key("d3", "Meja 3", last_number=9), key("server", "server"),
        key("d4", "Palsu", by=key_of("d4")),
    )  # fmt: skip
    text = DeviceKeys(keys=keys).model_dump_json()
    store.do(lambda session: signing.keep_register(session, text))
    orders = orders_of()
    assert [(desk.device, desk.name) for desk in orders.desks()] == [("d2", "Meja 2")]
