"""What one server counts while it runs.

The registry is the server's own: two servers in one process, as tests have them, count apart.
"""

from __future__ import annotations

from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from tmcwall import __version__
from tmcwall.domain.fault import DomainCode, DomainError

SHORTEST_TOKEN = 16
_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Counters:
    """The counters of one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "tmcwall_requests", "Requests answered", ("route", "method", "status"), registry=self.registry
        )
        self.request_seconds = Histogram(
            "tmcwall_request_seconds",
            "Time until a reply began",
            ("route",),
            buckets=_BUCKETS_S,
            registry=self.registry,
        )
        self.operations = Counter(
            "tmcwall_operations", "Pushed operations by their fate", ("fate",), registry=self.registry
        )
        self.reports = Counter(
            "tmcwall_webhook_reports", "Reports of outside systems", ("source", "outcome"), registry=self.registry
        )
        self.build = Gauge("tmcwall_build", "The version that runs", ("version",), registry=self.registry)
        self.build.labels(__version__).set(1)


def read_token(path: Path) -> str:
    """The token that whoever reads metrics must show. Raises DomainError(INPUT_UNREADABLE, SECRET_SHORT)."""
    try:
        token = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise DomainError(DomainCode.INPUT_UNREADABLE, str(path)) from None
    if len(token) < SHORTEST_TOKEN:
        raise DomainError(DomainCode.SECRET_SHORT)
    return token
