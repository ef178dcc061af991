"""How soon an engine is there again: what stands between its end and the next one's first report."""

import subprocess
import sys

import pytest

from tmcwall.video.feed.engine_link import EngineLink

NEVER_S = 3600.0
ENDS_WITH_ITS_INPUT = [sys.executable, "-c", "import sys; sys.stdin.read()"]
NOT_NEEDED_AT_THE_START = ("structlog", "psutil", "h11", "cryptography", "numpy", "av", "cv2", "PySide6")


@pytest.fixture
def link_of(qtbot):
    links = []

    def make(**limits):
        link = EngineLink(lambda: ENDS_WITH_ITS_INPUT, inherited=[], **limits)
        links.append(link)
        with qtbot.waitSignal(link.started):
            link.start()
        return link

    yield make
    for link in links:
        with qtbot.waitSignal(link.stopped):
            link.stop()


def test_an_engine_that_had_settled_is_replaced_without_delay(qtbot, link_of):
    link = link_of(restart_s=NEVER_S, settled_s=0.0)
    first = link.pid
    with qtbot.waitSignals([link.lost, link.started], order="strict"):
        link.kill()
    assert link.pid not in {first, None}


def test_one_that_ends_soon_is_waited_with(qtbot, link_of):
    link = link_of(restart_s=NEVER_S)
    with qtbot.waitSignal(link.lost):
        link.kill()
    assert link.pid is None


def test_an_engine_loads_nothing_at_its_start_that_few_cameras_need():
    loaded = "import sys, tmcwall.video.engine.process; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True)
    assert not set(NOT_NEEDED_AT_THE_START) & set(ran.stdout.split())
