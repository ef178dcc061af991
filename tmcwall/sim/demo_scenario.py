"""The city as the demo needs it: a list to import, and incidents that its cameras can see."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tmcwall.domain.clock import Clock
from tmcwall.domain.operation import Json
from tmcwall.sim.city import build_city, first_cameras, write_csv
from tmcwall.sim.day import TOLL_GATE, Day, Step
from tmcwall.sim.incidents import IncidentFeed


class DemoScenario:
    """The first cameras of the synthetic city and what callers report near them."""

    def __init__(self, *, clock: Clock) -> None:
        self._incidents = IncidentFeed(clock=clock)
        self._day = Day(clock=clock)

    def write_list(self, path: Path, *, port: int, count: int, username: str, password: str) -> None:
        """A `cameras.csv` of the first `count` cameras, with their login."""
        write_csv(path, port, first_cameras(count), username=username, password=password)

    def scenes(self, count: int) -> int:
        """How many different scenes the first `count` cameras show."""
        return len({made.scene for made in first_cameras(count)})

    def report(self, camera_id: str) -> dict[str, Json]:
        """A valid report of an exercise in that camera's view."""
        return self._incidents.report(next(made for made in build_city() if made.id == camera_id))

    @property
    def toll_gate(self) -> str:
        """The counter whose indicator of one-way traffic is shown."""
        return TOLL_GATE

    def day(self) -> Sequence[Step]:
        """What happens on a day in the city."""
        return self._day.steps()

    def watching(self, count: int) -> Sequence[str]:
        """Those of the first `count` cameras whose view is known."""
        return [
            made.id
            for made in first_cameras(count)
            if made.camera.position is not None and made.camera.view is not None
            and made.camera.view.bearing_deg is not None
        ]  # fmt: skip
