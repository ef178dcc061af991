"""The console: camera tree, plan of the walls, sign-in, status line, notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.camera import Owner
from tmcwall.texts import Text

TITLE = Text(id="tmcwall: konsol", en="tmcwall: console")

# Cameras
CAMERAS = Text(id="Kamera", en="Cameras")
SEARCH_PLACEHOLDER = Text(id="Cari kamera, kelurahan, RT/RW  ( / )", en="Find camera, kelurahan, RT/RW  ( / )")
SEARCH_NAME = Text(id="Cari kamera", en="Find a camera")
SEARCH_NONE = Text(id="Tidak ada kamera yang cocok dengan “{text}”.", en="No camera matches “{text}”.")
CAMERAS_NONE = Text(
    id="Belum ada kamera.\nImpor daftar dengan: tmcwall camera import BERKAS",
    en="No cameras yet.\nImport a list with: tmcwall camera import FILE",
)
TREE_NAME = Text(id="Daftar kamera menurut wilayah", en="Cameras by region")
NO_REGION = Text(id="Tanpa wilayah", en="No region")
REGION_UNKNOWN = Text(id="Wilayah {code}", en="Region {code}")
RW = Text(id="RW {number}", en="RW {number}")
RT = Text(id="RT {number}", en="RT {number}")
LIVE_OF = Text(id="{live}/{total}", en="{live}/{total}")
LIVE_OF_LONG = Text(id="{live} dari {total} kamera langsung", en="{live} of {total} cameras live")
COUNT_LIVE = Text(id="{count} langsung", en="{count} live")
COUNT_TROUBLE = Text(id="{count} bermasalah", en="{count} in trouble")
COUNT_IDLE = Text(id="{count} tidak tayang", en="{count} not shown")
TIP_NUMBER = Text(id="Nomor {number}", en="Number {number}")
TIP_OWNER = Text(id="Pemilik: {owner}", en="Owner: {owner}")
TIP_ADDRESS = Text(id="Alamat: {address}", en="Address: {address}")
TIP_STATE = Text(id="Keadaan: {state}", en="State: {state}")
OWNER_UNKNOWN = Text(id="belum dicatat", en="not recorded")
ADDRESS_UNKNOWN = Text(id="belum dicatat", en="not recorded")

OWNERS: Final[Mapping[Owner, Text]] = {
    Owner.DISHUB: Text(id="Dishub", en="Dishub (transport office)"),
    Owner.POLRI: Text(id="Polri", en="Polri (police)"),
    Owner.PEMKOT_RT: Text(id="Pemkot/RT", en="City or RT"),
    Owner.PRIVATE: Text(id="Swasta", en="Private"),
    Owner.BANK: Text(id="Bank", en="Bank"),
    Owner.TOLL: Text(id="Jalan tol", en="Toll road"),
    Owner.MOBILE: Text(id="Kamera bergerak", en="Mobile camera"),
}

# Plan of the walls
PLAN = Text(id="Denah dinding", en="Wall plan")
LAYOUT = Text(id="Tata letak", en="Layout")
LAYOUT_SAVE_AS = Text(id="Simpan sebagai…", en="Save as…")
LAYOUT_DELETE = Text(id="Hapus", en="Delete")
LAYOUT_DELETE_HELP = Text(id="Hapus tata letak ini", en="Delete this layout")
LAYOUT_NAME = Text(id="Nama tata letak", en="Layout name")
LAYOUT_SAVE = Text(id="Simpan", en="Save")
LAYOUT_CANCEL = Text(id="Batal", en="Cancel")
LAYOUT_SAVED = Text(id="Tata letak “{name}” disimpan.", en="Layout “{name}” saved.")
LAYOUT_DELETED = Text(id="Tata letak “{name}” dihapus.", en="Layout “{name}” deleted.")
LAYOUT_SHARE = Text(id="Bagikan ke semua", en="Share with all")
LAYOUT_SHARE_HELP = Text(
    id="Berikan tata letak ini, seperti sekarang, ke semua tempat kerja",
    en="Give this layout, as it is now, to all workstations",
)
LAYOUT_TAKE = Text(id="Ambil versi bersama", en="Take the shared one")
LAYOUT_TAKE_HELP = Text(
    id="Tampilkan lagi seperti di semua tempat kerja; yang diubah di sini hilang",
    en="Show it again as all workstations have it; what was changed here is lost",
)
LAYOUT_OWN = Text(id="Sendiri", en="Own")
LAYOUT_SAME = Text(id="Bersama", en="Shared")
LAYOUT_DIFFERENT = Text(id="Diubah", en="Changed")
LAYOUT_SHARING = Text(
    id="{state}: bagaimana tata letak ini terhadap yang ada di semua tempat kerja",
    en="{state}: how this layout stands to what all workstations have",
)
LAYOUT_SHARED = Text(id="Tata letak “{name}” dibagikan.", en="Layout “{name}” shared.")
TILE_CLEARED = Text(id="Petak dikosongkan.", en="Tile cleared.")
GRID_TOO_SMALL = Text(
    id="Kisi lebih kecil: {count} kamera tidak tampil lagi.", en="Smaller grid: {count} cameras have lost their tile."
)
UNDO = Text(id="Urungkan", en="Undo")
MONITOR = Text(id="Monitor {number}", en="Monitor {number}")
MONITOR_SIZE = Text(id="{name}, {width}×{height}", en="{name}, {width}×{height}")
MONITOR_MISSING = Text(id="Monitor tidak terpasang", en="Monitor not connected")
WALL_OPEN = Text(id="Buka dinding", en="Open wall")
WALL_CLOSE = Text(id="Tutup dinding", en="Close wall")
GRID = Text(id="Kisi", en="Grid")
GRID_OF = Text(id="Kisi monitor {number}", en="Grid of monitor {number}")
PLAN_OF = Text(id="Petak monitor {number}", en="Tiles of monitor {number}")
RESERVED = Text(id="Cadangan", en="Reserved")
RESERVE = Text(id="Jadikan petak cadangan", en="Reserve this tile")
UNRESERVE = Text(id="Lepas petak cadangan", en="Release this reserved tile")
LOCK = Text(id="Kunci petak ini", en="Lock this tile")
UNLOCK = Text(id="Lepas kunci petak", en="Unlock this tile")
CLEAR = Text(id="Kosongkan petak", en="Clear this tile")
EMPTY = Text(id="Kosong", en="Empty")
EMPTY_RESERVED = Text(id="Cadangan kejadian", en="For incidents")
CAMERA_GONE = Text(id="Kamera tidak terdaftar", en="Camera not in the list")
PLAN_HINT = Text(
    id="Seret kamera ke petak. Seret petak ke petak lain untuk menukar. R: petak cadangan. K: kunci. Del: kosongkan.",
    en="Drag a camera onto a tile. Drag a tile onto another to swap. R: reserve. K: lock. Del: clear.",
)

# Duty
SIGN_IN_TITLE = Text(id="Belum ada petugas dinas", en="No officer on duty")
SIGN_IN_HINT = Text(
    id="Video tetap tampil. Masuk untuk menandai rekaman dan menangani kejadian.",
    en="Video stays on. Sign in to bookmark footage and to handle incidents.",
)
FIRST_TITLE = Text(id="Buat akun petugas pertama", en="Create the first officer's account")
FIRST_HINT = Text(
    id="Komputer ini belum punya akun dan belum terhubung ke server pusat. Petugas pertama menjadi kepala: ia menambah "
    "petugas lain.",
    en="This computer has no account yet and no central server. The first officer is its head, who adds the others.",
)
NEW_PASSWORD_TITLE = Text(id="Buat kata sandi sendiri", en="Choose a password of your own")
NEW_PASSWORD_HINT = Text(
    id="Kata sandi sekali pakai tidak dapat dipakai bertugas. Pilih kata sandi lain, paling sedikit 12 karakter.",
    en="Nobody goes on duty with a one-time password. Choose another one of at least 12 characters.",
)
NEW_PASSWORD = Text(id="Kata sandi baru", en="New password")
SIGN_IN_BY_BROWSER = Text(id="Masuk lewat {provider}", en="Sign in by {provider}")
GO_ON_IN_BROWSER = Text(
    id="Lanjutkan di peramban yang terbuka, lalu kembali ke sini.",
    en="Go on in the browser that opens, then come back here.",
)
NO_BROWSER = Text(
    id="Peramban tidak terbuka. Buka alamat ini di komputer ini:",
    en="No browser opened. Open this address on this computer:",
)
BROWSER_ADDRESS = Text(id="Alamat untuk peramban", en="Address for the browser")
BROWSER_DONE = Text(
    id="Selesai. Tutup halaman ini dan kembali ke tmcwall.", en="Done. Close this page and go back to tmcwall."
)
SIGN_IN_CANCEL = Text(id="Batal", en="Cancel")
NRP = Text(id="NRP", en="NRP (service number)")
PASSWORD = Text(id="Kata sandi", en="Password")
PASSWORD_REPEAT = Text(id="Ulangi kata sandi", en="Repeat password")
OFFICER_NAME = Text(id="Nama dan pangkat", en="Rank and name")
SIGN_IN = Text(id="Mulai dinas", en="Go on duty")
CREATE_ACCOUNT = Text(id="Buat akun", en="Create account")
SIGN_OUT = Text(id="Akhiri dinas", en="Go off duty")
SIGNING_IN = Text(id="Memeriksa…", en="Checking…")
NRP_INVALID = Text(id="NRP terdiri atas 8 atau 9 angka.", en="The NRP has 8 or 9 digits.")
PASSWORD_MISSING = Text(id="Isi kata sandi.", en="Enter the password.")
PASSWORDS_DIFFER = Text(id="Kedua kata sandi tidak sama.", en="The two passwords differ.")
NAME_MISSING = Text(id="Isi nama petugas.", en="Enter the officer's name.")
ON_DUTY = Text(id="Petugas: {officer}", en="On duty: {officer}")
OFF_DUTY = Text(id="Tidak ada petugas dinas", en="No officer on duty")

# Synchronisation
SYNC_ALL_SENT = Text(id="Server terhubung, semua terkirim", en="Server connected, all sent")
SYNC_PENDING = Text(id="Server terhubung, {count} menunggu dikirim", en="Server connected, {count} waiting")
SYNC_LOADING = Text(
    id="Mengambil data dari server: {taken} dari {total}", en="Taking over what the server has: {taken} of {total}"
)
SYNC_ALONE = Text(id="Tanpa server pusat, tersimpan di komputer ini", en="No central server, saved on this computer")
SYNC_OFFLINE = Text(id="Luring, tersimpan di komputer ini", en="Offline, saved on this computer")
SYNC_OFFLINE_PENDING = Text(id="Luring, {count} menunggu dikirim", en="Offline, {count} waiting to be sent")
SYNC_REFUSED = Text(id="Server menolak, {count} menunggu dikirim", en="Server refuses, {count} waiting")
SYNC_OFF_DUTY = Text(
    id="Server menunggu petugas masuk, {count} menunggu dikirim", en="Server waits for a sign-in, {count} waiting"
)
SYNC_LAST = Text(id="Terakhir berhasil: {time}", en="Last success: {time}")
SYNC_NEVER = Text(id="Belum pernah terhubung ke server pusat.", en="Never connected to the central server so far.")
RECORDING_STOPPED = Text(id="Rekaman berhenti: {reason}", en="Recording has stopped: {reason}")
NOT_STORED = Text(
    id="Penanda, kejadian, dan perubahan lain tidak dapat disimpan sekarang; kamera tetap tampil. {reason}",
    en="Bookmarks, incidents and other changes cannot be stored now; cameras are still shown. {reason}",
)
STORED_AGAIN = Text(
    id="Penanda, kejadian, dan perubahan lain dapat disimpan lagi.",
    en="Bookmarks, incidents and other changes can be stored again.",
)
RECORDING_RESUMED = Text(id="Rekaman berjalan kembali.", en="Recording goes on again.")

# Notices
NOTICE_CLOSE = Text(id="Tutup pemberitahuan", en="Close the notice")
DIALLED_UNKNOWN = Text(id="Tidak ada kamera nomor {number}.", en="There is no camera number {number}.")
DIALLING = Text(id="Kamera {number}…", en="Camera {number}…")
NO_TILE_SELECTED = Text(id="Pilih petak dahulu.", en="Select a tile first.")
SIGNED_IN = Text(id="Selamat bertugas, {officer}.", en="Welcome on duty, {officer}.")
SIGNED_OUT = Text(id="Dinas diakhiri. Video tetap tampil.", en="Off duty. The video stays on.")
