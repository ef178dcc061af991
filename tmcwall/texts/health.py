"""How a camera has been doing, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.camera import Profile
from tmcwall.domain.history import CameraState, CodecChange, Uptime, clock_is_off
from tmcwall.texts import Language, Text, Translator

TITLE = Text(id="Riwayat kamera {name}", en="History of camera {name}")
OPEN = Text(id="Riwayat kamera…", en="Camera history…")
UPTIME = Text(
    id="Ada gambar: {day} dalam 24 jam, {month} dalam 30 hari", en="With a picture: {day} of 24 h, {month} of 30 days"
)
NOT_KNOWN = Text(id="belum diketahui", en="not known yet")
CLOCK_RIGHT = Text(id="Jam kamera cocok (selisih {offset})", en="The camera's clock is right (off by {offset})")
CLOCK_FAST = Text(
    id="PERINGATAN: jam kamera lebih cepat {offset} dari jam komputer ini",
    en="WARNING: the camera's clock is {offset} ahead of this computer's",
)
CLOCK_SLOW = Text(
    id="PERINGATAN: jam kamera lebih lambat {offset} dari jam komputer ini",
    en="WARNING: the camera's clock is {offset} behind this computer's",
)
CLOCK_SILENT = Text(id="Kamera tidak mengirim jamnya", en="The camera does not send its time")
NO_HISTORY = Text(
    id="Belum ada riwayat: kamera ini belum pernah ditampilkan atau direkam di komputer ini.",
    en="No history yet: this computer has not shown or recorded this camera.",
)
WHEN = Text(id="Sejak ({zone})", en="Since ({zone})")
STATE = Text(id="Keadaan", en="State")
WHY = Text(id="Keterangan", en="Remark")
CHANGES = Text(id="{count} kali berubah sebelumnya", en="{count} changes before it")
READ_BY_US = Text(id="Dibaca dengan cara biasa lagi", en="Read by our own session again")
CODEC = Text(id="Kodek berganti dari {before} ke {after}", en="Codec changed from {before} to {after}")
STREAMS: Final[Mapping[Profile, Text]] = {
    Profile.MAIN: Text(id="aliran utama", en="main stream"),
    Profile.SUB: Text(id="substream", en="substream"),
}
ACCEPT = Text(id="Terima arah kamera ini", en="Accept this view")
ACCEPT_HELP = Text(
    id="Arah kamera yang sekarang memang benar: jadikan gambar acuan yang baru. Dicatat atas nama petugas jaga.",
    en="The camera is meant to look there: make it the new reference. Recorded in the name of the officer on duty.",
)
ACCEPTED = Text(
    id="Arah kamera diterima. Gambar acuan baru dipelajari dalam setengah menit selama kamera ditampilkan.",
    en="The view is accepted. The new reference is learnt within half a minute while the camera is shown.",
)
VIEW_UNCHECKED = Text(
    id="Arah kamera ini tidak diperiksa: kamera diputar oleh operator atau patroli (PTZ).",
    en="This camera's view is not checked: operators or patrols turn it (PTZ).",
)
CLOSE = Text(id="Tutup", en="Close")

STATES: Final[Mapping[CameraState, Text]] = {
    CameraState.WORKING: Text(id="Baik", en="Working"),
    CameraState.MOVED: Text(id="Bergeser", en="Moved"),
    CameraState.LOST: Text(id="Terputus", en="Lost"),
    CameraState.FROZEN: Text(id="Membeku", en="Frozen"),
    CameraState.BLACK: Text(id="Gelap atau tertutup", en="Black or covered"),
    CameraState.REFUSED: Text(id="Ditolak", en="Refused"),
    CameraState.UNSUPPORTED: Text(id="Tidak didukung", en="Unsupported"),
    CameraState.OUTAGE: Text(id="Padam terencana", en="Planned outage"),
    CameraState.UNSTABLE: Text(id="Putus-sambung", en="Comes and goes"),
    CameraState.UNKNOWN: Text(id="Tidak dipantau", en="Not watched"),
}

_CODEC_NAMES: Final = {"h264": "H.264", "hevc": "H.265", "mjpeg": "MJPEG"}
_SECONDS = Text(id="{seconds} detik", en="{seconds} s")
_MINUTES = Text(id="{minutes} menit {seconds} detik", en="{minutes} min {seconds} s")
_HOURS = Text(id="{hours} jam {minutes} menit", en="{hours} h {minutes} min")
_DAYS = Text(id="{days} hari {hours} jam", en="{days} d {hours} h")


def uptime_text(day: Uptime, month: Uptime, translate: Translator) -> str:
    """Of the last day and of the last thirty days."""
    return translate(UPTIME, day=share_text(day, translate), month=share_text(month, translate))


def share_text(uptime: Uptime, translate: Translator) -> str:
    """`99,5 %`: cut and not rounded, so that 100 says that nothing was missing."""
    if uptime.share is None:
        return translate(NOT_KNOWN)
    shown = f"{int(uptime.share * 1000) / 10:.1f} %"
    return shown if translate.language is Language.EN else shown.replace(".", ",")


def clock_text(offset_ms: int | None, translate: Translator) -> str:
    """A sentence that warns where the clock is off by more than two seconds. The offset is the camera's minus ours."""
    if offset_ms is None:
        return translate(CLOCK_SILENT)
    offset = _length(abs(offset_ms), translate)
    if not clock_is_off(offset_ms):
        return translate(CLOCK_RIGHT, offset=offset)
    return translate(CLOCK_FAST if offset_ms > 0 else CLOCK_SLOW, offset=offset)


def codec_text(change: CodecChange, translate: Translator) -> str:
    """`Codec changed from H.264 to H.265`."""
    return translate(CODEC, before=_codec_name(change.before), after=_codec_name(change.codec))


def _codec_name(codec: str) -> str:
    return _CODEC_NAMES.get(codec, codec)


def _length(milliseconds: int, translate: Translator) -> str:
    if milliseconds < 60_000:
        seconds = f"{milliseconds / 1000:.1f}"
        return translate(_SECONDS, seconds=seconds if translate.language is Language.EN else seconds.replace(".", ","))
    minutes, seconds_left = divmod(round(milliseconds / 1000), 60)
    hours, minutes_left = divmod(minutes, 60)
    if not hours:
        return translate(_MINUTES, minutes=minutes, seconds=seconds_left)
    days, hours_left = divmod(hours, 24)
    if not days:
        return translate(_HOURS, hours=hours, minutes=minutes_left)
    return translate(_DAYS, days=days, hours=hours_left)
