"""The chain of custody: who did what to which object, when and why, as rows that carry each other's hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, cast

from tmcwall.domain.camera import Standing
from tmcwall.domain.chain import ChainBreak, first_break
from tmcwall.domain.officer import Role
from tmcwall.domain.operation import FIRST_HASH, Json, canonical_hash

SYSTEM: Final = "tmcwall"
"""Who acts in rows that no officer caused."""


class CustodyAction(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    RECEIVED = "received"
    """Another device's change, taken over by synchronisation."""
    WITHDRAWN = "withdrawn"
    """An administrator of the server has taken a change out of effect."""
    SNAPSHOT_TAKEN = "snapshot_taken"
    """The server's state at a place in its order was taken over instead of the operations before it."""
    VOUCHED = "vouched"
    """An officer answers for what no operation had said so far, so that the server takes it."""
    CLIP_CUT = "clip_cut"
    CLIP_FAILED = "clip_failed"
    CLIP_EXPIRED = "clip_expired"
    """Its file is let go by age: no case needs it. It is deleted after this row."""
    HOLD_RELEASED = "hold_released"
    CLIP_FETCHED = "clip_fetched"
    """From the server, cut at another workstation: its length and its hash were right when it came."""
    """A supervisor lets go of footage of a case."""
    LP_FORCED = "lp_forced"
    QUARANTINED = "quarantined"
    QUARANTINE_LIFTED = "quarantine_lifted"
    STANDING_CHANGED = "standing_changed"
    CAMERAS_IMPORTED = "cameras_imported"
    """A list of cameras came in; what it changed of each is in the list."""
    CAMERA_EDITED = "camera_edited"
    VIEW_ACCEPTED = "view_accepted"
    CONFLICT_SETTLED = "conflict_settled"
    """Somebody has looked at both values of a conflict."""
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SIGN_IN_WITHDRAWN = "sign_in_withdrawn"
    """The server has refused a password that was right so far: nobody signs in with it here until it accepts one."""
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    ROLE_CHANGED = "role_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a word, not a secret
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a word, not a secret
    """Another officer has given out a one-time password."""
    STORE_RESTORED = "store_restored"
    DEVICE_RENEWED = "device_renewed"
    DEVICE_ENROLLED = "device_enrolled"
    """The server takes what this workstation signs; who entered the code is the actor, or the system's command."""
    WORKSTATION_EXPORTED = "workstation_exported"
    WORKSTATION_IMPORTED = "workstation_imported"
    """What another workstation exported was taken over here."""
    VAULT_SET_ASIDE = "vault_set_aside"
    """The logins of cameras could not be opened any more; their file was kept under another name."""
    EVIDENCE_EXPORTED = "evidence_exported"
    """A package was made, read back and found whole; it is given its name after this row."""
    EVIDENCE_EXPORT_FAILED = "evidence_export_failed"
    SIGNING_KEY_MADE = "signing_key_made"
    COPY_MADE = "copy_made"
    """A still, a viewing copy or a redacted copy of a clip, on this workstation; those of packages are in
    EVIDENCE_EXPORTED.
    """
    COPY_RELEASED = "copy_released"
    """A redacted copy was watched to its end, and may be given away."""
    MASKS_SET = "masks_set"
    """What is always covered in redacted copies of a camera."""
    LETTER_DRAFTED = "letter_drafted"
    """A letter of the case was made, and has its number for good."""
    LETTER_ISSUED = "letter_issued"
    LETTER_RECEIVED = "letter_received"
    """Its receipt came back."""
    LETTER_CANCELLED = "letter_cancelled"
    LETTER_SIGNED = "letter_signed"
    """The signed letter came back as a PDF and was attached."""
    FOOTAGE_RECEIVED = "footage_received"
    """Files that the owner of cameras handed over were taken in."""
    PLACES_IMPORTED = "places_imported"
    """A list of RT, RW or landmarks came in."""
    CERTIFICATE_MADE = "certificate_made"
    """How cameras did in a span was put into a certificate and signed."""


