"""The whole desktop program with an admin on duty, whose account commands change while it runs.

`python -m tests.e2e.officer_desktop FOLDER`. It says `ready`, then `role ROLE` and `off duty CODE` as they come.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from tmcwall.commands.desktop import Desktop, make_application, run_until_closed
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.texts import Translator
from tmcwall.workstation import open_workstation


class Officer(QObject):
    """Makes the first account, and says how it fares."""

    def __init__(self, desktop: Desktop) -> None:
        super().__init__()
        self._duty = desktop.duty
        self._begun = False
        desktop.duty.changed.connect(self._follow)
        desktop.duty.signed_in.connect(self._say_ready)
        desktop.duty.sign_in_refused.connect(self._say_off_duty)

    @Slot()
    def _follow(self) -> None:
        if self._duty.needs_first_account and not self._begun:
            self._begun = True
            self._duty.create_first_account("12345678", "Sari", "sandi-pengujian-program")
        elif self._duty.officer is not None:
            say(f"role {self._duty.officer.role}")

    @Slot()
    def _say_ready(self) -> None:
        say("ready")

    @Slot(object)
    def _say_off_duty(self, problem: Fault | DomainError) -> None:
        say(f"off duty {problem.code}")


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
