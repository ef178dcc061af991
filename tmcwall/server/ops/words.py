"""What the operator page says, in Indonesian and English. The server has no texts of the desktop."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PageLanguage(StrEnum):
    INDONESIAN = "id"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Word:
    id: str
    en: str

    def say(self, language: PageLanguage) -> str:
        return self.en if language is PageLanguage.ENGLISH else self.id


TITLE = Word("Server pusat tmcwall", "tmcwall central server")
SIGN_IN = Word("Masuk", "Sign in")
SIGN_OUT = Word("Keluar", "Sign out")
NRP = Word("NRP", "NRP")
PASSWORD = Word("Kata sandi", "Password")
REFUSED = Word("NRP atau kata sandi salah.", "Wrong NRP or password.")
TOO_MANY = Word("Terlalu banyak percobaan; tunggu sebentar.", "Too many tries; wait a moment.")
FORBIDDEN = Word(
    "Halaman ini untuk admin, kepala, supervisor, dan auditor.",
    "This page is for admins, heads, supervisors and auditors.",
)
OTHER_LANGUAGE = Word("English", "Bahasa Indonesia")
AS_OF = Word("Keadaan pada", "As of")
READY = Word("Server siap.", "The server is ready.")
NOT_READY = Word("Server tidak siap:", "The server is not ready:")

DESKS = Word("Tempat kerja", "Workstations")
DESK = Word("Tempat kerja", "Workstation")
OFFICER = Word("Petugas", "Officer")
VERSION = Word("Versi", "Version")
PENDING = Word("Belum terkirim", "Unsent")
OLDEST = Word("Terlama sejak", "Oldest since")
REPORTED = Word("Kabar terakhir", "Last word")
SILENT = Word("diam", "silent")
NO_DESKS = Word("Belum ada tempat kerja yang memberi kabar.", "No workstation has reported yet.")

CAMERAS = Word("Kamera yang dibuka", "Opened cameras")
NO_CAMERAS = Word("Belum ada kabar tentang kamera.", "Nothing is known of cameras yet.")
STATE = Word("Keadaan", "State")
COUNT = Word("Jumlah", "Count")
STATES = {
    "connecting": Word("menyambung", "connecting"),
    "building": Word("menyusun gambar", "building the picture"),
    "live": Word("langsung", "live"),
    "reduced": Word("langsung, dikurangi", "live, reduced"),
    "stale": Word("tersendat", "stale"),
    "lost": Word("terputus", "lost"),
    "frozen": Word("beku", "frozen"),
    "black": Word("gelap", "black"),
    "moved": Word("bergeser", "moved"),
    "refused": Word("ditolak", "refused"),
    "unsupported": Word("tidak didukung", "unsupported"),
    "quarantined": Word("karantina", "in quarantine"),
    "outage": Word("padam terencana", "planned outage"),
    "paused": Word("dijeda", "paused"),
}

STORAGE = Word("Penyimpanan", "Storage")
FREE = Word("Ruang kosong", "Room left")
CLIPS = Word("Klip lengkap", "Whole clips")
INCOMPLETE = Word("Klip belum lengkap", "Clips not whole yet")
OPERATIONS = Word("Operasi dalam urutan", "Operations in the order")
REQUESTS = Word("Permintaan berjalan", "Requests under way")
STREAMS = Word("Aliran peristiwa terbuka", "Open event streams")

CONFLICTS = Word("Isian yang berbeda", "Conflicts")
QUARANTINE = Word("Karantina", "Quarantine")
REASON = Word("Alasan", "Reason")
ABOUT = Word("Tentang", "About")

SOURCES = Word("Sumber webhook", "Webhook sources")
SOURCE = Word("Sumber", "Source")
PER_MINUTE = Word("Laporan, 1 menit", "Reports, 1 minute")
PER_HOUR = Word("Laporan, 1 jam", "Reports, 1 hour")
FORMER = Word("Rahasia lama berlaku sampai", "Former secret until")
NO_SOURCES = Word("Belum ada sumber webhook.", "There is no webhook source yet.")

AUDIT = Word("Catatan audit terakhir", "Latest of the audit log")
TIME = Word("Waktu", "Time")
ACTOR = Word("Siapa", "Who")
ACTION = Word("Apa", "What")
OUTCOME = Word("Hasil", "Outcome")

PROBLEMS = {
    "database_silent": Word("basis data tidak menjawab", "the database does not answer"),
    "blobs_unwritable": Word("klip tidak dapat ditulis", "clips cannot be written"),
    "key_missing": Word("berkas kunci tidak ada", "the key file is gone"),
    "storage_low": Word("ruang disk hampir habis", "the disk is nearly full"),
}
