"""What is wrong with the settings: one whole sentence that names the setting and its line, or its variable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.settings_fault import SettingProblem, SettingReason, SettingsFault
from tmcwall.texts import Text, Translator

SENTENCE: Final = Text("{subject} {reason}.", "{subject} {reason}.")
LAST_GOOD: Final = Text(
    "Sampai itu diperbaiki, setelan terakhir yang baik dipakai.",
    "Until it is mended, the last good settings are in use.",
)

SETTING_AT_LINE: Final = Text(
    "Pengaturan {setting} (berkas {file}, baris {line})", "The setting {setting} ({file}, line {line})"
)
SETTING_IN_FILE: Final = Text("Pengaturan {setting} (berkas {file})", "The setting {setting} ({file})")
SETTING_OF_VARIABLE: Final = Text(
    "Pengaturan {setting} (variabel lingkungan {variable})",
    "The setting {setting} (environment variable {variable})",
)
LINE_OF_FILE: Final = Text("Baris {line} berkas pengaturan {file}", "Line {line} of the settings file {file}")
WHOLE_FILE: Final = Text("Berkas pengaturan {file}", "The settings file {file}")

_REASONS: Final[Mapping[SettingReason, Text]] = {
    SettingReason.NOT_TOML: Text(
        "tidak ditulis menurut aturan TOML; periksa tanda kutip, kurung, dan tanda sama dengan di sana",
        "is not written by the rules of TOML; check its quotes, brackets and equals signs",
    ),
    SettingReason.NOT_UTF8: Text(
        "tidak disimpan sebagai UTF-8; simpan ulang berkas itu dengan UTF-8",
        "is not stored as UTF-8; save the file as UTF-8",
    ),
    SettingReason.NUMBER_TOO_LONG: Text(
        "memuat angka yang terlalu panjang; tulis angka yang wajar",
        "holds a number with too many digits; write a smaller one",
    ),
    SettingReason.FILE_UNREADABLE: Text(
        "tidak dapat dibuka; periksa apakah akun ini boleh membacanya",
        "cannot be opened; check that this account may read it",
    ),
    SettingReason.UNKNOWN: Text(
        "tidak dikenal program ini; periksa ejaannya atau hapus barisnya",
        "is not known to this program; check its spelling or remove its line",
    ),
    SettingReason.NOT_JSON: Text(
        'harus ditulis sebagai JSON, misalnya ["10.0.0.0/8"]', 'must be written as JSON, such as ["10.0.0.0/8"]'
    ),
    SettingReason.NOT_TEXT: Text("harus berupa teks dalam tanda kutip", "must be text in quotes"),
    SettingReason.NOT_A_WHOLE_NUMBER: Text(
        "harus berupa angka bulat tanpa tanda kutip", "must be a whole number without quotes"
    ),
    SettingReason.NOT_A_NUMBER: Text("harus berupa angka tanpa tanda kutip", "must be a number without quotes"),
    SettingReason.TOO_SMALL: Text("harus paling sedikit {limit}", "must be at least {limit}"),
    SettingReason.TOO_LARGE: Text("harus paling banyak {limit}", "must be at most {limit}"),
    SettingReason.NOT_TRUE_OR_FALSE: Text(
        "harus true atau false tanpa tanda kutip", "must be true or false without quotes"
    ),
    SettingReason.NOT_A_PATH: Text(
        "harus berupa letak folder atau berkas dalam tanda kutip", "must be the path of a folder or file in quotes"
    ),
    SettingReason.NOT_ABSOLUTE: Text(
        "harus ditulis lengkap dari akar, misalnya /srv/tmcwall", "must be a full path, such as /srv/tmcwall"
    ),
    SettingReason.NOT_A_LIST: Text(
        'harus berupa daftar dalam kurung siku, misalnya ["satu", "dua"]',
        'must be a list in brackets, such as ["one", "two"]',
    ),
    SettingReason.LIST_TOO_LONG: Text("harus memuat paling banyak {limit} isian", "must hold at most {limit} entries"),
    SettingReason.LIST_TOO_SHORT: Text("memuat terlalu sedikit isian", "holds too few entries"),
    SettingReason.NOT_A_GATE: Text(
        'harus seperti "KLK" atau "KLK >= 3000 3 4000"', 'must be like "KLK" or "KLK >= 3000 3 4000"'
    ),
    SettingReason.NOT_A_LINK: Text(
        'harus nama dan alamat https, seperti "SINAR https://contoh.example"',
        'must be a name and an https address, like "SINAR https://contoh.example"',
    ),
    SettingReason.LETTER_NUMBER_FORMAT: Text(
        "harus memuat {{urut}} dan {{tahun}}, selain itu hanya {{sifat}}, {{bulan}}, {{klasifikasi}}, atau {{satuan}}",
        "must hold {{urut}} and {{tahun}}, and besides only {{sifat}}, {{bulan}}, {{klasifikasi}} or {{satuan}}",
    ),
    SettingReason.NOT_A_NETWORK: Text(
        'harus memuat jaringan sebagai CIDR, misalnya "10.0.0.0/8"', 'must hold networks as CIDR, such as "10.0.0.0/8"'
    ),
    SettingReason.NOT_ONE_OF: Text("harus salah satu dari: {limit}", "must be one of: {limit}"),
    SettingReason.NOT_A_FINGERPRINT: Text(
        'harus memuat "host:port" dan 64 angka heksadesimal untuk setiap sertifikat',
        'must hold "host:port" and 64 hexadecimal digits for each certificate',
    ),
    SettingReason.SERVER_URL_MALFORMED: Text(
        "harus berupa alamat server pusat, misalnya https://tmc.example",
        "must be the address of the central server, such as https://tmc.example",
    ),
    SettingReason.SERVER_URL_PASSWORD: Text(
        "tidak boleh memuat nama pengguna atau kata sandi; petugas masuk lewat layar",
        "must not hold a user name or password; officers sign in on the screen",
    ),
    SettingReason.SERVER_URL_PLAIN: Text(
        "harus diawali https:// karena server itu bukan di komputer ini",
        "must begin with https:// because that server is not on this computer",
    ),
    SettingReason.RESPONSE_TARGET: Text(
        'harus berupa "sumber langkah detik sejak", misalnya "110 answered 10 call"',
        'must be "source step seconds since", such as "110 answered 10 call"',
    ),
    SettingReason.RELAY_ADDRESS_MALFORMED: Text(
        "harus berupa alamat relai tanpa sandi dan tanpa jalur, misalnya rtsps://relai.example:8322",
        "must be the address of the relay without password or path, such as rtsps://relay.example:8322",
    ),
    SettingReason.NOT_ACCEPTED: Text(
        "berisi nilai yang tidak diterima; hapus barisnya agar nilai bawaan dipakai",
        "has a value that is not accepted; remove its line to have the default",
    ),
}


def reason_text(reason: SettingReason) -> Text:
    """The words of a reason, with the field `limit`. Complete: a test fails when one has no text."""
    return _REASONS[reason]


def settings_sentence(fault: SettingsFault, say: Translator) -> str:
    """The whole sentence; a second one where the last good settings are in use."""
    problem = fault.problem
    reason = say(reason_text(problem.reason), limit=problem.limit)
    sentence = say(SENTENCE, subject=_subject(problem, say), reason=reason)
    return f"{sentence} {say(LAST_GOOD)}" if fault.last_good else sentence


def _subject(problem: SettingProblem, say: Translator) -> str:
    if problem.variable:
        text = SETTING_OF_VARIABLE
    elif problem.setting:
        text = SETTING_IN_FILE if problem.line is None else SETTING_AT_LINE
    else:
        text = WHOLE_FILE if problem.line is None else LINE_OF_FILE
    return say(
        text, setting=problem.setting, variable=problem.variable, file=problem.file, line=problem.line
    )  # fmt: skip
