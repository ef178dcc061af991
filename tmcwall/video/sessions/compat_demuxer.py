"""The process that takes one odd camera's stream apart with FFmpeg's RTSP: the engine's relay in, access units out.

It knows neither the camera's address nor its login: all it can reach, locked in as it is (`ipc.sandbox`), is
the relay (`tmcwall.video.sessions.compat_relay`). It ends with its stream, and is killed with its session.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

import av
import msgspec
from av.container import InputContainer
from av.video.stream import VideoStream

from tmcwall.containers.track import CLOCK_RATE
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.ipc.access_units import AccessUnit, pack_access_unit
from tmcwall.video.ipc.messages import COMPAT_COMMANDS, CompatFault, CompatFormat, OpenCompat, pack
from tmcwall.video.ipc.pipes import BlockingWriter, read_frames
from tmcwall.video.ipc.processes import die_with_parent, lower_priority
from tmcwall.video.ipc.sandbox import confine
from tmcwall.video.sessions.format_options import check_format_options

_PIPE_IN, _PIPE_OUT, _ERRORS = 0, 1, 2
_ADDRESS_SPACE: Final = 2 << 30
"""Bytes, libraries included: a demultiplexer that wants more is attacked or leaks, and ends."""
_CODECS: Final = frozenset({"h264", "hevc", "mjpeg"})
_OPTIONS: Final = {
    "rtsp_transport": "tcp",
    "allowed_media_types": "video",
    "protocol_whitelist": "rtsp,rtp,tcp",
    "fflags": "nobuffer",
    "analyzeduration": "3000000",
}


def check_options(options: Iterable[str] = _OPTIONS) -> None:
    """Raises Fault(COMPONENT_MISSING) with those that this FFmpeg does not know: no stream goes without its limits."""
    check_format_options("rtsp", options)


def demux(command: OpenCompat, locks: Sequence[str], out: BlockingWriter) -> None:
    """Write the stream's access units until it ends. Raises Fault, OSError."""
    url = f"rtsp://127.0.0.1:{command.port}{command.path}"
    try:
        with av.open(url, options=dict(_OPTIONS), timeout=(command.open_s, command.silent_s)) as container:
            _write(container, locks, out)
    except av.error.FFmpegError as error:
        raise Fault(FaultCode.CONNECTION_LOST, type(error).__name__) from error


def _write(container: InputContainer, locks: Sequence[str], out: BlockingWriter) -> None:
    stream = _video_of(container)
    codec = stream.codec_context
    sets = bytes(codec.extradata or b"").hex()
    out.write(pack(CompatFormat(codec=codec.name, parameter_sets=sets, locks=list(locks))))
    for packet in container.demux(stream):
        when = packet.pts if packet.pts is not None else packet.dts
        if when is None or not packet.size or packet.time_base is None:
            continue
        ticks = int(when * packet.time_base * CLOCK_RATE)
        unit = AccessUnit(0, packet.is_keyframe, packet.is_corrupt, ticks, 0, bytes(packet))
        out.write(b"".join(pack_access_unit(unit)))


def _video_of(container: InputContainer) -> VideoStream:
    if not container.streams.video:
        raise Fault(FaultCode.NO_VIDEO, retryable=False)
    stream = container.streams.video[0]
    if stream.codec_context.name not in _CODECS:
        raise Fault(FaultCode.CODEC_UNSUPPORTED, stream.codec_context.name, retryable=False)
    return stream


def main(arguments: Sequence[str] | None = None) -> int:  # noqa: ARG001 - called as all programs are
    """`python -m tmcwall.video.sessions.compat_demuxer`; see `processes.demuxer_command`."""
    die_with_parent()
    lower_priority()
    av.logging.set_level(None)
    for module in pkgutil.walk_packages(av.__path__, "av."):  # nothing can be loaded later
        if not module.name.endswith("__main__"):
            with suppress(ImportError):
                importlib.import_module(module.name)
    out = BlockingWriter(_PIPE_OUT)
    try:
        check_options()
        _, body = next(read_frames(_PIPE_IN))
        command = COMPAT_COMMANDS.decode(body)
        locks = confine(keep={_PIPE_IN, _PIPE_OUT, _ERRORS}, port=command.port, address_space=_ADDRESS_SPACE)
        demux(command, sorted(map(str, locks)), out)
    except Fault as fault:
        with suppress(OSError):
            out.write(pack(CompatFault(fault=fault.code, detail=fault.detail)))
    except (OSError, StopIteration, MemoryError, msgspec.MsgspecError):
        pass  # the engine has gone, or sees by the end of our pipe that we have
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
