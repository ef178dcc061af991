"""Cameras and what is decided about them are the same on every workstation, whoever took them in and when."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from tmcwall.db import cameras, conflicts, custody, officers, operations, schema, server_order, unsaid
from tmcwall.db.server_order import Ordered
from tmcwall.domain.camera import Camera, Standing
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.health import TileState
from tmcwall.domain.lifecycle import Decision
from tmcwall.domain.officer import SYSTEM_ACCOUNT, Officer, Role
from tmcwall.domain.operation import Entity, Operation
from tmcwall.domain.roster import Origin

OpenStore = Callable[[], AbstractContextManager[Session]]
NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)
EPOCH = UUID(int=7)
ADMIN = Officer("80010001", "Tri", Role.ADMIN)
OPERATOR = Officer("80010002", "Budi", Role.OPERATOR)
SUPERVISOR = Officer("80010003", "Sri", Role.SUPERVISOR)
ACCOUNT_OF_THE_SYSTEM = Officer(f"{SYSTEM_ACCOUNT}teknisi", "teknisi", Role.ADMIN)
GENDENGAN = Camera("CAM-1", "Gendengan", "rtsp://10.0.0.1/1")
PASAR = Camera("CAM-2", "Pasar Gede", "rtsp://10.0.0.2/1")


class Order:
    """The order of a server, as far as workstations see it: whatever waits is taken from one and given to the other."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []

    def exchange(self, *stores: Session) -> None:
        for session in stores:
            pushed = operations.pending(session, 10_000)
            self.operations += pushed
            operations.acknowledge(session, [operations.Receipt(one.id) for one in pushed])
        for session in stores:
            page = [Ordered(place, one) for place, one in enumerate(self.operations, start=1)]
            server_order.apply_page(session, page, cursor=len(page), epoch=EPOCH, at=NOW)


def vouch(session: Session, officer: Officer = ADMIN, limit: int = 50) -> None:
    after = ("", "")
    while True:
        reached = operations.vouch(session, officer, at=NOW, after=after, limit=limit)
        if reached is None:
            return
        after = reached


def take_in(session: Session, *listed: Camera, by: Officer = ADMIN) -> None:
    cameras.take_list(session, listed, name="kamera.csv", by=by, at=NOW)


def every(session: Session) -> Sequence[Camera]:
    return cameras.all_cameras(session)


def test_a_list_taken_in_at_one_workstation_is_on_all_with_the_same_numbers(
    session: Session, another_store: OpenStore
) -> None:
    take_in(session, GENDENGAN, PASAR)
    with another_store() as other:
        Order().exchange(session, other)
        assert every(other) == every(session) == (replace(GENDENGAN, number=1), replace(PASAR, number=2))
        take_in(other, replace(PASAR, id="CAM-3"))
        assert cameras.get(other, "CAM-3").number == 3


def test_a_quarantine_holds_on_every_workstation_and_so_does_its_end(
    session: Session, another_store: OpenStore
) -> None:
    order = Order()
    take_in(session, GENDENGAN)
    with another_store() as other:
        order.exchange(session, other)
        cameras.quarantine(session, "CAM-1", reason="melihat rumah", by=OPERATOR, at=NOW)
        order.exchange(session, other)
        assert cameras.lifecycles(other)["CAM-1"].quarantine == Decision("melihat rumah", OPERATOR.nrp, NOW)
        cameras.lift_quarantine(other, "CAM-1", reason="sudah dipindah", by=SUPERVISOR, at=NOW)
        order.exchange(session, other)
        assert cameras.lifecycles(session) == {}


def test_a_quarantine_and_a_planned_outage_decided_apart_both_hold(session: Session, another_store: OpenStore) -> None:
    order = Order()
    take_in(session, GENDENGAN)
    with another_store() as other:
        order.exchange(session, other)
        cameras.put_standing(session, "CAM-1", Standing.SUSPENDED, reason="perawatan", by=ADMIN, at=NOW)
        cameras.quarantine(other, "CAM-1", reason="melihat rumah", by=OPERATOR, at=NOW)
        order.exchange(session, other)
        for store in (session, other):
            seen = cameras.lifecycles(store)["CAM-1"]
            assert (seen.standing, seen.withheld) == (Standing.SUSPENDED, TileState.QUARANTINED)
            assert conflicts.unsettled(store) == ()


