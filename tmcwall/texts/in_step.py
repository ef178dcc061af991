"""Several cameras in step in the review."""

from __future__ import annotations

from tmcwall.texts import Text

GRID_NAME = Text(id="Gambar beberapa kamera pada satu jam", en="Pictures of several cameras on one clock")
CAMERAS = Text(id="{count} kamera ({count})", en="{count} cameras ({count})")
ONE_CAMERA = Text(id="1 kamera (1)", en="1 camera (1)")
IN_STEP_HELP = Text(
    id="Kamera berjalan serempak menurut jam komputer ini; selisih jam tiap kamera tertulis di bawah gambarnya.",
    en="The cameras run in step by the clock of this computer; the error of each camera's clock stands below it.",
)
WAITING = Text(id="Menunggu gambar {time}…", en="Waiting for the picture of {time}…")
NO_CLIP = Text(id="Tidak ada klip pada saat ini. {words}", en="There is no clip of this moment. {words}")
NO_TIME = Text(id="tanpa gambar", en="no picture")
CLOCK_ERROR = Text(
    id="jam kamera {seconds} s, diukur {age} sebelumnya", en="camera clock {seconds} s, measured {age} before"
)
CLOCK_UNKNOWN = Text(id="jam kamera belum diukur", en="camera clock not measured")
AGE_SECONDS = Text(id="{count} detik", en="{count} s")
AGE_MINUTES = Text(id="{count} menit", en="{count} min")
AGE_HOURS = Text(id="{count} jam", en="{count} h")
AGE_DAYS = Text(id="{count} hari", en="{count} days")
