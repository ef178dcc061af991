"""An incident: what was reported, where, by whom, how sure, and the clocks that run on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from tmcwall.domain.camera import Position
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.shape import Between, Count, Id, Prose


class IncidentType(StrEnum):
    TRAFFIC_ACCIDENT = "kecelakaan_lalu_lintas"
    CONGESTION = "kemacetan"
    FIRE = "kebakaran"
    CRIME = "kriminalitas"
    FLOOD = "banjir"
    FALLEN_TREE = "pohon_tumbang"
    CROWD = "kerumunan"
    DEMONSTRATION = "unjuk_rasa"
    ILLEGAL_RACING = "balap_liar"
    MISSING_PERSON = "orang_hilang"
    PUBLIC_DISORDER = "gangguan_kamtibmas"
    NATURAL_DISASTER = "bencana_alam"
    LANDSLIDE = "tanah_longsor"
    DANGEROUS_ANIMAL = "hewan_buas"
    SHORT_CIRCUIT = "listrik"
    STREET_LIGHT_OUT = "pju_padam"
    BREAKDOWN = "kendaraan_mogok"
    CORPSE = "penemuan_mayat"
    MEDICAL = "medis"
    TRAFFIC_LIGHT = "gangguan_apill"
    OTHER = "lainnya"


class Severity(StrEnum):
    MINOR = "ringan"
    MODERATE = "sedang"
    SEVERE = "berat"
    CRITICAL = "kritis"


class Certainty(StrEnum):
    UNVERIFIED = "belum_terverifikasi"
    SEEN_ON_CAMERA = "terverifikasi_cctv"
    SEEN_BY_OFFICER = "terverifikasi_petugas"
    PRANK = "palsu"
    DUPLICATE = "ganda"


SEEN: Final = frozenset({Certainty.SEEN_ON_CAMERA, Certainty.SEEN_BY_OFFICER})
"""What counts as verified."""


class Status(StrEnum):
    NEW = "baru"
    ACKNOWLEDGED = "diverifikasi"
    """The word of older operations, which are kept for good; on screen it is "diterima" (ADR 0049)."""
    DISPATCHED = "ditugaskan"
    HANDLED = "ditangani"
    RESOLVED = "selesai"
    CLOSED = "ditutup"
    CANCELLED = "dibatalkan"


OPEN_STATUSES = frozenset({Status.NEW, Status.ACKNOWLEDGED, Status.DISPATCHED, Status.HANDLED})


class Source(StrEnum):
    """Who reports. Stored and synchronised by these words: a workstation that does not know one cannot show what came
    from it until it is updated.
    """

    CALL_112 = "112"
    CALL_110 = "110"
    LIBAS = "libas"
    KENITA = "kenita"
    POSPIN = "pospin"
    PSC_119 = "psc119"
    FIRE_BRIGADE = "damkar"
    DISHUB = "dishub"
    RADIO = "ht"
    OPERATOR = "operator"
    EDUMAS = "edumas"
    """Complaints about the police's own service: they are no emergencies."""
    GUEST_REPORT = "lapor_tamu"
    """Who has a guest for the night, by PosPin: never an alarm."""
    PATROL = "patroli"
    BMKG = "bmkg"
    """Weather: gives warnings for areas, by CAP."""


QUIET_SOURCES = frozenset({Source.GUEST_REPORT, Source.EDUMAS})
"""What comes from these never sounds, whatever it says of itself."""


class Drill(StrEnum):
    """Whether it is real. Anything but ACTUAL is badged everywhere."""

    ACTUAL = "actual"
    EXERCISE = "exercise"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happens; at least one of position, adm4 and text is given. `accuracy_m` is a radius."""

    position: Position | None = None
    accuracy_m: Annotated[float, Between(0, 100_000)] | None = None
    adm4: str | None = None
    rw: str | None = None
    rt: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident as it stands now. `external_id` and `sequence` are the reporting system's.

    `verified_at` is when it was first seen by a camera or by an officer on the spot; operations of schema 4 and before
    did not say it. `duplicate_of` is the incident that an officer has merged this one into.
    """

    id: Id
    source: Source
    external_id: Id
    sequence: Count
    type: IncidentType
    severity: Severity
    certainty: Certainty
    status: Status
    drill: Drill
    place: Place
    text: Prose
    called_at: datetime
    received_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: Id | None = None
    dispatched_at: datetime | None = None
    on_scene_at: datetime | None = None
    closed_at: datetime | None = None
    case_id: Id | None = None
    reporter_name: str = ""
    reporter_phone: str = ""
    verified_at: datetime | None = None
    duplicate_of: Id | None = None


