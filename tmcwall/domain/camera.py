"""A camera of the city: who owns it, where it stands, what it sees, which streams it offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from tmcwall.domain.officer import LONGEST_UNIT
from tmcwall.domain.shape import Between, CameraUrl, Id, Longest
from tmcwall.domain.source import TransportPreference


class Owner(StrEnum):
    DISHUB = "dishub"
    POLRI = "polri"
    PEMKOT_RT = "pemkot_rt"
    PRIVATE = "swasta"
    BANK = "bank"
    TOLL = "tol"
    MOBILE = "mobile"


class Profile(StrEnum):
    """The two streams of a camera."""

    MAIN = "main"
    SUB = "sub"


class RecordPolicy(StrEnum):
    """Which stream of a camera the rolling recording takes."""

    OFF = "off"
    SUB = "sub"
    MAIN = "main"


class Mount(StrEnum):
    """Whether a camera looks where it was put, or is turned by operators and patrols as they need it."""

    FIXED = "fixed"
    PTZ = "ptz"


class Standing(StrEnum):
    """How far a camera has come from offer to use, and out of it again."""

    CANDIDATE = "calon"
    TRIAL = "uji"
    ACTIVE = "aktif"
    SUSPENDED = "ditangguhkan"
    ENDED = "putus"
    REMOVED = "dihapus"
    """In no list any more. Its number, its facts and what refers to it are kept; its logins are not."""


@dataclass(frozen=True, slots=True)
class Position:
    """WGS84 degrees."""

    lat: Annotated[float, Between(-90, 90)]
    lon: Annotated[float, Between(-180, 180)]


@dataclass(frozen=True, slots=True)
class View:
    """What a camera sees: a sector. An unknown bearing or field of view counts as omnidirectional of half range."""

    bearing_deg: Annotated[float, Between(0, 360)] | None
    fov_deg: Annotated[float, Between(0, 360)] | None
    range_m: Annotated[float, Between(0, 100_000)]


LONGEST_RETENTION_H = 10 * 366 * 24


@dataclass(frozen=True, slots=True)
class RecorderRetention:
    """How long the recorder of a camera's owner keeps pictures, as the owner has stated it."""

    hours: Annotated[int, Between(1, LONGEST_RETENTION_H)]
    stated_on: date | None = None

    @property
    def length(self) -> timedelta:
        return timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class Camera:
    """Identity never depends on the URL. URLs hold no credentials: those are in the vault under the camera's id."""

    id: Id
    name: str
    url: CameraUrl
    substream_url: CameraUrl | None = None
    owner: Owner | None = None
    adm4: Annotated[str, Longest(32)] | None = None
    rw: Annotated[str, Longest(16)] | None = None
    rt: Annotated[str, Longest(16)] | None = None
    position: Position | None = None
    view: View | None = None
    record: RecordPolicy = RecordPolicy.SUB
    number: Annotated[int, Between(1, 2**31 - 1)] | None = None
    """What an officer dials on the numpad; given at import, never reused."""
    transport: TransportPreference | None = None
    """What carries its packets; None: as this workstation's settings say."""
    mount: Mount = Mount.FIXED
    """The view of a camera that is turned is compared with no reference."""
    unit: Annotated[str, Longest(LONGEST_UNIT)] = ""
    """The unit (satuan, a Polsek) whose officers may watch it; empty: everybody's."""
    retention: RecorderRetention | None = None
    """Of its owner's recorder; None: not known, and never guessed."""
