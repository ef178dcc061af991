"""Who watched which camera, and the reason that some cameras ask for, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.oversight import OversightAction, Place
from tmcwall.texts import Text

TITLE = Text(id="Siapa melihat kamera", en="Who watched cameras")
EXPLANATION = Text(
    id="Catatan dari semua tempat kerja, disimpan server selama satu tahun. Pencarian ini juga dicatat.",
    en="Records of all workstations, kept by the server for a year. This search is recorded, too.",
)
NOT_ALLOWED = Text(
    id="Hanya untuk auditor dan kepala yang masuk lewat server.",
    en="For auditors and heads signed in at the server only.",
)
OFFICER = Text(id="NRP petugas", en="Officer's NRP")
CAMERA = Text(id="Id kamera", en="Camera id")
SINCE = Text(id="Dari tanggal", en="From")
UNTIL = Text(id="Sampai tanggal", en="Until")
SEARCH = Text(id="Cari", en="Search")
MORE = Text(id="Lebih lama", en="Older ones")
EXPORT = Text(id="Simpan CSV", en="Save CSV")
EXPORTED = Text(id="Disimpan ke {file}.", en="Saved to {file}.")
CLOSE = Text(id="Tutup", en="Close")
NONE = Text(id="Tidak ada catatan.", en="No records.")
FOUND = Text(id="{count} catatan", en="{count} records")

TIME = Text(id="Waktu", en="Time")
WHO = Text(id="Petugas", en="Officer")
WHAT = Text(id="Apa", en="What")
WHICH = Text(id="Kamera", en="Camera")
WHY = Text(id="Alasan", en="Reason")
WHERE = Text(id="Tempat kerja", en="Workstation")
CHAIN = Text(id="Rantai", en="Chain")

ACTIONS: Final[Mapping[OversightAction, Text]] = {
    OversightAction.VIEW_STARTED: Text(id="mulai melihat", en="began to watch"),
    OversightAction.VIEW_STOPPED: Text(id="berhenti melihat", en="stopped watching"),
    OversightAction.WATCHING: Text(id="masih melihat", en="watching still"),
    OversightAction.CAMERA_SEEN: Text(id="melihat langsung", en="saw it live"),
    OversightAction.REASON_GIVEN: Text(id="memberi alasan", en="gave a reason"),
    OversightAction.EVIDENCE_EXPORTED: Text(id="mengekspor bukti", en="exported evidence"),
    OversightAction.COPY_MADE: Text(id="membuat salinan klip", en="made a copy of a clip"),
    OversightAction.COPY_RELEASED: Text(id="melepas salinan tersamar", en="released a redacted copy"),
    OversightAction.PICTURE_TAKEN: Text(id="menyimpan gambar saat menguji", en="saved a picture while testing"),
    OversightAction.WORKSTATION_EXPORTED: Text(id="mengekspor tempat kerja", en="exported the workstation"),
}
PLACES: Final[Mapping[str, Text]] = {
    Place.TILE: Text(id="petak", en="tile"),
    Place.FULL_SCREEN: Text(id="layar penuh", en="full screen"),
    Place.REPLAY: Text(id="rekaman", en="replay"),
    Place.CLIP: Text(id="klip", en="clip"),
    "still": Text(id="gambar diam", en="still"),
    "viewing-copy": Text(id="salinan tonton", en="viewing copy"),
    "redacted-copy": Text(id="salinan tersamar", en="redacted copy"),
}
ACTION_IN = Text(id="{action} ({place})", en="{action} ({place})")
LINKS: Final[Mapping[str, Text]] = {
    "whole": Text(id="utuh", en="whole"),
    "gap": Text(id="ada yang hilang sebelumnya", en="rows before it are missing"),
    "differs": Text(id="tidak menyambung", en="does not follow"),
}

REASON_TITLE = Text(id="Kamera bank atau swasta", en="Camera of a bank or a private owner")
REASON_EXPLANATION = Text(
    id="Kamera milik bank atau swasta sedang dilihat: {cameras}. Mengapa? Alasan ini berlaku untuk giliran jaga ini "
    "dan dicatat.",
    en="Cameras of banks or private owners are being watched: {cameras}. Why? The reason counts for this shift and is "
    "recorded.",
)
REASON = Text(id="Alasan melihat", en="Reason for watching")
REASON_SAVE = Text(id="Catat", en="Record")
AND_MORE = Text(id="{cameras} dan {count} lagi", en="{cameras} and {count} more")
