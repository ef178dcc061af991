"""What `tmcwall bench` says about a machine."""

from __future__ import annotations

from tmcwall.texts import Text

MACHINE = Text(
    "Komputer ini: {processor}, {cores} inti, memori {memory:.0f} GiB, {system}.",
    "This machine: {processor}, {cores} cores, {memory:.0f} GiB of memory, {system}.",
)
PREPARING = Text(
    "Menyiapkan {cameras} kamera tiruan; pertama kali perlu sebentar ...",
    "Preparing {cameras} synthetic cameras; the first time this takes a moment ...",
)
FLOOR = Text(
    "Patokan: hanya mengurai sandi {streams} siaran, tanpa menampilkannya, memakan {us:.0f} µs prosesor per gambar.",
    "Floor: decoding {streams} streams without showing them takes {us:.0f} µs of processor time a picture.",
)
MEASURING = Text("Mengukur {tiles} kamera ...", "Measuring {tiles} cameras ...")

SMOOTH = Text("{tiles} kamera: lancar.", "{tiles} cameras: smooth.")
USABLE = Text("{tiles} kamera: dapat dipakai.", "{tiles} cameras: usable.")
TOO_MUCH = Text("{tiles} kamera: terlalu berat.", "{tiles} cameras: too much.")

PICTURES = Text(
    "  {mean:.1f} dari {rate:.0f} gambar per detik tampil; petak paling lambat {slowest:.1f}",
    "  {mean:.1f} of {rate:.0f} pictures a second are shown; {slowest:.1f} on the slowest tile",
)
DELAY = Text(
    "  gambar tampil {p50:.0f} ms sesudah waktunya, paling lambat {p99:.0f} ms; layar menjawab dalam {loop:.0f} ms",
    "  pictures are shown {p50:.0f} ms after their time, {p99:.0f} ms at worst; the screen answers in {loop:.0f} ms",
)
FIRST = Text(
    "  semua petak bergambar {seconds:.1f} detik sesudah program dibuka",
    "  every tile had its first picture {seconds:.1f} s after the program was started",
)
NO_FIRST = Text("  tidak semua petak mendapat gambar", "  not every tile got a picture")
LOAD = Text(
    "  prosesor {cpu:.0%} (kamera tiruan {cameras:.0%} lagi), memori {memory:.0f} MiB",
    "  processor {cpu:.0%} (the synthetic cameras {cameras:.0%} more), memory {memory:.0f} MiB",
)
COST = Text(
    "  {us:.0f} µs prosesor per gambar, {ratio:.2f} kali patokan",
    "  {us:.0f} µs of processor time a picture, {ratio:.2f} times the floor",
)
DISTURBED = Text(
    "  program lain memakai {others:.0%} prosesor selama pengukuran: tutup program itu dan ukur lagi",
    "  other programs took {others:.0%} of the processor meanwhile: close them and measure again",
)
OVERLOAD = Text(
    "{tiles} kamera, sengaja terlalu banyak: {showing} petak tetap bergambar ({live} langsung, lainnya ditandai),"
    " kamera yang diutamakan menampilkan {priority:.0%} gambarnya, layar menjawab dalam {loop:.0f} ms.",
    "{tiles} cameras, too many on purpose: {showing} tiles still show a picture ({live} live, the others marked),"
    " the camera that comes first shows {priority:.0%} of its pictures, the screen answers within {loop:.0f} ms.",
)

FIT = Text(
    "Kesimpulan: komputer ini lancar untuk dinding {tiles} kamera.",
    "In short: this machine is strong enough for a wall of {tiles} cameras.",
)
FIT_BELOW = Text(
    "Kesimpulan: komputer ini lancar sampai {smooth} kamera. Untuk {usable} masih dapat dipakai, tetapi sebagian gambar"
    " terlewati.",
    "In short: this machine is smooth up to {smooth} cameras. With {usable} it is usable, but some pictures are left"
    " out.",
)
FIT_ONLY_BELOW = Text(
    "Kesimpulan: komputer ini lancar sampai {smooth} kamera; dinding yang lebih besar terlalu berat. Pakai prosesor"
    " dengan inti lebih banyak, atau bagi dinding ke dua komputer.",
    "In short: this machine is smooth up to {smooth} cameras; larger walls are too much. Use a processor with more"
    " cores, or split the wall between two machines.",
)
FIT_USABLE = Text(
    "Kesimpulan: sampai {usable} kamera masih dapat dipakai, tetapi sebagian gambar terlewati. Tutup program lain,"
    " pakai substream yang lebih kecil, atau pakai prosesor dengan inti lebih banyak.",
    "In short: up to {usable} cameras it is usable, but some pictures are left out. Close other programs, use smaller"
    " substreams, or use a processor with more cores.",
)
UNFIT = Text(
    "Kesimpulan: komputer ini terlalu lemah untuk dinding {tiles} kamera. Tutup program lain dan ukur lagi, kurangi"
    " jumlah petak, atau pakai prosesor dengan inti lebih banyak.",
    "In short: this machine is too weak for a wall of {tiles} cameras. Close other programs and measure again, use"
    " fewer tiles, or use a processor with more cores.",
)
SAVED = Text("Hasil lengkap ada di {path}.", "The whole result is in {path}.")
