"""RTSP 1.0 cameras on one port: `rtsp://host:port/<camera>/main` and `/sub`, over TCP and UDP."""

from __future__ import annotations

import asyncio
import errno
import secrets
import ssl
import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol
from urllib.parse import unquote

from tmcwall.domain.camera import Profile
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.listening import accepted_the_last
from tmcwall.rtsp.auth import Scheme, Verifier
from tmcwall.rtsp.transport import Lower, Transport
from tmcwall.sim.carrier import Carrier, DatagramCarrier, DatagramPorts, InterleavedCarrier
from tmcwall.sim.connection import CameraConnection
from tmcwall.sim.faults import BREAKS_SESSIONS, CODED_ANEW, LEAVES_SESSIONS, LoginKind, Order, Trouble
from tmcwall.sim.loop import Loop
from tmcwall.sim.oddities import KEEP_ALIVE_S, OF_OTHER_PICTURES, WANTS_KEEP_ALIVE
from tmcwall.sim.session import Ledger, Post, Session
from tmcwall.sim.standins import StandIns

_DIGESTS: Final = (Scheme.DIGEST_SHA256, Scheme.DIGEST_MD5)
_SCHEMES: Final = {
    LoginKind.MD5: (Scheme.DIGEST_MD5,),
    LoginKind.SHA256: (Scheme.DIGEST_SHA256,),
    LoginKind.BASIC: (Scheme.BASIC,),
    LoginKind.STALE: _DIGESTS,
    LoginKind.BROKEN: _DIGESTS,
}
_TICK_S: Final = 0.008
_PATIENCE_S: Final = 0.5
"""So long a request waits for a scene."""
_SERVED_BEFORE_REDIRECT_S: Final = 2.0
_ASKS_EVERY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class SimCamera:
    """A camera to serve, and the scene it looks at."""

    id: str
    scene: str


class Library(Protocol):
    """Where loops come from."""

    async def loop(self, scene: str, profile: Profile) -> Loop:
        """The packed loop of a scene; waits until it is coded. Raises Fault."""
        ...

    @property
    def stand_ins(self) -> StandIns:
        """What cameras show while they are in trouble."""
        ...


