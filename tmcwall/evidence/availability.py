"""The availability certificate: when cameras were seen working, when not and why, and when nobody looked; signed.

What nobody looked at is never said to have worked. The words of the page are Indonesian, as those of letters are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from docx.document import Document as Page
from docx.shared import Cm, Pt

from tmcwall.domain.fault import FaultCode
from tmcwall.domain.history import DOWN, UP, CameraState
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.letter_content import STATES_ID, CameraSpan
from tmcwall.evidence.plain_pages import archived_pdf, name_page, new_page
from tmcwall.evidence.record import Moment, OfficerRecord, moment, written
from tmcwall.evidence.spoken_fingerprint import spoken_fingerprint
from tmcwall.evidence.sshsig import SigningKey

FORMAT: Final = "tmcwall.availability/1"
_WIDTHS_CM: Final = (5.2, 5.2, 3.4, 3.0)
_HEADS: Final = ("Dari ({zone})", "Sampai ({zone})", "Keadaan", "Sebab")


@dataclass(frozen=True, slots=True)
class CameraAvailability:
    """Of one camera: the whole span in pieces, without a hole."""

    camera: str
    name: str
    pieces: Sequence[CameraSpan]


@dataclass(frozen=True, slots=True)
class AvailabilityContent:
    """All that a certificate says."""

    cameras: Sequence[CameraAvailability]
    since: datetime
    until: datetime
    workstation: str
    station: Sequence[str]
    """The head of letters, line by line."""
    officer: OfficerRecord
    made_at: datetime
    zone: StationZone


@dataclass(frozen=True, slots=True)
class SignedCertificate:
    """The record and the page, each with its SSH signature."""

    record: bytes
    record_signature: bytes
    page: bytes
    """PDF/A-2b."""
    page_signature: bytes
    fingerprint: str

    @property
    def record_sha256(self) -> str:
        return sha256(self.record).hexdigest()

    @property
    def page_sha256(self) -> str:
        return sha256(self.page).hexdigest()


@dataclass(frozen=True, slots=True)
class _Piece:
    since: Moment
    until: Moment
    state: str
    cause: str | None


@dataclass(frozen=True, slots=True)
class _Camera:
    """Seconds: seen working, seen not working, and not looked at or not told apart."""

    id: str
    name: str
    working_s: float
    not_working_s: float
    not_observed_s: float
    pieces: Sequence[_Piece]


@dataclass(frozen=True, slots=True)
class _Record:
    format: str
    workstation: str
    made_at: Moment
    officer: OfficerRecord
    since: Moment
    until: Moment
    cameras: Sequence[_Camera]
    key: str
    fingerprint: str
    spoken: str


def make_certificate(
    content: AvailabilityContent, key: SigningKey, *, cause_words: Callable[[FaultCode], str]
) -> SignedCertificate:
    """Takes about 0.2 s: not in the GUI thread. Raises Fault(LETTER_FAILED) where no page can be made."""
    record = written(_record(content, key))
    page = _page(content, key, sha256(record).hexdigest(), cause_words)
    return SignedCertificate(record, key.sign(record), page, key.sign(page), key.public.fingerprint)


def seconds_in(pieces: Sequence[CameraSpan], states: frozenset[CameraState]) -> float:
    """Of the pieces in any of these states."""
    return sum((piece.until - piece.since).total_seconds() for piece in pieces if piece.state in states)


_NOT_OBSERVED: Final = frozenset(CameraState) - UP - DOWN
"""Nobody looked, it was out of use as planned, or it came and went too often to say."""


def _record(content: AvailabilityContent, key: SigningKey) -> _Record:
    zone = content.zone
    return _Record(
        format=FORMAT,
        workstation=content.workstation,
        made_at=moment(content.made_at, zone),
        officer=content.officer,
        since=moment(content.since, zone),
        until=moment(content.until, zone),
        cameras=[
            _Camera(
                one.camera,
                one.name,
                round(seconds_in(one.pieces, UP), 1),
                round(seconds_in(one.pieces, DOWN), 1),
                round(seconds_in(one.pieces, _NOT_OBSERVED), 1),
                [
                    _Piece(
                        moment(piece.since, zone),
                        moment(piece.until, zone),
                        piece.state.value,
                        piece.cause.value if piece.cause is not None else None,
                    )
                    for piece in one.pieces
                ],
            )
            for one in content.cameras
        ],
        key=key.public.openssh,
        fingerprint=key.public.fingerprint,
        spoken=spoken_fingerprint(key.public),
    )


def _page(
    content: AvailabilityContent, key: SigningKey, record_sha256: str, cause_words: Callable[[FaultCode], str]
) -> bytes:
    zone = content.zone
    document = new_page(content.station, "KETERANGAN KETERSEDIAAN KAMERA CCTV")
    officer = " ".join(part for part in (content.officer.rank, content.officer.name) if part)
    document.add_paragraph(
        f"Menurut riwayat yang dicatat tempat kerja TMC {content.workstation}, keadaan kamera berikut dari "
        f"{zone.long_text(content.since)} sampai {zone.long_text(content.until)} ialah:"
    )
    for one in content.cameras:
        _add_camera(document, one, zone, cause_words)
    document.add_paragraph(
        '"Tidak diamati" berarti tidak ada yang melihat kamera itu, atau program tidak berjalan, sehingga tidak '
        'diketahui apakah kamera bekerja. "Putus-sambung" berarti kamera berulang kali putus dan tersambung lagi.'
    )
    document.add_paragraph(
        f"Dibuat pada {zone.long_text(content.made_at)} oleh {officer}, NRP {content.officer.nrp}. Halaman ini dan "
        "berkas .json ditandatangani dengan kunci bukti tempat kerja; tanda tangannya ada di berkas .sig (OpenSSH)."
    )
    document.add_paragraph(f"Kunci: {key.public.fingerprint} ({spoken_fingerprint(key.public)})")
    document.add_paragraph(f"SHA-256 berkas .json: {record_sha256}")
    name_page(document, "Keterangan ketersediaan kamera CCTV", made_at=content.made_at)
    return archived_pdf(document)


def _add_camera(
    document: Page, one: CameraAvailability, zone: StationZone, cause_words: Callable[[FaultCode], str]
) -> None:
    working, broken, unknown = (
        _length(seconds_in(one.pieces, states)) for states in (UP, DOWN, _NOT_OBSERVED)
    )  # fmt: skip
    heading = document.add_paragraph()
    heading.paragraph_format.space_before = Pt(8)
    heading.add_run(f"{one.name} ({one.camera})").bold = True
    document.add_paragraph(f"Terlihat bekerja {working}; tidak bekerja {broken}; tidak diketahui {unknown}.")
    table = document.add_table(rows=1, cols=len(_HEADS))
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, _HEADS, strict=True):
        cell.text = text.format(zone=zone)
    for piece in one.pieces:
        cells = table.add_row().cells
        texts = (
            _local(piece.since, zone),
            _local(piece.until, zone),
            STATES_ID[piece.state],
            cause_words(piece.cause) if piece.cause is not None else "",
        )
        for cell, text in zip(cells, texts, strict=True):
            cell.text = text
    for row in table.rows:
        for cell, width in zip(row.cells, _WIDTHS_CM, strict=True):
            cell.width = Cm(width)


def _local(at: datetime, zone: StationZone) -> str:
    return f"{zone.date_of(at):%d-%m-%Y} {zone.time_of_day(at)}"


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} jam {minutes} menit {rest} detik" if hours else f"{minutes} menit {rest} detik"
