"""The codecs we take, and what differs between them outside their packets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp import h264, h265, h265sps, jpeg, sps
from tmcwall.rtsp.assembler import Assembler, split_at_start_codes
from tmcwall.rtsp.sdp import Media, SessionDescription

H264 = h264.Depacketiser.codec
HEVC = h265.Depacketiser.codec
JPEG = jpeg.Depacketiser.codec
"""Each picture for itself, whole as it is: no NAL units, no parameter sets, no start codes."""
_ENCODINGS: Final = frozenset({"H264", "H265", "JPEG"})
_OPENING_BYTES: Final = 4096
"""Where the parameter sets of a key frame are looked for."""


class PackingUnsupported(Fault):
    """A codec that we take, in packets of a kind that we do not put together."""

    def __init__(self, detail: str) -> None:
        super().__init__(FaultCode.CODEC_UNSUPPORTED, detail, retryable=False)


def depacketiser_of(media: Media) -> Assembler:
    """For a section of a session description. Raises Fault(CODEC_UNSUPPORTED)."""
    try:
        if media.encoding == "H265":
            return h265.Depacketiser.for_media(media)
        kind = jpeg.Depacketiser if media.encoding == "JPEG" else h264.Depacketiser
        return kind.for_media(media)
    except Fault as fault:
        if media.encoding in _ENCODINGS:
            raise PackingUnsupported(fault.detail) from fault
        raise


def playable_video(description: SessionDescription) -> Media:
    """The first video that we take, JPEG only where there is no other.

    Raises Fault(CODEC_UNSUPPORTED) for the first that we do not take, if there is none.
    """
    refusals: list[Fault] = []
    pictures: list[Media] = []
    for media in description.media:
        if media.kind == "video":
            try:
                depacketiser_of(media)
            except Fault as fault:
                refusals.append(fault)
            else:
                if media.encoding != "JPEG":
                    return media
                pictures.append(media)
    if pictures:
        return pictures[0]
    raise refusals[0] if refusals else Fault(FaultCode.NO_VIDEO)


def assembler_of(codec: str, parameter_sets: Iterable[bytes] = ()) -> Assembler:
    """For what comes in a container, with the parameter sets of its head: NAL units, or pictures of `mjpeg`."""
    kinds: dict[str, type[Assembler]] = {HEVC: h265.Depacketiser, JPEG: jpeg.Depacketiser}
    return kinds.get(codec, h264.Depacketiser)(parameter_sets)


def described_parameter_sets(media: Media) -> list[bytes]:
    """The parameter sets that a session description brings, as NAL units."""
    return h265.parameter_sets(media.fmtp) if media.encoding == "H265" else h264.parameter_sets(media.fmtp)


def is_parameter_set(codec: str, nal: bytes) -> bool:
    if codec == HEVC:
        return h265.nal_kind(nal) in h265.PARAMETER_SETS
    return codec == H264 and bool(nal) and nal[0] & 0x1F in h264.PARAMETER_SETS


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


def size_of(codec: str, payload: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of the picture of an access unit; None where it does not say."""
    if codec == JPEG:
        return jpeg.picture_size(payload)
    return picture_size(codec, split_at_start_codes(payload[:_OPENING_BYTES]))
