"""What is sent to the walls of another workstation, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.wall_order import OrderOutcome
from tmcwall.texts import Text

TITLE = Text(id="Kirim ke dinding lain", en="Send to other walls")
EXPLANATION = Text(
    id="Dinding tempat kerja lain menampilkannya sampai waktunya habis atau ditarik kembali. Petak yang dikunci di "
    "sana dan petak dengan kejadian tidak diganti.",
    en="The walls of another workstation show it until its time is over or it is taken back. Tiles that are locked "
    "there and tiles with an incident are not replaced.",
)
DESK = Text(id="Tempat kerja", en="Workstation")
NO_DESK = Text(
    id="Belum ada tempat kerja lain yang terdaftar di server.", en="No other workstation is enrolled at the server yet."
)
WALL = Text(id="Dinding", en="Wall")
WHAT = Text(id="Yang dikirim", en="What is sent")
LAYOUT = Text(id="Semua dinding di sini", en="All walls here")
PAGE = Text(id="Dinding yang dipilih", en="The selected wall")
CAMERA = Text(id="Kamera yang dipilih", en="The selected camera")
DURATION = Text(id="Selama", en="For")
MINUTES = Text(id="{count} menit", en="{count} minutes")
SEND = Text(id="Kirim", en="Send")
TAKE_BACK = Text(id="Tarik kembali", en="Take back")
CLOSE = Text(id="Tutup", en="Close")
NOTHING_SELECTED = Text(id="Pilih dulu sebuah petak dengan kamera.", en="Select a tile with a camera first.")
TO = Text(id="Ke", en="To")
SENT = Text(id="Dikirim", en="Sent")
ENDS = Text(id="Sampai", en="Until")
OUTCOME = Text(id="Hasil", en="Outcome")
TAKEN_BACK = Text(id="ditarik kembali", en="taken back")
OVER = Text(id="waktunya habis", en="time is over")
NONE = Text(id="Belum ada kiriman.", en="Nothing was sent yet.")

SHOWN_HERE = Text(
    id="Kiriman dari {sender}, {desk}, sampai {until}. Yang semula ada di sini tampil lagi sesudahnya.",
    en="Sent by {sender}, {desk}, until {until}. What was here before is shown again afterwards.",
)
SHOWN_IN_PART = Text(id=" {count} kamera tidak mendapat petak.", en=" {count} cameras found no tile.")
PUT_BACK = Text(id="Kembalikan", en="Put back")
ON_WALL = Text(id="Kiriman {sender}, {desk}, sampai {until}", en="Sent by {sender}, {desk}, until {until}")
SENDER = Text(id="NRP {nrp}", en="NRP {nrp}")
SENDER_NAMED = Text(id="{name} (NRP {nrp})", en="{name} (NRP {nrp})")

OUTCOMES: Final[Mapping[OrderOutcome, Text]] = {
    OrderOutcome.SENT: Text(id="dikirim, belum ada jawaban", en="sent, no answer yet"),
    OrderOutcome.SHOWN: Text(id="ditampilkan", en="shown"),
    OrderOutcome.IN_PART: Text(id="ditampilkan sebagian", en="shown in part"),
    OrderOutcome.NO_PLACE: Text(id="tidak ada petak bebas", en="no free tile"),
    OrderOutcome.LATE: Text(id="terlambat sampai", en="came too late"),
    OrderOutcome.DISMISSED: Text(id="dikembalikan petugas di sana", en="put back by the officer there"),
}
