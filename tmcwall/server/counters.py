"""What one server counts while it runs.

The registry is the server's own: two servers in one process, as tests have them, count apart. Several processes of one
server count into files of a common folder, so that whichever is asked answers for all of them.
https://prometheus.github.io/client_python/multiprocess/
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

from tmcwall import __version__
from tmcwall.domain.fault import DomainCode, DomainError

COUNTED_IN: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable with the common folder; the library reads it when it is imported."""

SHORTEST_TOKEN = 16
_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Counters:
    """The counters of one server."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self.requests = Counter(
            "tmcwall_requests", "Requests answered", ("route", "method", "status"), registry=registry
        )
        self.request_seconds = Histogram(
            "tmcwall_request_seconds",
            "Time until a reply began",
            ("route",),
            buckets=_BUCKETS_S,
            registry=registry,
        )
        self.operations = Counter("tmcwall_operations", "Pushed operations by their fate", ("fate",), registry=registry)
        self.reports = Counter(
            "tmcwall_webhook_reports", "Reports of outside systems", ("source", "outcome"), registry=registry
        )
        self.streams = Gauge(
            "tmcwall_streams", "Event streams that are open", registry=registry, multiprocess_mode="livesum"
        )
        self.lane_going = Gauge(
            "tmcwall_lane_going", "Requests under way", ("lane",), registry=registry, multiprocess_mode="livesum"
        )
        self.lane_waiting = Gauge(
            "tmcwall_lane_waiting",
            "Requests that wait for their turn",
            ("lane",),
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.build = Gauge(
            "tmcwall_build", "The version that runs", ("version",), registry=registry, multiprocess_mode="max"
        )
        self.build.labels(__version__).set(1)
        self.registry = _of_all_processes() if COUNTED_IN in os.environ else registry
        """What is shown."""


def _of_all_processes() -> CollectorRegistry:
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def read_token(path: Path) -> str:
    """The token that whoever reads metrics must show. Raises DomainError(INPUT_UNREADABLE, SECRET_SHORT)."""
    try:
        token = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise DomainError(DomainCode.INPUT_UNREADABLE, str(path)) from None
    if len(token) < SHORTEST_TOKEN:
        raise DomainError(DomainCode.SECRET_SHORT)
    return token
