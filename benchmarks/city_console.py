"""A workstation with ten thousand cameras: its start, the search as one types, and half the city dark at once.

usage: python -m benchmarks.city_console [--json FILE] [--cameras 10000] [--dark 4470]

The real program, offscreen, in a process of its own, with a store of that many cameras and no server. Told are: seconds
from the start of the process to a console that lists them all; milliseconds from a key to the list that it leaves (with
the pause that waits for the next key) and how long the loop was held by it; seconds from the states to the counts on
screen.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QTreeView

from benchmarks.city import cameras
from tests.ui.onscreen import named, words
from tmcwall.commands.desktop import Desktop, make_application
from tmcwall.db import cameras as camera_rows
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.process_usage import running_s
from tmcwall.texts import Translator
from tmcwall.workstation import open_workstation

TYPED = ("krapyak", "simpang", "kamera 77", "rt 003", "9999", "purwosari")
_LIMIT_S = 60.0


class Loop:
    """How long the loop of the program is held up, by a timer of 2 ms."""

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self.gaps_ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(interval=2)
        self._timer.timeout.connect(self._pass)
        self._timer.start()

    def _pass(self) -> None:
        now = time.perf_counter()
        self.gaps_ms.append((now - self._last) * 1000)
        self._last = now

    def until(self, condition: Callable[[], bool]) -> float:
        """Seconds until it holds."""
        began = time.perf_counter()
        while not condition():
            if time.perf_counter() - began > _LIMIT_S:
                raise TimeoutError
            self._application.processEvents()
        return time.perf_counter() - began

    def run(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        self.until(lambda: time.perf_counter() >= end)


def quantile(values: list[float], part: float) -> float:
    return round(sorted(values)[min(len(values) - 1, int(len(values) * part))], 2)


def measure(folder: Path, count: int, dark: int) -> dict[str, object]:
    """In the process whose start is measured; the store is there already."""
    with open_workstation(folder, clock=SystemClock(), process="benchmark") as workstation:
        translate = Translator()
        application = make_application(translate)
        desktop = Desktop(application, workstation, translate=translate)
        desktop.start()
        loop = Loop(application)
        console = desktop.console
        assert console is not None
        tree = console.cameras.findChild(QTreeView)
        line = named(console.cameras, QLineEdit, "Cari kamera")
        loop.until(lambda: len(desktop.cameras.all()) == count and tree.model().rowCount() > 0)
        usable_s = running_s()
        stalls, waits = [], []
        for text in TYPED:
            for end in range(1, len(text) + 1):
                shown: list[float] = []
                model = tree.model()
                model.modelReset.connect(lambda shown=shown: shown.append(time.perf_counter()))
                loop.gaps_ms.clear()
                began = time.perf_counter()
                line.setText(text[:end])
                loop.until(lambda shown=shown: bool(shown))
                loop.run(0.3)
                model.modelReset.disconnect()
                waits.append((shown[0] - began) * 1000)
                stalls.append(max(loop.gaps_ms))
        line.clear()
        loop.until(lambda: tree.model().rowCount() > 0)
        lost = TileStatus(TileState.LOST, 30.0, FaultCode.CONNECTION_LOST)
        chosen = random.Random(3).sample([camera.id for camera in desktop.cameras.all()], dark)
        loop.gaps_ms.clear()
        desktop.cameras.judge_tiles(dict.fromkeys(chosen, lost))
        said = f"{dark:,}".replace(",", ".")
        dark_s = loop.until(lambda: any(said in text or str(dark) in text for text in words(console.cameras)))
        loop.run(2.0)
        result: dict[str, object] = {
            "cameras": count,
            "usable_s": round(usable_s, 2),
            "key_to_list_p95_ms": quantile(waits, 0.95),
            "key_holds_loop_p95_ms": quantile(stalls, 0.95),
            "dark": dark,
            "dark_on_screen_s": round(dark_s, 2),
            "loop_p99_ms": quantile(loop.gaps_ms, 0.99),
            "loop_longest_ms": quantile(loop.gaps_ms, 1.0),
        }
        desktop.stopped.connect(application.quit)
        desktop.stop()
        application.exec()
    return result


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", type=Path)
    options.add_argument("--cameras", type=int, default=10_000)
    options.add_argument("--dark", type=int, default=4_470)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.folder is not None:
        print(json.dumps(measure(asked.folder, asked.cameras, asked.dark)))
        return
    with tempfile.TemporaryDirectory() as folder:
        with open_workstation(Path(folder), clock=SystemClock(), process="benchmark") as workstation:
            made = cameras(asked.cameras)
            workstation.store.write(lambda session: camera_rows.put(session, made)).result()
        words_ = [sys.executable, "-m", "benchmarks.city_console", "--folder", folder]
        words_ += ["--cameras", str(asked.cameras), "--dark", str(asked.dark)]
        found = json.loads(subprocess.run(words_, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    print(json.dumps(found, indent=2))
    if asked.json is not None:
        asked.json.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
