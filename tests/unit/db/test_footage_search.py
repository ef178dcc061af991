"""Footage is found by report number, time, place, camera, kind of incident, officer and words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from tests.clocks import NOON
from tests.services_stage import BRIPKA_SARI, LP, camera, incident
from tmcwall.db import cameras, footage_search, officers, operations, schema, search_index, tables
from tmcwall.db.rows import remove_row, write_rows
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.case import Case, case_id
from tmcwall.domain.incident import IncidentType, Place
from tmcwall.domain.operation import Entity
from tmcwall.domain.region import Kelurahan, Regions
from tmcwall.domain.roster import Origin
from tmcwall.domain.search import Search, SoughtWord, read_search

PURWOSARI = "33.72.01.1007"
REGIONS = Regions([
    Kelurahan(PURWOSARI, "Laweyan", "Purwosari", "Surakarta"),
    Kelurahan("33.71.02.1003", "Magelang Utara", "Tidar Utara", "Magelang"),
])  # fmt: skip
CASE = Case(case_id(LP), LP.replace("/", " / "), LP, NOON, BRIPKA_SARI.nrp)


def tag(session: Session, name: str, *, minute: int = 0, **changes: object) -> Bookmark:
    at = NOON + timedelta(minutes=minute)
    made = Bookmark(name, "CAM-1", "Simpang Gendengan", at, at + timedelta(seconds=60), at, BRIPKA_SARI.nrp)
    bookmark = replace(made, **changes)  # type: ignore[arg-type]  # the test names the fields
    operations.change(session, bookmark, actor=bookmark.officer, at=at)
    return bookmark


def ids(session: Session, asked: Search, **options: object) -> list[str]:
    search_index.update(session)
    found = footage_search.search(session, asked, **{"limit": 50, **options})  # type: ignore[arg-type]  # the test names them
    return [entry.bookmark.id for entry in found.entries]


def by(session: Session, line: str) -> list[str]:
    return ids(session, read_search(line, REGIONS))


def rows_of(session: Session) -> Sequence[object]:
    return session.execute(text("SELECT * FROM search_entries ORDER BY row")).all()


@pytest.fixture
def city(session: Session) -> Session:
    """Four tags: of a case, of a place, of an incident, and one with words alone."""
    cameras.put(session, [camera("CAM-1", name="Gendengan"), camera("CAM-2", adm4=PURWOSARI, rw="004", rt="003")])
    operations.change(session, CASE, actor=BRIPKA_SARI.nrp, at=NOON)
    fire = incident(type=IncidentType.FIRE, place=Place(adm4="33.71.02.1003", rw="001", text="Pasar Kebonpolo"))
    operations.change(session, fire, actor="server", at=NOON)
    tag(session, "case", minute=1, case_id=CASE.id)
    tag(session, "place", minute=2, camera_id="CAM-2", camera_name="Pos 9")
    tag(session, "fire", minute=3, incident_id=fire.id, officer="11112222")
    tag(session, "words", minute=4, note="Tabrak lari, café Purwosari; plat AD-1234-XY")
    search_index.update(session)
    return session


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", ["words", "fire", "place", "case"]),
        (LP, ["case"]),
        ("lp / b / 123 / iii / 2025 / spkt / polresta surakarta / polda jawa tengah", ["case"]),
        ("LP/B/123", ["case"]),
        ("cafe tabr", ["words"]),
        ("ad-1234", ["words"]),
        ("pos 9", ["place"]),
        ("gendengan", ["words", "fire", "case"]),
        ("CAM-2", ["place"]),
        ("purwosari", ["words", "place"]),
        ("RT 3 / RW 4 Purwosari", ["place"]),
        ("RT 4 RW 4", []),
        ("tidar utara", ["fire"]),
        ("kebonpolo", ["fire"]),
        ("'; DROP TABLE bookmarks; --", []),
        ('" OR note : * NEAR(', []),
        ("%", ["words", "fire", "place", "case"]),
        ("tabrak\0", ["words"]),
        ("x" * 5_000, []),
    ],
)
def test_one_line_finds_the_newest_footage_first(city: Session, line: str, found: list[str]) -> None:
    assert by(city, line) == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Search(since=NOON + timedelta(minutes=3), until=NOON + timedelta(minutes=3, seconds=30)), ["fire", "place"]),
        (Search(since=NOON + timedelta(minutes=5, seconds=1)), []),
        (Search(until=NOON + timedelta(minutes=1)), ["case"]),
        (Search(adm="33.72"), ["place"]),
        (Search(adm=PURWOSARI, rw="004"), ["place"]),
        (Search(adm=PURWOSARI, rw="004", rt="003"), ["place"]),
        (Search(adm=PURWOSARI, rt="003"), ["place"]),
        (Search(adm=PURWOSARI, rw="005"), []),
        (Search(rw="001"), ["fire"]),
        (Search(camera_id="CAM-1", words=(SoughtWord("lari"),)), ["words"]),
        (Search(incident_type=IncidentType.FIRE), ["fire"]),
        (Search(officer="11112222"), ["fire"]),
        (Search(officer="sari wul"), ["words", "place", "case"]),
        (Search(lp="lp b 123"), ["case"]),
    ],
)
def test_what_is_asked_in_fields_has_to_hold_together(city: Session, asked: Search, found: list[str]) -> None:
    officers.put(city, BRIPKA_SARI, "verifier", origin=Origin.LOCAL, at=NOON)
    assert ids(city, asked) == found


def test_pages_follow_each_other_without_a_hole(city: Session) -> None:
    first = footage_search.search(city, Search(), limit=3)
    assert [entry.bookmark.id for entry in first.entries] == ["words", "fire", "place"]
    last = footage_search.search(city, Search(), limit=3, before=first.next)
    assert ([entry.bookmark.id for entry in last.entries], last.next) == (["case"], None)


def test_a_bookmark_is_found_with_its_case_and_its_clip(city: Session) -> None:
    operations.change(city, Clip("k1", "case", ClipState.READY), actor=BRIPKA_SARI.nrp, at=NOON)
    (entry,) = footage_search.search(city, read_search("LP/B/123"), limit=1).entries
    assert (entry.case, entry.clip) == (CASE, Clip("k1", "case", ClipState.READY))


def test_cases_and_cameras_of_other_units_are_not_found(city: Session) -> None:
    write_rows(city, Entity.CASE, [replace(CASE, unit="Reskrim")])
    assert ids(city, Search(), sees_unit=lambda unit: unit != "Reskrim") == ["words", "fire", "place"]
    write_rows(city, Entity.CAMERA, [camera("CAM-2", unit="Lantas")])
    assert ids(city, Search(), sees_unit=lambda unit: unit == "Reskrim") == ["words", "fire", "case"]
    assert ids(city, Search(), sees_unit=lambda _unit: True) == ["words", "fire", "place", "case"]


def test_many_tags_of_one_second_are_all_found(session: Session) -> None:
    for number in range(30):
        tag(session, f"b{number:02}", note="kejadian")
    assert by(session, "kejadian") == [f"b{number:02}" for number in reversed(range(30))]


def test_a_changed_note_place_number_or_kind_is_found_by_its_new_words_only(city: Session) -> None:
    tag(city, "words", minute=4, note="sudah benar")
    assert (by(city, "tabrak"), by(city, "benar")) == ([], ["words"])
    write_rows(city, Entity.CAMERA, [camera("CAM-2", name="Alun-alun", adm4="33.72.02.1001", rw="007", number=2)])
    assert (by(city, "alun-alun"), ids(city, Search(adm=PURWOSARI)), ids(city, Search(rw="007"))) == (
        ["place"], [], ["place"],
    )  # fmt: skip
    write_rows(city, Entity.CASE, [replace(CASE, lp="LP/B/777")])
    assert by(city, "LP/B/777") == ["case"]
    write_rows(city, Entity.INCIDENT, [incident(type=IncidentType.FLOOD)])
    assert ids(city, Search(incident_type=IncidentType.FLOOD)) == ["fire"]
    tag(city, "words", minute=9, note="pindah waktu")
    assert ids(city, Search(since=NOON + timedelta(minutes=8))) == ["words"]


def test_a_case_or_incident_that_comes_after_its_footage_is_searched_by_too(session: Session) -> None:
    tag(session, "early", case_id=CASE.id, incident_id="INC-1")
    assert by(session, "LP/B/123") == []
    operations.change(session, CASE, actor=BRIPKA_SARI.nrp, at=NOON)
    operations.change(session, incident(), actor="server", at=NOON)
    assert by(session, "LP/B/123") == ["early"]
    assert ids(session, Search(incident_type=IncidentType.TRAFFIC_ACCIDENT)) == ["early"]


def test_what_is_removed_is_not_found(city: Session) -> None:
    for entity, gone in ((Entity.BOOKMARK, "words"), (Entity.CASE, CASE.id), (Entity.CAMERA, "CAM-2")):
        assert remove_row(city, entity, gone)
    assert ids(city, Search()) == ["fire", "place", "case"]
    assert (by(city, "tabrak"), by(city, "LP/B/123"), ids(city, Search(adm=PURWOSARI))) == ([], [], [])


def test_a_line_that_is_no_place_and_no_number_is_its_words() -> None:
    assert read_search("motor merah", REGIONS) == Search((SoughtWord("motor"), SoughtWord("merah")))
    assert read_search("motor tidar utara") == Search((SoughtWord("motor"), SoughtWord("tidar"), SoughtWord("utara")))


def statements(connection: Connection) -> set[str]:
    names = "type = 'trigger' OR name = 'search_words'"
    return set(connection.scalars(text(f"SELECT sql FROM sqlite_master WHERE {names}")))


def test_the_migration_builds_the_index_that_a_new_store_has_and_fills_it() -> None:
    migrated, fresh = create_engine("sqlite://"), create_engine("sqlite://")
    with migrated.begin() as connection, fresh.begin() as another:
        schema.migrate(connection, target="0016")
        with Session(bind=connection) as old:
            for number in range(3):
                bookmark = Bookmark(f"b{number}", "CAM-1", "Pos", NOON, NOON, NOON, BRIPKA_SARI.nrp, note="lama")
                write_rows(old, Entity.BOOKMARK, [bookmark])
            old.flush()
            schema.migrate(connection)
            assert by(old, "lama") == ["b2", "b1", "b0"]
        tables.metadata.create_all(another)
        assert statements(connection) == statements(another) != set()
    migrated.dispose()
    fresh.dispose()


def test_the_index_agrees_with_its_entries_after_all_kinds_of_changes(city: Session) -> None:
    before = rows_of(city)
    for statement in ("UPDATE bookmarks SET note = note || ' x'", "UPDATE cameras SET name = name || 'y'",
                      "UPDATE incidents SET type = 'lainnya'", "DELETE FROM bookmarks WHERE id = 'fire'"):  # fmt: skip
        city.execute(text(statement))
    search_index.update(city)
    assert rows_of(city) != before
    city.execute(text("INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)"))
