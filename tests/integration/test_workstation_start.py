"""What the log says when a workstation opens."""

import json
from pathlib import Path

from tmcwall import __version__
from tmcwall.db import schema
from tmcwall.domain.clock import SystemClock
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
