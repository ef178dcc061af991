"""A workstation moves to a new machine, whose system keyring is another one."""

import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx2
import pytest

from tests.exchange import NRP, PASSWORD, ServerProcess, server_process
from tests.planted import CAMERA_PASSWORD
from tests.synchronised_workstation import Workstation, bookmarks_at
from tests.waiting import PATIENCE_S
from tmcwall.cameras.keystore import system_keyring
from tmcwall.commands.camera import run_import as import_list
from tmcwall.commands.camera import run_test
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_users import user_add
from tmcwall.commands.workstation import run_export, run_import
from tmcwall.db import conflicts as conflict_rows
from tmcwall.db import custody, operations, schema
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.officer import Role
from tmcwall.paths import Paths
from tmcwall.sync.protocol import API
from tmcwall.texts import Language, Translator
from tmcwall.transfer import sealed_stream
from tmcwall.transfer.importing import import_workstation
from tmcwall.transfer.package import PackageWriter
from tmcwall.workstation import open_workstation

pytest_plugins = ["tests.cameras"]

ENGLISH = Translator(Language.EN)
PASSPHRASE = "kereta senja ke timur"
USERNAME = "petugas"
CLIP = b"isi klip" * 1000
CLIP_PATH = "2025/03/20250328-140000_klip-1.mp4"


