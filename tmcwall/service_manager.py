"""What a server tells the service manager that has started it (systemd's sd_notify protocol).

https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Self


class ServiceManager:
    """Messages to it. Started by hand there is none, and nothing is sent."""

    def __init__(self, address: str = "", *, watchdog_s: float | None = None) -> None:
        self._address = address
        self.alive_every_s = None if watchdog_s is None else watchdog_s / 2
        """How often it wants to hear `alive`; None: never."""

    @classmethod
    def from_environment(cls, environment: MutableMapping[str, str] = os.environ) -> Self:
        """Takes its variables out of the environment, so that no child process speaks in our name."""
        address = environment.pop("NOTIFY_SOCKET", "")
        wanted_us, process = environment.pop("WATCHDOG_USEC", ""), environment.pop("WATCHDOG_PID", "")
        ours = process in {"", str(os.getpid())}
        watchdog_s = int(wanted_us) / 1e6 if address and ours and wanted_us.isdecimal() and int(wanted_us) else None
        return cls(address, watchdog_s=watchdog_s)

    def ready(self) -> None:
        self._send("READY=1")

    def alive(self) -> None:
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    if sys.platform == "win32":

        def _send(self, message: str) -> None:
            """There is no such manager."""

    else:

        def _send(self, message: str) -> None:
            if not self._address:
                return
            # `@` stands for the zero byte that an abstract address begins with.
            address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
            with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.connect(address)
                sender.sendall(message.encode())
