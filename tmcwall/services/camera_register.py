"""The register of cameras: taking in lists, editing, putting out of use, removing, testing and writing out."""

from __future__ import annotations

import asyncio
import getpass
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Protocol, TypeVar

from tmcwall.cameras.importing import ImportReport, import_cameras
from tmcwall.cameras.list_reader import RowProblem, RowReason, edited, read_list
from tmcwall.cameras.listing import COLUMNS, cells_of, list_content
from tmcwall.cameras.logins import CameraLogins, LoginBook, logins_in
from tmcwall.db import cameras as camera_rows
from tmcwall.db import oversight as oversight_rows
from tmcwall.db.store import Session
from tmcwall.domain import oversight
from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Camera, Profile, Standing
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import FieldChange
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.lifecycle import IN_USE, Lifecycle
from tmcwall.domain.officer import SYSTEM_ACCOUNT, Action, Officer, Role, demand
from tmcwall.domain.source import SessionKind, TransportPreference
from tmcwall.durable import disk_fault, replace_file
from tmcwall.log import get_logger
from tmcwall.net.trust import Trust
from tmcwall.services.camera_picture import save_picture
from tmcwall.services.future_dispatcher import StoreProtocol
from tmcwall.services.sources import stream_url
from tmcwall.video.engine.probe_decoder import ProbeDecoder
from tmcwall.video.ipc.messages import OddityCount, StreamUrl
from tmcwall.video.ipc.pinning import pinned_stream
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.probe import NotSeen, Seen, probe

log = get_logger(__name__)

EDITABLE: Final = tuple(column for column in COLUMNS if column != "id")

_TESTED_AT_ONCE: Final = 4
"""Cameras; the engine's own streams come first on this machine and on its network."""
_STOP_WITHIN_S: Final = 0.2
_IN_A_TRANSACTION: Final = 50
"""Cameras: an officer who tags meanwhile waits for the writer no longer than that. What comes before a fault stays."""
_LISTED_IN_A_TRANSACTION: Final = 500
"""Cameras of a list, which cost less each: each transaction has its own row of custody. A list is taken in again where
a fault has cut it short."""

T = TypeVar("T")


class Vault(LoginBook, Protocol):
    """The installation's vault."""

    def opened(self) -> LoginBook | None:
        """For an import; None where there is none and none can be made. Raises Fault(VAULT_UNAVAILABLE)."""
        ...

    def can_be_locked(self) -> bool:
        """Whether logins could be kept, without making anything."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How cameras may be asked on this workstation, as its settings say."""

    rule: AddressRule
    ca_file: Path | None = None
    transport: TransportPreference = TransportPreference.AUTO
    fingerprints: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A camera of the register, and how far it is in use."""

    camera: Camera
    lifecycle: Lifecycle


@dataclass(frozen=True, slots=True)
class EditReport:
    """What an edit did. With a problem nothing was changed."""

    changed: int = 0
    unchanged: int = 0
    camera: str = ""
    """The camera of the problem."""
    problem: RowProblem | None = None


@dataclass(frozen=True, slots=True)
class StreamTest:
    """What one stream did when it was tested: `seen`, or the fault that kept it from delivering."""

    camera: str
    profile: str
    seen: Seen | None = None
    fault: FaultCode | None = None
    detail: str = ""
    """Of the fault, as the session says it; of TLS_UNTRUSTED the fingerprint that was found."""
    oddities: tuple[OddityCount, ...] = ()
    """What the camera did, although it does not deliver, that no specification allows."""
    session: SessionKind = SessionKind.OWN
    """OWN_AGAIN: FFmpeg's RTSP was tried, too, and does not play it."""
    picture: bool = False
    """Whether it is the stream whose picture was saved."""


def log_lost_vault(fault: Fault) -> None:
    log.warning("the vault was lost and set aside: %s", fault.detail)


