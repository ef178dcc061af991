"""The examination itself: every check in order, and how its report reads on a screen and as JSON."""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Final, cast

from tmcwall import __version__
from tmcwall.db.restorations import newest_restoration
from tmcwall.doctor import machine
from tmcwall.doctor.camera_check import camera_findings
from tmcwall.doctor.camera_remarks import remark_findings
from tmcwall.doctor.finding import Finding, Status
from tmcwall.doctor.server_check import clock_finding, look_at_server, server_finding
from tmcwall.doctor.store_check import disk_findings, server_store_findings, store_findings
from tmcwall.domain.address import AddressRule
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.source import redact
from tmcwall.domain.station_zone import StationZone
from tmcwall.machine import memory_gib, system_name, usable_cores
from tmcwall.paths import Paths
from tmcwall.private_files import open_to_others
from tmcwall.resources import resource
from tmcwall.settings import Settings
from tmcwall.settings_file import read_settings
from tmcwall.texts import Text, Translator
from tmcwall.texts import doctor as words
from tmcwall.video.ipc.sandbox import LANDLOCK_RULES_TCP, landlock_version

PROBE_PROCESS: Final = "doctor-probe"
"""First argument of the frozen program when it is to be a probe (`doctor.probes.main`)."""

SCHEMA: Final = "tmcwall.doctor/1"
PORTS: Final[Mapping[str, int]] = {"tmcwall server": 8470, "tmcwall sim": 8554}
RESOURCES: Final = ("fonts", "icons")
MIGRATIONS: Final = ("tmcwall.db", "tmcwall.server")

_FEW_CORES: Final = 2
_LITTLE_MEMORY_GIB: Final = 1.0
_LONGEST_REASON: Final = 300
_SOME_REFERENCES: Final = 100
"""Of two thousand calls. Other threads and caches move the count by a few."""
_OFFSCREEN: Final = {"QT_QPA_PLATFORM": "offscreen"}
_STATUS_WORDS: Final = {Status.OK: words.STATUS_OK, Status.WARN: words.STATUS_WARN, Status.FAIL: words.STATUS_FAIL}


@dataclass(frozen=True, slots=True)
class Examination:
    """The findings on a machine, worst outcome first asked: `ok` is False when anything that is needed is broken."""

    findings: Sequence[Finding]

    @property
    def ok(self) -> bool:
        return all(finding.status is not Status.FAIL for finding in self.findings)

    @property
    def exit_code(self) -> int:
        """0: nothing is broken (notes there may be); 1: something that the program needs is broken or missing."""
        return 0 if self.ok else 1

    def as_json(self, say: Translator) -> str:
        checks = [
            {
                "check": finding.check,
                "status": finding.status.value,
                "message": say(finding.text, **finding.facts),
                "advice": say(finding.advice, **finding.facts) if finding.advice else None,
                "facts": dict(finding.facts),
            }
            for finding in self.findings
        ]
        return json.dumps({"schema": SCHEMA, "ok": self.ok, "checks": checks}, ensure_ascii=False, indent=2)

    def as_lines(self, say: Translator) -> Iterator[str]:
        width = max(len(say(word)) for word in _STATUS_WORDS.values())
        for finding in self.findings:
            yield f"{say(_STATUS_WORDS[finding.status]):<{width}}  {say(finding.text, **finding.facts)}"
            if finding.advice is not None:
                yield " " * width + say(words.ADVICE, advice=say(finding.advice, **finding.facts))
        failures = sum(finding.status is Status.FAIL for finding in self.findings)
        notes = sum(finding.status is Status.WARN for finding in self.findings)
        if failures:
            yield say(words.FAILURES, count=failures)
        else:
            yield say(words.WARNINGS, count=notes) if notes else say(words.ALL_WELL)


