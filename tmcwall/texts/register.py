"""The window in which the register of cameras is looked after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tmcwall.domain.camera import Mount, RecordPolicy, Standing
from tmcwall.domain.source import TransportPreference
from tmcwall.texts import Text

TITLE = Text(id="Daftar kamera", en="Register of cameras")
CLOSE = Text(id="Tutup", en="Close")

FILTER = Text(
    id="Cari: nama, id, nomor, kelurahan, RT 003, RW 005, pemilik",
    en="Find: name, id, number, kelurahan, RT 003, RW 005, owner",
)
ALL_OWNERS = Text(id="Semua pemilik", en="All owners")
NO_OWNER = Text(id="Tanpa pemilik", en="No owner")
LISTED = Text(id="Semua yang terdaftar", en="All in the list")
IN_QUARANTINE = Text(id="Karantina", en="In quarantine")
FAILED = Text(id="Gagal diuji", en="Failed the test")
COUNT = Text(id="{shown} dari {total} kamera; {selected} dipilih", en="{shown} of {total} cameras; {selected} selected")

ID = Text(id="Id", en="Id")
NUMBER = Text(id="No.", en="No.")
PLACE = Text(id="Kelurahan", en="Kelurahan")
RT_RW = Text(id="RT/RW", en="RT/RW")
STATE = Text(id="Keadaan", en="State")
RESULT = Text(id="Hasil uji", en="Test result")

EDIT = Text(id="&Ubah…", en="&Edit…")
TEST = Text(id="U&ji", en="&Test")
TEST_HELP = Text(
    id="Uji kamera yang dipilih, atau semua yang tampak bila tidak ada yang dipilih.",
    en="Test the selected cameras, or all that are shown when none is selected.",
)
CANCEL_TEST = Text(id="He&ntikan uji", en="Sto&p test")
TESTING = Text(id="Menguji: {done} dari {total} kamera", en="Testing: {done} of {total} cameras")
TESTED = Text(
    id="Uji selesai: {done} dari {total} kamera diuji, {failed} gagal.",
    en="Test done: {done} of {total} cameras tested, {failed} failed.",
)
READ_OTHERWISE = Text(id="dibaca dengan cara lain", en="read in another way")
BREAKS_RULES = Text(id="menyalahi aturan", en="breaks the rules")
DELIVERS = Text(id="baik: {codec}, {rate} gambar/detik", en="good: {codec}, {rate} pictures a second")
FAILS = Text(id="{profile} gagal: {cause}", en="{profile} fails: {cause}")
IMPORT = Text(id="&Impor…", en="&Import…")
EXPORT = Text(id="&Ekspor…", en="E&xport…")
EXPORT_HELP = Text(
    id="Simpan kamera yang dipilih, atau semua yang tampak, sebagai CSV atau XLSX tanpa kata sandi.",
    en="Save the selected cameras, or all that are shown, as CSV or XLSX without passwords.",
)
RETIRE = Text(id="Ti&dak dipakai…", en="&Retire…")
REMOVE = Text(id="&Hapus…", en="Re&move…")
RESTORE = Text(id="&Pakai lagi…", en="&Back in use…")
OUTAGE = Text(id="Padam &terencana…", en="P&lanned outage…")
OUTAGE_HELP = Text(
    id="Rencanakan padam kamera yang dipilih, dari kapan sampai kapan.",
    en="Plan an outage of the selected cameras, from when until when.",
)

LIST_FILES = Text(id="Daftar kamera (*.csv *.xlsx *.geojson *.json)", en="Camera lists (*.csv *.xlsx *.geojson *.json)")
SAVED_FILES = Text(id="CSV (*.csv);;XLSX (*.xlsx)", en="CSV (*.csv);;XLSX (*.xlsx)")
CHOOSE_LIST = Text(id="Pilih daftar kamera", en="Choose a list of cameras")
SAVE_LIST = Text(id="Simpan daftar kamera", en="Save the list of cameras")
READING = Text(id="Sedang dikerjakan…", en="Working…")

LIST_REPORT = Text(id="Yang akan dilakukan daftar {file}", en="What the list {file} would do")
TAKE_LIST = Text(id="&Masukkan", en="Ta&ke it in")
CANCEL = Text(id="&Batal", en="&Cancel")
SAVE = Text(id="&Simpan", en="&Save")

EDIT_ONE = Text(id="Ubah: {camera}", en="Edit: {camera}")
EDIT_MANY = Text(
    id="Ubah {count} kamera: hanya isian yang dicentang yang berubah",
    en="Edit {count} cameras: only ticked fields change",
)
CHANGE_FIELD = Text(id="Ubah {field}", en="Change {field}")
NOTHING_CHANGED = Text(id="Tidak ada isian yang diubah.", en="No field was changed.")
EDITED = Text(id="{changed} kamera diubah.", en="{changed} cameras changed.")
NOT_EDITED = Text(id="Belum diubah ({camera}): {reason}.", en="Not changed ({camera}): {reason}.")
EXPORTED = Text(id="{count} kamera disimpan di {file}, tanpa kata sandi.", en="{count} cameras saved in {file}.")
UNDO_REASON = Text(id="keputusan sebelumnya diurungkan", en="the decision before was undone")
LOGIN_HELP = Text(
    id="Nama pengguna dan kata sandi boleh ditulis di alamat; keduanya disimpan di brankas dan tidak tampil lagi.",
    en="User name and password may stand in the address; they go to the vault and are not shown again.",
)


@dataclass(frozen=True, slots=True)
class DecisionText:
    """A decision about cameras: the heading, what it means, its button, and what is said when it is committed."""

    title: Text
    explanation: Text
    confirm: Text
    done: Text


DECISIONS: Final[Mapping[Standing, DecisionText]] = {
    Standing.ENDED: DecisionText(
        Text(id="Tidak dipakai lagi: {cameras}", en="Retire: {cameras}"),
        Text(
            id="Gambarnya hilang dari semua petak dan tidak direkam; kata sandinya tidak dipakai. Tetap di daftar.",
            en="The picture goes from every tile and is not recorded; the password is not used. It stays in the list.",
        ),
        Text(id="Tidak dipakai &lagi", en="Out &of use"),
        Text(id="{cameras} tidak dipakai lagi.", en="{cameras} is out of use."),
    ),
    Standing.REMOVED: DecisionText(
        Text(id="Hapus dari daftar: {cameras}", en="Remove from the list: {cameras}"),
        Text(
            id="Kata sandinya juga dihapus. Nomor, penanda, klip, dan catatannya tetap ada sebagai bukti.",
            en="The password goes, too. Its number, bookmarks, clips and records are kept as evidence.",
        ),
        Text(id="Hapus kame&ra", en="Remo&ve"),
        Text(
            id="{cameras} dihapus dari daftar. Bila diurungkan, kata sandinya perlu dimasukkan lagi.",
            en="{cameras} is removed from the list. After undoing, its password must be entered again.",
        ),
    ),
    Standing.ACTIVE: DecisionText(
        Text(id="Pakai lagi: {cameras}", en="Back in use: {cameras}"),
        Text(id="Kamera boleh ditampilkan dan direkam lagi.", en="The camera may be shown and recorded again."),
        Text(id="Pakai &lagi", en="Back in &use"),
        Text(id="{cameras} dipakai lagi.", en="{cameras} is back in use."),
    ),
}
SEVERAL = Text(id="{count} kamera", en="{count} cameras")

FIELDS: Final[Mapping[str, Text]] = {
    "name": Text(id="Nama", en="Name"),
    "url": Text(id="Alamat utama", en="Main address"),
    "substream_url": Text(id="Alamat sub", en="Sub address"),
    "owner": Text(id="Pemilik", en="Owner"),
    "adm4": Text(id="Kode kelurahan", en="Kelurahan code"),
    "rw": Text(id="RW", en="RW"),
    "rt": Text(id="RT", en="RT"),
    "lat": Text(id="Lintang", en="Latitude"),
    "lon": Text(id="Bujur", en="Longitude"),
    "bearing_deg": Text(id="Arah (derajat)", en="Bearing (degrees)"),
    "fov_deg": Text(id="Lebar pandang (derajat)", en="Field of view (degrees)"),
    "range_m": Text(id="Jangkauan (m)", en="Range (m)"),
    "record": Text(id="Rekam", en="Record"),
    "transport": Text(id="Cara kirim", en="Transport"),
    "mount": Text(id="Dudukan", en="Mount"),
    "unit": Text(id="Satuan yang boleh melihat", en="Unit that may watch"),
    "retention": Text(id="Lama simpan perekam (hari/jam)", en="Recorder keeps (days/hours)"),
    "retention_stated_on": Text(id="Menurut pemilik per tanggal", en="By the owner, as of"),
}
"""By the column of camera lists."""

NOT_SAID: Final = Text(id="(tidak disebut)", en="(not said)")
CHOICES: Final[Mapping[str, Mapping[str, Text]]] = {
    "record": {
        RecordPolicy.OFF: Text(id="Tidak direkam", en="Not recorded"),
        RecordPolicy.SUB: Text(id="Aliran sub", en="Sub stream"),
        RecordPolicy.MAIN: Text(id="Aliran utama", en="Main stream"),
    },
    "transport": {
        TransportPreference.AUTO: Text(id="Otomatis", en="Automatic"),
        TransportPreference.TCP: Text(id="TCP", en="TCP"),
        TransportPreference.UDP: Text(id="UDP", en="UDP"),
        TransportPreference.COMPAT: Text(id="Serasi (FFmpeg)", en="Compatible (FFmpeg)"),
    },
    "mount": {
        Mount.FIXED: Text(id="Tetap", en="Fixed"),
        Mount.PTZ: Text(id="PTZ", en="PTZ"),
    },
}
"""By column and by the word of the list; owners have their names in `texts.console`."""
