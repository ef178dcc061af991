"""Tagging: what is shown as saved, which case it goes to, and how its clip comes to be."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QTimer

from tests.clocks import NOON
from tests.services_stage import (
    BRIPKA_SARI,
    LP,
    FakeBook,
    camera,
)
from tmcwall.db import bookmarks, cases, custody, health, operations, rows
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState, Gap, GapCause, SetsFrom
from tmcwall.domain.camera import Profile
from tmcwall.domain.case import Case, LpOutcome, LpWarning
from tmcwall.domain.custody import ClipFacts, CodecAt, CustodyAction, StateAt
from tmcwall.domain.fault import DomainCode, Fault, FaultCode
from tmcwall.domain.history import CameraState, CodecChange, HealthChange
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.cutting import Cutting
from tmcwall.services.tagging import Rolls, Tagging, TagRequest
from tmcwall.video.ipc.messages import ClipCut, ClipFailed

OLD_NUMBER = "LP/45/V/18/Jateng/Restabes Smg/Sek Tembalang"


@pytest.fixture
def desk(store, changes, feed, duty, clock, tmp_path):
    """Makes Tagging as a start of the program would, as often as a test wants."""
    made = []

    def start(**options) -> Tagging:
        tagging = Tagging(
            store=store,
            changes=changes,
            cutter=feed,
            cameras=FakeBook(camera("CAM-1"), camera("CAM-2", name="Simpang Gendengan")),
            duty=duty,
            clock=clock,
            clips=tmp_path,
            rolls=Rolls(before_s=20, after_s=10),
            **options,
        )
        made.append(tagging)
        tagging.start()
        return tagging

    yield start
    for tagging in made:
        tagging.stop()


@pytest.fixture
def tagging(desk):
    return desk()


def tag(tagging, qtbot, request=None):
    with qtbot.waitSignal(tagging.saved) as saved:
        tagging.tag(request or TagRequest("CAM-1"))
    return saved.args[0]


def refusal(tagging, qtbot, request):
    with qtbot.waitSignal(tagging.refused) as refused:
        tagging.tag(request)
    return refused.args[0]


def until_asked(feed, qtbot, number=1):
    qtbot.waitUntil(lambda: len(feed.cuts) >= number)
    return feed.cuts[-1]


LOSS = Gap(NOON, NOON + timedelta(milliseconds=80), GapCause.PACKETS_LOST, 2)


def cut_of(request, *, players_start_late=False):
    return ClipCut(
        request=request.request, path=request.path, sha256="a" * 64, stream_sha256="b" * 64, size_bytes=1000,
        first_utc=request.start_utc - 0.5, last_utc=request.end_utc, packets=750, packets_lost=2, gaps=(LOSS,),
        camera_clock_ms=7_200_000, server_clock_ms=-40, players_start_late=players_start_late,
    )  # fmt: skip


def test_a_tag_is_shown_as_saved_only_after_the_commit(tagging, store, feed, qtbot):
    store.slow = True
    shown = []
    tagging.saved.connect(shown.append)
    tagging.tag(TagRequest("CAM-1"))
    qtbot.waitUntil(lambda: not tagging.recent())
    assert shown == []
    assert feed.holds == []
    with qtbot.waitSignal(tagging.saved):
        store.commit_waiting()
    assert store.do(lambda session: bookmarks.get(session, shown[0].id)) == shown[0]


def test_a_tag_that_the_store_cannot_keep_is_refused_and_not_listed(tagging, store, qtbot):
    store.failing = Fault(FaultCode.DISK_FULL)
    assert refusal(tagging, qtbot, TagRequest("CAM-1")).code is FaultCode.DISK_FULL
    assert tagging.recent() == ()


def test_one_press_keeps_the_time_before_and_after_it(tagging, qtbot):
    saved = tag(tagging, qtbot, tagging.begin("CAM-1"))
    assert (saved.starts_at, saved.ends_at) == (NOON - timedelta(seconds=20), NOON + timedelta(seconds=10))
    assert (saved.officer, saved.camera_name, saved.held) == (BRIPKA_SARI.nrp, "Kamera CAM-1", True)


def test_marks_in_and_out_keep_the_time_between_with_both_rolls(tagging, clock, qtbot):
    tagging.mark_in("CAM-1")
    clock.advance(60)
    request = tagging.mark_out("CAM-1")
    clock.advance(5)
    saved = tag(tagging, qtbot, request)
    assert (saved.starts_at, saved.ends_at) == (NOON - timedelta(seconds=20), NOON + timedelta(seconds=70))
    assert tagging.mark_out("CAM-1") is None


def test_tags_from_a_replay_keep_the_time_that_was_looked_at(tagging, clock, qtbot):
    looked_at = NOON - timedelta(minutes=5)
    saved = tag(tagging, qtbot, tagging.begin("CAM-1", moment=looked_at))
    assert (saved.starts_at, saved.ends_at) == (
        looked_at - timedelta(seconds=20),
        looked_at + timedelta(seconds=10),
    )
    assert saved.marked_at == NOON
    tagging.mark_in("CAM-1", moment=looked_at)
    request = tagging.mark_out("CAM-1", moment=looked_at + timedelta(seconds=30))
    assert (request.starts_at, request.ends_at) == (
        looked_at - timedelta(seconds=20),
        looked_at + timedelta(seconds=40),
    )


def test_there_is_no_mark_out_without_a_mark_in(tagging):
    assert tagging.mark_out("CAM-1") is None


def test_a_tag_names_its_case_and_the_case_its_next_reminder(tagging, store, qtbot):
    saved = tag(tagging, qtbot, TagRequest("CAM-1", lp=LP, note="plat AD 1234 XX"))
    row = tagging.recent()[0]
    assert row.case is not None
    assert row.case.id == saved.case_id
    assert row.case.lp == LP
    assert row.reminder is not None
    assert row.reminder.due == date(2025, 3, 13)


def test_two_spellings_of_one_number_are_one_case(tagging, store, qtbot):
    first = tag(tagging, qtbot, TagRequest("CAM-1", lp=LP))
    second = tag(tagging, qtbot, TagRequest("CAM-2", lp="Nomor: " + LP.lower().replace("/", " / ")))
    assert first.case_id == second.case_id
    assert len(store.do(cases.all_cases)) == 1


def test_a_number_that_an_earlier_version_kept_with_its_date_is_the_same_case(tagging, store, qtbot):
    kept = Case("old", f"{LP}, tanggal 12 Januari 2026", f"{LP}, TANGGAL 12 JANUARI 2026", NOON, BRIPKA_SARI.nrp)
    store.do(lambda session: operations.change(session, kept, actor=BRIPKA_SARI.nrp, at=NOON))
    assert tag(tagging, qtbot, TagRequest("CAM-1", lp=LP)).case_id == "old"
    assert len(store.do(cases.all_cases)) == 1


def test_a_number_that_leaps_over_those_of_its_unit_is_warned_of_wherever_they_came_from(desk, store, qtbot):
    tagging = desk()
    far = LP.replace("/123/", "/1230/")
    assert LpWarning.SEQUENCE_GAP not in tagging.check_lp(far).warnings
    tag(tagging, qtbot, TagRequest("CAM-1", lp=LP))
    assert LpWarning.SEQUENCE_GAP in tagging.check_lp(far).warnings
    assert LpWarning.SEQUENCE_GAP not in tagging.check_lp(LP).warnings
    later = desk(largest_gap=2000)
    with qtbot.waitSignal(later.recent_changed):
        later.tag(TagRequest("CAM-1"))
    assert LpWarning.SEQUENCE_GAP not in later.check_lp(far).warnings
    assert LpWarning.SEQUENCE_GAP in later.check_lp(LP.replace("/123/", "/9999/")).warnings
    tag(tagging, qtbot, TagRequest("CAM-1", lp=far))
    assert tagging.check_lp(far).outcome is LpOutcome.VALID


def test_a_rejected_number_is_refused_and_nothing_is_written(tagging, store, qtbot):
    assert refusal(tagging, qtbot, TagRequest("CAM-1", lp=OLD_NUMBER)).code is DomainCode.LP_REJECTED
    assert store.do(operations.pending_count) == 0


def test_a_rejected_number_is_kept_with_a_reason_which_goes_into_custody(tagging, store, qtbot):
    assert tagging.check_lp(OLD_NUMBER).outcome is LpOutcome.REJECTED
    saved = tag(tagging, qtbot, TagRequest("CAM-1", lp=OLD_NUMBER, forced_reason="nomor lama dari register 2018"))
    rows = store.do(lambda session: custody.about(session, f"case/{saved.case_id}"))
    assert [(row.action, row.reason) for row in rows][-1] == (CustodyAction.LP_FORCED, "nomor lama dari register 2018")


def test_a_tag_is_one_operation_for_each_of_case_bookmark_and_clip(tagging, store, qtbot):
    tag(tagging, qtbot, TagRequest("CAM-1", lp=LP))
    made = store.do(lambda session: operations.pending(session, 10))
    assert [one.entity for one in made] == [Entity.CASE, Entity.BOOKMARK, Entity.CLIP]
    assert store.do(custody.verify) is None


@pytest.mark.parametrize(
    ("officer", "code"),
    [(None, DomainCode.NOT_ON_DUTY), (Officer("11112222", "Auditor", Role.AUDITOR), DomainCode.NOT_ALLOWED)],
)
def test_nobody_on_duty_or_an_auditor_cannot_tag(tagging, duty, qtbot, officer, code):
    duty.officer = officer
    assert refusal(tagging, qtbot, TagRequest("CAM-1")).code is code


def test_an_unknown_camera_and_an_empty_range_are_refused(tagging, qtbot):
    assert refusal(tagging, qtbot, TagRequest("CAM-9")).code is DomainCode.NOT_FOUND
    assert refusal(tagging, qtbot, TagRequest("CAM-1", NOON, NOON)).code is DomainCode.RANGE_EMPTY


def test_the_footage_is_held_at_once_and_cut_when_its_end_has_passed(tagging, feed, clock, qtbot):
    saved = tag(tagging, qtbot)
    assert [(hold.hold, hold.camera, hold.end_utc) for hold in feed.holds] == [
        (saved.id, "CAM-1", saved.ends_at.timestamp())
    ]
    with qtbot.waitSignal(tagging._cutting._ticks.timeout):
        clock.advance(9)
    assert feed.cuts == []
    clock.advance(2)
    asked = until_asked(feed, qtbot)
    assert (asked.start_utc, asked.end_utc) == (saved.starts_at.timestamp(), saved.ends_at.timestamp())


def test_a_cut_clip_is_written_down_with_its_hash_and_then_its_footage_is_let_go(
    tagging, feed, store, clock, qtbot, tmp_path
):
    saved = tag(tagging, qtbot)
    clock.advance(11)
    asked = until_asked(feed, qtbot)
    assert Path(asked.path).parent == tmp_path / "2025" / "03"
    with qtbot.waitSignal(tagging.clip_changed) as changed:
        feed.clip_cut.emit(cut_of(asked))
    clip = changed.args[0]
    assert (clip.state, clip.sha256, clip.packets, clip.packets_lost) == (ClipState.READY, "a" * 64, 750, 2)
    assert store.do(lambda session: rows.get(session, Entity.CLIP, clip.id)) == clip
    assert (clip.asked_from, clip.asked_until, clip.gaps) == (saved.starts_at, saved.ends_at, (LOSS,))
    assert feed.released == [saved.id]
    assert tagging.clip_path(saved.id) == Path(asked.path)
    custody_rows = store.do(lambda session: custody.about(session, f"clip/{clip.id}"))
    assert [row.action for row in custody_rows] == [CustodyAction.CREATED, CustodyAction.CLIP_CUT]
    assert clip.first_packet_at.tzinfo is UTC


def test_the_custody_of_a_clip_tells_the_clocks_and_how_the_camera_did(tagging, feed, store, clock, qtbot):
    changes = [
        HealthChange("CAM-1", NOON - timedelta(hours=3), CameraState.LOST),
        HealthChange("CAM-1", NOON - timedelta(hours=1), CameraState.WORKING),
        HealthChange("CAM-1", NOON + timedelta(seconds=5), CameraState.MOVED),
        HealthChange("CAM-2", NOON, CameraState.BLACK),
    ]
    codecs = [
        CodecChange("CAM-1", NOON - timedelta(hours=1), Profile.MAIN, "h264"),
        CodecChange("CAM-1", NOON + timedelta(seconds=6), Profile.MAIN, "hevc", "h264"),
    ]
    store.do(lambda session: health.add(session, changes, [], codecs, at=NOON))
    tag(tagging, qtbot)
    clock.advance(11)
    asked = until_asked(feed, qtbot)
    with qtbot.waitSignal(tagging.clip_changed) as changed:
        feed.clip_cut.emit(cut_of(asked, players_start_late=True))
    row = store.do(lambda session: custody.about(session, f"clip/{changed.args[0].id}"))[-1]
    assert row.reason == ""
    assert msgspec.convert(row.facts, ClipFacts) == ClipFacts(
        camera_clock_ms=7_200_000,
        server_clock_ms=-40,
        players_start_late=True,
        camera_states=(
            StateAt("working", NOON - timedelta(hours=1)),
            StateAt("moved", NOON + timedelta(seconds=5)),
        ),
        codecs=(CodecAt("h264", "hevc", NOON + timedelta(seconds=6)),),
    )


def test_what_is_due_is_cut_though_tags_come_without_a_pause(store, feed, clock, qtbot, tmp_path):
    cutting = Cutting(store=store, cutter=feed, clock=clock, clips=tmp_path, zone=StationZone.WIB)
    bookmark = Bookmark("b1", "CAM-1", "Simpang", NOON, NOON, NOON, "80010001")
    tags = QTimer(interval=20)
    tags.timeout.connect(lambda: cutting.take(bookmark, Clip("c1", "b1", ClipState.WAITING)))
    tags.start()
    asked = until_asked(feed, qtbot)
    tags.stop()
    cutting.stop()
    assert asked.request == "c1"


def test_a_failed_cut_says_why_keeps_its_footage_and_can_be_tried_again(tagging, feed, clock, qtbot):
    saved = tag(tagging, qtbot)
    clock.advance(11)
    asked = until_asked(feed, qtbot)
    with qtbot.waitSignal(tagging.clip_changed) as changed:
        feed.clip_failed.emit(ClipFailed(asked.request, FaultCode.DISK_FULL, "no space left"))
    assert (changed.args[0].state, changed.args[0].failure) == (ClipState.FAILED, FaultCode.DISK_FULL)
    assert feed.released == []
    tagging.retry(saved.id)
    again = until_asked(feed, qtbot, 2)
    with qtbot.waitSignal(tagging.clip_changed) as changed:
        feed.clip_cut.emit(cut_of(again))
    assert tagging.recent()[0].clip.state is ClipState.READY


def test_a_clip_that_waited_for_its_end_when_the_program_ended_is_cut_after_the_restart(
    desk, tagging, feed, clock, qtbot
):
    saved = tag(tagging, qtbot)
    tagging.stop()
    feed.holds.clear()
    clock.advance(600)
    after = desk()
    asked = until_asked(feed, qtbot)
    assert [hold.hold for hold in feed.holds] == [saved.id]
    with qtbot.waitSignal(after.clip_changed):
        feed.clip_cut.emit(cut_of(asked))
    assert after.recent()[0].clip.state is ClipState.READY


def test_the_custody_of_a_clip_tells_where_sets_are_from_that_key_frames_did_not_bring(
    tagging, feed, store, clock, qtbot
):
    tag(tagging, qtbot)
    clock.advance(11)
    cut = msgspec.structs.replace(cut_of(until_asked(feed, qtbot)), sets_from=(SetsFrom.LATER, SetsFrom.EARLIER))
    with qtbot.waitSignal(tagging.clip_changed) as changed:
        feed.clip_cut.emit(cut)
    row = store.do(lambda session: custody.about(session, f"clip/{changed.args[0].id}"))[-1]
    assert row.facts["parameter_sets"] == ["later", "earlier"]


def test_an_engine_that_never_answers_fails_the_clip(tagging, feed, clock, qtbot):
    tag(tagging, qtbot)
    clock.advance(11)
    until_asked(feed, qtbot)
    with qtbot.waitSignal(tagging.clip_changed, check_params_cb=lambda clip: clip.state is ClipState.FAILED):
        clock.advance(301)


def test_bookmarks_are_found_by_number_camera_and_note(tagging, qtbot):
    tag(tagging, qtbot, TagRequest("CAM-1", lp=LP))
    tag(tagging, qtbot, TagRequest("CAM-2", note="motor merah"))

    def cameras_found(text):
        with qtbot.waitSignal(tagging.found) as found:
            tagging.find(text)
        assert found.args[0] == text
        return [row.bookmark.camera_id for row in found.args[1]]

    assert cameras_found("lp/b/123/iii/2025") == ["CAM-1"]
    assert cameras_found("gendengan") == ["CAM-2"]
    assert cameras_found("merah") == ["CAM-2"]


def test_the_list_is_there_again_after_a_restart_newest_first(desk, tagging, clock, qtbot):
    first = tag(tagging, qtbot)
    clock.advance(1)
    second = tag(tagging, qtbot)
    after = desk()
    qtbot.waitUntil(lambda: len(after.recent()) == 2)
    assert [row.bookmark for row in after.recent()] == [second, first]


def test_a_long_shift_lists_no_more_bookmarks_than_the_start_of_the_program(desk, qtbot):
    tagging = desk(recent_rows=3)
    for number in range(5):
        with qtbot.waitSignal(tagging.saved):
            tagging.tag(TagRequest("CAM-1", note=str(number)))
    assert [row.bookmark.note for row in tagging.recent()] == ["4", "3", "2"]


@pytest.mark.parametrize(("zone", "folder"), [(StationZone.WIB, "2025/12"), (StationZone.WIT, "2026/01")])
def test_a_clip_lies_in_the_folder_of_the_stations_year_and_month(desk, clock, feed, qtbot, tmp_path, zone, folder):
    clock.set_forward = datetime(2025, 12, 31, 16, 30, tzinfo=UTC) - clock.utc()
    tag(desk(zone=zone), qtbot)
    clock.advance(11)
    assert Path(until_asked(feed, qtbot).path).parent == tmp_path / folder
