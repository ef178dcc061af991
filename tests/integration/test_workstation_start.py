"""What the log says when a workstation opens."""

import json
from pathlib import Path

import pytest

from tests.small_disk import small_disk_at
from tmcwall import __version__
from tmcwall.db import schema
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.disk_fault import DiskFault
from tmcwall.domain.fault import FaultCode
from tmcwall.settings import Settings
from tmcwall.workstation import open_workstation


def test_the_log_begins_with_version_schema_migration_and_backup(tmp_path: Path) -> None:
    with open_workstation(tmp_path, clock=SystemClock()) as workstation:
        opening = workstation.store.opening
        lines = [json.loads(line) for line in workstation.log.path.read_text().splitlines()]
    (started,) = [line for line in lines if line["event"] == "started"]
    assert started["version"] == __version__
    assert started["schema"] == opening.schema == newest_schema()
    assert (started["migrated_from"], started["newest_backup"]) == (None, None)


def newest_schema() -> str:
    return max(path.name[1:5] for path in (schema.MIGRATIONS / "versions").glob("m*.py"))


def test_a_workstation_opens_on_a_full_disk_where_reads_suffice(tmp_path: Path) -> None:
    with small_disk_at(tmp_path / "disk") as disk:
        with open_workstation(disk.folder, clock=SystemClock()):
            pass
        disk.fill()
        with open_workstation(disk.folder, clock=SystemClock(), reads_suffice=True) as workstation:
            assert workstation.store.trouble is not None
            assert workstation.store.trouble.code is FaultCode.DISK_FULL
            assert workstation.settings_fault is None
        with pytest.raises(DiskFault), open_workstation(disk.folder, clock=SystemClock()):
            pass


def test_in_a_home_that_can_only_be_read_the_defaults_are_used_and_the_disk_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with small_disk_at(tmp_path / "disk") as disk:
        disk.lock()
        with open_workstation(disk.folder / "home", clock=SystemClock(), reads_suffice=True) as workstation:
            assert workstation.settings == Settings()
            assert workstation.settings_fault is not None
            assert workstation.store.trouble is not None
            assert workstation.settings_fault.code is workstation.store.trouble.code is FaultCode.DISK_READ_ONLY
    assert "log cannot be written" in capsys.readouterr().err


def test_a_workstation_whose_store_was_damaged_starts_with_the_backup_and_tells_it(tmp_path: Path) -> None:
    with open_workstation(tmp_path, clock=SystemClock()) as workstation:
        path = workstation.paths.database
    path.write_bytes(b"damaged" * 1000)
    with open_workstation(tmp_path, clock=SystemClock(), reads_suffice=True) as workstation:
        assert workstation.restored is not None
        assert workstation.restored.backup is None
        lines = [json.loads(line) for line in (workstation.paths.logs / "tmcwall.jsonl").read_text().splitlines()]
    (told,) = [line for line in lines if line["event"] == "store in use was restored"]
    assert (told["backup"], told["damaged"]) == (None, workstation.restored.damaged)
    with open_workstation(tmp_path, clock=SystemClock(), process="camera") as workstation:
        assert workstation.restored is not None
