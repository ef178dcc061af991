"""Incidents in words: types, severities, sources, certainty, status, drills, clocks, queue, form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.incident import Certainty, Drill, IncidentType, Severity, Source, Status
from tmcwall.domain.response_times import ResponseStep
from tmcwall.texts import Text

TYPES: Final[Mapping[IncidentType, Text]] = {
    IncidentType.TRAFFIC_ACCIDENT: Text(id="Kecelakaan lalu lintas", en="Traffic accident"),
    IncidentType.CONGESTION: Text(id="Kemacetan", en="Congestion"),
    IncidentType.FIRE: Text(id="Kebakaran", en="Fire"),
    IncidentType.CRIME: Text(id="Kriminalitas", en="Crime"),
    IncidentType.FLOOD: Text(id="Banjir", en="Flood"),
    IncidentType.FALLEN_TREE: Text(id="Pohon tumbang", en="Fallen tree"),
    IncidentType.CROWD: Text(id="Kerumunan", en="Crowd"),
    IncidentType.DEMONSTRATION: Text(id="Unjuk rasa", en="Demonstration"),
    IncidentType.ILLEGAL_RACING: Text(id="Balap liar", en="Illegal racing"),
    IncidentType.MISSING_PERSON: Text(id="Orang hilang", en="Missing person"),
    IncidentType.PUBLIC_DISORDER: Text(id="Gangguan kamtibmas", en="Public-order disturbance"),
    IncidentType.NATURAL_DISASTER: Text(id="Bencana alam", en="Natural disaster"),
    IncidentType.LANDSLIDE: Text(id="Tanah longsor", en="Landslide"),
    IncidentType.DANGEROUS_ANIMAL: Text(id="Hewan buas", en="Dangerous animal"),
    IncidentType.SHORT_CIRCUIT: Text(id="Gangguan listrik", en="Electrical fault"),
    IncidentType.STREET_LIGHT_OUT: Text(id="PJU padam", en="Street light out"),
    IncidentType.BREAKDOWN: Text(id="Kendaraan mogok", en="Broken-down vehicle"),
    IncidentType.CORPSE: Text(id="Penemuan mayat", en="Corpse found"),
    IncidentType.MEDICAL: Text(id="Darurat medis", en="Medical emergency"),
    IncidentType.TRAFFIC_LIGHT: Text(id="Gangguan APILL", en="Traffic-light fault"),
    IncidentType.OTHER: Text(id="Lainnya", en="Other"),
}

SEVERITIES: Final[Mapping[Severity, Text]] = {
    Severity.MINOR: Text(id="Ringan", en="Minor"),
    Severity.MODERATE: Text(id="Sedang", en="Moderate"),
    Severity.SEVERE: Text(id="Berat", en="Severe"),
    Severity.CRITICAL: Text(id="Kritis", en="Critical"),
}

CERTAINTIES: Final[Mapping[Certainty, Text]] = {
    Certainty.UNVERIFIED: Text(id="Belum terverifikasi", en="Unverified"),
    Certainty.SEEN_ON_CAMERA: Text(id="Terverifikasi CCTV", en="Verified on camera"),
    Certainty.SEEN_BY_OFFICER: Text(id="Terverifikasi petugas", en="Verified by an officer"),
    Certainty.PRANK: Text(id="Palsu atau iseng", en="False or prank"),
    Certainty.DUPLICATE: Text(id="Laporan ganda", en="Duplicate report"),
}

STATUSES: Final[Mapping[Status, Text]] = {
    Status.NEW: Text(id="Baru", en="New"),
    Status.ACKNOWLEDGED: Text(id="Diterima", en="Accepted"),
    Status.DISPATCHED: Text(id="Ditugaskan", en="Dispatched"),
    Status.HANDLED: Text(id="Ditangani", en="Being handled"),
    Status.RESOLVED: Text(id="Selesai", en="Resolved"),
    Status.CLOSED: Text(id="Ditutup", en="Closed"),
    Status.CANCELLED: Text(id="Dibatalkan", en="Cancelled"),
}

SOURCES: Final[Mapping[Source, Text]] = {
    Source.CALL_112: Text(id="Panggilan 112", en="112 call"),
    Source.CALL_110: Text(id="Polisi 110", en="Police 110"),
    Source.LIBAS: Text(id="Libas", en="Libas"),
    Source.KENITA: Text(id="Kenita", en="Kenita"),
    Source.POSPIN: Text(id="PosPin", en="PosPin"),
    Source.PSC_119: Text(id="PSC 119", en="PSC 119"),
    Source.FIRE_BRIGADE: Text(id="Damkar 113", en="Fire brigade 113"),
    Source.DISHUB: Text(id="Dishub", en="Dishub"),
    Source.RADIO: Text(id="Radio HT", en="HT radio"),
    Source.OPERATOR: Text(id="Operator TMC", en="TMC operator"),
    Source.EDUMAS: Text(id="E-Dumas", en="E-Dumas"),
    Source.GUEST_REPORT: Text(id="Lapor Tamu", en="Guest report"),
    Source.PATROL: Text(id="Patroli", en="Patrol"),
    Source.BMKG: Text(id="BMKG", en="BMKG"),
}

DRILLS: Final[Mapping[Drill, Text]] = {
    Drill.ACTUAL: Text(id="Nyata", en="Actual"),
    Drill.EXERCISE: Text(id="LATIHAN", en="EXERCISE"),
    Drill.TEST: Text(id="UJI", en="TEST"),
}

STEPS: Final[Mapping[ResponseStep, Text]] = {
    ResponseStep.ANSWERED: Text(id="Diterima", en="Accepted"),
    ResponseStep.VERIFIED: Text(id="Terverifikasi", en="Verified"),
    ResponseStep.DISPATCHED: Text(id="Ditugaskan", en="Dispatched"),
    ResponseStep.ON_SCENE: Text(id="Tiba di lokasi", en="On scene"),
    ResponseStep.CLOSED: Text(id="Ditutup", en="Closed"),
}

EXPORT_CAP = Text(id="Ekspor CAP …", en="Export CAP …")
CAP_FILTER = Text(id="CAP 1.2 (*.xml)", en="CAP 1.2 (*.xml)")
CAP_EXPORTED = Text(id="Tersimpan: {file}", en="Saved: {file}")

QUEUE_TITLE = Text(id="Antrean kejadian", en="Incident queue")
QUEUE_COUNT = Text(id="{open} terbuka · {new} belum diterima", en="{open} open · {new} not yet acknowledged")
QUEUE_EMPTY = Text(
    id="Tidak ada kejadian terbuka.\nKejadian dari 112, Libas, Kenita, PosPin, dan catatan petugas tampil di sini.",
    en="No open incident.\nIncidents from 112, Libas, Kenita, PosPin and officers' entries appear here.",
)
QUEUE_HELP = Text(
    id="Daftar kejadian terbuka; Enter menampilkan kamera terdekat.",
    en="Open incidents; Enter shows the nearest cameras.",
)
SINCE_CALL = Text(id="Sejak lapor", en="Since call")
TO_ACKNOWLEDGE = Text(id="Diterima", en="Accepted")
WAITING = Text(id="Menunggu", en="Waiting")
TARGET = Text(id="Target", en="Target")
TARGET_HELP = Text(
    id="Target: tiba di lokasi dalam 10 menit sejak diterima.", en="Target: on the scene within 10 minutes of receipt."
)
CALLS = Text(id="{count} laporan", en="{count} reports")
OVERDUE = Text(id="lewat target {time}", en="{time} over the target")
LEFT = Text(id="sisa {time}", en="{time} left")
LATE = Text(id="lewat {time}", en="{time} over")
MET = Text(id="tiba {time}", en="met {time}")
NO_PLACE = Text(id="Lokasi belum diketahui", en="Place not known yet")
PLACE_RT = Text(id="RT {rt}/RW {rw}", en="RT {rt}/RW {rw}")
PLACE_RW = Text(id="RW {rw}", en="RW {rw}")

DETAIL_TITLE = Text(id="Rincian kejadian", en="Incident details")
DETAIL_NONE = Text(id="Pilih kejadian untuk melihat rinciannya.", en="Select an incident to see its details.")
FIELD_STATUS = Text(id="Status", en="Status")
FIELD_CERTAINTY = Text(id="Verifikasi", en="Verification")
FIELD_SOURCE = Text(id="Sumber", en="Source")
FIELD_PLACE = Text(id="Lokasi", en="Place")
FIELD_CALLED = Text(id="Waktu lapor", en="Call time")
FIELD_CLOCKS = Text(id="Waktu tanggap", en="Response times")
FIELD_CALLS = Text(id="Laporan", en="Reports")
CLOCK_DONE = Text(id="{step} {at} ({took})", en="{step} {at} ({took})")
CLOCK_WAITING = Text(id="{step}: belum", en="{step}: not yet")
FIELD_REPORTER = Text(id="Pelapor", en="Reporter")
FIELD_TEXT = Text(id="Uraian", en="Report")
REPORTER_HIDDEN = Text(id="Tampil setelah petugas masuk dinas", en="Shown when an officer is on duty")
REPORTER_OF_CASES = Text(id="Hanya untuk yang menangani perkara", en="Only for those who handle cases")
REPORTER_ASKED = Text(id="Diambil dari server …", en="Being fetched from the server …")
REPORTER_AWAY = Text(
    id="Tidak ada di sini. Ada di server, yang sekarang tidak terhubung.",
    en="Not here. The server has it, and cannot be reached now.",
)
REPORTER_AWAY_WRITTEN = Text(
    id="Tidak ada di sini, dan server tidak terhubung. Dicatat oleh {officer}.",
    en="Not here, and the server cannot be reached. Written down by {officer}.",
)
REPORTER_MISSING = Text(
    id="Tidak ada di sini dan belum sampai di server. Ada di tempat kerja yang mencatatnya.",
    en="Not here, and the server does not have it yet. The workstation where it was written down has it.",
)
REPORTER_MISSING_WRITTEN = Text(
    id="Tidak ada di sini dan belum sampai di server. Dicatat oleh {officer}.",
    en="Not here, and the server does not have it yet. Written down by {officer}.",
)
REPORTER_ERASED = Text(id="Dihapus atas permintaan", en="Erased on request")
REPORTER_UNKNOWN = Text(id="Tidak disebutkan", en="Not given")
TAKEN_BY = Text(id="{status} oleh {officer}", en="{status} by {officer}")

ACKNOWLEDGE = Text(id="Terima", en="Acknowledge")
VERIFY = Text(id="Terlihat CCTV", en="Seen on camera")
DISPATCH = Text(id="Ditugaskan", en="Dispatched")
ARRIVE = Text(id="Tiba", en="On scene")
CASCADE = Text(id="Kaskade Kenita", en="Kenita cascade")
MERGE_CHOICE = Text(id="Laporan yang mungkin sama", en="Reports that may be the same")
MERGE_LIKELY = Text(id="Mungkin ganda: {what}", en="May be a duplicate: {what}")
MERGE_OTHER = Text(id="Lainnya: {what}", en="Other: {what}")
MERGE_DONE = Text(id="Sudah digabung: {what}", en="Merged already: {what}")
MERGE = Text(id="Gabungkan", en="Merge")
SPLIT = Text(id="Pisahkan lagi", en="Split again")
MERGED_NOTE = Text(id="Digabung ke kejadian {number}.", en="Merged into incident {number}.")
MAIN_NOTE = Text(id="Laporan {number} digabung ke kejadian ini.", en="Report {number} was merged into this incident.")
SPLIT_NOTE = Text(id="Dipisahkan lagi dari kejadian {number}.", en="Split again from incident {number}.")
SPLIT_MAIN_NOTE = Text(id="Laporan {number} dipisahkan lagi.", en="Report {number} was split again.")
NEAREST = Text(id="Kamera terdekat", en="Nearest cameras")
CLOSE = Text(id="Tutup kejadian", en="Close incident")
NEW = Text(id="Kejadian baru", en="New incident")
NOTES = Text(id="Catatan", en="Notes")
NOTES_NONE = Text(id="Belum ada catatan.", en="No notes yet.")
NOTE_LABEL = Text(id="Catatan baru", en="New note")
NOTE_PLACEHOLDER = Text(id="Tulis catatan, lalu Enter", en="Write a note, then Enter")
CLOSE_AS = Text(id="Hasil verifikasi", en="Result of verification")
CLOSE_CONFIRM = Text(id="Tutup kejadian ini", en="Close this incident")
CLOSE_CANCEL = Text(id="Batal", en="Cancel")
COVERAGE_NONE = Text(
    id="Tidak ada cakupan: tidak ada kamera aktif dalam 1.200 m.",
    en="No coverage: no live camera within 1,200 m.",
)
COVERAGE_DARK = Text(
    id="Tidak ada kamera aktif dalam 1.200 m; {count} kamera di sana sedang tidak bekerja.",
    en="No live camera within 1,200 m; {count} cameras there do not work now.",
)
COVERAGE_NO_PLACE = Text(
    id="Tidak ada cakupan: posisi kejadian belum diketahui.",
    en="No coverage: the incident's position is not known.",
)
COVERAGE_SHOWN = Text(
    id="{count} kamera dalam {radius} m ditampilkan pada petak cadangan.",
    en="{count} cameras within {radius} m are on the reserved tiles.",
)
COVERAGE_NO_TILES = Text(
    id="{count} kamera dalam {radius} m. Belum ada petak cadangan: pilih petak pada denah, lalu tekan R.",
    en="{count} cameras within {radius} m. No tile is reserved yet: select one in the plan and press R.",
)

FORM_TITLE = Text(id="Catat kejadian baru", en="Enter a new incident")
FORM_TYPE = Text(id="Jenis kejadian", en="Type")
FORM_SEVERITY = Text(id="Tingkat", en="Severity")
FORM_SOURCE = Text(id="Sumber laporan", en="Source")
FORM_PLACE = Text(id="Lokasi", en="Place")
FORM_PLACE_HINT = Text(id="mis. depan Stasiun Purwosari", en="e.g. in front of Purwosari station")
FORM_CAMERA = Text(id="Kamera di lokasi", en="Camera at the place")
FORM_CAMERA_NONE = Text(id="Tidak dipilih", en="None chosen")
FORM_REGION = Text(id="Kelurahan", en="Kelurahan")
FORM_REGION_NONE = Text(id="Tidak dipilih", en="None chosen")
FORM_RT = Text(id="RT", en="RT")
FORM_RW = Text(id="RW", en="RW")
FORM_POSITION = Text(id="Posisi (lintang, bujur)", en="Position (latitude, longitude)")
FORM_POSITION_HINT = Text(id="mis. -7.5606, 110.8018", en="e.g. -7.5606, 110.8018")
FORM_PHONE = Text(id="Telepon pelapor (bila ada)", en="Reporter's phone (if any)")
FORM_TEXT = Text(id="Uraian singkat", en="Short report")
FORM_SAVE = Text(id="Simpan kejadian", en="Save incident")
FORM_CANCEL = Text(id="Batal", en="Cancel")
FORM_NO_PLACE = Text(
    id="Isi lokasi: tulisan, kamera, kelurahan, atau posisi.",
    en="Give a place: in words, by camera, kelurahan or position.",
)
FORM_BAD_POSITION = Text(
    id="Posisi harus berupa dua angka, mis. -7.5606, 110.8018.",
    en="The position must be two numbers, e.g. -7.5606, 110.8018.",
)
FORM_BAD_RT = Text(id="RT dan RW harus berupa angka 1 sampai 999.", en="RT and RW must be numbers from 1 to 999.")
FORM_SENT = Text(id="Kejadian sedang disimpan…", en="Saving the incident…")
ARRIVED = Text(id="Kejadian baru: {type} ({severity}), {place}.", en="New incident: {type} ({severity}), {place}.")
