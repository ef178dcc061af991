"""Whether there is a screen to show anything on, asked before Qt would end the program."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from tmcwall.domain.fault import Fault, FaultCode

_WITHOUT_SCREEN = frozenset({"offscreen", "minimal", "vnc", "linuxfb", "eglfs", "vkkhrdisplay"})


def check_display(environment: Mapping[str, str] | None = None) -> None:
    """Raises Fault(NO_DISPLAY) where no window can be shown: no X or Wayland, and no offscreen platform asked for."""
    if sys.platform == "linux":
        _check_linux(os.environ if environment is None else environment)


def _check_linux(surroundings: Mapping[str, str]) -> None:
    platform = surroundings.get("QT_QPA_PLATFORM", "").split(":", 1)[0].split(";", 1)[0]
    if platform in _WITHOUT_SCREEN:
        return
    if not surroundings.get("DISPLAY") and not surroundings.get("WAYLAND_DISPLAY"):
        raise Fault(FaultCode.NO_DISPLAY, retryable=False)
