"""The letters of a workstation, for the running program."""

from __future__ import annotations

from collections.abc import Callable

from tmcwall.domain.station_zone import StationZone
from tmcwall.services.letter_room import LetterRoom
from tmcwall.workstation import Workstation


def letter_room_of(workstation: Workstation, *, reporter_of: Callable[[str, str], str]) -> LetterRoom:
    """`reporter_of`: see `LetterRoom`."""
    settings, paths = workstation.settings, workstation.paths
    return LetterRoom(
        store=workstation.store,
        station=settings.letter_station,
        rules=settings.reminder_rules,
        folder=paths.letters,
        templates=paths.letter_templates,
        zone=StationZone(settings.time_zone),
        clock=workstation.clock,
        reporter_of=reporter_of,
    )