@dataclass(frozen=True, slots=True)
class StateAt:
    """From `at` on a camera was in that state, as its history knows it (`domain.history.CameraState`)."""

    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CodecAt:
    """From `at` on a camera's stream came with another codec."""

    before: str
    codec: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """Of CLIP_CUT: how far clocks were off, what was added to the footage, and how the camera did within it."""

    camera_clock_ms: int | None
    """The camera's clock minus the workstation's; None where it said nothing."""
    server_clock_ms: int | None
    """The server's clock minus the workstation's; None where no server is known."""
    parameter_sets: tuple[str, ...] = ()
    """Where those are from that key frames did not bring."""
    camera_states: tuple[StateAt, ...] = ()
    codecs: tuple[CodecAt, ...] = ()
    times_by_arrival: bool = False
    """Whether pictures have the times of their arrival, for those that the camera gave them disagree with it."""
    players_start_late: bool = False
    """Whether stock players show the first of the pictures that were asked for wrong, for they rest on some that were
    not recorded.
    """


@dataclass(frozen=True, slots=True)
class ExpiryFacts:
    """Of CLIP_EXPIRED: how many days untagged clips were kept, and which one it was."""

    keep_days: int
    camera: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class StandingFacts:
    """Of STANDING_CHANGED."""

    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """Of ACCOUNT_ADDED, where there was none before, and of ROLE_CHANGED."""

    before: Role | None
    after: Role


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """Of CAMERAS_IMPORTED and PLACES_IMPORTED: the file's name and how many it added, changed and brought back."""

    list: str
    added: int
    changed: int
    returned: int


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a camera as lists of cameras write it, or of a tag or a case by its name; empty: it has none."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class EditFacts:
    """Of CAMERA_EDITED; of CHANGED where a tag's note, case or stretch, or a case's number is another (E13)."""

    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class OperationFacts:
    """Of RECEIVED and WITHDRAWN: which operation."""

    operation: str


@dataclass(frozen=True, slots=True)
class SnapshotFacts:
    """Of SNAPSHOT_TAKEN: the place, the order that it is a place of, and how many entities there were."""

    place: int
    epoch: str
    entities: int


@dataclass(frozen=True, slots=True)
class VouchFacts:
    """Of VOUCHED: for how many entities."""

    entities: int


@dataclass(frozen=True, slots=True)
class ConflictFacts:
    """Of CONFLICT_SETTLED."""

    conflict: str


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """Of DEVICE_RENEWED: the identity from then on."""

    device: str


@dataclass(frozen=True, slots=True)
class RestoreFacts:
    """Of STORE_RESTORED: the file name of the backup."""

    backup: str


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """Of WORKSTATION_EXPORTED: the name of the file."""

    file: str


@dataclass(frozen=True, slots=True)
class MoveFacts:
    """Of WORKSTATION_IMPORTED: the identity of the workstation that exported, and the one from then on."""

    moved_from: str
    device: str


@dataclass(frozen=True, slots=True)
class VaultFacts:
    """Of VAULT_SET_ASIDE: the file name that the vault has now, and why it was set aside."""

    file: str
    cause: str


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """Of EVIDENCE_EXPORTED and EVIDENCE_EXPORT_FAILED: what was asked for, and what came of it."""

    package: str
    """The name of its folder; empty where it did not come to that."""
    legal_basis: str
    consent_number: str
    clips: tuple[str, ...]
    """Ids of those that are in it, or were to be."""
    tag_manifest_sha256: str = ""
    """Covers every byte of the package."""
    signed_with: str = ""
    """Fingerprint of the key."""
    failure: str = ""
    """The code of what was in the way."""


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """Of SIGNING_KEY_MADE."""

    fingerprint: str


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """Of COPY_MADE and COPY_RELEASED. `at_ms`: of a still, where in the clip it is."""

    kind: str
    file: str
    sha256: str
    parent_sha256: str
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """Of LETTER_*: which letter, and what its files were at that moment."""

    letter: str
    number: str
    kind: str
    docx_sha256: str = ""
    pdf_sha256: str = ""
    signed_sha256: str = ""
    clips: tuple[str, ...] = ()
    day: str = ""
    """Of the issue or the receipt."""
    received_by: str = ""
    names_reason: str = ""
    """Why it names persons who are neither the reporter nor the police."""


