"""The whole desktop program on a disk that takes nothing: it says what it shows and what it refuses, and ends.

`python -m tests.e2e.full_disk_desktop FOLDER CAMERA`. Lines: `trouble CODE`, `shown`, `refused CODE`, `banner TEXT`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from tmcwall.commands.desktop import Desktop, make_application, run_until_closed
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.texts import Translator
from tmcwall.ui.wall.tile import WallTile
from tmcwall.workstation import open_workstation


class Onlooker(QObject):
    """Puts the camera on the wall, writes something once its picture is painted, and closes the program."""

    def __init__(self, camera: str) -> None:
        super().__init__()
        self.desktop: Desktop | None = None
        self._camera = camera
        self._shown = False
        self._place = QTimer(self, interval=100)
        self._place.timeout.connect(self._place_it)

    def watch(self, desktop: Desktop) -> None:
        self.desktop = desktop
        desktop.storing.changed.connect(self._say_trouble)
        desktop.duty.sign_in_refused.connect(self._say_refused)
        self._place.start()

    def painted(self, _tile: WallTile, _schedule_ns: int) -> None:
        if not self._shown:
            self._shown = True
            say("shown")
            QTimer.singleShot(0, self, self._write_something)

    @Slot()
    def _place_it(self) -> None:
        assert self.desktop is not None
        walls = self.desktop.room.walls
        window = walls.active()
        if window is not None and not window.model.cells and self.desktop.cameras.get(self._camera):
            walls.place(self._camera)

    @Slot(object)
    def _say_trouble(self, trouble: Fault | None) -> None:
        say(f"trouble {trouble.code if trouble else None}")

    @Slot()
    def _write_something(self) -> None:
        assert self.desktop is not None
        self.desktop.duty.create_first_account("12345678", "Sari", "sandi-pengujian-program")

    @Slot(object)
    def _say_refused(self, refusal: Fault | DomainError) -> None:
        assert self.desktop is not None
        assert self.desktop.console is not None
        say(f"refused {refusal.code}")
        say(f"banner {self.desktop.console.store_notice.text}")
        self.desktop.stop()


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def main() -> None:
    folder, camera = Path(sys.argv[1]), sys.argv[2]
    with open_workstation(folder, clock=SystemClock(), reads_suffice=True) as workstation:
        application = make_application(Translator())
        onlooker = Onlooker(camera)
        desktop = Desktop(application, workstation, translate=Translator(), painted=onlooker.painted)
        onlooker.watch(desktop)
        run_until_closed(application, desktop)


if __name__ == "__main__":
    main()
