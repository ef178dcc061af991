"""What `tmcwall camera` says, and the register's window with it."""

from __future__ import annotations

from collections.abc import Iterator

from tmcwall.services.camera_register import StreamTest
from tmcwall.texts import Text, Translator
from tmcwall.texts.faults import fault_text
from tmcwall.texts.oddities import oddity_report, session_text
from tmcwall.video.sessions.probe import Seen

NO_CAMERAS = Text(
    id="belum ada kamera; masukkan dengan: tmcwall camera import DAFTAR.csv",
    en="no cameras yet; bring some in with: tmcwall camera import LIST.csv",
)
VIEW_UNCHECKED = Text(id="PTZ, arah tidak diperiksa", en="PTZ, view not checked")
DELIVERS = Text(
    id="hidup, {codec}, {rate} gambar/detik, gambar pertama setelah {first} detik, {lost} paket hilang",
    en="live, {codec}, {rate} pictures a second, first picture after {first} s, {lost} packets lost",
)
DELAY = Text(id="terlambat {delay} detik", en="{delay} s late")
KEY_INTERVAL = Text(id="gambar kunci tiap {interval} detik", en="a key picture every {interval} s")
LOGIN = Text(id="login {scheme}", en="login {scheme}")
NO_LOGIN = Text(id="tanpa login", en="without a login")
PICTURE_SAVED = Text(id="gambar {profile} disimpan di {file}", en="picture of {profile} saved in {file}")
NO_PICTURE = Text(id="tidak ada gambar untuk disimpan di {file}", en="there was no picture to save in {file}")
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


def tested_lines(stream: StreamTest, say: Translator) -> Iterator[str]:
    """`main: live, h264 1920×1080, 25.0 pictures a second, ...`, or why it does not deliver; below it, indented, who
    reads it where that is not simply our own session, and each oddity as its maker is to be told.
    """
    seen = stream.seen
    if seen is None:
        yield f"{stream.profile}: {_failure(stream, say)}"
        session, cause, oddities = stream.session, stream.fault, stream.oddities
    else:
        yield f"{stream.profile}: {_delivery(seen, say)}"
        session, cause, oddities = seen.session, seen.session_cause, seen.oddities
    if otherwise := session_text(session, cause, say):
        yield f"  {otherwise}"
    for oddity in oddities:
        yield f"  {oddity_report(oddity, say)}"


def _delivery(seen: Seen, say: Translator) -> str:
    size = f" {seen.width}×{seen.height}" if seen.width else ""
    parts = [
        say(
            DELIVERS,
            codec=f"{seen.codec}{size}",
            rate=f"{seen.pictures_a_second:.1f}",
            first=f"{seen.first_picture_s:.1f}",
            lost=str(seen.packets_lost),
        ),
        say(DELAY, delay=f"{seen.delay_s:.1f}"),
    ]
    if seen.key_interval_s is not None:
        parts.append(say(KEY_INTERVAL, interval=f"{seen.key_interval_s:.1f}"))
    parts.append(seen.carrier.upper())
    parts.append(say(LOGIN, scheme=seen.login) if seen.login is not None else say(NO_LOGIN))
    return ", ".join(parts)


def _failure(stream: StreamTest, say: Translator) -> str:
    fault = say(fault_text(stream.fault)) if stream.fault is not None else ""
    return f"{fault} ({stream.detail})" if stream.detail else fault
