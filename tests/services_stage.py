"""A stage for tests of the services: a clock by hand, cutters and doors that obey the protocols, and builders."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from sqlalchemy import StaticPool, create_engine
from sqlalchemy.orm import Session

from tests.clocks import NOON
from tests.enrolled import SERVER_KEY, key_of
from tests.new_tables import make_new_tables
from tests.planted import OFFICER_PASSWORD
from tmcwall.db import changes, operations, search_index, server_order, signing
from tmcwall.db.rows import fields_of
from tmcwall.domain.annotation import Annotation
from tmcwall.domain.basket import BasketItem, BasketPart
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.calibration import CameraCalibration, PicturePoint
from tmcwall.domain.camera import Camera, Position, View
from tmcwall.domain.case import Case, case_id
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.contact import Contact, ContactRole
from tmcwall.domain.derived_copy import Box, DrawnShape
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.footage_request import FootageRequest
from tmcwall.domain.geo import Coverage, sees
from tmcwall.domain.ids import uuid7
from tmcwall.domain.incident import (
    Certainty,
    Drill,
    Incident,
    IncidentNote,
    IncidentType,
    Place,
    Severity,
    Source,
    Status,
)
from tmcwall.domain.kinds import Synchronised, entity_of
from tmcwall.domain.landmark import Landmark, LandmarkKind
from tmcwall.domain.lifecycle import CameraStanding, Decision
from tmcwall.domain.neighbourhood import Area, Neighbourhood, Rt
from tmcwall.domain.officer import Action, Officer, Role, can, demand
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Operation
from tmcwall.domain.outage import PlannedOutage
from tmcwall.domain.privacy_mask import PrivacyMask
from tmcwall.domain.repair import CauseClass, Repair
from tmcwall.domain.shared_layout import Page, PlacedCamera, SharedLayout
from tmcwall.domain.wall_order import WallOrder
from tmcwall.signatures import Purpose
from tmcwall.video.ipc.messages import CutClip, Hold, Live

T = TypeVar("T")

PURWOSARI = Position(-7.5606, 110.8018)
BRIPKA_SARI = Officer("87654321", "Sari Wulandari", Role.OPERATOR, "Bripka")
LP = "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH"


class InlineStore:
    """The real units on a database in memory, run at once in the caller's thread; when slow, when a test says so."""

    def __init__(self) -> None:
        self._engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        make_new_tables(self._engine)
        self._received = itertools.count(1)
        self._signer: signing.Signer | None = None
        self.slow = False
        self.failing: Exception | None = None
        self._listener: Callable[[ChangeNotice], None] | None = None
        self._waiting: list[Callable[[], None]] = []
        self.do(lambda session: operations.renew_device(session, at=NOON))

    def write(self, unit: Callable[[Session], T]) -> Future[T]:
        future: Future[T] = Future()
        if self.slow:
            self._waiting.append(lambda: self._run(unit, future))
        else:
            self._run(unit, future)
        return future

    def read(self, unit: Callable[[Session], T]) -> Future[T]:
        future: Future[T] = Future()
        self._run(unit, future)
        return future

    def on_commit(self, listener: Callable[[ChangeNotice], None] | None) -> None:
        self._listener = listener

    def use_signer(self, signer: signing.Signer | None) -> None:
        self._signer = signer

    def enrol(self, device: str) -> None:
        """At the server of the tests."""
        self.use_signer(signing.Signer(device, partial(key_of(device).sign, Purpose.OPERATION)))
        enrolled = signing.StoredEnrolment(device, device, SERVER_KEY.public)
        self.do(lambda session: signing.keep_enrolment(session, enrolled, actor="tmcwall", at=NOON))

    def commit_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for run in waiting:
            run()

    def do(self, unit: Callable[[Session], T]) -> T:
        """For the test itself: to prepare and to look. Nobody is told of it."""
        with Session(self._engine) as session, session.begin():
            result = unit(signing.lend(session, self._signer))
            search_index.update(session)
            return result

    def receive(self, *values: Synchronised) -> None:
        """Applied in one page, as if another workstation had made them."""
        made = [
            Operation(
                uuid7(NOON), "elsewhere", next(self._received), "87650000", NOON, entity_of(value), value.id,
                2**31, fields_of(value), SCHEMA_VERSION, FIRST_HASH,
            )
            for value in values
        ]  # fmt: skip
        page = [server_order.Ordered(one.number, one) for one in made]
        apply = partial(server_order.apply_page, operations=page, cursor=made[-1].number, epoch=UUID(int=7), at=NOON)
        self.write(apply).result()

    def close(self) -> None:
        self._engine.dispose()

    def _run(self, unit: Callable[[Session], T], future: Future[T]) -> None:
        try:
            if self.failing is not None:
                raise self.failing
            with Session(self._engine) as session, session.begin():
                result = unit(signing.lend(session, self._signer))
                search_index.update(session)
        except Exception as error:  # noqa: BLE001 - handed to the one who waits, as the store does
            future.set_exception(error)
        else:
            future.set_result(result)
            notice = changes.take_notice(session)
            if notice is not None and self._listener is not None:
                self._listener(notice)


