"""Two values of one thing, from two workstations, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.operation import Entity
from tmcwall.texts import (
    Text,
    console,
    contacts,
    footage_requests,
    incidents,
    lifecycle,
    repairs,
    review,
    wall_orders,
)

TITLE = Text(id="Isian yang berbeda", en="Differing entries")
EXPLANATION = Text(
    id="Dua petugas mengisi hal yang sama tanpa melihat isian satu sama lain. Yang berlaku adalah yang diterima server "
    "terakhir; yang lain tetap tersimpan. Bila yang lain itu benar, ubah dulu di tempatnya, lalu tandai sudah dilihat.",
    en="Two officers filled in the same thing without seeing each other's entry. The one that the server received last "
    "stands; the other is kept. If the other is right, change it in its place first, then mark it as seen.",
)
OPEN = Text(id="{count} isian berbeda", en="{count} differing entries")
OPEN_HELP = Text(
    id="Isian dua tempat kerja yang berbeda: lihat keduanya", en="Entries of two workstations that differ: see both"
)
NONE = Text(id="Tidak ada isian yang berbeda.", en="No entries differ.")
ABOUT = Text(id="Tentang", en="About")
FIELD = Text(id="Isian", en="Entry")
KEPT = Text(id="Yang berlaku", en="What stands")
OTHER = Text(id="Yang lain", en="The other")
GIVEN = Text(id="{value}\noleh NRP {actor}, {time}", en="{value}\nby NRP {actor}, {time}")
SEEN = Text(id="Sudah dilihat", en="Seen")
SEEN_HELP = Text(
    id="Kedua isian sudah dilihat. Dicatat atas nama petugas jaga; yang berlaku tetap berlaku.",
    en="Both entries were looked at. Recorded in the name of the officer on duty; what stands still stands.",
)
CLOSE = Text(id="Tutup", en="Close")
EMPTY = Text(id="(kosong)", en="(empty)")
YES = Text(id="ya", en="yes")
NO = Text(id="tidak", en="no")
SAME = Text(id="(data pribadi, sama)", en="(about a person, the same)")
DIFFERENT = Text(id="(data pribadi, berbeda)", en="(about a person, not the same)")
WITHHELD = Text(id="(data pribadi, tidak ditampilkan di sini)", en="(about a person, not shown here)")

ENTITIES: Final[Mapping[Entity, Text]] = {
    Entity.CASE: Text(id="Perkara {subject}", en="Case {subject}"),
    Entity.BOOKMARK: Text(id="Penanda {subject}", en="Bookmark {subject}"),
    Entity.CLIP: Text(id="Klip {subject}", en="Clip {subject}"),
    Entity.INCIDENT: Text(id="Kejadian {subject}", en="Incident {subject}"),
    Entity.INCIDENT_NOTE: Text(id="Catatan kejadian {subject}", en="Note on incident {subject}"),
    Entity.CAMERA: Text(id="Kamera {subject}", en="Camera {subject}"),
    Entity.CAMERA_STANDING: Text(id="Pemakaian kamera {subject}", en="Use of camera {subject}"),
    Entity.PLANNED_OUTAGE: Text(id="Padam terencana {subject}", en="Planned outage {subject}"),
    Entity.SHARED_LAYOUT: Text(id="Tata letak {subject}", en="Layout {subject}"),
    Entity.CONTACT: Text(id="Kontak {subject}", en="Contact {subject}"),
    Entity.WALL_ORDER: Text(id="Kiriman ke dinding {subject}", en="Order for the walls of {subject}"),
    Entity.FOOTAGE_REQUEST: Text(id="Permintaan rekaman kepada {subject}", en="Request for footage to {subject}"),
    Entity.BASKET_ITEM: Text(id="Isi keranjang perkara {subject}", en="Basket of case {subject}"),
    Entity.NEIGHBOURHOOD: Text(id="Wilayah {subject}", en="Neighbourhood {subject}"),
    Entity.LANDMARK: Text(id="Tempat {subject}", en="Landmark {subject}"),
    Entity.CAMERA_CALIBRATION: Text(id="Titik tanah kamera {subject}", en="Ground points of camera {subject}"),
    Entity.ANNOTATION: Text(id="Anotasi pada penanda {subject}", en="Annotation on bookmark {subject}"),
    Entity.PRIVACY_MASK: Text(id="Masker privasi kamera {subject}", en="Privacy mask of camera {subject}"),
    Entity.REPAIR: Text(id="Perbaikan kamera {subject}", en="Repair of cameras {subject}"),
}

FIELDS: Final[Mapping[str, Text]] = {
    "lp_date": Text(id="tanggal LP", en="date of the LP"),
    "difficulty": Text(id="tingkat kesulitan", en="difficulty"),
    "stage": Text(id="tahap", en="stage"),
    "investigation_started": Text(id="tanggal Sprindik", en="date of the Sprindik"),
    "last_letter": Text(id="SP2HP terakhir", en="last SP2HP"),
    "forced_reason": Text(id="alasan nomor lama", en="reason for the old number"),
    "camera_name": Text(id="nama kamera", en="camera's name"),
    "starts_at": Text(id="awal", en="start"),
    "ends_at": Text(id="akhir", en="end"),
    "note": Text(id="catatan", en="note"),
    "case_id": Text(id="perkara", en="case"),
    "incident_id": Text(id="kejadian", en="incident"),
    "held": Text(id="ditahan dari penghapusan", en="held from deletion"),
    "state": Text(id="keadaan klip", en="clip's state"),
    "path": Text(id="nama berkas", en="file name"),
    "sha256": Text(id="hash berkas", en="file's hash"),
    "stream_sha256": Text(id="hash aliran", en="stream's hash"),
    "size_bytes": Text(id="ukuran", en="size"),
    "first_packet_at": Text(id="paket pertama", en="first packet"),
    "last_packet_at": Text(id="paket terakhir", en="last packet"),
    "packets": Text(id="jumlah paket", en="packets"),
    "packets_lost": Text(id="paket hilang", en="packets lost"),
    "failure": Text(id="sebab gagal", en="why it failed"),
    "asked_from": Text(id="diminta dari", en="asked from"),
    "asked_until": Text(id="diminta sampai", en="asked until"),
    "gaps": Text(id="celah", en="gaps"),
    "sequence": Text(id="nomor urut", en="sequence number"),
    "type": Text(id="jenis", en="type"),
    "severity": Text(id="tingkat", en="severity"),
    "certainty": Text(id="kepastian", en="certainty"),
    "status": Text(id="status", en="status"),
    "drill": Text(id="latihan", en="drill"),
    "place": Text(id="tempat", en="place"),
    "text": Text(id="uraian", en="description"),
    "called_at": Text(id="waktu laporan", en="time of the call"),
    "received_at": Text(id="waktu diterima", en="time received"),
    "acknowledged_at": Text(id="waktu diterima petugas", en="time accepted"),
    "acknowledged_by": Text(id="diterima oleh", en="accepted by"),
    "dispatched_at": Text(id="waktu ditugaskan", en="time dispatched"),
    "on_scene_at": Text(id="waktu tiba", en="time on scene"),
    "closed_at": Text(id="waktu ditutup", en="time closed"),
    "reporter_name": Text(id="nama pelapor", en="reporter's name"),
    "reporter_phone": Text(id="telepon pelapor", en="reporter's telephone"),
    "unit": Text(id="satuan", en="unit"),
    "id": Text(id="identitas", en="identity"),
    "written_at": Text(id="waktu ditulis", en="time written"),
    "author": Text(id="penulis", en="author"),
    "name": Text(id="nama", en="name"),
    "url": Text(id="alamat", en="address"),
    "substream_url": Text(id="alamat substream", en="address of the substream"),
    "owner": Text(id="pemilik", en="owner"),
    "adm4": Text(id="kode kelurahan", en="code of the kelurahan"),
    "rw": Text(id="RW", en="RW"),
    "rt": Text(id="RT", en="RT"),
    "position": Text(id="letak", en="position"),
    "view": Text(id="arah pandang", en="view"),
    "record": Text(id="rekaman", en="recording"),
    "transport": Text(id="cara kirim", en="transport"),
    "mount": Text(id="dudukan", en="mount"),
    "retention": Text(id="lama simpan perekam", en="how long the recorder keeps"),
    "standing": Text(id="status pemakaian", en="standing"),
    "changed": Text(id="keputusan status", en="decision on the standing"),
    "quarantine": Text(id="karantina", en="quarantine"),
    "camera_ids": Text(id="kamera", en="cameras"),
    "reason": Text(id="alasan", en="reason"),
    "cancelled": Text(id="dibatalkan", en="cancelled"),
    "pages": Text(id="isi dinding", en="what the walls show"),
    "shared": Text(id="dibagikan", en="shared"),
    "role": Text(id="peran", en="role"),
    "contact_name": Text(id="nama kontak", en="contact's name"),
    "contact_phone": Text(id="telepon kontak", en="contact's telephone"),
    "camera_id": Text(id="kamera", en="camera"),
    "bookmark_id": Text(id="penanda", en="bookmark"),
    "part": Text(id="bagian", en="part"),
    "added_by": Text(id="dimasukkan oleh", en="put in by"),
    "added_at": Text(id="dimasukkan pada", en="put in at"),
    "exported_at": Text(id="diekspor pada", en="exported at"),
    "exported_by": Text(id="diekspor oleh", en="exported by"),
    "exported_package": Text(id="paket bukti", en="evidence package"),
    "removed": Text(id="dihapus", en="removed"),
    "x": Text(id="tepi kiri", en="left edge"),
    "y": Text(id="tepi atas", en="upper edge"),
    "to_x": Text(id="tepi kanan", en="right edge"),
    "to_y": Text(id="tepi bawah", en="lower edge"),
    "altered_at": Text(id="diubah pada", en="altered at"),
    "lifted": Text(id="dicabut", en="lifted"),
    "taken_back": Text(id="ditarik kembali", en="taken back"),
    "outcome": Text(id="hasil", en="outcome"),
    "due_on": Text(id="batas jawaban", en="answer due"),
    "letter_number": Text(id="nomor surat", en="number of the letter"),
    "answer": Text(id="jawaban", en="answer"),
    "answered_on": Text(id="dijawab tanggal", en="answered on"),
    "answer_words": Text(id="isi jawaban", en="what was answered"),
    "handover_number": Text(id="nomor berita acara", en="number of the handover record"),
    "handover_on": Text(id="diserahkan tanggal", en="handed over on"),
    "letter_received_by": Text(id="penerima surat", en="who received the letter"),
    "letter_received_on": Text(id="surat diterima tanggal", en="letter received on"),
    "files": Text(id="berkas yang diterima", en="files received"),
    "cause": Text(id="sebab", en="cause"),
    "words": Text(id="keterangan", en="remark"),
    "told": Text(id="yang diberi tahu", en="who was told"),
    "told_on": Text(id="diberi tahu tanggal", en="told on"),
    "done_on": Text(id="selesai tanggal", en="done on"),
    "done_words": Text(id="yang dikerjakan", en="what was done"),
    "withdrawn": Text(id="ditarik", en="withdrawn"),
    "area": Text(id="letak dan batas", en="place and boundary"),
    "rts": Text(id="RT di dalamnya", en="its RT"),
    "population": Text(id="jumlah penduduk", en="population"),
    "kind": Text(id="jenis tempat", en="kind of place"),
    "radius_m": Text(id="jari-jari", en="radius"),
    "synonyms": Text(id="nama lain", en="other names"),
    "points": Text(id="titik tanah", en="ground points"),
    "set_at": Text(id="ditetapkan pada", en="set at"),
    "set_by": Text(id="ditetapkan oleh", en="set by"),
}
"""By the field's name in the domain."""

