"""Libraries that the machine must have for a window (Linux): wheels and the bundle leave them to its graphics."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable, Mapping
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode

PACKAGES: Final[Mapping[str, str]] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""The package of Debian and Ubuntu that has each."""

FOR_X: Final = ("libxcb.so.1", "libxcb-cursor.so.0", "libxkbcommon-x11.so.0")
FOR_WAYLAND: Final = ("libwayland-client.so.0", "libwayland-cursor.so.0", "libxkbcommon.so.0")
"""Without them Qt ends the program by itself, in words of its own."""

_NOT_FOUND: Final = re.compile(r"(lib\S+?\.so[.\d]*): cannot open shared object file")


def missing_library(error: ImportError) -> Fault | None:
    """The fault behind a module that could not be loaded because this machine lacks a library; None: it is a bug."""
    found = _NOT_FOUND.search(str(error))
    return _missing(found[1]) if found else None


def check_libraries(names: Iterable[str]) -> None:
    """Raises Fault(LIBRARY_MISSING) for the first of them that this machine does not have."""
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError as error:
            raise _missing(name) from error


def _missing(name: str) -> Fault:
    package = PACKAGES.get(name)
    return Fault(FaultCode.LIBRARY_MISSING, f"{name}: {package}" if package else name, retryable=False)
