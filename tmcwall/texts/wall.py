"""What the wall says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from tmcwall.domain.health import DecodePlan, PlanReason
from tmcwall.texts import Text, Translator

EMPTY_TILE: Final = Text(id="Kosong", en="Empty")
RESERVED_TILE: Final = Text(id="Cadangan kejadian", en="Reserved for incidents")
CAMERA_GONE: Final = Text(id="Kamera tidak ada lagi", en="Camera no longer exists")
WINDOW_TITLE: Final = Text(id="tmcwall – dinding {name}", en="tmcwall – wall {name}")
MORE_INCIDENTS: Final = Text(id="+{count} lagi", en="+{count} more")
DIALLING: Final = Text(id="Kamera {digits}_", en="Camera {digits}_")
OF_ANOTHER_UNIT = Text(id="Kamera satuan {unit}", en="Camera of the unit {unit}")
NO_SUCH_NUMBER: Final = Text(id="Kamera {digits} tidak ada", en="No camera {digits}")
STOOD_STILL: Final = Text(
    id="Layar sempat terhenti {seconds} dtk: gambar saat itu tidak langsung",
    en="The screen stood still for {seconds} s: it was not live",
)
MAIN_STREAM_COMING: Final = Text(id="Memuat gambar tajam…", en="Loading the sharp picture…")

REPLAY: Final = Text(id="PUTAR ULANG −{minutes}:{seconds}", en="REPLAY −{minutes}:{seconds}")
REPLAY_AT: Final = Text(id="rekaman pukul {time} {zone}", en="recorded at {time} {zone}")
REPLAY_HELD: Final = Text(id="dijeda · rekaman pukul {time} {zone}", en="paused · recorded at {time} {zone}")
REPLAY_LOADING: Final = Text(id="memuat rekaman…", en="loading the recording…")
REPLAY_NOTHING: Final = Text(
    id="Tidak ada rekaman kamera ini untuk diputar ulang", en="There is no recording of this camera to replay"
)
REPLAY_FAILED: Final = Text(id="Rekaman tidak dapat diputar ulang", en="The recording cannot be replayed")
REPLAY_NO_TILE: Final = Text(
    id="Pilih petak berkamera untuk diputar ulang", en="Select a tile with a camera to replay it"
)

ABOUT_NOTHING: Final = Text(id="Belum ada laporan aliran", en="No report on the stream yet")
ABOUT_RECEIVED: Final = Text(id="Diterima {fps} gbr/dtk", en="Received {fps} fps")
ABOUT_DISPLAYED: Final = Text(id="Ditampilkan {fps} gbr/dtk", en="Displayed {fps} fps")
ABOUT_STREAM: Final = Text(id="Aliran {profile} {codec}{width}×{height}", en="Stream {profile} {codec}{width}×{height}")
ABOUT_DELAY: Final = Text(id="Tundaan {delay} md", en="Delay {delay} ms")
ABOUT_DECODER: Final = Text(id="Dekoder {decoder}, {width}×{height}", en="Decoder {decoder}, {width}×{height}")
SOFTWARE: Final = Text(id="perangkat lunak", en="software")
SOFTWARE_INSTEAD: Final = Text(id="perangkat lunak (perangkat keras gagal)", en="software (hardware failed)")
ABOUT_PLAN: Final = Text(id="Rencana: {plan}", en="Plan: {plan}")
ABOUT_REASON: Final = Text(id="Sebab: {reason}", en="Why: {reason}")
ABOUT_LOST: Final = Text(
    id="Paket hilang {packets}, sambung ulang {reconnects}", en="Packets lost {packets}, reconnected {reconnects}"
)
ABOUT_FAULT: Final = Text(id="Gangguan: {cause}", en="Trouble: {cause}")
ABOUT_ODD: Final = Text(id="Kamera menyalahi aturan: {oddities}", en="The camera breaks the rules: {oddities}")
ABOUT_VIEW: Final = Text(id="Arah tidak diperiksa (PTZ)", en="View not checked (PTZ)")
PLANS: Final = {
    DecodePlan.FULL: Text(id="penuh", en="full"),
    DecodePlan.NO_DEBLOCK: Text(id="tanpa penghalus", en="no loop filter"),
    DecodePlan.KEY_FRAMES: Text(id="hanya gambar kunci", en="key frames only"),
    DecodePlan.PAUSED: Text(id="dihentikan", en="paused"),
}
PLAN_REASONS: Final = {
    PlanReason.SEEN: Text(id="terlihat, komputer mampu", en="visible, the machine keeps up"),
    PlanReason.HIDDEN: Text(id="tidak terlihat", en="not visible"),
    PlanReason.BUSY: Text(id="komputer kewalahan", en="the machine is overloaded"),
}

CHARTS_TITLE: Final = Text(id="Video petak: {name}", en="Video of the tile: {name}")
CHARTS_NO_TILE: Final = Text(id="Pilih petak yang berisi kamera.", en="Select a tile with a camera.")
CHARTS_LOADING: Final = Text(id="Menyiapkan grafik…", en="Preparing the charts…")
CHARTS_MISSING: Final = Text(
    id="Grafik tidak tersedia: sebagian program tidak terpasang. Pasang ulang atau jalankan tmcwall doctor.",
    en="No charts: a part of the program is not installed. Install it again or run tmcwall doctor.",
)
CHARTS_NAME: Final = Text(id="Grafik sepuluh menit terakhir", en="Charts of the last ten minutes")
CHART_RATES: Final = Text(id="Gambar per detik", en="Pictures a second")
CHART_DELAY: Final = Text(id="Tundaan, milidetik", en="Delay, milliseconds")
CHART_LOST: Final = Text(id="Paket hilang per detik", en="Packets lost a second")
CHART_TIME: Final = Text(id="menit sebelum sekarang", en="minutes before now")
LINE_RECEIVED: Final = Text(id="diterima", en="received")
LINE_DECODED: Final = Text(id="didekode", en="decoded")
LINE_DISPLAYED: Final = Text(id="ditampilkan", en="displayed")
CHART_SUMMARY: Final = Text(
    id="{name}: terendah {least}, rata-rata {mean}, tertinggi {most}",
    en="{name}: least {least}, mean {mean}, most {most}",
)
CHART_UNKNOWN: Final = Text(id="{name}: belum ada data", en="{name}: no data yet")

KEY_AWAITED: Final = Text(id="menunggu gambar kunci sejak {time}", en="waiting for a key frame since {time}")
KEY_AWAITED_SECONDS: Final = Text(
    id="menunggu gambar kunci sejak {time}; biasanya tiap {seconds} dtk",
    en="waiting for a key frame since {time}; usually every {seconds} s",
)
KEY_AWAITED_MINUTES: Final = Text(
    id="menunggu gambar kunci sejak {time}; biasanya tiap {minutes} menit",
    en="waiting for a key frame since {time}; usually every {minutes} min",
)
_MINUTES_FROM_S: Final = 90.0

BEHIND: Final = Text(id="tertinggal {seconds} dtk", en="{seconds} s behind")

AGE_SECONDS: Final = Text(id="{seconds} dtk", en="{seconds} s")
AGE_MINUTES: Final = Text(id="{minutes} mnt {seconds} dtk", en="{minutes} min {seconds} s")
AGE_HOURS: Final = Text(id="{hours} jam {minutes} mnt", en="{hours} h {minutes} min")
AGE_DAYS: Final = Text(id="{days} hari {hours} jam", en="{days} d {hours} h")


def age_text(age_s: float) -> tuple[Text, dict[str, int]]:
    """The text and its fields for an age in seconds, rounded down to what an officer reads at a glance."""
    seconds = int(age_s)
    if seconds < 60:
        return AGE_SECONDS, {"seconds": seconds}
    if seconds < 3600:
        return AGE_MINUTES, {"minutes": seconds // 60, "seconds": seconds % 60}
    if seconds < 86400:
        return AGE_HOURS, {"hours": seconds // 3600, "minutes": seconds // 60 % 60}
    return AGE_DAYS, {"days": seconds // 86400, "hours": seconds // 3600 % 24}


def key_awaited_text(translate: Translator, *, since_s: float, every_s: float | None) -> str:
    """`menunggu gambar kunci sejak 08.14; biasanya tiap 2 menit`. `since_s` is UTC, in seconds since the epoch."""
    since = f"{translate.zone.local(datetime.fromtimestamp(since_s, UTC)):%H.%M}"
    if every_s is None:
        return translate(KEY_AWAITED, time=since)
    if every_s < _MINUTES_FROM_S:
        return translate(KEY_AWAITED_SECONDS, time=since, seconds=round(every_s))
    return translate(KEY_AWAITED_MINUTES, time=since, minutes=round(every_s / 60))


FIRST_LAYOUT = Text(id="Utama", en="Main")
