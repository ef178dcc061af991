"""The whole desktop program with one camera on its wall, tagging it every 25 ms: to be killed at any moment.

`python -m tests.e2e.tagging_desktop FOLDER URL`. It says `saved ID` for each bookmark that is shown as saved.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from tests.services_stage import LP
from tmcwall.commands.desktop import Desktop, make_application, run_until_closed
from tmcwall.db import cameras
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.camera import Camera, Owner, RecordPolicy
from tmcwall.domain.clock import SystemClock
from tmcwall.services.tagging import TagRequest
from tmcwall.texts import Translator
from tmcwall.workstation import open_workstation

NRP = "12345678"
NUMBER = "CAM-1"


class Officer(QObject):
    """Signs in, puts the camera on the wall, and tags it once its picture is recorded."""

    def __init__(self, desktop: Desktop) -> None:
        super().__init__()
        self._desktop = desktop
        self._tags = QTimer(self, interval=25)
        self._tags.timeout.connect(self._tag)
        desktop.duty.changed.connect(self._sign_in)
        desktop.duty.signed_in.connect(self._place)
        desktop.room.monitors_changed.connect(self._place)
        desktop.feed.stream_reported.connect(self._look)
        desktop.tagging.saved.connect(self._say_saved)
        desktop.tagging.refused.connect(lambda refusal: say(f"refused {refusal}"))

    @Slot()
    def _sign_in(self) -> None:
        duty = self._desktop.duty
        if duty.officer is not None or duty.busy:
            return
        if duty.needs_first_account:
            duty.create_first_account(NRP, "Sari", "sandi-pengujian-program")
        else:
            duty.sign_in(NRP, "sandi-pengujian-program")

    @Slot()
    def _place(self) -> None:
        walls = self._desktop.room.walls
        window = walls.active()
        if self._desktop.duty.officer is not None and window is not None and not window.model.cells:
            walls.place(NUMBER)

    @Slot(object)
    def _look(self, report: object) -> None:
        if getattr(report, "recording", False) and self._desktop.duty.officer is not None:
            self._tags.start()

    @Slot()
    def _tag(self) -> None:
        self._desktop.tagging.tag(TagRequest(NUMBER, lp=LP))

    @Slot(object)
    def _say_saved(self, bookmark: Bookmark) -> None:
        say(f"saved {bookmark.id}")


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def main() -> None:
    folder, url = Path(sys.argv[1]), sys.argv[2]
    clock = SystemClock()
    with open_workstation(folder, clock=clock) as workstation:
        camera = Camera(NUMBER, "Simpang Gendengan", url, owner=Owner.DISHUB, record=RecordPolicy.MAIN)
        workstation.store.write(lambda session: cameras.put(session, [camera])).result(60)
        application = make_application(Translator())
        desktop = Desktop(application, workstation, translate=Translator(), kiosk=True)
        officer = Officer(desktop)
        run_until_closed(application, desktop)
        del officer


if __name__ == "__main__":
    main()
