"""Accounts of officers: the window, the commands, and what is said when something was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.officer import Role
from tmcwall.texts import Text

TITLE = Text(id="Petugas", en="Officers")
OPEN_HELP = Text(id="Petugas, peran, dan kata sandi", en="Officers, roles and passwords")
KEPT_HERE = Text(
    id="Akun di komputer ini. Setiap perubahan dicatat atas nama petugas dinas. Akun tidak pernah dihapus: nama "
    "petugas tetap tersimpan pada penanda dan catatan.",
    en="The accounts of this computer. Every change is recorded in the name of the officer on duty. No account is "
    "ever deleted: the officer's name stays with bookmarks and records.",
)
KEPT_AT_SERVER = Text(
    id="Akun diurus di server pusat, dengan tmcwall server user di komputer server. Di sini tampak petugas yang pernah "
    "masuk di komputer ini, dan Anda mengganti kata sandi sendiri di server.",
    en="Accounts are kept at the central server, by tmcwall server user on its machine. Shown here are the officers "
    "who have signed in on this computer, and you change your own password at the server.",
)
NOBODY_ON_DUTY = Text(
    id="Belum ada petugas dinas. Masuk dahulu untuk mengganti kata sandi atau, sebagai admin atau kepala, mengurus "
    "petugas.",
    en="No officer is on duty. Sign in first to change your password or, as an admin or head, to look after officers.",
)
OWN_ONLY = Text(
    id="Di sini Anda mengganti kata sandi sendiri. Petugas lain diurus oleh admin atau kepala.",
    en="Here you change your own password. Other officers are looked after by an admin or head.",
)
CLOSE = Text(id="Tutup", en="Close")

# The commands
ADDED = Text(
    id="{nrp} ditambahkan sebagai {role}. Kata sandi tadi sekali pakai: ia membuat kata sandi sendiri saat masuk.",
    en="{nrp} is added as {role}. That password is good once: the officer chooses another one when signing in.",
)
ROLE_CHANGED = Text(id="{nrp} sekarang {role}.", en="{nrp} is {role} now.")
DISABLED = Text(
    id="{nrp} dinonaktifkan dan tidak dapat masuk lagi.", en="{nrp} is disabled and cannot sign in any more."
)
ENABLED = Text(id="{nrp} dapat masuk lagi.", en="{nrp} can sign in again.")
PASSWORD_RESET = Text(
    id="Kata sandi {nrp} diganti. Kata sandi tadi sekali pakai: ia membuat kata sandi sendiri saat masuk.",
    en="The password of {nrp} is changed. It is good once: the officer chooses another one when signing in.",
)
SERVER_PASSWORD = Text(
    id="Kata sandi {nrp} diganti; ia masuk lagi dengan yang baru.",
    en="The password of {nrp} is changed; the officer signs in again with the new one.",
)
SERVER_ONE_TIME = Text(
    id="Kata sandi sekali pakai untuk {nrp}: {password}",
    en="One-time password of {nrp}: {password}",
)
UNITS_CHANGED = Text(id="Satuan {nrp}: {units}", en="Units of {nrp}: {units}")
SIGNED_OUT = Text(id="{nrp} dikeluarkan di semua tempat.", en="{nrp} is signed out everywhere.")
CASE_UNIT_CHANGED = Text(id="Satuan perkara {lp}: {unit}", en="Unit of case {lp}: {unit}")
NO_UNIT = Text(id="tidak ada", en="none")
NO_OFFICERS = Text(
    id="belum ada petugas; tambah petugas pertama dengan: tmcwall officer add NRP --role kepala --full-name NAMA",
    en="no officers yet; add the first one with: tmcwall officer add NRP --role kepala --full-name NAME",
)

# The table
NAME = Text(id="Nama", en="Name")
RANK = Text(id="Pangkat", en="Rank")
NRP = Text(id="NRP", en="NRP (service number)")
ROLE = Text(id="Peran", en="Role")
STATE = Text(id="Keadaan", en="State")
ACTIVE = Text(id="aktif", en="active")
PASSWORD_DUE = Text(id="aktif, belum membuat kata sandi sendiri", en="active, has a one-time password")
OF_SERVER = Text(id="dari server pusat", en="of the central server")
DISABLED_SINCE = Text(id="nonaktif sejak {time}", en="disabled since {time}")

ROLES: Final[Mapping[Role, Text]] = {
    Role.OPERATOR: Text(id="Operator", en="Operator"),
    Role.DUTY_OFFICER: Text(id="Perwira piket", en="Duty officer"),
    Role.INVESTIGATOR: Text(id="Penyidik", en="Investigator"),
    Role.SUPERVISOR: Text(id="Supervisor", en="Supervisor"),
    Role.ADMIN: Text(id="Admin", en="Admin"),
    Role.HEAD: Text(id="Kepala (supervisor dan admin)", en="Head (supervisor and admin)"),
    Role.AUDITOR: Text(id="Auditor (hanya melihat)", en="Auditor (only looks)"),
}

# What is done with the selected account
SELECTED = Text(id="Petugas terpilih: {officer}", en="Selected officer: {officer}")
NONE_SELECTED = Text(id="Pilih petugas pada daftar.", en="Select an officer in the list.")
NEW_ROLE = Text(id="Peran baru", en="New role")
CHANGE_ROLE = Text(id="Ubah peran", en="Change role")
DISABLE = Text(id="Nonaktifkan", en="Disable")
ENABLE = Text(id="Aktifkan", en="Enable")
RESET = Text(id="Beri kata sandi baru", en="Give a new password")
RESET_HELP = Text(
    id="Membuat kata sandi sekali pakai; yang lama tidak berlaku lagi.",
    en="Makes a one-time password; the old one is good no more.",
)
ISSUED = Text(id="Kata sandi sekali pakai untuk NRP {nrp}", en="One-time password of service number {nrp}")
ISSUED_HINT = Text(
    id="Sampaikan langsung kepadanya. Tidak disimpan dan hanya tampil di sini; ia membuat kata sandi sendiri saat "
    "masuk.",
    en="Give it to that officer in person. It is kept nowhere and shown only here; the officer chooses another one "
    "when signing in.",
)

# A new officer
ADD_TITLE = Text(id="Tambah petugas", en="Add an officer")
RANK_HINT = Text(id="misalnya Bripda; boleh kosong", en="such as Bripda; may be empty")
ADD = Text(id="Tambah", en="Add")

# The own password
OWN_TITLE = Text(id="Kata sandi sendiri", en="Your own password")
OWN_BEFORE = Text(id="Kata sandi lama", en="Old password")
OWN_AFTER = Text(id="Kata sandi baru", en="New password")
OWN_REPEAT = Text(id="Ulangi kata sandi baru", en="Repeat the new password")
OWN_CHANGE = Text(id="Ganti kata sandi", en="Change password")
OWN_CHANGED = Text(id="Kata sandi Anda sudah diganti.", en="Your password is changed.")
