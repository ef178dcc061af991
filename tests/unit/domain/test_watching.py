"""What an officer watches becomes few rows, and none is missing."""

import random
from datetime import UTC, datetime, timedelta

from tmcwall.domain.chain import ChainBreak, first_break
from tmcwall.domain.oversight import Entry, OversightAction, OversightRow, Place, View, digest, next_row, watched
from tmcwall.domain.watching import Watching

NOON = datetime(2025, 3, 28, 5, 0, tzinfo=UTC)
NRP = "80010001"
STARTED, STOPPED, WATCHING = OversightAction.VIEW_STARTED, OversightAction.VIEW_STOPPED, OversightAction.WATCHING


class Shift:
    """Looks once a second."""

    def __init__(self) -> None:
        self.watching, self.second, self.entries = Watching(), 0, []

    def sees(self, *views: View, seconds: int = 1, nrp: str = NRP) -> list[Entry]:
        found: list[Entry] = []
        for _ in range(seconds):
            at = NOON + timedelta(seconds=self.second)
            found += self.watching.look(nrp, frozenset(views), at=at, now_ns=self.second * 10**9)
            self.second += 1
        self.entries += found
        return found


def tile(camera: str) -> View:
    return View(camera, Place.TILE)


def told(entries: list[Entry]) -> list[tuple[OversightAction, str, str]]:
    return [(entry.action, entry.camera, entry.detail) for entry in entries]


def test_each_view_has_a_start_and_a_stop_at_the_time_when_it_was_last_seen() -> None:
    shift = Shift()
    assert told(shift.sees(tile("a"), seconds=10)) == [(STARTED, "a", "tile")]
    stopped = shift.sees(seconds=10)
    assert told(stopped) == [(STOPPED, "a", "tile")]
    assert stopped[0].at == NOON + timedelta(seconds=9)


def test_full_screen_and_replay_are_views_of_their_own() -> None:
    shift = Shift()
    shift.sees(tile("a"), seconds=5)
    found = shift.sees(View("a", Place.FULL_SCREEN), seconds=5)
    assert told(found) == [(STARTED, "a", "full_screen"), (STOPPED, "a", "tile")]
    assert (STARTED, "a", "replay") in told(shift.sees(View("a", Place.REPLAY)))


def test_a_wall_that_is_rearranged_for_a_moment_goes_on_being_watched() -> None:
    shift = Shift()
    shift.sees(tile("a"), tile("b"), seconds=5)
    assert shift.sees(seconds=2) == []
    assert shift.sees(tile("a"), tile("b"), seconds=5) == []


def test_another_officer_starts_and_stops_his_own_views() -> None:
    shift = Shift()
    shift.sees(tile("a"))
    found = shift.sees(tile("a"), nrp="80010002")
    assert [(entry.officer, entry.action) for entry in found] == [(NRP, STOPPED), ("80010002", STARTED)]


def test_a_row_a_minute_names_what_is_watched_by_its_hash() -> None:
    shift = Shift()
    found = shift.sees(tile("a"), tile("b"), seconds=181)
    beats = [entry for entry in found if entry.action is WATCHING]
    assert [entry.at for entry in beats] == [NOON + timedelta(minutes=minute) for minute in (1, 2, 3)]
    assert {entry.detail for entry in beats} == {watched({tile("b"), tile("a")})}
    assert watched({tile("a")}) != watched({tile("b")}) != watched({View("b", Place.FULL_SCREEN)})


def test_the_end_stops_everything_once() -> None:
    shift = Shift()
    shift.sees(tile("a"), tile("b"))
    assert [entry.camera for entry in shift.watching.end(at=NOON)] == ["a", "b"]
    assert shift.watching.end(at=NOON) == []


def test_the_rows_before_a_heartbeat_add_up_to_the_set_that_it_names() -> None:
    chance, shift, cameras = random.Random(4), Shift(), [f"c{number}" for number in range(50)]
    for _ in range(200):
        shift.sees(*map(tile, chance.sample(cameras, 16)), seconds=chance.randrange(1, 20))
    now: set[View] = set()
    for entry in shift.entries:
        if entry.action is STARTED:
            now.add(View(entry.camera, Place(entry.detail)))
        elif entry.action is STOPPED:
            now.discard(View(entry.camera, Place(entry.detail)))
        else:
            assert entry.detail == watched(now)


def test_twelve_hours_before_36_tiles_are_fewer_than_a_thousand_rows() -> None:
    shift = Shift()
    entries = shift.sees(*(tile(f"c{number}") for number in range(36)), seconds=12 * 3600)
    entries += shift.watching.end(at=NOON)
    assert len(entries) == 36 + 719 + 36


def test_a_chain_shows_what_was_altered_left_out_or_put_in() -> None:
    entry = Entry(officer=NRP, action=STARTED, at=NOON, camera="a", detail="tile")
    rows: list[OversightRow] = []
    for _ in range(4):
        rows.append(next_row((rows[-1].seq, rows[-1].hash) if rows else None, entry))
    assert first_break(rows, digest, head=rows[-1].hash) is None
    assert first_break([rows[0], rows[2], rows[3]], digest) == ChainBreak(2)
    assert first_break([rows[0], rows[1], rows[1]], digest) == ChainBreak(3)
