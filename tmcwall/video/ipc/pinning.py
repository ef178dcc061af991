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
    """As `pinned`, for one of its streams."""
    if stream.fingerprint or not stream.url.startswith(("rtsps:", "https:")):
        return stream
    try:
        known = fingerprints.get(address_of(stream.url).key, "")
    except Fault:  # the engine says what is wrong with that address
        return stream
    return msgspec.structs.replace(stream, fingerprint=known)
