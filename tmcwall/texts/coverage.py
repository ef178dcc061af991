"""The report of coverage, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.texts import Text

TITLE = Text(id="Cakupan dan titik buta", en="Coverage and blind spots")
WARNING = Text(
    id="RAHASIA, hanya untuk perencanaan. Gedung, pohon, dan lereng tidak diperhitungkan: semua angka adalah keadaan "
    "terbaik. Batas kelurahan adalah perkiraan dari titik tengahnya.",
    en="CONFIDENTIAL, for planning only. Buildings, trees and slopes are not considered: every number is the "
    "best case. Boundaries of kelurahan are estimates from their middles.",
)
MADE = Text(id="Dihitung {time} oleh NRP {nrp}, petak {step} m.", en="Counted {time} by {nrp}, in squares of {step} m.")
NO_POSITION = Text(
    id="{count} kamera tanpa letak tidak ikut dihitung.", en="{count} cameras without a position are not counted."
)
TOWN = Text(id="Kota", en="Town")
COUNT = Text(id="&Hitung", en="&Count")
COUNTING = Text(id="Menghitung…", en="Counting…")
EXPORT = Text(id="&Ekspor CSV dan GeoJSON…", en="&Export CSV and GeoJSON…")
EXPORTED = Text(
    id="{count} berkas di {folder}; dicatat di buku penjagaan.", en="{count} files in {folder}; in custody."
)
CHOOSE_FOLDER = Text(id="Folder untuk laporan cakupan", en="Folder for the report of coverage")
CLOSE = Text(id="&Tutup", en="C&lose")
NOT_ALLOWED = Text(
    id="Hanya perwira, supervisor, dan kepala yang melihat titik buta.",
    en="Only duty officers, supervisors and heads see blind spots.",
)
PLACES = Text(id="Wilayah", en="Places")
WITHOUT = Text(id="RT tanpa kamera hidup ({count})", en="RT without a live camera ({count})")
RT_WITHOUT = Text(id="RT tanpa kamera hidup", en="RT without a live camera")
CANDIDATES = Text(id="Titik usulan", en="Candidate points")
PLACE = Text(id="Wilayah", en="Place")
AREA = Text(id="Luas (ha)", en="Area (ha)")
PAPER = Text(id="{name}, di atas kertas", en="{name}, on paper")
NOW = Text(id="{name}, sekarang", en="{name}, now")
CAMERAS = Text(id="Kamera", en="Cameras")
WORKING = Text(id="Bekerja", en="Working")
ASSUMED = Text(id="Arah tak diketahui", en="Direction unknown")
HITS = Text(id="Kejadian tak terlihat", en="Incidents unseen")
RT = Text(id="RT", en="RT")
RW = Text(id="RW", en="RW")
DEAD = Text(id="Kamera mati", en="Dead cameras")
POSITION = Text(id="Letak", en="Position")
UNCOVERED = Text(id="Tak tercakup (ha)", en="Uncovered (ha)")
RANK = Text(id="Urutan", en="Rank")
ESTIMATED = Text(id="{name} (perkiraan)", en="{name} (estimate)")
CLASSES: Final[Mapping[str, Text]] = {
    "detect": Text(id="Mendeteksi", en="Detect"),
    "observe": Text(id="Mengamati", en="Observe"),
    "recognise": Text(id="Mengenali", en="Recognise"),
    "identify": Text(id="Mengidentifikasi", en="Identify"),
}
COMMAND_DONE = Text(
    id="{town}: {places} wilayah, {without} RT tanpa kamera hidup, {candidates} titik usulan. "
    "Gedung tidak diperhitungkan.",
    en="{town}: {places} places, {without} RT without a live camera, {candidates} candidate points. "
    "Buildings are ignored.",
)
