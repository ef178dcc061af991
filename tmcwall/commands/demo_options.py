"""What `tmcwall demo` is asked, and what the command line hands it besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tmcwall.commands.demo_day import Step
from tmcwall.domain.operation import Json
from tmcwall.texts import Language


class World(Protocol):
    """What the demo asks of the synthetic city and of the server's administration; the command line hands it in."""

    def prepare_server(self, data: Path, *, nrp: str, password: str, webhook_secret: str) -> None:
        """Make an officer's account and the webhook sources that report in the demo; there are none by default."""
        ...

    def enrolment_code(self, data: Path) -> str:
        """By which the demo's workstation is enrolled."""
        ...

    def write_list(self, path: Path, *, port: int, count: int, username: str, password: str) -> None:
        """A `cameras.csv` of the first `count` cameras."""
        ...

    def scenes(self, count: int) -> int:
        """How many different scenes the first `count` cameras show."""
        ...

    def report(self, camera_id: str) -> dict[str, Json]:
        """A valid webhook report of an exercise in that camera's view."""
        ...

    @property
    def toll_gate(self) -> str:
        """The counter whose indicator of one-way traffic is shown."""
        ...

    def day(self) -> Sequence[Step]:
        """What happens on a day in the city; it takes its first sixteen cameras."""
        ...

    def watching(self, count: int) -> Sequence[str]:
        """Those of the first `count` cameras that can see an incident. Raises DomainError(NUMBER_OUT_OF_RANGE)."""
        ...


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What `tmcwall demo` was asked. `seconds` count from the first shown window; they are the most if `until_told`."""

    world: World
    data_dir: Path | None = None
    language: Language | None = None
    cameras: int = 16
    seconds: float | None = None
    until_told: bool = False
    day_speed: float | None = None
    """Play a day of the city, so many times as fast as it happens, in place of the short story."""
    screenshot: Path | None = None
    stats: Path | None = None
