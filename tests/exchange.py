"""A workstation's store in memory and a central server, for the tests of synchronisation."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
from argon2 import PasswordHasher

from tests.enrolled import EveryDevice, place_server_key, sign_in_at, signed
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.ids import uuid7
from tmcwall.domain.merge import NOTHING, Conflict, EntityState, merge, with_pending
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Json, Operation
from tmcwall.domain.server_state import SnapshotProgress, TakenEntity, UnreadOperation, WithdrawnOperation
from tmcwall.intake.webhook import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from tmcwall.server.context import ServerLimits, ServerSettings
from tmcwall.sync.account import Session
from tmcwall.sync.protocol import Fate
from tmcwall.sync.register import DeviceKey, Register
from tmcwall.sync.replica import UNVERIFIED, Acknowledgement, ClipFile, OrderedOperation, SyncPosition
from tmcwall.sync.snapshot import Head

START = datetime(2025, 3, 28, 7, 0, tzinfo=UTC)
NRP, PASSWORD = "80010001", "sandi-untuk-uji"
OFFICER = Officer(NRP, "Siti Rahma", Role.OPERATOR, "Aipda")
WEBHOOK_SECRET = "rahasia-bersama-untuk-uji"
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def settings_in(folder: Path, *, database: str | None = None, limits: ServerLimits | None = None) -> ServerSettings:
    place_server_key(folder / "server.key")
    return ServerSettings(
        database=database or f"sqlite:///{folder / 'server.db'}",
        blobs=str(folder / "blobs"),
        key_file=folder / "server.key",
        limits=limits or ServerLimits(),
    )


def report_body(**changes: object) -> bytes:
    content = {
        "schema": "tmcwall.incident/1", "id": "112-SKA-1", "source": "112", "msg_type": "alert", "seq": 1,
        "sent": "2025-03-28T14:00:00+07:00", "status": "actual", "type": "kecelakaan_lalu_lintas",
        "severity": "sedang", "certainty": "belum_terverifikasi", "location": {"lat": -7.56, "lon": 110.80},
        "text": "motor vs mobil",
    }  # fmt: skip
    return json.dumps({**content, **changes}).encode()


def report_headers(body: bytes, *, now: datetime, secret: str = WEBHOOK_SECRET) -> dict[str, str]:
    return {SIGNATURE_HEADER: sign(body, secret.encode()), TIMESTAMP_HEADER: str(int(now.timestamp()))}


def _as_json(value: object) -> dict[str, Json]:
    fields: dict[str, Json] = msgspec.json.decode(msgspec.json.encode(value))
    return fields


def bookmark(bookmark_id: str, *, note: str = "", made_at: datetime = START) -> dict[str, Json]:
    return _as_json(
        Bookmark(bookmark_id, "cam-1", "Simpang Empat", made_at, made_at + timedelta(seconds=20), made_at, NRP, note)
    )


def clip(clip_id: str, bookmark_id: str, *, sha256: str, size_bytes: int) -> dict[str, Json]:
    return _as_json(Clip(clip_id, bookmark_id, ClipState.READY, f"{clip_id}.mp4", sha256=sha256, size_bytes=size_bytes))


def operations(
    count: int, *, device: str = "ws1", first: int = 1, previous_hash: str = FIRST_HASH, actor: str = NRP
) -> list[Operation]:
    """A device's chain: each one makes a bookmark."""
    made = []
    for number in range(first, first + count):
        bookmark_id = f"{device}-b{number}"
        operation = Operation(
            uuid7(START), device, number, actor, START, Entity.BOOKMARK, bookmark_id, 0, bookmark(bookmark_id),
            SCHEMA_VERSION, previous_hash,
        )  # fmt: skip
        previous_hash = operation.hash
        made.append(signed(operation))
    return made


