"""What every test may use, and what none may leave behind."""

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import settings
from pytestqt.qtbot import QtBot

from tests import leaks
from tests.planted import PLANTED, files_with_planted_passwords
from tests.scheduling import ByFile

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
leaks.watch_qt()
settings.load_profile("ci")  # the same examples each time, and no limit that a busy machine could miss


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None


class PatientBot(QtBot):
    """Waits for a minute where the original waits for 5 s, which a machine with too much to do may need."""

    def waitUntil(self, callback, *, timeout=60_000):  # noqa: N802 - the names are pytest-qt's
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal, *, timeout=60_000, **wanted):  # noqa: N802 - as above
        return super().waitSignal(signal, timeout=timeout, **wanted)

    def waitSignals(self, signals, *, timeout=60_000, **wanted):  # noqa: N802 - as above
        return super().waitSignals(signals, timeout=timeout, **wanted)


@pytest.fixture
def qtbot(qapp, request) -> PatientBot:
    return PatientBot(request)


def _shared_memory() -> set[str]:
    folder = Path("/dev/shm")
    return {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()


def _threads() -> set[threading.Thread]:
    """Those that Python has started. A QThread leaves a stand-in in this list for good, running or not: see `leaks`."""
    return {thread for thread in threading.enumerate() if type(thread).__name__ != "_DummyThread"}


def _children() -> set[psutil.Process]:
    """With theirs."""
    return set(psutil.Process().children(recursive=True)) if _may_have_children() else set()


def _may_have_children() -> bool:
    """Linux lists those of each thread; psutil reads what it knows of every process, fifty times as long."""
    try:
        lists = [path.read_text() for path in Path("/proc/self/task").glob("*/children")]
    except OSError:  # a thread has ended meanwhile
        return True
    return not lists or any(lists)


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """No test leaves a thread, a child process, shared memory, a timer that runs or a window."""
    windows = leaks.windows()
    threads = _threads()
    children = _children()
    memory = _shared_memory()
    yield
    left = [child for child in _children() - children if child.is_running()]
    _, alive = psutil.wait_procs(left, timeout=30)
    for thread in _threads() - threads:
        thread.join(timeout=30)
    assert not alive, f"child processes left: {alive}"
    assert not (_threads() - threads), "threads left"
    left_in_qt = leaks.left_since(windows)
    assert not left_in_qt, f"left in Qt: {left_in_qt}"
    mine = {name for name in _shared_memory() - memory if "tmcwall" in name}
    assert not mine, f"shared memory left: {mine}"


@pytest.fixture(scope="session", autouse=True)
def no_planted_password_is_found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Over the whole run: in no file that the program wrote, and in no argument or environment of its processes."""
    told: list[str] = []

    def listen(event: str, arguments: tuple[object, ...]) -> None:
        if event == "subprocess.Popen" and arguments[0] == sys.executable:
            words = repr(arguments).encode("unicode_escape")
            if any(password in words for password in PLANTED):
                told.append(repr(arguments[0]))

    sys.addaudithook(listen)
    yield
    assert not told, f"a password was handed to a process in the open: {told}"
    left = list(files_with_planted_passwords(tmp_path_factory.getbasetemp()))
    assert not left, f"a password was left in {left}"
