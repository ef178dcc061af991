"""What stands in a letter, by the names of its template. Letters are Indonesian, whatever the screen says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from tmcwall.domain.case import Case
from tmcwall.domain.clock import MONTHS_ID
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.history import CameraHistory, CameraState
from tmcwall.domain.letter import LetterKind, LetterStation, LetterWords
from tmcwall.domain.station_zone import StationZone

_DAYS_ID: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
STATES_ID: Final[Mapping[CameraState, str]] = {
    CameraState.WORKING: "Bekerja",
    CameraState.MOVED: "Bekerja, arah berubah",
    CameraState.LOST: "Terputus",
    CameraState.FROZEN: "Gambar membeku",
    CameraState.BLACK: "Gambar gelap",
    CameraState.REFUSED: "Menolak sambungan",
    CameraState.UNSUPPORTED: "Tidak dapat dibaca",
    CameraState.OUTAGE: "Padam terencana",
    CameraState.UNSTABLE: "Putus-sambung",
    CameraState.UNKNOWN: "Tidak diamati",
}


@dataclass(frozen=True, slots=True)
class FootageOfLetter:
    """A clip that supports the letter."""

    camera: str
    starts_at: datetime
    ends_at: datetime
    sha256: str
    """Of the clip's file; empty for one that is not cut."""


@dataclass(frozen=True, slots=True)
class CameraSpan:
    """How a camera did from one moment to another."""

    camera: str
    since: datetime
    until: datetime
    state: CameraState
    cause: FaultCode | None = None
    """Why it did not work, as far as that is known."""


@dataclass(frozen=True, slots=True)
class LetterContent:
    """Everything that a letter says. `nth`: SP2HP ke-n."""

    words: LetterWords
    case: Case
    station: LetterStation
    sequence: int
    number: str
    subject: str
    day: date
    nth: int | None
    footage: Sequence[FootageOfLetter]
    spans: Sequence[CameraSpan]
    zone: StationZone


def spans_of(camera: str, history: CameraHistory, *, since: datetime, until: datetime) -> tuple[CameraSpan, ...]:
    """The whole range, without a hole: of what no change tells, and after the program's end, nobody knows."""
    known = history.known_until
    unknown = (CameraState.UNKNOWN, None)
    marks: list[tuple[datetime, tuple[CameraState, FaultCode | None]]] = [(since, unknown)]
    for change in history.changes:
        if change.at <= since:
            marks[0] = (since, (change.state, change.cause))
        elif change.at < until:
            marks.append((change.at, (change.state, change.cause)))
    if known is None or known <= since:
        marks = [(since, unknown)]
    elif known < until:
        marks = [mark for mark in marks if mark[0] < known] + [(known, unknown)]
    joined = [mark for place, mark in enumerate(marks) if place == 0 or mark[1] != marks[place - 1][1]]
    ends = [at for at, _ in joined[1:]] + [until]
    return tuple(CameraSpan(camera, at, end, *mark) for (at, mark), end in zip(joined, ends, strict=True))


def context_of(content: LetterContent) -> dict[str, object]:
    """By the names of the placeholders: every name of every kind is there, some of them empty."""
    words, case, station = content.words, content.case, content.station
    investigator, signer = words.investigator, words.signer
    return {
        "kop": _lines(station.head),
        "alamat_kesatuan": station.address,
        "tempat": station.place,
        "tanggal": date_words(content.day),
        "hari": _DAYS_ID[content.day.weekday()],
        "nomor": content.number,
        "kode": words.code.value if words.code is not None else "",
        "klasifikasi": words.secrecy.value,
        "lampiran": words.attachments.strip() or "-",
        "perihal": content.subject,
        "kepada": words.addressee.strip(),
        "alamat": _paragraphs(words.address),
        "lp": case.lp,
        "tanggal_lp": date_words(case.lp_date) if case.lp_date is not None else "",
        "rujukan": _references(content),
        "ke": content.nth or "",
        "pokok_perkara": _paragraphs(words.matter),
        "tindakan": _paragraphs(words.actions),
        "hambatan": _paragraphs(words.obstacles),
        "rencana": _paragraphs(words.plan),
        "penyidik_nama": investigator.name.strip(),
        "penyidik_pangkat_nrp": _rank_and_nrp(investigator.rank, investigator.nrp),
        "penyidik_telepon": investigator.phone.strip(),
        "penyidik_surel": investigator.email.strip(),
        "penandatangan_jabatan": _paragraphs(signer.capacity),
        "penandatangan_nama": signer.name.strip(),
        "penandatangan_pangkat_nrp": _rank_and_nrp(signer.rank, signer.nrp),
        "tembusan": _lines(station.copies) if words.kind is LetterKind.SP2HP else [],
        "rekaman": [_footage(place, one, content.zone) for place, one in enumerate(content.footage, start=1)],
        "keadaan": [_span(one, content.zone) for one in content.spans],
        "zona": content.zone.value,
    }


def date_words(day: date) -> str:
    """`10 Maret 2025`."""
    return f"{day.day} {MONTHS_ID[day.month - 1]} {day.year}"


def _lines(texts: Sequence[str]) -> list[str]:
    return [text.strip() for text in texts if text.strip()]


def _paragraphs(text: str) -> list[str]:
    return _lines(text.splitlines())


def _rank_and_nrp(rank: str, nrp: str) -> str:
    return " ".join(part for part in (rank.strip().upper(), f"NRP {nrp.strip()}" if nrp.strip() else "") if part)


def _references(content: LetterContent) -> list[dict[str, str]]:
    words, case = content.words, content.case
    dated = f" tanggal {date_words(case.lp_date)}" if case.lp_date is not None else ""
    texts = [f"Laporan Polisi Nomor {case.lp}{dated};"]
    if words.sprindik.strip():
        texts.append(f"Surat Perintah Penyidikan Nomor {words.sprindik.strip()};")
    texts += [f"{line.rstrip(';.')};" for line in _paragraphs(words.references)]
    texts[-1] = f"{texts[-1].rstrip(';')}."
    return [{"huruf": _letter(place), "teks": text} for place, text in enumerate(texts)]


def _letter(place: int) -> str:
    """a, b, … z, aa, ab."""
    first, last = divmod(place, 26)
    return (chr(ord("a") + first - 1) if first else "") + chr(ord("a") + last)


def _footage(place: int, footage: FootageOfLetter, zone: StationZone) -> dict[str, object]:
    return {
        "nomor": place,
        "kamera": footage.camera,
        "waktu": _range(footage.starts_at, footage.ends_at, zone),
        "sha256": _groups(footage.sha256) or "belum dipotong",
    }


def _groups(digits: str) -> str:
    """Eight digits together, so that a reader can compare them and a line can end between."""
    return " ".join(digits[place : place + 8] for place in range(0, len(digits), 8))


def _span(span: CameraSpan, zone: StationZone) -> dict[str, object]:
    return {
        "kamera": span.camera,
        "waktu": _range(span.since, span.until, zone),
        "keadaan": STATES_ID[span.state],
    }


def _range(since: datetime, until: datetime, zone: StationZone) -> str:
    """`10-03-2025 14.30.05 s.d. 14.32.05`; with the second date where it is another."""
    first, last = zone.date_of(since), zone.date_of(until)
    ends = zone.time_of_day(until) if first == last else f"{last:%d-%m-%Y} {zone.time_of_day(until)}"
    return f"{first:%d-%m-%Y} {zone.time_of_day(since)} s.d. {ends}"
