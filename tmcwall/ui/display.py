"""Whether there is a screen to show anything on, asked before Qt would end the program."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.system_libraries import FOR_WAYLAND, FOR_X, check_libraries

_WITHOUT_SCREEN = frozenset({"offscreen", "minimal", "vnc", "linuxfb", "eglfs", "vkkhrdisplay"})


def check_display(environment: Mapping[str, str] | None = None) -> None:
    """Raises Fault(NO_DISPLAY) where no window can be shown: no X or Wayland, and no offscreen platform asked for.

    Raises Fault(LIBRARY_MISSING) where this machine lacks what Qt needs for the display that there is.
    """
    if sys.platform == "linux":
        _check_linux(os.environ if environment is None else environment)


def _check_linux(surroundings: Mapping[str, str]) -> None:
    platform = surroundings.get("QT_QPA_PLATFORM", "").split(":", 1)[0].split(";", 1)[0]
    if platform in _WITHOUT_SCREEN:
        return
    x, wayland = bool(surroundings.get("DISPLAY")), bool(surroundings.get("WAYLAND_DISPLAY"))
    if not x and not wayland:
        raise Fault(FaultCode.NO_DISPLAY, retryable=False)
    if platform == "wayland" or not x:
        check_libraries(FOR_WAYLAND)
    elif platform == "xcb" or not wayland:
        check_libraries(FOR_X)  # with both at hand Qt takes the one that works
