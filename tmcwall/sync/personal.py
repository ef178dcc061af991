"""Reporters' names and numbers on their way: before the operations that hold commitments to them, and when asked for.

Bodies and replies of `POST personal`, `POST personal/read` and `GET personal/erased`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final, Protocol, Self

import httpx2
from pydantic import Field, StringConstraints

from tmcwall.domain.commitment import LONGEST_VALUE, Opening, commitments_in
from tmcwall.domain.fault import DomainError
from tmcwall.domain.kinds import KINDS
from tmcwall.domain.operation import Entity, Operation
from tmcwall.log import get_logger
from tmcwall.sync.connection import (
    Connection,
    Refused,
    check_server_url,
    fault_of_transport,
    open_client,
    parse_reply,
)
from tmcwall.sync.protocol import Message, Name

log = get_logger(__name__)

MAX_VALUES: Final = 200
"""In one `POST personal`."""
MAX_ASKED: Final = 16
"""In one `POST personal/read`: what one incident and its conflicts hold."""
MAX_ERASURES: Final = 500
"""In one page."""
KEPT: Final = timedelta(days=30)
"""So long what the server has is kept for one that was restored and has lost it."""

_TIMEOUT_S: Final = 10.0
_JSON: Final = {"Content-Type": "application/json"}

CommitmentText = Annotated[str, StringConstraints(pattern=r"^~sha256:[0-9a-f]{64}$")]
Salt = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
ValueText = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_VALUE, pattern=r"^[^\x00]+$")]


class OpeningMessage(Message):
    """An opening on its way."""

    entity: Entity
    entity_id: Name
    field: Name
    salt: Salt = Field(repr=False)
    value: ValueText = Field(repr=False)

    @classmethod
    def of(cls, opening: Opening) -> Self:
        return cls(
            entity=opening.entity,
            entity_id=opening.entity_id,
            field=opening.field,
            salt=opening.salt.hex(),
            value=opening.value,
        )

    def opening(self) -> Opening:
        """Raises DomainError(FIELD_INVALID)."""
        return Opening(self.entity, self.entity_id, self.field, bytes.fromhex(self.salt), self.value)


class PersonalPush(Message):
    values: Annotated[tuple[OpeningMessage, ...], Field(min_length=1, max_length=MAX_VALUES)]


class PersonalReceipt(Message):
    """The server has them; `erased` are about entities of which nothing is taken any more."""

    taken: int
    erased: int = 0


class PersonalQuestion(Message):
    entity: Entity
    entity_id: Name
    commitments: Annotated[tuple[CommitmentText, ...], Field(min_length=1, max_length=MAX_ASKED)]


class PersonalReply(Message):
    """What opens those that are there; of the others nothing is said, but whether they were erased."""

    values: tuple[OpeningMessage, ...] = ()
    erased: bool = False


class Erasure(Message):
    entity: str
    entity_id: Name


class ErasurePage(Message):
    """Oldest first. `up_to` goes into `after` of the next request."""

    erasures: Annotated[tuple[Erasure, ...], Field(max_length=MAX_ERASURES)] = ()
    up_to: Annotated[int, Field(ge=0, lt=2**31)]


class PersonalStore(Protocol):
    """What was written at this workstation. Each method may raise Fault(STORE_*, DISK_FULL)."""

    def openings(self, commitments: Collection[str]) -> Sequence[Opening]: ...

    def unsent(self, limit: int) -> Sequence[Opening]: ...

    def mark_sent(self, commitments: Collection[str], *, at: datetime) -> None: ...

    def erased_up_to(self) -> int: ...

    def follow_erasures(self, erased: Collection[tuple[Entity, str]], *, up_to: int) -> None: ...

    def drop_old(self, *, before: datetime) -> None: ...


class PersonalCourier:
    """Brings values before their operations, and follows what the server has erased. `sync.couriers.Courier`.

    The order of operations waits for nothing here: what the server does not take now is offered again with each round.
    """

    def __init__(
        self,
        store: PersonalStore,
        *,
        utc: Callable[[], datetime],
        on_erased: Callable[[Collection[str]], None] = lambda _: None,
    ) -> None:
        """`on_erased` is called in the client's thread with the ids of entities."""
        self._store = store
        self._utc = utc
        self._on_erased = on_erased
        self._tidied_at: datetime | None = None

    async def bring(self, connection: Connection, token: str, operations: Sequence[Operation]) -> None:
        """What these operations hold commitments to, as far as it was written here. Raises Fault, if all is to wait."""
        wanted = [
            commitment
            for operation in operations
            if KINDS[operation.entity].committed
            for commitment in commitments_in(operation.fields)
        ]
        found = self._store.openings(wanted) if wanted else ()
        for start in range(0, len(found), MAX_VALUES):
            await self._send(connection, token, found[start : start + MAX_VALUES])

    async def deliver(self, connection: Connection, token: str) -> None:
        while values := self._store.unsent(MAX_VALUES):
            if not await self._send(connection, token, values):
                break
        await self._follow_erasures(connection, token)
        now = self._utc()
        if self._tidied_at is None or abs(now - self._tidied_at) > timedelta(hours=1):
            self._store.drop_old(before=now - KEPT)
            self._tidied_at = now

    async def _send(self, connection: Connection, token: str, openings: Sequence[Opening]) -> bool:
        push = PersonalPush(values=tuple(map(OpeningMessage.of, openings)))
        content = push.model_dump_json().encode()
        reply = await connection.request("POST", "/personal", token=token, headers=_JSON, content=content)
        try:
            parse_reply(reply, PersonalReceipt)
        except Refused as refused:
            if refused.status == 401:
                raise
            log.warning("personal_values_refused", status=refused.status, reason=refused.reason)
            return False
        self._store.mark_sent([opening.commitment for opening in openings], at=self._utc())
        return True

    async def _follow_erasures(self, connection: Connection, token: str) -> None:
        while True:
            known = self._store.erased_up_to()
            page = await connection.get("/personal/erased", ErasurePage, token=token, params={"after": known})
            if page.up_to == known:
                return
            entities = {entity.value: entity for entity in Entity}
            erased = [(entities[one.entity], one.entity_id) for one in page.erasures if one.entity in entities]
            # A server that was restored has fewer: those are followed again from its first.
            self._store.follow_erasures(erased, up_to=page.up_to)
            self._on_erased([entity_id for _, entity_id in erased])


