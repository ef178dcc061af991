"""What workstation and server say to each other: JSON over HTTP under `/api/v1`.

Unknown fields of a message are ignored, unknown fields of an operation are kept: an older side loses nothing of a newer
one. `PROTOCOL` rises only when an older side can no longer take part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self, cast
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from tmcwall.domain.clock import in_utc
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity, Json, Operation, canonical_json, hash_of

PROTOCOL = 4
"""4: operations of schema 5. 3: reporters' names and numbers go beside the operations; an older workstation would show
commitments as names."""
API = "/api/v1"
SERVER_DEVICE = "server"
"""The device whose operations the server makes itself, from what outside systems report."""

MAX_BATCH = 200
"""Operations in one push or one page."""
MAX_NESTING = 64
"""Lists and objects inside each other in the fields of a message. No program of ours comes near it, and no JSON reader
gives up before it: what is deeper is refused with its whole request, for it could not even be shown in quarantine."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]
DeviceName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Place = Annotated[int, Field(ge=0, lt=2**53)]
"""In the server's order."""
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def _not_too_deep(value: JsonValue) -> JsonValue:
    layer = [value]
    for _ in range(MAX_NESTING + 1):
        layer = [part for one in layer for part in _parts(one) if type(part) is dict or type(part) is list]
        if not layer:
            return value
    raise ValueError(f"at most {MAX_NESTING} lists and objects inside each other")


def _parts(value: JsonValue) -> Iterable[JsonValue]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


Value = Annotated[JsonValue, AfterValidator(_not_too_deep)]
Fields = Annotated[dict[str, JsonValue], AfterValidator(_not_too_deep)]


Signature = Annotated[str, StringConstraints(max_length=128, pattern=r"^[A-Za-z0-9+/=]*$")]
"""Base64; empty: none."""
PublicKey = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9+/=]*$")]
Delegation = Annotated[str, StringConstraints(max_length=512)]
Delegations = Annotated[dict[Name, Delegation], Field(max_length=MAX_BATCH)]
"""By NRP."""


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class OperationMessage(Message):
    """An operation on its way. `entity` is a plain string: an older side can still store what it does not know."""

    id: UUID
    device: DeviceName
    number: Annotated[int, Field(ge=1, lt=2**53)]
    actor: Name
    made_at: Annotated[AwareDatetime, AfterValidator(in_utc)]
    entity: Name
    entity_id: Name
    base_revision: Annotated[int, Field(ge=0, lt=2**53)]
    fields: Fields
    schema_version: Annotated[int, Field(ge=1, lt=2**31)]
    previous_hash: Hash
    signature: Signature = ""
    """The device's, over `hash`; empty for what was made before devices were enrolled."""

    @classmethod
    def of(cls, operation: Operation) -> Self:
        return cls(
            id=operation.id,
            device=operation.device,
            number=operation.number,
            actor=operation.actor,
            made_at=operation.made_at,
            entity=operation.entity.value,
            entity_id=operation.entity_id,
            base_revision=operation.base_revision,
            # pydantic and the domain name the same JSON values by two recursive aliases.
            fields=cast("dict[str, JsonValue]", dict(operation.fields)),
            schema_version=operation.schema_version,
            previous_hash=operation.previous_hash,
            signature=operation.signature,
        )

    def operation(self) -> Operation:
        """Raises ValueError if the entity is of a kind that this version does not know."""
        return Operation(
            id=self.id,
            device=self.device,
            number=self.number,
            actor=self.actor,
            made_at=self.made_at,
            entity=Entity(self.entity),
            entity_id=self.entity_id,
            base_revision=self.base_revision,
            fields=cast("Mapping[str, Json]", self.fields),  # see `of`
            schema_version=self.schema_version,
            previous_hash=self.previous_hash,
            signature=self.signature,
        )

    def stored_text(self, *, read_from: bytes = b"") -> str:
        """Its JSON, as it is kept for good. Raises ValueError unless reading that gives this message again.

        `read_from`: the JSON that it was read from. A workstation writes as this does, so most need no second reading.
        """
        text = self.model_dump_json()
        if text.encode() != read_from and OperationMessage.model_validate_json(text) != self:
            raise ValueError("an operation that reads otherwise than it was written")
        return text

    @cached_property
    def canonical_fields(self) -> str:
        """The canonical JSON of its fields."""
        return canonical_json(cast("Mapping[str, Json]", self.fields))  # see `of`

    @cached_property
    def hash(self) -> str:
        """The same as `Operation.hash`, also for an entity that this version does not know."""
        return hash_of(self, fields=self.canonical_fields)


