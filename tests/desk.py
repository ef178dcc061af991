"""A workstation in use: all its services in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QRect

from tests.afternoon import (
    NOW,
    OFFICER,
    REGIONS,
    make_cameras,
    make_incidents,
    make_row,
    make_states,
)
from tests.clocks import FakeClock
from tests.fake_city import FakeCity
from tests.fake_services import (
    FakeAlarm,
    FakeAnnotations,
    FakeBaskets,
    FakeCameraBook,
    FakeCheck,
    FakeConflicts,
    FakeContacts,
    FakeCopies,
    FakeDuty,
    FakeEnrolment,
    FakeExport,
    FakeHealth,
    FakeHolds,
    FakeIncidentDesk,
    FakeLayouts,
    FakeLetters,
    FakeLifecycles,
    FakeMasks,
    FakeMonitors,
    FakeOfficers,
    FakeOutageEvents,
    FakeOutages,
    FakeOversight,
    FakeOversightSearch,
    FakeOwnerReports,
    FakePatrol,
    FakePersonal,
    FakeQuarantine,
    FakeRedactions,
    FakeRegisterDesk,
    FakeRemaining,
    FakeRepairs,
    FakeRequests,
    FakeSearch,
    FakeSecuring,
    FakeSynchronisation,
    FakeTagging,
    FakeTracks,
    FakeWallOrders,
)
from tmcwall.domain.geo import Coverage
from tmcwall.domain.layout import Layout, WallPlan
from tmcwall.domain.officer import Officer
from tmcwall.services.synchronisation import SyncState
from tmcwall.ui.wall.monitors import Monitor


@dataclass
class Desk:
    """All services of a workstation in use."""

    duty: FakeDuty
    cameras: FakeCameraBook
    incidents: FakeIncidentDesk
    tagging: FakeTagging
    copies: FakeCopies
    letters: FakeLetters
    remaining: FakeRemaining
    securing: FakeSecuring
    requests: FakeRequests
    search: FakeSearch
    tracks: FakeTracks
    holds: FakeHolds
    baskets: FakeBaskets
    annotations: FakeAnnotations
    masks: FakeMasks
    export: FakeExport
    check: FakeCheck
    redaction: FakeRedactions
    layouts: FakeLayouts
    sync: FakeSynchronisation
    alarm: FakeAlarm
    health: FakeHealth
    lifecycles: FakeLifecycles
    conflicts: FakeConflicts
    quarantine: FakeQuarantine
    register: FakeRegisterDesk
    officers: FakeOfficers
    enrolment: FakeEnrolment
    oversight: FakeOversight
    oversight_search: FakeOversightSearch
    monitors: FakeMonitors
    outages: FakeOutages = field(default_factory=FakeOutages)
    outage_events: FakeOutageEvents = field(default_factory=FakeOutageEvents)
    repairs: FakeRepairs = field(default_factory=FakeRepairs)
    owner_reports: FakeOwnerReports = field(default_factory=FakeOwnerReports)
    contacts: FakeContacts = field(default_factory=FakeContacts)
    wall_orders: FakeWallOrders = field(default_factory=FakeWallOrders)
    patrol: FakePatrol = field(default_factory=FakePatrol)
    city: FakeCity = field(default_factory=FakeCity)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))
    personal: FakePersonal = field(init=False)

    def __post_init__(self) -> None:
        self.personal = FakePersonal(self.duty)


def make_desk(*, cameras: int = 500, officer: Officer | None = OFFICER) -> Desk:
    """A busy afternoon: two monitors, six incidents, twelve bookmarks."""
    city = make_cameras(cameras)
    first = {place: city[(place * 31 + 9) % len(city)].id for place in range(16) if place not in (11, 12, 13, 14, 15)}
    second = {place: city[(place * 57 + 20) % len(city)].id for place in range(6)}
    main = Layout("l1", "Utama", {
        "DP-1": WallPlan("4x4", first, (12, 13, 14, 15)), "DP-2": WallPlan("1+5", second),
    })  # fmt: skip
    return Desk(
        duty=FakeDuty(officer),
        cameras=FakeCameraBook(city, make_states(city)),
        incidents=FakeIncidentDesk(make_incidents(), Coverage(300.0, tuple(city[:3]))),
        tagging=FakeTagging([make_row(number, city) for number in range(12)]),
        copies=FakeCopies(),
        letters=FakeLetters(),
        remaining=FakeRemaining(),
        securing=FakeSecuring(),
        requests=FakeRequests(),
        search=FakeSearch(),
        tracks=FakeTracks(),
        holds=FakeHolds(),
        baskets=FakeBaskets(),
        annotations=FakeAnnotations(),
        masks=FakeMasks(),
        export=FakeExport(),
        check=FakeCheck(),
        redaction=FakeRedactions(),
        layouts=FakeLayouts(main, Layout("l2", "Arus mudik"), Layout("l3", "Malam")),
        sync=FakeSynchronisation(SyncState(configured=True, online=False, pending=3, last_success_at=NOW)),
        alarm=FakeAlarm(),
        health=FakeHealth(),
        lifecycles=FakeLifecycles(),
        conflicts=FakeConflicts(),
        quarantine=FakeQuarantine(),
        register=FakeRegisterDesk(city, REGIONS),
        officers=FakeOfficers(),
        enrolment=FakeEnrolment(),
        oversight=FakeOversight(),
        oversight_search=FakeOversightSearch(),
        monitors=FakeMonitors(
            Monitor("DP-1", "DELL P2723QE", QRect(0, 0, 3840, 2160), open=True),
            Monitor("DP-2", "LG 27UL500", QRect(3840, 0, 2560, 1440)),
        ),
    )
