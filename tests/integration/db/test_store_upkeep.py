"""Backups, migrations, and what happens when the file is damaged."""

import logging
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.clocks import AdjustedClock
from tests.waiting import until
from tmcwall.db import custody, facts, operations, schema
from tmcwall.db.backup import BackupKind, Backups, is_sound
from tmcwall.db.store import Store, StoreLimits, StoreOpening
from tmcwall.domain.case import Case, case_id
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import Fault, FaultCode

OpenStore = Callable[..., Store]
LONG_S = 120
EAGER = StoreLimits(upkeep_s=0.02)
NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)
PAGE = 4096


def fill(session: Session) -> None:
    for number in range(200):
        lp = f"LP/B/{number}/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH"
        operations.change(session, Case(case_id(lp), lp, lp, NOW, "12345678"), actor="12345678", at=NOW)


def daily(path: Path) -> list[Path]:
    return sorted((path.parent / "backups").glob("*-daily.sqlite"))


def test_a_backup_is_made_every_day_without_being_asked(
    open_store: OpenStore, path: Path, clock: AdjustedClock
) -> None:
    store = open_store(EAGER)
    store.write(fill).result(LONG_S)
    until(lambda: len(daily(path)) == 1)
    clock.set_forward = timedelta(hours=23)
    store.write(lambda session: facts.put(session, "key", 1)).result(LONG_S)
    assert len(daily(path)) == 1
    clock.set_forward = timedelta(hours=25)
    until(lambda: len(daily(path)) == 2)
    assert all(is_sound(backup) for backup in daily(path))


def test_seven_backups_of_a_kind_are_kept(tmp_path: Path) -> None:
    backups = Backups(tmp_path / "backups")
    with closing(sqlite3.connect(":memory:")) as source:
        source.execute("CREATE TABLE t (x)")
        made = [
            backups.make(source, at=NOW + timedelta(days=day), kind=kind) for kind in BackupKind for day in range(9)
        ]
    assert sorted((tmp_path / "backups").iterdir()) == sorted([*made[2:9], *made[11:]])
    assert backups.newest(BackupKind.DAILY) == NOW + timedelta(days=8)


