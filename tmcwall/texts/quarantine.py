"""Operations that are kept without effect, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.texts import Text

TITLE = Text(id="Tersimpan tanpa efek", en="Kept without effect")
EXPLANATION = Text(
    id="Perubahan ini tersimpan, tetapi tidak berlaku di tempat kerja lain. Tidak ada yang hilang: yang masih perlu, "
    "isikan lagi atau minta petugas yang berwenang mengisikannya.",
    en="These changes are kept, but count on no other workstation. Nothing is lost: what is still needed is to be "
    "entered again, by an officer who may.",
)
OPEN = Text(id="{count} tanpa efek", en="{count} without effect")
OPEN_HELP = Text(
    id="Perubahan yang tersimpan tetapi tidak berlaku: lihat sebabnya",
    en="Changes that are kept and do not count: see why",
)
NONE = Text(id="Semua perubahan berlaku.", en="All changes count.")
ABOUT = Text(id="Tentang", en="About")
MADE = Text(id="Oleh", en="By")
REASON = Text(id="Sebab", en="Why")
BY = Text(id="NRP {actor}, {time}", en="NRP {actor}, {time}")
FROM_SERVER = Text(id="Dari server pusat", en="From the central server")
CLOSE = Text(id="Tutup", en="Close")
SHAPE = Text(
    id="Isinya tidak dapat dibaca semua tempat kerja ({detail}).",
    en="Not every workstation could read what it holds ({detail}).",
)
COMPLETED = Text(
    id="Klip yang sudah dipotong tidak berubah lagi ({detail}).", en="A clip that was cut does not change ({detail})."
)
WITHDRAWN = Text(id="Dikeluarkan oleh pengelola server: {detail}", en="Taken out at the server: {detail}")

REASONS: Final[Mapping[str, Text]] = {
    "not_allowed": Text(
        id="Petugas itu tidak berwenang untuk perubahan ini.", en="That officer has no right to this change."
    ),
    "actor_unproven": Text(
        id="Menunggu petugas itu masuk ke server dari tempat kerja ini; sesudah itu berlaku.",
        en="Waits until that officer signs in at the server from this workstation; then it counts.",
    ),
    "actor_revoked": Text(id="Akun petugas itu dinonaktifkan.", en="That officer's account is disabled."),
    "entity_unknown": Text(
        id="Dari versi program yang lebih baru. Terbaca setelah tempat kerja ini diperbarui.",
        en="From a newer version of the program. It is read once this workstation is updated.",
    ),
    "message": Text(id="Tidak dapat dibaca; disimpan seperti datangnya.", en="Cannot be read; kept as it came."),
    "too_large": Text(id="Terlalu panjang untuk satu perubahan.", en="Too long for one change."),
    "id_differs": Text(id="Identitasnya tidak cocok.", en="Its identity does not fit."),
    "signature": Text(
        id="Tanda tangan tidak cocok: bukan seperti yang dibuat tempat kerja itu, atau kuncinya belum dikenal di sini. "
        "Beri tahu pengelola server.",
        en="The signature does not fit: it is not as that workstation made it, or its key is not known here yet. Tell "
        "whoever runs the server.",
    ),
    "dropped": Text(
        id="Pengelola server menetapkan bahwa ini tidak berlaku.", en="The server's administrator decided against it."
    ),
    "withdrawn": Text(id="Dikeluarkan oleh pengelola server.", en="Taken out at the server."),
}
"""By the server's word."""

DETAILED: Final[Mapping[str, Text]] = {"shape": SHAPE, "completed": COMPLETED}
"""By the word before the colon; what follows it is the detail."""
