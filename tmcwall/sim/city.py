"""The synthetic city: more than 500 cameras in Surakarta, the same at every start.

Kelurahan and their codes are real; places are near the truth; cameras, RT and RW are made up.
"""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tmcwall.domain.camera import Camera, Owner, Position, RecorderRetention, RecordPolicy, View
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.resources import resource
from tmcwall.sim.server import SimCamera
from tmcwall.sim.web_server import form_of, web_path

_SEED: Final = 3372
_METRES_PER_DEGREE: Final = 111_320.0
_COMPASS: Final = (("U", "Utara", 0.0), ("T", "Timur", 90.0), ("S", "Selatan", 180.0), ("B", "Barat", 270.0))
_JUNCTION_SCENES: Final = ("simpang-siang", "simpang-sore", "simpang-malam", "arteri-siang", "arteri-hujan",
                           "arteri-malam", "simpang-hujan-malam", "rel-siang")  # fmt: skip
_STREET_SCENES: Final = ("kampung-siang", "kampung-malam", "kampung-siang", "pasar-pagi", "perumahan-sore")
_PRIVATE_SCENES: Final = ("parkir-siang", "parkir-siang", "perumahan-sore", "pasar-pagi")
_HOUSEHOLD_CAMERAS: Final = 6
_COLUMNS: Final = ("id", "name", "url", "substream_url", "owner", "adm4", "rw", "rt", "lat", "lon", "bearing_deg",
                   "fov_deg", "range_m", "record", "retention")  # fmt: skip

_RETENTIONS: Final = {Owner.DISHUB: RecorderRetention(14 * 24), Owner.PRIVATE: RecorderRetention(3 * 24)}
"""How long recorders of this city keep; the other owners have not stated it."""

_FEATURED: Final = {
    "CAM-33.72-SIMPANG-GENDENGAN-T": "simpang-siang",
    "CAM-33.72-SIMPANG-PURWOSARI-B": "rel-siang",
    "CAM-33.72-SIMPANG-GLADAG-S": "simpang-malam",
    "CAM-33.72-SIMPANG-SRIWEDARI-T": "arteri-siang",
    "CAM-33.72.01.1007-RT001RW001-01": "kampung-siang",
    "CAM-33.72-SIMPANG-MANAHAN-U": "simpang-sore",
    "CAM-33.72.04.1003-PASAR-001": "pasar-pagi",
    "CAM-33.72-SIMPANG-BALAPAN-T": "arteri-hujan",
    "CAM-33.72-SIMPANG-GENDENGAN-B": "arteri-malam",
    "CAM-33.72.05.1006-BANK-001": "parkir-siang",
    "CAM-33.72-SIMPANG-NONONGAN-T": "simpang-hujan-malam",
    "CAM-33.72.01.1005-RT001RW001-01": "kampung-malam",
    "CAM-33.72-SIMPANG-GENDENGAN-S": "perumahan-sore",
    "CAM-33.72-SIMPANG-NGAPEMAN-B": "simpang-siang",
    "CAM-33.72-SIMPANG-MANGKUBUMEN-S": "arteri-siang",
    "CAM-33.72-SIMPANG-GENDENGAN-U": "simpang-sore",
}
"""The first sixteen: every scene once, and four that look at one junction."""


@dataclass(frozen=True, slots=True)
class CityCamera:
    """A camera of the city with the scene it shows. `camera.url` is the path only, without host and port."""

    camera: Camera
    scene: str

    @property
    def id(self) -> str:
        return self.camera.id


def build_city() -> tuple[CityCamera, ...]:
    """All cameras; any first part of them is a good subset."""
    cameras = {made.id: made for made in _all_cameras(random.Random(_SEED))}  # noqa: S311 - not for secrets
    first = [_with_scene(cameras.pop(camera), scene) for camera, scene in _FEATURED.items()]
    rest = sorted(cameras)
    random.Random(_SEED).shuffle(rest)  # noqa: S311 - not for secrets
    return (*first, *(cameras[camera] for camera in rest))


def first_cameras(count: int) -> tuple[CityCamera, ...]:
    """The first cameras of the city. Raises DomainError(NUMBER_OUT_OF_RANGE) if it has not so many."""
    city = build_city()
    if not 1 <= count <= len(city):
        raise DomainError(DomainCode.NUMBER_OUT_OF_RANGE, f"--cameras {count}: 1..{len(city)}")
    return city[:count]


def served(cameras: Sequence[CityCamera]) -> list[SimCamera]:
    """The cameras as `CameraServer` takes them."""
    return [SimCamera(camera.id, camera.scene) for camera in cameras]


def write_csv(
    path: Path,
    port: int,
    cameras: Sequence[CityCamera],
    *,
    username: str = "",
    password: str = "",
    host: str = "127.0.0.1",
    web: int = 0,
    web_port: int = 0,
) -> None:  # fmt: skip
    """A `cameras.csv` that `tmcwall camera import` and `tmcwall view --file` take; the first `web` are on the web."""
    login = f"{quote(username, safe='')}:{quote(password, safe='')}@" if username or password else ""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(_COLUMNS)
        for place, made in enumerate(cameras):
            base = f"rtsp://{login}{host}:{port}/{made.id}"
            streams = (f"{base}/main", f"{base}/sub")
            if place < web:
                streams = (f"http://{login}{host}:{web_port}/{web_path(made.id, form_of(place))}", "")
            rows.writerow(_row(made.camera, streams))


