"""Incidents by webhook: JSON of the schema `tmcwall.incident/1`, signed with a secret that only the source and we know.

`X-Tmcwall-Timestamp` (Unix seconds or milliseconds, or ISO 8601 with an offset) says when it was sent and may differ by
at most five minutes. `X-Tmcwall-Signature: v2=<hex HMAC-SHA-256>` covers that header as it stands, a dot, and the body.
Version 1, `sha256=<hex HMAC-SHA-256 of the body>`, is taken still: its time can be altered by whoever catches a report.
Sent again, a report has no effect in either, because it counts once per source, id and seq.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from codecs import BOM_UTF8
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from tmcwall.domain.camera import Position
from tmcwall.domain.clock import in_utc
from tmcwall.domain.incident import (
    OPEN_STATUSES,
    Certainty,
    Drill,
    Incident,
    IncidentType,
    Place,
    Severity,
    Source,
    Status,
)

SCHEMA = "tmcwall.incident/1"
SIGNATURE_HEADER = "X-Tmcwall-Signature"
TIMESTAMP_HEADER = "X-Tmcwall-Timestamp"
SOURCE_HEADER = "X-Tmcwall-Source"
"""Which system sends, where the body is not ours to say it in."""
MAX_BODY_BYTES = 64 * 1024
MAX_SKEW_S = 300.0
_SIGNATURE_1 = re.compile(r"sha256=[0-9a-f]{64}")
_SIGNATURE_2 = re.compile(r"v2=[0-9a-f]{64}")
_UNIX_TIME = re.compile(r"[0-9]{1,11}(?:\.[0-9]{1,9})?")
_UNIX_TIME_MS = re.compile(r"[0-9]{12,14}")


class SignatureFault(StrEnum):
    """Why a call is not believed."""

    MISSING = "missing"
    MALFORMED = "malformed"
    SKEWED = "skewed"
    WRONG = "wrong"


class MessageType(StrEnum):
    ALERT = "alert"
    UPDATE = "update"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One wrong field: its dotted path and what is expected. Never the value, which may be a person's data."""

    field: str
    message: str


class WebhookError(Exception):
    """The body is not a report of this schema."""

    def __init__(self, problems: tuple[FieldProblem, ...]) -> None:
        super().__init__(", ".join(problem.field for problem in problems))
        self.problems = problems


def sign_with_time(body: bytes, secret: bytes, *, timestamp: str) -> str:
    """The value of the signature header, version 2; `timestamp` is the other header's, as it is sent."""
    return "v2=" + hmac.digest(secret, _covered(body, timestamp), hashlib.sha256).hex()


def sign(body: bytes, secret: bytes) -> str:
    """Version 1 of it: the time is not covered."""
    return "sha256=" + hmac.digest(secret, body, hashlib.sha256).hex()


def signature_version(signature: str) -> int:
    """Of a header that was believed."""
    return 2 if _SIGNATURE_2.fullmatch(signature.strip().lower()) else 1


def check_signature(
    body: bytes,
    *,
    secret: bytes,
    signature: str | None,
    timestamp: str | None,
    now: datetime,
    max_skew_s: float = MAX_SKEW_S,
) -> SignatureFault | None:
    """None if the call comes from one who has the secret, now. Takes the same time for every wrong signature."""
    if signature is None or timestamp is None:
        return SignatureFault.MISSING
    sent, given = _moment(timestamp.strip()), signature.strip().lower()
    if sent is None or not (_SIGNATURE_1.fullmatch(given) or _SIGNATURE_2.fullmatch(given)):
        return SignatureFault.MALFORMED
    version_2 = signature_version(given) == 2
    right = sign_with_time(body, secret, timestamp=timestamp) if version_2 else sign(body, secret)
    if not hmac.compare_digest(right, given):
        return SignatureFault.WRONG
    if abs((now - sent).total_seconds()) > max_skew_s:
        return SignatureFault.SKEWED
    return None


def _covered(body: bytes, timestamp: str) -> bytes:
    return timestamp.strip().encode() + b"." + body


def _moment(text: str) -> datetime | None:
    try:
        if _UNIX_TIME.fullmatch(text):
            return datetime.fromtimestamp(float(text), UTC)
        if _UNIX_TIME_MS.fullmatch(text):
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):  # Windows has no time of day after the year 3000
        return None
    return moment if moment.tzinfo is not None else None


def _without_control_characters(text: str) -> str:
    if any((character < " " and character not in "\n\t") or character == "\x7f" for character in text):
        raise ValueError("control characters are not allowed")
    return text


def _three_digits(text: str) -> str:
    return text.zfill(3)


Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_without_control_characters)]
Prose = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_without_control_characters)]
Identity = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$")]
RtRw = Annotated[str, StringConstraints(pattern=r"^\d{1,3}$"), AfterValidator(_three_digits)]