class CameraRegister:
    """The cameras of one workstation for who looks after them. Every call waits: never in the GUI thread.

    Changes are made one at a time and are in custody under `by`, whose role must carry IMPORT_CAMERAS for lists and
    edits, and CHANGE_STANDING for what puts a camera out of use or into it.
    """

    def __init__(
        self,
        *,
        store: StoreProtocol,
        vault: Vault,
        asking: Asking,
        clock: Clock,
        vault_lost: Callable[[Fault], object] = log_lost_vault,
    ) -> None:
        """`vault_lost` is called, in the caller's thread, with Fault(VAULT_LOST); the work goes on without logins."""
        self._vault_lost = vault_lost
        self._store = store
        self._vault = vault
        self._asking = asking
        self._clock = clock
        self._changing = threading.Lock()
        """Logins and cameras of one change belong together, and the vault is written whole."""

    def entries(self) -> tuple[Entry, ...]:
        """Every camera by number, those that were removed among them."""
        return self._store.read(read_entries).result()

    def import_list(self, file: Path, *, by: Officer, dry_run: bool = False) -> ImportReport:
        """Take a list in, or say what that would do. Cameras that were removed and are in the list come back.

        Raises DomainError(LIST_UNREADABLE, LIST_COLUMNS, NOT_ALLOWED) and Fault(STORE_*, VAULT_UNAVAILABLE).
        """
        if not dry_run:
            demand(by, Action.IMPORT_CAMERAS)
        result = read_list(file, rule=self._asking.rule)
        if not dry_run:
            self.hide_secrets()
        with self._changing:
            rows = _Rows(self._store, name=file.name, by=by, clock=self._clock)
            needed = any(item.logins for item in result.cameras)
            vault = self._for_list(dry_run=dry_run) if needed else None
            return import_cameras(result, store=rows, vault=vault, dry_run=dry_run)

    def hide_secrets(self) -> int:
        """Move what earlier versions left in addresses (`password=`, `token=`) into the vault; of how many cameras.

        Without a vault it stays where it is. Raises Fault(STORE_*, VAULT_UNAVAILABLE).
        """
        with self._changing:
            cameras = self._store.read(camera_rows.every_camera).result()
            found = {camera.id: logins for camera in cameras if (logins := logins_in(camera)) is not None}
            vault = self._opened() if found else None
            if vault is None:
                return 0
            kept = vault.all()
            vault.put({key: logins.joined(kept.get(key)) for key, logins in found.items()})
            self._store.write(camera_rows.hide_secrets).result()
        log.info("secrets of camera addresses moved into the vault", cameras=len(found))
        return len(found)

    def edit(self, camera_ids: Collection[str], cells: Mapping[str, str], *, by: Officer) -> EditReport:
        """Give cameras these columns of a list; none of them where one cannot have them. Logins go to the vault.

        Raises DomainError(NOT_ALLOWED, NOT_FOUND, CAMERA_FIELD) and Fault(STORE_*, VAULT_UNAVAILABLE).
        """
        demand(by, Action.IMPORT_CAMERAS)
        unknown = cells.keys() - set(EDITABLE)
        if unknown or not cells:
            raise DomainError(DomainCode.CAMERA_FIELD, f"{', '.join(sorted(unknown))}: {', '.join(EDITABLE)}")
        with self._changing:
            return self._edit(self._known(camera_ids), cells, by)

    def put_standing(self, camera_ids: Collection[str], standing: Standing, *, reason: str, by: Officer) -> None:
        """Put cameras out of use or into it. Raises DomainError(NOT_ALLOWED, FIELD_*, NOT_FOUND) and Fault(STORE_*)."""
        demand(by, Action.CHANGE_STANDING)
        at = self._clock.utc()

        put = partial(camera_rows.put_standings, standing=standing, reason=reason, by=by, at=at)
        with self._changing:
            for portion in _portions([entry.camera.id for entry in self._known(camera_ids)]):
                self._store.write(partial(put, camera_ids=portion)).result()

    def remove(self, camera_ids: Collection[str], *, reason: str, by: Officer) -> None:
        """Take cameras out of every list and forget their logins. What refers to them, and their numbers, stay.

        Raises as `put_standing`, and Fault(VAULT_UNAVAILABLE): the cameras are removed then, and their logins are not.
        """
        self.put_standing(camera_ids, Standing.REMOVED, reason=reason, by=by)
        with self._changing:
            self._vault.remove(set(camera_ids))

    def export(self, file: Path, camera_ids: Collection[str] | None = None) -> int:
        """Write a list of these cameras, or of all that are not removed; how many. Logins are never in it.

        Raises DomainError(LIST_KIND, NOT_FOUND) and Fault(FILE_UNWRITABLE, DISK_FULL).
        """
        if camera_ids is None:
            cameras: Sequence[Camera] = self._store.read(camera_rows.all_cameras).result()
        else:
            cameras = [entry.camera for entry in self._known(camera_ids)]
        content = list_content(file, cameras)
        try:
            replace_file(file, content)
        except OSError as error:
            raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE) from error
        return len(cameras)

    def test(
        self,
        camera_ids: Collection[str],
        *,
        on_tested: Callable[[Sequence[StreamTest]], None],
        stop: threading.Event,
        picture: Path | None = None,
    ) -> None:
        """Open every stream of these cameras as the wall would, a few cameras at once; told camera by camera.

        `picture` gets a picture of the first that shows one. Raises DomainError(NOT_FOUND, CAMERA_OUT_OF_USE) before
        any is asked, Fault(VAULT_UNAVAILABLE), and as `save_picture`.
        """
        found = self._known(camera_ids)
        for entry in found:
            if not entry.lifecycle.may_log_in:
                raise DomainError(DomainCode.CAMERA_OUT_OF_USE, entry.camera.id)
        logins = self._logins()
        asked = [(entry.camera.id, self._streams(entry.camera, logins.get(entry.camera.id))) for entry in found]
        context = SessionContext(clock=self._clock, rule=self._asking.rule, trust=Trust(self._asking.ca_file))
        pictured: set[str] = set()

        def take(streams: Sequence[StreamTest]) -> None:
            pictured.update(stream.camera for stream in streams if stream.picture)
            on_tested(streams)

        asyncio.run(_look_at(asked, context, on_tested=take, stop=stop, picture=picture))
        if pictured:
            by, at = account_of_the_system().nrp, self._clock.utc()
            rows = [
                oversight.Entry(officer=by, action=oversight.OversightAction.PICTURE_TAKEN, at=at, camera=camera_id)
                for camera_id in sorted(pictured)
            ]
            self._store.write(partial(oversight_rows.append, entries=rows)).result()

    def _known(self, camera_ids: Collection[str]) -> list[Entry]:
        """In the order given. Raises DomainError(NOT_FOUND)."""
        known = {entry.camera.id: entry for entry in self.entries()}
        missing = next((camera_id for camera_id in camera_ids if camera_id not in known), None)
        if missing is not None:
            raise DomainError(DomainCode.NOT_FOUND, missing)
        return [known[camera_id] for camera_id in dict.fromkeys(camera_ids)]

    def _edit(self, entries: Sequence[Entry], cells: Mapping[str, str], by: Officer) -> EditReport:
        edits: list[camera_rows.Edit] = []
        given: dict[str, CameraLogins] = {}
        for entry in entries:
            camera = entry.camera
            item = edited(camera, cells, rule=self._asking.rule)
            if isinstance(item, RowProblem):
                return EditReport(camera=camera.id, problem=item)
            if item.logins is not None:
                given[camera.id] = item.logins
            if item.camera != camera:
                edits.append(camera_rows.Edit(item.camera, _changes(camera, item.camera)))
        vault = self._opened() if given else None
        if given and vault is None:
            return EditReport(camera=next(iter(given)), problem=RowProblem(0, RowReason.NO_VAULT, "url"))
        if vault is not None:
            kept = vault.all()
            vault.put({key: logins.joined(kept.get(key)) for key, logins in given.items()})
        at = self._clock.utc()
        for portion in _portions(edits):
            self._store.write(partial(camera_rows.edit, edits=portion, by=by, at=at)).result()
        return EditReport(len(edits), len(entries) - len(edits))

    def _for_list(self, *, dry_run: bool) -> LoginBook | None:
        """A dry run neither makes a vault nor sets one aside."""
        if not dry_run:
            return self._opened()
        return self._vault if self._vault.can_be_locked() else None

    def _opened(self) -> LoginBook | None:
        """The vault for new logins; one that is lost was set aside, and another is begun."""
        try:
            return self._vault.opened()
        except Fault as fault:
            self._tell_if_lost(fault)
        return self._vault.opened()

    def _logins(self) -> Mapping[str, CameraLogins]:
        try:
            return self._vault.all()
        except Fault as fault:
            self._tell_if_lost(fault)
        return {}

    def _tell_if_lost(self, fault: Fault) -> None:
        """Any other fault is raised again."""
        if fault.code is not FaultCode.VAULT_LOST:
            raise fault
        self._vault_lost(fault)

    def _streams(self, camera: Camera, logins: CameraLogins | None) -> list[tuple[Profile, StreamUrl]]:
        known = logins or CameraLogins()
        transport = camera.transport or self._asking.transport
        streams = []
        for profile, url in ((Profile.MAIN, camera.url), (Profile.SUB, camera.substream_url)):
            if url is not None:
                source = stream_url(url, known.for_stream(profile, url), transport=transport)
                streams.append((profile, pinned_stream(source, self._asking.fingerprints)))
        return streams


