"""What the synchronisation client asks of the workstation's store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from tmcwall.domain.operation import Operation
from tmcwall.domain.server_state import SnapshotProgress, TakenEntity, UnreadOperation, WithdrawnOperation
from tmcwall.sync.protocol import Fate
from tmcwall.sync.register import DeviceKey, Register
from tmcwall.sync.snapshot import Head

UNVERIFIED: Final = "signature"
"""The reason of an operation that no known key of its device has signed."""


@dataclass(frozen=True, slots=True)
class SyncPosition:
    """How far this workstation has taken over the server's order. `epoch` None: never yet."""

    cursor: int = 0
    epoch: UUID | None = None
    known_sequence: int = field(default=0, compare=False)
    """The newest place that was taken over; 0: none yet. By what stands there the server sees whose order this is."""
    known_hash: str = field(default="", compare=False)
    acknowledged: int = field(default=0, compare=False)
    """The newest number of this device that the server has said to have."""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The server keeps this operation. `reason` is set when it is in quarantine: shown to the officer, not lost."""

    operation_id: UUID
    number: int
    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OrderedOperation:
    """An operation with its place in the server's order, this workstation's own included."""

    server_sequence: int
    fate: Fate
    revision: int
    """The entity's revision after it, as the server counts."""
    operation: Operation


@dataclass(frozen=True, slots=True)
class ClipFile:
    """A clip's bytes, ready to go up. Its clip entity is among the operations already."""

    clip_id: str
    path: Path
    size_bytes: int
    sha256: str


class Replica(Protocol):
    """The store as the client sees it. Every method is one transaction and may raise Fault(STORE_*, DISK_FULL).

    Called in the client's thread only.
    """

    def pending(self, limit: int) -> Sequence[Operation]:
        """Own operations that the server has not acknowledged, of one identity, in the order of their numbers.

        At most `limit`. What was made under a former identity comes before what followed it. Each is signed.
        Raises Fault(DEVICE_NOT_ENROLLED) if there is no key to sign with what was made without.
        """
        ...

    def pending_count(self) -> int: ...

    def identity(self) -> str:
        """The identity under which this workstation makes operations now."""
        ...

    def register(self) -> Register:
        """What the server has said about keys of devices, and whose word that is since this one was enrolled."""
        ...

    def keep_register(self, keys: Sequence[DeviceKey]) -> None:
        """In the place of what was kept, with `Register.with_ends`: what has ended stays ended."""
        ...

    def unverified(self) -> Sequence[str]:
        """JSON of what came from the server and was not signed as it must be (`UNVERIFIED`), at most a page of it."""
        ...

    def read_again(self) -> None:
        """What could not be read may be read now: all pages follow again from 0, with no effect of their own."""
        ...

    def delegations(self, nrps: AbstractSet[str]) -> Mapping[str, str]:
        """Of these officers, what the server gave when they signed in here; those without are left out."""
        ...

    def acknowledged(self, acknowledgements: Sequence[Acknowledgement]) -> None:
        """These are no longer pending. They are kept for at least 30 days, for a server restored from a backup."""
        ...

    def resend_from(self, number: int) -> None:
        """The server has lost own operations from `number` on (restored from a backup): they are pending again.

        So are those of former identities. What it has after all is acknowledged again.
        """
        ...

    def date_again(self) -> bool:
        """Pending operations whose time no server takes get the nearest that one does; whether there were any."""
        ...

    def offer_unplaced(self) -> bool:
        """Own operations that were acknowledged and have no place in the order are pending again.

        Whether there are any.
        """
        ...

    def forked(self) -> None:
        """The server has seen other operations with the numbers of this workstation: it is a copy, or was copied."""
        ...

    def position(self) -> SyncPosition: ...

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
        """Apply what a page brings and remember the cursor in one transaction.

        The same page twice has the effect of one. `withdrawn` are taken out after `operations` were applied. `known`
        is what the server says to stand at the end of the page; None: it says nothing, so the last operation counts.
        """
        ...

    def begin_epoch(self, epoch: UUID, *, lost_from: int) -> None:
        """The server's order is a new one: forget cursor and confirmed states; all pages follow again from 0.

        `lost_from`: the number of this device's first operation that the server has no more.
        """
        ...

    def snapshot(self) -> SnapshotProgress | None:
        """The state that was begun to be taken over and is not whole yet."""
        ...

    def begin_snapshot(self, progress: SnapshotProgress, *, heads: Sequence[Head]) -> None:
        """Nothing of it is in yet. `heads` are what the server vouches for with it."""
        ...

    def take_snapshot(
        self, progress: SnapshotProgress, entities: Sequence[TakenEntity], *, unread: Sequence[UnreadOperation] = ()
    ) -> None:
        """A page, after which it has come that far."""
        ...

    def finish_snapshot(
        self,
        progress: SnapshotProgress,
        *,
        withdrawn: Sequence[WithdrawnOperation] = (),
        unread: Sequence[UnreadOperation] = (),
    ) -> None:
        """All of it is in: the position is its place, and acknowledged own operations are part of it.

        `withdrawn` is all that was ever taken out of effect up to there: what of it is in effect here is taken out.
        """
        ...

    def clips_to_upload(self, limit: int) -> Sequence[ClipFile]:
        """Clips whose bytes the server lacks, oldest first."""
        ...

    def clip_uploaded(self, clip_id: str) -> None: ...

    def clips_wanted(self, clip_ids: Sequence[str]) -> None:
        """The server lacks the bytes of these after all: those that were uploaded are offered again."""
        ...

    def clip_refused(self, clip_id: str, reason: str) -> None:
        """The bytes cannot go up: the file is gone or is not what its clip says. Not offered again until restart."""
        ...
