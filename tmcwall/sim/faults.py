"""What a camera of the city can be told to do wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tmcwall.domain.fault import DomainCode, DomainError


class Trouble(StrEnum):
    """The names of the command line.

    `redirect` takes an address, `loss` and `corrupt` a percentage; the others take seconds, after which they end.
    """

    REFUSE = "refuse"
    """Connections are reset as soon as they ask for the camera."""
    SILENT = "silent"
    """Connections stay open, but nothing comes: no answer and no picture."""
    STALL = "stall"
    """The session is answered, but no packet comes."""
    FREEZE = "freeze"
    """Packets flow, the picture does not change: the same key frame with fresh timestamps."""
    BLACK = "black"
    """The picture is black, as with a covered lens."""
    UNAUTHORIZED = "unauthorized"
    """Another password than the one everybody knows."""
    DROP = "drop"
    """Connections break, and are refused for five seconds unless said otherwise."""
    REDIRECT = "redirect"
    """DESCRIBE answers 302 to another address."""
    MISSING = "missing"
    """404."""
    BUSY = "busy"
    """453, as cameras say that have no more sessions to give."""
    HTML = "html"
    """A web page with status 200 instead of RTSP."""
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
    UDP_BLOCKED = "udp-blocked"
    """Over UDP everything is agreed on, and nothing comes."""
    TCP_REFUSED = "tcp-refused"
    """461 to who asks for TCP."""


IN_THE_NETWORK: Final = frozenset({
    Trouble.LOSS, Trouble.REORDER, Trouble.DUPLICATE, Trouble.CORRUPT, Trouble.GARBAGE,
})  # fmt: skip
"""Troubles of single packets."""

_MEASURED: Final = frozenset({Trouble.LOSS, Trouble.CORRUPT})
"""Troubles that take a percentage instead of seconds."""

BREAKS_SESSIONS: Final = (
    frozenset(Trouble) - IN_THE_NETWORK - {Trouble.STALL, Trouble.FREEZE, Trouble.BLACK, Trouble.SILENT}
)
"""Troubles that end the running sessions of the camera when they start."""

_DROP_S: Final = 5.0
_PERCENT: Final = "5"


@dataclass(frozen=True, slots=True)
class Order:
    """One trouble of one camera. `seconds` None means until cleared."""

    camera: str
    trouble: Trouble
    seconds: float | None = None
    url: str = ""
    amount: float = 0.0
    """Percent of packets, for `loss` and `corrupt`."""


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
    if trouble is Trouble.REDIRECT:
        return Order(camera, trouble, url=argument)
    if trouble in _MEASURED:
        return Order(camera, trouble, amount=_number(argument or _PERCENT, text, largest=100))
    if not argument:
        return Order(camera, trouble, _DROP_S if trouble is Trouble.DROP else None)
    return Order(camera, trouble, _number(argument, text, largest=86_400))


def _number(argument: str, text: str, *, largest: float) -> float:
    try:
        number = float(argument)
    except ValueError:
        number = -1.0
    if not 0 <= number <= largest:
        raise DomainError(DomainCode.FIELD_INVALID, text)
    return number