class Part(BaseModel):
    """A part of a message from outside: no field that is not described, and no number that is a text."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class _Location(Part):
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None
    adm4: Annotated[str, StringConstraints(pattern=r"^\d{2}\.\d{2}\.\d{2}\.\d{4}$")] | None = None
    rw: RtRw | None = None
    rt: RtRw | None = None
    text: Line = ""

    @model_validator(mode="after")
    def _says_where(self) -> _Location:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon go together")
        if self.lat is None and self.adm4 is None and not self.text.strip():
            raise ValueError("one of lat and lon, adm4, text is needed")
        return self

    def place(self) -> Place:
        position = None if self.lat is None or self.lon is None else Position(self.lat, self.lon)
        return Place(position, self.accuracy_m, self.adm4, self.rw, self.rt, self.text)


class _Reporter(Part):
    name: Line = ""
    phone: Annotated[str, StringConstraints(pattern=r"^[+0-9 ()./-]{0,32}$")] = ""
    consent: bool = False


class _Attachment(Part):
    url: Annotated[str, StringConstraints(max_length=1000, pattern=r"^https://[^\s@]+$")]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class _Body(Part):
    schema_: Literal["tmcwall.incident/1"] = Field(alias="schema")
    id: Identity
    source: Source
    msg_type: MessageType
    seq: Annotated[int, Field(ge=0, lt=2**53)]
    sent: Annotated[AwareDatetime, AfterValidator(in_utc)]
    status: Drill
    type: IncidentType
    severity: Severity
    certainty: Certainty = Certainty.UNVERIFIED
    location: _Location
    reporter: _Reporter = _Reporter()
    callback: bool = False
    text: Prose = ""
    refs: Annotated[tuple[Identity, ...], Field(max_length=20)] = ()
    attachments: Annotated[tuple[_Attachment, ...], Field(max_length=20)] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What a source says of one of its incidents, at one step of its own counting."""

    source: Source
    external_id: str
    sequence: int
    kind: MessageType
    sent_at: datetime
    drill: Drill
    type: IncidentType
    severity: Severity
    certainty: Certainty
    place: Place
    text: str
    reporter_name: str = ""
    reporter_phone: str = ""

    def incident(self, incident_id: str, *, received_at: datetime) -> Incident:
        """The incident that this report opens. A cancellation that arrives first opens a cancelled one."""
        cancelled = self.kind is MessageType.CANCEL
        return Incident(
            id=incident_id,
            source=self.source,
            external_id=self.external_id,
            sequence=self.sequence,
            type=self.type,
            severity=self.severity,
            certainty=self.certainty,
            status=Status.CANCELLED if cancelled else Status.NEW,
            drill=self.drill,
            place=self.place,
            text=self.text,
            called_at=self.sent_at,
            received_at=received_at,
            closed_at=received_at if cancelled else None,
            reporter_name=self.reporter_name,
            reporter_phone=self.reporter_phone,
        )

    def cancels(self, status: Status) -> bool:
        """Whether an incident in that status becomes cancelled: what officers have finished stays as they left it."""
        return self.kind is MessageType.CANCEL and status in OPEN_STATUSES


def claimed_source(body: bytes) -> Source | None:
    """Whose secret the body must be signed with. Believe nothing else of it before the signature is checked."""
    try:
        content = json.loads(body)
        return Source(content["source"]) if isinstance(content, dict) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def problems_of(error: ValidationError) -> tuple[FieldProblem, ...]:
    """In the order of the message, and without what stood there."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return tuple(FieldProblem(".".join(map(str, problem["loc"])), problem["msg"]) for problem in problems[:50])


def parse_webhook(body: bytes) -> Report:
    """The report in a body of at most 64 KiB, with a byte-order mark or without. Raises WebhookError with every wrong
    field.

    The reporter's name and number are kept only with the reporter's consent. Attachments are checked for form, and not
    fetched: the address comes from outside.
    """
    if len(body) > MAX_BODY_BYTES:
        raise WebhookError((FieldProblem("", f"at most {MAX_BODY_BYTES} bytes"),))
    try:
        content = _Body.model_validate_json(body.removeprefix(BOM_UTF8))
    except ValidationError as error:
        raise WebhookError(problems_of(error)) from None
    reporter = content.reporter if content.reporter.consent else _Reporter()
    return Report(
        source=content.source,
        external_id=content.id,
        sequence=content.seq,
        kind=content.msg_type,
        sent_at=content.sent,
        drill=content.status,
        type=content.type,
        severity=content.severity,
        certainty=content.certainty,
        place=content.location.place(),
        text=content.text,
        reporter_name=reporter.name,
        reporter_phone=reporter.phone,
    )
