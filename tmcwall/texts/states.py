"""Words of the states of a tile, and what each means in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tmcwall.domain.health import TileState
from tmcwall.texts import Text


@dataclass(frozen=True, slots=True)
class StateText:
    """`word` stands on the tile and in lists; `meaning` explains it in hints and in the list of states."""

    word: Text
    meaning: Text


STATES: Final[Mapping[TileState, StateText]] = {
    TileState.CONNECTING: StateText(
        Text(id="Menghubungkan", en="Connecting"),
        Text(id="Sedang menghubungi kamera, belum ada gambar.", en="The camera is being called; no picture yet."),
    ),
    TileState.BUILDING: StateText(
        Text(id="Menyusun gambar", en="Building up the picture"),
        Text(
            id="Kamera mengirim gambar sedikit demi sedikit; gambar tampil setelah utuh.",
            en="The camera sends its picture bit by bit; it is shown once it is whole.",
        ),
    ),
    TileState.LIVE: StateText(
        Text(id="Langsung", en="Live"),
        Text(id="Gambar langsung dari kamera.", en="The picture is live."),
    ),
    TileState.REDUCED: StateText(
        Text(id="Dikurangi", en="Reduced"),
        Text(id="Gambar langsung, tetapi kurang dari 5 gambar per detik.", en="Live, but below 5 pictures a second."),
    ),
    TileState.STALE: StateText(
        Text(id="Basi", en="Stale"),
        Text(
            id="Gambar terakhir sudah lewat; gambar baru belum datang.", en="The last picture is old; no new one came."
        ),
    ),
    TileState.LOST: StateText(
        Text(id="Terputus", en="Lost"),
        Text(id="Kamera tidak mengirim gambar; dihubungi ulang otomatis.", en="No pictures; it is being called again."),
    ),
    TileState.FROZEN: StateText(
        Text(id="Membeku", en="Frozen"),
        Text(
            id="Data tetap datang, tetapi gambarnya tidak berubah.", en="Data flows, but the picture does not change."
        ),
    ),
    TileState.BLACK: StateText(
        Text(id="Gelap", en="Black"),
        Text(id="Gambar gelap atau lensa tertutup.", en="The picture is black, or the lens is covered."),
    ),
    TileState.MOVED: StateText(
        Text(id="Bergeser", en="Moved"),
        Text(
            id="Arah kamera berbeda dari gambar acuannya.", en="The view differs from the camera's reference picture."
        ),
    ),
    TileState.REFUSED: StateText(
        Text(id="Ditolak", en="Refused"),
        Text(id="Kamera menolak sambungan.", en="The camera refuses the connection."),
    ),
    TileState.UNSUPPORTED: StateText(
        Text(id="Tidak didukung", en="Unsupported"),
        Text(id="Siaran ini tidak dapat ditampilkan.", en="This stream cannot be shown."),
    ),
    TileState.QUARANTINED: StateText(
        Text(id="Karantina", en="Quarantined"),
        Text(
            id="Kamera dikarantina dan tidak boleh ditampilkan.", en="The camera is quarantined and must not be shown."
        ),
    ),
    TileState.OUTAGE: StateText(
        Text(id="Padam terencana", en="Planned outage"),
        Text(id="Kamera sedang dalam pemadaman terencana.", en="The camera is in a planned outage."),
    ),
    TileState.PAUSED: StateText(
        Text(id="Dijeda", en="Paused"),
        Text(id="Gambar dijeda oleh petugas.", en="The picture was paused by an officer."),
    ),
    TileState.OFF: StateText(
        Text(id="Nonaktif", en="Off"),
        Text(id="Kamera tidak sedang ditampilkan.", en="The camera is not being shown."),
    ),
}
