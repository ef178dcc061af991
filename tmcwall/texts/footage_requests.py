"""Requests for footage to the owners of cameras: their register, what became of them, and which are late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.footage_request import RequestAnswer
from tmcwall.texts import Text

ANSWERS: Final[Mapping[RequestAnswer, Text]] = {
    RequestAnswer.OPEN: Text(id="Menunggu jawaban", en="No answer yet"),
    RequestAnswer.GIVEN: Text(id="Diberikan", en="Given"),
    RequestAnswer.PARTLY: Text(id="Diberikan sebagian", en="Given in part"),
    RequestAnswer.REFUSED: Text(id="Ditolak", en="Refused"),
    RequestAnswer.OVERWRITTEN: Text(id="Sudah tertimpa", en="Overwritten"),
}
WITHDRAWN = Text(id="Ditarik", en="Withdrawn")
REQUEST_LINE = Text(
    id="Permintaan {day}, surat {number}: {cameras}, jawaban ditunggu {due}, {state}, {files} berkas diterima",
    en="Request {day}, letter {number}: {cameras}, answer due {due}, {state}, {files} files received",
)
LATE_LINE = Text(
    id="TERLAMBAT: permintaan {day}, surat {number}: {cameras}, batas jawaban {due}, {state}, {files} berkas diterima",
    en="LATE: request {day}, letter {number}: {cameras}, answer due {due}, {state}, {files} files received",
)

TITLE = Text(id="Permintaan rekaman", en="Requests for footage")
OPEN = Text(id="&Permintaan rekaman…", en="Re&quests for footage…")
OPEN_LATE = Text(id="&Permintaan rekaman… ({late} terlambat)", en="Re&quests for footage… ({late} late)")
LATE = Text(id="{count} permintaan rekaman terlambat", en="{count} requests for footage are late")
LATE_HELP = Text(
    id="Pemilik kamera belum menjawab sampai batasnya: lihat daftarnya",
    en="Owners of cameras have not answered in time: see the list",
)
SUMMARY = Text(id="{late} terlambat, {open} menunggu, {all} seluruhnya", en="{late} late, {open} waiting, {all} in all")
ASKED_OF = Text(id="Pemilik", en="Owner")
LETTER = Text(id="Surat", en="Letter")
LP = Text(id="Nomor LP", en="LP number")
CAMERAS = Text(id="Kamera", en="Cameras")
SPAN = Text(id="Rentang ({zone})", en="Span ({zone})")
ASKED_ON = Text(id="Diminta", en="Asked on")
DUE = Text(id="Batas jawaban", en="Due")
ANSWER = Text(id="Jawaban", en="Answer")
HANDOVER = Text(id="Berita acara", en="Handover record")
RECEIPT = Text(id="Tanda terima", en="Receipt")
FILES = Text(id="Berkas", en="Files")
NO_LETTER = Text(id="belum ada surat", en="no letter yet")
LATE_SINCE = Text(id="{day}, terlambat", en="{day}, late")
BY = Text(id="{name}, {day}", en="{name}, {day}")
RECORD_ANSWER = Text(id="Catat &jawaban…", en="Record &answer…")
RECORD_RECEIPT = Text(id="Catat tanda t&erima…", en="Record &receipt…")
TAKE_FILES = Text(id="&Masukkan berkas…", en="Take &files in…")
WITHDRAW = Text(id="Ta&rik permintaan", en="&Withdraw")
CLOSE = Text(id="&Tutup", en="&Close")
SAVE = Text(id="&Simpan", en="&Save")
DAY = Text(id="Tanggal", en="Date")
WORDS = Text(id="Isi jawaban", en="What was answered")
RECEIVED_BY = Text(id="Diterima oleh", en="Received by")
RECORD_NUMBER = Text(id="Nomor berita acara", en="Number of the handover record")
CHOOSE_FILES = Text(id="Pilih berkas yang diserahkan pemilik", en="Choose the files that the owner handed over")
CHANGED = Text(id="Permintaan kepada {owner} dicatat.", en="The request to {owner} was recorded.")
NOT_ALLOWED = Text(
    id="Hanya penyidik, supervisor, dan kepala yang melihat permintaan.",
    en="Only investigators, supervisors and heads see requests.",
)
