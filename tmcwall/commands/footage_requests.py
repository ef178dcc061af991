"""Footage that dies, for the running program: what is left, the one key, and the register of requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tmcwall.commands.letters import letter_room_of
from tmcwall.commands.recording import keeping_of
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.camerabook import CameraBook
from tmcwall.services.changes import Changes
from tmcwall.services.duty import Duty
from tmcwall.services.letter_desk import LetterDesk
from tmcwall.services.letter_room import LetterRoom
from tmcwall.services.remaining_footage import RemainingFootages
from tmcwall.services.request_desk import RequestDesk
from tmcwall.services.request_room import RequestRoom, RequestRules
from tmcwall.services.securing import Securing
from tmcwall.services.service import Service
from tmcwall.services.tagging import Tagging
from tmcwall.texts.remaining_footage import UNDO_REASON
from tmcwall.workstation import Workstation


@dataclass(frozen=True, slots=True)
class RequestServices:
    """What the running program does with footage that dies."""

    remaining: RemainingFootages
    securing: Securing
    requests: RequestDesk

    def in_order(self) -> tuple[Service, ...]:
        """In which they start."""
        return self.remaining, self.securing, self.requests


def request_room_of(workstation: Workstation, letters: LetterRoom) -> RequestRoom:
    settings = workstation.settings
    rules = RequestRules(
        timedelta(seconds=settings.secure_before_s),
        timedelta(seconds=settings.secure_after_s),
        settings.footage_answer_days,
    )
    return RequestRoom(
        letters,
        store=workstation.store,
        rules=rules,
        folder=workstation.paths.received,
        place=settings.letter_place,
        zone=StationZone(settings.time_zone),
        clock=workstation.clock,
    )


def letter_services_of(
    workstation: Workstation,
    *,
    changes: Changes,
    cameras: CameraBook,
    tagging: Tagging,
    duty: Duty,
    reporter_of: Callable[[str, str], str],
) -> tuple[LetterDesk, RequestServices]:
    """For the running program: the letters, and what is asked by them. `reporter_of`: see `LetterRoom`."""
    store, settings, clock = workstation.store, workstation.settings, workstation.clock
    room = request_room_of(workstation, letter_room_of(workstation, reporter_of=reporter_of))
    remaining = RemainingFootages(
        store=store, changes=changes, cameras=cameras, keeping=keeping_of(workstation), clock=clock
    )  # fmt: skip
    securing = Securing(
        tagging,
        room,
        duty=duty,
        clock=clock,
        before=timedelta(seconds=settings.secure_before_s),
        after=timedelta(seconds=settings.secure_after_s),
        undo_reason=UNDO_REASON,
    )
    zone = StationZone(settings.time_zone)
    requests = RequestDesk(room, store=store, changes=changes, duty=duty, zone=zone, clock=clock)
    letters = LetterDesk(letter_room_of(workstation, reporter_of=reporter_of), store=store, changes=changes, duty=duty)
    return letters, RequestServices(remaining, securing, requests)
