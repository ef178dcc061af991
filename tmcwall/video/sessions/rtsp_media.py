"""What a camera sends while it plays: RTP to access units with their times, RTCP both ways, and what is missing.

No I/O: packets are handed in, units and faults go out by callbacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from secrets import randbits
from typing import Final

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.rtsp import rtcp
from tmcwall.rtsp.assembler import Assembler
from tmcwall.rtsp.codecs import depacketiser_of
from tmcwall.rtsp.jitter import Jitter
from tmcwall.rtsp.messages import Skipped
from tmcwall.rtsp.reorder import ReorderBuffer
from tmcwall.rtsp.rtp import AccessUnit
from tmcwall.rtsp.sdp import Media
from tmcwall.video.ipc.camera_clock import CameraClock
from tmcwall.video.ipc.timeline import NS, TimedUnit, Timeline, clock_offset_ms
from tmcwall.video.sessions.picture_history import LONGEST_SILENCE_S, PictureRhythm
from tmcwall.video.sessions.reconnect import Timing

OWN_CHANNELS: Final = (0, 1)
"""For RTP and RTCP, where the camera names no others."""
_SHORTEST_PACKET: Final = 12  # the RTP header, RFC 3550
_NAME: Final = "tmcwall"
_USUAL_INTERVAL_S: Final = 0.04
_REPORTS_WITHIN_S: Final = 15.0
"""Of the session of a camera that reports; they do so about every five seconds."""
_VIDEO_RATE: Final = 90_000
_STRAY_NS: Final = NS


class RtspMedia:
    """The packets of one session. Nothing is taken before `begin`."""

    def __init__(
        self,
        clock: Clock,
        *,
        received: Callable[[TimedUnit], None],
        datagram_came: Callable[[], None],
        failed: Callable[[Fault], None],
        rhythm: PictureRhythm | None = None,
    ) -> None:
        """`datagram_came` is called with the first packet and each report over UDP; `failed` where the camera says
        goodbye, and for what a datagram breaks. What an interleaved packet breaks is raised. `rhythm`: what is known
        of the stream from before.
        """
        self._clock = clock
        self._received = received
        self._datagram_came = datagram_came
        self._failed = failed
        self._rhythm = rhythm or PictureRhythm()
        self._depacketiser: Assembler | None = None
        self._timeline = Timeline(_VIDEO_RATE)
        self._jitter = Jitter(_VIDEO_RATE)
        self._reorder = ReorderBuffer()
        self._ssrc = randbits(32)
        self._source_ssrc = 0
        self._first_sequence: int | None = None
        self._received_packets = 0
        self._last_report = (0, 0)
        self._reported = (0, 0)
        self._last_packet_ns = 0
        self.waits_for_key = True
        """Whether no key picture has come yet."""
        self.channels = OWN_CHANNELS
        self._stray: tuple[int, int] | None = None
        """A channel that was not agreed on, and since when video seems to come there."""
        self.over_udp = False
        """Whether anything has come over UDP."""
        self.takes_datagrams = True
        """Whether what comes over UDP counts: not while the connection has ended."""
        self.oddities: Counter[Oddity] = Counter()
        """What the camera did that no specification allows."""
        self.clock_offset_ms: int | None = None
        self.camera_clock: CameraClock | None = None

    @property
    def frame_interval_s(self) -> float:
        return self._timeline.frame_interval_s

    @property
    def empty_report(self) -> bytes:
        """A receiver report of nothing."""
        return rtcp.receiver_report(rtcp.ReceiverReport(self._ssrc), name=_NAME)

    def begin(self, video: Media) -> str:
        """Packets are of that section of the session description; the answer is their codec.

        Raises Fault(CODEC_UNSUPPORTED).
        """
        self._depacketiser = depacketiser_of(video)
        self._depacketiser.oddities = self.oddities
        if video.clock_rate != _VIDEO_RATE:
            self.oddities[Oddity.CLOCK_RATE] += 1
        if video.is_guessed:
            self.oddities[Oddity.DESCRIPTION] += 1
        described_s = 1 / video.frame_rate if video.frame_rate else _USUAL_INTERVAL_S
        self._timeline = Timeline(video.clock_rate, expected_interval_s=self._rhythm.picture_s or described_s)
        self._jitter = Jitter(video.clock_rate)
        return self._depacketiser.codec

    def agree(self, channels: tuple[int, int], *, ssrc: int | None) -> None:
        """Where packets come, and of which source, if the camera says it; some say a wrong one."""
        self.channels = channels
        if self._depacketiser is not None:
            self._depacketiser.source.expected = ssrc

    def expect_packets(self) -> None:
        """PLAY is being asked for: from now on silence counts."""
        self._last_packet_ns = self._clock.monotonic_ns()

    def end(self) -> None:
        """Nothing is taken any more."""
        self._depacketiser = None

    def missing(self, started_ns: int, now_ns: int, timing: Timing) -> Fault | None:
        """What should have come by now, since it was first looked at `started_ns`, and did not."""
        since_packet_s = (now_ns - self._last_packet_ns) / NS
        if self._first_sequence is None:
            if since_packet_s > self._silence_s(timing.no_media_s, now_ns):
                return Fault(FaultCode.NO_MEDIA, "no packet since PLAY")
        elif since_packet_s > self._silence_s(timing.stalled_s, now_ns):
            return Fault(FaultCode.STREAM_STALLED, "packets have stopped")
        elif self.waits_for_key and now_ns - started_ns > self._rhythm.key_wait_s(timing.no_key_s) * NS:
            return Fault(FaultCode.NO_KEY_FRAME, "no key frame since PLAY")
        return None

    def is_silent(self, now_ns: int, seconds: float) -> bool:
        """Whether no packet has come for so long."""
        return now_ns - self._last_packet_ns > seconds * NS

    def key_request(self) -> bytes | None:
        """A report that asks the camera for a key picture; None before the first packet."""
        report = self.receiver_report()
        return None if report is None else report + rtcp.key_request(self._ssrc, self._source_ssrc)

    def compare_clocks(self) -> None:
        """Note where the times of its pictures are not those of their arrival."""
        self._timeline.note_rate(self.oddities)

    def take_packet(self, channel: int, data: bytes) -> None:
        """One interleaved packet. Runs for every packet of every camera: nothing here that could be elsewhere."""
        depacketiser = self._depacketiser
        if depacketiser is None:
            return
        if channel == self.channels[0]:
            if len(data) < _SHORTEST_PACKET:
                return  # some cameras fill pauses with empty packets
            now_ns = self._clock.monotonic_ns()
            units = depacketiser.feed(data)
            if self._is_progress(depacketiser.source.received, data):
                self._last_packet_ns = now_ns
            for unit in units:
                # Within a connection packets come as the system hands them over: only pictures come one by one.
                self._jitter.take(unit.timestamp, now_ns)
                self._take_unit(unit, now_ns)
        elif channel == self.channels[1]:
            self._take_rtcp(data)
        elif self._first_sequence is None:
            self._notice_stray(channel, data)

    def _notice_stray(self, channel: int, data: bytes) -> None:
        """Nothing has come where it was to come: where video comes elsewhere for a while, that is taken."""
        if self._depacketiser is None or not self._depacketiser.is_ours(data):
            return
        now_ns = self._clock.monotonic_ns()
        if self._stray is None or self._stray[0] != channel:
            self._stray = channel, now_ns
        elif now_ns - self._stray[1] >= _STRAY_NS:
            self.oddities[Oddity.CHANNEL] += 1
            self.channels = channel, channel + 1
            self.take_packet(channel, data)

    def skip(self, skipped: Skipped) -> None:
        """Bytes in the connection that belong to nothing, or to a packet whose length was said too small."""
        is_short = skipped.lost or skipped.rejoined
        self.oddities[Oddity.SHORT_LENGTH if is_short else Oddity.BYTES_BETWEEN] += 1
        if skipped.lost and self._depacketiser is not None:
            self._depacketiser.lose(1)

    def take_datagram(self, data: bytes) -> None:
        """One packet over UDP."""
        depacketiser = self._depacketiser
        if depacketiser is None or not self.takes_datagrams:
            return
        now_ns = self._clock.monotonic_ns()
        if len(data) >= _SHORTEST_PACKET:
            self._jitter.take(int.from_bytes(data[4:8], "big"), now_ns)
        try:
            for packet in self._reorder.take(data, now_ns):
                units = depacketiser.feed(packet)
                if self._is_progress(depacketiser.source.received, packet):
                    self._last_packet_ns = now_ns
                    if not self.over_udp:
                        self.over_udp = True
                        self._datagram_came()
                for unit in units:
                    self._take_unit(unit, now_ns)
        except Fault as fault:
            self._failed(fault)

    def take_report(self, data: bytes) -> None:
        """RTCP over UDP. A camera that sends it gets through to us, though its first key frame may take a while."""
        self.over_udp = True
        self._datagram_came()
        self._take_rtcp(data)

    def receiver_report(self) -> bytes | None:
        """What has come since the last report; None before the first packet."""
        if self._depacketiser is None or self._first_sequence is None:
            return None
        source = self._depacketiser.source
        expected = source.received + source.lost
        since = (expected - self._reported[0], source.lost - self._reported[1])
        self._reported = (expected, source.lost)
        sender_time, at_ns = self._last_report
        delay = (self._clock.monotonic_ns() - at_ns) * 65_536 // NS if sender_time else 0
        block = rtcp.ReportBlock(
            ssrc=self._source_ssrc,
            fraction_lost=min(255, 256 * since[1] // since[0]) if since[0] > 0 else 0,
            lost=source.lost,
            highest_sequence=self._first_sequence + expected - 1,
            jitter=self._jitter.value,
            last_report=sender_time,
            delay=delay,
        )
        return rtcp.receiver_report(rtcp.ReceiverReport(self._ssrc, (block,)), name=_NAME)

    def _silence_s(self, least_s: float, now_ns: int) -> float:
        """After how long without a packet the stream has stopped.

        Its reports are no pictures, but while nobody knows how often pictures come they say that the session lives.
        """
        silence_s = self._rhythm.silence_s(least_s, self._timeline.frame_interval_s)
        is_known = self._timeline.has_interval or self._rhythm.picture_s is not None
        reported_ns = self._last_report[1]
        if not is_known and reported_ns and now_ns - reported_ns < _REPORTS_WITHIN_S * NS:
            return max(silence_s, LONGEST_SILENCE_S)
        return silence_s

    def _is_progress(self, received: int, data: bytes) -> bool:
        """Whether a packet was one of the stream, and neither noise nor one that came before."""
        if received == self._received_packets:
            return False
        self._received_packets = received
        if self._first_sequence is None:
            self._first_sequence = int.from_bytes(data[2:4], "big")
            self._source_ssrc = int.from_bytes(data[8:12], "big")
        return True

    def _take_unit(self, unit: AccessUnit, arrival_ns: int) -> None:
        if unit.discontinuity:
            self._jitter.restart()
        if unit.key:
            self.waits_for_key = False
        self._received(self._timeline.timed(unit, arrival_ns))

    def _is_ours(self, ssrcs: tuple[int, ...]) -> bool:
        """Whether one of them is the source of the packets; a camera that names none means its own."""
        depacketiser = self._depacketiser
        return not ssrcs or depacketiser is None or depacketiser.source.ssrc in ssrcs

    def _take_rtcp(self, data: bytes) -> None:
        try:
            reports = rtcp.parse(data)
        except Fault:
            return
        for report in reports:
            if isinstance(report, rtcp.SenderReport):
                self._source_ssrc = report.ssrc
                self._last_report = (report.ntp >> 16 & 0xFFFF_FFFF, self._clock.monotonic_ns())
                self.clock_offset_ms = clock_offset_ms(report.unix_s, self._clock.utc().timestamp())
                if self._timeline.by_arrival:
                    self.camera_clock = None  # its RTP time tells nothing of other moments
                    continue
                self.camera_clock = CameraClock(report.ntp, report.rtp_timestamp, self._timeline.run)
            elif isinstance(report, rtcp.Bye):
                if self._first_sequence is not None and not self._is_ours(report.ssrcs):
                    self.oddities[Oddity.GOODBYE] += 1
                    continue
                self._failed(Fault(FaultCode.STREAM_ENDED, "the camera said goodbye"))
