"""The codecs we take, and what differs between them outside their packets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp import h264, h265, h265sps, sps
from tmcwall.rtsp.assembler import Assembler
from tmcwall.rtsp.sdp import Media, SessionDescription

H264 = h264.Depacketiser.codec
HEVC = h265.Depacketiser.codec
_ENCODINGS: Final = frozenset({"H264", "H265"})


class PackingUnsupported(Fault):
    """A codec that we take, in packets of a kind that we do not put together."""

    def __init__(self, detail: str) -> None:
        super().__init__(FaultCode.CODEC_UNSUPPORTED, detail, retryable=False)


def depacketiser_of(media: Media) -> Assembler:
    """For a section of a session description. Raises Fault(CODEC_UNSUPPORTED)."""
    kind = h265.Depacketiser if media.encoding == "H265" else h264.Depacketiser
    try:
        return kind.for_media(media)
    except Fault as fault:
        if media.encoding in _ENCODINGS:
            raise PackingUnsupported(fault.detail) from fault
        raise


def playable_video(description: SessionDescription) -> Media:
    """The first video that we take. Raises Fault(CODEC_UNSUPPORTED) for the first that we do not, if there is none."""
    refusals: list[Fault] = []
    for media in description.media:
        if media.kind == "video":
            try:
                depacketiser_of(media)
            except Fault as fault:
                refusals.append(fault)
            else:
                return media
    raise refusals[0] if refusals else Fault(FaultCode.NO_VIDEO)


def assembler_of(codec: str, parameter_sets: Iterable[bytes] = ()) -> Assembler:
    """For NAL units of `h264` or `hevc` that come in a container, with the parameter sets of its head."""
    return (h265.Depacketiser if codec == HEVC else h264.Depacketiser)(parameter_sets)


def described_parameter_sets(media: Media) -> list[bytes]:
    """The parameter sets that a session description brings, as NAL units."""
    return h265.parameter_sets(media.fmtp) if media.encoding == "H265" else h264.parameter_sets(media.fmtp)


def is_parameter_set(codec: str, nal: bytes) -> bool:
    if codec == HEVC:
        return h265.nal_kind(nal) in h265.PARAMETER_SETS
    return bool(nal) and nal[0] & 0x1F in h264.PARAMETER_SETS


def picture_size(codec: str, nals: Iterable[bytes]) -> tuple[int, int] | None:
    """Width and height in pixels by the first sequence parameter set among NAL units; None without one."""
    for nal in nals:
        try:
            if codec == HEVC and h265.is_sps(nal):
                found = h265sps.parse_sps(nal)
                return found.width, found.height
            if codec == H264 and nal[0] & 0x1F == h264.SPS:
                plain = sps.parse_sps(nal)
                return plain.width, plain.height
        except Fault:
            return None
    return None
