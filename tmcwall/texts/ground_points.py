"""Points of the ground in a camera's picture, set on a still."""

from __future__ import annotations

from typing import Final

from tmcwall.texts import Text

OPEN: Final = Text(id="Titik tanah di gambar …", en="Ground points in the picture …")
TITLE: Final = Text(id="Titik tanah: {camera}", en="Ground points: {camera}")
HELP: Final = Text(
    id="Klik titik di tanah pada gambar, lalu tulis letaknya (lintang, bujur). Paling sedikit empat titik yang "
    "berjauhan, tiga di antaranya tidak segaris. Papan ketik: N titik baru, tombol panah menggeser, Del menghapus, "
    "F5 gambar baru.",
    en="Click a point on the ground in the picture, then write its position (latitude, longitude). At least four "
    "points, far apart, no three on one line. Keys: N a new point, arrow keys move it, Del removes it, F5 a new "
    "picture.",
)
POINTS: Final = Text(id="Titik", en="Points")
POINT: Final = Text(id="Titik {number}: {position}", en="Point {number}: {position}")
NO_POSITION: Final = Text(id="letak belum ditulis", en="no position yet")
POSITION: Final = Text(id="Letak titik (lintang, bujur)", en="Position of the point (latitude, longitude)")
NEW: Final = Text(id="Titik baru", en="New point")
REMOVE: Final = Text(id="Hapus titik", en="Remove point")
SAVE: Final = Text(id="Simpan", en="Save")
TAKE_BACK: Final = Text(id="Cabut semua", en="Take all back")
AGAIN: Final = Text(id="Gambar baru", en="New picture")
SAVED: Final = Text(id="Titik tanah disimpan.", en="Ground points saved.")
BAD_POSITION: Final = Text(
    id="Tulis letak setiap titik seperti -7.5606, 110.8018.",
    en="Write the position of every point like -7.5606, 110.8018.",
)
