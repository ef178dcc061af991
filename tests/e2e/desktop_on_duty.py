"""The whole desktop program with an officer on duty, while commands change its cameras and accounts: both ends of it.

`python -m tests.e2e.desktop_on_duty FOLDER` is the program. It says `ready`, then, as they come, `cameras ID ID ...`
(the list is another one), `role ROLE` (of the officer) and `off duty CODE`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtCore import QObject, Slot

from tmcwall.commands.desktop import Desktop, make_application, run_until_closed
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.texts import Translator
from tmcwall.workstation import open_workstation


class DesktopOnDuty:
    """The program in a process of its own, ready where the block begins. It must end well with the block."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.e2e.desktop_on_duty", str(folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        self.says("ready")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(60)
        assert self._process.stdout is not None
        self._process.stdout.close()
        assert code == 0

    def says(self, line: str) -> None:
        """Waits until it says that. Fails where it ends without."""
        assert self._process.stdout is not None
        assert line in iter(lambda: self._process.stdout.readline().strip() or None, None), f"never said: {line}"


class Officer(QObject):
    """Makes the first account, a head's, and says what is seen of cameras and account."""

    def __init__(self, desktop: Desktop) -> None:
        super().__init__()
        self._desktop = desktop
        self._begun = False
        desktop.duty.changed.connect(self._follow)
        desktop.duty.signed_in.connect(self._say_ready)
        desktop.duty.sign_in_refused.connect(self._say_off_duty)
        desktop.cameras.cameras_changed.connect(self._say_cameras)

    @Slot()
    def _follow(self) -> None:
        duty = self._desktop.duty
        if duty.needs_first_account and not self._begun:
            self._begun = True
            duty.create_first_account("12345678", "Sari", "sandi-pengujian-program")
        elif duty.officer is not None:
            say(f"role {duty.officer.role}")

    @Slot()
    def _say_ready(self) -> None:
        say("ready")

    @Slot(object)
    def _say_off_duty(self, problem: Fault | DomainError) -> None:
        say(f"off duty {problem.code}")

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
