"""The operator page of the central server, which IT staff look at in a browser."""

from __future__ import annotations

from tmcwall.texts import Text

TITLE = Text("Server pusat tmcwall", "tmcwall central server")
SIGN_IN = Text("Masuk", "Sign in")
BY_PROVIDER = Text("Masuk lewat penyedia identitas kantor", "Sign in with the office's identity provider")
GO_ON = Text("Lanjut ke halaman pengelola", "Go on to the operator page")
PROVIDER_REFUSED = Text(
    "Penyedia identitas tidak mengizinkan masuk, atau percobaan ini sudah lewat. Coba lagi.",
    "The identity provider did not let you in, or this attempt is over. Try again.",
)
PROVIDER_AWAY = Text("Penyedia identitas tidak menjawab.", "The identity provider does not answer.")
IDENTITY_UNKNOWN = Text("Tidak ada akun untuk identitas itu.", "There is no account for that identity.")
SIGN_OUT = Text("Keluar", "Sign out")
NRP = Text("NRP", "NRP")
PASSWORD = Text("Kata sandi", "Password")
REFUSED = Text("NRP atau kata sandi salah.", "Wrong NRP or password.")
TOO_MANY = Text("Terlalu banyak percobaan; tunggu sebentar.", "Too many tries; wait a moment.")
FORBIDDEN = Text(
    "Halaman ini untuk admin, kepala, supervisor, dan auditor.",
    "This page is for admins, heads, supervisors and auditors.",
)
OTHER_LANGUAGE = Text("English", "Bahasa Indonesia")
AS_OF = Text("Keadaan pada", "As of")
READY = Text("Server siap.", "The server is ready.")
NOT_READY = Text("Server tidak siap:", "The server is not ready:")

DESKS = Text("Tempat kerja", "Workstations")
DESK = Text("Tempat kerja", "Workstation")
OFFICER = Text("Petugas", "Officer")
VERSION = Text("Versi", "Version")
PENDING = Text("Belum terkirim", "Unsent")
OLDEST = Text("Terlama sejak", "Oldest since")
REPORTED = Text("Kabar terakhir", "Last word")
SILENT = Text("diam", "silent")
NO_DESKS = Text("Belum ada tempat kerja yang memberi kabar.", "No workstation has reported yet.")

CAMERAS = Text("Kamera yang dibuka", "Opened cameras")
NO_CAMERAS = Text("Belum ada kabar tentang kamera.", "Nothing is known of cameras yet.")
STATE = Text("Keadaan", "State")
COUNT = Text("Jumlah", "Count")
STORAGE = Text("Penyimpanan", "Storage")
FREE = Text("Ruang kosong", "Room left")
CLIPS = Text("Klip lengkap", "Whole clips")
INCOMPLETE = Text("Klip belum lengkap", "Clips not whole yet")
OPERATIONS = Text("Operasi dalam urutan", "Operations in the order")
REQUESTS = Text("Permintaan berjalan", "Requests under way")
STREAMS = Text("Aliran peristiwa terbuka", "Open event streams")

CONFLICTS = Text("Isian yang berbeda", "Conflicts")
QUARANTINE = Text("Karantina", "Quarantine")
REASON = Text("Alasan", "Reason")
ABOUT = Text("Tentang", "About")

SOURCES = Text("Sumber webhook", "Webhook sources")
SOURCE = Text("Sumber", "Source")
PER_MINUTE = Text("Laporan, 1 menit", "Reports, 1 minute")
PER_HOUR = Text("Laporan, 1 jam", "Reports, 1 hour")
FORMER = Text("Rahasia lama berlaku sampai", "Former secret until")
NO_SOURCES = Text("Belum ada sumber webhook.", "There is no webhook source yet.")

AUDIT = Text("Catatan audit terakhir", "Latest of the audit log")
TIME = Text("Waktu", "Time")
ACTOR = Text("Siapa", "Who")
ACTION = Text("Apa", "What")
OUTCOME = Text("Hasil", "Outcome")

PROBLEMS = {
    "database_silent": Text("basis data tidak menjawab", "the database does not answer"),
    "blobs_unwritable": Text("klip tidak dapat ditulis", "clips cannot be written"),
    "key_missing": Text("berkas kunci tidak ada", "the key file is gone"),
    "storage_low": Text("ruang disk hampir habis", "the disk is nearly full"),
}
