"""What `tmcwall server run` does: serves until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn

from tmcwall import __version__
from tmcwall.commands.server import ServerOptions
from tmcwall.domain.address import is_this_machine
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.heap import leave_alone_what_stays
from tmcwall.listening import allow_connections
from tmcwall.log import get_logger
from tmcwall.private_files import closing_to_others
from tmcwall.server.announcer import Announcer
from tmcwall.server.app import create_app
from tmcwall.server.certificates import Certificate
from tmcwall.server.connections import BACKLOG, Networks, Unproved, listen, networks
from tmcwall.server.database import claimed, database_exists
from tmcwall.service_manager import ServiceManager
from tmcwall.stop_signals import handling_stop_signals, on_hang_up

log = get_logger(__name__)

GRACE_S = 2
"""For requests under way at a stop; the whole stop takes at most 3 s."""

_CONNECTIONS = 8192


def run(options: ServerOptions, *, say: Callable[[str], None] | None = None, clock: Clock | None = None) -> None:
    """Serve until SIGTERM or SIGINT. Says `ready http://HOST:PORT` with the real port once it answers.

    Raises DomainError, DiskFault and Fault(PORT_*, HOST_UNKNOWN, CERTIFICATE_UNREADABLE, STORE_*, DATABASE_*,
    VAULT_UNAVAILABLE, SERVER_RUNS_ALREADY, SERVER_KEY_LOST).
    """
    database_exists(options.database_url)  # what is another program's is refused before anything of it is changed
    listener = listen(options.host, options.port)
    with (
        contextlib.closing(listener),
        closing_to_others(options.private_places),
        claimed(options.settings().database),
    ):
        serve(
            options,
            listener,
            on_ready=lambda: (say or say_line)(f"ready {address_of(options, listener)}"),
            manager=ServiceManager.from_environment(),
            clock=clock,
        )


def check_protection(options: ServerOptions, listener: socket.socket) -> None:
    """Raises DomainError(TLS_INCOMPLETE, CLEAR_TEXT) and Fault(CERTIFICATE_UNREADABLE)."""
    _clear_text_peers(options, listener, encrypted=_certificate(options) is not None)


def serve(
    options: ServerOptions,
    listener: socket.socket,
    *,
    on_ready: Callable[[], None],
    manager: ServiceManager,
    clock: Clock | None = None,
    accepted_at_once: int = BACKLOG,
) -> None:
    """Answer on that socket until SIGTERM or SIGINT.

    Of processes that share it each takes `accepted_at_once` connections in one go: with many, one would take them all.
    Raises as `run`.
    """
    certificate = _certificate(options)
    clear_text_peers = _clear_text_peers(options, listener, encrypted=certificate is not None)
    app = create_app(options.settings(), clock=clock or SystemClock())
    limits = options.limits
    allow_connections(_CONNECTIONS)
    unproved = Unproved(most=limits.unproved_connections, within_s=limits.unproved_s)
    config = uvicorn.Config(
        app,
        http=unproved.protocol(clear_text_peers),
        backlog=accepted_at_once,
        log_config=None,
        access_log=False,
        lifespan="on",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        proxy_headers=bool(options.trusted_proxies),
        forwarded_allow_ips=list(options.trusted_proxies),
    )
    config.load()
    config.ssl = certificate.context if certificate is not None else None
    log.info("started", process="server", version=__version__, address=address_of(options, listener))
    server = _Server(
        config, announcer=app.state.context.announcer, manager=manager, certificate=certificate, on_ready=on_ready
    )
    server.run([listener])


def address_of(options: ServerOptions, listener: socket.socket) -> str:
    """Where it answers, with the real port."""
    host, port = listener.getsockname()[:2]
    scheme = "https" if options.tls_certificate else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _certificate(options: ServerOptions) -> Certificate | None:
    """None for clear text. Raises DomainError(TLS_INCOMPLETE) and Fault(CERTIFICATE_UNREADABLE)."""
    if options.tls_certificate is None and options.tls_key is None:
        return None
    if options.tls_certificate is None or options.tls_key is None:
        raise DomainError(DomainCode.TLS_INCOMPLETE)
    return Certificate(options.tls_certificate, options.tls_key)


def _clear_text_peers(options: ServerOptions, listener: socket.socket, *, encrypted: bool) -> Networks | None:
    """From where connections in clear are taken; None: from everywhere, or none is in clear.

    Raises DomainError(CLEAR_TEXT) for an address that others reach, with neither a certificate nor a proxy.
    """
    if encrypted or options.allow_clear_text:
        return None
    host = str(listener.getsockname()[0])
    if not options.trusted_proxies and not is_this_machine(host):
        raise DomainError(DomainCode.CLEAR_TEXT, host)
    return networks(options.trusted_proxies)


def say_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class _Server(uvicorn.Server):
    """Says when it answers, ends its event streams before it waits for requests, and exits with 0 on a signal."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        announcer: Announcer,
        manager: ServiceManager,
        certificate: Certificate | None,
        on_ready: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._announcer = announcer
        self._manager = manager
        self._certificate = certificate
        self._watch: asyncio.Task[None] | None = None
        self._on_ready = on_ready
        self._watchdog: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(BACKLOG)  # asyncio has set it to what is accepted at once
        if self._certificate is not None:
            self._watch = asyncio.create_task(self._certificate.watch())
            on_hang_up(self._certificate.reload)
        leave_alone_what_stays()
        self._on_ready()
        self._manager.ready()
        if self._manager.alive_every_s is not None:
            # In the loop that serves: a loop that hangs is one that the service manager ends and starts again.
            self._watchdog = asyncio.create_task(self._say_alive(self._manager.alive_every_s))

    async def _say_alive(self, every_s: float) -> None:
        while True:
            self._manager.alive()
            await asyncio.sleep(every_s)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._manager.stopping()
        if self._watch is not None:
            self._watch.cancel()
        if self._watchdog is not None:
            self._watchdog.cancel()
        self._announcer.close()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's, but without raising the signal once more at the end: a stop on request is no failure."""
        with handling_stop_signals(self.handle_exit):
            yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        del sig, frame  # a second signal does not cut requests short: the grace time does
        self.should_exit = True
