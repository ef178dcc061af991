"""Requests to owners from the letter to the files, and the one key that holds and asks."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from tests.clocks import NOON
from tests.letters import CASE, DAY, INVESTIGATOR, REQUEST, STATION, room_of, stocked
from tests.services_stage import camera, incident
from tmcwall.db import cameras, contacts, custody, footage_requests, letters, operations
from tmcwall.domain.camera import Owner, RecorderRetention
from tmcwall.domain.contact import Contact, ContactRole
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.footage_request import RequestAnswer
from tmcwall.domain.footage_timeline import Footage, FootageSource, Span
from tmcwall.domain.letter import LetterItem, LetterState
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity
from tmcwall.domain.remaining_footage import Keeper, Secured, Urgency
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.cases import case_sheet, with_remaining
from tmcwall.services.letter_room import LetterOrder
from tmcwall.services.remaining_footage import Keeping, Matter, StoredCity, remaining_of
from tmcwall.services.request_room import RequestRoom, RequestRules

HEAD = Officer("11112222", "Agus Wibowo", Role.HEAD, "Kompol")
CITY = (
    camera("CAM-1", owner=Owner.DISHUB, retention=RecorderRetention(48)),
    camera("CAM-3", name="Simpang Lima", owner=Owner.DISHUB),
    camera("CAM-4", name="Toko Roti", owner=Owner.PRIVATE, retention=RecorderRetention(24)),
)
CASE_MATTER = Matter(Entity.CASE, CASE.id)


@pytest.fixture
def stock(store, clock, tmp_path):
    stocked(store)
    store.do(lambda session: cameras.put(session, CITY))
    tagged = replace(incident(), called_at=NOON, case_id=CASE.id)
    store.do(partial(operations.change, value=tagged, actor=INVESTIGATOR.nrp, at=NOON))
    return store


@pytest.fixture
def letter_room(stock, clock, tmp_path):
    room = room_of(stock, tmp_path, clock=clock)
    room.draft(LetterOrder(CASE.id, REQUEST, DAY), by=INVESTIGATOR)
    return room


@pytest.fixture
def room(letter_room, stock, clock, tmp_path):
    return requests_of(letter_room, stock, clock, tmp_path)


def requests_of(letter_room, store, clock, folder, place: str = STATION.place) -> RequestRoom:
    return RequestRoom(
        letter_room,
        store=store,
        rules=RequestRules(),
        folder=folder / "received",
        place=place,
        zone=StationZone.WIB,
        clock=clock,
    )


def nothing_recorded(_camera: str, _span: Span) -> None:
    return None


def left(store, clock, *, recorded=nothing_recorded, keep=timedelta(minutes=10), matter=CASE_MATTER):
    city = store.do(StoredCity)
    return remaining_of(matter, store=store, city=city, keeping=Keeping(keep, recorded), now=clock.utc())


def asked(room, store, clock):
    rows = [row for row in left(store, clock).rows if row.keeper is Keeper.OWNER]
    return room.ask(CASE.id, rows, by=INVESTIGATOR)


def test_of_a_case_each_camera_that_saw_an_incident_is_listed_with_when_its_footage_is_overwritten(
    stock, clock
) -> None:
    footage = left(stock, clock)
    owners = {row.camera_id: row for row in footage.rows if row.keeper is Keeper.OWNER}
    assert footage.case == CASE
    assert {name: row.ends_at for name, row in owners.items()} == {
        "CAM-1": NOON + timedelta(hours=48), "CAM-3": None, "CAM-4": NOON + timedelta(hours=24),
    }  # fmt: skip
    assert [row.camera_id for row in footage.rows if row.keeper is Keeper.OWNER] == ["CAM-4", "CAM-1", "CAM-3"]


def test_what_we_recorded_is_a_row_of_its_own_with_its_own_end_and_says_when_a_tag_holds_it(stock, clock) -> None:
    def recorded(camera_id: str, span: Span) -> Footage | None:
        return Footage(span, FootageSource.RECORDING, ()) if camera_id != "CAM-4" else None

    ours = {row.camera_id: row for row in left(stock, clock, recorded=recorded).rows if row.keeper is Keeper.OURS}
    assert ours["CAM-1"].secured is Secured.HELD
    assert (ours["CAM-3"].secured, ours["CAM-3"].ends_at) == (Secured.NOT, NOON + timedelta(minutes=10))
    assert "CAM-4" not in ours


def test_a_clip_that_went_by_age_holds_nothing_any_more(stock, clock) -> None:
    stock.do(
        partial(
            custody.append, actor="tmcwall", action=CustodyAction.CLIP_EXPIRED, about="clip/klip-1", at=NOON, reason=""
        )
    )
    assert all(row.secured is not Secured.HELD for row in left(stock, clock).rows)


def test_an_incident_is_listed_with_the_case_that_its_tags_belong_to(stock, clock) -> None:
    footage = left(stock, clock, matter=Matter(Entity.INCIDENT, "INC-1"))
    assert footage.case == CASE
    with pytest.raises(DomainError) as unknown:
        left(stock, clock, matter=Matter(Entity.INCIDENT, "nothing"))
    assert unknown.value.code is DomainCode.NOT_FOUND


def test_each_owner_is_asked_by_one_letter_that_names_cameras_span_and_end(room, stock, clock) -> None:
    done = asked(room, stock, clock)
    assert {one.asked_of: one.camera_ids for one in done.with_letter} == {
        "Kepala Dinas Perhubungan": ("CAM-1", "CAM-3"), "Pengelola kamera Toko Roti": ("CAM-4",),
    }  # fmt: skip
    dishub = next(one for one in done.with_letter if one.asked_of.startswith("Kepala"))
    made = {letter.number: letter for letter in stock.do(partial(letters.of_case, case_id=CASE.id))}
    words = made[dishub.letter_number].words
    assert (words.signer, words.address) == (REQUEST.signer, "di Surakarta")
    assert "sampai pukul 12.10 WIB" in words.matter
    assert "Simpang Lima (CAM-3)." in words.matter
    assert "tertimpa pada 12 Maret 2025 pukul 12.00 WIB" in words.matter
    assert stock.do(partial(footage_requests.get, request_id=dishub.id)) == dishub


def test_an_answer_is_due_before_the_footage_is_overwritten(room, stock, clock) -> None:
    due = {one.asked_of: one.due_on - NOON.date() for one in asked(room, stock, clock).requests}
    assert due == {"Kepala Dinas Perhubungan": timedelta(2), "Pengelola kamera Toko Roti": timedelta(1)}


def test_an_owner_of_the_directory_is_addressed_by_name(room, stock, clock) -> None:
    owner = Contact("p9", ContactRole.OWNER, "Hartono", "0271000001", camera_id="CAM-4")
    stock.do(partial(contacts.put, contact=owner, by=HEAD, at=NOON))
    assert "Hartono" in {one.asked_of for one in asked(room, stock, clock).requests}


def test_a_letter_that_lacks_something_leaves_its_request_without_one_and_says_what(stock, clock, tmp_path) -> None:
    room = requests_of(room_of(stock, tmp_path, clock=clock), stock, clock, tmp_path, place="")
    done = asked(room, stock, clock)
    assert (len(done.with_letter), len(done.without_letter)) == (0, 2)
    assert {LetterItem.SIGNER, LetterItem.ADDRESS, LetterItem.ARCHIVE_CODE} <= set(done.lacking)
    assert all(one.letter_number == "" for one in done.without_letter)


def test_what_was_asked_is_not_asked_again_and_goes_on_dying(room, stock, clock) -> None:
    asked(room, stock, clock)
    footage = left(stock, clock)
    owners = [row for row in footage.rows if row.keeper is Keeper.OWNER]
    assert {row.secured for row in owners} == {Secured.ASKED}
    assert not any(row.can_be_secured(clock.utc()) for row in owners)
    assert owners[0].urgency(clock.utc()) is Urgency.DYING


def test_files_that_are_handed_over_are_kept_with_their_hashes_and_in_custody(room, stock, clock, tmp_path) -> None:
    request = asked(room, stock, clock).requests[0]
    source = tmp_path / "rekaman dari dishub.mp4"
    source.write_bytes(b"gambar" * 1000)
    given = room.hand_over(request.id, [source], record="BA/7/III/2025", on=DAY, by=INVESTIGATOR)
    (file,) = given.files
    kept = tmp_path / "received" / file.path
    assert kept.read_bytes() == source.read_bytes()
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == file.sha256
    (row,) = [
        row
        for row in stock.do(partial(custody.about, object_name=f"case/{CASE.id}"))
        if row.action is CustodyAction.FOOTAGE_RECEIVED
    ]
    assert (row.facts["sha256"], row.facts["handover_number"], row.actor) == (
        file.sha256, "BA/7/III/2025", INVESTIGATOR.nrp,
    )  # fmt: skip
    owners = {row.camera_id: row.secured for row in left(stock, clock).rows if row.keeper is Keeper.OWNER}
    assert owners[request.camera_ids[0]] is Secured.RECEIVED


def test_a_file_that_cannot_be_read_leaves_no_other_and_changes_nothing(room, stock, clock, tmp_path) -> None:
    request = asked(room, stock, clock).requests[0]
    source = tmp_path / "a.mp4"
    source.write_bytes(b"a")
    with pytest.raises(Fault) as refused:
        room.hand_over(request.id, [source, tmp_path / "nothing"], record="", on=DAY, by=INVESTIGATOR)
    assert refused.value.code is FaultCode.FILE_UNREADABLE
    assert not [path for path in (tmp_path / "received").rglob("*") if path.is_file()]
    assert stock.do(partial(footage_requests.get, request_id=request.id)) == request


def test_answers_and_receipts_stand_in_the_register_where_those_that_wait_come_first(room, stock, clock) -> None:
    dishub, shop = sorted(asked(room, stock, clock).requests, key=lambda one: one.asked_of)
    room.receive_letter(dishub.id, received_by="Bagian Umum", on=DAY, by=INVESTIGATOR)
    room.answer(dishub.id, RequestAnswer.OVERWRITTEN, on=DAY, words="disimpan dua hari", by=INVESTIGATOR)
    lines = stock.do(room.register)
    assert [line.request.id for line in lines] == [shop.id, dishub.id]
    assert (lines[1].request.letter_received_by, lines[1].request.answer_words) == ("Bagian Umum", "disimpan dua hari")
    assert lines[1].cameras == ("Kamera CAM-1", "Simpang Lima")
    assert lines[0].is_late(DAY + timedelta(days=30))


def test_what_was_asked_by_mistake_is_taken_back_with_its_letters_whose_numbers_stay_taken(room, stock, clock) -> None:
    done = asked(room, stock, clock)
    assert room.take_back(done, reason="diurungkan", by=INVESTIGATOR) == 2
    states = {one.id: one.state for one in stock.do(partial(letters.of_case, case_id=CASE.id))}
    assert {states[letter_id] for letter_id in done.letters} == {LetterState.CANCELLED}
    assert all(stock.do(partial(footage_requests.get, request_id=one.id)).withdrawn for one in done.requests)
    assert {row.secured for row in left(stock, clock).rows if row.keeper is Keeper.OWNER} == {Secured.NOT}


def test_the_sheet_of_a_case_lists_its_requests_and_what_is_left_of_its_footage(room, stock, clock, tmp_path) -> None:
    asked(room, stock, clock)
    later = DAY + timedelta(days=30)
    sheet = stock.do(partial(case_sheet, lp=CASE.lp, clips=tmp_path, today=later))
    assert {line.late for line in sheet.requests} == {True}
    (first, *_) = with_remaining(sheet, left(stock, clock)).remaining
    assert (first.camera, first.keeper, first.left_s, first.secured, first.urgency) == (
        "CAM-4", "owner", 86400.0, "asked", "dying",
    )  # fmt: skip


def test_nobody_who_may_not_edit_the_case_answers_for_it(room, stock, clock) -> None:
    request = asked(room, stock, clock).requests[0]
    operator = Officer("12345678", "Budi", Role.OPERATOR)
    for change in (
        lambda: room.withdraw(request.id, by=operator),
        lambda: room.answer(request.id, RequestAnswer.GIVEN, on=DAY, by=operator),
    ):
        with pytest.raises(DomainError) as refused:
            change()
        assert refused.value.code is DomainCode.NOT_ALLOWED