@dataclass(frozen=True, slots=True)
class PersonalAnswer:
    """What the server has of some commitments of one entity."""

    values: Mapping[str, str]
    """By commitment."""
    erased: bool = False


def read_values(
    server_url: str,
    token: str,
    *,
    entity: Entity,
    entity_id: str,
    commitments: Sequence[str],
    transport: httpx2.BaseTransport | None = None,
) -> PersonalAnswer:
    """Waits for the network: not for the GUI thread. What does not open its commitment is left out.

    Raises Fault(SERVER_*, SIGN_IN_EXPIRED, TLS_UNTRUSTED), and Refused where the officer may not read it.
    """
    question = PersonalQuestion(entity=entity, entity_id=entity_id, commitments=tuple(commitments[:MAX_ASKED]))
    address = check_server_url(server_url, allow_plain=True)
    headers = {**_JSON, "Authorization": f"Bearer {token}"}
    with open_client(address, timeout_s=_TIMEOUT_S, transport=transport) as client:
        try:
            reply = client.post("/personal/read", content=question.model_dump_json().encode(), headers=headers)
        except httpx2.HTTPError as error:
            raise fault_of_transport(error) from None
        answer = parse_reply(reply, PersonalReply)
    values = {}
    for message in answer.values:
        try:
            opening = message.opening()
        except DomainError:
            continue
        if opening.commitment in question.commitments:
            values[opening.commitment] = opening.value
    return PersonalAnswer(values, answer.erased)
