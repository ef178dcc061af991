"""What an office sends to those who help it: the doctor's findings, facts and cleaned logs, and nothing of evidence."""

from __future__ import annotations

import json
import os
import platform
import re
import socket
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from getpass import getuser
from importlib import metadata
from pathlib import Path
from typing import Final, Literal, get_origin
from urllib.parse import urlsplit

from tmcwall import __version__
from tmcwall.db.inspection import PrivateWords, private_words
from tmcwall.doctor.camera_remarks import remarks_in, remarks_report
from tmcwall.doctor.examination import Examination, words_of_the_vault
from tmcwall.doctor.scrubbing import Scrubber
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.durable import disk_fault, new_file
from tmcwall.machine import system_name
from tmcwall.paths import Paths
from tmcwall.settings import ENVIRONMENT_PREFIX, Settings
from tmcwall.settings_file import read_settings
from tmcwall.texts import Translator
from tmcwall.texts import doctor as words

SCHEMA: Final = "tmcwall.support/1"
LARGEST_LOG_BYTES: Final = 2 * 1024 * 1024
"""Of each file its end."""
MOST_LOGS: Final = 24
"""The newest."""

_LOG_NAME: Final = re.compile(r"[a-z_-]+\.(?:jsonl(?:\.\d)?|crash(?:\.1)?\.txt)")


@dataclass(frozen=True, slots=True)
class _Log:
    name: str
    path: Path
    changed_at: float


def write_support_bundle(
    target: Path, examination: Examination, paths: Paths, *, now: datetime, translate: Translator
) -> None:
    """Write a new zip file, readable by its owner only and whole or not there.

    Raises DomainError(OUTPUT_EXISTS) and Fault(DISK_FULL, FILE_UNWRITABLE).
    """
    settings = _settings(paths)
    scrubber = _scrubber(paths, settings)
    try:
        with new_file(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
            bundle.writestr("README.txt", translate(words.BUNDLE_README))
            findings = json.loads(examination.as_json(translate))
            bundle.writestr("doctor.json", _as_json(scrubber.value(findings)))
            remarks = remarks_report(remarks_in(paths.logs), translate)
            bundle.writestr("cameras.txt", scrubber.text(remarks))
            left_out = [log.name for log in _logs(paths) if not _add_log(bundle, log, scrubber)]
            facts = _facts(settings, now=now) | {"logs_left_out": left_out}
            bundle.writestr("facts.json", _as_json(scrubber.value(facts)))
    except FileExistsError as error:
        raise DomainError(DomainCode.OUTPUT_EXISTS, str(target)) from error
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE) from error


def _add_log(bundle: zipfile.ZipFile, log: _Log, scrubber: Scrubber) -> bool:
    """Whether it could be read."""
    try:
        content = _end_of(log.path)
    except OSError:
        return False
    bundle.writestr(log.name, scrubber.log(content))
    return True


def _end_of(path: Path) -> str:
    """Whole lines."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - LARGEST_LOG_BYTES))
        content = file.read(LARGEST_LOG_BYTES)
    if size > LARGEST_LOG_BYTES:
        content = content.partition(b"\n")[2]
    return content.decode("utf-8", errors="replace")


def _logs(paths: Paths) -> list[_Log]:
    """Running logs and stacks of crashes, of the program and of a server that keeps its data here, newest first."""
    found = [*_logs_in(paths.logs, "logs"), *_logs_in(paths.data / "server" / "logs", "server-logs")]
    return sorted(found, key=lambda log: log.changed_at, reverse=True)[:MOST_LOGS]


def _logs_in(folder: Path, shown_as: str) -> Iterator[_Log]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return  # none there, or closed to us, which the doctor says
    for entry in entries:
        if _LOG_NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
            yield _Log(f"{shown_as}/{entry.name}", Path(entry.path), entry.stat().st_mtime)


def _scrubber(paths: Paths, settings: Settings) -> Scrubber:
    private, known = PrivateWords(), True
    try:
        if paths.database.exists():
            private = private_words(paths.database)
    except (Fault, OSError):
        known = False
    server = urlsplit(settings.server_url).hostname
    return Scrubber(
        secrets={*words_of_the_vault(paths, settings), *private.secrets},
        persons={*private.persons, *_who_and_where()},
        hosts=filter(None, {*private.hosts, server}),
        strict=not known,
    )


def _who_and_where() -> Iterator[str]:
    """The user and the machine, whose names are those of people and stations."""
    yield socket.gethostname()
    try:
        user = getuser()
    except (OSError, KeyError):  # a user without a name
        return
    if user != "root":
        yield user


def _settings(paths: Paths) -> Settings:
    try:
        return read_settings(paths)
    except (Fault, OSError):
        return Settings.model_construct()


def _facts(settings: Settings, *, now: datetime) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "made_at": now.isoformat(timespec="seconds"),
        "version": __version__,
        "python": platform.python_version(),
        "system": system_name(),
        "packages": {package.name: package.version for package in metadata.distributions()},
        "settings": dict(_settings_told(settings)),
        "environment": sorted(name for name in os.environ if name.startswith(ENVIRONMENT_PREFIX)),
    }


def _settings_told(settings: Settings) -> Iterator[tuple[str, object]]:
    """Numbers and choices as they are; of texts, paths and lists only whether they are set."""
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, bool | int | float) or get_origin(field.annotation) is Literal:
            yield name, value
        else:
            yield name, "default" if value == field.default else "set"


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
