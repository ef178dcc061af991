"""The workstation signs what it makes, at once or before it is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clocks import NOON, FakeClock
from tests.enrolled import key_of, signed
from tests.services_stage import BRIPKA_SARI, EXAMPLES, InlineStore
from tmcwall.db import custody, operations, signing
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.operation import Entity, Operation
from tmcwall.services.replica import StoreReplica
from tmcwall.signatures import Purpose, verifies


@pytest.fixture
def store():
    store = InlineStore()
    yield store
    store.close()


def tag(store: InlineStore) -> None:
    tagged = EXAMPLES[Entity.BOOKMARK]
    store.write(
        lambda session: operations.change(session, tagged, actor=BRIPKA_SARI.nrp, at=NOON)
    ).result()  # fmt: skip


def device_of(store: InlineStore) -> str:
    return store.do(operations.device)


def made_in(store: InlineStore) -> tuple[Operation, ...]:
    return store.do(lambda session: operations.pending(session, 100))


def is_right(operation: Operation) -> bool:
    return verifies(key_of(operation.device).public, Purpose.OPERATION, operation.hash, operation.signature)


def test_what_is_made_while_the_key_is_open_is_signed_with_it(store: InlineStore) -> None:
    store.enrol(device_of(store))
    tag(store)
    assert [is_right(one) for one in made_in(store)] == [True]


def test_what_was_made_before_the_enrolment_is_signed_then(store: InlineStore) -> None:
    tag(store)
    assert [one.signature for one in made_in(store)] == [""]
    store.enrol(device_of(store))
    assert [is_right(one) for one in made_in(store)] == [True]
    rows = store.do(lambda session: custody.about(session, f"device/{device_of(store)}"))
    assert [row.action for row in rows] == ["device_enrolled"]


def test_what_was_made_while_the_key_was_not_open_is_signed_before_it_is_sent(store: InlineStore) -> None:
    store.enrol(device_of(store))
    store.use_signer(None)
    tag(store)
    replica = StoreReplica(store=store, clips=Path(), clock=FakeClock())
    with pytest.raises(Fault) as locked:
        replica.pending(10)
    assert locked.value.code is FaultCode.DEVICE_NOT_ENROLLED
    store.enrol(device_of(store))
    store.do(lambda session: session.connection().exec_driver_sql("UPDATE operations SET signature = ''"))
    assert [is_right(one) for one in replica.pending(10)] == [True]


def test_a_key_of_another_identity_signs_nothing(store: InlineStore) -> None:
    store.enrol("elsewhere")
    tag(store)
    assert [one.signature for one in made_in(store)] == [""]
    assert store.do(lambda session: signing.enrolment(session, device_of(store))) is None


def test_a_device_that_takes_another_identity_signs_anew_and_knows_no_enrolment(store: InlineStore) -> None:
    store.enrol(device_of(store))
    tag(store)
    store.do(lambda session: operations.renew_device(session, at=NOON))
    assert [one.signature for one in made_in(store)] == [""]
    assert store.do(lambda session: signing.enrolment(session, device_of(store))) is None
    store.enrol(device_of(store))
    assert [is_right(one) for one in made_in(store)] == [True]


def test_the_signature_is_no_part_of_an_operations_hash(store: InlineStore) -> None:
    tag(store)
    (made,) = made_in(store)
    assert signed(made).hash == made.hash
    assert signed(made) == made
