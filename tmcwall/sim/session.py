"""One client watching one stream of one camera: which picture is due, and its packets to its carrier."""

from __future__ import annotations

import secrets
import zlib
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from tmcwall.rtsp.rtcp import SenderReport, bye, ntp_from_unix, sender_report
from tmcwall.sim.carrier import BadNetwork, Carrier, DatagramCarrier
from tmcwall.sim.faults import IN_THE_NETWORK, Order, Trouble
from tmcwall.sim.footage import CLOCK_RATE
from tmcwall.sim.loop import Loop, PackedPicture, address
from tmcwall.sim.oddities import odd_packets
from tmcwall.sim.stamp import padded, stamp_text
from tmcwall.sim.standins import place_with_few_keys

_REPORT_EVERY_S: Final = 5.0
_FULL: Final = 1024 * 1024
"""Bytes waiting in a connection above which pictures are left out until the next key frame, as cameras do."""

_REMEMBERED_RUNS: Final = 4096
_LONGEST_LAG_S: Final = 1.0
_FAST: Final = 4
_WRAP_IN_S: Final = 2
_FIRST_BEFORE_WRAP: Final = 65_500
_WHOLE_BEFORE_HALF: Final = 10
_INTO_PACKET: Final = 17
"""Bytes of a packet that still come before the stream stops inside it."""
_SHOW_OTHER_LOOPS: Final = frozenset({Trouble.BLACK, Trouble.COVERED, Trouble.MOVED, Trouble.RESIZE, Trouble.GIANT})

StandIn = Callable[[Trouble, Loop], Loop | None]
"""The loop that a trouble shows instead; None as long as it is being coded."""


@dataclass(slots=True)
class Ledger:
    """What has been asked of a camera since the city started."""

    connections: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    """By method."""
    logins: int = 0
    """Requests that carried credentials."""
    answers: int = 0
    """To requests of the camera's own."""
    sessions: int = 0
    """Running now."""


class SentPictures:
    """Which pictures have left a camera, by running number; to one client or to several."""

    def __init__(self) -> None:
        self._runs: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED_RUNS)
        """First and last number of each run without a gap; the newest are remembered."""

    def note(self, number: int) -> None:
        if not self._runs or number > self._runs[-1][1] + 1:
            self._runs.append((number, number))
        elif number == self._runs[-1][1] + 1:
            self._runs[-1] = (self._runs[-1][0], number)

    def count(self, first: int, last: int) -> int:
        """How many with numbers from the first to the last."""
        return sum(max(0, min(last, end) - max(first, begin) + 1) for begin, end in self._runs)


@dataclass(slots=True)
class Post:
    """A camera at work: its pictures' running number, and what it was told to do wrong."""

    camera: str
    scene: str
    lead: int
    """Pictures by which this camera is ahead, so that not all send their key frames at once."""
    phase: float
    """Fraction of the picture interval by which it is late, so that not all send at once."""
    order: Order | None = None
    network: BadNetwork = field(init=False)
    ledger: Ledger = field(default_factory=Ledger)
    sent: SentPictures = field(default_factory=SentPictures)
    is_down: bool = False
    """The link of a camera in trouble FLAP."""
    served: int = 0
    """Connections that have asked for it since the present order was given."""

    def __post_init__(self) -> None:
        self.network = BadNetwork(zlib.crc32(self.camera.encode()))

    @property
    def trouble(self) -> Trouble | None:
        return self.order.trouble if self.order is not None else None

    def amount_of(self, trouble: Trouble) -> float | None:
        """The number of the present order if it is of that kind."""
        return self.order.amount if self.order is not None and self.order.trouble is trouble else None


