"""Outages that go on, and the ledger of repairs, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.mass_outage import OutageCause
from tmcwall.domain.repair import CauseClass
from tmcwall.texts import Text

CAUSES: Final[Mapping[CauseClass, Text]] = {
    CauseClass.POWER: Text(id="Listrik", en="Power"),
    CauseClass.NETWORK: Text(id="Jaringan", en="Network"),
    CauseClass.CAMERA: Text(id="Kamera", en="Camera"),
    CauseClass.RECORDER: Text(id="Perekam (NVR)", en="Recorder (NVR)"),
    CauseClass.MOVED: Text(id="Kamera dipindah", en="Camera was moved"),
    CauseClass.UNPAID: Text(id="Langganan tak dibayar", en="Subscription not paid"),
    CauseClass.OTHER: Text(id="Lain-lain", en="Other"),
}
OUTAGES: Final[Mapping[OutageCause, Text]] = {
    OutageCause.SINGLE: Text(id="satu kamera, {subject}", en="one camera, {subject}"),
    OutageCause.RECORDER: Text(id="satu perekam atau gerbang, {subject}", en="one recorder or gateway, {subject}"),
    OutageCause.NETWORK: Text(id="satu jaringan, {subject}", en="one network, {subject}"),
    OutageCause.AREA: Text(
        id="satu kecamatan, {subject}: mungkin listrik padam", en="one kecamatan, {subject}: perhaps a power cut"
    ),
    OutageCause.OWNER: Text(id="semua milik {subject}", en="all that belong to {subject}"),
    OutageCause.UPLINK: Text(
        id="hampir semua yang dilihat: jaringan kantor kita sendiri", en="nearly all that are watched: our own uplink"
    ),
}
LINE = Text(
    id="{down} kamera mati sejak {time}: {cause}. {call}", en="{down} cameras down since {time}: {cause}. {call}"
)
LINE_PARTLY = Text(
    id="{down} dari {all} kamera masih mati sejak {time}: {cause}. {call}",
    en="{down} of {all} cameras still down since {time}: {cause}. {call}",
)
CALL = Text(id="Hubungi {whom}.", en="Call {whom}.")
CALL_OURSELVES = Text(
    id="Periksa jaringan kantor, lalu hubungi penyedianya.", en="Check the office's network, then call its provider."
)
ALONE = Text(id="{count} kamera lain mati sendiri-sendiri.", en="{count} other cameras are down by themselves.")
MORE_EVENTS = Text(id="{count} gangguan lagi di daftar.", en="{count} more outages in the list.")
CALL_POWER = Text(
    id="Tanyakan listrik ke PLN (123), beri tahu {whom}.", en="Ask the power company (PLN, 123), tell {whom}."
)
OPEN = Text(id="Daftar…", en="List…")

TITLE = Text(id="Gangguan dan perbaikan kamera", en="Outages and repairs of cameras")
NOW = Text(id="Gangguan sekarang", en="Outages that go on")
NONE_NOW = Text(id="Tidak ada gangguan.", en="Nothing is down.")
LEDGER = Text(id="Perbaikan: {open} terbuka, {all} seluruhnya", en="Repairs: {open} open, {all} in all")
DOWN = Text(id="Mati", en="Down")
SINCE = Text(id="Sejak ({zone})", en="Since ({zone})")
CAUSE = Text(id="Sebab", en="Cause")
WHOM = Text(id="Hubungi", en="Call")
CAMERAS = Text(id="Kamera", en="Cameras")
WORDS = Text(id="Keterangan", en="Remark")
TOLD = Text(id="Diberi tahu", en="Told")
ANSWER = Text(id="Jawaban", en="Answer")
STATE = Text(id="Keadaan", en="State")
STATE_OPEN = Text(id="terbuka", en="open")
STATE_DONE = Text(id="selesai {day}", en="done {day}")
STATE_WITHDRAWN = Text(id="dicabut", en="withdrawn")
DATED = Text(id="{words} ({day})", en="{words} ({day})")
AND_MORE = Text(id="{cameras} dan {count} lagi", en="{cameras} and {count} more")
BEGIN = Text(id="&Catat perbaikan…", en="&Record a repair…")
TELL = Text(id="&Diberi tahu…", en="&Told…")
RECORD_ANSWER = Text(id="&Jawaban…", en="Ans&wer…")
FINISH = Text(id="&Selesai…", en="&Done…")
RECLASSIFY = Text(id="S&ebab lain…", en="O&ther cause…")
WITHDRAW = Text(id="Ca&but", en="With&draw")
CLOSE = Text(id="&Tutup", en="C&lose")
SAVE = Text(id="&Simpan", en="&Save")
TOLD_WHOM = Text(id="Siapa yang diberi tahu", en="Who was told")
DONE_WORDS = Text(id="Yang dikerjakan", en="What was done")
WHICH = Text(id="Kamera (nomor atau id, dipisah koma)", en="Cameras (numbers or ids, separated by commas)")
UNKNOWN_CAMERA = Text(id="Tidak ada kamera “{text}”.", en="There is no camera “{text}”.")
SAVED = Text(id="Perbaikan dicatat.", en="The repair was recorded.")
MONTHLY = Text(id="Daftar &bulanan per pemilik…", en="&Monthly lists of owners…")
CHOOSE_FOLDER = Text(id="Folder untuk daftar bulanan {month}", en="Folder for the monthly lists of {month}")
MADE = Text(
    id="Daftar bulanan {month}: {owners} pemilik, {files} berkas di {folder}.",
    en="Monthly lists of {month}: {owners} owners, {files} files in {folder}.",
)
