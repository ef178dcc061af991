"""The register of cameras: lists, edits and removal, each with its right, its logins and its row of custody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, update

from tests.clocks import NOON
from tests.services_stage import camera
from tmcwall.cameras.list_reader import RowReason
from tmcwall.cameras.logins import CameraLogins, Login
from tmcwall.db import cameras as camera_rows
from tmcwall.db import custody, tables
from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Owner, Standing
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.services.camera_register import Asking, CameraRegister, account_of_the_system

ADMIN = Officer("11112222", "Rini", Role.ADMIN)
OPERATOR = Officer("33334444", "Budi", Role.OPERATOR)


class MemoryVault:
    def __init__(self) -> None:
        self.kept: dict[str, CameraLogins] = {}

    def opened(self) -> MemoryVault | None:
        return self

    def can_be_locked(self) -> bool:
        return self.opened() is not None

    def all(self) -> dict[str, CameraLogins]:
        return dict(self.kept)

    def put(self, logins: dict[str, CameraLogins]) -> None:
        self.kept |= logins

    def remove(self, camera_ids: set[str]) -> None:
        self.kept = {key: kept for key, kept in self.kept.items() if key not in camera_ids}


class NoVault(MemoryVault):
    def opened(self) -> None:
        return None


@pytest.fixture
def vault() -> MemoryVault:
    return MemoryVault()


def register_with(store, vault, clock) -> CameraRegister:
    asking = Asking(rule=AddressRule.anywhere(), fingerprints={})
    return CameraRegister(store=store, vault=vault, asking=asking, clock=clock)


@pytest.fixture
def register(store, vault, clock) -> CameraRegister:
    store.do(lambda session: camera_rows.put(session, [camera("CAM-1"), camera("CAM-2")]))
    return register_with(store, vault, clock)


def standings(register: CameraRegister) -> dict[str, Standing]:
    return {entry.camera.id: entry.lifecycle.standing for entry in register.entries()}


def actions(store, about: str) -> list[CustodyAction]:
    return [row.action for row in store.do(lambda session: custody.about(session, about))]


def take_all_again(store, register: CameraRegister) -> None:
    cameras = [entry.camera for entry in register.entries()]
    store.do(partial(camera_rows.take_list, cameras=cameras, name="kamera.csv", by=ADMIN, at=NOON))


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """What was said to any database since the list was cleared."""
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield said
    event.remove(Engine, "before_cursor_execute", note)


def a_list(folder: Path, *rows: str) -> Path:
    file = folder / "kamera.csv"
    file.write_text("\n".join(["id,name,url,rw", *rows]), "utf-8")
    return file


def test_an_edit_of_many_changes_only_the_given_fields_and_is_in_custody_with_both_values(register, store):
    report = register.edit(["CAM-1", "CAM-2"], {"owner": "polri"}, by=ADMIN)
    assert (report.changed, report.unchanged) == (2, 0)
    assert {entry.camera.owner for entry in register.entries()} == {Owner.POLRI}
    (row,) = store.do(lambda session: custody.about(session, "camera/CAM-1"))
    assert (row.action, row.actor) == (CustodyAction.CAMERA_EDITED, ADMIN.nrp)
    assert row.facts["changes"][0]["after"] == "polri"


def test_an_edit_that_is_wrong_for_one_camera_changes_none(register):
    before = register.entries()
    report = register.edit(["CAM-1", "CAM-2"], {"lat": "91"}, by=ADMIN)
    assert (report.camera, report.problem.reason) == ("CAM-1", RowReason.OUT_OF_RANGE)
    assert register.entries() == before


@pytest.mark.parametrize("change", ["edit", "retire"])
def test_who_tags_meanwhile_waits_for_few_cameras_of_many(register, store, monkeypatch, change):
    ids = [f"KAM-{number}" for number in range(120)]
    store.do(lambda session: camera_rows.put(session, map(camera, ids)))
    transactions = []
    write = store.write

    def counted(unit):
        transactions.append(unit)
        return write(unit)

    monkeypatch.setattr(store, "write", counted)
    if change == "edit":
        register.edit(ids, {"owner": "polri"}, by=ADMIN)
    else:
        register.put_standing(ids, Standing.ENDED, reason="izin dicabut", by=ADMIN)
    assert len(transactions) == 3
    assert len(store.do(lambda session: list(custody.every(session)))) == 120


def test_many_cameras_cost_some_statements_a_transaction_and_not_some_a_camera(register, store, statements):
    ids = [f"KAM-{number}" for number in range(50)]
    store.do(lambda session: camera_rows.put(session, map(camera, ids)))
    for change in (
        lambda: register.edit(ids, {"owner": "polri"}, by=ADMIN),
        lambda: register.put_standing(ids, Standing.REMOVED, reason="dibongkar", by=ADMIN),
        lambda: take_all_again(store, register),
    ):
        statements.clear()
        change()
        assert len(statements) < len(ids) / 2
    assert store.do(custody.verify) is None
    assert actions(store, "camera/KAM-39") == [
        CustodyAction.CAMERA_EDITED, CustodyAction.STANDING_CHANGED, CustodyAction.STANDING_CHANGED,
    ]  # fmt: skip


def test_a_camera_that_there_is_none_of_keeps_the_others_from_being_retired(register):
    before = register.entries()
    with pytest.raises(DomainError):
        register.put_standing(["CAM-1", "CAM-9"], Standing.ENDED, reason="izin dicabut", by=ADMIN)
    assert register.entries() == before


def test_the_login_of_an_edited_address_goes_to_the_vault_beside_the_one_that_is_kept(register, vault):
    sub = Login("10.0.0.1", "kanal", "dua")
    vault.kept["CAM-1"] = CameraLogins(sub=sub)
    register.edit(["CAM-1"], {"url": "rtsp://petugas:rahasia@10.0.0.9/x"}, by=ADMIN)
    assert vault.kept["CAM-1"] == CameraLogins(Login("10.0.0.9", "petugas", "rahasia"), sub)


def kept_with_a_secret(store) -> None:
    """As an earlier version kept an address."""
    changed = {"url": "rtsp://10.0.0.1/user=a_password=rahasia_channel=1"}
    store.do(lambda session: session.execute(update(tables.cameras).values(changed)))


def test_secrets_that_an_earlier_version_left_in_addresses_move_into_the_vault(register, store, vault):
    kept_with_a_secret(store)
    vault.kept["CAM-1"] = CameraLogins(Login("10.0.0.1", "petugas", "sandi"))
    assert (register.hide_secrets(), register.hide_secrets()) == (2, 0)
    assert {entry.camera.url for entry in register.entries()} == {"rtsp://10.0.0.1/user=a_password={secret}_channel=1"}
    assert vault.kept == {
        "CAM-1": CameraLogins(Login("10.0.0.1", "petugas", "sandi", ("rahasia",))),
        "CAM-2": CameraLogins(Login("10.0.0.1", "", "", ("rahasia",))),
    }


def test_secrets_in_addresses_stay_where_there_is_no_vault(register, store, clock):
    kept_with_a_secret(store)
    assert register_with(store, NoVault(), clock).hide_secrets() == 0
    assert "rahasia" in register.entries()[0].camera.url


def test_an_import_moves_them_too_and_an_edit_tells_custody_nothing_of_them(register, store, vault, tmp_path):
    kept_with_a_secret(store)
    register.edit(["CAM-1"], {"name": "Simpang"}, by=ADMIN)
    file = tmp_path / "kamera.csv"
    file.write_text("id,url\nCAM-9,rtsp://10.0.0.9/a\n")
    register.import_list(file, by=ADMIN)
    assert vault.kept.keys() == {"CAM-1", "CAM-2"}
    assert not any("rahasia" in entry.camera.url for entry in register.entries())
    assert "rahasia" not in repr(store.do(lambda session: list(custody.every(session))))


def test_an_address_with_a_login_is_refused_where_there_is_no_vault(register, store, clock):
    bare = register_with(store, NoVault(), clock)
    report = bare.edit(["CAM-1"], {"url": "rtsp://petugas:rahasia@10.0.0.9/x"}, by=ADMIN)
    assert report.problem.reason is RowReason.NO_VAULT


@pytest.mark.parametrize("cells", [{}, {"id": "x"}, {"tinggi": "3"}])
def test_a_field_that_no_list_has_is_refused_by_name(register, cells):
    with pytest.raises(DomainError) as refused:
        register.edit(["CAM-1"], cells, by=ADMIN)
    assert refused.value.code is DomainCode.CAMERA_FIELD


def test_who_may_not_import_may_not_edit_either(register):
    with pytest.raises(DomainError) as refused:
        register.edit(["CAM-1"], {"rw": "3"}, by=OPERATOR)
    assert refused.value.code is DomainCode.NOT_ALLOWED


def test_a_removed_camera_keeps_its_number_and_custody_and_loses_its_login(register, store, vault):
    vault.kept["CAM-1"] = CameraLogins(Login("10.0.0.1", "petugas", "rahasia"))
    register.remove(["CAM-1"], reason="dibongkar", by=ADMIN)
    assert standings(register)["CAM-1"] is Standing.REMOVED
    assert vault.kept == {}
    assert [one.id for one in store.do(camera_rows.all_cameras)] == ["CAM-2"]
    assert actions(store, "camera/CAM-1") == [CustodyAction.STANDING_CHANGED]
    store.do(lambda session: camera_rows.put(session, [camera("CAM-3")]))
    assert [entry.camera.number for entry in register.entries()] == [1, 2, 3]


def test_a_list_that_names_a_removed_camera_says_so_in_its_dry_run_and_then_brings_it_back(register, store, tmp_path):
    register.remove(["CAM-1"], reason="dibongkar", by=ADMIN)
    file = a_list(tmp_path, "CAM-1,Gendengan,rtsp://10.0.0.1/x,")
    assert register.import_list(file, by=ADMIN, dry_run=True).returned == 1
    assert standings(register)["CAM-1"] is Standing.REMOVED
    report = register.import_list(file, by=ADMIN)
    assert (report.returned, report.added, report.changed) == (1, 0, 0)
    assert standings(register)["CAM-1"] is Standing.ACTIVE
    assert actions(store, "camera/CAM-1") == [CustodyAction.STANDING_CHANGED] * 2


def test_a_list_leaves_a_retired_camera_out_of_use(register, tmp_path):
    register.put_standing(["CAM-1"], Standing.ENDED, reason="izin dicabut", by=ADMIN)
    register.import_list(a_list(tmp_path, "CAM-1,Baru,rtsp://10.0.0.1/x,"), by=ADMIN)
    assert standings(register)["CAM-1"] is Standing.ENDED


def test_an_import_is_one_row_of_custody_with_its_counts(register, store, tmp_path):
    register.import_list(a_list(tmp_path, "CAM-9,Baru,rtsp://10.0.0.9/x,"), by=ADMIN)
    (row,) = store.do(lambda session: custody.about(session, "cameras"))
    assert row.facts == {"list": "kamera.csv", "added": 1, "changed": 0, "returned": 0}


def test_who_may_not_import_may_still_look_what_a_list_would_do(register, tmp_path):
    file = a_list(tmp_path, "CAM-9,Baru,rtsp://10.0.0.9/x,")
    assert register.import_list(file, by=OPERATOR, dry_run=True).added == 1
    with pytest.raises(DomainError) as refused:
        register.import_list(file, by=OPERATOR)
    assert refused.value.code is DomainCode.NOT_ALLOWED


@pytest.mark.parametrize("standing", [Standing.ENDED, Standing.REMOVED])
def test_the_login_of_a_camera_that_is_out_of_use_is_not_used_for_a_test(register, standing):
    register.put_standing(["CAM-1"], standing, reason="izin dicabut", by=ADMIN)
    with pytest.raises(DomainError) as refused:
        register.test(["CAM-1"], on_tested=lambda _streams: None, stop=threading.Event())
    assert refused.value.code is DomainCode.CAMERA_OUT_OF_USE


def test_an_exported_list_holds_neither_removed_cameras_nor_logins(register, vault, tmp_path):
    vault.kept["CAM-2"] = CameraLogins(Login("10.0.0.1", "petugas", "rahasia"))
    register.remove(["CAM-1"], reason="dibongkar", by=ADMIN)
    file = tmp_path / "keluar.csv"
    assert register.export(file) == 1
    content = file.read_text("utf-8-sig")
    assert "CAM-2" in content
    assert "CAM-1" not in content
    assert "rahasia" not in content


def test_the_account_of_the_system_is_named_as_such_in_custody():
    assert account_of_the_system().nrp.startswith("os:")
