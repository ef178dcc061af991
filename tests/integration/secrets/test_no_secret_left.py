"""A password that comes in with a camera list is found again in the vault only, sealed."""

import io
import logging
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import update

from tmcwall.cameras.importing import import_cameras
from tmcwall.cameras.list_reader import read_list
from tmcwall.cameras.vault import VaultOnDemand
from tmcwall.db import cameras as camera_rows
from tmcwall.db import tables
from tmcwall.db.store import Store
from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Camera
from tmcwall.domain.clock import SystemClock
from tmcwall.log import get_logger
from tmcwall.logbook import LogBook
from tmcwall.paths import Paths
from tmcwall.services.camera_register import Asking, CameraRegister
from tmcwall.services.sources import source_of
from tmcwall.settings import Settings
from tmcwall.settings_file import load_settings

from .canary import CANARY, URL_WITH_CANARY, USER, files_with

LIST = f"id,name,url\nCAM-1,Simpang,{URL_WITH_CANARY}\nCAM-2,Salah,{URL_WITH_CANARY.replace('10.20', '99999')}\n"
CITY = AddressRule.of(["10.0.0.0/8"])


class StoredCameras:
    def __init__(self, store: Store) -> None:
        self.store = store

    def cameras(self) -> Mapping[str, Camera]:
        return {camera.id: camera for camera in self.store.read(camera_rows.all_cameras).result()}

    def removed(self) -> set[str]:
        return set()

    def put(self, cameras: Sequence[Camera]) -> None:
        self.store.write(partial(camera_rows.put, cameras=cameras)).result()


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.under(tmp_path / "data")


@pytest.fixture
def settings(tmp_path: Path, paths: Paths) -> Settings:
    key = tmp_path / "kunci"
    key.write_bytes(bytes(range(64)))
    key.chmod(0o600)
    load_settings(paths)
    return Settings(vault_key_file=key)


@pytest.mark.parametrize(
    "content",
    [CANARY, quote(CANARY, safe=""), b64encode(f"{USER}:{CANARY}".encode()).decode(), f'{{"p": "{CANARY}"}}'],
)
def test_the_search_finds_the_password_in_each_spelling(tmp_path: Path, content: str) -> None:
    (tmp_path / "berkas").write_text(f"sebelum {content} sesudah")
    assert list(files_with(CANARY, tmp_path)) == [tmp_path / "berkas"]


def test_an_imported_password_is_in_no_file_in_clear(paths: Paths, settings: Settings) -> None:
    screen = io.StringIO()
    with LogBook(paths.logs, console=screen) as book:
        store = Store(paths.database, clock=SystemClock())
        vault = VaultOnDemand(settings, paths, learned=book.redaction.add)
        result = read_list(io.StringIO(LIST), rule=CITY)
        report = import_cameras(result, store=StoredCameras(store), vault=vault)
        get_logger("test").warning("imported", result=result, report=report, logins=vault.all(), list=LIST)
        logging.getLogger("library").error("cannot open %s", URL_WITH_CANARY)
        store.close()
    assert report.added == 1
    login = VaultOnDemand(settings, paths).all()["CAM-1"].main
    assert login is not None
    assert login.password == CANARY
    assert list(files_with(CANARY, paths.data)) == []
    assert CANARY not in screen.getvalue()
    assert CANARY not in repr(result)


def test_secrets_of_a_path_are_in_no_file_in_clear_nor_those_that_an_earlier_version_kept(
    paths: Paths, settings: Settings
) -> None:
    screen, early = io.StringIO(), f"rtsp://10.0.0.3/user=a_password={CANARY}_channel=1"
    listed = f"id,url\nCAM-1,http://10.0.0.1/a.m3u8?token={CANARY}\nCAM-2,rtsp://10.0.0.2/psw={CANARY}\n"
    with LogBook(paths.logs, console=screen) as book:
        store = Store(paths.database, clock=SystemClock())
        vault = VaultOnDemand(settings, paths, learned=book.redaction.add)
        cameras = StoredCameras(store)
        cameras.put([Camera("CAM-3", "Lama", "rtsp://10.0.0.3/")])
        store.write(lambda session: session.execute(update(tables.cameras).values({"url": early}))).result()
        asking = Asking(rule=CITY, fingerprints={})
        register = CameraRegister(store=store, vault=vault, asking=asking, clock=SystemClock())
        import_cameras(read_list(io.StringIO(listed), rule=CITY), store=cameras, vault=vault)
        assert register.hide_secrets() == 1
        sources = {key: source_of(one, vault.all()[key]) for key, one in cameras.cameras().items()}
        get_logger("test").warning("opened", sources=sources, list=listed)
        store.close()
    assert sources["CAM-3"].main.url == early
    assert sources["CAM-1"].main.url == f"http://10.0.0.1/a.m3u8?token={CANARY}"
    assert CANARY not in repr(sources)
    assert list(files_with(CANARY, paths.data)) == []
    assert CANARY not in screen.getvalue()


def test_the_import_survives_a_second_start_with_the_same_numbers(paths: Paths, settings: Settings) -> None:
    for _ in range(2):
        store = Store(paths.database, clock=SystemClock())
        vault = VaultOnDemand(settings, paths)
        report = import_cameras(read_list(io.StringIO(LIST), rule=CITY), store=StoredCameras(store), vault=vault)
        (camera,) = StoredCameras(store).cameras().values()
        store.close()
    assert (report.added, report.changed, report.unchanged) == (0, 0, 1)
    assert camera.number == 1
