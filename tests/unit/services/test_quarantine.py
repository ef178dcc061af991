"""What is kept without effect, for the screen."""

from dataclasses import replace
from functools import partial
from uuid import UUID

import pytest

from tests.clocks import NOON
from tests.services_stage import BRIPKA_SARI, EXAMPLES, InlineStore
from tmcwall.db import operations, server_order
from tmcwall.db.operations import Receipt
from tmcwall.db.server_order import Ordered
from tmcwall.domain.operation import Entity
from tmcwall.domain.server_state import UnreadOperation
from tmcwall.services.quarantine import KeptOperation, Quarantine

BOOKMARK = replace(EXAMPLES[Entity.BOOKMARK], case_id=None)
EPOCH = UUID(int=7)


@pytest.fixture
def quarantine(store, changes, qtbot):
    made = Quarantine(store=store, changes=changes)
    made.start()
    yield made
    made.stop()


def change(session):
    return operations.change(session, BOOKMARK, actor=BRIPKA_SARI.nrp, at=NOON)


def test_what_the_server_refused_is_shown_with_its_reason_and_goes_when_it_counts(quarantine, store, qtbot):
    made = store.do(change)
    with qtbot.waitSignal(quarantine.changed):
        store.write(partial(operations.acknowledge, receipts=[Receipt(made.id, "actor_unproven")]))
    assert quarantine.kept() == (
        KeptOperation("actor_unproven", Entity.BOOKMARK, BOOKMARK.camera_name, BRIPKA_SARI.nrp, NOON),
    )
    back = partial(server_order.apply_page, operations=[Ordered(1, made, 1)], cursor=1, epoch=EPOCH, at=NOON)
    with qtbot.waitSignal(quarantine.changed):
        store.write(back)
    assert quarantine.kept() == ()


def test_what_could_not_be_read_is_shown_too(quarantine, store: InlineStore, qtbot):
    unread = [UnreadOperation(1, "{}", "entity_unknown")]
    page = partial(server_order.apply_page, operations=[], unread=unread, cursor=1, epoch=EPOCH, at=NOON)
    with qtbot.waitSignal(quarantine.changed):
        store.write(page)
    assert quarantine.kept() == (KeptOperation("entity_unknown"),)