class FakeDuty:
    """Somebody on duty, or nobody."""

    def __init__(self, officer: Officer | None = BRIPKA_SARI) -> None:
        self.officer = officer

    def can(self, action: Action, *, unit: str = "") -> bool:
        return self.officer is not None and can(self.officer, action, unit=unit)

    def demand(self, action: Action, *, unit: str = "") -> Officer:
        if self.officer is None:
            raise DomainError(DomainCode.NOT_ON_DUTY)
        demand(self.officer, action, unit=unit)
        return self.officer

    def change_password(
        self, before: str, after: str, *, done: Callable[[], None], refused: Callable[[Fault | DomainError], None]
    ) -> None:
        """A server whose officer has that one password."""
        if before == OFFICER_PASSWORD:
            done()
        else:
            refused(Fault(FaultCode.SIGN_IN_REFUSED, retryable=False))


class FakeFeed(QObject):
    """The feed as the services see it: notes what it is asked, and says what a test makes it say."""

    stream_reported = Signal(object)
    clip_cut = Signal(object)
    clip_failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.cameras: list[Live] = []
        self.holds: list[Hold] = []
        self.released: list[str] = []
        self.cuts: list[CutClip] = []

    def set_cameras(self, cameras: Sequence[Live]) -> None:
        self.cameras = list(cameras)

    def hold(self, hold: Hold) -> None:
        self.holds.append(hold)

    def release_hold(self, hold_id: str) -> None:
        self.released.append(hold_id)

    def cut_clip(self, request: CutClip) -> None:
        self.cuts.append(request)


class FakeBook:
    """Cameras by id."""

    def __init__(self, *cameras: Camera) -> None:
        self._cameras = {one.id: one for one in cameras}

    def get(self, camera_id: str) -> Camera | None:
        return self._cameras.get(camera_id)

    def unit_of(self, camera_id: str) -> str:
        camera = self._cameras.get(camera_id)
        return "" if camera is None else camera.unit


class FakeEyes(QObject):
    """All of these cameras are near and working."""

    cameras_changed = Signal()

    def __init__(self, *cameras: Camera) -> None:
        super().__init__()
        self.cameras = cameras

    def that_see(self, position: Position) -> Sequence[Camera]:
        return [one for one in self.cameras if sees(one, position)]

    def nearest(self, position: Position, *, count: int = 4) -> Coverage:
        return Coverage(300.0, self.cameras[:count])


