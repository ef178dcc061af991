"""Letters from draft to receipt: numbers for good, files that are what custody says, reminders that follow."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from tests.clocks import FakeClock
from tests.letters import CASE, DAY, INVESTIGATOR, REQUEST, SIGNATURE, STATION, WORDS, room_of, stocked
from tests.services_stage import InlineStore
from tests.services_stage import incident as reported
from tmcwall.db import bookmarks, cases, custody, letters, operations
from tmcwall.domain.case import Case, Difficulty, Stage
from tmcwall.domain.custody import CustodyAction, CustodyRow
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.letter import LetterItem, LetterKind, LetterRefused, LetterState, LetterWords, NamesRefused
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.sp2hp import LetterCode
from tmcwall.services.cases import case_sheet
from tmcwall.services.letter_room import LARGEST_SIGNED, CaseFacts, LetterOrder, LetterRoom

OPERATOR = Officer("12345678", "Budi", Role.OPERATOR, "Bripda")


@pytest.fixture
def room(store: InlineStore, clock: FakeClock, tmp_path: Path) -> LetterRoom:
    stocked(store)
    return room_of(store, tmp_path, clock=clock)


def order(words: LetterWords = WORDS, *, day: date = DAY, sequence: int | None = None) -> LetterOrder:
    return LetterOrder(CASE.id, words, day, sequence)


def case_now(store: InlineStore) -> Case:
    case = store.do(partial(cases.get, case_id=CASE.id))
    assert case is not None
    return case


def in_custody(store: InlineStore) -> list[CustodyRow]:
    rows = store.do(partial(custody.about, object_name=f"case/{CASE.id}"))
    return [row for row in rows if row.action.startswith("letter_")]


def files_under(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_draft_has_the_next_number_its_files_and_a_row_of_custody(store, room, tmp_path) -> None:
    letter = room.draft(order(replace(WORDS, clips=("klip-1",))), by=INVESTIGATOR)
    assert (letter.number, letter.nth, letter.state) == ("B/1/III/RES.1.8./2025/Satreskrim", 1, LetterState.DRAFTED)
    for file in (letter.docx, letter.pdf):
        assert hashlib.sha256(room.path_of(file).read_bytes()).hexdigest() == file.sha256
    assert store.do(partial(letters.get, letter_id=letter.id)) == letter
    (row,) = in_custody(store)
    assert (row.action, row.actor) == (CustodyAction.LETTER_DRAFTED, INVESTIGATOR.nrp)
    assert row.facts["docx_sha256"] == letter.docx.sha256
    assert row.facts["pdf_sha256"] == letter.pdf.sha256
    assert row.facts["clips"] == ["klip-1"]


def test_a_draft_that_lacks_something_takes_no_number_and_leaves_no_file(store, room, tmp_path) -> None:
    with pytest.raises(LetterRefused) as refused:
        room.draft(order(replace(WORDS, plan="", obstacles="")), by=INVESTIGATOR)
    assert refused.value.lacking == (LetterItem.OBSTACLES, LetterItem.PLAN)
    assert files_under(tmp_path / "letters") == []
    assert room.draft(order(), by=INVESTIGATOR).sequence == 1


def test_a_letter_a2_is_refused_until_its_meaning_was_chosen(store, clock, tmp_path) -> None:
    stocked(store)
    room = room_of(store, tmp_path, clock=clock, station=replace(STATION, a2_meaning=None))
    with pytest.raises(LetterRefused) as refused:
        room.draft(order(replace(WORDS, code=LetterCode.A2)), by=INVESTIGATOR)
    assert refused.value.lacking == (LetterItem.A2_MEANING,)


def test_a_third_persons_name_is_refused_unless_there_is_a_reason_which_custody_keeps(store, room) -> None:
    named = replace(WORDS, actions="Diperiksa saksi Joko Susilo.")
    with pytest.raises(NamesRefused) as refused:
        room.draft(order(named), by=INVESTIGATOR)
    assert refused.value.names == ("Joko Susilo",)
    room.draft(order(replace(named, names_reason="Diminta pelapor")), by=INVESTIGATOR)
    assert in_custody(store)[0].facts["names_reason"] == "Diminta pelapor"


def test_whoever_reported_an_incident_of_the_case_is_found_by_the_bare_name(store, room, clock) -> None:
    incident = replace(reported(id="kejadian-1"), reporter_name="Wartini")
    store.do(partial(operations.change, value=incident, actor=INVESTIGATOR.nrp, at=clock.utc()))
    bookmark = store.do(partial(bookmarks.get, bookmark_id="tanda-1"))
    linked = replace(bookmark, incident_id=incident.id)
    store.do(partial(operations.change, value=linked, actor=INVESTIGATOR.nrp, at=clock.utc()))
    with pytest.raises(NamesRefused) as refused:
        room.draft(order(replace(WORDS, actions="Petugas menemui Wartini di lokasi.")), by=INVESTIGATOR)
    assert refused.value.names == ("Wartini",)


def test_a_reporter_whose_name_only_the_server_has_is_found_by_the_bare_name(store, clock, tmp_path) -> None:
    commitment = f"~sha256:{'1' * 64}"
    asked = {("kejadian-1", commitment): "Wartini"}
    stocked(store)
    room = room_of(store, tmp_path, clock=clock, reporter_of=lambda incident, name: asked[incident, name])
    store.receive(replace(reported(id="kejadian-1"), reporter_name=commitment))
    linked = replace(store.do(partial(bookmarks.get, bookmark_id="tanda-1")), incident_id="kejadian-1")
    store.do(partial(operations.change, value=linked, actor=INVESTIGATOR.nrp, at=clock.utc()))
    with pytest.raises(NamesRefused) as refused:
        room.draft(order(replace(WORDS, actions="Petugas menemui Wartini di lokasi.")), by=INVESTIGATOR)
    assert refused.value.names == ("Wartini",)


def test_numbers_go_up_and_none_is_given_twice_not_even_a_cancelled_one(room) -> None:
    first = room.draft(order(), by=INVESTIGATOR)
    room.cancel(first.id, reason="salah ketik", by=INVESTIGATOR)
    second = room.draft(order(), by=INVESTIGATOR)
    assert (first.sequence, second.sequence) == (1, 2)
    with pytest.raises(DomainError) as taken:
        room.draft(order(sequence=1), by=INVESTIGATOR)
    assert taken.value.code is DomainCode.LETTER_NUMBER_TAKEN


def test_two_workstations_of_a_unit_give_numbers_of_their_own_ranges_and_none_beyond(store, clock, tmp_path) -> None:
    stocked(store)
    first, second = (
        room_of(store, tmp_path, clock=clock, station=replace(STATION, numbers=numbers))
        for numbers in (range(1, 3), range(1000, 2000))
    )
    given = [room.draft(order(), by=INVESTIGATOR).sequence for room in (first, second, second, first)]
    assert given == [1, 1000, 1001, 2]
    for asked in (None, 1000):
        with pytest.raises(DomainError) as refused:
            first.draft(order(sequence=asked), by=INVESTIGATOR)
        assert refused.value.code is DomainCode.NUMBER_OUT_OF_RANGE


def test_a_number_that_is_taken_leaves_no_file(room, tmp_path) -> None:
    room.draft(order(sequence=5), by=INVESTIGATOR)
    before = files_under(tmp_path / "letters")
    with pytest.raises(DomainError):
        room.draft(order(sequence=5), by=INVESTIGATOR)
    assert files_under(tmp_path / "letters") == before


def test_a_number_of_the_units_own_book_may_be_given_and_the_next_follows_it(room) -> None:
    assert room.draft(order(sequence=120), by=INVESTIGATOR).sequence == 120
    assert room.draft(order(), by=INVESTIGATOR).sequence == 121
    for wrong in (0, -1, 1_000_000):
        with pytest.raises(DomainError) as refused:
            room.draft(order(sequence=wrong), by=INVESTIGATOR)
        assert refused.value.code is DomainCode.NUMBER_OUT_OF_RANGE


def test_numbers_begin_anew_each_year(room) -> None:
    room.draft(order(), by=INVESTIGATOR)
    assert room.draft(order(day=date(2026, 1, 2)), by=INVESTIGATOR).number == "B/1/I/RES.1.8./2026/Satreskrim"


def test_sp2hp_are_counted_by_case_without_cancelled_ones_and_other_letters(room) -> None:
    first = room.draft(order(), by=INVESTIGATOR)
    assert room.draft(order(REQUEST), by=INVESTIGATOR).nth is None
    assert room.draft(order(), by=INVESTIGATOR).nth == 2
    room.cancel(first.id, reason="batal", by=INVESTIGATOR)
    assert room.draft(order(), by=INVESTIGATOR).nth == 2


def test_an_issued_sp2hp_moves_the_reminder_and_its_receipt_is_kept(store, room) -> None:
    letter = room.draft(order(), by=INVESTIGATOR)
    room.issue(letter.id, date(2025, 3, 13), by=INVESTIGATOR)
    assert case_now(store).last_letter == date(2025, 3, 13)
    (line,) = store.do(room.register).cases
    assert line.reminder is not None
    assert line.reminder.due == date(2025, 3, 27)
    received = room.receive(letter.id, received_by=" Siti  Aminah ", day=date(2025, 3, 14), by=INVESTIGATOR)
    assert (received.received_by, received.received_on) == ("Siti Aminah", date(2025, 3, 14))
    actions = [row.action for row in in_custody(store)]
    assert actions == [CustodyAction.LETTER_DRAFTED, CustodyAction.LETTER_ISSUED, CustodyAction.LETTER_RECEIVED]
    assert in_custody(store)[-1].facts["received_by"] == "Siti Aminah"


def test_other_letters_move_no_reminder(store, room) -> None:
    letter = room.draft(order(REQUEST), by=INVESTIGATOR)
    room.issue(letter.id, DAY, by=INVESTIGATOR)
    assert case_now(store).last_letter is None


def test_a_cancelled_letter_stays_in_the_register_and_moves_the_reminder_back(store, room) -> None:
    first, second = (room.draft(order(), by=INVESTIGATOR) for _ in range(2))
    room.issue(first.id, date(2025, 3, 13), by=INVESTIGATOR)
    room.issue(second.id, date(2025, 3, 20), by=INVESTIGATOR)
    room.cancel(second.id, reason="salah alamat", by=INVESTIGATOR)
    assert case_now(store).last_letter == date(2025, 3, 13)
    kept = store.do(room.register).letters
    assert [(letter.sequence, letter.state) for letter in kept] == [(2, LetterState.CANCELLED), (1, LetterState.ISSUED)]
    assert kept[0].cancelled_reason == "salah alamat"
    assert in_custody(store)[-1].reason == "salah alamat"


@pytest.mark.parametrize(
    "step",
    [
        lambda room, letter: room.receive(letter, received_by="Siti", day=DAY, by=INVESTIGATOR),
        lambda room, letter: room.issue(letter, DAY, by=INVESTIGATOR) and room.issue(letter, DAY, by=INVESTIGATOR),
        lambda room, letter: (
            room.cancel(letter, reason="x", by=INVESTIGATOR) and room.cancel(letter, reason="x", by=INVESTIGATOR)
        ),
    ],
    ids=["received before issued", "issued twice", "cancelled twice"],
)
def test_steps_out_of_order_are_refused(room, step: Callable[[LetterRoom, str], object]) -> None:
    with pytest.raises(DomainError) as refused:
        step(room, room.draft(order(), by=INVESTIGATOR).id)
    assert refused.value.code is DomainCode.TRANSITION_REFUSED


def test_a_receipt_needs_a_name_and_a_cancellation_a_reason(room) -> None:
    letter = room.draft(order(), by=INVESTIGATOR)
    with pytest.raises(DomainError) as nameless:
        room.receive(letter.id, received_by=" ", day=DAY, by=INVESTIGATOR)
    with pytest.raises(DomainError) as unreasoned:
        room.cancel(letter.id, reason="", by=INVESTIGATOR)
    assert {nameless.value.code, unreasoned.value.code} == {DomainCode.FIELD_MISSING}


def test_the_signed_pdf_that_comes_back_is_kept_with_its_hash(store, room, tmp_path) -> None:
    letter = room.draft(order(), by=INVESTIGATOR)
    scan = tmp_path / "pindaian.pdf"
    scan.write_bytes(b"%PDF-1.7 tanda tangan")
    changed = room.attach_signed(letter.id, scan, by=INVESTIGATOR)
    assert changed.signed is not None
    assert room.path_of(changed.signed).read_bytes() == scan.read_bytes()
    assert changed.signatures == (SIGNATURE,)
    assert store.do(partial(letters.get, letter_id=letter.id)) == changed
    assert in_custody(store)[-1].facts["signed_sha256"] == hashlib.sha256(scan.read_bytes()).hexdigest()


def test_a_signed_pdf_that_is_attached_again_stays_one_file(room, tmp_path) -> None:
    letter = room.draft(order(), by=INVESTIGATOR)
    scan = tmp_path / "pindaian.pdf"
    scan.write_bytes(b"%PDF-1.7 tanda tangan")
    first, second = (room.attach_signed(letter.id, scan, by=INVESTIGATOR) for _ in range(2))
    assert first.signed == second.signed
    assert len(files_under(tmp_path / "letters")) == 3


def test_what_is_no_pdf_or_not_there_is_not_attached(room, tmp_path) -> None:
    letter = room.draft(order(), by=INVESTIGATOR)
    picture, huge = tmp_path / "foto.jpg", tmp_path / "besar.pdf"
    picture.write_bytes(b"\xff\xd8\xff")
    with huge.open("wb") as file:
        file.truncate(LARGEST_SIGNED + 1)
    for wrong in (picture, huge):
        with pytest.raises(DomainError) as refused:
            room.attach_signed(letter.id, wrong, by=INVESTIGATOR)
        assert refused.value.code is DomainCode.LETTER_NOT_A_PDF
    with pytest.raises(Fault) as gone:
        room.attach_signed(letter.id, tmp_path / "tidak-ada.pdf", by=INVESTIGATOR)
    assert gone.value.code is FaultCode.FILE_UNREADABLE


def test_a_certificate_says_how_the_cameras_of_its_clips_did(room) -> None:
    words = replace(WORDS, kind=LetterKind.AVAILABILITY, code=None, clips=("klip-1",))
    letter = room.draft(order(words), by=INVESTIGATOR)
    assert letter.kind is LetterKind.AVAILABILITY
    assert letter.code is None


def test_the_register_lists_which_clips_may_support_a_letter(store, room) -> None:
    (line,) = store.do(room.register).cases
    assert [(clip.id, clip.camera, bool(clip.sha256)) for clip in line.clips] == [
        ("klip-1", "Simpang Gladag", True),
        ("klip-2", "Pasar Gede", False),
    ]


def test_dates_and_difficulty_of_a_case_are_set_and_the_reminder_follows(store, room) -> None:
    facts = CaseFacts(CASE.lp_date, Difficulty.EASY, Stage.INVESTIGATION, date(2025, 3, 10))
    room.put_case(CASE.id, facts, by=INVESTIGATOR)
    (line,) = store.do(room.register).cases
    assert line.reminder is not None
    assert (line.reminder.code, line.reminder.due) == (LetterCode.A3, date(2025, 3, 20))


def test_whoever_may_not_edit_the_case_drafts_nothing_and_changes_nothing(store, room) -> None:
    letter = room.draft(order(), by=INVESTIGATOR)
    other_unit = replace(INVESTIGATOR, units=("Lantas",))
    store.do(partial(operations.change, value=replace(CASE, unit="Reskrim"), actor=INVESTIGATOR.nrp, at=letter.made_at))
    for officer in (OPERATOR, other_unit):
        for step in (
            partial(room.draft, order()),
            partial(room.issue, letter.id, DAY),
            partial(room.cancel, letter.id, reason="x"),
        ):
            with pytest.raises(DomainError) as refused:
                step(by=officer)
            assert refused.value.code is DomainCode.NOT_ALLOWED


def test_a_case_or_a_letter_that_is_not_there_is_said(room) -> None:
    with pytest.raises(DomainError) as no_case:
        room.draft(LetterOrder("lain", WORDS, DAY), by=INVESTIGATOR)
    with pytest.raises(DomainError) as no_letter:
        room.issue("lain", DAY, by=INVESTIGATOR)
    assert (no_case.value.code, no_letter.value.code) == (DomainCode.CASE_UNKNOWN, DomainCode.NOT_FOUND)


def test_a_folder_that_takes_no_file_is_one_fault_and_takes_no_number(store, room, tmp_path) -> None:
    (tmp_path / "letters").write_text("a file where the folder should be")
    with pytest.raises(Fault):
        room.draft(order(), by=INVESTIGATOR)
    assert store.do(room.register).next_sequence == 1


def test_the_sheet_of_a_case_lists_its_letters_without_names(store, room, tmp_path) -> None:
    letter = room.draft(order(replace(WORDS, clips=("klip-1",))), by=INVESTIGATOR)
    room.issue(letter.id, DAY, by=INVESTIGATOR)
    sheet = store.do(partial(case_sheet, lp=CASE.lp, clips=tmp_path, today=DAY))
    (line,) = sheet.letters
    assert (line.number, line.kind, line.code, line.nth, line.state) == (letter.number, "sp2hp", "A1", 1, "issued")
    assert (line.issued_on, line.received_on, line.signed, line.clips) == (DAY, None, False, ("klip-1",))
    assert "Siti" not in str(sheet.letters)
