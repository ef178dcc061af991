"""`tmcwall camera ...`: the register of cameras from the command line.

A program that runs on the same data is asked to carry the command out; without one the command opens the data itself.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from tmcwall.cameras.importing import ImportReport
from tmcwall.commands.register import register_of
from tmcwall.commands.results import check_result
from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Mount
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainCode, DomainError, Fault
from tmcwall.domain.history import Uptimes, clock_is_off
from tmcwall.domain.source import check_url, has_credentials, redact
from tmcwall.net.trust import Trust
from tmcwall.services import camera_requests as requests
from tmcwall.services.camera_picture import check_picture_file
from tmcwall.services.camera_register import (
    CameraRegister,
    EditReport,
    StreamTest,
    account_of_the_system,
    look_at_camera,
)
from tmcwall.services.camera_requests import (
    CameraTestReport,
    Done,
    EditCameras,
    ExportCameras,
    Exported,
    ImportList,
    ListCameras,
    Listing,
    RemoveCameras,
    RetireCameras,
    RunCameraTest,
)
from tmcwall.services.handover import Request, hand_over
from tmcwall.texts import Translator
from tmcwall.texts import camera as say
from tmcwall.texts.faults import explain
from tmcwall.texts.health import clock_text, uptime_text
from tmcwall.texts.importing import reason_text, report_lines
from tmcwall.texts.login_sharing import TO_BE_SHARED
from tmcwall.texts.states import STATES
from tmcwall.video.engine.probe_decoder import ProbeDecoder
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.sessions.context import SessionContext
from tmcwall.workstation import Workstation, open_workstation, paths_of

_LOOKED_AND_FOUND_WRONG = 1

T = TypeVar("T")


def run_import(
    file: Path, *, data_dir: Path | None, dry_run: bool, translate: Translator, share_logins: bool = False
) -> int:
    """Exit code 0 if any row came in. Raises DomainError(LIST_*) and Fault(STORE_*, VAULT_UNAVAILABLE)."""
    request = ImportList(str(file.absolute()), dry_run, share_logins)

    def here(register: CameraRegister, workstation: Workstation) -> ImportReport:
        return requests.imported(
            register, workstation.store, workstation.clock, request, by=account_of_the_system()
        )  # fmt: skip

    report = _carried_out(request, ImportReport, here, data_dir=data_dir, translate=translate)
    *lines, summary = report_lines(report, dry_run=dry_run, say=translate)
    for line in lines:
        print(line, file=sys.stderr)
    if not report.taken:
        raise DomainError(DomainCode.LIST_EMPTY, str(file))
    print(summary)
    if share_logins and not dry_run:
        print(translate(TO_BE_SHARED))
    return 0


def run_edit(
    cameras: Sequence[str], assignments: Sequence[str], *, data_dir: Path | None, translate: Translator
) -> int:  # fmt: skip
    """`assignments` are `COLUMN=VALUE`. Raises DomainError(CAMERA_FIELD, TEST_URL_WITH_PASSWORD, NOT_FOUND)."""
    cells = dict(map(_cell, assignments))
    request = EditCameras(tuple(cameras), cells)

    def here(register: CameraRegister, _workstation: Workstation) -> EditReport:
        return register.edit(request.cameras, request.cells, by=account_of_the_system())

    report = _carried_out(request, EditReport, here, data_dir=data_dir, translate=translate)
    if report.problem is not None:
        reason = reason_text(report.problem, translate)
        print(f"tmcwall: {translate(say.NOT_EDITED, camera=report.camera, reason=reason)}", file=sys.stderr)
        return 2
    print(translate(say.EDITED, changed=report.changed, unchanged=report.unchanged))
    return 0


def _cell(assignment: str) -> tuple[str, str]:
    column, equals, value = assignment.partition("=")
    if not equals:
        raise DomainError(DomainCode.CAMERA_FIELD, redact(assignment))
    if has_credentials(value):
        raise DomainError(DomainCode.TEST_URL_WITH_PASSWORD)
    return column.strip().lower(), value


def run_retire(cameras: Sequence[str], *, reason: str, data_dir: Path | None, translate: Translator) -> int:
    """Raises DomainError(NOT_FOUND, FIELD_*), and beside a running program NOT_ON_DUTY and NOT_ALLOWED."""
    request = RetireCameras(tuple(cameras), reason or translate(say.BY_COMMAND))

    def here(register: CameraRegister, _workstation: Workstation) -> Done:
        return requests.retired(register, request, by=account_of_the_system())

    _carried_out(request, Done, here, data_dir=data_dir, translate=translate)
    print(translate(say.RETIRED, cameras=", ".join(cameras)))
    return 0


def run_remove(cameras: Sequence[str], *, reason: str, data_dir: Path | None, translate: Translator) -> int:
    """As `run_retire`."""
    request = RemoveCameras(tuple(cameras), reason or translate(say.BY_COMMAND))

    def here(register: CameraRegister, _workstation: Workstation) -> Done:
        return requests.removed(register, request, by=account_of_the_system())

    _carried_out(request, Done, here, data_dir=data_dir, translate=translate)
    print(translate(say.REMOVED, cameras=", ".join(cameras)))
    return 0


def run_export(file: Path, *, data_dir: Path | None, translate: Translator) -> int:
    """Raises DomainError(LIST_KIND, OUTPUT_REFUSED) and Fault(FILE_UNWRITABLE, DISK_FULL)."""
    check_result(file)
    request = ExportCameras(str(file.absolute()))

    def here(register: CameraRegister, _workstation: Workstation) -> Exported:
        return requests.exported(register, request)

    written = _carried_out(request, Exported, here, data_dir=data_dir, translate=translate)
    print(translate(say.EXPORTED, count=written.cameras, file=file))
    return 0


def run_list(*, data_dir: Path | None, translate: Translator) -> int:
    """One camera a line: number, id, name, address without credentials; whether it is withheld or turned; uptime and a
    wrong clock where known.
    """

    def here(register: CameraRegister, workstation: Workstation) -> Listing:
        return requests.listing(register, workstation.store, workstation.clock)

    found = _carried_out(ListCameras(), Listing, here, data_dir=data_dir, translate=translate)
    if not found.entries:
        print(translate(say.NO_CAMERAS), file=sys.stderr)
    for entry in found.entries:
        camera, withheld = entry.camera, entry.lifecycle.withheld
        words = (f"{camera.number or '':>5}", camera.id, camera.name, redact(camera.url))
        state = (translate(STATES[withheld].word),) if withheld is not None else ()
        turned = (translate(say.VIEW_UNCHECKED),) if camera.mount is Mount.PTZ else ()
        health = _health_words(found.uptimes.get(camera.id, Uptimes()), translate)
        print("  ".join((*words, *state, *turned, *health)))
    return 0


def _health_words(found: Uptimes, translate: Translator) -> Iterator[str]:
    if found.month.share is not None:
        yield uptime_text(found.day, found.month, translate)
    if found.clock is not None and clock_is_off(found.clock.offset_ms):
        yield clock_text(found.clock.offset_ms, translate)


def run_test(
    camera: str, *, data_dir: Path | None, translate: Translator, picture: Path | None = None, as_json: bool = False
) -> int:
    """Open the streams of a URL or of stored cameras and say what they do. Exit code 1 if one does not deliver.

    A URL that is given by hand may be on this machine, as for `view`. A stored camera is asked by the settings' rule:
    its login goes nowhere where the wall would not send it. `picture` gets a picture of the first stream that shows
    one; raises DomainError(PICTURE_*, OUTPUT_*) before any camera is asked.
    """
    several = "://" not in camera and "," in camera
    if picture is not None:
        if several:
            raise DomainError(DomainCode.PICTURE_OF_ONE)
        check_picture_file(picture)
    if "://" in camera:
        streams: Sequence[StreamTest] = _look_at_url(camera, picture)
    else:
        request = RunCameraTest(tuple(camera.split(",")), str(picture.absolute()) if picture is not None else "")

        def here(register: CameraRegister, _workstation: Workstation) -> CameraTestReport:
            return requests.tested(register, request)

        streams = _carried_out(request, CameraTestReport, here, data_dir=data_dir, translate=translate).streams
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(_Tested(streams=tuple(streams))), indent=2).decode())
    else:
        for stream in streams:
            first, *more = say.tested_lines(stream, translate)
            print("\n".join((f"{stream.camera}  {first}" if several else first, *more)))
    if picture is not None:
        shown = next((stream for stream in streams if stream.picture), None)
        saved = say.NO_PICTURE if shown is None else say.PICTURE_SAVED
        print(translate(saved, file=picture, profile=shown.profile if shown is not None else ""), file=sys.stderr)
    return 0 if all(stream.seen for stream in streams) else _LOOKED_AND_FOUND_WRONG


class _Tested(msgspec.Struct, frozen=True):
    """What `--json` prints."""

    streams: tuple[StreamTest, ...]
    schema: str = "tmcwall.camera-test/1"


def _look_at_url(url: str, picture: Path | None) -> Sequence[StreamTest]:
    if has_credentials(url):
        raise DomainError(DomainCode.TEST_URL_WITH_PASSWORD)
    check_url(url)
    context = SessionContext(clock=SystemClock(), rule=AddressRule.anywhere(), trust=Trust())

    async def look() -> Sequence[StreamTest]:
        async with ProbeDecoder(context.clock) as decoder:
            return await look_at_camera("", [("URL", StreamUrl(url))], context, decoder, picture=picture)

    return asyncio.run(look())


def _carried_out(
    request: Request,
    reply: type[T],
    here: Callable[[CameraRegister, Workstation], T],
    *,
    data_dir: Path | None,
    translate: Translator,
) -> T:
    """By the program that runs on that data, else `here`."""
    handed_over = hand_over(paths_of(data_dir), request, reply)
    if handed_over is not None:
        return handed_over

    def tell_lost(fault: Fault) -> None:
        print(f"tmcwall: {explain(fault, translate)}", file=sys.stderr)

    with open_workstation(data_dir, clock=SystemClock(), process="camera") as workstation:
        return here(register_of(workstation, vault_lost=tell_lost), workstation)