def test_a_backup_that_cannot_be_made_is_a_warning_and_the_store_goes_on(
    open_store: OpenStore, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    store = open_store(EAGER)
    (path.parent / "backups").write_text("in the way")
    until(lambda: "backup of the store failed" in caplog.text)
    store.write(lambda session: facts.put(session, "key", 1)).result(LONG_S)


@pytest.mark.parametrize("damage", ["header", "pages", "truncated"])
def test_a_damaged_store_is_set_aside_and_the_newest_sound_backup_takes_its_place(
    open_store: OpenStore, path: Path, damage: str
) -> None:
    store = open_store()
    store.write(fill).result(LONG_S)
    identity = store.read(operations.device).result(LONG_S)
    store.close()
    store = open_store(EAGER)
    until(lambda: len(daily(path)) == 1)
    (path.parent / "backups" / "store-20990101T000000.000000Z-daily.sqlite").write_bytes(b"no backup at all")
    store.close()
    hurt(path, damage)
    with pytest.raises(Fault) as corrupt:
        open_store()
    assert corrupt.value.code is FaultCode.STORE_CORRUPT
    assert daily(path)[0].name in corrupt.value.detail
    assert (next((path.parent / "damaged").iterdir()) / path.name).is_file()
    again = open_store()
    assert again.read(lambda session: session.scalar(text("SELECT count(*) FROM cases"))).result(LONG_S) == 200
    assert again.read(operations.device).result(LONG_S) != identity
    row = again.read(custody.head).result(LONG_S)
    assert row is not None
    assert (row.action, row.facts) == (CustodyAction.STORE_RESTORED, {"backup": daily(path)[0].name})
    assert again.read(custody.verify).result(LONG_S) is None


def test_a_damaged_store_without_backup_is_set_aside_and_said_to_be_lost(open_store: OpenStore, path: Path) -> None:
    store = open_store()
    store.write(fill).result(LONG_S)
    store.close()
    content = path.read_bytes()
    hurt(path, "header")
    damaged = path.read_bytes()
    with pytest.raises(Fault) as corrupt:
        open_store()
    assert "no backup to restore" in corrupt.value.detail
    kept = next((path.parent / "damaged").iterdir()) / path.name
    assert kept.read_bytes() == damaged != content
    again = open_store()
    assert again.read(operations.pending_count).result(LONG_S) == 0


@pytest.mark.parametrize("seed", range(10))
def test_one_damaged_page_is_found_at_the_start(open_store: OpenStore, path: Path, seed: int) -> None:
    store = open_store()
    store.write(fill).result(LONG_S)
    store.close()
    content = bytearray(path.read_bytes())
    page = 1 + seed * (len(content) // PAGE - 2) // 10
    content[page * PAGE : (page + 1) * PAGE] = bytes((seed * 37 + number) % 256 for number in range(PAGE))
    path.write_bytes(content)
    with pytest.raises(Fault) as corrupt:
        open_store()
    assert corrupt.value.code is FaultCode.STORE_CORRUPT


@pytest.mark.parametrize("check_s", [0.0, 0.001])
def test_a_check_that_runs_out_of_time_does_not_keep_anybody_from_working(
    open_store: OpenStore, check_s: float
) -> None:
    store = open_store()
    store.write(fill).result(LONG_S)
    store.close()
    again = open_store(StoreLimits(check_s=check_s))
    assert again.read(operations.pending_count).result(LONG_S) == 200


def hurt(path: Path, damage: str) -> None:
    content = bytearray(path.read_bytes())
    if damage == "header":
        content[:64] = b"\xff" * 64
    elif damage == "pages":
        content[2 * PAGE : 12 * PAGE] = b"\xff" * (10 * PAGE)
    else:
        del content[len(content) // 2 :]
    path.write_bytes(content)


def newest_revision() -> str | None:
    return ScriptDirectory(str(schema.MIGRATIONS)).get_current_head()


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes this program one migration newer."""

    def add(statements: str) -> None:
        folder = tmp_path / "migrations"
        head = newest_revision()
        shutil.copytree(schema.MIGRATIONS, folder)
        (folder / "versions" / "m9999_next.py").write_text(
            "from alembic import op\n"
            f'revision = "9999"\ndown_revision = "{head}"\nbranch_labels = None\ndepends_on = None\n\n\n'
            f"def upgrade():\n    op.execute('CREATE TABLE extra (x)')\n    {statements}\n"
        )
        monkeypatch.setattr(schema, "MIGRATIONS", folder)

    return add


def test_a_store_is_backed_up_before_it_is_migrated(
    open_store: OpenStore, path: Path, next_version: Callable[[str], None]
) -> None:
    ours, store = newest_revision(), open_store()
    store.write(fill).result(LONG_S)
    store.close()
    next_version("op.execute('INSERT INTO extra VALUES (1)')")
    migrated = open_store()
    assert migrated.read(lambda session: session.scalar(text("SELECT x FROM extra"))).result(LONG_S) == 1
    assert migrated.read(lambda session: session.scalar(text("SELECT count(*) FROM cases"))).result(LONG_S) == 200
    assert migrated.write(lambda session: session.scalar(text("PRAGMA foreign_keys"))).result(LONG_S) == 1
    (backup,) = (path.parent / "backups").iterdir()
    assert backup.name.endswith("-before-migration.sqlite")
    with closing(sqlite3.connect(backup)) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchall() == [(ours,)]
        assert old.execute("SELECT count(*) FROM cases").fetchone() == (200,)


def test_a_store_says_what_its_opening_found_and_did(
    open_store: OpenStore, path: Path, next_version: Callable[[str], None]
) -> None:
    ours, store = str(newest_revision()), open_store()
    assert store.opening == StoreOpening(schema=ours, migrated_from=None, newest_backup=None)
    store.close()
    next_version("pass")
    store = open_store()
    made_at = Backups(path.parent / "backups").newest(BackupKind.BEFORE_MIGRATION)
    assert made_at is not None
    assert store.opening == StoreOpening(schema="9999", migrated_from=ours, newest_backup=made_at)
    store.close()
    assert open_store().opening == StoreOpening(schema="9999", migrated_from=None, newest_backup=made_at)


def test_a_migration_that_fails_half_way_leaves_the_old_schema(
    open_store: OpenStore, path: Path, next_version: Callable[[str], None]
) -> None:
    ours = newest_revision()
    open_store().close()
    next_version("raise RuntimeError('half way')")
    with pytest.raises(RuntimeError):
        open_store()
    with closing(sqlite3.connect(path)) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchall() == [(ours,)]
        assert old.execute("SELECT count(*) FROM sqlite_master WHERE name = 'extra'").fetchone() == (0,)


def test_a_store_of_a_newer_program_is_neither_opened_nor_changed(
    open_store: OpenStore, path: Path, next_version: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = schema.MIGRATIONS
    next_version("pass")
    open_store().close()
    content = path.read_bytes()
    monkeypatch.setattr(schema, "MIGRATIONS", ours)
    with pytest.raises(Fault) as newer:
        open_store()
    assert newer.value.code is FaultCode.STORE_NEWER
    assert path.read_bytes() == content
