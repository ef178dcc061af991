"""The demo's other processes: the synthetic city and the central server, as a user would start them."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from tmcwall.child_programs import Child
from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import Fault, FaultCode

NRP: Final = "87654321"
"""The demo officer's service number; belongs to nobody."""


class DemoProcesses:
    """City and server of one demo, with secrets made for this run and kept in a private folder."""

    def __init__(self, *, data: Path, private: Path, cameras: int, scene_coded: Callable[[], None]) -> None:
        """`private` is readable by its owner only and not inside `data`. `scene_coded` is called in a thread of its own
        for each scene that the city can show from then on.
        """
        self._scene_coded = scene_coded
        self._data = data
        self._cameras = cameras
        self.password = secrets.token_urlsafe(18)
        self.webhook_secret = secrets.token_urlsafe(32)
        self.camera_user = "peraga"
        self.camera_password = secrets.token_urlsafe(12)
        self._login_file = private / "login"
        self._server_port = "0"
        self.city: Child | None = None
        self.server: Child | None = None
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        for child in (self.city, self.server):
            if child is not None:
                child.stop()

    def close(self) -> None:
        """Ask all to end, and start nothing any more: whoever waits for a process here waits no longer."""
        with self._lock:
            self._closed = True
            for child in (self.city, self.server):
                if child is not None:
                    child.ask_to_stop()

    def start_city(self) -> None:
        """Its scenes are drawn and coded in the background from now on."""
        descriptor = os.open(self._login_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{self.camera_user}\n{self.camera_password}\n")
        words = ["sim", "--cameras", str(self._cameras), "--port", "0", "--login-file", str(self._login_file)]
        words.append("--until-input-ends")
        self.city = Child(words, said=self._take_city_line)

    def _take_city_line(self, line: str) -> None:
        if line.startswith("scene ") and line.endswith(f" {Profile.SUB.value}"):
            self._scene_coded()

    def order_city(self, line: str) -> None:
        """Tell the city a line of what `tmcwall sim` takes; nothing is left to be told once it has ended."""
        with self._lock:
            if self.city is not None and not self._closed:
                self.city.tell(line)

    def city_port(self) -> int:
        """Waits until the city answers."""
        assert self.city is not None
        return int(self.city.wait_ready().split()[0].rsplit(":", 1)[1])

    def start_server(self) -> str:
        """Waits until it answers; its address. The port stays the same over restarts."""
        where = ["--data-dir", str(self._data), "--port", self._server_port]
        with self._lock:
            if self._closed:
                raise Fault(FaultCode.COMPONENT_MISSING, "the demo has ended")
            server = self.server = Child(["server", "run", *where])
        address = server.wait_ready().split()[0]
        self._server_port = address.rsplit(":", 1)[1]
        return address

    def restart_server(self) -> str:
        assert self.server is not None
        self.server.stop()
        return self.start_server()