def read_entries(session: Session) -> tuple[Entry, ...]:
    """In the store's thread: every camera by number, those that were removed among them."""
    decided = camera_rows.lifecycles(session)
    return tuple(Entry(camera, decided.get(camera.id, IN_USE)) for camera in camera_rows.every_camera(session))


def account_of_the_system() -> Officer:
    """Who acts where nobody has to be on duty: the account of the operating system that owns the data.

    Whoever has it may change everything here anyway; custody names it `os:NAME`.
    """
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "?"
    return Officer(f"{SYSTEM_ACCOUNT}{name}", name, Role.ADMIN)


class _Rows:
    """`cameras.importing.CameraStore` on the local store, in custody."""

    def __init__(self, store: StoreProtocol, *, name: str, by: Officer, clock: Clock) -> None:
        self._store = store
        self._name = name
        self._by = by
        self._clock = clock

    def cameras(self) -> Mapping[str, Camera]:
        return {camera.id: camera for camera in self._store.read(camera_rows.every_camera).result()}

    def removed(self) -> AbstractSet[str]:
        found = self._store.read(camera_rows.lifecycles).result()
        return {camera_id for camera_id, one in found.items() if one.standing is Standing.REMOVED}

    def put(self, cameras: Sequence[Camera]) -> None:
        at = self._clock.utc()
        for portion in _portions(cameras, _LISTED_IN_A_TRANSACTION):
            take = partial(camera_rows.take_list, cameras=portion, name=self._name, by=self._by, at=at)
            self._store.write(take).result()


