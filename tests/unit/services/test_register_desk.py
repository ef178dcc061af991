"""The register of cameras for the screen: rights are asked first, work is done in a thread, and then told."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pytest

from tests.services_stage import camera
from tests.unit.services.test_camera_register import (
    ADMIN,
    OPERATOR,
    MemoryVault,
    a_list,
    kept_with_a_secret,
    register_with,
)
from tmcwall.db import cameras as camera_rows
from tmcwall.domain.camera import Standing
from tmcwall.domain.fault import DomainCode
from tmcwall.domain.region import Kelurahan, Regions
from tmcwall.services.camera_register import CameraRegister, StreamTest
from tmcwall.services.register_desk import RegisterDesk

LAWEYAN = Kelurahan("33.72.01.1002", "Laweyan", "Laweyan", "Surakarta")


class SlowTests:
    """A register whose tests end when they are stopped."""

    def __init__(self, register) -> None:
        self.register = register
        self.asked: Sequence[str] = ()

    def __getattr__(self, name: str):
        return getattr(self.register, name)

    def test(self, camera_ids, *, on_tested, stop: threading.Event) -> None:
        self.asked = camera_ids
        on_tested([StreamTest(camera_ids[0], "main")])
        assert stop.wait(60)


@pytest.fixture
def desk(store, duty, clock, qtbot):
    store.do(lambda session: camera_rows.put(session, [camera("CAM-1"), camera("CAM-2")]))
    duty.officer = ADMIN
    register = cast("CameraRegister", SlowTests(register_with(store, MemoryVault(), clock)))
    desk = RegisterDesk(register, store=store, duty=duty, regions=Regions([LAWEYAN]))
    with qtbot.waitSignal(desk.rows_changed):
        desk.refresh()
    yield desk
    desk.stop()


def standings(desk: RegisterDesk) -> list[Standing]:
    return [row.entry.lifecycle.standing for row in desk.rows]


def test_a_register_that_was_empty_when_somebody_looked_shows_what_a_command_brought_in(store, duty, clock, qtbot):
    desk = RegisterDesk(register_with(store, MemoryVault(), clock), store=store, duty=duty, regions=Regions([LAWEYAN]))
    with qtbot.waitSignal(desk.rows_changed):
        desk.refresh()
    store.do(lambda session: camera_rows.put(session, [camera("CAM-1")]))
    with qtbot.waitSignal(desk.rows_changed):
        desk.changed.emit()
    assert len(desk.rows) == 1
    desk.stop()


def test_at_the_start_secrets_in_addresses_move_into_the_vault(desk, store, qtbot):
    kept_with_a_secret(store)
    with qtbot.waitSignals([desk.changed, desk.rows_changed]):
        desk.start()
    assert {row.entry.camera.url for row in desk.rows} == {"rtsp://10.0.0.1/user=a_password={secret}_channel=1"}


def test_a_list_is_looked_at_and_then_taken_in(desk, qtbot, tmp_path):
    file = a_list(tmp_path, "CAM-9,Baru,rtsp://10.0.0.9/x,3")
    with qtbot.waitSignal(desk.looked_at) as looked:
        desk.look_at(file)
    assert looked.args[1].added == 1
    assert len(desk.rows) == 2
    with qtbot.waitSignals([desk.imported, desk.changed, desk.rows_changed]):
        desk.import_list(file)
    assert [row.entry.camera.id for row in desk.rows] == ["CAM-1", "CAM-2", "CAM-9"]
    assert "rw003" in desk.rows[2].words


def test_an_edit_is_told_and_read_again(desk, qtbot):
    with qtbot.waitSignals([desk.edited, desk.rows_changed]):
        desk.edit(["CAM-1"], {"name": "Gendengan"})
    assert desk.rows[0].entry.camera.name == "Gendengan"


def test_what_puts_cameras_out_of_use_can_be_undone_to_what_each_was(desk, qtbot):
    with qtbot.waitSignal(desk.rows_changed):
        desk.put_standing(["CAM-1"], Standing.SUSPENDED, reason="listrik padam")
    changes = []
    desk.standing_changed.connect(changes.append)
    with qtbot.waitSignal(desk.rows_changed):
        desk.put_standing(["CAM-1", "CAM-2"], Standing.REMOVED, reason="dibongkar")
    assert standings(desk) == [Standing.REMOVED, Standing.REMOVED]
    with qtbot.waitSignal(desk.rows_changed):
        desk.undo(changes[0], reason="salah pilih")
    assert standings(desk) == [Standing.SUSPENDED, Standing.ACTIVE]


@pytest.mark.parametrize(
    "ask",
    [
        lambda desk: desk.edit(["CAM-1"], {"rw": "3"}),
        lambda desk: desk.put_standing(["CAM-1"], Standing.ENDED, reason="izin dicabut"),
    ],
)
def test_who_may_not_is_refused_and_nothing_changes(desk, duty, qtbot, ask):
    duty.officer = OPERATOR
    with qtbot.waitSignal(desk.refused) as refused:
        ask(desk)
    assert refused.args[0].code is DomainCode.NOT_ALLOWED
    assert not desk.busy


def test_a_test_of_many_tells_its_progress_and_ends_when_it_is_cancelled(desk, qtbot):
    told = []
    desk.tested.connect(told.append)
    with qtbot.waitSignal(desk.rows_changed):
        desk.put_standing(["CAM-1"], Standing.ENDED, reason="izin dicabut")
    desk.test(["CAM-1", "CAM-2"])
    qtbot.waitUntil(lambda: len(told) == 2)
    assert [(progress.done, progress.total) for progress in told] == [(0, 1), (1, 1)]
    assert desk._register.asked == ("CAM-2",)
    with qtbot.waitSignal(desk.test_ended):
        desk.cancel_test()
    assert not desk.testing


def test_where_no_login_may_be_used_no_camera_is_tested(desk, qtbot):
    with qtbot.waitSignal(desk.rows_changed):
        desk.put_standing(["CAM-1"], Standing.ENDED, reason="izin dicabut")
    with qtbot.waitSignal(desk.refused) as refused:
        desk.test(["CAM-1"])
    assert refused.args[0].code is DomainCode.CAMERA_OUT_OF_USE


def test_an_export_says_how_many_cameras_it_holds(desk, qtbot, tmp_path):
    with qtbot.waitSignal(desk.exported) as exported:
        desk.export(tmp_path / "keluar.csv", ["CAM-2"])
    assert exported.args[1] == 1


def test_the_register_lists_a_camera_of_another_unit_only_to_whoever_looks_after_it(desk, store, duty, qtbot):
    with qtbot.waitSignal(desk.rows_changed):
        store.do(lambda session: camera_rows.put(session, [replace(camera("CAM-3"), unit="Polsek Laweyan")]))
        desk.changed.emit()
    assert len(desk.rows) == 3
    duty.officer = OPERATOR
    assert [row.entry.camera.id for row in desk.rows] == ["CAM-1", "CAM-2"]
    duty.officer = replace(OPERATOR, units=("Polsek Laweyan",))
    assert len(desk.rows) == 3
