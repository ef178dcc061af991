"""The register of letters (SP2HP and others) and the forms of a letter, in words. Letters themselves are Indonesian."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.case import Difficulty, Stage
from tmcwall.domain.letter import LetterItem, LetterKind, LetterState
from tmcwall.domain.letter_number import Secrecy
from tmcwall.domain.sp2hp import LetterCode
from tmcwall.texts import Text

TITLE = Text(id="Surat dan SP2HP", en="Letters and SP2HP")
EXPLANATION = Text(
    id="Pengingat internal menurut preset kesatuan; bukan tenggat hukum. tmcwall menyusun dan mencatat surat, tidak "
    "mengirimkannya.",
    en="Internal reminders by the unit's preset; not legal deadlines. tmcwall drafts and registers letters; it sends "
    "none.",
)
NOT_ALLOWED = Text(
    id="Hanya untuk petugas yang boleh mengubah perkara: masuklah sebagai penyidik atau supervisor.",
    en="For officers who may edit cases only: sign in as investigator or supervisor.",
)
SUMMARY = Text(
    id="{late} terlambat · {today} jatuh tempo hari ini · {open} perkara berjalan",
    en="{late} late · {today} due today · {open} open cases",
)
CLOSE = Text(id="Tutup", en="Close")

CASES = Text(id="Perkara menurut jatuh tempo SP2HP", en="Cases by when an SP2HP is due")
LP = Text(id="LP", en="LP")
STAGE = Text(id="Tahap", en="Stage")
NEXT_LETTER = Text(id="Surat berikutnya", en="Next letter")
DUE = Text(id="Jatuh tempo (internal)", en="Due (internal)")
LAST_LETTER = Text(id="SP2HP terakhir", en="Last SP2HP")
NO_LETTER = Text(id="tidak ada", en="none")
PROGRESS_LETTER = Text(id="perkembangan", en="progress")
DRAFT = Text(id="Buat surat", en="Draft a letter")
CASE_FACTS = Text(id="Data perkara", en="Case data")

REGISTER = Text(id="Register surat", en="Register of letters")
NUMBER = Text(id="Nomor", en="Number")
KIND = Text(id="Surat", en="Letter")
NTH = Text(id="Ke", en="No.")
ADDRESSEE = Text(id="Kepada", en="To")
STATE = Text(id="Keadaan", en="State")
ISSUED_ON = Text(id="Dikeluarkan", en="Issued")
RECEIPT = Text(id="Tanda terima", en="Receipt")
CLIPS = Text(id="Klip pendukung", en="Supporting clips")
RECEIVED = Text(id="{name}, {date}", en="{name}, {date}")
CANCELLED_BECAUSE = Text(id="batal: {reason}", en="cancelled: {reason}")
SIGNED = Text(id="Bertanda tangan", en="Signed")
SIGNED_BY = Text(id="utuh: {signers}", en="intact: {signers}")
SIGNED_ALTERED = Text(id="BERUBAH sesudah ditandatangani: {signers}", en="ALTERED after it was signed: {signers}")
SIGNED_BY_HAND = Text(id="tanpa tanda tangan elektronik", en="no electronic signature")
SIGNED_UNKNOWN = Text(id="tidak dapat diperiksa", en="could not be examined")
SIGNER = Text(
    id="{signer}, waktu menurut penanda tangan: {at}, sertifikat dari {issuer}",
    en="{signer}, time by the signer: {at}, certificate of {issuer}",
)
SIGNED_HELP = Text(
    id="Utuh berarti isinya tidak berubah sejak ditandatangani. Siapa yang menjamin penanda tangan tidak diperiksa.",
    en="Intact means that nothing has changed since it was signed. Who vouches for the signer is not looked at.",
)
OPEN_DOCX = Text(id="Buka di Word", en="Open in Word")
OPEN_PDF = Text(id="Buka PDF", en="Open the PDF")
OPEN_SIGNED = Text(id="Buka yang bertanda tangan", en="Open the signed one")
ISSUE = Text(id="Keluarkan", en="Issue")
RECEIVE = Text(id="Catat tanda terima", en="Record the receipt")
ATTACH = Text(id="Lampirkan PDF bertanda tangan", en="Attach the signed PDF")
CANCEL_LETTER = Text(id="Batalkan surat", en="Cancel the letter")

DRAFTED = Text(
    id="Surat {number} dibuat. Periksa halamannya sebelum dicetak.", en="Letter {number} was made. Look at it."
)
CHECK_IN_WORD = Text(
    id="Surat {number} dibuat. Periksa di Word: {remarks}", en="Letter {number} was made. Check it in Word: {remarks}"
)
CHANGED = Text(id="Surat {number}: {state}.", en="Letter {number}: {state}.")
CASE_CHANGED = Text(id="Data perkara disimpan.", en="The data of the case were saved.")
LACKING = Text(id="Surat belum dapat dibuat. Yang kurang: {items}.", en="The letter cannot be made. Missing: {items}.")
NAMES = Text(
    id="Surat menyebut orang yang bukan pelapor dan bukan polisi: {names}. Hapus, atau isi alasannya di bawah.",
    en="The letter names somebody who is neither the reporter nor the police: {names}. Take it out, or give a reason.",
)
TEMPLATE_REFUSED = Text(
    id="Templat {name} milik kesatuan tidak dapat dipakai. Kurang: {missing}. Tidak dikenal: {unknown}.",
    en="The unit's template {name} cannot be used. Missing: {missing}. Unknown: {unknown}.",
)
NOTHING = Text(id="-", en="-")

FORM_TITLE = Text(id="Surat untuk {lp}", en="Letter for {lp}")
CODE = Text(id="Kode SP2HP", en="SP2HP code")
SEQUENCE = Text(id="Nomor urut", en="Running number")
DAY = Text(id="Tanggal surat", en="Date of the letter")
SECRECY = Text(id="Klasifikasi", en="Classification")
ARCHIVE_CODE = Text(id="Klasifikasi arsip (misalnya RES.1.8.)", en="Archive code (such as RES.1.8.)")
ADDRESS = Text(id="Alamat", en="Address")
MATTER = Text(id="Pokok perkara, atau rekaman yang dimaksud", en="The matter, or which footage")
ACTIONS = Text(id="Tindakan yang telah dilakukan dan hasilnya", en="What was done and what came of it")
OBSTACLES = Text(id="Hambatan (tulis “tidak ada” bila tidak ada)", en="Obstacles (write “none” if there are none)")
PLAN = Text(id="Rencana tindak lanjut", en="What is planned")
SPRINDIK = Text(id="Nomor dan tanggal Sprindik", en="Number and date of the Sprindik")
REFERENCES = Text(id="Rujukan lain, satu per baris", en="Further references, one a line")
ATTACHMENTS = Text(id="Lampiran", en="Attachments")
INVESTIGATOR_NAME = Text(id="Nama penyidik", en="Investigator's name")
INVESTIGATOR_RANK = Text(id="Pangkat penyidik", en="Investigator's rank")
INVESTIGATOR_NRP = Text(id="NRP penyidik", en="Investigator's NRP")
PHONE = Text(id="Telepon penyidik", en="Investigator's telephone")
EMAIL = Text(id="Surel penyidik", en="Investigator's e-mail")
SIGNER_CAPACITY = Text(id="Jabatan penanda tangan, baris demi baris", en="Capacity of the signer, line by line")
SIGNER_NAME = Text(id="Nama penanda tangan", en="Signer's name")
SIGNER_RANK = Text(id="Pangkat penanda tangan", en="Signer's rank")
SIGNER_NRP = Text(id="NRP penanda tangan", en="Signer's NRP")
NAMES_REASON = Text(
    id="Alasan menyebut orang lain (bila perlu; dicatat)", en="Reason to name others (if needed; recorded)"
)
MAKE = Text(id="Buat surat", en="Make the letter")
ABANDON = Text(id="Batal", en="Cancel")

LP_DATE = Text(id="Tanggal LP", en="Date of the LP")
DIFFICULTY = Text(id="Tingkat kesulitan", en="Difficulty")
SPRINDIK_DATE = Text(id="Tanggal Sprindik", en="Date of the Sprindik")
KNOWN = Text(id="ada", en="known")
SAVE = Text(id="Simpan", en="Save")
FACTS_TITLE = Text(id="Data perkara {lp}", en="Data of case {lp}")

STEP_DAY = Text(id="Tanggal", en="Date")
RECEIVED_BY = Text(id="Nama penerima", en="Received by")
REASON = Text(id="Alasan", en="Reason")
CHOOSE_PDF = Text(id="Pilih PDF surat yang sudah ditandatangani", en="Choose the PDF of the signed letter")

KINDS: Final[Mapping[LetterKind, Text]] = {
    LetterKind.SP2HP: Text(id="SP2HP", en="SP2HP"),
    LetterKind.FOOTAGE_REQUEST: Text(id="Permohonan rekaman", en="Request for footage"),
    LetterKind.HANDOVER: Text(id="Berita acara penyerahan", en="Record of a handover"),
    LetterKind.AVAILABILITY: Text(id="Keterangan ketersediaan", en="Availability certificate"),
}
CODES: Final[Mapping[LetterCode, Text]] = {
    LetterCode.A1: Text(id="A1: penelitian laporan", en="A1: the report is looked into"),
    LetterCode.A2: Text(id="A2: menurut arti kesatuan", en="A2: as the unit means it"),
    LetterCode.A3: Text(id="A3: naik ke penyidikan", en="A3: became an investigation"),
    LetterCode.A4: Text(id="A4: perkembangan penyidikan", en="A4: progress of the investigation"),
    LetterCode.A5: Text(id="A5: dihentikan", en="A5: stopped"),
}
STATES: Final[Mapping[LetterState, Text]] = {
    LetterState.DRAFTED: Text(id="konsep", en="drafted"),
    LetterState.ISSUED: Text(id="dikeluarkan", en="issued"),
    LetterState.CANCELLED: Text(id="dibatalkan", en="cancelled"),
}
STAGES: Final[Mapping[Stage, Text]] = {
    Stage.INQUIRY: Text(id="penyelidikan", en="inquiry"),
    Stage.INVESTIGATION: Text(id="penyidikan", en="investigation"),
    Stage.CLOSED: Text(id="selesai", en="closed"),
}
DIFFICULTIES: Final[Mapping[Difficulty, Text]] = {
    Difficulty.EASY: Text(id="ringan", en="easy"),
    Difficulty.MODERATE: Text(id="sedang", en="moderate"),
    Difficulty.HARD: Text(id="sulit", en="hard"),
    Difficulty.VERY_HARD: Text(id="sangat sulit", en="very hard"),
}
SECRECIES: Final[Mapping[Secrecy, Text]] = {
    Secrecy.ORDINARY: Text(id="biasa", en="ordinary"),
    Secrecy.RESTRICTED: Text(id="terbatas", en="restricted"),
    Secrecy.CONFIDENTIAL: Text(id="rahasia", en="confidential"),
}
ITEMS: Final[Mapping[LetterItem, Text]] = {
    LetterItem.HEAD: Text(id="kop surat (setelan letter_head)", en="head of letters (setting letter_head)"),
    LetterItem.PLACE: Text(id="kota (setelan letter_place)", en="town (setting letter_place)"),
    LetterItem.LP: Text(id="nomor LP", en="LP number"),
    LetterItem.LP_DATE: Text(id="tanggal LP (data perkara)", en="date of the LP (case data)"),
    LetterItem.CODE: Text(id="kode A1 sampai A5", en="code A1 to A5"),
    LetterItem.A2_MEANING: Text(
        id="arti A2 di kesatuan ini (setelan sp2hp_a2_meaning)",
        en="what A2 means at this station (setting sp2hp_a2_meaning)",
    ),
    LetterItem.SUBJECT: Text(id="perihal untuk kode itu (setelan)", en="subject of that code (settings)"),
    LetterItem.SPRINDIK: Text(id="nomor dan tanggal Sprindik", en="number and date of the Sprindik"),
    LetterItem.ADDRESSEE: Text(id="penerima surat", en="addressee"),
    LetterItem.ADDRESS: Text(id="alamat penerima", en="address"),
    LetterItem.MATTER: Text(id="pokok perkara", en="the matter"),
    LetterItem.ACTIONS: Text(id="tindakan dan hasilnya", en="what was done and its results"),
    LetterItem.OBSTACLES: Text(id="hambatan", en="obstacles"),
    LetterItem.PLAN: Text(id="rencana tindak lanjut", en="what is planned"),
    LetterItem.INVESTIGATOR: Text(id="nama dan NRP penyidik", en="investigator's name and NRP"),
    LetterItem.PHONE: Text(id="telepon penyidik", en="investigator's telephone"),
    LetterItem.EMAIL: Text(id="surel penyidik", en="investigator's e-mail"),
    LetterItem.SIGNER: Text(id="jabatan, nama, dan NRP penanda tangan", en="signer's capacity, name and NRP"),
    LetterItem.ARCHIVE_CODE: Text(id="klasifikasi arsip", en="archive code"),
    LetterItem.FOOTAGE: Text(id="klip pendukung", en="supporting clips"),
}
