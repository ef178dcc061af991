"""Whatever the umask, what workstation and server make of their data is closed to other users."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exchange import settings_in
from tmcwall.commands.server import ServerOptions
from tmcwall.db.store import Store
from tmcwall.domain.clock import SystemClock
from tmcwall.server.app import create_app
from tmcwall.workstation import open_workstation

pytestmark = pytest.mark.skipif(os.name == "nt", reason="rights are access lists there")


@pytest.fixture(autouse=True)
def generous_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[Path]:
    return [path for path in (folder, *folder.rglob("*")) if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def test_nothing_of_an_open_workstation_can_be_reached_by_others(tmp_path: Path) -> None:
    with open_workstation(tmp_path / "data", clock=SystemClock()) as workstation:
        names = {path.name for path in workstation.paths.data.iterdir()}
        assert {"tmcwall.db", "tmcwall.db-wal", "tmcwall.db-shm"} <= names
        assert open_to_others(tmp_path / "data") == []


def test_a_damaged_store_and_what_takes_its_place_stay_closed(tmp_path: Path) -> None:
    path = tmp_path / "data" / "store.sqlite"
    Store(path, clock=SystemClock()).close()
    path.write_bytes(b"not a database")
    with pytest.raises(Exception, match="store_corrupt"):
        Store(path, clock=SystemClock())
    assert (tmp_path / "data" / "damaged").is_dir()
    assert open_to_others(tmp_path / "data") == []


def test_nothing_of_a_server_can_be_reached_by_others(tmp_path: Path) -> None:
    options = ServerOptions(data_dir=tmp_path / "data", blobs=str(tmp_path / "blobs"))
    app = create_app(options.settings(), clock=SystemClock())
    context = app.state.context
    context.blobs.append("0" * 36, 0, b"clip")
    context.blobs.complete("0" * 36, "a" * 64)
    try:
        assert (tmp_path / "data" / "server" / "server.db-wal").is_file()
        assert open_to_others(tmp_path / "data") == open_to_others(tmp_path / "blobs") == []
    finally:
        context.database.close()


def test_a_database_that_the_administrator_named_is_closed_to_others(tmp_path: Path) -> None:
    app = create_app(settings_in(tmp_path), clock=SystemClock())
    app.state.context.database.close()
    assert [path for path in open_to_others(tmp_path) if path != tmp_path] == []
