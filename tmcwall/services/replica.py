"""The store as the synchronisation client sees it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from tmcwall.db import bookmarks, officers, operations, oversight, personal, server_order, signing, snapshots
from tmcwall.db.store import Session
from tmcwall.domain.clock import Clock
from tmcwall.domain.commitment import Opening
from tmcwall.domain.operation import Entity, Json, Operation
from tmcwall.domain.oversight import OversightRow
from tmcwall.domain.server_state import SnapshotProgress, TakenEntity, UnreadOperation, WithdrawnOperation
from tmcwall.services import offline_roles
from tmcwall.services.future_dispatcher import StoreProtocol, settled
from tmcwall.sync.protocol import MAX_BATCH, Fate, SignedRoles
from tmcwall.sync.register import DeviceKey, DeviceKeys, Register
from tmcwall.sync.replica import UNVERIFIED, Acknowledgement, ClipFile, OrderedOperation, SyncPosition
from tmcwall.sync.snapshot import Head

T = TypeVar("T")


def read_register(session: Session) -> Register:
    """Of the workstations that the server knows, as far as it has come here; empty before this one is enrolled."""
    enrolled = signing.enrolment(session, operations.device(session))
    if enrolled is None:
        return Register("")
    text = signing.register(session)
    keys = DeviceKeys.model_validate_json(text).keys if text is not None else ()
    return Register(enrolled.server_key, keys)


class StoreOversight:
    """The chain of who watched which camera, waited for in the client's thread. `sync.couriers.OversightStore`."""

    def __init__(self, store: StoreProtocol) -> None:
        self._store = store

    def pending(self, limit: int) -> Sequence[OversightRow]:
        return settled(self._store.read(partial(oversight.pending, limit=limit)))

    def mark_sent(self, up_to: int) -> None:
        settled(self._store.write(partial(oversight.mark_sent, up_to=up_to)))

    def resend_from(self, seq: int) -> None:
        settled(self._store.write(partial(oversight.resend_from, seq=seq)))


class StoreRoles:
    """`sync.couriers.RoleStore`."""

    def __init__(self, store: StoreProtocol) -> None:
        self._store = store

    def to_tell(self) -> SignedRoles | None:
        return settled(self._store.read(offline_roles.to_tell))

    def told(self) -> None:
        settled(self._store.write(offline_roles.told))


class StorePersonal:
    """What was written here and operations hold commitments to. `sync.personal.PersonalStore`."""

    def __init__(self, store: StoreProtocol) -> None:
        self._store = store

    def openings(self, commitments: Collection[str]) -> Sequence[Opening]:
        return settled(self._store.read(partial(personal.openings, commitments=commitments)))

    def unsent(self, limit: int) -> Sequence[Opening]:
        return settled(self._store.read(partial(personal.unsent, limit=limit)))

    def mark_sent(self, commitments: Collection[str], *, at: datetime) -> None:
        settled(self._store.write(partial(personal.mark_sent, commitments=commitments, at=at)))

    def erased_up_to(self) -> int:
        return settled(self._store.read(personal.erased_up_to))

    def follow_erasures(self, erased: Collection[tuple[Entity, str]], *, up_to: int) -> None:
        settled(self._store.write(partial(personal.follow_erasures, erased=erased, up_to=up_to)))

    def drop_old(self, *, before: datetime) -> None:
        settled(self._store.write(partial(personal.drop_old, before=before)))


