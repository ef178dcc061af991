"""`tmcwall camera ...`: import a list, list what is stored, test one camera."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from tmcwall.cameras.importing import ImportReport, ImportResult, import_cameras, read_list
from tmcwall.cameras.logins import CameraLogins, LoginBook
from tmcwall.db import cameras as camera_rows
from tmcwall.db import health as health_rows
from tmcwall.db.store import Store
from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Camera, Mount, Profile
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.history import Uptimes, clock_is_off
from tmcwall.domain.lifecycle import IN_USE
from tmcwall.domain.source import TransportPreference, check_url, has_credentials, redact
from tmcwall.net.trust import Trust
from tmcwall.texts import Text, Translator
from tmcwall.texts import camera as say
from tmcwall.texts.faults import explain, fault_text
from tmcwall.texts.health import clock_text, uptime_text
from tmcwall.texts.importing import problem_line, warning_line
from tmcwall.texts.states import STATES
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.ipc.pinning import pinned_stream
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.probe import Seen, probe
from tmcwall.workstation import Workstation, open_workstation

_LOOKED_AND_FOUND_WRONG = 1


class StoredCameras:
    """`cameras.importing.CameraStore` on the local store; a command may wait."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def cameras(self) -> Mapping[str, Camera]:
        return {camera.id: camera for camera in self._store.read(camera_rows.all_cameras).result()}

    def put(self, cameras: Sequence[Camera]) -> None:
        self._store.write(partial(camera_rows.put, cameras=cameras)).result()


def run_import(file: Path, *, data_dir: Path | None, dry_run: bool, translate: Translator) -> int:
    """Exit code 0 if any row came in. Raises DomainError(LIST_*) and Fault(STORE_*, VAULT_UNAVAILABLE)."""
    with open_workstation(data_dir, clock=SystemClock(), process="camera") as workstation:
        result = read_list(file, rule=workstation.address_rule)
        store = StoredCameras(workstation.store)
        vault = _vault_for(result, workstation, translate, dry_run=dry_run)
        report = import_cameras(result, store=store, vault=vault, dry_run=dry_run)
    for problem in report.problems:
        print(problem_line(problem, translate), file=sys.stderr)
    for warning in report.warnings:
        print(warning_line(warning, translate), file=sys.stderr)
    taken = report.added + report.changed + report.unchanged
    if not taken:
        raise DomainError(DomainCode.LIST_EMPTY, str(file))
    print(translate(_summary(dry_run=dry_run), **_counts(report)))
    return 0


def _vault_for(
    result: ImportResult, workstation: Workstation, translate: Translator, *, dry_run: bool
) -> LoginBook | None:
    """The vault for the passwords of a list: a list without any needs none, and a lost one is begun anew.

    A dry run neither makes a vault nor sets one aside.
    """
    if not any(item.logins for item in result.cameras):
        return None
    if dry_run:
        return workstation.vault if workstation.vault.can_be_locked() else None
    try:
        return workstation.vault.opened()
    except Fault as fault:
        _tell_lost_vault(fault, translate)
    return workstation.vault.opened()


def _tell_lost_vault(fault: Fault, translate: Translator) -> None:
    """Says that the vault was set aside; whoever asked goes on without its logins. Any other fault is raised again."""
    if fault.code is not FaultCode.VAULT_LOST:
        raise fault
    print(f"tmcwall: {explain(fault, translate)}", file=sys.stderr)


def _summary(*, dry_run: bool) -> Text:
    return say.WOULD_IMPORT if dry_run else say.IMPORTED


def _counts(report: ImportReport) -> dict[str, int]:
    return {
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "refused": len({problem.line for problem in report.problems}),
    }


