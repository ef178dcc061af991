"""Whether the FFmpeg that is linked in knows what we ask of it: PyAV passes over an unknown option without a word."""

from __future__ import annotations

from collections.abc import Callable

from av.video.codeccontext import VideoCodecContext

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.decode.stream_decoder import CODECS, open_codec


def check_options(
    open_one: Callable[[str], VideoCodecContext] = lambda codec: open_codec(codec, loop_filter=False),
) -> None:
    """Open each codec with all that we ever ask of it.

    Raises Fault(COMPONENT_MISSING) with the names that FFmpeg did not take: decoding must not go without its limits.
    """
    unknown: set[str] = set()
    for codec in sorted(CODECS):
        context = open_one(codec)
        context.open()
        unknown |= context.options.keys()  # FFmpeg takes out what it knows
    if unknown:
        raise Fault(FaultCode.COMPONENT_MISSING, f"FFmpeg does not know {', '.join(sorted(unknown))}", retryable=False)
