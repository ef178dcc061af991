"""What this program is, which version, and under which licences its parts stand."""

from __future__ import annotations

from tmcwall.texts import Text

TITLE = Text(id="Tentang tmcwall", en="About tmcwall")
VERSION = Text(id="tmcwall {version}", en="tmcwall {version}")
BUNDLE = Text(
    id="Bundel ini terdiri dari {count} bagian. Sebagai keseluruhan, bundel hanya boleh diteruskan menurut syarat yang "
    "selaras dengan GNU GPL versi 3.",
    en="This bundle consists of {count} parts. As a whole it may only be passed on under terms that are compatible "
    "with the GNU GPL, version 3.",
)
CHECKOUT = Text(
    id="Terpasang tanpa bundel: bagian lain dipasang oleh pip, yang menyimpan teks lisensi masing-masing.",
    en="Installed without a bundle: the other parts were installed by pip, which keeps the text of each licence.",
)
PARTS = Text(id="Bagian program", en="Parts of the program")
LICENCE_TEXT = Text(id="Teks lisensi", en="Text of the licence")
OFFER = Text(id="Tawaran kode sumber", en="Offer of source code")
CLOSE = Text(id="Tutup", en="Close")
UNREADABLE = Text(id="Teks lisensi tidak dapat dibaca: {reason}", en="The text of the licence cannot be read: {reason}")

HOW_TO_READ = Text(
    id="Teks lisensi satu bagian: tmcwall licences NAMA. Semua teks ada di {folder}.",
    en="The licence text of one part: tmcwall licences NAME. All texts are in {folder}.",
)
NO_SUCH_PART = Text(
    id='tidak ada bagian bernama "{name}"; nama-nama bagian ditampilkan oleh "tmcwall licences".',
    en='there is no part called "{name}"; "tmcwall licences" shows the names of the parts.',
)
