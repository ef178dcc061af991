"""What `data/record.json` of an evidence package says (docs/evidence.md): every field of it, and how it is written.

Moments are given by two clocks: in UTC, and as the station's people read them. What nobody measured is `null`, with the
words "belum diukur" beside it; nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec
import rfc8785

from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.original import VideoRecord

FORMAT: Final = "tmcwall.evidence/1"
CUSTODY_FORMAT: Final = "tmcwall.custody-extract/1"
ANNOTATIONS_FORMAT: Final = "tmcwall.annotations/1"
NOT_MEASURED: Final = "belum diukur"


@dataclass(frozen=True, slots=True)
class Moment:
    """`utc` with milliseconds as in ISO 8601; `local` with the offset and the name of the station's zone."""

    utc: str
    local: str


def moment(at: datetime, zone: StationZone) -> Moment:
    in_utc, local = at.astimezone(UTC), zone.local(at)
    return Moment(
        in_utc.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        f"{local.isoformat(timespec='milliseconds')} {zone}",
    )


@dataclass(frozen=True, slots=True)
class CameraRecord:
    id: str
    name: str
    owner: str | None
    adm4: str | None
    """Kemendagri code of the kelurahan or desa."""
    rw: str | None
    rt: str | None
    latitude: float | None
    longitude: float | None
    bearing_deg: float | None
    fov_deg: float | None
    range_m: float | None
    address: str
    """Where it is reached, without login and secrets; empty where the camera is not in this register any more."""


@dataclass(frozen=True, slots=True)
class RangeRecord:
    starts: Moment | None
    ends: Moment | None


@dataclass(frozen=True, slots=True)
class OffsetRecord:
    """Another clock minus the workstation's. `age_s`: from the measurement to the footage's first picture, or after it
    where negative.
    """

    milliseconds: int | None
    measured_at: Moment | None = None
    age_s: float | None = None
    words: str = ""
    """"belum diukur" where nothing was measured."""


@dataclass(frozen=True, slots=True)
class ClocksRecord:
    """The four clocks of the footage. What `clock_kind` says of pictures' times in the file holds for all of it."""

    workstation: RangeRecord
    """By the workstation's own time of day: arrival of the first and the last packet."""
    camera: OffsetRecord
    server: OffsetRecord
    picture_times: str
    """`camera`: from the camera's own RTP clock; `arrival`: from when packets came, for the camera's are not true."""


@dataclass(frozen=True, slots=True)
class GapRecord:
    starts: Moment
    ends: Moment
    seconds: float
    cause: str
    packets: int


@dataclass(frozen=True, slots=True)
class HealthRecord:
    """From `at` on the camera was in that state (docs/architecture.md, health history)."""

    at: Moment
    state: str
    cause: str | None


@dataclass(frozen=True, slots=True)
class OfficerRecord:
    nrp: str
    rank: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class ChosenRecord:
    """An entry of the basket: the clip, a span of it, or the picture of a moment, of which there is a still then."""

    part: str
    note: str
    by: str
    at: Moment
    starts: Moment | None = None
    ends: Moment | None = None


@dataclass(frozen=True, slots=True)
class FootageRecord:
    """What is known of a clip besides its bytes."""

    clip: str
    bookmark: str
    original_name: str
    """Of the file on the workstation; the name in the package is made safe for every system."""
    camera: CameraRecord
    marked_at: Moment
    marked_by: str
    note: str
    asked: RangeRecord
    real: RangeRecord
    """Of the packets: pre-roll before the asked start included."""
    packets: int
    packets_lost: int
    packet_sha256: tuple[str, ...]
    """Of each video track, as `ffmpeg -i FILE -map 0:v -c copy -f streamhash -hash sha256 -` prints it."""
    clocks: ClocksRecord
    gaps: tuple[GapRecord, ...]
    health: tuple[HealthRecord, ...]
    parameter_sets_from: tuple[str, ...]
    """Where those are from that key frames did not bring; none: all came with their key frames."""
    chosen: tuple[ChosenRecord, ...] = ()
    """What of it an investigator has put into the basket of the case, and why."""