@dataclass
class MemoryReplica:
    """Obeys `sync.replica.Replica`. Each method is one transaction: all of it, or it raises and nothing."""

    device: str = "ws1"
    actor: str = NRP
    own: list[Operation] = field(default_factory=list)
    unacknowledged: set[int] = field(default_factory=set)
    quarantined: dict[int, str] = field(default_factory=dict)
    confirmed: dict[tuple[Entity, str], EntityState] = field(default_factory=dict)
    applied: set[UUID] = field(default_factory=set)
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    place: SyncPosition = field(default_factory=SyncPosition)
    clips: list[ClipFile] = field(default_factory=list)
    uploaded: list[ClipFile] = field(default_factory=list)
    refused_clips: dict[str, str] = field(default_factory=dict)
    unread: list[UnreadOperation] = field(default_factory=list)
    withdrawn: list[WithdrawnOperation] = field(default_factory=list)
    """Noted only: what was applied stays applied."""
    kept_delegations: dict[str, str] = field(default_factory=dict)
    known_keys: Register = field(default_factory=EveryDevice)
    kept_keys: tuple[DeviceKey, ...] = ()
    has_forked: bool = False
    loading: SnapshotProgress | None = None
    heads: list[Head] = field(default_factory=list)
    crash_at: str = ""
    """The method that fails before its commit, once."""

    def write(self, entity: Entity, entity_id: str, fields: dict[str, Json]) -> Operation:
        operation = Operation(
            uuid7(START), self.device, len(self.own) + 1, self.actor, START, entity, entity_id,
            self.confirmed.get((entity, entity_id), NOTHING).revision, fields, SCHEMA_VERSION,
            self.own[-1].hash if self.own else FIRST_HASH,
        )  # fmt: skip
        operation = signed(operation)
        self.own.append(operation)
        self.unacknowledged.add(operation.number)
        return operation

    def seen(self, entity: Entity, entity_id: str) -> dict[str, Json]:
        """What the officer sees: own operations that are not in the server's order yet lie on top."""
        confirmed = self.confirmed.get((entity, entity_id), NOTHING)
        waiting = [
            operation
            for operation in self.own
            if operation.id not in self.applied
            and operation.number not in self.quarantined
            and (operation.entity, operation.entity_id) == (entity, entity_id)
        ]
        return with_pending(confirmed, waiting).fields

    def identity(self) -> str:
        return self.device

    def register(self) -> Register:
        return self.known_keys

    def keep_register(self, keys: Sequence[DeviceKey]) -> None:
        self.kept_keys = tuple(keys)

    def unverified(self) -> Sequence[str]:
        return [one.text for one in self.unread if one.reason == UNVERIFIED]

    def read_again(self) -> None:
        self.confirmed.clear()
        self.applied.clear()
        self.unread.clear()
        self.place = SyncPosition(0, self.place.epoch)

    def pending(self, limit: int) -> Sequence[Operation]:
        return [operation for operation in self.own if operation.number in self.unacknowledged][:limit]

    def date_again(self) -> bool:
        return False

    def pending_count(self) -> int:
        return len(self.unacknowledged)

    def delegations(self, nrps: AbstractSet[str]) -> Mapping[str, str]:
        return {nrp: self.kept_delegations[nrp] for nrp in nrps if nrp in self.kept_delegations}

    def acknowledged(self, acknowledgements: Sequence[Acknowledgement]) -> None:
        self._crash_if("acknowledged")
        for acknowledgement in acknowledgements:
            self.unacknowledged.discard(acknowledgement.number)
            if acknowledgement.fate is Fate.QUARANTINED:
                self.quarantined[acknowledgement.number] = acknowledgement.reason

    def resend_from(self, number: int) -> None:
        self.unacknowledged |= {operation.number for operation in self.own if operation.number >= number}

    def offer_unplaced(self) -> bool:
        return False  # it does not keep what has a place

    def forked(self) -> None:
        self.has_forked = True

    def position(self) -> SyncPosition:
        said = max((one.number for one in self.own if one.number not in self.unacknowledged), default=0)
        return replace(self.place, acknowledged=said)

    def apply_page(
        self,
        operations: Sequence[OrderedOperation],
        cursor: int,
        epoch: UUID,
        *,
        known: tuple[int, str] | None = None,
        unread: Sequence[UnreadOperation] = (),
        withdrawn: Sequence[WithdrawnOperation] = (),
    ) -> None:
        self._crash_if("apply_page")
        self.unread += unread
        self.withdrawn += withdrawn
        for ordered in operations:
            operation = ordered.operation
            if operation.id in self.applied:
                continue
            key = (operation.entity, operation.entity_id)
            before = self.confirmed.get(key, NOTHING)
            if ordered.revision <= before.revision:
                self.applied.add(operation.id)  # a snapshot held it already
                continue
            merged = merge(before, operation)
            assert merged.state.revision == ordered.revision
            self.confirmed[key] = merged.state
            self.conflicts |= {conflict.id: conflict for conflict in merged.conflicts}
            self.applied.add(operation.id)
        last = self.place.known_sequence, self.place.known_hash
        if operations:
            last = operations[-1].server_sequence, operations[-1].operation.hash
        self.place = SyncPosition(cursor, epoch, *(known or last))

    def begin_epoch(self, epoch: UUID, *, lost_from: int) -> None:
        self.resend_from(lost_from)
        self.confirmed.clear()
        self.applied.clear()
        self.conflicts.clear()
        self.place = SyncPosition(0, epoch)

    def snapshot(self) -> SnapshotProgress | None:
        return self.loading

    def begin_snapshot(self, progress: SnapshotProgress, *, heads: Sequence[Head]) -> None:
        self.loading = progress
        self.heads = list(heads)

    def take_snapshot(
        self, progress: SnapshotProgress, entities: Sequence[TakenEntity], *, unread: Sequence[UnreadOperation] = ()
    ) -> None:
        self._crash_if("take_snapshot")
        self.unread += unread
        for one in entities:
            self.confirmed[one.entity, one.entity_id] = one.state
            self.conflicts |= {conflict.id: conflict for conflict in one.conflicts}
        self.loading = progress

    def finish_snapshot(
        self,
        progress: SnapshotProgress,
        *,
        withdrawn: Sequence[WithdrawnOperation] = (),
        unread: Sequence[UnreadOperation] = (),
    ) -> None:
        self._crash_if("finish_snapshot")
        self.withdrawn += withdrawn
        self.unread += unread
        self.loading = None
        self.applied |= {one.id for one in self.own if one.number not in self.unacknowledged | self.quarantined.keys()}
        self.place = SyncPosition(progress.place, progress.epoch, progress.known_sequence, progress.known_hash)

    def clips_to_upload(self, limit: int) -> Sequence[ClipFile]:
        return [file for file in self.clips if file.clip_id not in self.refused_clips][:limit]

    def clip_uploaded(self, clip_id: str) -> None:
        self.uploaded += [file for file in self.clips if file.clip_id == clip_id]
        self.clips = [file for file in self.clips if file.clip_id != clip_id]

    def clips_wanted(self, clip_ids: Sequence[str]) -> None:
        self.clips += [file for file in self.uploaded if file.clip_id in clip_ids]
        self.uploaded = [file for file in self.uploaded if file.clip_id not in clip_ids]

    def clip_refused(self, clip_id: str, reason: str) -> None:
        self.refused_clips[clip_id] = reason

    def _crash_if(self, method: str) -> None:
        if self.crash_at == method:
            self.crash_at = ""
            raise Fault(FaultCode.STORE_UNWRITABLE, "test")


