"""What was done about damaged stores, kept with the damaged files: for the screen, the log and the doctor."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from tmcwall.domain.restoration import Restoration
from tmcwall.durable import replace_file

_FILE = "restoration.json"


def damaged_folder(store: Path) -> Path:
    """Where damaged files of the store at that path are set aside, each time in a folder of its own."""
    return store.parent / "damaged"


def keep_restoration(restoration: Restoration) -> None:
    """Raises OSError."""
    content = {
        "at": restoration.at.isoformat(),
        "backup": restoration.backup,
        "backup_at": restoration.backup_at.isoformat() if restoration.backup_at else None,
    }
    replace_file(Path(restoration.damaged) / _FILE, json.dumps(content, indent=2).encode())


def newest_restoration(store: Path) -> Restoration | None:
    """The last time that the store at that path was damaged, if it ever was; it changes nothing."""
    for file in sorted(damaged_folder(store).glob(f"*/{_FILE}"), reverse=True):
        try:
            content = json.loads(file.read_text("utf-8"))
            backup_at = content["backup_at"]
            return Restoration(
                at=datetime.fromisoformat(content["at"]),
                damaged=str(file.parent),
                backup=content["backup"],
                backup_at=datetime.fromisoformat(backup_at) if backup_at else None,
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None
