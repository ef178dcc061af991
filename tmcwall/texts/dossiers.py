"""Papers of private cameras, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.camera_dossier import Lack
from tmcwall.texts import Text

OPEN = Text(id="Berkas kamera…", en="Camera's papers…")
TITLE = Text(id="Berkas kamera: {camera}", en="Papers of {camera}")
AGREEMENT = Text(id="Nomor MoU atau SE", en="Number of the MoU or circular")
AGREED_ON = Text(id="Tanggal", en="Date")
PUT_AGREEMENT = Text(id="&Simpan dengan berkasnya…", en="&Save with its file…")
CHOOSE_AGREEMENT = Text(id="Pilih berkas perjanjian yang ditandatangani", en="Choose the signed agreement")
AGREED = Text(id="Perjanjian {number}, {day}, sidik {sha256}…", en="Agreement {number}, {day}, hash {sha256}…")
NOT_AGREED = Text(id="Belum ada perjanjian.", en="There is no agreement yet.")
CHECKS = Text(id="Penilaian privasi", en="Privacy checks")
OFFICER = Text(id="Petugas", en="Officer")
JUDGED_AT = Text(id="Waktu ({zone})", en="Time ({zone})")
STILL = Text(id="Gambar", en="Still")
JUDGEMENT = Text(id="Penilaian", en="Judgement")
PUBLIC = Text(id="hanya tempat umum", en="public places only")
NOT_PUBLIC = Text(id="ada yang bukan tempat umum", en="shows what is not public")
WORDS = Text(id="Keterangan", en="Remark")
CHOOSE_STILL = Text(id="Buka &gambar acuan…", en="Open the reference &still…")
JUDGE_PUBLIC = Text(id="&Hanya tempat umum", en="&Public places only")
JUDGE_NOT = Text(id="&Bukan hanya tempat umum", en="&Not public places only")
CLOSE = Text(id="&Tutup", en="C&lose")
COMPLETE = Text(id="Lengkap: kamera boleh diaktifkan.", en="Complete: the camera may be made active.")
LACKING = Text(id="Kurang: {lacks}", en="Lacking: {lacks}")
LACKS: Final[Mapping[Lack, Text]] = {
    Lack.AGREEMENT: Text(id="perjanjian dengan berkasnya", en="the agreement with its file"),
    Lack.CHECKS: Text(
        id="penilaian dua petugas berbeda atas gambar yang sama", en="two officers' judgement of the same still"
    ),
    Lack.PRIVATE_VIEW: Text(
        id="gambar terakhir memuat yang bukan tempat umum", en="the last still shows what is not public"
    ),
}
