"""Which streams a relay does not deliver at the moment, so that cameras are opened without it meanwhile."""

from __future__ import annotations

from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.net.reach import address_of
from tmcwall.video.ipc.timeline import NS

_ASKED_AGAIN_S: Final = 30.0
_OF_THE_RELAY: Final = frozenset({
    FaultCode.CONNECTION_REFUSED, FaultCode.HOST_UNREACHABLE, FaultCode.HOST_UNKNOWN, FaultCode.NO_ANSWER,
    FaultCode.ADDRESS_FORBIDDEN, FaultCode.TLS_UNTRUSTED, FaultCode.UNAUTHORIZED,
})  # fmt: skip
"""Faults that say something of the whole relay, not of one stream on it."""


class RelayHistory:
    """For all streams of an engine, as long as it runs."""

    def __init__(self, *, asked_again_s: float = _ASKED_AGAIN_S) -> None:
        self._for_ns = int(asked_again_s * NS)
        self._failed: dict[str, tuple[Fault, int]] = {}
        """By relay and by address of a stream: why it failed, and until when it is not asked."""

    def fault(self, url: str, *, now_ns: int) -> Fault | None:
        """Why that stream of a relay is not asked for now; None where it may be asked for."""
        for name in (address_of(url).key, url):
            fault, until_ns = self._failed.get(name, (None, 0))
            if fault is not None and now_ns < until_ns:
                return fault
        return None

    def failed(self, url: str, fault: Fault, *, now_ns: int) -> None:
        """The relay did not deliver that stream."""
        name = address_of(url).key if fault.code in _OF_THE_RELAY else url
        self._failed[name] = (fault, now_ns + self._for_ns)

    def plays(self, url: str) -> None:
        self._failed.pop(address_of(url).key, None)
        self._failed.pop(url, None)
