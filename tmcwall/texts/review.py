"""Bookmarks, the tag panel, the clip player and what is known of a clip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.bookmark import ClipState, GapCause
from tmcwall.domain.case import Difficulty, LpWarning, Stage
from tmcwall.domain.footage_timeline import FootageSource
from tmcwall.texts import Text

# List of bookmarks
BOOKMARKS = Text(id="Penanda", en="Bookmarks")
BOOKMARKS_NAME = Text(id="Daftar penanda, terbaru di atas", en="Bookmarks, newest first")
SEARCH_PLACEHOLDER = Text(id="Cari nomor LP, kamera, catatan", en="Find LP number, camera, note")
SEARCH_NAME = Text(id="Cari penanda", en="Find a bookmark")
SEARCH_NONE = Text(id="Tidak ada penanda yang cocok dengan “{text}”.", en="No bookmark matches “{text}”.")
BOOKMARKS_NONE = Text(
    id="Belum ada penanda. Pilih petak, lalu tekan B.", en="No bookmarks yet. Select a tile and press B."
)
FOUND = Text(id="{count} penanda ditemukan", en="{count} bookmarks found")
COLUMN_LP = Text(id="Nomor LP", en="LP number")
COLUMN_CAMERA = Text(id="Kamera", en="Camera")
COLUMN_TIME = Text(id="Waktu ({zone})", en="Time ({zone})")
COLUMN_LENGTH = Text(id="Lama", en="Length")
COLUMN_OFFICER = Text(id="Petugas", en="Officer")
COLUMN_CLIP = Text(id="Klip", en="Clip")
COLUMN_HASH = Text(id="SHA-256", en="SHA-256")
COLUMN_REMINDER = Text(id="Pengingat internal SP2HP", en="SP2HP internal reminder")
TODAY_AT = Text(id="Hari ini, {time}", en="Today, {time}")
NO_CASE = Text(id="Tanpa LP", en="No LP")
HASH_PENDING = Text(id="belum ada", en="none yet")
REMINDER_LATE = Text(id="{date}, lewat {days} hari", en="{date}, {days} days late")
REMINDER_TODAY = Text(id="Hari ini", en="Today")
REMINDER_NONE = Text(id="Tidak ada", en="None")
REMINDER_HELP = Text(
    id="Pengingat internal menurut preset; bukan tenggat hukum.",
    en="An internal reminder by the chosen preset; not a legal deadline.",
)
PLAY = Text(id="Putar klip", en="Play clip")
PLAY_NOT_READY = Text(id="Klip belum siap: {state}.", en="The clip is not ready: {state}.")
PLAY_MISSING = Text(
    id="Berkas klip tidak ditemukan di komputer ini. Minta petugas TI mencarinya di cadangan, bila klip itu "
    "tidak dihapus karena umur (clip_keep_days); penandanya tetap ada.",
    en="The clip's file is not on this computer. Ask IT to look for it in the backups, unless it was of no case and "
    "was deleted by age (clip_keep_days); its bookmark stays.",
)

CLIP_STATES: Final[Mapping[ClipState, Text]] = {
    ClipState.WAITING: Text(id="Menunggu akhir", en="Waiting for the end"),
    ClipState.CUTTING: Text(id="Dipotong", en="Being cut"),
    ClipState.READY: Text(id="Siap", en="Ready"),
    ClipState.FAILED: Text(id="Gagal", en="Failed"),
}
CLIP_NONE = Text(id="Belum diminta", en="Not asked for")

# Tag panel
TAG_TITLE = Text(id="Tandai rekaman", en="Bookmark footage")
TAG_RANGE = Text(id="Rentang", en="Range")
TAG_RANGE_TEXT = Text(id="{start} – {end} {zone}, {length}", en="{start} – {end} {zone}, {length}")
TAG_PRE_ROLL = Text(id="Sebelum", en="Before")
TAG_POST_ROLL = Text(id="Sesudah", en="After")
TAG_SECONDS = Text(id=" dtk", en=" s")
TAG_LP = Text(id="Nomor LP", en="LP number")
TAG_LP_HINT = Text(
    id="mis. LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH",
    en="e.g. LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH",
)
TAG_NOTE = Text(id="Catatan", en="Note")
TAG_NOTE_HINT = Text(id="mis. motor putih lari ke timur", en="e.g. white motorcycle fled east")
TAG_INCIDENT = Text(id="Kejadian", en="Incident")
TAG_INCIDENT_NONE = Text(id="Tidak terkait kejadian", en="No incident")
TAG_INCIDENT_ROW = Text(id="{type}, {place}, {time}", en="{type}, {place}, {time}")
TAG_SAVE = Text(id="Simpan (Enter)", en="Save (Enter)")
TAG_CANCEL = Text(id="Batal (Esc)", en="Cancel (Esc)")
TAG_SAVING = Text(id="Menyimpan…", en="Saving…")
TAG_SAVED = Text(id="Tersimpan: {camera}, {time}.", en="Saved: {camera}, {time}.")
TAG_NOT_SAVED = Text(id="Belum tersimpan. {reason}", en="Not saved. {reason}")
TAG_CASE_FOUND = Text(id="Perkara sudah ada, {count} penanda.", en="The case exists, {count} bookmarks.")
TAG_CASE_NEW = Text(id="Perkara baru akan dibuat.", en="A new case will be created.")
MARKED_IN = Text(
    id="Titik awal {camera} ditetapkan. Tekan ] pada titik akhir.",
    en="In mark of {camera} is set. Press ] at the out mark.",
)
NO_MARK_IN = Text(id="Belum ada titik awal. Tekan [ dahulu.", en="There is no in mark yet. Press [ first.")
LP_EMPTY = Text(id="Tanpa nomor LP; dapat ditambahkan kemudian.", en="No LP number; it can be added later.")
LP_VALID = Text(id="Nomor LP sah.", en="The LP number is valid.")
LP_WARNINGS = Text(id="Diterima dengan catatan: {warnings}.", en="Accepted with remarks: {warnings}.")
LP_REJECTED = Text(
    id="Bukan nomor LP yang dikenal. Periksa tulisan, bulan Romawi, dan tahun empat angka.",
    en="Not a known LP number. Check spelling, Roman month and four-digit year.",
)
LP_FORCED = Text(
    id="Disimpan sebagai nomor lama; alasan dicatat.", en="Will be kept as an old number; the reason is logged."
)
OLD_NUMBER = Text(id="Nomor lama", en="Old number")
OLD_NUMBER_HELP = Text(id="Simpan nomor ini apa adanya, dengan alasan.", en="Keep this number as it is, with a reason.")
OLD_REASON = Text(id="Alasan", en="Reason")
OLD_REASON_HINT = Text(id="Alasan memakai nomor ini", en="Why this number is used")
OLD_REASON_MISSING = Text(id="Tulis alasan memakai nomor lama.", en="Give the reason for the old number.")

LP_REMARKS: Final[Mapping[LpWarning, Text]] = {
    LpWarning.NO_MODEL: Text(id="tanpa model A atau B", en="no model A or B"),
    LpWarning.MODEL_C: Text(id="model C tidak lazim", en="model C is unusual"),
    LpWarning.UNNAMED_UNIT: Text(id="nama kesatuan tidak lengkap", en="the unit has no name"),
    LpWarning.NO_POLDA: Text(id="tanpa Polda", en="no Polda"),
    LpWarning.OLD_FORMAT: Text(id="format lama", en="old format"),
    LpWarning.NOT_A_REPORT: Text(id="pengaduan atau informasi, bukan LP", en="a complaint or information, not an LP"),
    LpWarning.UNKNOWN_UNIT: Text(id="jenis kesatuan tidak dikenal", en="a unit of an unknown kind"),
    LpWarning.UNREAD_WORDS: Text(
        id="memuat kata yang tidak dikenal, periksa nomornya", en="it holds words that are not understood, check it"
    ),
    LpWarning.SEQUENCE_GAP: Text(
        id="nomor urut melompat atau mundur dari LP lain kesatuan itu, periksa angkanya",
        en="its sequence number leaps or goes back against other reports of that unit, check the digits",
    ),
    LpWarning.DATE_DIFFERS: Text(
        id="bulan atau tahun berbeda dengan tanggal LP", en="month or year differ from the LP's date"
    ),
}

# Review
REVIEW_TITLE = Text(id="Tinjau rekaman", en="Review footage")
CASE_CLIPS = Text(id="Klip perkara", en="Clips of the case")
CASE_NONE = Text(id="Penanda tanpa nomor LP", en="Bookmark without LP number")
PLAYER_NAME = Text(id="Gambar klip", en="Picture of the clip")
PLAYER_PLAY = Text(id="Putar", en="Play")
PLAYER_PAUSE = Text(id="Jeda", en="Pause")
PLAYER_SPEED = Text(id="Kecepatan {speed}", en="Speed {speed}")
PLAYER_SEEK = Text(id="Posisi dalam klip", en="Position in the clip")
PLAYER_POSITION = Text(id="{now} / {length}", en="{now} / {length}")
PLAYER_WAITING = Text(id="Membuka klip…", en="Opening the clip…")
PLAYER_BUILDING = Text(id="Menyusun gambar: belum tentu utuh", en="Building up the picture: it may not be whole yet")
PLAYER_NONE = Text(id="Pilih klip untuk diputar.", en="Select a clip to play.")
PLAYER_FAULT = Text(id="Klip tidak dapat diputar. {reason}", en="The clip cannot be played. {reason}")
INFORMATION = Text(id="Keterangan", en="Information")
INFO_CASE = Text(id="Nomor LP", en="LP number")
INFO_CAMERA = Text(id="Kamera", en="Camera")
INFO_ASKED = Text(id="Rentang diminta", en="Range asked for")
INFO_FIRST = Text(id="Paket pertama", en="First packet")
INFO_LAST = Text(id="Paket terakhir", en="Last packet")
INFO_SHORT_START = Text(id="{seconds} dtk awal tidak terekam", en="first {seconds} s not recorded")
INFO_SHORT_END = Text(id="{seconds} dtk akhir tidak terekam", en="last {seconds} s not recorded")
INFO_GAPS = Text(id="Kekurangan", en="Missing")
INFO_GAPS_NONE = Text(id="Rentang lengkap", en="Range complete")
INCOMPLETE = Text(id="Tidak lengkap: {seconds} dtk hilang", en="Incomplete: {seconds} s missing")
GAP_LINE = Text(id="{time} · {seconds} dtk · {cause}", en="{time} · {seconds} s · {cause}")
GAPS_MORE = Text(id="dan {count} lagi", en="and {count} more")
GAP_CAUSES: Final[Mapping[GapCause, Text]] = {
    GapCause.PACKETS_LOST: Text(id="{packets} paket hilang di jalan", en="{packets} packets lost on the way"),
    GapCause.RECONNECTED: Text(id="sambungan kamera terputus", en="the camera's connection was lost"),
    GapCause.NO_PICTURES: Text(id="kamera tidak mengirim gambar", en="the camera sent no pictures"),
    GapCause.ENGINE_REPLACED: Text(
        id="proses perekam berhenti dan dijalankan lagi", en="the recording process ended and was started again"
    ),
    GapCause.RECORDING_STOPPED: Text(id="perekaman berhenti (diska)", en="recording had stopped (disk)"),
    GapCause.NOT_RECORDED: Text(id="tidak direkam", en="not recorded"),
    GapCause.UNDECODABLE: Text(
        id="terekam, tetapi data untuk membukanya tidak diterima dari kamera",
        en="recorded, but what is needed to decode it never came from the camera",
    ),
}
# Search and timeline of the review
REVIEW_SEARCH = Text(id="Cari rekaman", en="Find footage")
REVIEW_SEARCH_PLACEHOLDER = Text(
    id="LP, RT 3 RW 4, kelurahan, kamera, kata", en="LP, RT 3 RW 4, kelurahan, camera, words"
)
REVIEW_RESULTS = Text(id="Hasil pencarian", en="What was found")
REVIEW_NOTHING = Text(id="Tidak ada rekaman bertanda yang cocok.", en="No tagged footage matches.")
REVIEW_MORE = Text(id="Tampilkan yang lebih lama", en="Show older ones")
TIMELINE = Text(id="Garis waktu", en="Timeline")
FOOTAGE_FROM: Final[Mapping[FootageSource, Text]] = {
    FootageSource.CLIP: Text(id="Klip tersimpan", en="Kept clip"),
    FootageSource.RECORDING: Text(
        id="Rekaman bergulir, akan tertimpa", en="Rolling recording, which will be overwritten"
    ),
}
FOOTAGE_NONE = Text(id="Tidak ada rekaman", en="No footage")
FOOTAGE_LACKS = Text(id="Tidak ada gambar: {cause}", en="No picture: {cause}")
LOST_ON_THE_WAY = Text(id="paket hilang di jalan", en="packets lost on the way")
CLOCK_NOT_MEASURED = Text(id="Jam kamera belum diukur", en="The camera's clock was not measured")
CLOCK_SHORT = Text(id="jam {seconds} s", en="clock {seconds} s")
CLOCK_SHORT_UNKNOWN = Text(id="jam ?", en="clock ?")
NO_CLIP_THERE = Text(
    id="{camera}: tidak ada klip pada waktu itu. {words}", en="{camera}: there is no clip at that time. {words}"
)
INFO_LOSSES = Text(id="Paket hilang", en="Packets lost")
INFO_LOSSES_TEXT = Text(id="{lost} dari {packets}", en="{lost} of {packets}")
INFO_SIZE = Text(id="Ukuran", en="Size")
INFO_SHA256 = Text(id="SHA-256 berkas", en="SHA-256 of the file")
INFO_STREAM = Text(id="SHA-256 aliran", en="SHA-256 of the stream")
INFO_OFFSET = Text(id="Selisih jam server", en="Server clock offset")
INFO_OFFSET_TEXT = Text(id="{milliseconds} ms", en="{milliseconds} ms")
INFO_OFFSET_UNKNOWN = Text(id="belum diukur", en="not measured")
INFO_OFFICER = Text(id="Ditandai oleh", en="Bookmarked by")
INFO_NOTE = Text(id="Catatan", en="Note")
INFO_HOLD = Text(id="Tahan hapus", en="Hold")
INFO_HELD = Text(id="Ya, tidak terhapus otomatis", en="Yes, never deleted automatically")
HOLD_REASON = Text(id="Alasan melepas tahan hapus", en="Reason to release the hold")
HOLD_RELEASE = Text(id="Lepas tahan hapus", en="Release the hold")
HOLD_RELEASE_HELP = Text(
    id="Klip perkara ini boleh dihapus karena umur sesudahnya. Alasan dan nama Anda dicatat.",
    en="This clip of a case may be deleted by age afterwards. The reason and your name are recorded.",
)
HOLD_RELEASED = Text(id="Tahan hapus dilepas dan dicatat.", en="The hold is released and recorded.")
INFO_NOT_HELD = Text(id="Tidak", en="No")
INFO_REMINDER = Text(id="SP2HP berikutnya (pengingat internal)", en="Next SP2HP (internal reminder)")
INFO_STAGE = Text(id="Tahap", en="Stage")
INFO_DIFFICULTY = Text(id="Kesulitan", en="Difficulty")
INFO_UNKNOWN = Text(id="belum ada", en="none yet")
TAKE_STILL = Text(id="Cuplikan gambar (S)", en="Still picture (S)")
MAKE_VIEWING_COPY = Text(id="Salinan tontonan", en="Viewing copy")
COPY_BEING_MADE = Text(id="Sedang dibuat…", en="Being made…")
COPY_MADE = Text(id="Tersimpan: {path}", en="Saved: {path}")
COPY_HASH = Text(id="Salin SHA-256", en="Copy SHA-256")
COPIED = Text(id="SHA-256 disalin.", en="SHA-256 copied.")

STAGES: Final[Mapping[Stage, Text]] = {
    Stage.INQUIRY: Text(id="Penyelidikan", en="Inquiry"),
    Stage.INVESTIGATION: Text(id="Penyidikan", en="Investigation"),
    Stage.CLOSED: Text(id="Selesai", en="Closed"),
}
DIFFICULTIES: Final[Mapping[Difficulty, Text]] = {
    Difficulty.EASY: Text(id="Mudah/ringan", en="Easy"),
    Difficulty.MODERATE: Text(id="Sedang", en="Moderate"),
    Difficulty.HARD: Text(id="Sulit", en="Hard"),
    Difficulty.VERY_HARD: Text(id="Sangat sulit", en="Very hard"),
}

CASE_UNIT = Text(id="Satuan perkara", en="Unit of the case")
CASE_UNIT_EVERYBODY = Text(id="kosong: semua petugas", en="empty: everybody")
CASE_OF_EVERYBODY = Text(
    id="Perkara ini milik semua satuan: semua petugas melihatnya.", en="This case is of all units: everybody sees it."
)
CASE_OF_UNIT = Text(
    id="Perkara satuan {unit}: dilihat petugas satuan itu, supervisor, kepala, dan auditor.",
    en="A case of the unit {unit}: seen by its officers, supervisor, head and auditor.",
)
CHANGE_CASE_UNIT = Text(id="Ubah satuan…", en="Change unit…")
KEEP_CASE_UNIT = Text(id="Simpan satuan", en="Save unit")
LEAVE_CASE_UNIT = Text(id="Batal", en="Cancel")
CASE_UNIT_GIVEN_AWAY = Text(
    id="Anda tidak bertugas di {unit}: setelah disimpan Anda tidak melihat perkara ini lagi.",
    en="You do not work for {unit}: once saved, you will not see this case any more.",
)
