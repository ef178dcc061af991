"""The city in a thread of its own, for programs and tests that are not asynchronous."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Coroutine, Sequence
from types import TracebackType
from typing import Self

from tmcwall.domain.camera import Profile
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import Fault
from tmcwall.rtsp.auth import Verifier
from tmcwall.sim.faults import make_order
from tmcwall.sim.server import CameraServer, Library, SimCamera
from tmcwall.sim.session import Ledger
from tmcwall.sim.web_server import WebForm, WebServer


class Control:
    """Faults at run time, from any thread. Each call returns when the cameras obey."""

    def __init__(
        self,
        call: Callable[[Callable[[CameraServer], None]], None],
        wait: Callable[[Callable[[CameraServer], Coroutine[object, object, None]]], None],
    ) -> None:
        self._call = call
        self._wait = wait

    def fault(self, camera: str, fault: str) -> None:
        """`NAME[:ARG]` as on the command line. Raises DomainError(FAULT_UNKNOWN, FIELD_INVALID or NOT_FOUND)."""
        order = make_order(camera, fault)
        self._wait(lambda server: server.prepare(order))
        self._call(lambda server: server.handle(order))

    def lost_packets(self, camera: str) -> int:
        """How many packets `loss` has left out so far. Raises DomainError(NOT_FOUND)."""
        found: list[int] = []
        self._call(lambda server: found.append(server.lost_packets(camera)))
        return found[0]

    def ledger(self, camera: str) -> Ledger:
        """What has been asked of a camera so far. Raises DomainError(NOT_FOUND)."""
        found: list[Ledger] = []
        self._call(lambda server: found.append(server.ledger(camera)))
        return found[0]

    def most_opening(self) -> int:
        """How many connections have been on their way to PLAY at once, at most."""
        found: list[int] = []
        self._call(lambda server: found.append(server.most_opening))
        return found[0]

    def clear(self, camera: str) -> None:
        """Raises DomainError(NOT_FOUND)."""
        self._call(lambda server: server.clear(camera))


class SimServer:
    """Cameras on loopback while the `with` block runs, over RTSP and on the web. `port` 0 takes a free one."""

    def __init__(
        self,
        cameras: Sequence[SimCamera],
        library: Library,
        *,
        port: int = 0,
        verifier: Verifier | None = None,
        session_timeout_s: float = 60.0,
        clock: Clock | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.control = Control(self._call, self._wait)
        self._make: Callable[[], CameraServer] = lambda: CameraServer(
            cameras,
            library,
            clock=clock if clock is not None else SystemClock(),
            port=port,
            verifier=verifier,
            session_timeout_s=session_timeout_s,
            tls=tls,
        )
        self._cameras = [camera.id for camera in cameras]
        self._server: CameraServer | None = None
        self._web: WebServer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._started = threading.Event()
        self._failure: Fault | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="sim")

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        self.stop()

    @property
    def port(self) -> int:
        return self._running().port

    def url(self, camera: str, profile: str = "sub") -> str:
        return self._running().url(camera, Profile(profile))

    def web_url(self, camera: str, form: WebForm) -> str:
        assert self._web is not None
        return self._web.url(camera, form)

    def stop(self) -> None:
        """End the cameras and wait for the thread. May be called twice."""
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _run(self) -> None:
        try:
            server = self._make()
            await server.start()
            self._web = web = WebServer(server, self._cameras)
            await web.start()
        except Fault as fault:
            self._failure = fault
            self._started.set()
            return
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._started.set()
        await self._stop.wait()
        await web.close()
        await server.close()

    def _running(self) -> CameraServer:
        if self._server is None:
            raise RuntimeError("the city is not running")
        return self._server

    def _call(self, action: Callable[[CameraServer], None]) -> None:
        async def act(server: CameraServer) -> None:
            action(server)

        self._wait(act)

    def _wait(self, action: Callable[[CameraServer], Coroutine[object, object, None]]) -> None:
        server, loop = self._running(), self._loop
        assert loop is not None
        asyncio.run_coroutine_threadsafe(action(server), loop).result()
