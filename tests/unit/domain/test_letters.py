"""What a letter must hold, what it is called, and whom it may not name (R37 to R41)."""

from dataclasses import replace
from datetime import date

import pytest

from tests.letters import CASE, REQUEST, STATION, WORDS
from tmcwall.domain.letter import LetterItem, LetterKind, LetterStation, LetterWords, Signer, lacking, subject_of
from tmcwall.domain.letter_number import NumberParts, Secrecy, is_number_format, written_number
from tmcwall.domain.sp2hp import A2Meaning, LetterCode
from tmcwall.domain.third_persons import third_persons


def test_a_letter_with_everything_lacks_nothing() -> None:
    assert lacking(WORDS, CASE, STATION) == ()
    assert lacking(REQUEST, CASE, STATION) == ()


@pytest.mark.parametrize(
    ("words", "item"),
    [
        (replace(WORDS, matter=" "), LetterItem.MATTER),
        (replace(WORDS, actions=""), LetterItem.ACTIONS),
        (replace(WORDS, obstacles="\n"), LetterItem.OBSTACLES),
        (replace(WORDS, plan=""), LetterItem.PLAN),
        (replace(WORDS, addressee=""), LetterItem.ADDRESSEE),
        (replace(WORDS, investigator=replace(WORDS.investigator, phone="")), LetterItem.PHONE),
        (replace(WORDS, investigator=replace(WORDS.investigator, email="tidak ada")), LetterItem.EMAIL),
        (replace(WORDS, investigator=replace(WORDS.investigator, nrp="")), LetterItem.INVESTIGATOR),
        (replace(WORDS, signer=Signer()), LetterItem.SIGNER),
        (replace(WORDS, code=None), LetterItem.CODE),
        (replace(WORDS, code=LetterCode.A3), LetterItem.SPRINDIK),
        (replace(WORDS, archive_code=""), LetterItem.ARCHIVE_CODE),
        (replace(REQUEST, address=""), LetterItem.ADDRESS),
    ],
)
def test_each_mandatory_item_that_is_empty_is_named(words: LetterWords, item: LetterItem) -> None:
    assert lacking(words, CASE, STATION) == (item,)


def test_everything_that_lacks_is_listed_at_once_in_the_order_of_the_letter() -> None:
    nothing = LetterWords()
    assert lacking(nothing, replace(CASE, lp="", lp_date=None), LetterStation()) == (
        LetterItem.HEAD, LetterItem.PLACE, LetterItem.LP, LetterItem.LP_DATE, LetterItem.ADDRESSEE, LetterItem.CODE,
        LetterItem.MATTER, LetterItem.ACTIONS, LetterItem.OBSTACLES, LetterItem.PLAN, LetterItem.INVESTIGATOR,
        LetterItem.PHONE, LetterItem.EMAIL, LetterItem.SIGNER, LetterItem.ARCHIVE_CODE,
    )  # fmt: skip


def test_a_record_of_a_handover_needs_footage() -> None:
    words = replace(REQUEST, kind=LetterKind.HANDOVER)
    assert lacking(words, CASE, STATION) == (LetterItem.FOOTAGE,)


def test_a2_is_refused_until_the_station_has_chosen_what_it_means() -> None:
    words = replace(WORDS, code=LetterCode.A2)
    assert lacking(words, CASE, replace(STATION, a2_meaning=None)) == (LetterItem.A2_MEANING,)
    assert lacking(words, CASE, STATION) == ()


def test_the_subject_of_a2_follows_its_meaning_unless_the_station_says_another() -> None:
    words = replace(WORDS, code=LetterCode.A2)
    stopped = replace(STATION, a2_meaning=A2Meaning.STOPPED)
    assert subject_of(words, STATION) == "Pemberitahuan perkembangan hasil penyelidikan"
    assert subject_of(words, stopped) == "Pemberitahuan penghentian penyelidikan"
    own = replace(STATION, subjects={LetterCode.A2: "Perkembangan laporan Saudara"})
    assert subject_of(words, own) == "Perkembangan laporan Saudara"


def test_a_letter_whose_subject_the_station_has_emptied_is_refused() -> None:
    assert lacking(WORDS, CASE, replace(STATION, subjects={})) == (LetterItem.SUBJECT,)


def test_a_number_is_written_as_the_station_writes_them() -> None:
    parts = NumberParts(123, date(2025, 4, 2), "RES.1.8.", "Satreskrim")
    assert written_number(STATION.number_format, parts) == "B/123/IV/RES.1.8./2025/Satreskrim"
    form = "SP2HP/{urut}/{bulan}/{tahun}"
    assert written_number(form, replace(parts, day=date(2025, 12, 31), sequence=7)) == "SP2HP/7/XII/2025"
    assert written_number("{sifat}/{urut}/{tahun}", replace(parts, secrecy=Secrecy.CONFIDENTIAL)) == "R/123/2025"


@pytest.mark.parametrize(
    ("form", "right"),
    [
        ("{urut}/{tahun}", True),
        ("B/{urut}/{bulan}/{klasifikasi}/{tahun}/{satuan}", True),
        ("B/{urut}/{bulan}", False),
        ("{tahun}", False),
        ("{urut}/{tahun}/{polda}", False),
        ("{urut:03}/{tahun}", False),
        ("{urut!r}/{tahun}", False),
        ("{urut.__class__}/{tahun}", False),
        ("{urut/{tahun}", False),
        ("{urut}/{tahun}\n", False),
    ],
)
def test_a_form_of_numbers_must_tell_letters_apart(form: str, right: bool) -> None:
    assert is_number_format(form) is right


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Diperiksa saksi Joko Susilo di rumahnya.", ("Joko Susilo",)),
        ("Diperiksa saksi a.n. RUDI HARTONO.", ("RUDI HARTONO",)),
        ("Diperiksa Sdr. Joko bin Suparno dan Sdri. Wati.", ("Joko bin Suparno", "Wati")),
        ("Terlapor bernama Anton alias Gepeng ditahan.", ("Anton alias Gepeng",)),
        ("Pelaku Slamet bin Karto belum ditemukan.", ("Pelaku Slamet bin Karto",)),
        ("NIK 3372010101900001", ("3372010101900001",)),
        ("Dihubungi lewat 0857 1234 5678.", ("0857 1234 5678",)),
        ("Sdri. Siti Aminah menyerahkan surat; telepon penyidik 0812-3456-7890.", ()),
        ("Telah dilakukan pemeriksaan rekaman CCTV di Jalan Slamet Riyadi.", ()),
        ("Telah diperiksa saksi dan pemilik kamera; tersangka belum ditemukan.", ()),
        ("Dua orang saksi Pelapor telah diperiksa.", ()),
        ("Rujukan LP/B/123/III/2025/SPKT dan SP.Sidik/45/III/RES.1.8./2025/Satreskrim", ()),
    ],
)
def test_persons_beside_reporter_and_police_are_found(text: str, found: tuple[str, ...]) -> None:
    assert third_persons([text], known=["Siti Aminah", "Sri Wahyuni", "081234567890"]) == found


def test_a_name_that_is_known_is_found_without_any_word_before_it() -> None:
    text = ["Petugas mendatangi rumah Pak Joko Susilo."]
    assert third_persons(text, known=["Siti Aminah"], named=["Joko Susilo", "", "Siti Aminah"]) == ("Joko Susilo",)
    assert third_persons(text, known=["Joko Susilo"], named=["Joko Susilo"]) == ()
