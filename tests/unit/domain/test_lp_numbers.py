"""Police report numbers: the rules of domain notes 2.2 and every string of Annex A."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tmcwall.domain.case import LpOutcome, LpWarning, case_id, normalise_lp, parse_lp

VALID = [
    "LP/B/2107/X/2021/SPKT.SATLANTAS/POLRES KUPANG KOTA/POLDA NTT",
    "LP/A/001/II/2026/SPKT.SATRESKRIM/POLRES MATARAM/POLDA NTB",
    "LP/A/2/III/2022/SPKT/POLSEK GUBENG/POLRESTABES SURABAYA/POLDA JAWA TIMUR",
    "LP/A/1/IV/2025/SPKT/POLSEK DUMAI TIMUR/POLRES DUMAI/POLDA RIAU",
    "LP / B/ 2232/IX/2022/SPKT/Polres Metro Jakarta Pusat/Polda metro Jaya",
    "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH",
]
WITH_WARNINGS = {
    "LP/B/232/III/2023/SPKT/POLRES METRO JAKUT": {LpWarning.NO_POLDA},
    "LP/B/24/VIII/2026/SPKT/POLRES KOLAKA TIMUR": {LpWarning.NO_POLDA},
    "LP/45/VI/2023/SPKT/POLSEK DUKU": {LpWarning.NO_MODEL, LpWarning.NO_POLDA},
    "LP/B/123/III/2024/SPKT/POLSEK": {LpWarning.UNNAMED_UNIT, LpWarning.NO_POLDA},
    "LP/B/123/V/2019/JATENG/RESTA SKA": {LpWarning.OLD_FORMAT},
    "DUMAS/B/01/IX/2026/SPKT/Polres Kolaka Timur/Polda Sultra": {LpWarning.NOT_A_REPORT},
    "LP/C/7/I/2025/SPKT/POLRES KENDAL/POLDA JAWA TENGAH": {LpWarning.MODEL_C},
    "LP/123/V/2018/Jateng/Restabes Smg/Sek Tembalang": {LpWarning.NO_MODEL, LpWarning.OLD_FORMAT},
    "LP/B/45/III/2025/SPKT/POLERSTA SURAKARTA/POLDA JAWA TENGAH": {LpWarning.UNKNOWN_UNIT},
    "LP/B/45/III/2025/SPKT": {LpWarning.UNNAMED_UNIT, LpWarning.NO_POLDA},
}
REJECTED = [
    "LP/B/45/XIII/2025/SPKT/POLRESTA SURAKARTA",
    "LP/B/45/3/2025/SPKT/POLRESTA SURAKARTA",
    "LP/B/45/IIII/2025/SPKT",
    "LP/D/45/III/2025/SPKT/POLSEK LAWEYAN",
    "LP/B//III/2025/SPKT/POLSEK LAWEYAN",
    "LP/B/45/III/25/SPKT/POLSEK LAWEYAN",
    "",
    "Nomor:",
    "LP/B/45/III/2025/SPKT/POLSEK LAWEYAN/",
    "LP/B/٤٥/III/2025/SPKT/POLSEK LAWEYAN",
    "LP/B/45/III/2025/SPKT/POLSEK LAW\x00EYAN/POLDA JAWA TENGAH",
    "LP/B/45/III/2025/SPKT/" + "A" * 200,
]


@pytest.mark.parametrize("raw", VALID)
def test_a_full_number_is_valid_and_kept_as_written(raw: str) -> None:
    number = parse_lp(raw)
    assert (number.outcome, number.warnings, number.raw) == (LpOutcome.VALID, (), raw)


@pytest.mark.parametrize("raw", WITH_WARNINGS)
def test_a_number_with_gaps_is_accepted_and_every_gap_is_named(raw: str) -> None:
    number = parse_lp(raw)
    assert number.outcome is LpOutcome.WARNINGS
    assert set(number.warnings) == WITH_WARNINGS[raw]


@pytest.mark.parametrize("raw", REJECTED)
def test_what_breaks_the_pattern_is_rejected_but_kept(raw: str) -> None:
    number = parse_lp(raw)
    assert (number.outcome, number.raw) == (LpOutcome.REJECTED, raw)


def test_the_parts_of_a_number_are_read() -> None:
    number = parse_lp("LP/B/45/IV/2025/SPKT.SATLANTAS/POLSEK LAWEYAN/POLRESTA SURAKARTA/POLDA JAWA TENGAH")
    assert (number.kind, number.model, number.sequence, number.month, number.year) == ("LP", "B", 45, 4, 2025)
    assert number.desk == "SPKT.SATLANTAS"
    assert number.units == ("POLSEK LAWEYAN", "POLRESTA SURAKARTA", "POLDA JAWA TENGAH")


@pytest.mark.parametrize(
    "spelling",
    [
        "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH",
        "  lp / b / 123 / iii / 2025 / spkt / polresta  surakarta / polda jawa tengah ",
        "Nomor: LP/B/123/III/2025/SPKT/Polresta Surakarta/Polda Jawa Tengah",
        "NOMOR :LP/B/123/III/2025/SPKT/Polresta Surakarta/Polda Jawa Tengah\n",
        "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH, tanggal 12 Januari 2026",
        "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH tgl 12/1/2026",
        "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH 12 Maret 2025",
        "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH a.n. Budi Santoso",
        "1. Laporan Polisi Nomor : LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH;",
        "Berdasarkan Laporan Polisi Nomor: B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH",
        "No. Pol. : LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH",
        "LP / B \u2013 123 / III / 2025 / SPKT / POLRESTA SURAKARTA / POLDA JAWA TENGAH",
        "LP-B/0123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH",
        "LP-B-123-III-2025-SPKT-POLRESTA SURAKARTA-POLDA JAWA TENGAH",
        "LP.B/123/III./2025/SPKT/POLRESTA SURAKARTA/POLDA JATENG.",
        "LP\uff0fB\uff0f\uff11\uff12\uff13\uff0f\u2162\uff0f2025/SPKT\uff0fPOLRESTA SURAKARTA\uff0fPOLDA JAWA TENGAH",
        "LP/B/123/III/2025/SPKT/POLRESTA\u00a0SURAKARTA/POLDA\u202fJAWA\u2007TENGAH",
        "\ufeffLP/\u200bB/123/III/2025/SPKT/POLRESTA SURA\u00adKARTA/POLDA JAWA TENGAH\u200e",
        "LP\\B\\123\\III\\2025\\SPKT\\POLRESTA SURAKARTA\\POLDA JAWA TENGAH",
        "LP/B/123/III/2025/SPKT POLRESTA SURAKARTA POLDA JAWA TENGAH",
        "LP/B/123/III/2025/SPKT, POLRESTA SURAKARTA, POLDA JAWA TENGAH",
        '("LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH")',
    ],
)
def test_spellings_of_one_number_are_the_same_case(spelling: str) -> None:
    number = parse_lp(spelling)
    assert number.outcome is LpOutcome.VALID
    assert case_id(number.normalised) == case_id("LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH")


_HEADS = ("", "Nomor: ", "Laporan Polisi Nomor : ", "LAPORAN POLISI NO. ", "a. Laporan Polisi: ", "Dasar : ", "\u201c")
_BLANKS = (" ", "  ", "\u00a0", "\u2009", "\u3000", "\n", "\t", " \u200b", "\ufeff ")
_SLASHES = ("/", " / ", "/ ", "\uff0f", "\u2044", "\u2215", "\u00a0/\u00a0", "\u200b/")
_DASHES = (*_SLASHES, "-", " - ", " \u2013 ", "\u2014", "\u2011")
_TAILS = (
    *("", ".", ",", ", tanggal 12 Januari 2026", " tgl. 12/1/2026", ", tertanggal 12-01-2026", " 12 Mar 2026"),
    *(" a.n. Siti Aminah", " an. Budi", "; pelapor Sdr. Budi", " atas nama pelapor Siti, alamat Laweyan"),
    *(" (tanggal 12 Maret 2025)", ", hari Rabu pukul 10.00 WIB", " tentang pencurian, pasal 363 KUHP"),
)


@given(number=st.sampled_from([*VALID[:4], VALID[5]]), choose=st.data())
def test_one_number_is_one_case_however_it_was_pasted(number: str, choose: st.DataObject) -> None:
    *counted, desk = number.split("/", 6)[:6]
    units = number.split("/")[len(counted) + 1 :]
    text = choose.draw(st.sampled_from(_HEADS))
    for part in counted:
        text += part + choose.draw(st.sampled_from(_DASHES))
    text += desk
    for unit in units:
        text += choose.draw(st.sampled_from(_SLASHES)) + choose.draw(st.sampled_from(_BLANKS)).join(unit.split())
    if choose.draw(st.booleans()):
        text = text.lower()
    read = parse_lp(text + choose.draw(st.sampled_from(_TAILS)))
    assert (read.outcome, read.normalised) == (LpOutcome.VALID, normalise_lp(number))


@pytest.mark.parametrize(
    "raw",
    [
        "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH (curanmor)",
        "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH sudah lengkap",
        "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH, berkas 2",
        "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH/II",
    ],
)
def test_words_behind_a_number_that_are_not_understood_are_a_warning_and_no_other_case(raw: str) -> None:
    number = parse_lp(raw)
    assert (number.raw, number.warnings) == (raw, (LpWarning.UNREAD_WORDS,))
    assert number.normalised == "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH"


def test_two_numbers_in_one_text_are_none() -> None:
    assert parse_lp(f"{VALID[5]}, jo. {VALID[3]}").outcome is LpOutcome.REJECTED
    assert parse_lp(f"{VALID[5]} dan {VALID[3]}").outcome is LpOutcome.REJECTED


def test_a_place_may_bear_a_word_that_stands_behind_other_numbers() -> None:
    number = parse_lp("LP/B/123/III/2025/SPKT/POLSEK TANJUNG HARI/POLRES SIAK/POLDA RIAU")
    assert number.units == ("POLSEK TANJUNG HARI", "POLRES SIAK", "POLDA RIAU")


def test_a_polda_that_there_is_not_is_a_warning() -> None:
    assert parse_lp("LP/B/1/III/2025/SPKT/POLRES KENDAL/POLDA JAVA").warnings == (LpWarning.UNKNOWN_UNIT,)


def test_a_month_or_year_other_than_the_date_of_the_report_is_a_warning() -> None:
    assert parse_lp(VALID[5], lp_date=date(2025, 3, 31)).warnings == ()
    assert parse_lp(VALID[5], lp_date=date(2025, 4, 1)).warnings == (LpWarning.DATE_DIFFERS,)
    assert parse_lp(VALID[5], lp_date=date(2024, 3, 31)).warnings == (LpWarning.DATE_DIFFERS,)


@given(st.text() | st.from_regex(r"(Nomor: ?)?LP ?/[ABCD]/[0-9]{0,7}/[IVX]{1,5}/[0-9]{2,4}/SPKT(/[A-Z ]{0,9}){0,3}"))
@example("No. No. LP/B")
@example("ß/ŉ/ﬁ")
def test_reading_never_raises_and_normalising_twice_changes_nothing(raw: str) -> None:
    number = parse_lp(raw)
    assert number.raw == raw
    assert normalise_lp(number.normalised) == number.normalised