@dataclass(frozen=True, slots=True)
class MaskFacts:
    """Of MASKS_SET: how many places are covered now."""

    masks: int


@dataclass(frozen=True, slots=True)
class ReceivedFacts:
    """Of FOOTAGE_RECEIVED: one file, of which request, and by which record of the handover."""

    request: str
    path: str
    sha256: str
    size_bytes: int
    handover_number: str = ""


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """Of CERTIFICATE_MADE: of which cameras, from when until when, and what was signed with which key."""

    cameras: tuple[str, ...]
    since: datetime
    until: datetime
    json_sha256: str
    pdf_sha256: str
    signed_with: str


Facts = (
    ClipFacts
    | ExpiryFacts
    | StandingFacts
    | RoleFacts
    | ImportFacts
    | EditFacts
    | OperationFacts
    | ConflictFacts
    | VouchFacts
    | SnapshotFacts
    | DeviceFacts
    | RestoreFacts
    | ExportFacts
    | MoveFacts
    | VaultFacts
    | PackageFacts
    | KeyFacts
    | CopyFacts
    | LetterFacts
    | MaskFacts
    | ReceivedFacts
    | CertificateFacts
)

NO_FACTS: Final[Mapping[str, Json]] = {}


@dataclass(frozen=True, slots=True)
class CustodyRow:
    """One link. `object` names what it is about: `bookmark/<id>`, `clip/<id>`, `camera/<id>`, `officer/<nrp>`."""

    seq: int
    prev_hash: str
    actor: str
    action: CustodyAction
    object: str
    time: datetime
    reason: str
    """In somebody's words. Rows that are older than `facts` may hold here, as text, what stands there now."""
    facts: Mapping[str, Json]
    """One of `Facts` as JSON; empty where nothing is known, and in every row that is older than this field."""
    hash: str


def next_row(
    previous: CustodyRow | None,
    *,
    actor: str,
    action: CustodyAction,
    about: str,
    time: datetime,
    reason: str = "",
    facts: Mapping[str, Json] = NO_FACTS,
) -> CustodyRow:
    """The row that follows `previous`, or the first one."""
    seq = 1 if previous is None else previous.seq + 1
    prev_hash = FIRST_HASH if previous is None else previous.hash
    row = CustodyRow(seq, prev_hash, actor, action, about, time, reason, facts, hash="")
    return replace(row, hash=_digest(row))


def verify_chain(rows: Iterable[CustodyRow], *, head: str | None = None) -> ChainBreak | None:
    """The first break in a whole chain, or None. Rows cut off at the end show only against a known `head` hash."""
    return first_break(rows, _digest, head=head)


def _digest(row: CustodyRow) -> str:
    """Hex SHA-256 over the row's content as JSON: an array for a row without facts, an object for one with facts.

    The array is what rows had before there were facts. No text is both an array and an object, so facts that are added
    to a row, or taken from it, show.
    """
    if row.facts == NO_FACTS:
        content = [
            row.seq, row.prev_hash, row.actor, row.action.value, row.object, row.time.isoformat(), row.reason,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
    return canonical_hash(
        {
            "seq": row.seq,
            "prev_hash": row.prev_hash,
            "actor": row.actor,
            "action": row.action.value,
            "object": row.object,
            "time": row.time.isoformat(),
            "reason": row.reason,
            "facts": cast("Json", row.facts),  # read from a damaged row it may be anything, and must not match
        }
    )