class StoreReplica:
    """Every method is one transaction of the store, waited for in the client's thread."""

    def __init__(self, *, store: StoreProtocol, clips: Path, clock: Clock) -> None:
        self._store = store
        self._clips = clips
        self._clock = clock

    def pending(self, limit: int) -> Sequence[Operation]:
        found = self._read(partial(operations.pending, limit=limit))
        if not all(operation.signature for operation in found):
            self._write(signing.sign_pending)
            found = self._read(partial(operations.pending, limit=limit))
        return [*takewhile(lambda one: one.device == found[0].device, found)]

    def pending_count(self) -> int:
        return self._read(operations.pending_count)

    def identity(self) -> str:
        return self._read(operations.device)

    def register(self) -> Register:
        return self._read(read_register)

    def keep_register(self, keys: Sequence[DeviceKey]) -> None:
        text = DeviceKeys(keys=self.register().with_ends(keys)).model_dump_json()
        self._write(partial(signing.keep_register, text=text))

    def unverified(self) -> Sequence[str]:
        unit = partial(server_order.unread, reason=UNVERIFIED, limit=MAX_BATCH)
        return [one.text for one in self._read(unit)]

    def read_again(self) -> None:
        self._write(server_order.read_again)

    def delegations(self, nrps: AbstractSet[str]) -> Mapping[str, str]:
        return self._read(partial(officers.delegations, nrps=nrps))

    def acknowledged(self, acknowledgements: Sequence[Acknowledgement]) -> None:
        receipts = [
            operations.Receipt(one.operation_id, (one.reason or one.fate) if one.fate is Fate.QUARANTINED else "")
            for one in acknowledgements
        ]
        self._write(partial(operations.acknowledge, receipts=receipts))

    def resend_from(self, number: int) -> None:
        self._write(partial(operations.resend_from, number=number))

    def date_again(self) -> bool:
        return self._write(operations.date_again) > 0

    def offer_unplaced(self) -> bool:
        return self._write(operations.offer_unplaced)

    def forked(self) -> None:
        self._write(operations.note_fork)

    def position(self) -> SyncPosition:
        kept = self._read(server_order.position)
        return SyncPosition(kept.cursor, kept.epoch, kept.known_sequence, kept.known_hash, kept.acknowledged)

    def apply_page(
        self,
        operations_: Sequence[OrderedOperation],
        cursor: int,
        epoch: UUID,
        *,
        known: tuple[int, str] | None = None,
        unread: Sequence[UnreadOperation] = (),
        withdrawn: Sequence[WithdrawnOperation] = (),
    ) -> None:
        apply = partial(
            server_order.apply_page,
            operations=[server_order.Ordered(one.server_sequence, one.operation, one.revision) for one in operations_],
            unread=unread,
            withdrawn=withdrawn,
            known=known,
            cursor=cursor,
            epoch=epoch,
            at=self._clock.utc(),
        )
        self._write(apply)

    def begin_epoch(self, epoch: UUID, *, lost_from: int) -> None:
        self._write(partial(server_order.begin_epoch, epoch=epoch, lost_from=lost_from))

    def snapshot(self) -> SnapshotProgress | None:
        return self._read(server_order.snapshot_under_way)

    def begin_snapshot(self, progress: SnapshotProgress, *, heads: Sequence[Head]) -> None:
        known: dict[str, Json] = {head.device: [head.number, head.hash] for head in heads}
        self._write(partial(snapshots.begin, snapshot=progress, heads=known))

    def take_snapshot(
        self, progress: SnapshotProgress, entities: Sequence[TakenEntity], *, unread: Sequence[UnreadOperation] = ()
    ) -> None:
        take = partial(
            snapshots.take,
            snapshot=progress,
            entities=entities,
            unread=unread,
            at=self._clock.utc(),
        )
        self._write(take)

    def finish_snapshot(
        self,
        progress: SnapshotProgress,
        *,
        withdrawn: Sequence[WithdrawnOperation] = (),
        unread: Sequence[UnreadOperation] = (),
    ) -> None:
        finish = partial(
            snapshots.finish, snapshot=progress, withdrawn=withdrawn, unread=unread, at=self._clock.utc()
        )  # fmt: skip
        self._write(finish)

    def clips_to_upload(self, limit: int) -> Sequence[ClipFile]:
        clips = self._read(partial(bookmarks.clips_to_upload, limit=limit))
        return [ClipFile(clip.id, self._clips / clip.path, clip.size_bytes, clip.sha256) for clip in clips]

    def clip_uploaded(self, clip_id: str) -> None:
        self._write(partial(bookmarks.clip_uploaded, clip_id=clip_id, at=self._clock.utc()))

    def clips_wanted(self, clip_ids: Sequence[str]) -> None:
        self._write(partial(bookmarks.clips_wanted, clip_ids=clip_ids))

    def clip_refused(self, clip_id: str, reason: str) -> None:
        self._write(partial(bookmarks.clip_refused, clip_id=clip_id, reason=reason))

    def _read(self, unit: Callable[[Session], T]) -> T:
        return settled(self._store.read(unit))

    def _write(self, unit: Callable[[Session], T]) -> T:
        return settled(self._store.write(unit))