@dataclass(frozen=True, slots=True)
class AnnotationRecord:
    """Something an officer shows in the picture: `box` and `arrow` from the first point to the second, `text` at the
    first. Points are parts of the picture's width and height, from its upper left corner.
    """

    id: str
    shape: str
    starts: Moment
    ends: Moment
    x: float
    y: float
    to_x: float
    to_y: float
    text: str
    by: str
    at: Moment
    altered_at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationsRecord:
    """`data/annotations/<original>.json`: a layer over an original, which does not have them."""

    format: str = ANNOTATIONS_FORMAT
    original: str
    """A file of this package."""
    annotations: tuple[AnnotationRecord, ...]


@dataclass(frozen=True, slots=True)
class OriginalRecord:
    """A file under `data/originals`."""

    file: str
    size_bytes: int
    sha256: str
    video: VideoRecord | None
    footage: FootageRecord
    annotations: str = ""
    """The file with what officers have drawn over it; empty: nothing."""


@dataclass(frozen=True, slots=True)
class CopyRecord:
    """A file that was made from an original for people to look at; its own record lies beside it."""

    file: str
    kind: str
    """`evidence.derived_record.DerivedKind`."""
    original: str
    """The file it was made from, in this package."""
    sha256: str


@dataclass(frozen=True, slots=True)
class CopyNotMadeRecord:
    """A copy that could not be made, and why: what the fault is called. The original is in the package all the same."""

    original: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOutRecord:
    """A bookmark of the case whose footage is not in the package, and why: what a clip's state or fault is called."""

    bookmark: str
    camera: str
    starts: Moment
    ends: Moment
    reason: str


@dataclass(frozen=True, slots=True)
class CaseRecord:
    lp: str
    """As it was written."""
    lp_normalised: str
    lp_date: str | None
    difficulty: str
    stage: str
    forced_reason: str


@dataclass(frozen=True, slots=True)
class SignerRecord:
    principal: str
    key: str
    fingerprint: str
    spoken: str
    """The fingerprint in words, to be compared by telephone."""


@dataclass(frozen=True, slots=True)
class VersionsRecord:
    tmcwall: str
    python: str
    system: str


@dataclass(frozen=True, slots=True)
class CustodyRecord:
    """How the chain stood when its extract was taken. `broken_at`: the first row that does not hold; None: all do."""

    rows: int
    head: str
    broken_at: int | None
    extract_rows: int
    receipted_rows: int | None = None
    """So many rows the server had signed by then (`data/custody.json`, `receipt`); None: no receipt."""
    receipted_at: Moment | None = None
    """By the server's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRecord:
    format: str = FORMAT
    package: str
    made_at: Moment
    workstation: str
    """The device's identity."""
    case: CaseRecord
    officer: OfficerRecord
    legal_basis: str
    consent_number: str
    signer: SignerRecord
    originals: tuple[OriginalRecord, ...]
    left_out: tuple[LeftOutRecord, ...]
    copies: tuple[CopyRecord, ...] = ()
    copies_not_made: tuple[CopyNotMadeRecord, ...] = ()
    custody: CustodyRecord
    versions: VersionsRecord
    time_stamp_asked: bool = False
    """Of an authority, when the package was made. The stamp itself lies beside the signature, if it came."""


def written(record: object) -> bytes:
    """As canonical JSON (RFC 8785): the same bytes of the same content on every machine."""
    return rfc8785.dumps(msgspec.to_builtins(record))


def read_record(content: bytes) -> PackageRecord:
    """Raises ValueError for what is no record of this format."""
    record = msgspec.json.decode(content, type=PackageRecord)
    if record.format != FORMAT:
        raise ValueError(record.format)
    return record
