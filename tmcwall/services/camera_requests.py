"""What `tmcwall camera` asks of the running program, and how the program answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec

from tmcwall.cameras.importing import ImportReport
from tmcwall.db import health as health_rows
from tmcwall.db import shared_logins
from tmcwall.db.shared_logins import Wish
from tmcwall.domain.camera import Standing
from tmcwall.domain.clock import Clock
from tmcwall.domain.history import Uptimes
from tmcwall.domain.officer import Action, Officer
from tmcwall.services.camera_register import (
    CameraRegister,
    Entry,
    StreamTest,
    account_of_the_system,
)
from tmcwall.services.future_dispatcher import StoreProtocol
from tmcwall.services.handover import Handlers, Request, Work
from tmcwall.services.lifecycles import OnDuty


class ImportList(Request, frozen=True):
    """Reply: `ImportReport`. `file` is an absolute path: the program reads it itself."""

    file: str
    dry_run: bool = False
    share_logins: bool = False


class EditCameras(Request, frozen=True):
    """Reply: `EditReport`."""

    cameras: tuple[str, ...]
    cells: dict[str, str]


class RetireCameras(Request, frozen=True):
    """Reply: `Done`."""

    cameras: tuple[str, ...]
    reason: str


class RemoveCameras(Request, frozen=True):
    """Reply: `Done`."""

    cameras: tuple[str, ...]
    reason: str


class ExportCameras(Request, frozen=True):
    """Reply: `Exported`. `file` is an absolute path."""

    file: str


class ListCameras(Request, frozen=True):
    """Reply: `Listing`."""


class RunCameraTest(Request, frozen=True):
    """Reply: `CameraTestReport`. `picture` is an absolute path, or empty: the program saves the picture itself."""

    cameras: tuple[str, ...]
    picture: str = ""


class Done(msgspec.Struct, frozen=True):
    """It is committed; there is nothing more to say."""


class Exported(msgspec.Struct, frozen=True):
    """How many cameras the list holds."""

    cameras: int


class Listing(msgspec.Struct, frozen=True):
    """The cameras in use or to be used, by number, and how available they were."""

    entries: tuple[Entry, ...]
    uptimes: dict[str, Uptimes]


class CameraTestReport(msgspec.Struct, frozen=True):
    """Every stream of the cameras that were asked for."""

    streams: tuple[StreamTest, ...]


def camera_handlers(
    register: CameraRegister,
    *,
    store: StoreProtocol,
    duty: OnDuty,
    clock: Clock,
    changed: Callable[[], None],
) -> Handlers:
    """`changed` is called in any thread once a change is committed.

    Lists and edits are a technician's work: they are done under the account of the system, whoever is on duty, as they
    are while no program runs. What puts a camera out of use is a decision that custody keeps under a person's name:
    the officer on duty makes it, whose role must carry CHANGE_STANDING.
    """

    def changing(work: Work) -> Work:
        def change() -> object:
            result = work()
            changed()
            return result

        return change

    def import_list(request: ImportList) -> Work:
        by = account_of_the_system()
        work = partial(imported, register, store, clock, request, by=by)
        return work if request.dry_run else changing(work)

    def edit(request: EditCameras) -> Work:
        return changing(partial(register.edit, request.cameras, request.cells, by=account_of_the_system()))

    def retire(request: RetireCameras) -> Work:
        by = duty.demand(Action.CHANGE_STANDING)
        return changing(partial(retired, register, request, by=by))

    def remove(request: RemoveCameras) -> Work:
        by = duty.demand(Action.CHANGE_STANDING)
        return changing(partial(removed, register, request, by=by))

    return {
        ImportList: import_list,
        EditCameras: edit,
        RetireCameras: retire,
        RemoveCameras: remove,
        ExportCameras: lambda request: partial(exported, register, request),
        ListCameras: lambda _request: partial(listing, register, store, clock),
        RunCameraTest: lambda request: partial(tested, register, request),
    }


def imported(
    register: CameraRegister, store: StoreProtocol, clock: Clock, request: ImportList, *, by: Officer
) -> ImportReport:
    """Waits. Where logins are to be shared, the next officer who may signs in at the server and does it thereby."""
    report = register.import_list(Path(request.file), by=by, dry_run=request.dry_run)
    if request.share_logins and not request.dry_run:
        ids = tuple(entry.camera.id for entry in register.entries() if entry.lifecycle.standing is not Standing.REMOVED)
        wish = partial(shared_logins.wish, camera_ids=ids, wanted=Wish.SHARE, by=by.nrp, at=clock.utc())
        store.write(wish).result()
    return report


def retired(register: CameraRegister, request: RetireCameras, *, by: Officer) -> Done:
    """Waits."""
    register.put_standing(request.cameras, Standing.ENDED, reason=request.reason, by=by)
    return Done()


def removed(register: CameraRegister, request: RemoveCameras, *, by: Officer) -> Done:
    """Waits."""
    register.remove(request.cameras, reason=request.reason, by=by)
    return Done()


def exported(register: CameraRegister, request: ExportCameras) -> Exported:
    """Waits."""
    return Exported(register.export(Path(request.file)))


def listing(register: CameraRegister, store: StoreProtocol, clock: Clock) -> Listing:
    """Waits."""
    uptimes: Mapping[str, Uptimes] = store.read(partial(health_rows.uptimes, now=clock.utc())).result()
    entries = [entry for entry in register.entries() if entry.lifecycle.standing is not Standing.REMOVED]
    return Listing(tuple(entries), dict(uptimes))


def tested(register: CameraRegister, request: RunCameraTest) -> CameraTestReport:
    """Waits, a few seconds a camera."""
    streams: list[StreamTest] = []

    def take(of_a_camera: Sequence[StreamTest]) -> None:
        streams.extend(of_a_camera)

    picture = Path(request.picture) if request.picture else None
    register.test(request.cameras, on_tested=take, stop=threading.Event(), picture=picture)
    return CameraTestReport(tuple(streams))
