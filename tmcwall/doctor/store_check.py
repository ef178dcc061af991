"""The store and its backups, and whether recordings and clips have the room that the settings promise them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, cast

from tmcwall.db.inspection import newest_backup
from tmcwall.doctor import machine
from tmcwall.doctor.finding import Finding, Status
from tmcwall.domain.station_zone import StationZone
from tmcwall.paths import Paths
from tmcwall.settings import Settings
from tmcwall.texts import Text
from tmcwall.texts import doctor as words

OLDEST_BACKUP: Final = timedelta(days=3)
"""One is made a day while the program runs; a weekend may pass."""
_GIB: Final = 1 << 30
_OF_BACKUPS: Final[Mapping[str, tuple[Text, Text, Text]]] = {
    "backup": (words.BACKUP_NONE, words.BACKUP_OLD, words.BACKUP_OK),
    "server_backup": (words.SERVER_BACKUP_NONE, words.SERVER_BACKUP_OLD, words.SERVER_BACKUP_OK),
}
"""What is said of none, of an old one and of one that is recent."""


def store_findings(
    path: Path, found: Mapping[str, object] | str | None, *, now: datetime, zone: StationZone
) -> Iterator[Finding]:
    """`found` is what the probe `store` says, or why it says nothing; None: there is no store yet."""
    if found is None:
        yield Finding("store", Status.OK, words.STORE_NONE)
        return
    reason = found if isinstance(found, str) else str(found.get("fault", ""))
    if isinstance(found, str) or reason:
        yield Finding(
            "store", Status.FAIL, words.STORE_BROKEN, {"file": str(path), "reason": reason}, words.STORE_ADVICE
        )
    else:
        yield from _sound(found)
    yield _backup(path, now=now, zone=zone)


def server_store_findings(
    database: Path, found: Mapping[str, object] | str, *, now: datetime, zone: StationZone
) -> Iterator[Finding]:
    """Of a server that keeps its data here in SQLite; `found` is what the probe `server-store` says, or why nothing."""
    reason = found if isinstance(found, str) else str(found.get("fault", ""))
    facts: dict[str, object] = {"file": str(database)}
    if isinstance(found, str) or reason:
        facts["reason"] = reason
        yield Finding("server_store", Status.FAIL, words.STORE_BROKEN, facts, words.SERVER_STORE_ADVICE)
        return
    facts["size_mib"] = round(cast("int", found["size_bytes"]) / (1 << 20), 1)
    yield Finding("server_store", Status.OK, words.SERVER_STORE_OK, facts)
    backed_up_at = found["backed_up_at"]
    newest = datetime.fromisoformat(backed_up_at) if isinstance(backed_up_at, str) else None
    yield _age(newest, now=now, zone=zone, part="server_backup", advice=words.SERVER_BACKUP_ADVICE)


def disk_findings(paths: Paths, settings: Settings) -> Iterator[Finding]:
    """The recordings' folder against what they may fill, and the clips' folder where that is on another disk."""
    free = machine.free_gib(paths.recordings)
    used = machine.folder_gib(paths.recordings)
    promised = settings.recording_keep_gib + settings.disk_reserve_gib
    facts: dict[str, object] = {
        "free_gib": None if free is None else round(free, 1),
        "folder": str(paths.recordings),
        "reserve_gib": settings.disk_reserve_gib,
        "used_gib": round(used, 1),
        "promised_gib": round(promised, 1),
    }
    if free is None or free < settings.disk_reserve_gib:
        yield Finding("disk", Status.WARN, words.DISK, facts, words.DISK_ADVICE)
    elif free + used < promised:
        yield Finding("disk", Status.WARN, words.DISK_SMALL, facts, words.DISK_SMALL_ADVICE)
    else:
        yield Finding("disk", Status.OK, words.DISK, facts)
    if not machine.same_disk(paths.recordings, paths.clips):
        clips_free = machine.free_gib(paths.clips)
        little = clips_free is None or clips_free < settings.disk_reserve_gib
        yield Finding(
            "disk",
            Status.WARN if little else Status.OK,
            words.DISK_CLIPS,
            {"free_gib": None if clips_free is None else round(clips_free, 1), "folder": str(paths.clips)},
            words.DISK_CLIPS_ADVICE if little else None,
        )


def _sound(found: Mapping[str, object]) -> Iterator[Finding]:
    counts = cast("Mapping[str, int]", found["counts"])
    facts = {
        "schema": found["schema"],
        "size_mib": round(cast("int", found["size_bytes"]) / (1 << 20), 1),
        "cameras": counts.get("cameras", 0),
        "pending": found["pending"],
        "counts": counts,
    }
    if found["migration_due"]:
        yield Finding("store", Status.OK, words.STORE_OLDER, facts)
    else:
        yield Finding("store", Status.OK, words.STORE_OK, facts)
    if found["chain_break"] is not None:
        facts = {"row": found["chain_break"]}
        yield Finding("custody", Status.FAIL, words.CUSTODY_BROKEN, facts, words.CUSTODY_ADVICE)


def _backup(path: Path, *, now: datetime, zone: StationZone) -> Finding:
    return _age(newest_backup(path), now=now, zone=zone, part="backup", advice=words.BACKUP_ADVICE)


def _age(newest: datetime | None, *, now: datetime, zone: StationZone, part: str, advice: Text) -> Finding:
    none, old, recent = _OF_BACKUPS[part]
    if newest is None:
        return Finding(part, Status.WARN, none, {}, advice)
    facts = {"at": zone.long_text(newest), "days": (now - newest).days}
    if now - newest > OLDEST_BACKUP:
        return Finding(part, Status.WARN, old, facts, advice)
    return Finding(part, Status.OK, recent, facts)