class CameraServer:
    """The cameras of one port, in the running event loop."""

    def __init__(
        self,
        cameras: Sequence[SimCamera],
        library: Library,
        *,
        clock: Clock,
        host: str = "127.0.0.1",
        port: int = 0,
        verifier: Verifier | None = None,
        session_timeout_s: float = 60.0,
        transports: frozenset[Lower] = frozenset(Lower),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.library = library
        self.host = host
        self.port = port
        self.transports = transports if tls is None else frozenset({Lower.TCP})
        self._tls = tls
        self.session_timeout_s = session_timeout_s
        self._clock = clock
        self._verifier = verifier
        self._stranger = Verifier(secrets.token_hex(16), secrets.token_hex(16))
        self._posts = {camera.id: _post(camera) for camera in cameras}
        self._connections: set[CameraConnection] = set()
        self._all_left = asyncio.Event()
        self._all_left.set()
        self._server: asyncio.Server | None = None
        self._datagrams: DatagramPorts | None = None
        self._ticking: asyncio.TimerHandle | None = None
        self._epoch_s = 0.0
        self._most_opening = 0

    async def start(self) -> None:
        """Listen; `port` is the real one then. Raises Fault(PORT_IN_USE, PORT_FORBIDDEN)."""
        loop = asyncio.get_running_loop()
        self._epoch_s = loop.time()
        datagrams = DatagramPorts(self.host) if Lower.UDP in self.transports else None
        try:
            self._server = await loop.create_server(
                lambda: CameraConnection(self), self.host, self.port, backlog=512, ssl=self._tls
            )
        except OSError as error:
            if datagrams is not None:
                datagrams.close()
            code = FaultCode.PORT_FORBIDDEN if error.errno == errno.EACCES else FaultCode.PORT_IN_USE
            raise Fault(code, f"{self.host}:{self.port}", retryable=False) from error
        self.port = self._server.sockets[0].getsockname()[1]
        self._datagrams = datagrams
        self._ticking = loop.call_later(_TICK_S, self._tick)

    async def close(self) -> None:
        """End all sessions with BYE and stop listening."""
        if self._ticking is not None:
            self._ticking.cancel()
        if self._server is not None:
            await accepted_the_last(self._server)
        for connection in list(self._connections):
            connection.close()
        await self._all_left.wait()
        if self._server is not None:
            await self._server.wait_closed()
        if self._datagrams is not None:
            self._datagrams.close()

    @property
    def scheme(self) -> str:
        return "rtsp" if self._tls is None else "rtsps"

    def url(self, camera: str, profile: Profile) -> str:
        return f"{self.scheme}://{self.host}:{self.port}/{camera}/{profile.value}"

    def handle(self, order: Order) -> None:
        """Give a camera trouble, at once. Raises DomainError(NOT_FOUND)."""
        post = self._post(order.camera)
        post.order = order
        post.is_down = False
        post.served = 0
        if order.trouble in BREAKS_SESSIONS:
            self._break(post)
        if order.trouble is Trouble.TEARDOWN:
            for connection in self._connections_of(post):
                connection.tear_down()
        if order.trouble is Trouble.HALF_CLOSE:
            for connection in self._connections_of(post):
                connection.half_close()
        if order.trouble is Trouble.FLAP:
            self._later(order.amount, post, order, self._turn_link)
        if order.seconds is not None:
            self._later(order.seconds, post, order, self._expire)

    def clear(self, camera: str) -> None:
        """End the camera's trouble. Raises DomainError(NOT_FOUND)."""
        post = self._post(camera)
        if post.trouble in LEAVES_SESSIONS:
            self._break(post)
        post.order = None
        post.is_down = False

    def find(self, path: str) -> tuple[Post, Profile] | None:
        """The camera and stream that a path names; a track behind them is ignored."""
        parts = [unquote(part) for part in path.split("/") if part]
        if len(parts) not in {2, 3} or parts[0] not in self._posts or parts[1] not in Profile.__members__.values():
            return None
        return self._posts[parts[0]], Profile(parts[1])

    def verifier_of(self, post: Post) -> Verifier | None:
        """Who is let in; None where everybody is."""
        if post.trouble is Trouble.UNAUTHORIZED:
            return self._stranger
        login = post.order.login if post.order is not None else None
        if self._verifier is None or login is None:
            return self._verifier
        return self._verifier.offering(_SCHEMES[login])

    def lost_packets(self, camera: str) -> int:
        """How many packets `loss` has left out so far. Raises DomainError(NOT_FOUND)."""
        return self._post(camera).network.lost

    def sent_pictures(self, camera: str, *, first: int = 0, last: int = sys.maxsize) -> int:
        """How many have left it, with running numbers as in their stamps. Raises DomainError(NOT_FOUND)."""
        return self._post(camera).sent.count(first, last)

    def ledger(self, camera: str) -> Ledger:
        """What has been asked of a camera, as it is now. Raises DomainError(NOT_FOUND)."""
        post = self._post(camera)
        return replace(post.ledger, requests=post.ledger.requests.copy(), sessions=self.sessions_of(post))

    def sessions_of(self, post: Post) -> int:
        return sum(connection.session is not None for connection in self._connections_of(post))

    @property
    def most_opening(self) -> int:
        """How many connections have been on their way to PLAY at once, at most."""
        return self._most_opening

    async def loop_of(self, post: Post, profile: Profile) -> Loop | None:
        """What a camera shows to a new session; None while its scene is being coded still. Raises Fault."""
        try:
            return await asyncio.wait_for(self._loop_shown(post.scene, profile, post.order), _PATIENCE_S)
        except TimeoutError:
            return None

    async def prepare(self, order: Order) -> None:
        """Wait until the camera's sub stream can be shown as it will be in that trouble: an order given after that is
        obeyed at once. Raises DomainError(NOT_FOUND) and the faults of a scene that cannot be coded.
        """
        await self._loop_shown(self._post(order.camera).scene, Profile.SUB, order)

    async def _loop_shown(self, scene: str, profile: Profile, order: Order | None) -> Loop:
        loop = await self.library.loop(scene, profile)
        if order is not None and order.trouble in CODED_ANEW:
            return await self.library.stand_ins.loop(order.trouble, loop)
        if order is not None and order.odd in OF_OTHER_PICTURES:
            return await self.library.stand_ins.loop(order.odd, loop)
        return loop

    def timeout_s(self, post: Post) -> float:
        """After how long a silence a session is ended."""
        if post.order is not None and post.order.session in WANTS_KEEP_ALIVE:
            return KEEP_ALIVE_S
        return post.amount_of(Trouble.KEEP_ALIVE) or self.session_timeout_s

    def open_session(
        self, post: Post, loop: Loop, *, transport: asyncio.Transport, chosen: Transport
    ) -> tuple[Session, Transport]:
        """A session, and the transport it is granted."""
        stand_in = self.library.stand_ins.ready
        if chosen.lower is Lower.UDP:
            assert self._datagrams is not None
            assert chosen.client_port is not None
            client = transport.get_extra_info("peername")[0]
            ports: Carrier = DatagramCarrier(self._datagrams, client, chosen.client_port)
            session = Session(post, loop, stand_in, carrier=ports, epoch_s=self._epoch_s)
            granted = Transport(
                Lower.UDP, client_port=chosen.client_port, server_port=self._datagrams.numbers, ssrc=session.ssrc
            )
            return session, granted
        channels = chosen.interleaved or (0, 1)
        within = InterleavedCarrier(transport, channels[0])
        session = Session(post, loop, stand_in, carrier=within, channel=channels[0], epoch_s=self._epoch_s)
        return session, Transport(Lower.TCP, interleaved=channels, ssrc=session.ssrc)

    def carries(self, offer: Transport, post: Post) -> bool:
        """Whether a camera sends that way."""
        if offer.lower is Lower.TCP and post.trouble is Trouble.TCP_REFUSED:
            return False
        return offer.lower in self.transports and (offer.lower is Lower.TCP or offer.client_port is not None)

    def joined(self, connection: CameraConnection) -> None:
        self._connections.add(connection)
        self._all_left.clear()

    def left(self, connection: CameraConnection) -> None:
        self._connections.discard(connection)
        if not self._connections:
            self._all_left.set()

    def asked_for(self, post: Post, connection: CameraConnection) -> None:
        """A connection has named its camera for the first time."""
        post.ledger.connections += 1
        post.served += 1
        opening = sum(not (known.session is not None and known.session.playing) for known in self._connections)
        self._most_opening = max(self._most_opening, opening)
        if post.trouble is Trouble.REDIRECT_LATER and post.served == 1:
            asyncio.get_running_loop().call_later(_SERVED_BEFORE_REDIRECT_S, connection.abort)

    def _connections_of(self, post: Post) -> list[CameraConnection]:
        return [known for known in self._connections if known.session is not None and known.session.post is post]

    def _break(self, post: Post) -> None:
        for connection in self._connections_of(post):
            connection.abort()

    def _post(self, camera: str) -> Post:
        post = self._posts.get(camera)
        if post is None:
            raise DomainError(DomainCode.NOT_FOUND, camera)
        return post

    def _later(self, seconds: float, post: Post, order: Order, act: Callable[[Post, Order], None]) -> None:
        asyncio.get_running_loop().call_later(seconds, lambda: act(post, order) if post.order is order else None)

    def _expire(self, post: Post, order: Order) -> None:  # noqa: ARG002 - as all that is done later
        self.clear(order.camera)

    def _turn_link(self, post: Post, order: Order) -> None:
        post.is_down = not post.is_down
        if post.is_down:
            self._break(post)
        self._later(order.amount, post, order, self._turn_link)

    def _tick(self) -> None:
        """Send what is due on all connections. One timer for all sessions."""
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        unix_s = self._clock.utc().timestamp()
        reporting = set(self._datagrams.heard_from()) if self._datagrams is not None else set()
        for connection in list(self._connections):
            session = connection.session
            if session is not None and session.playing:
                if reporting and isinstance(session.carrier, DatagramCarrier) and session.carrier.control in reporting:
                    connection.heard_s = now_s
                if now_s - connection.silent_since_s > 1.2 * self.timeout_s(session.post):
                    connection.close()
                    continue
                session.send_due(now_s, unix_s)
                if session.post.trouble is Trouble.ASKS and now_s - connection.asked_s > _ASKS_EVERY_S:
                    connection.ask_something(now_s)
        self._ticking = loop.call_at(max(now_s, loop.time() - _TICK_S) + _TICK_S, self._tick)


def _post(camera: SimCamera) -> Post:
    spread = zlib.crc32(camera.id.encode())
    return Post(camera.id, camera.scene, lead=spread % 9973, phase=spread % 97 / 97)