def _portions(whole: Sequence[T], size: int = _IN_A_TRANSACTION) -> Iterator[Sequence[T]]:
    """So many as one transaction may hold."""
    return (whole[start : start + size] for start in range(0, len(whole), size))


def _changes(before: Camera, after: Camera) -> tuple[FieldChange, ...]:
    old, new = cells_of(camera_rows.without_secrets(before)), cells_of(after)
    return tuple(FieldChange(name, old[name], new[name]) for name in EDITABLE if old[name] != new[name])


async def _look_at(
    asked: Iterable[tuple[str, Sequence[tuple[Profile, StreamUrl]]]],
    context: SessionContext,
    *,
    on_tested: Callable[[Sequence[StreamTest]], None],
    stop: threading.Event,
    picture: Path | None,
) -> None:
    waiting = iter(asked)

    async def worker() -> None:
        async with ProbeDecoder(context.clock) as decoder:
            for camera_id, streams in waiting:
                on_tested(await look_at_camera(camera_id, streams, context, decoder, picture=picture))

    workers = {asyncio.create_task(worker()) for _ in range(_TESTED_AT_ONCE)}
    cancelled = False
    while workers:
        done, workers = await asyncio.wait(workers, timeout=_STOP_WITHIN_S, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            if not task.cancelled():
                task.result()
        if stop.is_set() and not cancelled:
            cancelled = True  # once: what ends their decoders is not to be cancelled, too
            for task in workers:
                task.cancel()


async def look_at_camera(
    camera_id: str,
    streams: Iterable[tuple[str, StreamUrl]],
    context: SessionContext,
    decoder: ProbeDecoder,
    *,
    picture: Path | None = None,
) -> list[StreamTest]:
    """Every stream as the engine opens it, with its rules on addresses and logins, one after the other."""
    found: list[StreamTest] = []
    for profile, stream in streams:
        saves = picture is not None and not any(one.picture for one in found)
        found.append(await _look(camera_id, profile, stream, context, decoder, picture=picture if saves else None))
    return found


async def _look(
    camera_id: str,
    profile: str,
    stream: StreamUrl,
    context: SessionContext,
    decoder: ProbeDecoder,
    *,
    picture: Path | None,
) -> StreamTest:
    try:
        seen = await probe(stream, context, decoder, small=profile == Profile.SUB)
    except NotSeen as fault:
        return StreamTest(
            camera_id, profile, fault=fault.code, detail=fault.detail, oddities=fault.oddities, session=fault.session
        )
    shown = decoder.picture() if picture is not None else None
    if picture is not None and shown is not None:
        save_picture(picture, shown)
    return StreamTest(camera_id, profile, seen, picture=shown is not None)
