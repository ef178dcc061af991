"""What is drawn over the picture in the review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.derived_copy import DrawnShape
from tmcwall.texts import Text

TITLE = Text(id="Anotasi ({count})", en="Annotations ({count})")
HELP = Text(
    id="Anotasi adalah lapisan di atas gambar; rekaman asli tidak diubah. Seret di atas gambar, atau: panah menggeser, "
    "Shift+panah mengubah ukuran, Enter menyimpan, Esc membatalkan.",
    en="Annotations lie over the picture; the original is not changed. Drag over the picture, or: arrow keys move, "
    "Shift with them sizes, Enter keeps it, Esc gives it up.",
)
WORDS = Text(id="Keterangan", en="Words")
LASTS = Text(id="Lama tampil (detik)", en="Shown for (seconds)")
LASTS_PICTURE = Text(id="gambar ini saja", en="this picture only")
LASTS_SUFFIX = Text(id=" dtk", en=" s")
SHAPES: Final[Mapping[DrawnShape, Text]] = {
    DrawnShape.BOX: Text(id="Kotak", en="Box"),
    DrawnShape.ARROW: Text(id="Panah", en="Arrow"),
    DrawnShape.TEXT: Text(id="Teks", en="Text"),
}
DRAW: Final[Mapping[DrawnShape, Text]] = {
    DrawnShape.BOX: Text(id="Kotak (B)", en="Box (B)"),
    DrawnShape.ARROW: Text(id="Panah (A)", en="Arrow (A)"),
    DrawnShape.TEXT: Text(id="Teks (T)", en="Text (T)"),
}
ALTER = Text(id="Ubah (E)", en="Alter (E)")
REMOVE = Text(id="Hapus (Del)", en="Remove (Del)")
DRAWING = Text(
    id="Seret di atas gambar, atau geser dengan panah lalu Enter. Esc membatalkan.",
    en="Drag over the picture, or move it with the arrow keys and press Enter. Esc gives it up.",
)
WORDS_NEEDED = Text(id="Tulis keterangannya dulu.", en="Write the words first.")
NO_PICTURE = Text(id="Belum ada gambar untuk diberi anotasi.", en="There is no picture to annotate yet.")
BURN = Text(id="dengan anotasi", en="with annotations")
BURN_COPIES = Text(id="Gambar anotasi ke dalam salinan lihat", en="Draw annotations into the viewing copies")
BURN_HELP = Text(
    id="Hanya pada salinan bertanda SALINAN. Berkas asli tidak diubah; daftar anotasi selalu ikut.",
    en="Into copies marked SALINAN only. Originals are not changed; the list of annotations always goes along.",
)
