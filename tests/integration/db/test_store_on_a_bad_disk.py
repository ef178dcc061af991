"""A disk that is full, read-only or forbidden: what is stored is shown, and nothing is lost silently."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_disk import SmallDisk, small_disk_at
from tmcwall.db import facts, operations
from tmcwall.db.restorations import newest_restoration
from tmcwall.db.store import Session, Store, StoreLimits
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.disk_fault import DiskFault
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.restoration import StoreNotReplaced, StoreRestored

LONG_S = 60
DAMAGED = b"damaged" * 1000
OFTEN = StoreLimits(retry_s=0.02, upkeep_s=0.02)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk_at(tmp_path / "disk") as disk:
        yield disk


@pytest.fixture
def open_on(disk: SmallDisk) -> Iterator[Callable[..., Store]]:
    opened: list[Store] = []

    def open_it(**how: Any) -> Store:
        store = Store(disk.folder / "store.sqlite", clock=SystemClock(), **how)
        opened.append(store)
        return store

    yield open_it
    for store in opened:
        store.close()


def put(store: Store, key: str) -> None:
    store.write(lambda session: facts.put(session, key, 1)).result(LONG_S)


def put_much(session: Session) -> None:
    for number in range(500):
        facts.put(session, f"large{number}", "x" * 8192)


def got(store: Store, key: str) -> object:
    return store.read(lambda session: facts.get(session, key)).result(LONG_S)


def stored(open_on: Callable[..., Store]) -> None:
    store = open_on()
    put(store, "before")
    store.close()


def backed_up_and_damaged(disk: SmallDisk, open_on: Callable[..., Store]) -> Path:
    stored(open_on)
    store = open_on(limits=OFTEN)
    while not list((disk.folder / "backups").glob("*.sqlite")):
        threading.Event().wait(0.01)
    store.close()
    path = disk.folder / "store.sqlite"
    path.write_bytes(DAMAGED)
    return path


def test_a_full_disk_is_named_with_its_folder_and_what_is_free(disk: SmallDisk, open_on: Callable[..., Store]) -> None:
    stored(open_on)
    disk.fill()
    with pytest.raises(DiskFault) as full:
        open_on()
    assert (full.value.code, full.value.folder) == (FaultCode.DISK_FULL, str(disk.folder))
    assert full.value.free_bytes == 0


def test_on_a_full_disk_what_was_stored_is_read_and_a_write_is_refused_aloud(
    disk: SmallDisk, open_on: Callable[..., Store]
) -> None:
    stored(open_on)
    disk.fill()
    store = open_on(reads_suffice=True)
    assert store.trouble is not None
    assert store.trouble.code is FaultCode.DISK_FULL
    assert got(store, "before") == 1
    with pytest.raises(DiskFault):
        put(store, "now")


def test_when_there_is_room_again_the_store_takes_writes_and_says_so(
    disk: SmallDisk, open_on: Callable[..., Store]
) -> None:
    stored(open_on)
    disk.fill()
    store = open_on(reads_suffice=True, limits=OFTEN)
    told: list[Fault | None] = []
    well = threading.Event()

    def hear(trouble: Fault | None) -> None:
        told.append(trouble)
        well.set()

    store.on_trouble(hear)
    disk.empty()
    assert well.wait(LONG_S)
    assert told == [None]
    assert store.trouble is None
    put(store, "after")
    assert (got(store, "before"), got(store, "after")) == (1, 1)
    store.close()
    assert got(open_on(), "after") == 1


def test_a_commit_that_only_the_log_of_the_store_holds_is_read_from_a_full_disk(
    disk: SmallDisk, open_on: Callable[..., Store], tmp_path: Path
) -> None:
    store = open_on()
    put(store, "before")
    killed = tmp_path / "killed"
    killed.mkdir()
    for part in disk.folder.glob("store.sqlite*"):
        shutil.copyfile(part, killed / part.name)
    store.close()
    for name in ("store.sqlite", "store.sqlite-wal"):
        shutil.copyfile(killed / name, disk.folder / name)
    disk.fill()
    assert got(open_on(reads_suffice=True), "before") == 1


def test_a_disk_that_fills_up_while_the_store_is_open_is_told_and_so_is_its_recovery(
    disk: SmallDisk, open_on: Callable[..., Store]
) -> None:
    store = open_on()
    told: list[Fault | None] = []
    store.on_trouble(told.append)
    put(store, "before")
    disk.fill()
    with pytest.raises(DiskFault):
        store.write(put_much).result(LONG_S)
    disk.empty()
    put(store, "after")
    store.close()
    assert [trouble and trouble.code for trouble in told] == [FaultCode.DISK_FULL, None]


def test_a_disk_that_can_only_be_read_is_told_from_a_full_one(disk: SmallDisk, open_on: Callable[..., Store]) -> None:
    stored(open_on)
    disk.lock()
    store = open_on(reads_suffice=True, limits=OFTEN)
    assert store.trouble is not None
    assert store.trouble.code is FaultCode.DISK_READ_ONLY
    assert got(store, "before") == 1
    well = threading.Event()
    store.on_trouble(lambda _trouble: well.set())
    disk.unlock()
    assert well.wait(LONG_S)


def test_where_nothing_was_ever_stored_a_full_disk_shows_an_empty_store(
    disk: SmallDisk, open_on: Callable[..., Store]
) -> None:
    disk.fill()
    store = open_on(reads_suffice=True)
    assert store.read(operations.pending_count).result(LONG_S) == 0


def test_a_damaged_store_stays_where_it_is_while_there_is_no_room_for_its_backup(
    disk: SmallDisk, open_on: Callable[..., Store]
) -> None:
    path = backed_up_and_damaged(disk, open_on)
    disk.fill()
    with pytest.raises(StoreNotReplaced) as full:
        open_on()
    assert (full.value.code, full.value.store) == (FaultCode.DISK_FULL, str(path))
    assert path.read_bytes() == DAMAGED
    disk.empty()
    with pytest.raises(StoreRestored) as restored:
        open_on()
    assert newest_restoration(path) == restored.value.restoration
    assert got(open_on(), "before") == 1


@pytest.mark.parametrize("spoil", [SmallDisk.fill, SmallDisk.lock])
def test_of_a_damaged_store_that_cannot_be_replaced_the_newest_backup_is_read_until_the_next_start(
    disk: SmallDisk, open_on: Callable[..., Store], spoil: Callable[[SmallDisk], None]
) -> None:
    backed_up_and_damaged(disk, open_on)
    spoil(disk)
    store = open_on(reads_suffice=True, limits=OFTEN)
    assert isinstance(store.trouble, StoreNotReplaced)
    assert store.trouble.backup == next((disk.folder / "backups").glob("*.sqlite")).name
    assert got(store, "before") == 1
    with pytest.raises(StoreNotReplaced):
        put(store, "now")
    store.close()
    assert (disk.folder / "store.sqlite").read_bytes() == DAMAGED


def test_of_a_damaged_store_without_a_backup_nothing_is_read_and_nothing_moved(
    disk: SmallDisk, open_on: Callable[..., Store]
) -> None:
    (disk.folder / "store.sqlite").write_bytes(DAMAGED)
    disk.fill()
    store = open_on(reads_suffice=True)
    assert isinstance(store.trouble, StoreNotReplaced)
    assert store.trouble.backup is None
    assert store.read(operations.pending_count).result(LONG_S) == 0
    assert (disk.folder / "store.sqlite").read_bytes() == DAMAGED
