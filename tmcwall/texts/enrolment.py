"""Enrolling workstations at the central server, in words: on screen and on the command line."""

from __future__ import annotations

from tmcwall.texts import Text

NOT_ENROLLED = Text(id="Tempat kerja ini belum terdaftar", en="This workstation is not enrolled")
REVOKED = Text(id="Pendaftaran tempat kerja ini dicabut", en="This workstation's enrolment was revoked")
KEY_CHANGED = Text(id="Server pusat memakai kunci lain", en="The central server has another key")
CODE = Text(id="Kode pendaftaran", en="Enrolment code")
ENROL = Text(id="Daftarkan", en="Enrol")
ENROLLING = Text(id="Mendaftarkan ...", en="Enrolling ...")

CODE_MADE = Text(
    id="Kode untuk {name}, sekali pakai, sampai {until}:", en="Code for {name}, to be used once, until {until}:"
)
CODE_SAID = Text(
    id="Isikan di tempat kerja itu, atau: tmcwall workstation enrol --code-file BERKAS",
    en="Enter it at that workstation, or: tmcwall workstation enrol --code-file FILE",
)
DESK_ENROLLED = Text(id="terdaftar {time} oleh {by}", en="enrolled {time} by {by}")
DESK_SEEN = Text(id="terakhir terlihat {time}", en="last seen {time}")
DESK_REVOKED = Text(id="dicabut {time} oleh {by}: {reason}", en="revoked {time} by {by}: {reason}")
DESK_ENDED = Text(
    id="{name} dicabut: ia keluar di mana-mana, dan tidak ada yang diterima darinya lagi.",
    en="{name} is revoked: it is signed out everywhere, and nothing is taken from it any more.",
)
WORKSTATION_ENROLLED = Text(
    id="Tempat kerja ini terdaftar sebagai {name}. Sidik kunci: {fingerprint}",
    en="This workstation is enrolled as {name}. Fingerprint of its key: {fingerprint}",
)