SERVER_PROGRAM = """
import sys
from pathlib import Path
from tmcwall.server.context import ServerLimits
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_run import run
database = sys.argv[3] or None
proxies = tuple(sys.argv[4:])
limits = ServerLimits(heartbeat_s=1)
folder, port = Path(sys.argv[1]), int(sys.argv[2])
run(ServerOptions(data_dir=folder, port=port, database=database, limits=limits, trusted_proxies=proxies))
"""


@dataclass
class ServerProcess:
    """A real server in a process of its own."""

    process: subprocess.Popen[str]
    url: str
    folder: Path
    database: str = ""

    def sign_in(self, nrp: str, password: str, *, device: str) -> Session:
        """From a device that is enrolled for it, unless it is already."""
        return sign_in_at(self.folder, self.url, nrp, password, name=device, database=self.database or None)

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(60)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@contextmanager
def server_process(
    folder: Path, *, port: int = 0, database: str = "", trusted_proxies: Sequence[str] = ()
) -> Iterator[ServerProcess]:
    place_server_key(folder / "server" / "server.key")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SERVER_PROGRAM, str(folder), str(port), database, *trusted_proxies],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("ready "), line
        yield ServerProcess(process, line.removeprefix("ready ").strip(), folder, database)
    finally:
        process.kill()
        process.wait(60)
        process.stdout.close()
