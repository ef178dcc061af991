"""Planned outages, in words."""

from __future__ import annotations

from tmcwall.texts import Text

TITLE = Text(id="Padam terencana", en="Planned outages")
EXPLANATION = Text(
    id="Selama waktu itu kamera tidak dibuka dan petaknya berkata padam terencana, di semua tempat kerja; sesudahnya "
    "kamera kembali sendiri.",
    en="During that time the cameras are not opened and their tiles say planned outage, at all workstations; "
    "afterwards they come back by themselves.",
)
CAMERAS = Text(id="Kamera (nomor atau id, dipisah koma)", en="Cameras (numbers or ids, separated by commas)")
WHICH = Text(id="Kamera", en="Cameras")
STARTS = Text(id="Mulai ({zone})", en="From ({zone})")
ENDS = Text(id="Sampai ({zone})", en="Until ({zone})")
REASON = Text(id="Alasan", en="Reason")
BY = Text(id="Direncanakan oleh", en="Planned by")
PLAN = Text(id="Rencanakan", en="Plan")
CANCEL = Text(id="Batalkan yang dipilih", en="Call off the selected one")
CLOSE = Text(id="Tutup", en="Close")
NONE = Text(id="Tidak ada padam terencana.", en="No outages are planned.")
PLANNED = Text(id="Padam terencana disimpan.", en="Planned outage saved.")
UNKNOWN_CAMERA = Text(id="Tidak ada kamera “{text}”.", en="There is no camera “{text}”.")
CHOSEN = Text(id="{count} kamera yang dipilih", en="{count} selected cameras")
MORE = Text(id="{cameras} dan {count} lagi", en="{cameras} and {count} more")
UNDER_WAY = Text(id="{time} (sedang berlangsung)", en="{time} (under way)")