def test_a_quarantine_of_a_camera_that_has_not_come_yet_holds_once_it_comes(
    session: Session, another_store: OpenStore
) -> None:
    order = Order()
    take_in(session, GENDENGAN, by=ACCOUNT_OF_THE_SYSTEM)
    cameras.quarantine(session, "CAM-1", reason="melihat rumah", by=OPERATOR, at=NOW)
    with another_store() as other:
        order.exchange(session, other)
        assert every(other) == ()
        vouch(session)
        order.exchange(session, other)
        assert [one.id for one in every(other)] == ["CAM-1"]
        assert cameras.lifecycles(other)["CAM-1"].withheld is TileState.QUARANTINED


def test_two_workstations_that_took_in_the_same_list_before_do_not_disagree(
    session: Session, another_store: OpenStore
) -> None:
    with another_store() as other:
        for store, listed in ((session, (GENDENGAN, PASAR)), (other, (PASAR, GENDENGAN))):
            take_in(store, *listed, by=ACCOUNT_OF_THE_SYSTEM)
            vouch(store)
        order = Order()
        order.exchange(session, other)
        assert every(session) == every(other) == (replace(GENDENGAN, number=1), replace(PASAR, number=2))
        assert conflicts.unsettled(session) == conflicts.unsettled(other) == ()
        vouch(session)
        assert operations.pending(session, 10) == operations.pending(other, 10) == ()


def test_two_workstations_that_know_a_camera_differently_show_both_values(
    session: Session, another_store: OpenStore
) -> None:
    with another_store() as other:
        take_in(session, GENDENGAN)
        take_in(other, replace(GENDENGAN, name="Gendengan Timur"))
        Order().exchange(session, other)
        assert every(session) == every(other)
        (conflict,) = conflicts.unsettled(session)
        assert (conflict.field, conflict.kept.value, conflict.other.value) == ("name", "Gendengan Timur", "Gendengan")


def test_what_an_account_of_the_system_has_taken_in_waits_for_an_officer_who_may(session: Session) -> None:
    take_in(session, GENDENGAN, PASAR, by=ACCOUNT_OF_THE_SYSTEM)
    assert operations.pending(session, 10) == ()
    vouch(session, OPERATOR)
    assert operations.pending(session, 10) == ()
    vouch(session, ADMIN, limit=1)
    assert [(one.actor, one.entity, one.entity_id) for one in operations.pending(session, 10)] == [
        (ADMIN.nrp, Entity.CAMERA, "CAM-1"),
        (ADMIN.nrp, Entity.CAMERA, "CAM-2"),
    ]
    rows = [row for row in custody.every(session) if row.action is CustodyAction.VOUCHED]
    assert [(row.actor, row.facts) for row in rows] == [(ADMIN.nrp, {"entities": 1})] * 2
    assert operations.vouch(session, ADMIN, at=NOW, limit=10) is None


def test_what_waits_for_an_officer_stays_in_view_over_what_comes(session: Session, another_store: OpenStore) -> None:
    moved = replace(GENDENGAN, url="rtsp://10.0.0.9/1")
    take_in(session, moved, by=ACCOUNT_OF_THE_SYSTEM)
    with another_store() as other:
        take_in(other, replace(GENDENGAN, rw="005"))
        order = Order()
        order.exchange(session, other)
        assert cameras.get(session, "CAM-1") == replace(moved, rw="005", number=1)
        vouch(session)
        order.exchange(session, other)
        assert cameras.get(other, "CAM-1") == replace(moved, rw="005", number=1)
        assert [one.field for one in conflicts.unsettled(other)] == ["url"]