class Session:
    """Sends pictures when they are due. All times are those of the event loop, in seconds."""

    def __init__(
        self, post: Post, loop: Loop, stand_in: StandIn, *, carrier: Carrier, channel: int = 0, epoch_s: float
    ) -> None:  # fmt: skip
        self.id = secrets.token_hex(8)
        self.ssrc = secrets.randbits(32)
        self.post = post
        self.channel = channel
        self._loop = loop
        self._stand_in = stand_in
        self.carrier = carrier
        self._stamp_id = padded(post.camera)
        self._start_s = epoch_s + post.phase * loop.interval_s
        self._number = 0
        self._ahead = 0
        """Pictures sent beyond one an interval."""
        self._sequence = secrets.randbits(16)
        self._first_timestamp = secrets.randbits(32)
        self._last_timestamp = self._first_timestamp
        self._packets = 0
        self._octets = 0
        self._report_due_s = 0.0
        self._burst_s = 0.0
        self._waits_for_key = True
        self._held: PackedPicture | None = None
        self._other_since: int | None = None
        self._order = post.order
        self._since_order = 0
        self._order_number = 0
        """The picture that was next when the present order was given."""
        self._period: int | None = None
        """In which period of the present order a picture was sent last, where only one is in each."""
        self._is_cut = False
        self.playing = False

    @property
    def next_sequence(self) -> int:
        return self._sequence & 0xFFFF

    def play(self, now_s: float) -> None:
        """Go on with the next key frame that is due."""
        self._number = self._number_at(now_s)
        self._waits_for_key = self.post.trouble is not Trouble.KEY_EVERY
        self._period = self._period_of(self._number)
        self._burst_s = now_s
        self.playing = True
        if self.post.trouble is Trouble.WRAP:
            self._first_timestamp = -round(self._number * self._tick) - _WRAP_IN_S * CLOCK_RATE
            self._sequence = _FIRST_BEFORE_WRAP

    def send_due(self, now_s: float, unix_s: float) -> None:
        """Send the pictures that are due, then a report if it is time."""
        self._notice_order()
        trouble = self.post.trouble
        if not self.playing or trouble in {Trouble.STALL, Trouble.SILENT} or self._is_cut or self._is_blocked():
            self._waits_for_key = True
            return
        burst_every_s = self.post.amount_of(Trouble.BURST)
        if burst_every_s is not None:
            if now_s - self._burst_s < burst_every_s:
                return
            self._burst_s = now_s
        elif now_s - self._due_s(self._number) > _LONGEST_LAG_S:
            self._number = self._number_at(now_s)
            self._waits_for_key = True
        while self._due_s(self._number) <= now_s and not self._is_cut:
            for part in range(_FAST if trouble is Trouble.FAST else 1):
                self._ahead += part > 0
                self._send_picture(self._number + part / _FAST, round(unix_s * 1_000_000))
            self._number += 1
        if now_s >= self._report_due_s and self._packets and trouble is not Trouble.NO_REPORTS:
            self._report_due_s = now_s + _REPORT_EVERY_S
            self._send_report(unix_s + (self.post.amount_of(Trouble.CLOCK) or 0.0))

    def say_goodbye(self) -> None:
        self.carrier.send_report(bye(self.ssrc))

    @property
    def _tick(self) -> float:
        return self._loop.footage.duration / len(self._loop)

    def _notice_order(self) -> None:
        """What happens once when a session's camera is told something new."""
        if self.post.order is self._order:
            return
        self._order = self.post.order
        self._since_order = 0
        self._order_number = self._number
        self._report_due_s = 0.0
        if self.post.trouble is Trouble.NEW_SOURCE:
            self.ssrc = secrets.randbits(32)
            self._sequence = secrets.randbits(16)

    def _is_blocked(self) -> bool:
        return self.post.trouble is Trouble.UDP_BLOCKED and isinstance(self.carrier, DatagramCarrier)

    def _due_s(self, number: int) -> float:
        return self._start_s + number * self._loop.interval_s

    def _number_at(self, now_s: float) -> int:
        return max(0, int((now_s - self._start_s) / self._loop.interval_s) + 1)

    def _send_picture(self, number: float, sent_us: int) -> None:
        """`number` counts the intervals since the city started."""
        picture, lag = self._picture(int(number) + self._ahead)
        if picture is None or self._is_left_out(picture, int(number)):
            return
        if self.carrier.waiting() > _FULL:
            self._waits_for_key = True
            return
        jump = round((self.post.amount_of(Trouble.JUMP) or 0.0) * CLOCK_RATE)
        rate = self.post.amount_of(Trouble.RATE)
        stretched = number if rate is None else self._order_number + (number - self._order_number) * rate
        timestamp = self._first_timestamp + round(stretched * self._tick) + lag + jump
        data: bytes | bytearray = address(
            picture,
            stamp_text(self._stamp_id, int(number) + self._ahead, sent_us),
            channel=self.channel,
            sequence=self._sequence,
            timestamp=timestamp,
            ssrc=self.ssrc,
        )
        packets: Sequence[int] = picture.packets
        if self.post.order is not None and self.post.order.odd is not None:
            data, packets = odd_packets(self.post.order.odd, data, packets, sequence=self._sequence)
        count = len(packets)
        self._sequence += count
        self._packets += count
        self._octets += len(data) - 16 * count
        self._last_timestamp = timestamp
        self._since_order += 1
        self.post.sent.note(int(number) + self._ahead)
        self._send(data, packets)

    def _is_left_out(self, picture: PackedPicture, number: int) -> bool:
        """Whether the camera's trouble lets no such picture through now."""
        match self.post.trouble:
            case Trouble.NO_KEY:
                return picture.key
            case Trouble.SLOW:
                before, self._period = self._period, self._period_of(number)
                return before == self._period
        return False

    def _period_of(self, number: int) -> int | None:
        """In which of its periods a camera is that sends something once in so many seconds."""
        every_s = self.post.amount_of(Trouble.SLOW)
        return None if every_s is None else int(number * self._loop.interval_s / every_s)

    def _send(self, data: bytes | bytearray, packets: Sequence[int]) -> None:
        order = self.post.order
        if order is not None and order.trouble in IN_THE_NETWORK:
            self.carrier.send(*self.post.network.pass_on(data, packets, order))
        elif self.post.trouble is Trouble.HALF_PACKET and self._since_order > _WHOLE_BEFORE_HALF:
            self._is_cut = True
            self.carrier.send(data[: packets[-1] + _INTO_PACKET], packets)
        else:
            self.carrier.send(data, packets)

    def _picture(self, number: int) -> tuple[PackedPicture | None, int]:
        """The picture to send, None while waiting for one, and its reordering delay in 1/90000 s."""
        trouble = self.post.trouble
        every_s = self.post.amount_of(Trouble.KEY_EVERY)
        if every_s is None:
            place = (number + self.post.lead) % len(self._loop)
        else:
            place = place_with_few_keys(number, key_every=max(1, round(every_s / self._loop.interval_s)))
        if trouble is Trouble.SLOW:
            self._waits_for_key = True
            return self._loop.pictures[self._loop.key_before[place]], 0
        if trouble is Trouble.FREEZE:
            if self._held is None:
                self._held = self._loop.pictures[self._loop.key_before[place]]
            self._waits_for_key = True
            return self._held, 0
        if trouble in _SHOW_OTHER_LOOPS:
            self._waits_for_key = True
            return self._other_picture(trouble, number), 0
        picture = self._loop.pictures[place]
        if self._waits_for_key and not picture.key:
            return self._held, 0
        self._waits_for_key = False
        self._held = None
        self._other_since = None
        return picture, picture.offset - round(place * self._tick)

    def _other_picture(self, trouble: Trouble, number: int) -> PackedPicture | None:
        other = self._stand_in(trouble, self._loop)
        if other is None:
            return None
        if self._other_since is None:
            self._other_since = number
        return other.pictures[(number - self._other_since) % len(other)]

    def _send_report(self, unix_s: float) -> None:
        report = SenderReport(
            self.ssrc, ntp_from_unix(unix_s), self._last_timestamp & 0xFFFF_FFFF, self._packets, self._octets
        )
        self.carrier.send_report(sender_report(report, name=self.post.camera))
