"""What an RTSP dialogue needs of the network and the clock, on an asyncio loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.net.reach import Address, reach
from tmcwall.video.ipc.timeline import NS
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.rtsp_dialogue import RtspDialogue
from tmcwall.video.sessions.udp import DatagramPair


class RtspConnection(asyncio.BufferedProtocol):
    """One TCP connection, with TLS or without. `received` gets its bytes, `lost` why it ended."""

    def __init__(
        self,
        *,
        buffer: memoryview,
        received: Callable[[bytes], None],
        lost: Callable[[RtspConnection, Exception | None], None],
    ) -> None:
        self._buffer = buffer
        self._received = received
        self._lost = lost
        self._transport: asyncio.Transport | None = None

    @property
    def ends(self) -> tuple[str, str]:
        """Our address and the camera's. Raises Fault(CONNECTION_LOST) once it has ended."""
        local = self._transport.get_extra_info("sockname") if self._transport is not None else None
        remote = self._transport.get_extra_info("peername") if self._transport is not None else None
        if not local or not remote:
            raise Fault(FaultCode.CONNECTION_LOST, "closed by the camera")
        return str(local[0]), str(remote[0])

    @property
    def certificate(self) -> bytes | None:
        """The camera's certificate in DER; None without TLS."""
        tls = self._transport.get_extra_info("ssl_object") if self._transport is not None else None
        return tls.getpeercert(binary_form=True) if tls is not None else None

    def write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._received(bytes(self._buffer[:nbytes]))

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:  # else it is a handshake that failed: whoever connects gets to know that
            self._lost(self, exc)


class AsyncioIo:
    """Does what one dialogue asks for: see `SessionIo`. Lives on the running loop."""

    def __init__(self, context: SessionContext, *, fingerprint: str) -> None:
        self._context = context
        self._fingerprint = fingerprint
        self._loop = asyncio.get_running_loop()
        self._connection: RtspConnection | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.datagrams: DatagramPair | None = None
        self.opening: asyncio.Future[None] = self._loop.create_future()
        """Done once the camera plays; with the fault, or the bug, if it comes to that."""
        self.ending: asyncio.Future[Fault] = self._loop.create_future()
        """Done when what was opened has failed."""
        self.closing: asyncio.Future[None] = self._loop.create_future()

    def serve(self, dialogue: RtspDialogue) -> None:
        """The dialogue whose surroundings these are; before it asks for anything."""
        self._dialogue = dialogue

    def connect(self, address: Address) -> None:
        self._connecting = self._loop.create_task(self._connect(address))

    def send(self, data: bytes) -> None:
        if self._connection is not None:
            self._connection.write(data)

    def disconnect(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
        if self._connection is not None:
            self._connection.abort()
            self._connection = None

    def open_ports(self) -> tuple[int, int]:
        if self._connection is None:
            raise Fault(FaultCode.CONNECTION_LOST, "closed by the camera")
        local, camera = self._connection.ends
        media = self._dialogue.media
        self.datagrams = DatagramPair(camera, local=local, packet=media.take_datagram, report=media.take_report)
        return self.datagrams.ports

    def open_towards(self, server_ports: tuple[int, int] | None, report: bytes) -> None:
        if self.datagrams is not None:
            self.datagrams.open_towards(server_ports, report)

    def send_report(self, report: bytes) -> None:
        if self.datagrams is not None:
            self.datagrams.send_report(report)

    def close_ports(self) -> None:
        if self.datagrams is not None:
            self.datagrams.close()
            self.datagrams = None

    def wake_at(self, deadline_ns: int | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if deadline_ns is not None:
            delay_s = max(0, deadline_ns - self._context.clock.monotonic_ns()) / NS
            self._timer = self._loop.call_later(delay_s, self._do, self._dialogue.time_passed)

    def opened(self) -> None:
        if not self.opening.done():
            self.opening.set_result(None)

    def failed(self, fault: Fault) -> None:
        if not self.opening.done():
            self.opening.set_exception(fault)
        elif not self.ending.done():
            self.ending.set_result(fault)

    def closed(self) -> None:
        if not self.closing.done():
            self.closing.set_result(None)

    async def _connect(self, address: Address) -> None:
        context = self._context
        try:
            _, connection = await reach(
                address,
                rule=context.rule,
                resolver=context.resolver,
                tls=context.trust.context(self._fingerprint) if address.scheme == "rtsps" else None,
                timeout_s=context.timing.connect_s,
                protocol=self._new_connection,
            )
        except Fault as fault:
            self._connecting = None
            self._do(self._dialogue.connection_ended, fault)
        else:
            self._connecting = None
            self._do(self._dialogue.connected, connection.certificate)

    def _new_connection(self) -> RtspConnection:
        self._connection = RtspConnection(buffer=self._context.buffer, received=self._dialogue.receive, lost=self._lost)
        return self._connection

    def _lost(self, connection: RtspConnection, error: Exception | None) -> None:
        if connection is not self._connection:
            return  # given up before, by us
        self._connection = None
        if error is not None and not isinstance(error, OSError):
            self._stop(error)
            return
        detail = error.strerror or "" if error is not None else "closed by the camera"
        self._do(self._dialogue.connection_ended, Fault(FaultCode.CONNECTION_LOST, detail))

    def _do(self, step: Callable[..., None], *arguments: object) -> None:
        """The top of what the loop calls: a bug comes out of `open` or `run`, where the stream's task reports it."""
        try:
            step(*arguments)
        except Exception as bug:  # noqa: BLE001 - handed on, not swallowed
            self._stop(bug)

    def _stop(self, bug: Exception) -> None:
        self.disconnect()
        self.close_ports()
        self.wake_at(None)
        self.closed()
        for waited in (self.opening, self.ending):
            if not waited.done():
                waited.set_exception(bug)
                return
