"""The report of a shift handover: the window, and the words of its pages, which are Indonesian as letters are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from tmcwall.domain.incident import Drill, Incident
from tmcwall.domain.shift_report import Section, ShiftReport
from tmcwall.texts import Text, Translator, states
from tmcwall.texts import incidents as incident_texts

OPEN = Text(id="Serah terima…", en="Hand over…")
OPEN_HELP = Text(id="Laporan serah terima dinas", en="Report of the shift handover")
TITLE = Text(id="Serah terima dinas", en="Shift handover")
REMARK = Text(id="Catatan untuk dinas berikutnya", en="Remarks for the next shift")
TAKES_OVER = Text(
    id="Penerima membaca laporan ini lalu memasukkan NRP dan sandinya sendiri.",
    en="Who takes over reads the report and enters his own service number and password.",
)
NRP = Text(id="NRP penerima", en="Service number of who takes over")
PASSWORD = Text(id="Sandi penerima", en="Password of who takes over")
SIGN = Text(id="Tandatangani dan simpan", en="Sign and keep")
AGAIN = Text(id="Perbarui (F5)", en="Renew (F5)")
MADE = Text(id="Tersimpan: {pdf} dan {html}", en="Kept: {pdf} and {html}")
WORKING = Text(id="Laporan sedang dibuat…", en="The report is being made…")

_INCIDENTS: Final = (
    "Kejadian terbuka",
    ("Waktu", "Jenis", "Status", "Tempat dan uraian"),
    "Tidak ada kejadian terbuka.",
)
_LOCKED: Final = ("Petak terkunci", ("Dinding", "Petak", "Kamera"), "Tidak ada petak terkunci.")
_DEAD: Final = ("Kamera mati", ("Nomor", "Kamera", "Keadaan"), "Tidak ada kamera mati di antara yang diamati.")
_LETTERS: Final = ("SP2HP terlambat", ("Nomor LP", "Tenggat", "Terlambat"), "Tidak ada SP2HP terlambat.")
_REQUESTS: Final = (
    "Permintaan rekaman terlambat", ("Nomor LP", "Kepada", "Batas jawaban"), "Tidak ada permintaan rekaman terlambat.",
)  # fmt: skip
_OUTAGES: Final = ("Padam terencana", ("Dari", "Sampai", "Kamera", "Alasan"), "Tidak ada padam terencana.")


def sections_of(report: ShiftReport, place_of: Callable[[Incident], str], say: Translator) -> Sequence[Section]:
    """`place_of` says where an incident is; `say` speaks Indonesian."""

    def moment(at: object) -> str:
        return say.zone.long_text(at)  # type: ignore[arg-type]  # always a moment

    incidents = [
        (
            moment(one.called_at),
            _type_of(one, say),
            say(incident_texts.STATUSES[one.status]),
            ". ".join(part for part in (place_of(one), one.text) if part),
        )
        for one in report.incidents
    ]
    locked = [(one.wall, str(one.cell + 1), one.camera) for one in report.locked]
    dead = [
        (str(one.number) if one.number is not None else "", one.name, say(states.STATES[one.status.state].word))
        for one in report.dead
    ]
    letters = [(one.lp, f"{one.due:%d-%m-%Y}", f"{one.days} hari") for one in report.letters]
    requests = [(one.lp, one.asked_of, f"{one.due:%d-%m-%Y}") for one in report.requests]
    outages = [
        (
            moment(one.starts_at),
            moment(one.ends_at),
            ", ".join(report.names.get(camera, camera) for camera in one.camera_ids),
            one.reason,
        )
        for one in report.outages
    ]
    words = (_INCIDENTS, _LOCKED, _DEAD, _LETTERS, _REQUESTS, _OUTAGES)
    rows: Sequence[Sequence[Sequence[str]]] = (incidents, locked, dead, letters, requests, outages)
    return [
        Section(f"{title} ({len(some)})", heads, some, nothing)
        for (title, heads, nothing), some in zip(words, rows, strict=True)
    ]


def _type_of(incident: Incident, say: Translator) -> str:
    """An exercise or a test says so first."""
    kind = say(incident_texts.TYPES[incident.type])
    return kind if incident.drill is Drill.ACTUAL else f"[{say(incident_texts.DRILLS[incident.drill])}] {kind}"