def examine(paths: Paths, *, clock: Clock | None = None, probe_limit_s: float = 30.0) -> Examination:
    """Look at everything, changing nothing. Each probe that may hang has `probe_limit_s`.

    A check that fails itself costs its own line only.
    """
    clock = clock or SystemClock()
    settings, settings_findings = _settings_or_defaults(paths)
    paths, zone = paths.placed(settings), StationZone(settings.time_zone)
    store = cache(partial(_store, paths, limit_s=probe_limit_s))
    checks: tuple[tuple[str, Callable[[], Iterable[Finding]]], ...] = (
        ("program", _program),
        ("paths", partial(_paths, paths)),
        ("settings", lambda: settings_findings),
        ("resources", _resources),
        ("private", lambda: [_private(paths)]),
        ("restored", lambda: _restored(paths, zone)),
        ("processors", _processors),
        ("memory", _memory),
        ("disk", partial(disk_findings, paths, settings)),
        ("shared_memory", _shared_memory),
        ("sqlite", _sqlite),
        ("store", lambda: store_findings(paths.database, store(), now=clock.utc(), zone=zone)),
        ("server_store", lambda: _server_store(paths, now=clock.utc(), zone=zone, limit_s=probe_limit_s)),
        ("sandbox", lambda: [_sandbox(landlock_version(), seccomp=machine.has_seccomp())]),
        ("ports", _ports),
        ("server", partial(_server_and_clock, settings, clock)),
        ("cameras", lambda: _cameras(store(), settings)),
        ("camera_remarks", partial(remark_findings, paths.logs)),
        *_desktop(paths, settings, limit_s=probe_limit_s),
    )
    return Examination(tuple(finding for name, check in checks for finding in _guarded(name, check)))


def words_of_the_vault(paths: Paths, settings: Settings, *, probe_limit_s: float = 30.0) -> Sequence[str]:
    """User names and passwords of cameras as far as the vault opens, for whoever cleans texts of them.

    They come over the probe's pipe: the vault's libraries are not there on a machine that is only a server.
    """
    found = _probe("vault-words", str(paths.vault), str(settings.vault_key_file or ""), limit_s=probe_limit_s)
    return cast("list[str]", found.get("words", [])) if isinstance(found, dict) else ()


