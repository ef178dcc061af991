"""The directory of contacts, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.contact import ContactRole
from tmcwall.texts import Text

TITLE = Text(id="Kontak wilayah", en="Neighbourhood contacts")
EXPLANATION = Text(
    id="Siapa yang dihubungi tentang suatu wilayah atau kamera. Sama di semua tempat kerja. Nama dan telepon adalah "
    "data pribadi: hanya untuk petugas jaga yang berhak.",
    en="Who is called about a neighbourhood or a camera. The same at all workstations. Names and telephones are "
    "personal data: only for officers on duty who may see them.",
)
ROLE = Text(id="Peran", en="Role")
PLACE = Text(id="Wilayah atau kamera", en="Neighbourhood or camera")
NAME = Text(id="Nama", en="Name")
PHONE = Text(id="Telepon", en="Telephone")
ADM4 = Text(id="Kode kelurahan", en="Code of the kelurahan")
RW = Text(id="RW", en="RW")
RT = Text(id="RT", en="RT")
CAMERA = Text(id="Id kamera (untuk pemilik)", en="Camera id (of an owner)")
HIDDEN = Text(id="(tidak ditampilkan)", en="(not shown)")
SEARCH = Text(id="Cari wilayah, kamera, nama", en="Find a neighbourhood, camera, name")
SELECTED = Text(id="Kontak untuk {camera}", en="Contacts for {camera}")
ALL = Text(id="Tampilkan semua", en="Show all")
ADD = Text(id="Tambah", en="Add")
REMOVE = Text(id="Hapus", en="Remove")
CLOSE = Text(id="Tutup", en="Close")
NONE = Text(id="Belum ada kontak.", en="No contacts yet.")
SAVED = Text(id="Kontak disimpan.", en="Contact saved.")

ROLES: Final[Mapping[ContactRole, Text]] = {
    ContactRole.POLISI_RW: Text(id="Polisi RW", en="RW police officer"),
    ContactRole.BHABINKAMTIBMAS: Text(id="Bhabinkamtibmas", en="Community police officer"),
    ContactRole.POLSEK: Text(id="Polsek", en="Polsek"),
    ContactRole.KETUA_RW: Text(id="Ketua RW", en="Head of the RW"),
    ContactRole.KETUA_RT: Text(id="Ketua RT", en="Head of the RT"),
    ContactRole.OWNER: Text(id="Pemilik kamera", en="Camera's owner"),
}
