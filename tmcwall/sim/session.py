"""One client watching one stream of one camera: which picture is due, and its packets to its carrier."""

from __future__ import annotations

import secrets
import zlib
from dataclasses import dataclass, field
from typing import Final

from tmcwall.rtsp.rtcp import SenderReport, bye, ntp_from_unix, sender_report
from tmcwall.sim.carrier import BadNetwork, Carrier, DatagramCarrier
from tmcwall.sim.faults import IN_THE_NETWORK, Order, Trouble
from tmcwall.sim.loop import Loop, PackedPicture, address
from tmcwall.sim.stamp import padded, stamp_text

_REPORT_EVERY_S: Final = 5.0
_FULL: Final = 1024 * 1024
"""Bytes waiting in a connection above which pictures are left out until the next key frame, as cameras do."""

_LONGEST_LAG_S: Final = 1.0


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

    def __post_init__(self) -> None:
        self.network = BadNetwork(zlib.crc32(self.camera.encode()))

    @property
    def trouble(self) -> Trouble | None:
        return self.order.trouble if self.order is not None else None


class Session:
    """Sends pictures when they are due. All times are those of the event loop, in seconds."""

    def __init__(
        self, post: Post, loop: Loop, black: Loop, *, carrier: Carrier, channel: int = 0, epoch_s: float
    ) -> None:  # fmt: skip
        self.id = secrets.token_hex(8)
        self.ssrc = secrets.randbits(32)
        self.post = post
        self.channel = channel
        self._loop = loop
        self._black = black
        self.carrier = carrier
        self._stamp_id = padded(post.camera)
        self._start_s = epoch_s + post.phase * loop.interval_s
        self._number = 0
        self._sequence = secrets.randbits(16)
        self._first_timestamp = secrets.randbits(32)
        self._last_timestamp = self._first_timestamp
        self._packets = 0
        self._octets = 0
        self._report_due_s = 0.0
        self._waits_for_key = True
        self._held: PackedPicture | None = None
        self._black_since: int | None = None
        self.playing = False

    @property
    def next_sequence(self) -> int:
        return self._sequence & 0xFFFF

    def play(self, now_s: float) -> None:
        """Go on with the next key frame that is due."""
        self._number = self._number_at(now_s)
        self._waits_for_key = True
        self.playing = True

    def send_due(self, now_s: float, unix_s: float) -> None:
        """Send the pictures that are due, then a report if it is time."""
        if not self.playing or self.post.trouble in {Trouble.STALL, Trouble.SILENT} or self._is_blocked():
            self._waits_for_key = True
            return
        if now_s - self._due_s(self._number) > _LONGEST_LAG_S:
            self._number = self._number_at(now_s)
            self._waits_for_key = True
        while self._due_s(self._number) <= now_s:
            self._send_picture(self._number, round(unix_s * 1_000_000))
            self._number += 1
        if now_s >= self._report_due_s and self._packets:
            self._report_due_s = now_s + _REPORT_EVERY_S
            self._send_report(unix_s)

    def say_goodbye(self) -> None:
        self.carrier.send_report(bye(self.ssrc))

    def _is_blocked(self) -> bool:
        return self.post.trouble is Trouble.UDP_BLOCKED and isinstance(self.carrier, DatagramCarrier)

    def _due_s(self, number: int) -> float:
        return self._start_s + number * self._loop.interval_s

    def _number_at(self, now_s: float) -> int:
        return max(0, int((now_s - self._start_s) / self._loop.interval_s) + 1)

    def _send_picture(self, number: int, sent_us: int) -> None:
        picture, lag = self._picture(number)
        if picture is None:
            return
        if self.carrier.waiting() > _FULL:
            self._waits_for_key = True
            return
        tick = self._loop.footage.duration / len(self._loop)
        timestamp = self._first_timestamp + round(number * tick) + lag
        data = address(
            picture,
            stamp_text(self._stamp_id, number, sent_us),
            channel=self.channel,
            sequence=self._sequence,
            timestamp=timestamp,
            ssrc=self.ssrc,
        )
        count = len(picture.packets)
        self._sequence += count
        self._packets += count
        self._octets += len(data) - 16 * count
        self._last_timestamp = timestamp
        order = self.post.order
        if order is not None and order.trouble in IN_THE_NETWORK:
            self.carrier.send(*self.post.network.pass_on(data, picture.packets, order))
        else:
            self.carrier.send(data, picture.packets)

    def _picture(self, number: int) -> tuple[PackedPicture | None, int]:
        """The picture to send, None while waiting for a key frame, and its reordering delay in 1/90000 s."""
        trouble = self.post.trouble
        place = (number + self.post.lead) % len(self._loop)
        if trouble is Trouble.FREEZE:
            if self._held is None:
                self._held = self._loop.pictures[self._loop.key_before[place]]
            self._waits_for_key = True
            return self._held, 0
        if trouble is Trouble.BLACK:
            if self._black_since is None:
                self._black_since = number
            self._waits_for_key = True
            return self._black.pictures[(number - self._black_since) % len(self._black)], 0
        picture = self._loop.pictures[place]
        if self._waits_for_key and not picture.key:
            return self._held, 0
        self._waits_for_key = False
        self._held = None
        self._black_since = None
        tick = self._loop.footage.duration / len(self._loop)
        return picture, picture.offset - round(place * tick)

    def _send_report(self, unix_s: float) -> None:
        report = SenderReport(
            self.ssrc, ntp_from_unix(unix_s), self._last_timestamp & 0xFFFF_FFFF, self._packets, self._octets
        )
        self.carrier.send_report(sender_report(report, name=self.post.camera))
