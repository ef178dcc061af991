"""What a camera of the city can be told to do wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.sim.descriptions import OddDescription
from tmcwall.sim.oddities import OddSession, OddStream
from tmcwall.sim.web_oddities import OddWeb


class LoginKind(StrEnum):
    """How a camera may ask for its password."""

    MD5 = "md5"
    SHA256 = "sha-256"
    BASIC = "basic"
    STALE = "stale"
    """By digest, with a nonce that is good for one request."""
    BROKEN = "broken-sha-256"
    """By digest with SHA-256 and MD5, of which only MD5 is taken."""


class Trouble(StrEnum):
    """The names of the command line, with what stands behind the colon; see `ARGUMENTS`."""

    # Connections and answers

    REFUSE = "refuse"
    """Connections are reset as soon as they ask for the camera."""
    SILENT = "silent"
    """Connections stay open, but nothing comes: no answer and no picture."""
    TRICKLE = "trickle"
    """Answers come, a byte every quarter of a second."""
    DROP = "drop"
    """Connections break, and are refused for five seconds unless said otherwise."""
    FLAP = "flap"
    """The link is down as long as it was up: five seconds unless said otherwise."""
    UNAUTHORIZED = "unauthorized"
    """Another password than the one everybody knows: 401 for ever."""
    LOGIN = "login"
    """A camera with a password asks for it in another way: one of `LoginKind`."""
    MISSING = "missing"
    """404."""
    BUSY = "busy"
    """453, as cameras say that have no more sessions to give."""
    FULL = "max-clients"
    """453 to the SETUP of who comes after the third session, or the number given."""
    HTML = "html"
    """A web page with status 200 instead of RTSP."""
    REDIRECT = "redirect"
    """DESCRIBE answers 302 to another address."""
    REDIRECT_SETUP = "redirect-setup"
    """SETUP does."""
    REDIRECT_PLAY = "redirect-play"
    """PLAY does."""
    REDIRECT_LATER = "redirect-later"
    """The first connection is served for two seconds and dropped; DESCRIBE redirects all later ones."""
    DESCRIPTION = "sdp"
    """DESCRIBE answers with an odd description: one of `OddDescription`."""
    SESSION = "session"
    """Requests are answered oddly: one of `OddSession`."""
    CODEC = "codec"
    """Connections break; the camera comes back with the other of H.264 and H.265."""
    KEEP_ALIVE = "keep-alive"
    """A session without a request for three seconds, or the number given, is ended; SETUP says so."""
    ASKS = "asks"
    """The camera sends requests of its own, one a second."""
    TEARDOWN = "teardown"
    """The camera ends the running sessions with TEARDOWN, and leaves the connections open."""
    HALF_CLOSE = "half-close"
    """The camera ends its half of the running connections and leaves the other open: no more comes, all is taken."""
    UDP_BLOCKED = "udp-blocked"
    """Over UDP everything is agreed on, and nothing comes."""
    TCP_REFUSED = "tcp-refused"
    """461 to who asks for TCP."""

    WEB = "web"
    """On the web the camera is odd: one of `OddWeb`."""

    # What is sent

    ODD = "odd"
    """Packets are odd: one of `OddStream`."""
    STALL = "stall"
    """The session is answered, but no packet comes."""
    HALF_PACKET = "half-packet"
    """After ten pictures the stream stops in the middle of a packet."""
    FREEZE = "freeze"
    """Packets flow, the picture does not change: the same key frame with fresh timestamps."""
    BLACK = "black"
    """The picture is black, as with a covered lens."""
    COVERED = "covered"
    """Something hangs before the lens: light and shadow, but no edges."""
    MOVED = "moved"
    """The camera has been turned by a seventh of its view."""
    NO_KEY = "no-key"
    """No key frame comes."""
    KEY_EVERY = "key-every"
    """Key frames come every two minutes, or as many seconds as given; a client joins in the middle."""
    SLOW = "slow"
    """One picture, a key frame, in ten seconds, or those given."""
    RESIZE = "resize"
    """The picture has half its width and height from now on."""
    GIANT = "giant"
    """The stream says that its pictures are more than 16,000 pixels wide and high (H.264 only)."""
    BURST = "burst"
    """Pictures are held back for two seconds, or those given, then all come at once."""
    FAST = "fast"
    """Four times as many pictures a second."""

    # Times and numbers

    JUMP = "jump"
    """The RTP time jumps by an hour, or the seconds given, also backward."""
    RATE = "rate"
    """From now on the RTP time runs twice as fast as the pictures come, or as many times as given."""
    WRAP = "wrap"
    """New sessions begin two seconds before the RTP time and the sequence wrap."""
    NEW_SOURCE = "new-source"
    """Running sessions go on with another SSRC and sequence."""
    CLOCK = "clock"
    """Sender reports tell a time that is two hours off, or the seconds given."""
    NO_REPORTS = "no-reports"
    """No sender report comes."""

    # The network

    LOSS = "loss"
    """So many percent of the packets are lost; 5 unless said otherwise."""
    REORDER = "reorder"
    """Some packets change places with the one behind them."""
    DUPLICATE = "duplicate"
    """Some packets come twice."""
    CORRUPT = "corrupt"
    """In so many percent of the packets a bit is wrong; 5 unless said otherwise."""
    GARBAGE = "garbage"
    """Now and then bytes that mean nothing stand between two pictures."""


REDIRECTS: Final = frozenset({
    Trouble.REDIRECT, Trouble.REDIRECT_SETUP, Trouble.REDIRECT_PLAY, Trouble.REDIRECT_LATER,
})  # fmt: skip
IN_THE_NETWORK: Final = frozenset({
    Trouble.LOSS, Trouble.REORDER, Trouble.DUPLICATE, Trouble.CORRUPT, Trouble.GARBAGE,
})  # fmt: skip
"""Troubles of single packets."""

BREAKS_SESSIONS: Final = REDIRECTS - {Trouble.REDIRECT_LATER} | {
    Trouble.REFUSE, Trouble.DROP, Trouble.UNAUTHORIZED, Trouble.MISSING, Trouble.BUSY, Trouble.HTML,
    Trouble.DESCRIPTION, Trouble.CODEC, Trouble.TRICKLE, Trouble.UDP_BLOCKED, Trouble.TCP_REFUSED, Trouble.WRAP,
    Trouble.KEEP_ALIVE, Trouble.LOGIN, Trouble.SESSION, Trouble.ODD, Trouble.KEY_EVERY,
}  # fmt: skip
"""Troubles that end the running sessions of the camera when they start."""

LEAVES_SESSIONS: Final = frozenset({Trouble.CODEC, Trouble.DESCRIPTION, Trouble.KEY_EVERY})
"""Troubles whose sessions end with them."""

CODED_ANEW: Final = frozenset({Trouble.CODEC, Trouble.KEY_EVERY})
"""Troubles that new sessions begin with pictures of their own for."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What the number behind the colon means where it is not the seconds after which the trouble ends."""

    default: float
    least: float
    most: float
    unit: str


