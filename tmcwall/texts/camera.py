"""What `tmcwall camera` says, and the register's window with it."""

from __future__ import annotations

from tmcwall.services.camera_register import StreamTest
from tmcwall.texts import Text, Translator
from tmcwall.texts.faults import fault_text

NO_CAMERAS = Text(
    id="belum ada kamera; masukkan dengan: tmcwall camera import DAFTAR.csv",
    en="no cameras yet; bring some in with: tmcwall camera import LIST.csv",
)
VIEW_UNCHECKED = Text(id="PTZ, arah tidak diperiksa", en="PTZ, view not checked")
DELIVERS = Text(
    id="hidup, {codec}, {rate} gambar/detik, gambar pertama setelah {first} detik, {lost} paket hilang",
    en="live, {codec}, {rate} pictures a second, first picture after {first} s, {lost} packets lost",
)
NO_KEY_YET = Text(id="; gambar kunci belum terlihat dalam {seconds} detik", en="; no key frame seen yet in {seconds} s")
EDITED = Text(id="{changed} kamera diubah, {unchanged} tetap", en="{changed} cameras changed, {unchanged} as before")
NOT_EDITED = Text(
    id="kamera {camera} tidak diubah: {reason}",
    en="camera {camera} was not changed: {reason}",
)
BY_COMMAND = Text(id="lewat perintah tmcwall camera", en="by the command tmcwall camera")
RETIRED = Text(
    id="tidak dipakai lagi: {cameras}; kata sandinya tidak dipakai",
    en="out of use: {cameras}; its password is not used",
)
REMOVED = Text(
    id="dihapus dari daftar, kata sandinya juga: {cameras}; penanda dan klipnya tetap ada",
    en="removed from the list, password included: {cameras}; its bookmarks and clips are kept",
)
EXPORTED = Text(
    id="{count} kamera disimpan di {file}, tanpa kata sandi", en="{count} cameras saved in {file}, without passwords"
)


def tested_text(stream: StreamTest, say: Translator) -> str:
    """`main: hidup, h264, 25.0 gambar/detik, ...`, or why it does not deliver."""
    seen = stream.seen
    if seen is not None:
        shown = say(
            DELIVERS,
            codec=seen.codec,
            rate=f"{seen.pictures_a_second:.1f}",
            first=f"{seen.first_picture_s:.1f}",
            lost=str(seen.packets_lost),
        )
        if seen.key_missed_s is not None:
            shown += say(NO_KEY_YET, seconds=f"{seen.key_missed_s:.1f}")
        return f"{stream.profile}: {shown}"
    why = f" ({stream.detail})" if stream.detail else ""
    fault = say(fault_text(stream.fault)) if stream.fault is not None else ""
    return f"{stream.profile}: {fault}{why}"
