"""What `tmcwall camera` says."""

from tmcwall.texts import Text

IMPORTED = Text(
    id="{added} kamera baru, {changed} diubah, {unchanged} tetap; {refused} baris ditolak",
    en="{added} cameras new, {changed} changed, {unchanged} as before; {refused} rows refused",
)
WOULD_IMPORT = Text(
    id="akan masuk: {added} kamera baru, {changed} diubah, {unchanged} tetap; {refused} baris ditolak (belum disimpan)",
    en="would come in: {added} new, {changed} changed, {unchanged} as before; {refused} rows refused (nothing stored)",
)
NO_CAMERAS = Text(
    id="belum ada kamera; masukkan dengan: tmcwall camera import DAFTAR.csv",
    en="no cameras yet; bring some in with: tmcwall camera import LIST.csv",
)
VIEW_UNCHECKED = Text(id="PTZ, arah tidak diperiksa", en="PTZ, view not checked")
DELIVERS = Text(
    id="hidup, {codec}, {rate} gambar/detik, gambar pertama setelah {first} detik, {lost} paket hilang",
    en="live, {codec}, {rate} pictures a second, first picture after {first} s, {lost} packets lost",
)
