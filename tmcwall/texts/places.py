"""Places of incidents: lists of RT, RW and landmarks, what a written place may mean, and which cameras come up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.cameras.place_lists import PlaceProblem, PlaceRemark
from tmcwall.services.place_register import PlaceReport
from tmcwall.texts import Text, Translator

_LINE: Final = Text("baris {line}: {reason}", "line {line}: {reason}")
_REMARK: Final = Text("perhatikan (baris tetap masuk), {problem}", "note (the row came in), {problem}")
_PROBLEMS: Final[Mapping[PlaceProblem, Text]] = {
    PlaceProblem.NO_KELURAHAN: Text("kelurahan tidak dikenal: {detail}", "no such kelurahan: {detail}"),
    PlaceProblem.SEVERAL_KELURAHAN: Text(
        "ada beberapa kelurahan bernama {detail}; tulis kodenya, misalnya 33.74.13.1003, atau kecamatannya",
        "several kelurahan are called {detail}; write the code, like 33.74.13.1003, or the kecamatan",
    ),
    PlaceProblem.NO_RW: Text("nomor RW kosong", "the number of the RW is missing"),
    PlaceProblem.BAD_NUMBER: Text("nomor RT atau RW tidak benar: {detail}", "no number of an RT or RW: {detail}"),
    PlaceProblem.NO_POSITION: Text("lintang atau bujur kosong", "latitude or longitude is missing"),
    PlaceProblem.BAD_POSITION: Text("letaknya tidak dapat dibaca", "its position cannot be read"),
    PlaceProblem.FAR_AWAY: Text("letaknya di luar Indonesia: {detail}", "its position is outside Indonesia: {detail}"),
    PlaceProblem.BAD_RADIUS: Text("jari-jari harus 1 sampai 5.000 meter", "the radius must be 1 to 5,000 metres"),
    PlaceProblem.BAD_POPULATION: Text("jumlah penduduk tidak benar", "no number of people"),
    PlaceProblem.TOO_MANY_CORNERS: Text(
        "batasnya terlalu rinci ({detail}); sederhanakan", "its boundary has too many corners ({detail}); simplify it"
    ),
    PlaceProblem.TWICE: Text("sudah ada di daftar ini: {detail}", "already in this list: {detail}"),
    PlaceProblem.TOO_MANY_RT: Text("lebih dari {detail} RT dalam satu RW", "more than {detail} RT in one RW"),
    PlaceProblem.NO_NAME: Text("namanya kosong", "it has no name"),
    PlaceProblem.LONG_NAME: Text("nama lebih dari {detail} karakter", "a name longer than {detail} characters"),
    PlaceProblem.FORM: Text("jumlah sel atau tanda kutipnya tidak cocok", "its cells or quotes do not fit the header"),
    PlaceProblem.SWAPPED: Text(
        "lintang dan bujur tertukar; dibaca terbalik", "latitude and longitude have changed places; read the other way"
    ),
    PlaceProblem.SIGN_MISSING: Text(
        "lintang tanpa tanda minus; dibaca di selatan", "latitude without its sign; read as south"
    ),
    PlaceProblem.UNLISTED_KELURAHAN: Text(
        "kode kelurahan tidak ada di tabel: {detail}", "code of a kelurahan that is not in the table: {detail}"
    ),
}
IMPORTED: Final = Text(
    id="{rws} RW dengan {rts} RT ({added} RW baru, {changed} diubah), {landmarks} tempat ({landmarks_added} baru, "
    "{landmarks_changed} diubah); {refused} baris ditolak",
    en="{rws} RW with {rts} RT ({added} RW new, {changed} changed), {landmarks} landmarks ({landmarks_added} new, "
    "{landmarks_changed} changed); {refused} rows refused",
)
WOULD_IMPORT: Final = Text(
    id="akan masuk: {rws} RW dengan {rts} RT ({added} RW baru, {changed} diubah), {landmarks} tempat "
    "({landmarks_added} baru, {landmarks_changed} diubah); {refused} baris ditolak (belum disimpan)",
    en="would come in: {rws} RW with {rts} RT ({added} RW new, {changed} changed), {landmarks} landmarks "
    "({landmarks_added} new, {landmarks_changed} changed); {refused} rows refused (nothing stored)",
)


def report_lines(report: PlaceReport, *, dry_run: bool, say: Translator) -> list[str]:
    """What an import did or would do: a line for each refused row and each remark, last the counts."""
    lines = [remark_line(remark, say) for remark in sorted(report.remarks, key=lambda one: not one.refused)]
    counts = say(
        WOULD_IMPORT if dry_run else IMPORTED,
        rws=report.rws,
        rts=report.rts,
        added=report.added,
        changed=report.changed,
        landmarks=report.landmarks,
        landmarks_added=report.landmarks_added,
        landmarks_changed=report.landmarks_changed,
        refused=sum(remark.refused for remark in report.remarks),
    )
    return [*lines, counts]


def remark_line(remark: PlaceRemark, say: Translator) -> str:
    """`baris 5: nomor RW kosong`."""
    reason = say(_PROBLEMS[remark.problem], detail=remark.detail)
    line = say(_LINE, line=remark.line, reason=reason) if remark.line else reason
    return line if remark.refused else say(_REMARK, problem=line)


UNSETTLED: Final = Text(id="Tempat belum dipastikan", en="Place not settled")
UNSETTLED_NOTHING: Final = Text(
    id="Tempat belum dipastikan: tulisannya tidak dikenal.", en="Place not settled: nothing in its words is known."
)
UNSETTLED_SEVERAL: Final = Text(
    id="Tempat belum dipastikan: {count} kemungkinan. Pilih satu.",
    en="Place not settled: {count} meanings. Choose one.",
)
CONTRADICTED: Final = Text(
    id="Tempat belum dipastikan: laporan menyebut {said}. Periksa, lalu pilih.",
    en="Place not settled: the report names {said}. Check, then choose.",
)
FROM_WORDS: Final = Text(
    id="Letak dari tulisan, ketelitian ± {metres} m.", en="Position from its words, within {metres} m."
)
WITHIN: Final = Text(id="Ketelitian ± {metres} m.", en="Within {metres} m.")
ELSEWHERE: Final = Text(
    id="Di luar wilayah kantor ini: {kecamatan}, {town}.", en="Outside of this station's area: {kecamatan}, {town}."
)
CHOICES: Final = Text(id="Kemungkinan tempat", en="Possible places")
CHOOSE: Final = Text(id="Pilih tempat …", en="Choose a place …")
USE: Final = Text(id="Pakai tempat ini", en="Use this place")
CANDIDATE: Final = Text(id="{name}, {kecamatan}, {town}", en="{name}, {kecamatan}, {town}")
CANDIDATE_ABOUT: Final = Text(
    id="{name}, {kecamatan}, {town} (kira-kira, ± {metres} m)",
    en="{name}, {kecamatan}, {town} (about, within {metres} m)",
)
RAISED: Final = Text(
    id="Naik sendiri: {count} kamera dalam {radius} m.", en="Came up by themselves: {count} cameras within {radius} m."
)
REPEATED: Final = Text(id="Laporan serupa: {count}.", en="Reports of the same: {count}.")
BLIND_SPOT: Final = Text(
    id="Tidak ada cakupan saat masuk: tercatat sebagai titik buta.",
    en="No coverage when it came in: kept as a blind spot.",
)
CONTACTS: Final = Text(id="Kontak wilayah", en="Contacts of the neighbourhood")
CONTACT: Final = Text(id="{role} {place}: {name}, {phone}", en="{role} {place}: {name}, {phone}")
CONTACT_HIDDEN: Final = Text(id="{role} {place}: hanya untuk yang berhak", en="{role} {place}: only for who may see it")
