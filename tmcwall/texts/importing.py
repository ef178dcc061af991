"""What the import of a camera list says, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.cameras.importing import ImportReport
from tmcwall.cameras.list_reader import RowProblem, RowReason
from tmcwall.texts import Text, Translator

WARNING: Final = Text("perhatikan (kamera tetap masuk), {problem}", "note (the camera came in), {problem}")
LINE: Final = Text("baris {line}: {reason}", "line {line}: {reason}")

_REASONS: Final[Mapping[RowReason, Text]] = {
    RowReason.MISSING: Text("kolom {column} kosong", "column {column} is empty"),
    RowReason.TOO_LONG: Text(
        "kolom {column} lebih dari {limit} karakter", "column {column} is longer than {limit} characters"
    ),
    RowReason.UNPRINTABLE: Text(
        "kolom {column} memuat karakter yang tidak dapat ditampilkan", "column {column} has unprintable characters"
    ),
    RowReason.ID_MALFORMED: Text(
        "id hanya boleh memuat huruf, angka, spasi, dan . _ - + ( )",
        "an id may hold only letters, digits, spaces and . _ - + ( )",
    ),
    RowReason.DUPLICATE_ID: Text(
        "id sudah dipakai di baris {limit}; yang pertama tetap berlaku",
        "the id is already used in line {limit}; the first one stays",
    ),
    RowReason.URL_MALFORMED: Text(
        "alamat di kolom {column} tidak benar; tulis seperti rtsp://alamat:554/siaran",
        "the address in column {column} is malformed; write it like rtsp://address:554/stream",
    ),
    RowReason.URL_SCHEME: Text(
        "jenis alamat di kolom {column} tidak diterima; pakai rtsp, rtsps, http, atau https",
        "the kind of address in column {column} is not accepted; use rtsp, rtsps, http or https",
    ),
    RowReason.ADDRESS_FORBIDDEN: Text(
        "alamat di kolom {column} di luar jaringan yang diizinkan (pengaturan allowed_networks)",
        "the address in column {column} is outside the allowed networks (setting allowed_networks)",
    ),
    RowReason.LOGIN_TOO_LONG: Text(
        "nama pengguna atau kata sandi di kolom {column} lebih dari {limit} karakter; kamera akan memotongnya",
        "user name or password in column {column} is longer than {limit} characters; cameras would cut it off",
    ),
    RowReason.NO_VAULT: Text(
        "alamat memuat kata sandi, tetapi tidak ada tempat aman untuk menyimpannya; aktifkan keyring sistem "
        "atau setel vault_key_file",
        "the address holds a password, but there is no safe place to keep it; turn on the system keyring or "
        "set vault_key_file",
    ),
    RowReason.NOT_ONE_OF: Text(
        "kolom {column} harus salah satu dari: {limit}", "column {column} must be one of: {limit}"
    ),
    RowReason.NOT_A_NUMBER: Text("kolom {column} bukan angka", "column {column} is not a number"),
    RowReason.OUT_OF_RANGE: Text("kolom {column} harus di antara {limit}", "column {column} must be within {limit}"),
    RowReason.HALF_POSITION: Text(
        "kolom {column} kosong; isi lat dan lon keduanya atau kosongkan keduanya",
        "column {column} is empty; fill in both lat and lon or neither",
    ),
    RowReason.NOT_ADM4: Text(
        "kolom adm4 bukan kode kelurahan Kemendagri, misalnya 33.72.01.1007",
        "column adm4 is not a Kemendagri code of a kelurahan, like 33.72.01.1007",
    ),
    RowReason.TOO_MANY_CELLS: Text(
        "isinya lebih banyak daripada kolom; beri tanda kutip pada nama yang memuat pemisah",
        "it has more cells than columns; put quotes around a name that holds the separator",
    ),
    RowReason.OPEN_QUOTE: Text("tanda kutip tidak berpasangan", "its quotes do not close"),
    RowReason.AMBIGUOUS_NUMBER: Text(
        "angka di kolom {column} dapat dibaca dengan dua cara; tulis desimal dengan titik dan ribuan tanpa pemisah, "
        "misalnya -7.56 atau 1500",
        "the number in column {column} can be read in two ways; write decimals with a point and thousands without a "
        "separator, like -7.56 or 1500",
    ),
    RowReason.URL_PASSWORD_RAW: Text(
        "kata sandi di kolom {column} memuat tanda yang harus ditulis lain: %40 untuk @, %2F untuk /, %3F untuk ?, "
        "%23 untuk #; atau tulis apa adanya di kolom username dan password",
        "the password in column {column} holds signs that are written otherwise: %40 for @, %2F for /, %3F for ?, "
        "%23 for #; or write it as it is into the columns username and password",
    ),
    RowReason.TWO_LOGINS: Text(
        "kata sandi di kolom {column} berbeda dengan kolom username dan password; isi satu saja",
        "the password in column {column} differs from the columns username and password; fill in one of them",
    ),
    RowReason.NOT_A_RETENTION: Text(
        "kolom {column} bukan lama simpan rekaman; tulis misalnya 14 hari atau 36 jam",
        "column {column} does not say how long recordings are kept; write it like 14 hari (days) or 36 jam (hours)",
    ),
    RowReason.NOT_A_DAY: Text(
        "kolom {column} bukan tanggal; tulis misalnya 2025-03-28",
        "column {column} is not a date; write it like 2025-03-28",
    ),
    RowReason.OWNER_UNKNOWN: Text(
        "kolom {column} bukan salah satu dari {limit}; dicatat sebagai swasta",
        "column {column} is none of {limit}; kept as swasta",
    ),
    RowReason.SIGN_MISSING: Text(
        "kolom {column} positif di Jawa; dibaca sebagai {limit}",
        "column {column} is positive in Java; read as {limit}",
    ),
    RowReason.AXES_SWAPPED: Text(
        "lintang dan bujur tertukar; dibaca sebagai {limit}",
        "latitude and longitude have changed places; read as {limit}",
    ),
    RowReason.SCHEME_MISSING: Text(
        "alamat di kolom {column} tanpa skema; dibaca sebagai {limit}",
        "the address in column {column} has no scheme; read as {limit}",
    ),
    RowReason.COLUMN_UNKNOWN: Text(
        "kolom {column} tidak dibaca; mungkin maksudnya {limit}",
        "column {column} is not read; perhaps {limit} is meant",
    ),
    RowReason.SIMILAR_NAME: Text(
        "namanya hampir sama dengan baris {limit}; petugas bisa tertukar",
        "its name is almost that of line {limit}; officers may confuse them",
    ),
    RowReason.SAME_URL: Text("alamatnya sama dengan baris {limit}", "its address is that of line {limit}"),
}


IMPORTED: Final = Text(
    id="{added} kamera baru, {changed} diubah, {unchanged} tetap; {refused} baris ditolak",
    en="{added} cameras new, {changed} changed, {unchanged} as before; {refused} rows refused",
)
WOULD_IMPORT: Final = Text(
    id="akan masuk: {added} kamera baru, {changed} diubah, {unchanged} tetap; {refused} baris ditolak (belum disimpan)",
    en="would come in: {added} new, {changed} changed, {unchanged} as before; {refused} rows refused (nothing stored)",
)
RETURNED: Final = Text(
    id="{returned} kamera yang pernah dihapus ada di daftar ini dan dipakai lagi",
    en="{returned} cameras that had been removed are in this list and back in use",
)
WOULD_RETURN: Final = Text(
    id="{returned} kamera yang pernah dihapus ada di daftar ini dan akan dipakai lagi",
    en="{returned} cameras that had been removed are in this list and would be back in use",
)


def report_lines(report: ImportReport, *, dry_run: bool, say: Translator) -> list[str]:
    """What an import did or would do: a line for each refused row and each warning, last the counts."""
    lines = [problem_line(problem, say) for problem in report.problems]
    lines += [warning_line(warning, say) for warning in report.warnings]
    if report.returned:
        lines.append(say(WOULD_RETURN if dry_run else RETURNED, returned=report.returned))
    counts = {
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "refused": report.refused,
    }
    return [*lines, say(WOULD_IMPORT if dry_run else IMPORTED, **counts)]


def problem_line(problem: RowProblem, say: Translator) -> str:
    """`baris 5: kolom url kosong`."""
    return say(LINE, line=problem.line, reason=reason_text(problem, say))


def reason_text(problem: RowProblem, say: Translator) -> str:
    """`kolom url kosong`."""
    return say(_REASONS[problem.reason], column=problem.column, limit=problem.limit)


def warning_line(warning: RowProblem, say: Translator) -> str:
    """Of a row that was taken: `perhatikan, baris 4: alamatnya sama dengan baris 2`."""
    return say(WARNING, problem=problem_line(warning, say))
