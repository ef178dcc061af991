"""The log of incidents, the shares that met their target, and the cascade of a Kenita alarm, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.kenita import Level, Reach
from tmcwall.texts import Text

TITLE = Text(id="Log kejadian dan waktu tanggap", en="Log of incidents and response times")
EXPLANATION = Text(
    id="Semua laporan, juga yang palsu dan yang digabung. Bagian yang memenuhi target tidak menghitung latihan, laporan"
    " palsu, dan laporan ganda.",
    en="All reports, also false and merged ones. The shares within target leave out exercises, false reports and"
    " duplicates.",
)
SINCE = Text(id="Dari tanggal", en="From")
UNTIL = Text(id="Sampai tanggal", en="Until")
SEARCH = Text(id="Cari dalam daftar", en="Search the list")
SHOW = Text(id="Tampilkan", en="Show")
SAVE = Text(id="Simpan CSV", en="Save as CSV")
SAVED = Text(id="Disimpan: {file}.", en="Saved: {file}.")
FOUND = Text(id="{count} laporan.", en="{count} reports.")
CLOSE = Text(id="Tutup", en="Close")
TAB_LOG = Text(id="Daftar", en="List")
TAB_SHARES = Text(id="Waktu tanggap", en="Response times")
CALLED = Text(id="Waktu lapor ({zone})", en="Time of the call ({zone})")
TYPE = Text(id="Jenis", en="Type")
DAY = Text(id="Tanggal", en="Day")
STEP = Text(id="Langkah", en="Step")
TARGET = Text(id="Target", en="Target")
MET = Text(id="Memenuhi", en="Met")
LATE = Text(id="Lewat", en="Late")
NOT_KNOWN = Text(id="Belum diketahui", en="Not known")
SHARE = Text(id="Bagian", en="Share")
MERGED = Text(id="Digabung", en="Merged")
CHART = Text(id="Bagian yang memenuhi target, dalam persen per hari", en="Share within target, in percent by day")
CHART_SAID = Text(id="{days} hari, {sources} sumber.", en="{days} days, {sources} sources.")

CASCADE_TITLE = Text(id="Kaskade Kenita", en="Kenita cascade")
CASCADE_HELP = Text(
    id="tmcwall menampilkan dan mencatat; pemberitahuan dikirim oleh Libas atau oleh Anda lewat telepon dan radio.",
    en="tmcwall shows and logs; Libas delivers, or you do by telephone and radio.",
)
CASCADE_DRILL = Text(
    id="{drill}: kontak yang sebenarnya tidak ditampilkan dan tidak dihubungi.",
    en="{drill}: real contacts are not shown and not called.",
)
CASCADE_NEXT = Text(id="Sampai {level}. Berikutnya {next} dalam {time}.", en="At {level}. Next {next} in {time}.")
CASCADE_LAST = Text(id="Sampai {level}. Belum ada jawaban.", en="At {level}. Nobody has answered yet.")
CASCADE_ANSWERED = Text(id="Dijawab pukul {time}, pada tingkat {level}.", en="Answered at {time}, at level {level}.")
CASCADE_CLEAR = Text(id="Dinyatakan aman pukul {time}.", en="All clear at {time}.")
CASCADE_COUNT = Text(id="{count} alarm dari RT ini.", en="{count} alarms of this RT.")
CASCADE_NO_RT = Text(
    id="RT kejadian tidak diketahui: kontak dan kamera hanya sejauh tempatnya diketahui.",
    en="The RT is not known: contacts and cameras only as far as the place is.",
)
LEVEL = Text(id="Tingkat", en="Level")
TOLD = Text(id="Diberitahu pukul", en="Told at")
TELL = Text(id="Catat diberitahu", en="Log as told")
ANSWER = Text(id="Dijawab", en="Answered")
ALL_CLEAR = Text(id="Aman", en="All clear")
CAMERAS = Text(id="Kamera: RT, jalan keluar, simpang berikutnya", en="Cameras: RT, exits, next crossings")
CAMERA = Text(id="Kamera", en="Camera")
WHY = Text(id="Alasan", en="Why")
SHOW_CAMERAS = Text(id="Ke petak cadangan", en="To the reserved tiles")
SHOWN = Text(id="{count} kamera ditampilkan pada petak cadangan.", en="{count} cameras are on the reserved tiles.")

LEVELS: Final[Mapping[Level, Text]] = {
    Level.OWN_RT: Text(id="RT sendiri", en="own RT"),
    Level.RW: Text(id="semua RT dalam RW", en="all RT of the RW"),
    Level.KELURAHAN: Text(id="kelurahan dan Polsek", en="kelurahan and Polsek"),
}
REACHES: Final[Mapping[Reach, Text]] = {
    Reach.OWN_RT: Text(id="RT", en="RT"),
    Reach.EXIT: Text(id="jalan keluar", en="exit"),
    Reach.CROSSING: Text(id="kemungkinan jalur lari", en="possible way of escape"),
}
