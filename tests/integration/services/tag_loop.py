"""Tags without end and says each bookmark that is shown as saved: to be killed at any moment.

It forks a program for each line on its standard input, says `pid N`, lets that one speak, and says `gone N` with the
status that it ended with. Everything is imported
before the first fork and nothing is opened, so each program starts in no time with a store and threads of its own.
"""

import faulthandler
import os
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from tests.services_stage import LP, FakeBook, FakeDuty, FakeFeed, camera
from tmcwall.db.store import Store
from tmcwall.domain.clock import SystemClock
from tmcwall.services.changes import Changes
from tmcwall.services.tagging import Rolls, Tagging, TagRequest


def tag_for_ever(folder: Path) -> None:
    application = QCoreApplication(["tagging"])
    clock = SystemClock()
    store = Store(folder / "tmcwall.db", clock=clock)
    tagging = Tagging(
        store=store,
        changes=Changes(store=store),
        cutter=FakeFeed(),
        cameras=FakeBook(camera("CAM-1")),
        duty=FakeDuty(),
        clock=clock,
        clips=folder / "clips",
        rolls=Rolls(before_s=10, after_s=600),
    )

    def say_and_go_on(bookmark):
        say(f"saved {bookmark.id}")
        tagging.tag(TagRequest("CAM-1", lp=LP))

    tagging.saved.connect(say_and_go_on)
    tagging.refused.connect(lambda refusal: say(f"refused {refusal}"))
    tagging.start()
    tagging.tag(TagRequest("CAM-1", lp=LP))
    application.exec()


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    faulthandler.enable()
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            tag_for_ever(Path(sys.argv[1]))
            os._exit(1)
        say(f"pid {child}")
        _, status = os.waitpid(child, 0)
        say(f"gone {os.waitstatus_to_exitcode(status)}")
