"""What the windows for evidence say: export, check, and redaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.fault import FaultCode
from tmcwall.texts import Text

# The button from which they are opened
EVIDENCE = Text(id="Bukti", en="Evidence")
OPEN_EXPORT = Text(id="Ekspor perkara ini…", en="Export this case…")
OPEN_REDACTION = Text(id="Samarkan klip ini…", en="Redact this clip…")
OPEN_CHECK = Text(id="Periksa paket…", en="Check a package…")

# Export
EXPORT_TITLE = Text(id="Ekspor bukti", en="Export evidence")
EXPORT_OF = Text(id="Paket bukti perkara {lp}", en="Evidence package of case {lp}")
EXPORT_LOOKING = Text(id="Melihat klip-klip perkara ini…", en="Looking at the clips of this case…")
CONTENT = Text(id="Isi paket", en="What goes in")
COLUMN_CAMERA = Text(id="Kamera", en="Camera")
COLUMN_TIME = Text(id="Waktu ({zone})", en="Time ({zone})")
COLUMN_LENGTH = Text(id="Lama", en="Length")
COLUMN_SIZE = Text(id="Ukuran", en="Size")
COLUMN_REMARK = Text(id="Keterangan", en="Remark")
GOES_IN = Text(id="ikut", en="goes in")
NOT_IN = Text(id="tidak ikut: {reason}", en="not in it: {reason}")
WITH_GAPS = Text(id="{count} celah", en="{count} gaps")
WITH_COPIES = Text(id="{count} cuplikan atau salinan yang disamarkan", en="{count} stills or redacted copies")
PRIVATE_OWNER = Text(id="milik swasta atau bank", en="a private owner's or a bank's")
LEFT_OUT: Final[Mapping[str, Text]] = {
    "no_clip": Text(id="belum ada klip", en="no clip yet"),
    "waiting": Text(id="klip menunggu", en="clip is waiting"),
    "cutting": Text(id="klip sedang dipotong", en="clip is being cut"),
    "failed": Text(id="klip gagal dipotong", en="clip could not be cut"),
    "not_here": Text(id="berkas klip tidak ada di tempat kerja ini", en="the clip is not on this workstation"),
}
IN_ALL = Text(
    id="{taken} dari {all} klip ikut, {size}; sesudahnya ditulis pula salinan tontonan dan dibaca ulang.",
    en="{taken} of {all} clips go in, {size}; then viewing copies are written and all is read back.",
)
NOTHING_GOES_IN = Text(
    id="Belum ada klip perkara ini yang siap di sini, jadi belum ada yang dapat diekspor.",
    en="No clip of this case is ready here, so there is nothing to export yet.",
)
LEGAL_BASIS = Text(id="Dasar hukum", en="Legal basis")
CONSENT = Text(id="Nomor persetujuan pemilik", en="Number of the owner's consent")
BASIS_NEEDED = Text(
    id="Kamera milik swasta atau bank: {cameras}. Isi dasar hukum atau nomor persetujuan pemiliknya.",
    en="Cameras of private owners or banks: {cameras}. Give the legal basis or the number of the owner's consent.",
)
BASIS_ADVISED = Text(
    id="Tidak ada kamera swasta atau bank; dasar hukum boleh kosong.",
    en="No camera of a private owner or a bank; the legal basis may be left out.",
)
AVAILABILITY = Text(
    id="Dengan keterangan ketersediaan kamera (ditandatangani)",
    en="With the availability certificate of the cameras (signed)",
)
VIEWING_COPIES = Text(id="Dengan salinan tontonan dan cuplikan gambar", en="With viewing copies and stills")
TARGET = Text(id="Tujuan", en="Target")
STICK = Text(id="Stik {name} ({folder})", en="Stick {name} ({folder})")
NO_TARGET = Text(id="Colok stik atau pilih folder", en="Plug in a stick or choose a folder")
CHOOSE_FOLDER = Text(id="Pilih folder…", en="Choose a folder…")
EXPORT = Text(id="Ekspor", en="Export")
CANCEL = Text(id="Batalkan", en="Cancel")
CANCELLING = Text(id="Membatalkan, dan menghapus yang sudah tertulis…", en="Cancelling, and removing what was written…")
CLOSE = Text(id="Tutup", en="Close")
EXPORTING = Text(
    id="Menyalin, membuat salinan, menandatangani, lalu membaca ulang. Jangan cabut stiknya.",
    en="Copying, making copies, signing, then reading all back. Do not pull the stick.",
)
PROGRESS_NAME = Text(id="Kemajuan", en="Progress")
DONE = Text(
    id="SELESAI. Paket sudah dibaca ulang dan utuh: {folder}",
    en="DONE. The package was read back and is whole: {folder}",
)
DONE_COUNTS = Text(
    id="{originals} klip asli, {copies} salinan dan cuplikan, {left_out} klip tidak ikut.",
    en="{originals} original clips, {copies} copies and stills, {left_out} clips left out.",
)
DONE_WITHOUT_COPIES = Text(
    id="Salinan {count} klip tidak dapat dibuat; aslinya ada di paket.",
    en="Copies of {count} clips could not be made; their originals are in the package.",
)
DONE_WITHOUT_STAMP = Text(
    id="Tanpa cap waktu: pemberi cap waktu tidak menjawab. Paketnya tetap utuh.",
    en="Without a time stamp: the authority does not answer. The package is whole all the same.",
)
READ_OUT = Text(
    id="Bacakan sidik kunci ini lewat telepon kepada penerima paket:",
    en="Read this fingerprint of the key out by telephone to whoever receives the package:",
)
TARGET_PROBLEMS: Final[Mapping[FaultCode, Text]] = {
    FaultCode.DISK_FULL: Text(
        "Tujuannya penuh: paket ini tidak muat. Kosongkan stik itu atau pakai yang lebih besar. Tidak ada paket yang "
        "tersisa di sana.",
        "The target is full: this package does not fit. Clear the stick or take a larger one. No package is left.",
    ),
    FaultCode.DISK_READ_ONLY: Text(
        "Tujuannya hanya dapat dibaca. Geser kunci tulis pada stik itu, atau pakai stik atau folder lain.",
        "The target can only be read. Slide the write lock of the stick, or take another stick or folder.",
    ),
    FaultCode.DISK_FAILED: Text(
        "Tujuannya gagal ditulis atau dibaca ulang: stiknya rusak atau tercabut. Pakai stik lain; paketnya tidak jadi.",
        "The target failed while it was written or read back: the stick is broken or was pulled. Take another one; "
        "there is no such package.",
    ),
}
TARGET_GONE = Text(
    id="Tujuannya tidak ada lagi: stik itu tercabut. Paketnya tidak jadi; colok lagi stiknya dan ekspor sekali lagi.",
    en="The target is gone: the stick was pulled. There is no package; plug the stick in and export once more.",
)

# Check
CHECK_TITLE = Text(id="Periksa paket bukti", en="Check an evidence package")
DROP_HERE = Text(
    id="Seret folder paket atau stik ke sini, atau pilih.",
    en="Drop the package's folder or a stick here, or choose it.",
)
CHOOSE_PACKAGE = Text(id="Pilih paket atau stik…", en="Choose a package or a stick…")
CHECKING = Text(id="Memeriksa {place}…", en="Checking {place}…")
PACKAGES = Text(id="Paket yang diperiksa", en="Packages that were checked")
FOUR_CLAIMS = Text(
    id="Empat pernyataan, masing-masing berdiri sendiri:", en="Four statements, each of which stands alone:"
)
DETAILS = Text(id="Rincian", en="Details")

# Redaction
REDACTION_TITLE = Text(id="Samarkan klip", en="Redact a clip")
REDACTION_OF = Text(id="Samarkan: {camera}, {at}", en="Redact: {camera}, {at}")
REDACTION_HELP = Text(
    id="Jeda, tekan Kotak baru, lalu seret di atas gambar. Maju, dan seret lagi di mana orang atau pelatnya berada: di "
    "antaranya kotak mengikuti gerak. Aslinya tidak diubah.",
    en="Pause, press New box, and drag over the picture. Go on and drag again where the person or plate is: in between "
    "the box follows what moves. The original is not changed.",
)
BOXES = Text(id="Yang ditutupi", en="What is covered")
NEW_BOX = Text(id="Kotak baru", en="New box")
NEW_MASK = Text(id="Masker baru", en="New mask")
REMOVE_BOX = Text(id="Hapus", en="Remove")
END_BOX = Text(id="Berakhir di sini", en="Ends here")
COVER = Text(id="Penutup", en="Cover")
COVER_SOLID = Text(id="hitam rata", en="solid black")
COVER_MOSAIC = Text(id="kotak-kotak kasar", en="coarse squares")
BOX_LINE = Text(
    id="Kotak {number}: {begin} sampai {end}, {keys} kunci", en="Box {number}: {begin} to {end}, {keys} keys"
)
TO_THE_END = Text(id="akhir", en="the end")
MASK_LINE = Text(id="Masker {number}: sepanjang klip", en="Mask {number}: all the time")
BOX_NAME = Text(id="Kotak {number}", en="Box {number}")
MASK_NAME = Text(id="Masker {number}", en="Mask {number}")
DRAW_BOX = Text(id="Seret di atas gambar untuk kotak baru.", en="Drag over the picture for the new box.")
DRAW_MASK = Text(
    id="Seret di atas gambar untuk masker: tempat itu ditutup sepanjang salinan ini.",
    en="Drag over the picture for the mask: that place is covered in all of this copy.",
)
MAKE_REDACTED = Text(id="Buat salinan", en="Make the copy")
MAKING_REDACTED = Text(
    id="Mengikuti yang bergerak, menutup, dan menulis salinan…", en="Following what moves, covering, writing the copy…"
)
WATCH_IT = Text(
    id="Tonton salinan ini sampai habis sebelum dilepas: sudah {percent} %, belum mulai {at}.",
    en="Watch this copy to its end before it is released: {percent} % so far, not yet from {at}.",
)
WATCHED = Text(
    id="Sudah ditonton seluruhnya. Bila semua yang harus tertutup memang tertutup, lepaskan.",
    en="All of it was watched. If everything that must be covered is covered, release it.",
)
WATCH_UNSEEN = Text(id="Ke bagian yang belum ditonton", en="To what was not watched")
RELEASE = Text(id="Lepaskan", en="Release")
BACK_TO_BOXES = Text(id="Kembali ke kotak", en="Back to the boxes")
RELEASED = Text(
    id="Dilepas dan ikut dalam paket bukti perkaranya: {path}",
    en="Released, and goes into the packages of its case: {path}",
)
REDACTION_PLAYER = Text(id="Gambar klip", en="Picture of the clip")
