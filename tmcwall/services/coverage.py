"""The coverage report of a town: made from the cameras of this workstation, for who may plan, with a row of custody."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from tmcwall.db import blind_spots, custody, health
from tmcwall.db import cameras as camera_rows
from tmcwall.db import places as place_rows
from tmcwall.db.store import Session
from tmcwall.domain.camera import Camera, Position
from tmcwall.domain.clock import Clock
from tmcwall.domain.coverage import (
    BlindHit,
    CoverageReport,
    CoverageRule,
    Place,
    once_each,
    outline,
    rts_without_live,
    sector_of,
)
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError, FaultCode
from tmcwall.domain.history import UP
from tmcwall.domain.incident import Drill
from tmcwall.domain.lifecycle import IN_USE
from tmcwall.domain.neighbourhood import Neighbourhoods
from tmcwall.domain.officer import Action, Officer, can, demand
from tmcwall.domain.region import Regions
from tmcwall.domain.station_zone import StationZone
from tmcwall.durable import disk_fault, replace_file
from tmcwall.services.coverage_raster import count
from tmcwall.services.future_dispatcher import StoreProtocol, settled
from tmcwall.services.tagging import OnDuty
from tmcwall.services.work_on_duty import WorkOnDuty
from tmcwall.spreadsheet_csv import spreadsheet_csv

_KELURAHAN_M: Final = 1500.0
"""How far a kelurahan is taken to reach from its middle, where no other is nearer."""
_HITS_FOR: Final = timedelta(days=90)
WARNING_ID: Final = (
    "RAHASIA, hanya untuk perencanaan. Gedung, pohon, dan lereng tidak diperhitungkan: semua angka adalah keadaan "
    "terbaik. Batas kelurahan adalah perkiraan dari titik tengahnya."
)


@dataclass(frozen=True, slots=True)
class CoverageRoom:
    """Makes reports. Every call waits, for seconds: never in the GUI thread."""

    store: StoreProtocol
    regions: Regions
    zone: StationZone
    clock: Clock
    rule: CoverageRule = field(default_factory=CoverageRule)
    step_m: float = 10.0

    def report(self, town: str, *, by: Officer) -> CoverageReport:
        """Of the kelurahan whose code begins with `town` (`33.72`), and of their RT.

        Raises DomainError(NOT_ALLOWED, NOT_FOUND), Fault.
        """
        demand(by, Action.PLAN_COVERAGE)
        now = self.clock.utc()
        kelurahan = self._kelurahan(town)
        known = settled(self.store.read(partial(_known, town=town, since=now - _HITS_FOR)))
        rts = [replace(one, name=f"{one.name} {self._name_of(one)}".strip()) for one in known.rts]
        cameras = once_each(one for one in known.cameras if (one.adm4 or "").startswith(f"{town}.") or not one.adm4)
        without = rts_without_live(cameras, known.working, (_rt_of(place) for place in rts))
        dead = {(one.adm4, one.rw, one.rt) for one in without}
        middles = [place.middle for place in rts if _rt_of(place) in dead] or _middles(cameras, dead)
        counted = count(
            kelurahan,
            cameras,
            known.working,
            rule=self.rule,
            hits=known.hits,
            without_live=middles,
            step_m=self.step_m,
        )
        per_rt = (
            count(rts, cameras, known.working, rule=self.rule, hits=known.hits, step_m=self.step_m).places
            if rts
            else ()
        )
        widest = min(self.rule.classes.values())
        shown = [one for one in cameras if can(by, Action.VIEW, unit=one.unit)]
        sectors = [found for one in shown if (found := sector_of(one, widest, rule=self.rule)) is not None]
        return CoverageReport(
            town,
            now,
            by.nrp,
            self.rule,
            counted.step_m,
            (*counted.places, *per_rt),
            without,
            counted.candidates,
            sectors,
            known.working,
            sum(one.position is None for one in cameras),
        )

    def write(self, report: CoverageReport, folder: Path, *, by: Officer) -> Sequence[Path]:
        """Two tables, a GeoJSON, each with who has made it; in custody before it is there. Raises Fault(DISK_*)."""
        note = partial(
            custody.append,
            actor=by.nrp,
            action=CustodyAction.COVERAGE_EXPORTED,
            about=f"coverage/{report.town}",
            at=report.made_at,
        )
        settled(self.store.write(note))
        stem = f"cakupan_{report.town}_{self.zone.local(report.made_at):%Y%m%dT%H%M}"
        mark = f"{WARNING_ID} Dibuat oleh NRP {by.nrp}, {self.zone.long_text(report.made_at)}."
        contents = {
            f"{stem}_wilayah.csv": places_csv(report, mark),
            f"{stem}_rt-tanpa-kamera.csv": rts_csv(report, mark),
            f"{stem}.geojson": geojson(report, mark),
        }
        try:
            for name, content in contents.items():
                replace_file(folder / name, content)
        except OSError as error:
            raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE, folder=folder) from error
        return [folder / name for name in contents]

    def towns(self) -> Mapping[str, str]:
        """Names by code, of the towns whose kelurahan are known."""
        return {row.adm4[:5]: row.town for row in self.regions.all()}

    def _name_of(self, rt: Place) -> str:
        kelurahan = self.regions.by_code(_rt_of(rt)[0])
        return f"{kelurahan.name}, {kelurahan.kecamatan}" if kelurahan is not None else ""

    def _kelurahan(self, town: str) -> Sequence[Place]:
        found = [
            Place(row.adm4, f"{row.name}, {row.kecamatan}", row.centre, _KELURAHAN_M, estimated=True)
            for row in self.regions.all()
            if row.centre is not None and f"{row.adm4}.".startswith(f"{town}.")
        ]
        if not found:
            raise DomainError(DomainCode.NOT_FOUND, town)
        return found


class CoverageDesk(WorkOnDuty):
    """Reports for the officer on duty, one at a time."""

    reported = Signal(object)
    """CoverageReport."""
    exported = Signal(object)
    """The files."""

    def __init__(self, room: CoverageRoom, *, duty: OnDuty, parent: QObject | None = None) -> None:
        super().__init__(duty=duty, name="coverage", parent=parent)
        self._room = room

    def towns(self) -> Mapping[str, str]:
        return self._room.towns()

    def report(self, town: str) -> None:
        """`reported` or `refused` follows."""
        self._begin(Action.PLAN_COVERAGE, partial(self._room.report, town), self.reported.emit)

    def export(self, report: CoverageReport, folder: Path) -> None:
        """`exported` or `refused` follows."""
        self._begin(Action.PLAN_COVERAGE, partial(self._room.write, report, folder), self.exported.emit)


def places_csv(report: CoverageReport, mark: str) -> bytes:
    """A row a place; shares in percent with a comma, UTF-8 with BOM, as spreadsheets here open it."""
    names = list(report.rule.classes)
    rows: list[Sequence[object]] = [
        (
            "kode", "wilayah", "batas", "luas_m2", *(f"{name}_di_atas_kertas_persen" for name in names),
            *(f"{name}_sekarang_persen" for name in names), "kamera", "bekerja", "arah_tidak_diketahui",
            "kejadian_tak_terlihat",
        )
    ]  # fmt: skip
    for one in report.places:
        shares = [_percent(one.share(name, now=now)) for now in (False, True) for name in names]
        border = "perkiraan" if one.place.estimated else "diketahui"
        counts = (one.cameras, one.working, one.assumed, one.hits)
        rows.append((one.place.code, one.place.name, border, round(one.area_m2), *shares, *counts))
    return _table(rows, mark)


def rts_csv(report: CoverageReport, mark: str) -> bytes:
    """The RT in which no camera works."""
    rows: list[Sequence[object]] = [("adm4", "rw", "rt", "kamera_tidak_bekerja")]
    rows += [(one.adm4, one.rw, one.rt, one.cameras) for one in report.without_live]
    return _table(rows, mark)


def geojson(report: CoverageReport, mark: str) -> bytes:
    """RFC 7946: candidate points, and the sectors of cameras in the widest class."""
    features = [
        _feature(
            {"type": "Point", "coordinates": _lon_lat(one.position)},
            {
                "jenis": "titik_usulan", "urutan": number, "kode": one.code, "nilai": round(one.score),
                "tak_tercakup_m2": round(one.uncovered_m2), "kejadian_tak_terlihat": one.hits,
                "rt_tanpa_kamera": one.without_live,
            },
        )
        for number, one in enumerate(report.candidates, start=1)
    ]  # fmt: skip
    for sector in report.sectors:
        ring = [_lon_lat(corner) for corner in reversed(outline(sector))]
        properties = {
            "jenis": "sektor", "kamera": sector.camera_id, "bekerja": sector.camera_id in report.working,
            "arah_tidak_diketahui": sector.assumed,
        }  # fmt: skip
        features.append(_feature({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, properties))
    whole = {"type": "FeatureCollection", "peringatan": mark, "features": features}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _feature(geometry: Mapping[str, object], properties: Mapping[str, object]) -> dict[str, object]:
    return {"type": "Feature", "geometry": dict(geometry), "properties": dict(properties)}


def _lon_lat(position: Position) -> list[float]:
    return [round(position.lon, 6), round(position.lat, 6)]


def _table(rows: Iterable[Sequence[object]], mark: str) -> bytes:
    return spreadsheet_csv((mark,), *(map(str, row) for row in rows))


def _percent(share: float) -> str:
    return f"{share * 100:.1f}".replace(".", ",")


def _rt_of(place: Place) -> tuple[str, str, str]:
    adm4, rw, rt = (*place.code.split("/"), "", "")[:3]
    return adm4, rw, rt


def _middles(cameras: Iterable[Camera], rts: Iterable[tuple[str, str, str]]) -> list[Position]:
    """Where RT lie of which only the cameras are known."""
    wanted, found = set(rts), dict[tuple[str, str, str], Position]()
    for camera in cameras:
        key = (camera.adm4 or "", camera.rw or "", camera.rt or "")
        if key in wanted and camera.position is not None:
            found.setdefault(key, camera.position)
    return [found[key] for key in sorted(found)]


@dataclass(frozen=True, slots=True)
class _Known:
    cameras: Sequence[Camera]
    """In use: planned outages among them, for they come back."""
    working: frozenset[str]
    rts: Sequence[Place]
    hits: Sequence[BlindHit]


def _known(session: Session, *, town: str, since: datetime) -> _Known:
    lifecycles = camera_rows.lifecycles(session)
    cameras = [one for one in camera_rows.all_cameras(session) if not lifecycles.get(one.id, IN_USE).hidden]
    alive = {camera_id for camera_id, state in health.latest_states(session).items() if state in UP}
    usable = {one.id for one in cameras if lifecycles.get(one.id, IN_USE).withheld is None}
    hits = [
        BlindHit(one.position, one.found_at)
        for one in blind_spots.since(session, since)
        if one.drill is Drill.ACTUAL
    ]  # fmt: skip
    return _Known(cameras, frozenset(alive & usable), _rts(place_rows.neighbourhoods(session), town), hits)


def _rts(neighbourhoods: Neighbourhoods, town: str) -> list[Place]:
    """The RT of a town that lists have given."""
    return [
        Place(
            f"{one.adm4}/{one.rw}/{rt.rt}",
            f"RT {rt.rt}/RW {one.rw}",
            rt.area.middle,
            rt.area.radius_m,
            rt.area.boundary,
        )
        for one in neighbourhoods.all()
        if f"{one.adm4}.".startswith(f"{town}.")
        for rt in one.rts
    ]