class Fate(StrEnum):
    """What became of a pushed operation. Each of these means that the server keeps it."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    """It was here already; nothing happened again."""
    CONFLICT = "conflict"
    """Applied, and a field that somebody else had changed meanwhile is kept beside it."""
    QUARANTINED = "quarantined"
    """Stored and shown, without effect; `reason` says why."""


class OperationFate(Message):
    id: UUID
    number: int
    fate: Fate
    server_sequence: int
    reason: str = ""


class PushRequest(Message):
    """Operations of one device in the order of their numbers."""

    operations: Annotated[tuple[OperationMessage, ...], Field(min_length=1, max_length=MAX_BATCH)]
    delegations: Delegations = Field(default={}, repr=False)
    """For the actors among them whose token this is not: what the server gave when they signed in here."""


class PushReply(Message):
    fates: tuple[OperationFate, ...]
    epoch: UUID
    last_number: int
    """The newest number of this device on the server."""


class PulledOperation(Message):
    """An operation in the server's order. Quarantined ones are not sent."""

    server_sequence: Place
    fate: Fate
    revision: Annotated[int, Field(ge=0, lt=2**53)]
    """The entity's revision after it."""
    operation: OperationMessage


class Withdrawal(Message):
    """From this place in the order on, an operation that was applied has no effect: it was taken out at the server."""

    server_sequence: Place
    operation_id: UUID
    revision: Annotated[int, Field(ge=0, lt=2**53)]
    """The entity's revision, which goes on: other operations were made on top of it."""
    reason: Annotated[str, StringConstraints(max_length=256)]
    entity: JsonValue = None
    """What the entity is now (`sync.snapshot.EntityMessage`): a workstation need not have all its operations."""


class PullReply(Message):
    """A page. `cursor` is the next request's cursor even if the page is empty; `more` means ask again at once."""

    operations: tuple[PulledOperation, ...]
    withdrawals: tuple[Withdrawal, ...] = ()
    cursor: int
    epoch: UUID
    more: bool
    last_number: int
    """The newest number of the asking device on the server."""
    wanted_clips: tuple[str, ...] = ()
    """Clips of the asking device whose bytes the server lacks, though an upload was begun. Told with the last page."""
    compacted: int = 0
    """Not 0: operations up to that place have lost their values, and the cursor lies before it.

    The workstation takes the state instead; there is nothing else in this page.
    """
    known_sequence: int = 0
    """The newest place up to the cursor, also one whose operation is not in the page; 0: none. See `SyncPosition`."""
    known_hash: str = ""
    """Of the operation there; of a withdrawal a mark of its own."""


class PulledPage(Message):
    """A `PullReply` whose items are still to be read, one by one: what is wrong with one costs only that one."""

    operations: tuple[JsonValue, ...]
    withdrawals: tuple[JsonValue, ...] = ()
    cursor: Place
    epoch: UUID
    more: bool
    last_number: int
    wanted_clips: tuple[str, ...] = ()
    compacted: Place = 0
    known_sequence: Place = 0
    known_hash: Annotated[str, StringConstraints(max_length=64)] = ""


class WithdrawalsReply(Message):
    """What was taken out of effect, for whoever takes the state instead of the pages; `more`: ask behind `through`."""

    withdrawals: tuple[Withdrawal, ...]
    epoch: UUID
    through: int
    more: bool


class WithdrawalsPage(Message):
    """A `WithdrawalsReply` whose items are still to be read, one by one."""

    withdrawals: tuple[JsonValue, ...]
    epoch: UUID
    through: Place
    more: bool


class OfficerMessage(Message):
    nrp: Name
    name: str
    role: Role
    rank: str = ""
    units: tuple[str, ...] = ()

    @classmethod
    def of(cls, officer: Officer) -> Self:
        return cls(
            nrp=officer.nrp, name=officer.name, role=officer.role, rank=officer.rank, units=officer.units
        )  # fmt: skip

    def officer(self) -> Officer:
        return Officer(self.nrp, self.name, self.role, self.rank, self.units)


class SignedRoles(Message):
    """What every officer may, in the server's word: for signing in while it is away (`sync.role_snapshot`)."""

    text: str
    signature: str
    """Ed25519 over the text, base64."""
    key: str
    """The public key of the server, base64."""


Challenge = Annotated[str, StringConstraints(max_length=256)]


class SignInRequest(Message):
    nrp: Name
    password: Annotated[str, StringConstraints(min_length=1, max_length=256)] = Field(repr=False)
    device: DeviceName
    challenge: Challenge
    """Of `ServerInfo`: each is good for one sign-in."""
    proof: Signature
    """The device's, over `sign_in_text`."""


def sign_in_text(*, nrp: str, device: str, challenge: str, server_key: str) -> str:
    """What a device signs so that an officer is let in at it: for this officer, this once, at that server."""
    return canonical_json({"nrp": nrp, "device": device, "challenge": challenge, "server_key": server_key})


class PasswordRequest(SignInRequest):
    """Another password for the officer's own account, who is signed in with it."""

    new_password: Annotated[str, StringConstraints(min_length=1, max_length=1024)] = Field(repr=False)


class SignInReply(Message):
    """Also of `POST renew`, without a delegation."""

    token: str = Field(repr=False)
    expires_at: AwareDatetime
    """By the server's clock."""
    good_for_s: float = 0.0
    """How long the token is good for; 0: an older server, which renews none."""
    officer: OfficerMessage
    roles: SignedRoles | None = None
    delegation: Delegation = Field(default="", repr=False)
    """To be kept: with it this workstation brings the officer's operations also when another one is signed in."""


