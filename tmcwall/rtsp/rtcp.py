"""RTCP (RFC 3550 section 6): sender and receiver reports and BYE."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode

_NTP_TO_UNIX_S: Final = 2_208_988_800
_NTP_ERA_S: Final = 1 << 32
_SENDER, _RECEIVER, _DESCRIPTION, _BYE, _PICTURE_FEEDBACK = 200, 201, 202, 203, 206
_INFO: Final = struct.Struct("!IIIIII")
_BLOCK: Final = struct.Struct("!IIIIII")


@dataclass(frozen=True, slots=True)
class SenderReport:
    """The camera's clock: `rtp_timestamp` (32 bits) stood at `ntp` (64-bit NTP, as sent)."""

    ssrc: int
    ntp: int
    rtp_timestamp: int
    packets: int
    octets: int

    @property
    def unix_s(self) -> float:
        """The camera's time in seconds since 1970, UTC."""
        return unix_ns(self.ntp) / 1e9


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """What a receiver says of a source. `jitter` in RTP time; `last_report` and `delay` in 1/65536 s."""

    ssrc: int
    fraction_lost: int
    lost: int
    highest_sequence: int
    jitter: int
    last_report: int
    delay: int


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    ssrc: int
    blocks: tuple[ReportBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class Bye:
    ssrcs: tuple[int, ...]


Report = SenderReport | ReceiverReport | Bye


def parse(data: bytes) -> list[Report]:
    """The known packets of a compound packet; others are skipped. Raises Fault(PROTOCOL_BROKEN)."""
    reports: list[Report] = []
    position = 0
    while position < len(data):
        if len(data) - position < 4 or data[position] >> 6 != 2:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "malformed RTCP packet")
        count = data[position] & 0x1F
        stop = position + 4 + 4 * (data[position + 2] << 8 | data[position + 3])
        if stop > len(data):
            raise Fault(FaultCode.PROTOCOL_BROKEN, "RTCP packet cut short")
        report = _parse_one(data[position + 1], count, data[position + 4 : stop])
        if report is not None:
            reports.append(report)
        position = stop
    return reports


def unix_ns(ntp: int) -> int:
    """Nanoseconds since 1970, UTC, of a 64-bit NTP time; era 1 (from 2036) where the top bit is clear."""
    era_s = 0 if ntp >> 63 else _NTP_ERA_S
    return (ntp * 1_000_000_000 >> 32) + (era_s - _NTP_TO_UNIX_S) * 1_000_000_000


def ntp_from_unix(unix_s: float) -> int:
    """64-bit NTP time of a moment given in seconds since 1970, UTC."""
    return round((unix_s + _NTP_TO_UNIX_S) * (1 << 32)) % (1 << 64)


def sender_report(report: SenderReport, *, name: str) -> bytes:
    """A compound packet: sender report and source description with that canonical name."""
    body = _INFO.pack(report.ssrc, report.ntp >> 32, report.ntp & 0xFFFF_FFFF, report.rtp_timestamp,
                      report.packets & 0xFFFF_FFFF, report.octets & 0xFFFF_FFFF)  # fmt: skip
    return _pack(0, _SENDER, body) + _description(report.ssrc, name)


def receiver_report(report: ReceiverReport, *, name: str) -> bytes:
    """A compound packet: receiver report and source description with that canonical name."""
    body = report.ssrc.to_bytes(4, "big")
    for block in report.blocks[:31]:
        lost = max(-0x80_0000, min(0x7F_FFFF, block.lost)) & 0xFF_FFFF
        body += _BLOCK.pack(block.ssrc, (block.fraction_lost & 0xFF) << 24 | lost, block.highest_sequence & 0xFFFF_FFFF,
                            block.jitter & 0xFFFF_FFFF, block.last_report, block.delay & 0xFFFF_FFFF)  # fmt: skip
    return _pack(len(report.blocks[:31]), _RECEIVER, body) + _description(report.ssrc, name)


def key_request(ssrc: int, source: int) -> bytes:
    """Picture loss indication (RFC 4585 section 6.3.1) and full intra request (RFC 5104 section 4.3.1), to stand behind
    a report; a camera that knows neither ignores them.
    """
    loss = _pack(1, _PICTURE_FEEDBACK, struct.pack("!II", ssrc, source))
    intra = _pack(4, _PICTURE_FEEDBACK, struct.pack("!IIIB3x", ssrc, 0, source, 0))
    return loss + intra


def bye(ssrc: int) -> bytes:
    return _pack(1, _BYE, ssrc.to_bytes(4, "big"))


def _pack(count: int, kind: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def _description(ssrc: int, name: str) -> bytes:
    text = name.encode()[:255]
    item = bytes((1, len(text))) + text
    chunk = ssrc.to_bytes(4, "big") + item
    return _pack(1, _DESCRIPTION, chunk + b"\x00" * (4 - len(chunk) % 4))


def _parse_one(kind: int, count: int, body: bytes) -> Report | None:
    if kind == _SENDER:
        if len(body) < _INFO.size:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "sender report cut short")
        ssrc, high, low, timestamp, packets, octets = _INFO.unpack_from(body)
        return SenderReport(ssrc, high << 32 | low, timestamp, packets, octets)
    if kind == _RECEIVER:
        if len(body) < 4 + 24 * count:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "receiver report cut short")
        blocks = tuple(_parse_block(body[4 + 24 * index : 28 + 24 * index]) for index in range(count))
        return ReceiverReport(int.from_bytes(body[:4], "big"), blocks)
    if kind == _BYE:
        if len(body) < 4 * count:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "BYE cut short")
        return Bye(tuple(int.from_bytes(body[4 * index : 4 * index + 4], "big") for index in range(count)))
    return None


def _parse_block(data: bytes) -> ReportBlock:
    ssrc, losses, highest, jitter, last_report, delay = _BLOCK.unpack(data)
    lost = losses & 0xFF_FFFF
    return ReportBlock(
        ssrc, losses >> 24, lost - 0x100_0000 if lost & 0x80_0000 else lost, highest, jitter, last_report, delay
    )
