"""How a process gives way to others where processors are scarce."""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    import psutil

    def give_way(steps: int) -> None:
        """As on other systems, where there are steps; here it is the one class below the ordinary."""
        del steps
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)

else:

    def give_way(steps: int) -> None:
        """Let other programs go first, by so many steps of niceness: 0 to 19. For this process, and for good."""
        os.nice(steps)