@dataclass(frozen=True, slots=True)
class IncidentNote:
    """A remark on an incident; never altered."""

    id: Id
    incident_id: Id
    written_at: datetime
    author: Id
    text: Prose


class Tone(StrEnum):
    """How an arriving incident sounds."""

    SILENT = "silent"
    SOFT = "soft"
    ALARM = "alarm"
    URGENT = "urgent"


_DISMISSED = frozenset({Certainty.PRANK, Certainty.DUPLICATE})


def acknowledge(incident: Incident, *, at: datetime, by: str) -> Incident:
    """An officer has taken it on."""
    _demand(incident, "acknowledge", {Status.NEW})
    return replace(incident, status=Status.ACKNOWLEDGED, acknowledged_at=at, acknowledged_by=by)


def verify(incident: Incident, certainty: Certainty, *, at: datetime) -> Incident:
    """An officer has judged how sure it is."""
    _demand(incident, "verify", OPEN_STATUSES | {Status.RESOLVED})
    return replace(incident, certainty=certainty, verified_at=_verified_at(incident, certainty, at))


def dispatch(incident: Incident, *, at: datetime) -> Incident:
    """Somebody has been sent."""
    _demand(incident, "dispatch", {Status.ACKNOWLEDGED})
    return replace(incident, status=Status.DISPATCHED, dispatched_at=at)


def arrive(incident: Incident, *, at: datetime) -> Incident:
    """Somebody is on scene."""
    _demand(incident, "arrive", {Status.ACKNOWLEDGED, Status.DISPATCHED})
    return replace(incident, status=Status.HANDLED, on_scene_at=at)


def resolve(incident: Incident) -> Incident:
    """Nothing is left to do on scene."""
    _demand(incident, "resolve", {Status.ACKNOWLEDGED, Status.DISPATCHED, Status.HANDLED})
    return replace(incident, status=Status.RESOLVED)


def close(incident: Incident, *, at: datetime, certainty: Certainty) -> Incident:
    """It leaves the queue, with a final judgement; a prank may be closed at once."""
    _demand(incident, "close", OPEN_STATUSES | {Status.RESOLVED})
    verified_at = _verified_at(incident, certainty, at)
    return replace(incident, status=Status.CLOSED, closed_at=at, certainty=certainty, verified_at=verified_at)


def cancel(incident: Incident, *, at: datetime) -> Incident:
    """The reporting system has taken it back."""
    _demand(incident, "cancel", OPEN_STATUSES)
    return replace(incident, status=Status.CANCELLED, closed_at=at)


def alarm_tone(incident: Incident) -> Tone:
    """The tone on arrival. Kenita sounds for crime only (community work and death notices come the same way)."""
    if incident.status is not Status.NEW or incident.certainty in _DISMISSED:
        return Tone.SILENT
    if incident.source in QUIET_SOURCES:
        return Tone.SILENT
    if incident.source is Source.KENITA and incident.type is not IncidentType.CRIME:
        return Tone.SILENT
    if incident.drill is not Drill.ACTUAL:
        return Tone.SOFT
    return Tone.URGENT if incident.severity in {Severity.SEVERE, Severity.CRITICAL} else Tone.ALARM


def is_marked(incident: Incident) -> bool:
    """Whether it stands on maps, and on the tiles of cameras that see it: open, placed, no prank and no duplicate.

    The log keeps all.
    """
    return (
        incident.status in OPEN_STATUSES
        and incident.certainty not in _DISMISSED
        and incident.place.position is not None
    )


def _verified_at(incident: Incident, certainty: Certainty, at: datetime) -> datetime | None:
    """The first time stays. What was seen before this version was, without a time, gets none by being seen again."""
    if certainty not in SEEN:
        return None
    return incident.verified_at if incident.certainty in SEEN else at


def _demand(incident: Incident, transition: str, allowed: Iterable[Status]) -> None:
    if incident.status not in allowed:
        raise DomainError(DomainCode.TRANSITION_REFUSED, f"{transition} {incident.status}")
