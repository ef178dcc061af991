"""The settings of letters (SP2HP and others) and of their internal reminders: how this station writes them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, field_validator
from pydantic_core import PydanticCustomError

from tmcwall.domain.case import Difficulty
from tmcwall.domain.letter import LetterStation
from tmcwall.domain.letter_number import LARGEST_SEQUENCE, is_number_format
from tmcwall.domain.settings_fault import SettingReason
from tmcwall.domain.sp2hp import A2Meaning, LetterCode, Preset, ReminderRules
from tmcwall.setting_help import SettingHelp

_Days = Annotated[int, Field(ge=1, le=366)]


class LetterSettings(BaseModel):
    """A part of `Settings`."""

    sp2hp_preset: Annotated[
        Literal["klasik", "bulanan", "perkembangan"],
        SettingHelp(
            "Aturan pengingat internal SP2HP: klasik, bulanan, atau perkembangan. Bukan tenggat hukum.",
            "Rule of the internal SP2HP reminders. Not a legal deadline.",
        ),
    ] = "klasik"
    sp2hp_first_letter_days: Annotated[
        int,
        Field(ge=0, le=366),
        SettingHelp(
            "Pengingat klasik: hari sejak LP sampai surat pertama (A1).",
            "Preset klasik: days from the LP to the first letter (A1).",
        ),
    ] = 3
    sp2hp_inquiry_days: Annotated[
        tuple[_Days, _Days, _Days, _Days],
        SettingHelp(
            "Pengingat klasik: hari antara dua surat dalam penyelidikan untuk perkara ringan, sedang, sulit, dan sangat"
            " sulit.",
            "Preset klasik: days between two letters of an inquiry, for the four difficulties.",
        ),
    ] = (14, 14, 30, 30)
    sp2hp_days_easy: Annotated[
        tuple[_Days, ...],
        Field(max_length=24),
        SettingHelp(
            "Pengingat klasik: hari sejak Sprindik untuk perkara ringan.",
            "Preset klasik: days from the Sprindik, for easy cases.",
        ),
    ] = (10, 20, 30)
    sp2hp_days_moderate: Annotated[
        tuple[_Days, ...],
        Field(max_length=24),
        SettingHelp(
            "Pengingat klasik: hari sejak Sprindik untuk perkara sedang.",
            "Preset klasik: days from the Sprindik, for moderate cases.",
        ),
    ] = (15, 30, 45, 60)
    sp2hp_days_hard: Annotated[
        tuple[_Days, ...],
        Field(max_length=24),
        SettingHelp(
            "Pengingat klasik: hari sejak Sprindik untuk perkara sulit.",
            "Preset klasik: days from the Sprindik, for hard cases.",
        ),
    ] = (15, 30, 45, 60, 75, 90)
    sp2hp_days_very_hard: Annotated[
        tuple[_Days, ...],
        Field(max_length=24),
        SettingHelp(
            "Pengingat klasik: hari sejak Sprindik untuk perkara sangat sulit.",
            "Preset klasik: days from the Sprindik, for very hard cases.",
        ),
    ] = (20, 40, 60, 80, 100, 120)
    sp2hp_silent_days: Annotated[
        int,
        Field(ge=1, le=366),
        SettingHelp(
            "Pengingat perkembangan: hari tanpa surat dalam penyidikan sampai diingatkan.",
            "Preset perkembangan: days without a letter in an investigation before the reminder.",
        ),
    ] = 30
    sp2hp_a2_meaning: Annotated[
        Literal["", "berlanjut", "dihentikan"],
        SettingHelp(
            "Arti SP2HP A2 di kesatuan ini: berlanjut (penyelidikan belum dapat ditingkatkan) atau dihentikan"
            " (penyelidikan dihentikan). Kosong: belum dipilih, dan surat A2 ditolak.",
            "What SP2HP A2 means at this station: berlanjut (the inquiry goes on) or dihentikan (it was stopped)."
            " Empty: not chosen, and a letter A2 is refused.",
        ),
    ] = ""
    sp2hp_subject_a1: Annotated[str, SettingHelp("Perihal SP2HP A1.", "Subject of SP2HP A1.")] = (
        "Pemberitahuan perkembangan hasil penelitian laporan"
    )
    sp2hp_subject_a2: Annotated[
        str,
        SettingHelp(
            "Perihal SP2HP A2. Kosong: menurut artinya (sp2hp_a2_meaning).",
            "Subject of SP2HP A2. Empty: by its meaning (sp2hp_a2_meaning).",
        ),
    ] = ""
    sp2hp_subject_a3: Annotated[str, SettingHelp("Perihal SP2HP A3.", "Subject of SP2HP A3.")] = (
        "Pemberitahuan perkembangan hasil penyelidikan yang ditingkatkan ke penyidikan"
    )
    sp2hp_subject_a4: Annotated[str, SettingHelp("Perihal SP2HP A4.", "Subject of SP2HP A4.")] = (
        "Pemberitahuan perkembangan hasil penyidikan"
    )
    sp2hp_subject_a5: Annotated[str, SettingHelp("Perihal SP2HP A5.", "Subject of SP2HP A5.")] = (
        "Pemberitahuan penghentian penyidikan"
    )
    letter_head: Annotated[
        tuple[str, ...],
        Field(max_length=4),
        SettingHelp(
            'Kop surat, baris demi baris, misalnya ["KEPOLISIAN NEGARA REPUBLIK INDONESIA", "DAERAH JAWA TENGAH",'
            ' "RESOR KOTA SURAKARTA"]. Kosong: surat ditolak.',
            "Head of letters, line by line. Empty: letters are refused.",
        ),
    ] = ()
    letter_address: Annotated[
        str,
        SettingHelp("Alamat kesatuan di bawah kop surat.", "Address of the unit under the head of letters."),
    ] = ""
    letter_place: Annotated[
        str,
        SettingHelp(
            "Kota di depan tanggal surat. Kosong: surat ditolak.",
            "Town before the date of letters. Empty: letters are refused.",
        ),
    ] = ""
    letter_unit_code: Annotated[
        str,
        SettingHelp("Kode kesatuan dalam nomor surat.", "Code of the unit in numbers of letters."),
    ] = "Satreskrim"
    letter_number_format: Annotated[
        str,
        SettingHelp(
            "Bentuk nomor surat dari {sifat}, {urut}, {bulan}, {klasifikasi}, {tahun}, dan {satuan}.",
            "Form of numbers of letters, of {sifat}, {urut}, {bulan}, {klasifikasi}, {tahun} and {satuan}.",
        ),
    ] = "{sifat}/{urut}/{bulan}/{klasifikasi}/{tahun}/{satuan}"
    letter_number_first: Annotated[
        int,
        Field(ge=1, le=LARGEST_SEQUENCE),
        SettingHelp(
            "Nomor urut surat pertama tempat kerja ini setiap tahun. Dua tempat kerja satu kesatuan memakai rentang"
            " yang berbeda, misalnya 1 sampai 999 dan 1000 sampai 1999, agar nomor yang sama tidak diberikan dua kali.",
            "First running number of letters of this workstation each year. Two workstations of one unit use different"
            " ranges, so that no number is given twice.",
        ),
    ] = 1
    letter_number_last: Annotated[
        int,
        Field(ge=1, le=LARGEST_SEQUENCE),
        SettingHelp(
            "Nomor urut surat terakhir tempat kerja ini setiap tahun; sesudahnya surat ditolak.",
            "Last running number of letters of this workstation each year; after it letters are refused.",
        ),
    ] = LARGEST_SEQUENCE
    letter_copies: Annotated[
        tuple[str, ...],
        Field(max_length=8),
        SettingHelp("Tembusan surat SP2HP, satu per isian.", "Who gets copies of SP2HP, one an entry."),
    ] = ()

    @property
    def reminder_rules(self) -> ReminderRules:
        easy, moderate, hard, very_hard = self.sp2hp_inquiry_days
        return ReminderRules(
            preset=Preset(self.sp2hp_preset),
            first_letter_days=self.sp2hp_first_letter_days,
            inquiry_days={
                Difficulty.EASY: easy,
                Difficulty.MODERATE: moderate,
                Difficulty.HARD: hard,
                Difficulty.VERY_HARD: very_hard,
            },
            investigation_days={
                Difficulty.EASY: self.sp2hp_days_easy,
                Difficulty.MODERATE: self.sp2hp_days_moderate,
                Difficulty.HARD: self.sp2hp_days_hard,
                Difficulty.VERY_HARD: self.sp2hp_days_very_hard,
            },
            silent_days=self.sp2hp_silent_days,
        )

    @property
    def letter_station(self) -> LetterStation:
        return LetterStation(
            head=self.letter_head,
            address=self.letter_address,
            place=self.letter_place,
            unit_code=self.letter_unit_code,
            number_format=self.letter_number_format,
            numbers=range(self.letter_number_first, self.letter_number_last + 1),
            copies=self.letter_copies,
            a2_meaning=A2Meaning(self.sp2hp_a2_meaning) if self.sp2hp_a2_meaning else None,
            subjects={
                LetterCode.A1: self.sp2hp_subject_a1,
                LetterCode.A2: self.sp2hp_subject_a2,
                LetterCode.A3: self.sp2hp_subject_a3,
                LetterCode.A4: self.sp2hp_subject_a4,
                LetterCode.A5: self.sp2hp_subject_a5,
            },
        )

    @field_validator("letter_number_format")
    @classmethod
    def _numbers_can_be_told_apart(cls, form: str) -> str:
        if not is_number_format(form):
            raise PydanticCustomError(SettingReason.LETTER_NUMBER_FORMAT.value, "must hold {urut} and {tahun}")
        return form
