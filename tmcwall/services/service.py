"""What all services have in common, and how those of a program are started and stopped together."""

from __future__ import annotations

from typing import Final, Protocol, runtime_checkable

from tmcwall.domain.clock import Clock
from tmcwall.log import get_logger

log = get_logger(__name__)

_LEAST_S: Final = 0.1
"""Each thread is waited for so long, also after the end of the time."""


class Service(Protocol):
    """Both methods return at once; in the GUI thread."""

    def start(self) -> None:
        """Read what it needs; a signal follows."""
        ...

    def stop(self) -> None:
        """Nothing is told after it. What has to be written is handed to the store, which ends after all services."""
        ...


@runtime_checkable
class ThreadedService(Service, Protocol):
    """A service with a thread of its own, which `stop` asks to end."""

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; whether it has ended in time."""
        ...


class Services:
    """The services of a program, in the order in which they start: what others build upon comes first."""

    def __init__(self, *services: Service) -> None:
        self._services = services
        self._threaded = [service for service in services if isinstance(service, ThreadedService)]

    def add(self, *services: Service) -> None:
        """Those that build upon what is not a service, and are made later. Before `start`."""
        self._services = (*self._services, *services)

    def start(self) -> None:
        for service in self._services:
            service.start()

    def stop(self) -> None:
        """All of them; those with a thread first, for they take a while to end."""
        for service in sorted(self._services, key=lambda service: service not in self._threaded):
            service.stop()

    def join(self, *, end_ns: int, clock: Clock) -> None:
        """Wait for their threads until that moment of the monotonic clock; one that hangs is left behind."""
        for service in self._threaded:
            left_s = (end_ns - clock.monotonic_ns()) / 1e9
            if not service.join(max(_LEAST_S, left_s)):
                log.warning("service did not end in time", service=type(service).__name__)
