"""Logins of cameras that all workstations share."""

from __future__ import annotations

from tmcwall.texts import Text

SHARE = Text(id="Bagikan &sandi ke semua meja", en="&Share logins with all desks")
SHARE_HELP = Text(
    id="Sandi kamera yang dipilih dikirim tersegel ke setiap meja yang terdaftar. Server tidak dapat membukanya.",
    en="The logins of the selected cameras go to every enrolled desk, sealed. The server cannot open them.",
)
TAKE_BACK = Text(id="Berhenti bagikan &sandi", en="&Stop sharing logins")
TAKE_BACK_HELP = Text(
    id="Server melupakan sandi kamera yang dipilih. Meja yang sudah menerimanya tetap menyimpannya.",
    en="The server forgets the logins of the selected cameras. Desks that have received them keep them.",
)
NONE_SHARED = Text(
    id="Tidak ada sandi kamera yang dibagikan: tiap meja memakai sandi yang diketik di sana.",
    en="No camera login is shared: every desk uses what was typed there.",
)
SHARED = Text(
    id="Sandi {cameras} kamera dibagikan ke {have} meja.",
    en="Logins of {cameras} cameras are shared with {have} desks.",
)
WAITING = Text(id="{count} meja menunggu ({desks}).", en="{count} desks are waiting ({desks}).")
PENDING = Text(id="Belum sampai ke server: {count} kamera.", en="Not at the server yet: {count} cameras.")
NOT_ALLOWED = Text(
    id="Menunggu petugas yang boleh mengubah daftar kamera masuk di meja ini.",
    en="Waiting for an officer to sign in here who may change the register of cameras.",
)
VAULT_AWAY = Text(id="Brankas sandi meja ini tidak dapat dibuka.", en="The vault of this desk cannot be opened.")
WITHHELD = Text(
    id="{count} sandi ditahan: alamat kamera di sini lain.",
    en="{count} logins are withheld: the camera has another address here.",
)
EXPOSED = Text(
    id="{desk} sudah dicabut dan tahu sandi {count} kamera. Ganti sandinya di kamera: {cameras}",
    en="{desk} was revoked and knows the logins of {count} cameras. Change them at the cameras: {cameras}",
)
AND_MORE = Text(id="dan {count} lagi", en="and {count} more")
REVOKED_KNOWS = Text(
    id="{desk} tahu sandi {count} kamera yang dibagikan. Ganti sandinya di kamera, lalu bagikan lagi: {cameras}",
    en="{desk} knows the shared logins of {count} cameras. Change them at the cameras and share them again: {cameras}",
)
SHARE_LOGINS = Text(
    id="bagikan sandi semua kamera ke semua meja, begitu petugas yang boleh masuk di server",
    en="share the logins of all cameras with all desks, once an officer who may has signed in at the server",
)
TO_BE_SHARED = Text(
    id="Sandi kamera akan dibagikan begitu petugas yang boleh mengubah daftar kamera masuk di server.",
    en="Camera logins are shared once an officer who may change the register has signed in at the server.",
)
