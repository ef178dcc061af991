"""Asks a time stamp authority over HTTP (RFC 3161, 3.4)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import httpx2

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.evidence.time_stamp import LARGEST_ANSWER, TimeStampMalformed, TimeStampRequest

StampedBy = Callable[[bytes], bytes]
"""The kept form of a time stamp of a message. Raises Fault(TIME_STAMP_FAILED)."""

_PATIENCE_S: Final = 15.0
_HEADERS: Final = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


def stamped_by(url: str) -> StampedBy:
    """By the authority at that address."""
    return partial(_stamp, url)


def _stamp(url: str, message: bytes) -> bytes:
    request = TimeStampRequest.of(message)
    try:
        with httpx2.stream("POST", url, content=request.encoded(), headers=_HEADERS, timeout=_PATIENCE_S) as reply:
            reply.raise_for_status()
            answer = b""
            for part in reply.iter_bytes():
                answer += part
                if len(answer) > LARGEST_ANSWER:
                    raise TimeStampMalformed("too large")
        return request.kept(answer)
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeStampMalformed, OSError) as error:
        raise Fault(FaultCode.TIME_STAMP_FAILED, f"{type(error).__name__}: {error}"[:200]) from error
