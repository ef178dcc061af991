"""Streams with the certificates that are known of their hosts."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tmcwall.domain.fault import Fault
from tmcwall.net.reach import address_of
from tmcwall.video.ipc.messages import Live, Source, StreamUrl


def pinned(source: Source, fingerprints: Mapping[str, str]) -> Source:
    """A camera with the known fingerprints of its hosts, which are named as `host:port`."""
    if not fingerprints or not isinstance(source, Live):
        return source
    main = pinned_stream(source.main, fingerprints)
    sub = pinned_stream(source.sub, fingerprints) if source.sub is not None else None
    return msgspec.structs.replace(source, main=main, sub=sub)


def pinned_stream(stream: StreamUrl, fingerprints: Mapping[str, str]) -> StreamUrl:
    """As `pinned`, for one of its streams, and for the relay that has it."""
    if stream.relay is not None and not stream.relay.fingerprint:
        relay = msgspec.structs.replace(stream.relay, fingerprint=_known(stream.relay.url, fingerprints))
        stream = msgspec.structs.replace(stream, relay=relay)
    if stream.fingerprint:
        return stream
    return msgspec.structs.replace(stream, fingerprint=_known(stream.url, fingerprints))


def _known(url: str, fingerprints: Mapping[str, str]) -> str:
    if not url.startswith(("rtsps:", "https:")):
        return ""
    try:
        return fingerprints.get(address_of(url).key, "")
    except Fault:  # the engine says what is wrong with that address
        return ""