def _row(camera: Camera, streams: tuple[str, str]) -> list[str]:
    position, view = camera.position, camera.view
    return [
        camera.id,
        camera.name,
        *streams,
        camera.owner.value if camera.owner is not None else "",
        camera.adm4 or "",
        camera.rw or "",
        camera.rt or "",
        f"{position.lat:.6f}" if position is not None else "",
        f"{position.lon:.6f}" if position is not None else "",
        f"{view.bearing_deg:.0f}" if view is not None and view.bearing_deg is not None else "",
        f"{view.fov_deg:.0f}" if view is not None and view.fov_deg is not None else "",
        f"{view.range_m:.0f}" if view is not None else "",
        camera.record.value,
        f"{camera.retention.hours} jam" if camera.retention is not None else "",
    ]


def _all_cameras(chance: random.Random) -> Iterator[CityCamera]:
    centres = {row["adm4"]: _position(row) for row in _table("city/kelurahan.csv")}
    names = {row["adm4"]: row["kelurahan"] for row in _table("regions.csv")}
    yield from _junctions(chance)
    for adm4, centre in centres.items():
        yield from _neighbourhood(chance, adm4, names[adm4], centre)
    yield from _patrols()


def _junctions(chance: random.Random) -> Iterator[CityCamera]:
    """Four cameras a junction, on its corners, each looking into one arm over the crossing."""
    for row in _table("city/junctions.csv"):
        centre = _position(row)
        for letter, word, compass in _COMPASS:
            bearing = (compass + float(row["axis_deg"]) % 90 + chance.uniform(-8, 8)) % 360
            yield _made(
                f"CAM-33.72-SIMPANG-{row['key']}-{letter}",
                f"{row['name']} {word}",
                Owner.DISHUB,
                row["adm4"],
                moved(centre, bearing + 180, 18),
                View(round(bearing), chance.choice((62, 70, 84)), chance.choice((120, 150, 180))),
                scene=chance.choice(_JUNCTION_SCENES),
            )


def _neighbourhood(chance: random.Random, adm4: str, name: str, centre: Position) -> Iterator[CityCamera]:
    for index in range(_HOUSEHOLD_CAMERAS):
        rw = 1 + index * 2 if index else 1
        rt = 1 if index == 0 else chance.randint(1, 5)
        yield _made(
            f"CAM-{adm4}-RT{rt:03}RW{rw:03}-01",
            f"{name} RT {rt:03}/RW {rw:03}",
            Owner.PEMKOT_RT,
            adm4,
            moved(centre, chance.uniform(0, 360), chance.uniform(40, 320)),
            _view(chance, range_m=(40, 60, 80)),
            scene=chance.choice(_STREET_SCENES),
            rw=f"{rw:03}",
            rt=f"{rt:03}",
        )
    yield _made(f"CAM-{adm4}-BANK-001", f"Bank {name}, ATM", Owner.BANK, adm4,
                moved(centre, chance.uniform(0, 360), 150), _view(chance, range_m=(25, 35)),
                scene=chance.choice(_PRIVATE_SCENES))  # fmt: skip
    market = adm4 in {"33.72.04.1003", "33.72.03.1003", "33.72.05.1002", "33.72.01.1007"}
    kind, label = ("PASAR", "Pasar") if market else ("TOKO", "Pertokoan")
    owner = Owner.DISHUB if market else Owner.PRIVATE
    yield _made(f"CAM-{adm4}-{kind}-001", f"{label} {name}", owner, adm4,
                moved(centre, chance.uniform(0, 360), 120), _view(chance, range_m=(40, 60)),
                scene="pasar-pagi" if market else chance.choice(_PRIVATE_SCENES))  # fmt: skip
    if adm4.endswith("1003"):
        yield _made(f"CAM-{adm4}-POLSEK-001", f"Pos Polisi {name}", Owner.POLRI, adm4,
                    moved(centre, chance.uniform(0, 360), 60), _view(chance, range_m=(60, 80)),
                    scene="arteri-siang")  # fmt: skip


def _patrols() -> Iterator[CityCamera]:
    for number in range(1, 7):
        camera = f"CAM-33.72-PATROLI-{number:03}"
        yield CityCamera(
            Camera(camera, f"Patroli {number}", f"/{camera}/main", f"/{camera}/sub", Owner.MOBILE), "arteri-siang"
        )


def _made(
    camera: str,
    name: str,
    owner: Owner,
    adm4: str,
    position: Position,
    view: View,
    *,
    scene: str,
    rw: str | None = None,
    rt: str | None = None,
) -> CityCamera:
    return CityCamera(
        Camera(
            id=camera,
            name=name,
            url=f"/{camera}/main",
            substream_url=f"/{camera}/sub",
            owner=owner,
            adm4=adm4,
            rw=rw,
            rt=rt,
            position=position,
            view=view,
            record=RecordPolicy.SUB,
            retention=_RETENTIONS.get(owner),
        ),
        scene,
    )


def _with_scene(made: CityCamera, scene: str) -> CityCamera:
    return CityCamera(made.camera, scene)


def _view(chance: random.Random, *, range_m: Sequence[int]) -> View:
    return View(chance.randrange(360), chance.choice((70, 84, 96)), chance.choice(range_m))


def places_of(table: str) -> dict[str, Position]:
    """The places of a table of the city, by name, or by code where they have none."""
    return {row.get("name") or row["adm4"]: _position(row) for row in _table(table)}


def moved(start: Position, bearing_deg: float, distance_m: float) -> Position:
    """The place so many metres away, on a flat earth: good to a metre within a town."""
    bearing = math.radians(bearing_deg)
    lat = start.lat + distance_m * math.cos(bearing) / _METRES_PER_DEGREE
    lon = start.lon + distance_m * math.sin(bearing) / (_METRES_PER_DEGREE * math.cos(math.radians(start.lat)))
    return Position(round(lat, 6), round(lon, 6))


def _position(row: dict[str, str]) -> Position:
    return Position(float(row["lat"]), float(row["lon"]))


def _table(name: str) -> list[dict[str, str]]:
    with resource(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
