"""An incident: what was reported, where, by whom, how sure, and the clocks that run on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tmcwall.domain.camera import Position


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


class Status(StrEnum):
    NEW = "baru"
    ACKNOWLEDGED = "diverifikasi"
    DISPATCHED = "ditugaskan"
    HANDLED = "ditangani"
    RESOLVED = "selesai"
    CLOSED = "ditutup"
    CANCELLED = "dibatalkan"


OPEN_STATUSES = frozenset({Status.NEW, Status.ACKNOWLEDGED, Status.DISPATCHED, Status.HANDLED})


class Source(StrEnum):
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


class Drill(StrEnum):
    """Whether it is real. Anything but ACTUAL is badged everywhere."""

    ACTUAL = "actual"
    EXERCISE = "exercise"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happens; at least one of position, adm4 and text is given. `accuracy_m` is a radius."""

    position: Position | None = None
    accuracy_m: float | None = None
    adm4: str | None = None
    rw: str | None = None
    rt: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident as it stands now. `external_id` and `sequence` are the reporting system's."""

    id: str
    source: Source
    external_id: str
    sequence: int
    type: IncidentType
    severity: Severity
    certainty: Certainty
    status: Status
    drill: Drill
    place: Place
    text: str
    called_at: datetime
    received_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    dispatched_at: datetime | None = None
    on_scene_at: datetime | None = None
    closed_at: datetime | None = None
    case_id: str | None = None
    reporter_name: str = ""
    reporter_phone: str = ""


@dataclass(frozen=True, slots=True)
class IncidentNote:
    """A remark on an incident; never altered."""

    id: str
    incident_id: str
    written_at: datetime
    author: str
    text: str