def camera(id: str = "CAM-1", **changes: object) -> Camera:  # noqa: A002 - the field's own name
    looking_east = View(bearing_deg=90.0, fov_deg=60.0, range_m=200.0)
    made = Camera(
        id=id, name=f"Kamera {id}", url=f"rtsp://10.0.0.1/{id}", position=PURWOSARI, view=looking_east, number=1
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # a builder takes any field


def incident(**changes: object) -> Incident:
    made = Incident(
        id="INC-1",
        source=Source.CALL_112,
        external_id="112-1",
        sequence=1,
        type=IncidentType.TRAFFIC_ACCIDENT,
        severity=Severity.MODERATE,
        certainty=Certainty.UNVERIFIED,
        status=Status.NEW,
        drill=Drill.ACTUAL,
        place=Place(position=PURWOSARI),
        text="motor dan mobil",
        called_at=NOON,
        received_at=NOON,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # a builder takes any field


EXAMPLES: Mapping[Entity, Any] = {
    Entity.CASE: Case(case_id(LP), LP, LP, NOON, BRIPKA_SARI.nrp),
    Entity.BOOKMARK: Bookmark(
        "b1", "CAM-1", "Kamera CAM-1", NOON, NOON + timedelta(seconds=40), NOON, BRIPKA_SARI.nrp, case_id=case_id(LP)
    ),
    Entity.CLIP: Clip("k1", "b1", ClipState.WAITING),
    Entity.INCIDENT: incident(),
    Entity.INCIDENT_NOTE: IncidentNote("n1", "INC-1", NOON, BRIPKA_SARI.nrp, "dua motor"),
    Entity.CAMERA: camera("CAM-1"),
    Entity.CAMERA_STANDING: CameraStanding("CAM-1", quarantine=Decision("melihat rumah", BRIPKA_SARI.nrp, NOON)),
    Entity.BASKET_ITEM: BasketItem(
        id="i1", case_id=case_id(LP), bookmark_id="b1", part=BasketPart.CLIP, added_by=BRIPKA_SARI.nrp, added_at=NOON
    ),
    Entity.ANNOTATION: Annotation(
        id="a1",
        bookmark_id="b1",
        shape=DrawnShape.BOX,
        starts_at=NOON,
        ends_at=NOON + timedelta(seconds=2),
        x=0.25,
        y=0.25,
        to_x=0.5,
        to_y=0.75,
        text="pelaku",
        made_by=BRIPKA_SARI.nrp,
        made_at=NOON,
    ),
    Entity.PRIVACY_MASK: PrivacyMask(
        id="m1", camera_id="CAM-1", box=Box(0.5, 0.0, 0.25, 0.5), set_by=BRIPKA_SARI.nrp, set_at=NOON
    ),
    Entity.PLANNED_OUTAGE: PlannedOutage(
        "o1", ("CAM-1",), NOON, NOON + timedelta(hours=2), "galian fiber", BRIPKA_SARI.nrp
    ),
    Entity.SHARED_LAYOUT: SharedLayout("l1", "Malam", (Page("2x2", (PlacedCamera(0, "CAM-1"),), (3,)),)),
    Entity.CONTACT: Contact("p1", ContactRole.KETUA_RT, "Pak Darmo", "0271000001", "33.72.01.1007", "005", "003"),
    Entity.FOOTAGE_REQUEST: FootageRequest(
        "r1",
        case_id(LP),
        "Kepala Dinas Perhubungan",
        ("CAM-1",),
        NOON,
        NOON + timedelta(minutes=1),
        BRIPKA_SARI.nrp,
        NOON.date(),
        NOON.date() + timedelta(days=3),
    ),
    Entity.REPAIR: Repair("p1", ("CAM-1",), CauseClass.POWER, NOON, BRIPKA_SARI.nrp, NOON, "gelap"),
    Entity.WALL_ORDER: WallOrder("w1", "meja-2", NOON, NOON + timedelta(hours=1), camera_id="CAM-1"),
    Entity.NEIGHBOURHOOD: Neighbourhood(
        "33.72.01.1007/005", "33.72.01.1007", "005", Area(PURWOSARI, 250.0), (Rt("003", Area(PURWOSARI, 75.0)),), 412
    ),
    Entity.LANDMARK: Landmark("simpang-gendengan", "Simpang Gendengan", LandmarkKind.CROSSING, PURWOSARI),
    Entity.CAMERA_CALIBRATION: CameraCalibration(
        "CAM-1",
        (
            PicturePoint(0.1, 0.9, PURWOSARI),
            PicturePoint(0.9, 0.9, Position(-7.5606, 110.8020)),
            PicturePoint(0.7, 0.4, Position(-7.5602, 110.8020)),
            PicturePoint(0.3, 0.4, Position(-7.5602, 110.8018)),
        ),
        NOON,
        BRIPKA_SARI.nrp,
    ),
}
"""One of each kind, each belonging to the one before it of its topic."""
