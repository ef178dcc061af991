"""The chain of custody in words: a report for people, in the language and by the clock of the station."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.custody import CustodyAction
from tmcwall.texts import Text, Translator

COLUMNS: Final = (
    Text("baris", "row"),
    Text("waktu UTC", "time in UTC"),
    Text("waktu setempat", "local time"),
    Text("petugas", "officer"),
    Text("tindakan", "action"),
    Text("tentang", "about"),
    Text("alasan", "reason"),
    Text("fakta", "facts"),
    Text("sidik baris", "hash of the row"),
)
CHAIN_WHOLE: Final = Text(
    "Rantai penjagaan utuh: {length} baris, berakhir dengan {head}. Yang dipotong di belakang hanya tampak terhadap "
    "laporan yang lebih lama.",
    "The chain of custody holds: {length} rows, ending in {head}. What was cut off its end shows against an older "
    "report only.",
)
CHAIN_BROKEN: Final = Text(
    "RANTAI PENJAGAAN PUTUS mulai baris {row}: baris itu diubah, hilang, atau tidak pada tempatnya. Laporkan kepada "
    "atasan.",
    "THE CHAIN OF CUSTODY BREAKS at row {row}: it was altered, is missing or out of place. Report it to your "
    "supervisor.",
)
RECEIPTED: Final = Text(
    "Server menandatangani {count} tanda terima; yang terbaru atas {rows} baris, pada {at}, cocok dengan rantai ini.",
    "The server has signed {count} receipts; the newest for {rows} rows, at {at}, and this chain agrees with it.",
)
RECEIPT_CONTRADICTED: Final = Text(
    "RANTAI PENJAGAAN BUKAN LAGI YANG DILIHAT SERVER: dulu {rows} baris, kini lebih pendek atau lain. Laporkan kepada "
    "atasan.",
    "THE CHAIN OF CUSTODY IS NOT WHAT THE SERVER HAS SEEN: it had {rows} rows, and is shorter or another now. Report "
    "it to your supervisor.",
)
REPORT_SAVED: Final = Text("{count} baris ditulis ke {file}.", "{count} rows were written to {file}.")

_ACTIONS: Final[Mapping[CustodyAction, Text]] = {
    CustodyAction.CREATED: Text("dibuat", "created"),
    CustodyAction.CHANGED: Text("diubah", "changed"),
    CustodyAction.RECEIVED: Text("diterima dari tempat kerja lain", "received from another workstation"),
    CustodyAction.WITHDRAWN: Text("ditarik di server", "withdrawn at the server"),
    CustodyAction.CLIP_CUT: Text("klip dipotong", "clip cut"),
    CustodyAction.CLIP_FAILED: Text("klip gagal dipotong", "clip could not be cut"),
    CustodyAction.CLIP_EXPIRED: Text("klip dihapus karena umur", "clip deleted by age"),
    CustodyAction.CLIP_FETCHED: Text("klip diambil dari server, utuh", "clip fetched from the server, whole"),
    CustodyAction.HOLD_RELEASED: Text("tahan hapus dilepas", "hold released"),
    CustodyAction.LP_FORCED: Text("nomor lama dipaksakan", "old number forced"),
    CustodyAction.QUARANTINED: Text("dikarantina", "quarantined"),
    CustodyAction.QUARANTINE_LIFTED: Text("karantina dicabut", "quarantine lifted"),
    CustodyAction.STANDING_CHANGED: Text("status kamera diubah", "standing of the camera changed"),
    CustodyAction.CAMERAS_IMPORTED: Text("daftar kamera diimpor", "list of cameras imported"),
    CustodyAction.CAMERA_EDITED: Text("isian kamera diubah", "camera edited"),
    CustodyAction.VIEW_ACCEPTED: Text("arah kamera diterima", "view of the camera accepted"),
    CustodyAction.CONFLICT_SETTLED: Text("perbedaan diselesaikan", "conflict settled"),
    CustodyAction.SIGNED_IN: Text("masuk dinas", "signed in"),
    CustodyAction.SIGNED_OUT: Text("keluar dinas", "signed out"),
    CustodyAction.SIGN_IN_WITHDRAWN: Text("kata sandi ditolak server", "password refused by the server"),
    CustodyAction.ACCOUNT_ADDED: Text("akun dibuat", "account added"),
    CustodyAction.ACCOUNT_DISABLED: Text("akun dinonaktifkan", "account disabled"),
    CustodyAction.ACCOUNT_ENABLED: Text("akun diaktifkan", "account enabled"),
    CustodyAction.ROLE_CHANGED: Text("peran diubah", "role changed"),
    CustodyAction.PASSWORD_CHANGED: Text("kata sandi diganti sendiri", "own password changed"),
    CustodyAction.PASSWORD_RESET: Text("kata sandi sekali pakai diberikan", "one-time password given"),
    CustodyAction.STORE_RESTORED: Text("basis data dipulihkan dari cadangan", "database restored from a backup"),
    CustodyAction.DEVICE_RENEWED: Text("identitas tempat kerja baru", "new identity of the workstation"),
    CustodyAction.WORKSTATION_EXPORTED: Text("tempat kerja dipindahkan", "workstation exported"),
    CustodyAction.WORKSTATION_IMPORTED: Text("tempat kerja diterima", "workstation imported"),
    CustodyAction.VAULT_SET_ASIDE: Text("brankas disisihkan", "vault set aside"),
    CustodyAction.EVIDENCE_EXPORTED: Text("paket bukti diekspor", "evidence package exported"),
    CustodyAction.EVIDENCE_EXPORT_FAILED: Text("ekspor bukti gagal", "export of evidence failed"),
    CustodyAction.SIGNING_KEY_MADE: Text("kunci bukti dibuat", "signing key made"),
    CustodyAction.COPY_MADE: Text("salinan klip dibuat", "copy of the clip made"),
    CustodyAction.LETTER_DRAFTED: Text("surat dibuat", "letter made"),
    CustodyAction.LETTER_ISSUED: Text("surat dikeluarkan", "letter issued"),
    CustodyAction.LETTER_RECEIVED: Text("tanda terima surat masuk", "receipt of the letter came back"),
    CustodyAction.LETTER_CANCELLED: Text("surat dibatalkan", "letter cancelled"),
    CustodyAction.LETTER_SIGNED: Text("surat bertanda tangan dilampirkan", "signed letter attached"),
    CustodyAction.FOOTAGE_RECEIVED: Text("rekaman pemilik diterima", "footage of an owner received"),
    CustodyAction.PLACES_IMPORTED: Text("daftar RT/RW atau tempat masuk", "list of RT/RW or landmarks imported"),
    CustodyAction.CERTIFICATE_MADE: Text("keterangan ketersediaan ditandatangani", "availability certificate signed"),
    CustodyAction.COPY_RELEASED: Text(
        "salinan yang disamarkan ditonton dan dilepas", "redacted copy watched and released"
    ),
    CustodyAction.MASKS_SET: Text("masker privasi kamera ditetapkan", "privacy masks of the camera set"),
}


def action_text(action: str, say: Translator) -> str:
    """Of an action that a newer version has written, its word."""
    known = _ACTIONS.get(CustodyAction(action)) if action in set(CustodyAction) else None
    return say(known) if known is not None else action
