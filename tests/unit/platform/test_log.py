"""The log: facts with ids, never a credential, never a storm, never a traceback on the screen."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import FakeClock
from tests.small_disk import small_disk_at
from tmcwall.log import get_logger
from tmcwall.logbook import LARGEST_CRASHES_BYTES, LogBook, Redaction, RepeatLimit

CANARY = 'r4h@s14"kamera/é'
URL = f"rtsp://operator:{CANARY}@10.0.0.7:554/siaran"
log = get_logger("tmcwall.test")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2025, 3, 10, 7, 30, tzinfo=UTC))


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def book(tmp_path: Path, clock: FakeClock, screen: io.StringIO) -> Iterator[LogBook]:
    with LogBook(tmp_path / "logs", console=screen, clock=clock) as book:
        yield book


def lines(book: LogBook) -> list[dict[str, object]]:
    return [json.loads(line) for line in book.path.read_text().splitlines()]


def test_a_line_is_a_fact_with_ids_as_json(book: LogBook) -> None:
    log.info("camera lost", camera="CAM-1", cause="no_answer")
    assert lines(book) == [
        {
            "at": "2025-03-10T07:30:00.000+00:00",
            "level": "info",
            "logger": "tmcwall.test",
            "event": "camera lost",
            "camera": "CAM-1",
            "cause": "no_answer",
        }
    ]


def test_the_screen_gets_warnings_in_one_line_and_the_file_gets_all(book: LogBook, screen: io.StringIO) -> None:
    log.info("started")
    log.warning("disk is slow", folder="/rekaman")
    assert screen.getvalue() == "warning: disk is slow folder=/rekaman\n"
    assert [line["event"] for line in lines(book)] == ["started", "disk is slow"]


def test_a_traceback_goes_to_the_file_and_never_to_the_screen(book: LogBook, screen: io.StringIO) -> None:
    try:
        raise ValueError(URL)
    except ValueError:
        log.exception("operation abandoned")
    assert "Traceback" in str(lines(book)[0]["exception"])
    assert screen.getvalue() == "error: operation abandoned\n"


@pytest.mark.parametrize(
    "say",
    [
        pytest.param(lambda: log.warning("cannot open %s", URL), id="url in the event"),
        pytest.param(lambda: log.warning("x", url=URL), id="url in a field"),
        pytest.param(lambda: log.warning("x", url="rtsp://op:my r4h@s14 x@10.0.0.7/a"), id="malformed url"),
        pytest.param(lambda: log.warning("x", cameras=[{"main": {"url": URL}}]), id="url deep inside"),
        pytest.param(lambda: log.warning("x", password=CANARY), id="password field"),
        pytest.param(lambda: log.warning("x", login={"kata": 1, "api_token": CANARY}), id="token deep inside"),
        pytest.param(lambda: log.warning("x", headers={"Authorization": f"Bearer {CANARY}"}), id="header"),
        pytest.param(lambda: log.warning("x", sent=f"DESCRIBE\r\nAuthorization: Basic {CANARY}\r\n"), id="raw header"),
        pytest.param(lambda: log.warning("x", answer=f"http://h/x?password={CANARY[:6]}"), id="parameter"),
        pytest.param(lambda: log.warning("x", error=OSError(URL)), id="exception as a field"),
        pytest.param(lambda: log.warning("x", where=SimpleNamespace(url=URL)), id="object as a field"),
        pytest.param(lambda: logging.getLogger("lib").warning("open %s", URL), id="library"),
        pytest.param(lambda: logging.getLogger("lib").warning("open %s", {"url": URL}), id="library, mapping"),
        pytest.param(lambda: log.error("x", exc_info=ConnectionError(f"401 for {URL}")), id="traceback"),
    ],
)
def test_no_credential_is_written_whichever_way_it_comes(book: LogBook, screen: io.StringIO, say) -> None:
    say()
    log.error("the next line")
    for written in (book.path.read_text(), screen.getvalue()):
        assert "the next line" in written
        assert "r4h@s14" not in written


@pytest.mark.parametrize("spelled", [CANARY, "r4h%40s14%22kamera%2F%C3%A9", json.dumps(CANARY)[1:-1]])
def test_a_secret_that_is_known_is_hidden_wherever_it_stands(book: LogBook, screen: io.StringIO, spelled: str) -> None:
    book.redaction.add([CANARY])
    log.warning(spelled, **{f"field-{spelled}": spelled})
    for written in (book.path.read_text(), screen.getvalue()):
        assert spelled not in written
        assert "***" in written


@given(user=st.text(min_size=1), password=st.text(min_size=8, alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_known_secret_is_hidden_in_any_text(user: str, password: str) -> None:
    redaction = Redaction()
    redaction.add([password])
    assert password not in redaction.text(f"{user} {password} 0")


def test_ten_thousand_passwords_do_not_make_a_line_slow_to_search() -> None:
    redaction = Redaction()
    redaction.add(f"sandi-{number:05}" for number in range(10_000))
    for _ in range(20):
        assert redaction.text("kamera menjawab sandi-07777 di 10.0.0.1") == "kamera menjawab *** di 10.0.0.1"


def test_the_address_stays_readable_without_its_credentials(book: LogBook) -> None:
    log.warning("x", url=URL)
    assert lines(book)[0]["url"] == "rtsp://***@10.0.0.7:554/siaran"


def test_control_characters_cannot_forge_a_line(book: LogBook, screen: io.StringIO) -> None:
    log.warning("camera renamed", name='Simpang\n{"event":"forged"}\x1b[2J\u202e')
    assert len(lines(book)) == 1
    assert screen.getvalue().count("\n") == 1
    assert "\x1b" not in screen.getvalue() + book.path.read_text()
    assert "\u202e" not in screen.getvalue() + book.path.read_text()


def test_a_storm_is_held_to_ten_lines_a_minute_and_counted(book: LogBook, clock: FakeClock) -> None:
    for number in range(5000):
        log.warning("camera lost", camera=f"CAM-{number}", cause="no_answer")
    assert len(lines(book)) == 10
    clock.advance(61)
    log.warning("camera lost", camera="CAM-1", cause="no_answer")
    assert lines(book)[-1]["held_back"] == 4990


def test_another_cause_is_not_held_back_with_it(book: LogBook) -> None:
    for _ in range(100):
        log.warning("camera lost", cause="no_answer")
    log.warning("camera lost", cause="unauthorized")
    assert lines(book)[-1]["cause"] == "unauthorized"


def test_what_was_held_back_is_told_at_the_end(tmp_path: Path, clock: FakeClock) -> None:
    with LogBook(tmp_path, clock=clock) as book:
        for _ in range(15):
            log.warning("camera lost")
    assert lines(book)[-1]["held_back"] == 5


def test_the_causes_that_are_remembered_are_bounded(clock: FakeClock) -> None:
    limit = RepeatLimit(clock, lines=10)
    for number in range(5000):
        clock.advance(1)
        assert limit.admit((number,)) == 0
    assert len(limit._windows) <= 1001


def test_log_files_are_bounded(tmp_path: Path, clock: FakeClock) -> None:
    with LogBook(tmp_path, clock=clock, largest_file_bytes=2000, lines_a_minute=10_000):
        for number in range(500):
            log.info("x", number=number)
    files = list(tmp_path.glob("tmcwall.jsonl*"))
    assert 2 <= len(files) <= 6
    assert all(file.stat().st_size <= 2000 for file in files)


def test_an_uncaught_exception_is_logged_without_its_secret(book: LogBook, screen: io.StringIO) -> None:
    error = RuntimeError(URL)
    sys.excepthook(RuntimeError, error, None)
    thread = threading.Thread(target=lambda: 1 / 0, name="pekerja")
    threading.excepthook(threading.ExceptHookArgs((RuntimeError, error, None, thread)))
    written = lines(book)
    assert [line["level"] for line in written] == ["critical", "critical"]
    assert written[1]["thread"] == "pekerja"
    assert "r4h@s14" not in book.path.read_text() + screen.getvalue()
    assert "Traceback" not in screen.getvalue()


def test_closing_takes_every_hook_out(tmp_path: Path) -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook, list(logging.getLogger().handlers))
    with LogBook(tmp_path):
        assert sys.excepthook is not before[0]
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook, list(logging.getLogger().handlers)) == before


def test_a_log_on_a_full_disk_is_closed_without_a_word(tmp_path: Path) -> None:
    with small_disk_at(tmp_path / "disk") as disk, LogBook(disk.folder / "logs", lines_a_minute=1000):
        disk.fill()
        for number in range(500):
            log.error("line", number=number)


def test_a_full_disk_costs_the_line_only(
    book: LogBook, screen: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    output: Any = book._outputs[0]
    output.close()
    output.stream = None
    output._open = lambda: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    log.error("recording stopped", cause="disk_full")
    assert screen.getvalue() == "error: recording stopped cause=disk_full\n"
    assert capsys.readouterr().err == ""


def test_stacks_of_crashes_are_bounded_and_the_older_ones_kept_once(tmp_path: Path) -> None:
    crashes = tmp_path / "tmcwall.crash.txt"
    crashes.write_text("x" * (LARGEST_CRASHES_BYTES + 1))
    LogBook(tmp_path).close()
    assert crashes.stat().st_size == 0
    assert (tmp_path / "tmcwall.crash.1.txt").stat().st_size == LARGEST_CRASHES_BYTES + 1