CHOICES: Final[Mapping[str, Mapping[str, Text]]] = {
    "difficulty": {choice.value: text for choice, text in review.DIFFICULTIES.items()},
    "stage": {choice.value: text for choice, text in review.STAGES.items()},
    "state": {choice.value: text for choice, text in review.CLIP_STATES.items()},
    "type": {choice.value: text for choice, text in incidents.TYPES.items()},
    "severity": {choice.value: text for choice, text in incidents.SEVERITIES.items()},
    "certainty": {choice.value: text for choice, text in incidents.CERTAINTIES.items()},
    "status": {choice.value: text for choice, text in incidents.STATUSES.items()},
    "drill": {choice.value: text for choice, text in incidents.DRILLS.items()},
    "owner": {choice.value: text for choice, text in console.OWNERS.items()},
    "standing": {choice.value: text for choice, text in lifecycle.STANDINGS.items()},
    "role": {choice.value: text for choice, text in contacts.ROLES.items()},
    "outcome": {choice.value: text for choice, text in wall_orders.OUTCOMES.items()},
    "cause": {choice.value: text for choice, text in repairs.CAUSES.items()},
    "answer": {choice.value: text for choice, text in footage_requests.ANSWERS.items()},
}
"""By the field's name, and the value as an operation holds it."""

WITHHELD_FIELDS: Final = frozenset({"reporter_name", "reporter_phone", "contact_name", "contact_phone"})
"""A reporter is named only where incidents are worked on (domain notes R42), a contact only in the directory."""