def test_an_officer_who_edits_what_waits_says_all_of_it(session: Session) -> None:
    take_in(session, GENDENGAN, by=ACCOUNT_OF_THE_SYSTEM)
    take_in(session, replace(GENDENGAN, rw="005"))
    (made,) = operations.pending(session, 10)
    assert made.fields == {"id": "CAM-1", "name": "Gendengan", "url": "rtsp://10.0.0.1/1", "rw": "005", "number": 1}
    assert unsaid.of(session, Entity.CAMERA, ["CAM-1"]) == {}


def test_an_operator_may_quarantine_what_somebody_else_has_put_out_of_use_unsaid(session: Session) -> None:
    officers.put(session, OPERATOR, verifier="", origin=Origin.LOCAL, at=NOW)
    take_in(session, GENDENGAN)
    cameras.put_standing(session, "CAM-1", Standing.ENDED, reason="izin", by=ACCOUNT_OF_THE_SYSTEM, at=NOW)
    cameras.quarantine(session, "CAM-1", reason="melihat rumah", by=OPERATOR, at=NOW)
    made = operations.pending(session, 10)[-1]
    assert (made.actor, set(made.fields)) == (OPERATOR.nrp, {"id", "quarantine"})
    assert set(unsaid.of(session, Entity.CAMERA_STANDING, ["CAM-1"])["CAM-1"].fields) == {"standing", "changed"}
    vouch(session)
    assert set(operations.pending(session, 10)[-1].fields) == {"standing", "changed"}


@pytest.mark.parametrize("url", ["rtsp://admin:rahasia@10.0.0.1/1", "http://10.0.0.1/live?password=rahasia"])
def test_no_secret_of_an_address_is_ever_said(session: Session, url: str) -> None:
    with pytest.raises(DomainError) as refused:
        operations.change(session, replace(GENDENGAN, url=url, number=1), actor=ADMIN.nrp, at=NOW)
    assert (refused.value.code, refused.value.detail) == (DomainCode.FIELD_INVALID, "url")
    take_in(session, GENDENGAN, by=ACCOUNT_OF_THE_SYSTEM)
    session.execute(text("UPDATE cameras SET url = :url"), {"url": url})
    session.execute(text("UPDATE unsaid_changes SET fields = NULL"))
    vouch(session)
    assert operations.pending(session, 10) == ()


def test_cameras_of_an_earlier_version_wait_for_an_officer_with_what_was_decided_about_them() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        schema.migrate(connection, target="0012")
        connection.execute(
            text(
                "INSERT INTO cameras (id, number, name, url, record, standing, standing_reason, standing_by,"
                " standing_at, quarantine_reason, quarantined_by, quarantined_at) VALUES"
                " ('CAM-1', 4, 'Gendengan', 'rtsp://10.0.0.1/1', 'sub', 'ditangguhkan', 'perawatan', '80010001',"
                " '2025-03-28 07:03:00.000000', 'melihat rumah', '80010002', '2025-03-28 07:03:00.000000'),"
                " ('CAM-2', 5, 'Pasar Gede', 'rtsp://10.0.0.2/1', 'sub', 'aktif', NULL, NULL, NULL, NULL, NULL, NULL)"
            )
        )
        schema.migrate(connection)
    with Session(engine) as session:
        operations.renew_device(session, at=NOW)
        assert every(session) == (replace(GENDENGAN, number=4), replace(PASAR, number=5))
        decided = cameras.lifecycles(session)
        assert decided["CAM-1"].changed == Decision("perawatan", "80010001", NOW)
        assert decided["CAM-1"].quarantine == Decision("melihat rumah", "80010002", NOW)
        vouch(session)
        said = {(one.entity, one.entity_id) for one in operations.pending(session, 10)}
        assert said == {(Entity.CAMERA, "CAM-1"), (Entity.CAMERA, "CAM-2"), (Entity.CAMERA_STANDING, "CAM-1")}
    engine.dispose()
