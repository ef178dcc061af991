"""Cameras put out of use and into use again: the entries of the menu, the form, and what a tip says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tmcwall.domain.camera import Standing
from tmcwall.texts import Text

QUARANTINE = Text(id="Karantina kamera…", en="Quarantine camera…")
LIFT = Text(id="Cabut karantina…", en="Lift quarantine…")
CHANGE_STANDING = Text(id="Ubah status kamera…", en="Change camera's standing…")


@dataclass(frozen=True, slots=True)
class FormText:
    """`title` and `explanation` head the form, `confirm` is its button, `done` is said when it is committed."""

    title: Text
    explanation: Text
    confirm: Text
    done: Text


QUARANTINE_FORM: Final = FormText(
    Text(id="Karantina: {camera}", en="Quarantine: {camera}"),
    Text(
        id="Gambar kamera seketika hilang dari semua petak dan tidak direkam. Hanya supervisor yang dapat mencabutnya.",
        en="The camera's picture goes from every tile at once and is not recorded. Only a supervisor can lift it.",
    ),
    Text(id="Karantina", en="Quarantine"),
    Text(id="{camera} dikarantina.", en="{camera} is quarantined."),
)
LIFT_FORM: Final = FormText(
    Text(id="Cabut karantina: {camera}", en="Lift quarantine: {camera}"),
    Text(id="Kamera boleh ditampilkan dan direkam lagi.", en="The camera may be shown and recorded again."),
    Text(id="Cabut", en="Lift"),
    Text(id="Karantina {camera} dicabut.", en="The quarantine of {camera} is lifted."),
)
STANDING_FORM: Final = FormText(
    Text(id="Status: {camera}", en="Standing: {camera}"),
    Text(
        id="Hanya kamera berstatus aktif atau uji coba yang ditampilkan dan direkam di komputer ini.",
        en="Only cameras that are active or on trial are shown and recorded on this computer.",
    ),
    Text(id="Simpan", en="Save"),
    Text(id="Status {camera} diubah.", en="The standing of {camera} is changed."),
)

STANDING = Text(id="Status kamera", en="Standing of the camera")
REASON = Text(id="Alasan", en="Reason")
REASON_HINT = Text(id="Alasan, dicatat atas nama Anda", en="Reason, recorded in your name")
CANCEL = Text(id="Batal", en="Cancel")
DECIDED = Text(
    id="{decision} sejak {time} oleh {officer}: {reason}", en="{decision} since {time} by {officer}: {reason}"
)
IN_QUARANTINE = Text(id="Karantina", en="Quarantine")

STANDINGS: Final[Mapping[Standing, Text]] = {
    Standing.CANDIDATE: Text(id="Calon", en="Candidate"),
    Standing.TRIAL: Text(id="Uji coba", en="On trial"),
    Standing.ACTIVE: Text(id="Aktif", en="Active"),
    Standing.SUSPENDED: Text(id="Padam terencana", en="Planned outage"),
    Standing.ENDED: Text(id="Tidak dipakai lagi", en="Retired"),
    Standing.REMOVED: Text(id="Dihapus", en="Removed"),
}
