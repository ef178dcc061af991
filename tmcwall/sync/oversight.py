"""What a workstation tells the server besides its operations: who watched which camera, and how it stands itself."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from tmcwall.domain.clock import in_utc
from tmcwall.domain.oversight import OversightAction, OversightRow
from tmcwall.sync.protocol import Hash, Message, Name

MAX_ROWS = 500
"""In one message."""

Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]
Count = Annotated[int, Field(ge=0, lt=2**31)]


State = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,32}$")]


class OversightMessage(Message):
    """One link of the workstation's chain."""

    seq: Annotated[int, Field(ge=1, lt=2**53)]
    prev_hash: Hash
    officer: Name
    action: OversightAction
    camera: Annotated[str, StringConstraints(max_length=128, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    at: Moment
    detail: Line = ""
    reason: Line = ""
    hash: Hash

    @classmethod
    def of(cls, row: OversightRow) -> Self:
        return cls(
            seq=row.seq,
            prev_hash=row.prev_hash,
            officer=row.officer,
            action=row.action,
            camera=row.camera,
            at=row.at,
            detail=row.detail,
            reason=row.reason,
            hash=row.hash,
        )

    def row(self) -> OversightRow:
        return OversightRow(
            self.seq,
            self.prev_hash,
            self.officer,
            self.action,
            self.camera,
            self.at,
            self.detail,
            self.reason,
            self.hash,
        )


class OversightPush(Message):
    rows: Annotated[tuple[OversightMessage, ...], Field(min_length=1, max_length=MAX_ROWS)]
    """In the order of their numbers."""


class OversightReceipt(Message):
    had_until: int
    """The newest of this workstation's rows that the server had before."""


class ReceivedRow(OversightMessage):
    """A row as the server has it."""

    device: str
    link: str
    """`whole`; `gap`: the rows before it are not here; `differs`: it does not follow the row before it."""
    accepted_from: str


class OversightPage(Message):
    """Newest first. `next` goes into `before` of the next request; None at the end."""

    items: tuple[ReceivedRow, ...]
    next: str | None


class DeskReport(Message):
    """How a workstation stands, told with each round of synchronisation."""

    version: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
    pending: Annotated[int, Field(ge=0, lt=2**53)]
    """Operations that the server does not have yet."""
    oldest_unsent_at: Moment | None = None
    cameras: Annotated[dict[State, Count], Field(max_length=32)] = Field(default={})
    """How many of those that it reads are in which state."""
