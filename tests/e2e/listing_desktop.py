"""The whole desktop program with an officer on duty, who looks at the list of cameras: commands are handed to it.

`python -m tests.e2e.listing_desktop FOLDER`. It says `ready`, and `cameras ID ID ...` whenever the list is another one.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from tmcwall.commands.desktop import Desktop, make_application, run_until_closed
from tmcwall.domain.clock import SystemClock
from tmcwall.texts import Translator
from tmcwall.workstation import open_workstation


class Officer(QObject):
    """Signs in, and reads the list of cameras that the wall goes by."""

    def __init__(self, desktop: Desktop) -> None:
        super().__init__()
        self._desktop = desktop
        desktop.duty.changed.connect(self._sign_in)
        desktop.duty.signed_in.connect(self._say_ready)
        desktop.cameras.cameras_changed.connect(self._say_cameras)

    @Slot()
    def _sign_in(self) -> None:
        if self._desktop.duty.needs_first_account and not self._desktop.duty.busy:
            self._desktop.duty.create_first_account("12345678", "Sari", "sandi-pengujian-program")

    @Slot()
    def _say_ready(self) -> None:
        say("ready")

    @Slot()
    def _say_cameras(self) -> None:
        say(" ".join(["cameras", *(camera.id for camera in self._desktop.cameras.all())]))


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def main() -> None:
    with open_workstation(Path(sys.argv[1]), clock=SystemClock()) as workstation:
        application = make_application(Translator())
        desktop = Desktop(application, workstation, translate=Translator(), kiosk=True)
        officer = Officer(desktop)
        run_until_closed(application, desktop)
        del officer


if __name__ == "__main__":
    main()