ARGUMENTS: Final = {
    Trouble.LOSS: Amount(5, 0, 100, "%"),
    Trouble.CORRUPT: Amount(5, 0, 100, "%"),
    Trouble.JUMP: Amount(3600, -86_400, 86_400, "s"),
    Trouble.CLOCK: Amount(7200, -4e9, 4e9, "s"),
    Trouble.FLAP: Amount(5, 0.1, 3600, "s"),
    Trouble.BURST: Amount(2, 0.1, 60, "s"),
    Trouble.KEEP_ALIVE: Amount(3, 1, 3600, "s"),
    Trouble.FULL: Amount(3, 0, 1000, ""),
    Trouble.RATE: Amount(2, 0, 100, ""),
    Trouble.KEY_EVERY: Amount(120, 1, 3600, "s"),
    Trouble.SLOW: Amount(10, 0.1, 3600, "s"),
}
KINDS: Final[Mapping[Trouble, type[StrEnum]]] = {
    Trouble.DESCRIPTION: OddDescription,
    Trouble.LOGIN: LoginKind,
    Trouble.SESSION: OddSession,
    Trouble.ODD: OddStream,
    Trouble.WEB: OddWeb,
}
"""Troubles of which there are several, with the names that stand behind the colon."""

_DROP_S: Final = 5.0
_LONGEST_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Order:
    """One trouble of one camera. `seconds` None means until cleared."""

    camera: str
    trouble: Trouble
    seconds: float | None = None
    url: str = ""
    amount: float = 0.0
    """As `ARGUMENTS` says."""
    description: OddDescription | None = None
    login: LoginKind | None = None
    session: OddSession | None = None
    odd: OddStream | None = None
    web: OddWeb | None = None


def parse_order(text: str) -> Order:
    """`CAMERA=NAME[:ARG]`. Raises DomainError(FAULT_UNKNOWN or FIELD_INVALID)."""
    camera, equals, rest = text.partition("=")
    if not equals or not camera.strip():
        raise DomainError(DomainCode.FIELD_INVALID, text)
    return make_order(camera.strip(), rest.strip())


def make_order(camera: str, text: str) -> Order:
    """`NAME[:ARG]` for a camera. Raises DomainError(FAULT_UNKNOWN or FIELD_INVALID)."""
    name, _, argument = text.partition(":")
    if name not in Trouble.__members__.values():
        raise DomainError(DomainCode.FAULT_UNKNOWN, name)
    trouble = Trouble(name)
    if trouble in REDIRECTS:
        return Order(camera, trouble, url=argument)
    if trouble in KINDS:
        if argument not in KINDS[trouble].__members__.values():
            raise DomainError(DomainCode.FIELD_INVALID, text)
        return _order_of_kind(camera, trouble, argument)
    known = ARGUMENTS.get(trouble)
    if known is not None:
        amount = _number(argument, text, known.least, known.most) if argument else known.default
        return Order(camera, trouble, amount=amount)
    if not argument:
        return Order(camera, trouble, _DROP_S if trouble is Trouble.DROP else None)
    return Order(camera, trouble, _number(argument, text, 0, _LONGEST_S))


def form(trouble: Trouble) -> str:
    """How an order is written: `NAME`, or `NAME:` with what may follow."""
    if trouble in REDIRECTS:
        return f"{trouble}[:URL]"
    if trouble in KINDS:
        return f"{trouble}:{'|'.join(KINDS[trouble])}"
    known = ARGUMENTS.get(trouble)
    if known is None:
        return f"{trouble}[:s]"
    return f"{trouble}[:{known.unit or 'N'}]"


def _order_of_kind(camera: str, trouble: Trouble, kind: str) -> Order:
    return Order(
        camera,
        trouble,
        description=OddDescription(kind) if trouble is Trouble.DESCRIPTION else None,
        login=LoginKind(kind) if trouble is Trouble.LOGIN else None,
        session=OddSession(kind) if trouble is Trouble.SESSION else None,
        odd=OddStream(kind) if trouble is Trouble.ODD else None,
        web=OddWeb(kind) if trouble is Trouble.WEB else None,
    )


def _number(argument: str, text: str, least: float, most: float) -> float:
    try:
        number = float(argument)
    except ValueError:
        raise DomainError(DomainCode.FIELD_INVALID, text) from None
    if not least <= number <= most:
        raise DomainError(DomainCode.FIELD_INVALID, text)
    return number
