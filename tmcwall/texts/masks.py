"""The window in which privacy masks of a camera are set and lifted."""

from __future__ import annotations

from tmcwall.texts import Text

OPEN = Text(id="Masker privasi…", en="Privacy masks…")
TITLE = Text(id="Masker privasi: {camera}", en="Privacy masks: {camera}")
HELP = Text(
    id="Tempat bermasker tidak terlihat pada petak, putar ulang, cuplikan, dan salinan di semua komputer. "
    "Rekaman asli tetap utuh. Mencabut masker perlu supervisor atau kepala.",
    en="Masked places are seen on no tile, replay, still or copy at any workstation. "
    "Recordings stay whole. Lifting a mask needs a supervisor or the head.",
)
NEW = Text(id="Masker baru (B)", en="New mask (B)")
LIFT = Text(id="Cabut (Del)", en="Lift (Del)")
AGAIN = Text(id="Gambar baru (F5)", en="New picture (F5)")
LIST = Text(id="Masker kamera ini", en="Masks of this camera")
LINE = Text(id="Masker {number}: {time}, {officer}", en="Mask {number}: {time}, {officer}")
WAITING = Text(id="Menunggu gambar kamera…", en="Waiting for a picture of the camera…")
SET = Text(id="Masker dipasang untuk semua komputer.", en="The mask is set for all workstations.")