class ServerInfo(Message):
    """Who answers, asked without a token. `time` lets a workstation measure its clock against the server's."""

    product: str = "tmcwall"
    version: str
    protocol: int
    oldest_protocol: int
    schema_version: int
    time: AwareDatetime
    server_key: PublicKey = ""
    """By which what the server itself says and makes is checked."""
    challenge: Challenge = ""
    """For a sign-in within two minutes."""
    identity_provider: str = ""
    """Its name, where officers may sign in with their browser (`sync.browser_sign_in`)."""


class Cursor(Message):
    """The data of an event of the stream: there are operations up to `cursor`."""

    cursor: int
    epoch: UUID


class RefusalCode(StrEnum):
    """Why the server refused a whole request, in the `code` of its JSON reply."""

    UNAUTHORIZED = "unauthorized"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a code, not a secret
    """Its time is over; `POST renew` gives the next one while the session lasts."""
    SESSION_ENDED = "session_ended"
    """Nobody has renewed it in time, or it has lasted its time: the officer gives the password again."""
    SIGN_IN_REFUSED = "sign_in_refused"
    PASSWORD_DUE = "password_due"  # noqa: S105 - a code, not a secret
    """It is a one-time password: `POST password` chooses another."""
    PASSWORD_WEAK = "password_weak"  # noqa: S105 - a code, not a secret
    PROVIDER_AWAY = "provider_away"
    """The identity provider does not answer; the password is not asked of it."""
    PROVIDER_REFUSED = "provider_refused"
    """What came from the identity provider is not believed: it was refused there, is another's, or too old."""
    IDENTITY_UNKNOWN = "identity_unknown"
    """Whom the identity provider names is no officer here."""
    DEVICE_UNKNOWN = "device_unknown"
    """No device is enrolled under that identity."""
    DEVICE_REVOKED = "device_revoked"
    PROOF_REFUSED = "proof_refused"
    """The device's key has not signed this sign-in, or has before."""
    SIGNATURE_REFUSED = "signature_refused"
    """An operation is not signed by the device's key: nothing of the push is taken."""
    ENROLMENT_REFUSED = "enrolment_refused"
    """The code is unknown, used or expired."""
    DEVICE_TAKEN = "device_taken"
    """That identity is another desk's: of a copied or restored workstation, which takes another one."""
    FORBIDDEN = "forbidden"
    CLEAR_TEXT = "clear_text"
    """The server is spoken to through its proxy only, which encrypts."""
    NOT_FOUND = "not_found"
    INVALID = "invalid"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    GAP = "gap"
    """`expected_number` is the number that the server waits for."""
    ORDER_DIFFERS = "order_differs"
    """The server's order is not the one that the workstation has read: a database was put back without a new epoch."""
    COMPACTED = "compacted"
    """The operations behind that cursor have lost their values, and the workstation is too old to take the state."""
    FORK = "fork"
    """The device's history differs from the one that the server has: a copied or restored workstation."""
    SCHEMA_NEWER = "schema_newer"
    SEQUENCE_OLD = "sequence_old"
    OFFSET = "offset"
    CHECKSUM = "checksum"
    HASH_DIFFERS = "hash_differs"
    LOCKED = "locked"
    STORAGE_FULL = "storage_full"
    INTERNAL = "internal"


class FieldError(Message):
    """One wrong field of a request: a dotted path and what is expected, never the value."""

    field: str
    message: str


class Refusal(Message):
    """The body of every 4xx and 5xx reply."""

    code: RefusalCode
    expected_number: int | None = None
    errors: tuple[FieldError, ...] = ()


class EntityReply(Message):
    """An entity as the server has it: `fields` as the domain's dataclass of that kind."""

    kind: str
    id: str
    revision: int
    changed_at: AwareDatetime
    fields: Fields
    withheld: tuple[str, ...] = ()
    """Fields that are there and not for whoever asks."""
    sealed: dict[str, str] = {}
    """Fields of which the order holds a commitment: `POST personal/read` gives their values to whoever asks."""


class ConflictReply(Message):
    """Two officers changed one field without seeing each other; both values are kept until somebody decides."""

    entity: str
    entity_id: str
    field: str
    server_sequence: int
    kept_value: Value
    kept_actor: str
    other_value: Value
    other_actor: str
    other_made_at: AwareDatetime | None = None
    withheld: bool = False
    """The values are not for whoever asks."""


class ClipReply(EntityReply):
    uploaded: bool
    """Its bytes are on the server and have the hash that the clip says."""


class BookmarkReply(EntityReply):
    clips: tuple[ClipReply, ...] = ()
    conflicts: tuple[ConflictReply, ...] = ()


class EntityPage(Message):
    """Newest change first. `next` goes into `before` of the next request; None at the end."""

    items: tuple[EntityReply, ...]
    next: int | None
