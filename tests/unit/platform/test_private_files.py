"""What the program makes is its user's alone, and what earlier versions left open is closed."""

import logging
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tmcwall.durable import replace_file
from tmcwall.logbook import LogBook
from tmcwall.paths import Paths
from tmcwall.private_files import (
    PrivatePlace,
    append_private,
    close_to_others,
    closing_to_others,
    make_private_file,
    make_private_folder,
    open_private,
    open_to_others,
)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="rights are access lists there")


@pytest.fixture(autouse=True)
def generous_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def close(*places: PrivatePlace):
    return close_to_others(places, threading.Event())


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder as earlier versions left it."""
    (tmp_path / "old" / "clips" / "2026").mkdir(parents=True)
    (tmp_path / "old" / "tmcwall.db").write_bytes(b"database")
    (tmp_path / "old" / "clips" / "2026" / "a.mp4").write_bytes(b"clip")
    return tmp_path / "old"


def test_every_folder_that_is_missing_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b" / "c")
    assert {mode(tmp_path / name) for name in ("a", "a/b", "a/b/c")} == {0o700}


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir(mode=0o755)
    make_private_folder(tmp_path / "there")
    assert mode(tmp_path / "there") == 0o755


def test_a_file_in_the_way_of_a_folder_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        make_private_folder(tmp_path / "file" / "folder")


def test_files_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    make_private_file(tmp_path / "empty")
    open_private(tmp_path / "bytes", "xb").close()
    append_private(tmp_path / "lines").close()
    replace_file(tmp_path / "new" / "whole", b"content")
    assert {mode(tmp_path / name) for name in ("empty", "bytes", "lines", "new/whole")} == {0o600}
    assert mode(tmp_path / "new") == 0o700


def test_a_file_that_is_there_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("content")
    make_private_file(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "content"


def test_the_log_and_every_turn_of_its_files_are_their_owners_alone(tmp_path: Path) -> None:
    with LogBook(tmp_path / "state" / "logs", largest_file_bytes=200, lines_a_minute=1000) as book:
        for number in range(20):
            book.emit(logging.makeLogRecord({"msg": f"line {number}", "levelno": logging.INFO, "levelname": "INFO"}))
    made = [tmp_path / "state", *(tmp_path / "state").rglob("*")]
    assert len(made) > 4
    assert {mode(path) & 0o077 for path in made} == {0}


def test_what_earlier_versions_left_open_is_closed(old: Path) -> None:
    assert open_to_others([PrivatePlace(old)]).count == 5
    closed = close(PrivatePlace(old))
    assert (closed.count, closed.left.count) == (5, 0)
    assert {mode(path) for path in (old, old / "clips", old / "clips" / "2026")} == {0o700}
    assert {mode(path) for path in (old / "tmcwall.db", old / "clips" / "2026" / "a.mp4")} == {0o600}
    assert open_to_others([PrivatePlace(old)]).count == 0


def test_the_first_that_others_may_reach_is_named(old: Path) -> None:
    assert open_to_others([PrivatePlace(old)]).first == old


def test_nothing_is_closed_through_a_symbolic_link(old: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o755)
    (outside / "file").write_text("not ours")
    (old / "link").symlink_to(outside)
    (old / "file-link").symlink_to(outside / "file")
    (tmp_path / "root-link").symlink_to(outside)
    close(PrivatePlace(old), PrivatePlace(tmp_path / "root-link"))
    assert (mode(outside), mode(outside / "file")) == (0o755, 0o644)


def test_in_a_folder_that_the_user_named_only_what_is_ours_is_closed(old: Path) -> None:
    (old / "holiday.jpg").write_bytes(b"his own")
    (old / "clips" / "2026" / "his.txt").write_bytes(b"his own")
    close(PrivatePlace(old, ("tmcwall.db", "clips/*/*.mp4"), ours_if_alone=True))
    assert (mode(old), mode(old / "holiday.jpg")) == (0o755, 0o644)
    assert (mode(old / "clips" / "2026"), mode(old / "clips" / "2026" / "his.txt")) == (0o755, 0o644)
    assert (mode(old / "tmcwall.db"), mode(old / "clips" / "2026" / "a.mp4")) == (0o600, 0o600)


def test_a_data_folder_in_which_nothing_else_stands_is_ours_too(old: Path) -> None:
    close(*Paths.under(old).private_places)
    assert {mode(path) & 0o077 for path in (old, *old.rglob("*"))} == {0}


def test_a_recordings_folder_that_the_user_named_stays_as_he_made_it(old: Path) -> None:
    (old / "cam-1").mkdir()
    (old / "cam-1" / "1.h264").write_bytes(b"footage")
    close(PrivatePlace(old, ("cam-*",)))
    assert (mode(old), mode(old / "cam-1"), mode(old / "cam-1" / "1.h264")) == (0o755, 0o700, 0o600)


def test_a_folder_that_is_not_there_yet_is_no_trouble(tmp_path: Path) -> None:
    assert close(PrivatePlace(tmp_path / "none")).count == 0


def test_it_ends_when_told_to(old: Path) -> None:
    stop = threading.Event()
    stop.set()
    assert close_to_others([PrivatePlace(old)], stop).count == 0


def test_how_much_was_closed_is_one_line_of_the_log(old: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    with closing_to_others([PrivatePlace(old)]):
        finish_thread("private-files")
    (record,) = [record for record in caplog.records if record.name == "tmcwall.private_files"]
    assert record.msg == {"event": "files closed to others", "count": 5}


def finish_thread(name: str) -> None:
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(30)
