"""Qt's own buttons and menus. Qt ships no Indonesian catalogue, so the words come from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

QT_WORDS: Final[Mapping[str, str]] = {
    "OK": "OK",
    "Cancel": "Batal",
    "Close": "Tutup",
    "Save": "Simpan",
    "Save All": "Simpan semua",
    "Open": "Buka",
    "Apply": "Terapkan",
    "Reset": "Setel ulang",
    "Restore Defaults": "Pulihkan bawaan",
    "Help": "Bantuan",
    "Discard": "Buang",
    "Don't Save": "Jangan simpan",
    "Yes": "Ya",
    "Yes to All": "Ya untuk semua",
    "No": "Tidak",
    "No to All": "Tidak untuk semua",
    "Abort": "Hentikan",
    "Retry": "Coba lagi",
    "Ignore": "Abaikan",
    "Undo": "Urungkan",
    "Redo": "Ulangi",
    "Cut": "Potong",
    "Copy": "Salin",
    "Paste": "Tempel",
    "Delete": "Hapus",
    "Select All": "Pilih semua",
    "Clear": "Kosongkan",
    "Step up": "Naikkan",
    "Step down": "Turunkan",
    "Show Details...": "Tampilkan rincian…",
    "Hide Details...": "Sembunyikan rincian…",
    "Look in:": "Cari di:",
    "File name:": "Nama berkas:",
    "&File name:": "Nama berkas:",
    "Files of type:": "Jenis berkas:",
    "New Folder": "Folder baru",
    "Directory:": "Folder:",
    "Name": "Nama",
    "Size": "Ukuran",
    "Type": "Jenis",
    "Date Modified": "Tanggal diubah",
    "Back": "Kembali",
    "Forward": "Maju",
}
"""English as Qt writes it, without the `&` of the access key."""
