"""What the store keeps: cameras, layouts, bookmarks, officers, custody, facts; and the schema that migrations build."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from tmcwall.db import (
    bookmarks,
    cameras,
    cases,
    custody,
    facts,
    incidents,
    layouts,
    letters,
    officers,
    operations,
    privacy_masks,
    schema,
    tables,
    unsaid,
)
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.camera import Camera, Mount, Owner, Position, RecordPolicy, Standing, View
from tmcwall.domain.case import Case, Difficulty, Stage, case_id
from tmcwall.domain.chain import ChainBreak
from tmcwall.domain.custody import CustodyAction, DeviceFacts, next_row
from tmcwall.domain.derived_copy import Box
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.incident import (
    Certainty,
    Drill,
    Incident,
    IncidentType,
    Place,
    Severity,
    Source,
    Status,
)
from tmcwall.domain.layout import Layout, WallPlan
from tmcwall.domain.letter import Letter, LetterFile, LetterKind, LetterState, LetterWords, PdfSignature
from tmcwall.domain.lifecycle import Decision, Lifecycle
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity, Json
from tmcwall.domain.roster import Origin
from tmcwall.domain.source import TransportPreference
from tmcwall.domain.sp2hp import LetterCode

NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)
OPERATOR = Officer("12345678", "Budi", Role.OPERATOR)
SUPERVISOR = Officer("123456789", "Sri", Role.SUPERVISOR, "AKP")
FULL = Camera(
    "CAM-1", "Gendengan Timur", "rtsp://127.0.0.1:8554/1", "rtsp://127.0.0.1:8554/1/sub", Owner.DISHUB, "33.72.01.1007",
    "003", "008", Position(-7.5606, 110.8018), View(90.0, None, 80.0), RecordPolicy.MAIN,
    transport=TransportPreference.UDP, mount=Mount.PTZ, unit="Polsek Laweyan",
)  # fmt: skip
BARE = Camera("CAM-2", "Pasar", "rtsp://127.0.0.1:8554/2")
LP = "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH"


def test_cameras_come_back_as_they_were_put_with_a_number_each(session: Session) -> None:
    assert cameras.put(session, [FULL, BARE]) == cameras.Imported(added=2)
    assert cameras.all_cameras(session) == (replace(FULL, number=1), replace(BARE, number=2))
    assert cameras.get(session, "CAM-2") == replace(BARE, number=2)
    assert cameras.get(session, "CAM-3") is None


def test_a_new_url_changes_neither_identity_nor_number(session: Session) -> None:
    cameras.put(session, [FULL, BARE])
    moved = replace(FULL, url="rtsp://127.0.0.1:8554/moved")
    assert cameras.put(session, [moved, BARE]) == cameras.Imported(changed=1, unchanged=1)
    assert cameras.get(session, "CAM-1") == replace(moved, number=1)


def test_ten_thousand_cameras_are_one_import(session: Session) -> None:
    many = [replace(BARE, id=f"CAM-{number}") for number in range(10_000)]
    assert cameras.put(session, many).added == 10_000
    assert cameras.put(session, many).unchanged == 10_000


def test_quarantine_is_kept_with_reason_and_only_a_supervisor_lifts_it(session: Session) -> None:
    cameras.put(session, [FULL])
    cameras.quarantine(session, "CAM-1", reason="melihat ke dalam rumah", by=OPERATOR, at=NOW)
    decided = Decision("melihat ke dalam rumah", "12345678", NOW)
    assert cameras.lifecycles(session) == {"CAM-1": Lifecycle(quarantine=decided)}
    with pytest.raises(DomainError) as refused:
        cameras.lift_quarantine(session, "CAM-1", reason="sudah dipindah", by=OPERATOR, at=NOW)
    assert refused.value.code is DomainCode.NOT_ALLOWED
    cameras.put(session, [replace(FULL, name="Gendengan")])
    assert cameras.lifecycles(session)["CAM-1"].quarantine == decided
    cameras.lift_quarantine(session, "CAM-1", reason="sudah dipindah", by=SUPERVISOR, at=NOW)
    assert cameras.lifecycles(session) == {}
    assert [row.action for row in custody.about(session, "camera/CAM-1")] == [
        CustodyAction.QUARANTINED,
        CustodyAction.QUARANTINE_LIFTED,
    ]


def test_quarantine_needs_a_reason_and_a_camera(session: Session) -> None:
    for camera_id, reason, code in (
        ("CAM-1", " ", DomainCode.FIELD_MISSING),
        ("CAM-1", "x" * 201, DomainCode.FIELD_INVALID),
        ("CAM-1", "x\ny", DomainCode.FIELD_INVALID),
        ("CAM-9", "x", DomainCode.NOT_FOUND),
    ):
        with pytest.raises(DomainError) as refused:
            cameras.quarantine(session, camera_id, reason=reason, by=SUPERVISOR, at=NOW)
        assert refused.value.code is code


def test_a_camera_is_active_until_somebody_says_otherwise_with_a_reason(session: Session) -> None:
    admin = Officer("87654321", "Tri", Role.ADMIN)
    cameras.put(session, [FULL, BARE])
    cameras.put_standing(session, "CAM-2", Standing.ENDED, reason="izin dicabut", by=admin, at=NOW)
    decided = Decision("izin dicabut", "87654321", NOW)
    assert cameras.lifecycles(session) == {"CAM-2": Lifecycle(Standing.ENDED, decided)}
    cameras.put(session, [replace(BARE, name="Pasar Gede")])
    assert cameras.lifecycles(session) == {"CAM-2": Lifecycle(Standing.ENDED, decided)}
    (row,) = custody.about(session, "camera/CAM-2")
    assert (row.action, row.reason) == (CustodyAction.STANDING_CHANGED, "izin dicabut")
    assert row.facts == {"before": "aktif", "after": "putus"}
    for camera_id, reason, code in (
        ("CAM-2", "", DomainCode.FIELD_MISSING),
        ("CAM-9", "x", DomainCode.NOT_FOUND),
    ):
        with pytest.raises(DomainError) as refused:
            cameras.put_standing(session, camera_id, Standing.ACTIVE, reason=reason, by=admin, at=NOW)
        assert refused.value.code is code


@pytest.mark.parametrize("change", [{"url": "rtsp://u:p@h/"}, {"substream_url": "rtsp://u@h/"}])
def test_no_camera_is_kept_with_credentials_in_its_url(session: Session, change: dict[str, str]) -> None:
    with pytest.raises(DomainError) as refused:
        cameras.put(session, [BARE, replace(FULL, **change)])  # type: ignore[arg-type]  # the test names the fields
    assert (refused.value.code, refused.value.detail) == (DomainCode.URL_WITH_PASSWORD, "CAM-1")


PEAK = Layout("l1", "Jam sibuk", {"EIZO-1": WallPlan("4x4", {0: "CAM-1", 15: "CAM-2"}, (12, 13, 14))})
NIGHT = Layout("l2", "Malam")


def test_layouts_come_back_in_the_order_of_their_saving(session: Session) -> None:
    for layout in (PEAK, NIGHT):
        layouts.put(session, layout)
    layouts.put(session, replace(PEAK, name="Jam sibuk pagi"))
    assert layouts.all_layouts(session) == (replace(PEAK, name="Jam sibuk pagi"), NIGHT)


def test_what_one_wall_shows_is_put_alone(session: Session) -> None:
    layouts.put(session, PEAK)
    plan = WallPlan("1+5", {0: "CAM-2"})
    layouts.put_wall(session, "l1", "EIZO-2", plan)
    assert layouts.all_layouts(session) == (replace(PEAK, walls={**PEAK.walls, "EIZO-2": plan}),)
    with pytest.raises(DomainError) as unknown:
        layouts.put_wall(session, "l9", "EIZO-2", plan)
    assert unknown.value.code is DomainCode.LAYOUT_UNKNOWN


def test_the_selected_layout_is_remembered_until_it_is_removed(session: Session) -> None:
    assert layouts.current(session) is None
    layouts.put(session, PEAK)
    layouts.select_layout(session, "l1")
    assert layouts.current(session) == PEAK
    layouts.remove(session, "l1")
    assert layouts.current(session) is None
    assert layouts.all_layouts(session) == ()
    assert session.scalar(text("SELECT count(*) FROM wall_plans")) == 0


def test_two_layouts_cannot_have_one_name(session: Session) -> None:
    layouts.put(session, PEAK)
    with pytest.raises(DomainError) as taken:
        layouts.put(session, replace(NIGHT, name=PEAK.name))
    assert taken.value.code is DomainCode.NAME_TAKEN


def test_walls_stay_on_their_monitors(session: Session) -> None:
    layouts.place(session, "wall-1", layouts.Placement("EIZO-1"))
    layouts.place(session, "wall-1", layouts.Placement("EIZO-2", shown=False))
    assert layouts.placements(session) == {"wall-1": layouts.Placement("EIZO-2", shown=False)}


def tag(session: Session, number: int, **changes: object) -> Bookmark:
    at = NOW + timedelta(minutes=number)
    bookmark = replace(Bookmark(f"b{number}", "CAM-1", "Gendengan", at, at, at, "12345678"), **changes)  # type: ignore[arg-type]  # the test names the fields
    operations.change(session, bookmark, actor="12345678", at=at)
    return bookmark


def test_bookmarks_are_found_by_report_number_camera_and_note(session: Session) -> None:
    case = Case(
        case_id(LP), LP, LP, NOW, "12345678", date(2025, 3, 1), Difficulty.HARD, Stage.INVESTIGATION, date(2025, 3, 9),
        date(2025, 3, 20), "nomor lama",
    )  # fmt: skip
    operations.change(session, case, actor="12345678", at=NOW)
    first = tag(session, 1, case_id=case.id)
    second = tag(session, 2, note="motor 100%_merah", camera_name="Purwosari")
    found = {
        words: [entry.bookmark.id for entry in bookmarks.find(session, words, limit=10)]
        for words in ("lp / b / 123", "gendengan", "CAM-1", "100%_", "%", "tidak ada", "'; DROP TABLE bookmarks; --")
    }
    assert found == {
        "lp / b / 123": ["b1"], "gendengan": ["b1"], "CAM-1": ["b2", "b1"], "100%_": ["b2"], "%": ["b2"],
        "tidak ada": [], "'; DROP TABLE bookmarks; --": [],
    }  # fmt: skip
    assert bookmarks.find(session, LP, limit=10) == (bookmarks.Entry(first, None, case),)
    assert [entry.bookmark for entry in bookmarks.recent(session, limit=1)] == [second]
    assert cases.all_cases(session) == (case,)


def test_a_bookmark_shows_its_newest_clip(session: Session) -> None:
    tag(session, 1)
    for clip in (Clip("k1", "b1", ClipState.FAILED, failure="footage_missing"), Clip("k2", "b1", ClipState.WAITING)):
        operations.change(session, clip, actor="12345678", at=NOW)
    (entry,) = bookmarks.recent(session, limit=10)
    assert entry.clip == Clip("k2", "b1", ClipState.WAITING)


def test_unfinished_clips_are_taken_up_in_the_order_of_their_ends(session: Session) -> None:
    for number in (2, 1, 3):
        tag(session, number)
        state = ClipState.READY if number == 3 else ClipState.CUTTING
        operations.change(session, Clip(f"k{number}", f"b{number}", state), actor="12345678", at=NOW)
    assert [entry.bookmark.id for entry in bookmarks.unfinished(session)] == ["b1", "b2"]


def test_ready_clips_go_up_once_and_refused_ones_are_offered_again_at_the_next_start(session: Session) -> None:
    for number in (1, 2, 3):
        operations.change(session, Clip(f"k{number}", "b1", ClipState.READY), actor="12345678", at=NOW)
    bookmarks.clip_uploaded(session, "k1", at=NOW)
    bookmarks.clip_refused(session, "k2", "FileNotFoundError")
    assert [clip.id for clip in bookmarks.clips_to_upload(session, 10)] == ["k3"]
    bookmarks.offer_refused_clips(session)
    assert [clip.id for clip in bookmarks.clips_to_upload(session, 10)] == ["k2", "k3"]


def test_an_uploaded_clip_that_the_server_has_lost_is_offered_again_and_a_refused_one_is_not(session: Session) -> None:
    for number in (1, 2, 3):
        operations.change(session, Clip(f"k{number}", "b1", ClipState.READY), actor="12345678", at=NOW)
        bookmarks.clip_uploaded(session, f"k{number}", at=NOW)
    operations.change(session, Clip("k4", "b1", ClipState.READY), actor="12345678", at=NOW)
    bookmarks.clip_refused(session, "k4", "FileNotFoundError")
    bookmarks.clips_wanted(session, ["k2", "k4", "of another workstation"])
    assert [clip.id for clip in bookmarks.clips_to_upload(session)] == ["k2"]


def test_an_officer_whom_the_server_has_let_in_may_sign_in_without_it_for_a_month(session: Session) -> None:
    assert not officers.has_any(session)
    verifier = officers.make_verifier("Pw-1234-rahasia")
    officers.put(session, SUPERVISOR, verifier, origin=Origin.SERVER, at=NOW)
    assert officers.has_any(session)
    assert officers.get(session, SUPERVISOR.nrp) == SUPERVISOR
    assert officers.check(session, SUPERVISOR.nrp, "Pw-1234-rahasia", now=NOW + timedelta(days=30)) == SUPERVISOR
    with pytest.raises(Fault) as expired:
        officers.check(session, SUPERVISOR.nrp, "Pw-1234-rahasia", now=NOW + timedelta(days=31))
    assert expired.value.code is FaultCode.SIGN_IN_EXPIRED


def test_a_local_account_does_not_expire_and_its_password_is_nowhere(session: Session) -> None:
    officers.put(session, OPERATOR, officers.make_verifier("Pw-1234-rahasia"), origin=Origin.LOCAL, at=NOW)
    assert officers.check(session, OPERATOR.nrp, "Pw-1234-rahasia", now=NOW + timedelta(days=900)) == OPERATOR
    assert "rahasia" not in str(session.execute(text("SELECT * FROM officers")).all())


def test_wrong_passwords_and_unknown_numbers_are_refused_alike(session: Session) -> None:
    officers.put(session, OPERATOR, officers.make_verifier("Pw-1234-rahasia"), origin=Origin.LOCAL, at=NOW)
    for nrp, password in ((OPERATOR.nrp, "salah"), ("99999999", "Pw-1234-rahasia"), ("' OR 1=1 --", "")):
        with pytest.raises(Fault) as refused:
            officers.check(session, nrp, password, now=NOW)
        assert (refused.value.code, refused.value.detail) == (FaultCode.SIGN_IN_REFUSED, "")


def test_a_tampered_custody_row_is_found(session: Session) -> None:
    for number in range(3):
        custody.append(session, actor="12345678", action=CustodyAction.CHANGED, about=f"clip/k{number}", at=NOW)
    assert custody.verify(session) is None
    session.execute(text("UPDATE custody SET actor = '87654321' WHERE seq = 2"))
    assert custody.verify(session) == ChainBreak(2)


@pytest.mark.parametrize(("seq", "column"), [(1, '{"device": "x"}'), (2, "{}"), (2, "null"), (2, '{"device": "y"}')])
def test_facts_of_custody_added_removed_or_altered_are_found(session: Session, seq: int, column: str) -> None:
    custody.append(session, actor="12345678", action=CustodyAction.CHANGED, about="clip/k", at=NOW)
    custody.append(
        session, actor="tmcwall", action=CustodyAction.DEVICE_RENEWED, about="store", at=NOW, facts=DeviceFacts("x")
    )
    assert custody.verify(session) is None
    session.execute(text("UPDATE custody SET facts = :facts WHERE seq = :seq"), {"facts": column, "seq": seq})
    assert custody.verify(session) == ChainBreak(seq)


def test_custody_rows_that_are_older_than_facts_still_hold_after_the_migration() -> None:
    engine = create_engine("sqlite://")
    row = next_row(
        None, actor="12345678", action=CustodyAction.CLIP_CUT, about="clip/k", time=NOW, reason="camera_clock_ms=40"
    )
    old = {"seq": 1, "p": row.prev_hash, "t": "2025-03-28 07:03:00.000000", "r": row.reason, "h": row.hash}
    with engine.begin() as connection:
        schema.migrate(connection, target="0007")
        connection.execute(
            text("INSERT INTO custody VALUES (:seq, :p, '12345678', 'clip_cut', 'clip/k', :t, :r, :h)"), old
        )
        schema.migrate(connection)
        with Session(bind=connection) as session:
            assert tuple(custody.every(session)) == (row,)
            assert custody.verify(session) is None
    engine.dispose()


def test_facts_hold_json(session: Session) -> None:
    values: tuple[Json, ...] = ({"a": [1, 2.5, None, True]}, "x", 3)
    for value in values:
        facts.put(session, "key", value)
        assert facts.get(session, "key") == value
    facts.drop(session, "key")
    assert facts.get(session, "key") is None


def test_open_incidents_come_newest_first_and_closed_ones_are_kept(session: Session) -> None:
    assert incidents.open_incidents(session) == ()
    first = Incident(
        "i1", Source.CALL_112, "112-1", 1, IncidentType.FIRE, Severity.SEVERE, Certainty.UNVERIFIED, Status.NEW,
        Drill.ACTUAL, Place(Position(-7.5, 110.8), 50.0), "asap", NOW, NOW,
    )  # fmt: skip
    second = replace(first, id="i2", external_id="112-2", received_at=NOW + timedelta(minutes=1))
    closed = replace(first, id="i3", external_id="112-3", status=Status.CLOSED, closed_at=NOW)
    for incident in (first, second, closed):
        operations.change(session, incident, actor="server", at=NOW)
    assert incidents.open_incidents(session) == (second, first)
    assert incidents.get(session, "i3") == closed


def is_no_part_of_the_index(name: str | None, kind: str, _parents: object) -> bool:
    """Of the search, which SQLAlchemy does not know: `test_footage_search.py` compares it."""
    return kind != "table" or not str(name).startswith("search_words")


def test_masks_that_only_this_workstation_had_wait_for_an_officer_to_say_them_after_the_migration() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        schema.migrate(connection, target="0028")
        boxes = '[{"x": 0.1, "y": 0.2, "width": 0.3, "height": 0.4}, {"x": 0.5, "y": 0.5, "width": 0.1, "height": 0.1}]'
        connection.execute(text("INSERT INTO privacy_masks VALUES ('CAM-1', :boxes)"), {"boxes": boxes})
        schema.migrate(connection)
    with Session(engine) as session:
        covered = privacy_masks.of_camera(session, "CAM-1")
        assert set(covered) == {Box(0.1, 0.2, 0.3, 0.4), Box(0.5, 0.5, 0.1, 0.1)}
        waiting = unsaid.next_ids(session, [Entity.PRIVACY_MASK], after=("", ""), limit=10)
        assert len(waiting) == 2
    engine.dispose()


def test_migrations_build_exactly_the_tables() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        assert schema.needs_migration(connection)
        schema.migrate(connection)
        assert not schema.needs_migration(connection)
        options = {"compare_type": False, "compare_server_default": True, "include_name": is_no_part_of_the_index}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, tables.metadata) == []
    engine.dispose()


def test_a_store_of_a_newer_program_is_left_alone() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        schema.migrate(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(Fault) as newer:
            schema.needs_migration(connection)
    assert newer.value.code is FaultCode.STORE_NEWER
    engine.dispose()


def test_a_list_that_says_no_unit_opens_no_camera_to_others(session: Session) -> None:
    cameras.put(session, [FULL])
    assert cameras.put(session, [replace(FULL, unit="")]) == cameras.Imported(unchanged=1)
    cameras.put(session, [replace(FULL, unit="Polsek Serengan")])
    known = cameras.get(session, FULL.id)
    assert known is not None
    assert known.unit == "Polsek Serengan"


def test_letters_come_back_as_they_were_put_and_no_number_is_given_twice(session: Session) -> None:
    file = LetterFile("2025/a.pdf", "aa")
    letter = Letter(
        "surat-1", "c", LetterKind.SP2HP, LetterCode.A1, 1, 7, 2025, "B/7/2025", "perihal", "Siti", date(2025, 3, 12),
        LetterState.DRAFTED, "12345678", NOW, file, file, LetterWords(matter="Pencurian"), ("font",), clips=("klip",),
    )  # fmt: skip
    letters.add(session, letter)
    signature = PdfSignature("Agus", "BSrE", NOW, intact=True, covers_all=True)
    issued = replace(
        letter, state=LetterState.ISSUED, issued_on=date(2025, 3, 13), signed=file, signatures=(signature,)
    )
    letters.put(session, issued)
    assert letters.get(session, "surat-1") == issued
    assert letters.get(session, "surat-2") is None
    assert letters.of_case(session, "c") == letters.newest(session, limit=9) == (issued,)
    assert [letters.next_sequence(session, year, numbers=range(1, 1000)) for year in (2025, 2026)] == [8, 1]
    assert (letters.next_nth(session, "c"), letters.next_nth(session, "d")) == (2, 1)
    with session.begin_nested(), pytest.raises(DomainError) as taken:
        letters.add(session, replace(letter, id="surat-2"))
    assert taken.value.code is DomainCode.LETTER_NUMBER_TAKEN