class MemoryKeyring:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def new_machine(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it to be on a machine whose keyring is empty."""

    def change() -> None:
        backend = type("Keyring", (MemoryKeyring,), {"__module__": "keyring.backends.SecretService"})()
        monkeypatch.setattr("tmcwall.cameras.vault.system_keyring", lambda: system_keyring([backend]))

    change()
    return change


@pytest.fixture(autouse=True)
def cheap_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_stream, "_SCRYPT", {"n": 2, "r": 1, "p": 1})


@pytest.fixture
def old(tmp_path: Path, new_machine: Callable[[], None]) -> Path:
    """The data of a workstation with a camera, a tag, and a clip that no server has."""
    folder = tmp_path / "lama"
    listed = tmp_path / "daftar.csv"
    listed.write_text(f"id,url\nCAM-1,rtsp://{USERNAME}:{CAMERA_PASSWORD}@10.0.0.1/a\n")
    assert import_list(listed, data_dir=folder, dry_run=False, translate=ENGLISH) == 0
    with open_workstation(folder, clock=SystemClock()) as workstation:
        now = workstation.clock.utc()
        made = Bookmark("tanda-1", "CAM-1", "Gendengan", now, now + timedelta(seconds=20), now, NRP)
        clip = Clip(
            "klip-1", "tanda-1", ClipState.READY, CLIP_PATH, sha256=hashlib.sha256(CLIP).hexdigest(),
            size_bytes=len(CLIP),
        )  # fmt: skip
        for value in (made, clip):
            workstation.store.write(partial(operations.change, value=value, actor=NRP, at=now)).result()
        path = workstation.paths.clips / CLIP_PATH
        path.parent.mkdir(parents=True)
        path.write_bytes(CLIP)
    return folder


@pytest.fixture
def export(old: Path, tmp_path: Path) -> Path:
    file = tmp_path / "pindah.tmcwall"
    assert exported(old, file) == 0
    return file


def exported(data: Path, file: Path, passphrase: str = PASSPHRASE) -> int:
    return run_export(file, data_dir=data, passphrase=lambda: passphrase, translate=ENGLISH)


def imported(file: Path, data: Path, passphrase: str = PASSPHRASE) -> int:
    return run_import(file, data_dir=data, passphrase=lambda: passphrase, translate=ENGLISH)


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_cameras_logins_tags_clips_settings_and_custody_come_along(
    old: Path, export: Path, tmp_path: Path, new_machine: Callable[[], None], capfd: pytest.CaptureFixture[str]
) -> None:
    new_machine()
    new = tmp_path / "baru"
    capfd.readouterr()
    assert imported(export, new) == 0
    assert "1 cameras, 1 cameras with a login, 2 changes" in capfd.readouterr().out
    assert (new / "clips" / CLIP_PATH).read_bytes() == CLIP
    assert (new / "settings.toml").read_bytes() == (old / "settings.toml").read_bytes()
    with open_workstation(new, clock=SystemClock()) as workstation:
        login = workstation.vault.all()["CAM-1"].main
        store = workstation.store
        assert login is not None
        assert (login.username, login.password) == (USERNAME, CAMERA_PASSWORD)
        assert store.read(operations.pending_count).result() == 2
        assert store.read(custody.verify).result() is None
        about = store.read(partial(custody.about, object_name="store")).result()
        device = store.read(operations.device).result()
    assert [row.action for row in about] == [CustodyAction.WORKSTATION_EXPORTED, CustodyAction.WORKSTATION_IMPORTED]
    with open_workstation(old, clock=SystemClock()) as workstation:
        assert about[-1].facts == {"moved_from": workstation.store.read(operations.device).result(), "device": device}


def test_letters_and_the_units_templates_come_along_and_overwrite_nothing(
    old: Path, tmp_path: Path, new_machine: Callable[[], None]
) -> None:
    papers = {"letters/2025/sp2hp-0001.docx": b"surat", "letter-templates/sp2hp.docx": b"templat"}
    for path, content in papers.items():
        (old / path).parent.mkdir(parents=True)
        (old / path).write_bytes(content)
    (old / "letters" / "2025" / ".sp2hp-0002.docx").write_bytes(b"half")
    export = tmp_path / "pindah.tmcwall"
    assert exported(old, export) == 0
    new_machine()
    taken = tmp_path / "terisi"
    (taken / "letters" / "2025").mkdir(parents=True)
    with pytest.raises(DomainError) as refused:
        imported(export, taken)
    assert refused.value.code is DomainCode.WORKSTATION_IN_PLACE
    new = tmp_path / "baru"
    assert imported(export, new) == 0
    found = [path for path in files_in(new) if path.startswith("letter")]
    assert {path: (new / path).read_bytes() for path in found} == papers


def test_the_export_is_for_its_owner_and_shows_nothing(export: Path) -> None:
    content = export.read_bytes()
    assert export.stat().st_mode & 0o777 == 0o600
    for word in (b"CAM-1", b"Gendengan", b"SQLite", b"server_url", CAMERA_PASSWORD.encode(), b"isi klip"):
        assert word not in content


def test_nothing_unsealed_stays_behind_on_the_old_machine(old: Path, export: Path) -> None:
    assert not (old / "exporting").exists()


def test_what_a_killed_export_has_left_goes_with_the_next(old: Path, tmp_path: Path) -> None:
    (old / "exporting").mkdir()
    (old / "exporting" / "store.sqlite").write_bytes(b"sisa")
    assert exported(old, tmp_path / "pindah") == 0
    assert not (old / "exporting").exists()


def test_a_disk_that_is_full_leaves_no_half_export(old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(PackageWriter, "write_file", full)
    with pytest.raises(Fault) as caught:
        exported(old, tmp_path / "pindah")
    assert caught.value.code is FaultCode.DISK_FULL
    assert not (tmp_path / "pindah").exists()
    assert not (old / "exporting").exists()


def test_a_workstation_whose_program_runs_is_not_exported(old: Path, tmp_path: Path) -> None:
    with open_workstation(old, clock=SystemClock()), pytest.raises(Fault) as caught:
        exported(old, tmp_path / "pindah")
    assert caught.value.code is FaultCode.ALREADY_RUNNING


def test_everything_imported_is_for_its_owner(export: Path, tmp_path: Path) -> None:
    new = tmp_path / "baru"
    assert imported(export, new) == 0
    ours = [path for path in new.rglob("*") if path.name != "tmcwall.db.lock" and "state" not in path.parts]
    assert {path.name for path in ours if path.stat().st_mode & 0o077} == set()


def test_two_machines_from_one_export_have_two_identities(export: Path, tmp_path: Path) -> None:
    devices = set()
    for name in ("satu", "dua"):
        assert imported(export, tmp_path / name) == 0
        with open_workstation(tmp_path / name, clock=SystemClock()) as workstation:
            devices.add(workstation.store.read(operations.device).result())
    assert len(devices) == 2


def test_an_export_overwrites_nothing_and_needs_a_passphrase_worth_the_name(old: Path, export: Path) -> None:
    before = export.read_bytes()
    with pytest.raises(DomainError) as caught:
        exported(old, export)
    assert caught.value.code is DomainCode.OUTPUT_EXISTS
    assert export.read_bytes() == before
    with pytest.raises(DomainError) as caught:
        exported(old, export.with_name("lain"), passphrase="pendek")
    assert caught.value.code is DomainCode.PASSPHRASE_SHORT
    assert not export.with_name("lain").exists()


def test_a_clip_whose_file_is_gone_is_named_and_the_rest_is_exported(
    old: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (old / "clips" / CLIP_PATH).unlink()
    assert exported(old, tmp_path / "pindah") == 0
    assert CLIP_PATH in capfd.readouterr().err
    assert imported(tmp_path / "pindah", tmp_path / "baru") == 0


def refused(file: Path, data: Path, passphrase: str = PASSPHRASE) -> DomainCode | FaultCode:
    """The reason; nothing may be left of the attempt."""
    before = files_in(data) if data.exists() else []
    with pytest.raises((DomainError, Fault)) as caught:
        imported(file, data, passphrase)
    assert (files_in(data) if data.exists() else []) == before
    assert isinstance(caught.value, DomainError | Fault)
    return caught.value.code


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.99])
def test_an_export_that_was_cut_short_leaves_nothing(export: Path, tmp_path: Path, share: float) -> None:
    content = export.read_bytes()
    export.write_bytes(content[: int(len(content) * share)])
    assert refused(export, tmp_path / "baru") is DomainCode.EXPORT_DAMAGED


def test_the_wrong_passphrase_and_a_file_that_is_not_there_leave_nothing(export: Path, tmp_path: Path) -> None:
    assert refused(export, tmp_path / "baru", "bukan frasa sandinya") is DomainCode.EXPORT_PASSPHRASE
    assert refused(tmp_path / "tiada", tmp_path / "baru") is DomainCode.INPUT_UNREADABLE


def test_a_machine_that_has_a_workstation_or_runs_one_is_left_alone(old: Path, export: Path, tmp_path: Path) -> None:
    assert refused(export, old) is DomainCode.WORKSTATION_IN_PLACE
    with open_workstation(old, clock=SystemClock()), pytest.raises(Fault) as caught:
        import_workstation(Paths.under(old), export, PASSPHRASE, clock=SystemClock())
    assert caught.value.code is FaultCode.ALREADY_RUNNING
    only_clips = tmp_path / "klip-saja"
    (only_clips / "clips").mkdir(parents=True)
    (only_clips / "clips" / "a.mp4").write_bytes(b"")
    assert refused(export, only_clips) is DomainCode.WORKSTATION_IN_PLACE


def test_an_export_of_a_newer_version_leaves_nothing(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def newer(_connection: object) -> bool:
        raise Fault(FaultCode.STORE_NEWER, "revision 9999", retryable=False)

    monkeypatch.setattr(schema, "needs_migration", newer)
    assert refused(export, tmp_path / "baru") is FaultCode.STORE_NEWER


def test_a_machine_that_cannot_guard_the_logins_takes_nothing_over(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tmcwall.cameras.vault.system_keyring", lambda: None)
    assert refused(export, tmp_path / "baru") is FaultCode.VAULT_UNAVAILABLE


def test_a_key_file_that_the_environment_names_stands_in_the_settings_afterwards(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "kunci"
    key.write_bytes(os.urandom(48))
    key.chmod(0o600)
    with monkeypatch.context() as environment:
        environment.setenv("TMCWALL_VAULT_KEY_FILE", str(key))
        assert imported(export, tmp_path / "baru") == 0
    with open_workstation(tmp_path / "baru", clock=SystemClock()) as workstation:
        assert workstation.settings.vault_key_file == key
        assert set(workstation.vault.all()) == {"CAM-1"}


def test_too_little_room_is_said_before_anything_is_unpacked(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("tmcwall.transfer.importing.shutil.disk_usage", lambda _folder: usage)
    assert refused(export, tmp_path / "baru") is FaultCode.DISK_FULL


def test_what_a_killed_import_has_unpacked_goes_with_the_next(export: Path, tmp_path: Path) -> None:
    new = tmp_path / "baru"
    for folder in (new / "importing", new / "clips" / "importing"):
        folder.mkdir(parents=True)
        (folder / "sisa").write_bytes(b"x")
    assert imported(export, new) == 0
    assert [name for name in files_in(new) if "sisa" in name] == []


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    options = ServerOptions(data_dir=tmp_path / "server", port=0)
    user_add(options, NRP, role=Role.OPERATOR, password=PASSWORD, name="Siti Rahma", rank="Aipda")
    with server_process(options.data_dir) as process:
        yield process


def clips_at(server: ServerProcess) -> list[dict[str, object]]:
    session = server.sign_in(NRP, PASSWORD, device="reader")
    with httpx2.Client(headers={"Authorization": f"Bearer {session.token}"}) as client:
        pulled = client.get(f"{server.url}{API}/operations", params={"cursor": 0, "limit": 100}).json()
        return [one for one in pulled["operations"] if "klip-1" in json.dumps(one)]


def test_what_the_old_machine_had_not_sent_is_synchronised_once_from_the_new_one(
    export: Path, server: ServerProcess, tmp_path: Path
) -> None:
    new = tmp_path / "baru"
    assert imported(export, new) == 0
    workstation = Workstation(new)
    assert workstation.synchronise(server).fault is None
    assert workstation.synchronise(server).pending == 0
    assert bookmarks_at(server) == {"tanda-1"}
    assert len(clips_at(server)) == 1
    assert workstation.store.read(conflict_rows.unsettled).result(PATIENCE_S) == ()
    workstation.close()


def test_an_old_machine_that_goes_on_all_the_same_makes_no_conflict(
    old: Path, export: Path, server: ServerProcess, tmp_path: Path
) -> None:
    new = tmp_path / "baru"
    assert imported(export, new) == 0
    for folder in (new, old, new):
        workstation = Workstation(folder)
        assert workstation.synchronise(server).fault is None
        assert workstation.store.read(conflict_rows.unsettled).result(PATIENCE_S) == ()
        workstation.close()
    assert bookmarks_at(server) == {"tanda-1"}


def test_cameras_with_passwords_connect_from_the_new_machine(
    cameras, tmp_path: Path, new_machine: Callable[[], None], capfd: pytest.CaptureFixture[str]
) -> None:
    port = cameras("cam", password=True).port
    old, new = tmp_path / "lama", tmp_path / "baru"
    with open_workstation(old, clock=SystemClock()) as workstation:
        settings = workstation.paths.settings
    settings.write_text(settings.read_text("utf-8").replace("allow_loopback = false", "allow_loopback = true"), "utf-8")
    listed = tmp_path / "daftar.csv"
    listed.write_text(f"id,url\ncam,rtsp://{USERNAME}:{CAMERA_PASSWORD}@127.0.0.1:{port}/cam/sub\n")
    assert import_list(listed, data_dir=old, dry_run=False, translate=ENGLISH) == 0
    assert exported(old, tmp_path / "pindah") == 0
    new_machine()
    assert imported(tmp_path / "pindah", new) == 0
    assert run_test("cam", data_dir=new, translate=ENGLISH) == 0, capfd.readouterr().out