def _guarded(name: str, check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """What a check finds, up to where it fails."""
    try:
        yield from check()
    except Exception as error:  # noqa: BLE001 - a fault or a bug in one check must not hide what the others found
        facts = {"part": name, "reason": _reason(error), "place": _place(error)}
        yield Finding(name, Status.WARN, words.CHECK_FAILED, facts, words.CHECK_FAILED_ADVICE)


def _reason(error: BaseException) -> str:
    return redact(f"{type(error).__name__}: {error}")[:_LONGEST_REASON]


def _place(error: BaseException) -> str:
    """The line of this program where a check failed, for whoever mends it."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def _settings_or_defaults(paths: Paths) -> tuple[Settings, Sequence[Finding]]:
    """The defaults where the settings cannot be looked at, so that the other checks go on."""
    try:
        settings, finding = _settings(paths)
    except Exception as error:  # noqa: BLE001 - as in `_guarded`
        facts = {"part": "settings", "reason": _reason(error), "place": _place(error)}
        broken = Finding("settings", Status.FAIL, words.CHECK_FAILED, facts, words.SETTINGS_ADVICE)
        return Settings.model_construct(), (broken,)
    return settings, (finding,)


def _program() -> Iterator[Finding]:
    frozen = bool(getattr(sys, "frozen", False))
    facts = {"version": __version__, "python": platform.python_version(), "system": system_name()}
    yield Finding("program", Status.OK, words.PROGRAM, {**facts, "frozen": frozen})


def _paths(paths: Paths) -> Iterator[Finding]:
    facts = {"data": str(paths.data), "settings": str(paths.settings), "logs": str(paths.logs)}
    yield Finding("paths", Status.OK, words.PATHS, facts)
    for folder in dict.fromkeys((paths.config, paths.data, paths.state, paths.clips, paths.recordings)):
        if not machine.may_write(folder):
            broken = {"folder": str(folder)}
            yield Finding("paths", Status.FAIL, words.PATHS_UNWRITABLE, broken, words.PATHS_ADVICE)


def _private(paths: Paths) -> Finding:
    """A folder that is a link is looked into here, though the start of the program closes nothing through one."""
    places = [replace(place, folder=place.folder.resolve()) for place in paths.private_places]
    found = open_to_others(places)
    if found.first is None:
        return Finding("private", Status.OK, words.PRIVATE_OK)
    facts = {"count": found.count, "first": str(found.first)}
    return Finding("private", Status.WARN, words.PRIVATE_OPEN, facts, words.PRIVATE_ADVICE)


def _restored(paths: Paths, zone: StationZone) -> Iterator[Finding]:
    """What was done about the last damage of the store, which itself is not opened: a program may be using it."""
    restoration = newest_restoration(paths.database)
    if restoration is None:
        return
    facts = {"at": zone.long_text(restoration.at), "damaged": restoration.damaged, "backup": restoration.backup}
    if restoration.backup_at is None:
        yield Finding("store", Status.WARN, words.STORE_LOST, facts, words.STORE_LOST_ADVICE)
    else:
        facts["backup_at"] = zone.long_text(restoration.backup_at)
        yield Finding("store", Status.WARN, words.STORE_RESTORED, facts, words.STORE_RESTORED_ADVICE)


def _settings(paths: Paths) -> tuple[Settings, Finding]:
    try:
        settings = read_settings(paths)
    except Fault as fault:
        finding = Finding(
            "settings", Status.FAIL, words.SETTINGS_BROKEN, {"detail": fault.detail}, words.SETTINGS_ADVICE
        )
        return Settings.model_construct(), finding
    text = words.SETTINGS_OK if paths.settings.exists() else words.SETTINGS_DEFAULT
    return settings, Finding("settings", Status.OK, text)


def _resources() -> Iterator[Finding]:
    missing = [name for name in RESOURCES if not any(resource(name).rglob("*.*"))]
    for package in MIGRATIONS:
        spec = importlib.util.find_spec(package)
        folder = Path(spec.origin).parent / "migrations" if spec is not None and spec.origin else None
        if folder is None or not any(folder.glob("versions/*.py*")):
            missing.append(f"{package}/migrations")
    if missing:
        facts = {"missing": ", ".join(missing)}
        yield Finding("resources", Status.FAIL, words.RESOURCES_MISSING, facts, words.REINSTALL)
    else:
        yield Finding("resources", Status.OK, words.RESOURCES_OK)


def _processors() -> Iterator[Finding]:
    cores = usable_cores()
    few = cores < _FEW_CORES
    yield Finding(
        "processors",
        Status.WARN if few else Status.OK,
        words.PROCESSORS_OK,
        {"cores": cores},
        words.PROCESSORS_ADVICE if few else None,
    )


def _memory() -> Iterator[Finding]:
    total, free = memory_gib()
    little = free < _LITTLE_MEMORY_GIB
    yield Finding(
        "memory",
        Status.WARN if little else Status.OK,
        words.MEMORY_OK,
        {"total_gib": round(total, 1), "free_gib": round(free, 1)},
        words.MEMORY_ADVICE if little else None,
    )


def _shared_memory() -> Iterator[Finding]:
    way = machine.shared_memory()
    if way is None:
        yield Finding("shared_memory", Status.FAIL, words.SHARED_MEMORY_NONE, {}, words.SHARED_MEMORY_ADVICE)
    else:
        yield Finding("shared_memory", Status.OK, words.SHARED_MEMORY_OK, {"way": way})


def _sqlite() -> Iterator[Finding]:
    one_writer = machine.sqlite_needs_one_writer()
    text = words.SQLITE_ONE_WRITER if one_writer else words.SQLITE_OK
    yield Finding("sqlite", Status.OK, text, {"version": sqlite3.sqlite_version, "wal_reset_fault": one_writer})


def _sandbox(landlock: int, *, seccomp: bool) -> Finding:
    facts = {"landlock": landlock, "seccomp": seccomp}
    if not all(facts.values()):
        return Finding("sandbox", Status.WARN, words.SANDBOX_LESS, facts, words.SANDBOX_ADVICE)
    if landlock < LANDLOCK_RULES_TCP:
        return Finding("sandbox", Status.WARN, words.SANDBOX_OPEN, facts, words.SANDBOX_OPEN_ADVICE)
    return Finding("sandbox", Status.OK, words.SANDBOX_OK, facts)


def _ports() -> Iterator[Finding]:
    for use, port in PORTS.items():
        facts = {"port": port, "use": use}
        if machine.port_is_free(port):
            yield Finding("ports", Status.OK, words.PORT_OK, facts)
        else:
            yield Finding("ports", Status.WARN, words.PORT_BUSY, facts, words.PORT_ADVICE)


def _server_and_clock(settings: Settings, clock: Clock) -> Iterator[Finding]:
    offset_ms = None
    if settings.server_url:
        sight = look_at_server(settings.server_url, clock=clock)
        offset_ms = sight.clock_offset_ms
        yield server_finding(sight, now=clock.utc())
    else:
        yield Finding("server", Status.OK, words.SERVER_NONE)
    yield clock_finding(synchronised=machine.clock_is_synchronised(), server_offset_ms=offset_ms)


def _store(paths: Paths, *, limit_s: float) -> dict[str, object] | str | None:
    """None: there is none."""
    try:
        if not paths.database.exists():
            return None
    except OSError as error:
        return f"{paths.database}: {error.strerror}"
    return _probe("store", str(paths.database), limit_s=limit_s)


def _server_store(paths: Paths, *, now: datetime, zone: StationZone, limit_s: float) -> Iterable[Finding]:
    """Of a server that keeps its data here in SQLite."""
    database = paths.data / "server" / "server.db"
    if not database.exists():
        return ()
    found = _probe("server-store", str(database), limit_s=limit_s)
    return server_store_findings(database, found, now=now, zone=zone)


def _cameras(store: Mapping[str, object] | str | None, settings: Settings) -> Iterable[Finding]:
    urls = store.get("camera_urls") if isinstance(store, Mapping) else None
    rule = AddressRule(settings.allowed_networks, loopback=settings.allow_loopback)
    return camera_findings(cast("list[str]", urls or []), rule)


def _desktop(
    paths: Paths, settings: Settings, *, limit_s: float
) -> Iterator[tuple[str, Callable[[], Iterable[Finding]]]]:
    """The checks of what a machine that is only a server does not have."""
    if importlib.util.find_spec("PySide6") is None:
        missing = Finding("desktop", Status.WARN, words.DESKTOP_MISSING, advice=words.DESKTOP_ADVICE)
        yield "desktop", lambda: [missing]
        return
    yield "qt", partial(_qt, settings, limit_s)
    yield "video", partial(_video, limit_s)
    yield "hardware", lambda: [_acceleration(settings, limit_s)]
    yield "sound", lambda: [_sound(limit_s)]
    yield "vault", lambda: [_vault(paths, settings, limit_s)]


def _qt(settings: Settings, limit_s: float) -> Iterator[Finding]:
    shown = _probe("qt", limit_s=limit_s)
    found = shown if isinstance(shown, dict) else _probe("qt", limit_s=limit_s, environment=_OFFSCREEN)
    if isinstance(found, str):
        yield _failed("qt", "PySide6", found, words.QT_ADVICE)
        return
    facts = {name: found[name] for name in ("version", "fonts", "charts", "references_lost")}
    if cast("int", found["references_lost"]) >= _SOME_REFERENCES:
        yield Finding("qt", Status.FAIL, words.QT_LEAKS, facts, words.QT_LEAKS_ADVICE)
    else:
        yield Finding("qt", Status.OK, words.QT_OK, facts)
    if not isinstance(shown, dict) or found["platform"] in {"offscreen", "minimal"}:
        yield Finding("display", Status.WARN, words.DISPLAY_NONE, {"screens": []}, words.DISPLAY_ADVICE)
        return
    yield from _monitors(cast("list[dict[str, object]]", found["screens"]), settings)


def _monitors(screens: Sequence[Mapping[str, object]], settings: Settings) -> Iterator[Finding]:
    """Each with its own pixels and the name by which the settings choose it."""
    yield Finding("display", Status.OK, words.DISPLAY_OK, {"count": len(screens), "details": screens})
    for screen in screens:
        yield Finding("monitor", Status.OK, words.MONITOR, dict(screen))
    connected = {screen["identity"] for screen in screens}
    for wall in settings.walls:
        if wall not in connected:
            yield Finding("monitor", Status.WARN, words.MONITOR_AWAY, {"identity": wall}, words.MONITOR_AWAY_ADVICE)


def _video(limit_s: float) -> Iterator[Finding]:
    found = _probe("video", limit_s=limit_s)
    if isinstance(found, str):
        yield _failed("video", "PyAV/OpenCV", found, words.REINSTALL)
        return
    decoders = cast("dict[str, bool]", found["decoders"])
    missing = [name for name in ("h264", "hevc") if not decoders[name]]
    if missing:
        facts = {**found, "missing": ", ".join(missing)}
        yield Finding("video", Status.FAIL, words.VIDEO_MISSING, facts, words.REINSTALL)
    elif found["options"]:
        yield Finding("video", Status.FAIL, words.VIDEO_OPTIONS, found, words.REINSTALL)
    else:
        yield Finding("video", Status.OK, words.VIDEO_OK, found)
    facts = {"opencv": found["opencv"]}
    if found["second_qt"]:
        yield Finding("opencv", Status.WARN, words.OPENCV_QT, facts, words.OPENCV_ADVICE)
    else:
        yield Finding("opencv", Status.OK, words.OPENCV_OK, facts)


def _acceleration(settings: Settings, limit_s: float) -> Finding:
    found = _probe("hardware", limit_s=limit_s)
    asked = settings.hardware_decoding == "auto"
    if isinstance(found, str):
        return Finding("hardware", Status.WARN, words.HARDWARE_BROKEN, {"reason": found}, words.HARDWARE_ADVICE)
    working = cast("list[str]", found["working"])
    facts = {**found, "asked": asked, "device": working[0] if working else ""}
    if working:
        return Finding("hardware", Status.OK, words.HARDWARE_USED if asked else words.HARDWARE_UNUSED, facts)
    if found["found"]:
        facts["device"] = ", ".join(cast("list[str]", found["found"]))
        status = Status.WARN if asked else Status.OK
        return Finding("hardware", status, words.HARDWARE_SILENT, facts, words.HARDWARE_ADVICE if asked else None)
    if asked:
        return Finding("hardware", Status.WARN, words.HARDWARE_ABSENT, facts, words.HARDWARE_ADVICE)
    return Finding("hardware", Status.OK, words.HARDWARE_NONE, facts)


def _sound(limit_s: float) -> Finding:
    found = _probe("sound", limit_s=limit_s)
    if isinstance(found, str):
        return Finding("sound", Status.WARN, words.SOUND_BROKEN, {"reason": found}, words.SOUND_ADVICE)
    devices, silent = cast("list[str]", found["devices"]), cast("list[str]", found["silent"])
    if devices:
        return Finding("sound", Status.OK, words.SOUND_OK, {"device": devices[0], "devices": devices})
    if silent:
        return Finding("sound", Status.WARN, words.SOUND_SILENT, {"device": silent[0]}, words.SOUND_ADVICE)
    return Finding("sound", Status.WARN, words.SOUND_NONE, {"devices": []}, words.SOUND_ADVICE)


def _vault(paths: Paths, settings: Settings, limit_s: float) -> Finding:
    key_file = settings.vault_key_file
    found = _probe("vault", str(paths.vault), str(key_file or ""), limit_s=limit_s)
    if isinstance(found, str):
        return Finding("vault", Status.FAIL, words.VAULT_NONE, {"reason": found}, words.VAULT_ADVICE)
    facts = {**found, "key_file": str(key_file or "")}
    if found.get("fault") == FaultCode.VAULT_LOST:
        return Finding("vault", Status.FAIL, words.VAULT_LOST, facts, words.VAULT_LOST_ADVICE)
    if "fault" in found and found["there"]:
        return Finding("vault", Status.FAIL, words.VAULT_CLOSED, facts, words.VAULT_ADVICE)
    if "fault" in found:
        status = Status.WARN if key_file is None else Status.FAIL
        return Finding("vault", status, words.VAULT_NONE, facts, words.VAULT_ADVICE)
    if found["there"]:
        return Finding("vault", Status.OK, words.VAULT_OPENS, facts)
    return Finding("vault", Status.OK, words.VAULT_KEYRING if key_file is None else words.VAULT_KEY_FILE, facts)


def probe_command(name: str) -> list[str]:
    """The command line of that probe, for the checkout and for the bundle; what it is asked about follows."""
    if getattr(sys, "frozen", False):
        return [sys.executable, PROBE_PROCESS, name]
    return [sys.executable, "-m", "tmcwall.doctor.probes", name]


def _probe(
    name: str, *about: str, limit_s: float, environment: Mapping[str, str] | None = None
) -> dict[str, object] | str:
    """The facts of a probe, or why there are none."""
    try:
        ended = subprocess.run(
            [*probe_command(name), *about],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limit_s,
            check=False,
            env={**os.environ, **(environment or {})},
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {limit_s:g} s"
    except OSError as error:
        return error.strerror or "cannot be started"
    if ended.returncode != 0:
        said = ended.stderr.decode(errors="replace").strip().splitlines()
        return said[-1][:200] if said else f"exit code {ended.returncode}"
    return cast("dict[str, object]", json.loads(ended.stdout))


def _failed(check: str, part: str, reason: str, advice: Text) -> Finding:
    return Finding(check, Status.FAIL, words.PROBE_FAILED, {"part": part, "reason": reason}, advice)