def run_list(*, data_dir: Path | None, translate: Translator) -> int:
    """One camera a line: number, id, name, address without credentials; whether it is withheld or turned; uptime and a
    wrong clock where known.
    """
    clock = SystemClock()
    with open_workstation(data_dir, clock=clock, process="camera") as workstation:
        cameras = workstation.store.read(camera_rows.all_cameras).result()
        uptimes = workstation.store.read(partial(health_rows.uptimes, now=clock.utc())).result()
        lifecycles = workstation.store.read(camera_rows.lifecycles).result()
    if not cameras:
        print(translate(say.NO_CAMERAS), file=sys.stderr)
    for camera in cameras:
        words = (f"{camera.number or '':>5}", camera.id, camera.name, redact(camera.url))
        withheld = lifecycles.get(camera.id, IN_USE).withheld
        state = (translate(STATES[withheld].word),) if withheld is not None else ()
        turned = (translate(say.VIEW_UNCHECKED),) if camera.mount is Mount.PTZ else ()
        print("  ".join((*words, *state, *turned, *_health_words(uptimes.get(camera.id, Uptimes()), translate))))
    return 0


def _health_words(found: Uptimes, translate: Translator) -> Iterator[str]:
    if found.month.share is not None:
        yield uptime_text(found.day, found.month, translate)
    if found.clock is not None and clock_is_off(found.clock.offset_ms):
        yield clock_text(found.clock.offset_ms, translate)


def run_test(camera: str, *, data_dir: Path | None, translate: Translator) -> int:
    """Open the camera's streams one after the other and say what they do. Exit code 1 if one does not deliver."""
    delivered = True
    streams, rule, trust = _streams(camera, data_dir, translate)
    for profile, stream in streams:
        try:
            seen = asyncio.run(_look(stream, rule, trust))
        except Fault as fault:
            why = f" ({fault.detail})" if fault.code is FaultCode.TLS_UNTRUSTED else ""
            print(f"{profile}: {translate(fault_text(fault.code))}{why}")
            delivered = False
        else:
            print(f"{profile}: {translate(say.DELIVERS, **_shown(seen))}")
    return 0 if delivered else _LOOKED_AND_FOUND_WRONG


async def _look(stream: StreamUrl, rule: AddressRule, trust: Trust) -> Seen:
    """As the engine opens it, with its rules on addresses and logins."""
    return await probe(stream, SessionContext(clock=SystemClock(), rule=rule, trust=trust))


def _shown(seen: Seen) -> dict[str, str]:
    return {
        "codec": seen.codec,
        "rate": f"{seen.pictures_a_second:.1f}",
        "first": f"{seen.first_picture_s:.1f}",
        "lost": str(seen.packets_lost),
    }


def _streams(
    camera: str, data_dir: Path | None, translate: Translator
) -> tuple[list[tuple[str, StreamUrl]], AddressRule, Trust]:
    """What is to be tested, where it may stand, and who vouches for it.

    A URL that is given by hand may be on this machine, as for `view`. A stored camera is asked by the settings' rule:
    its login goes nowhere where the wall would not send it.
    """
    if "://" in camera:
        if has_credentials(camera):
            raise DomainError(DomainCode.TEST_URL_WITH_PASSWORD)
        check_url(camera)
        return [("URL", StreamUrl(camera))], AddressRule.anywhere(), Trust()
    with open_workstation(data_dir, clock=SystemClock(), process="camera") as workstation:
        streams = _stored_streams(camera, workstation, translate)
        return streams, workstation.address_rule, Trust(workstation.settings.camera_ca_file)


def _stored_streams(camera_id: str, workstation: Workstation, translate: Translator) -> list[tuple[str, StreamUrl]]:
    camera = workstation.store.read(partial(camera_rows.get, camera_id=camera_id)).result()
    if camera is None:
        raise DomainError(DomainCode.NOT_FOUND, camera_id)
    logins: CameraLogins | None = None
    try:
        logins = workstation.vault.all().get(camera_id)
    except Fault as fault:
        _tell_lost_vault(fault, translate)
    transport = camera.transport or TransportPreference(workstation.settings.camera_transport)
    streams = []
    for profile, url in ((Profile.MAIN, camera.url), (Profile.SUB, camera.substream_url)):
        if url is None:
            continue
        login = logins.for_stream(profile, url) if logins else None
        username, password = (login.username, login.password) if login else ("", "")
        source = StreamUrl(url, username, password, transport=transport)
        streams.append((profile.value, pinned_stream(source, workstation.settings.fingerprints)))
    return streams
