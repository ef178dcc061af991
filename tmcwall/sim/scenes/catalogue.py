"""The scenes: where the camera hangs, which street, which light, who passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.sim.scenes.ground import Street
from tmcwall.sim.scenes.lens import Mount
from tmcwall.sim.scenes.light import AFTERNOON, DAY, INFRARED, MORNING, NIGHT, RAINY, RAINY_NIGHT, Light
from tmcwall.sim.scenes.traffic import Flow, Parked

_MIXED: Final = ("motor", "car", "motor", "motor", "car", "motor")
_BUSY: Final = ("motor", "car", "bus", "motor", "car", "truck")
_MOTORS: Final = ("motor", "motor", "motor", "motor")


@dataclass(frozen=True, slots=True)
class Scene:
    """`title` is burnt into the picture."""

    title: str
    mount: Mount
    street: Street
    light: Light
    flows: tuple[Flow, ...]
    parked: tuple[Parked, ...] = ()
    seed: int = 1


def scene_named(name: str) -> Scene:
    """Raises DomainError(NOT_FOUND)."""
    if name not in SCENES:
        raise DomainError(DomainCode.NOT_FOUND, name)
    return SCENES[name]


def _arterial(
    *, away: tuple[str, ...] = _BUSY, towards: tuple[str, ...] = _BUSY, speed_mps: float = 9.5
) -> tuple[Flow, ...]:
    """Two lanes each way; people keep left."""
    return (
        Flow((-5.3, -8), (-5.3, 165), speed_mps * 0.9, _MOTORS, spread_m=0.7),
        Flow((-1.9, -8), (-1.9, 165), speed_mps, away),
        Flow((1.9, 165), (1.9, -8), speed_mps, towards),
        Flow((5.3, 165), (5.3, -8), speed_mps * 0.9, _MOTORS, spread_m=0.7),
        *_walkers(9.0),
    )


def _junction(cross_z: float, *, speed_mps: float = 8.0) -> tuple[Flow, ...]:
    """The main street goes in the first part of the loop, the crossing one in the second."""
    reach = 64.0
    step = speed_mps * 8.0
    lead = (cross_z + 8) / step % 1.0
    main, across = (0.02, 0.42), (0.50, 0.88)
    towards = (165.0 - cross_z) / step % 1.0
    side = reach / step % 1.0
    return (
        Flow((-5.3, -8), (-5.3, 165), speed_mps, _MOTORS, _shifted(main, lead), 0.7),
        Flow((-1.9, -8), (-1.9, 165), speed_mps, ("car", "motor", "car"), _shifted(main, lead)),
        Flow((1.9, 165), (1.9, -8), speed_mps, ("bus", "car"), _shifted(main, towards)),
        Flow((5.3, 165), (5.3, -8), speed_mps, _MOTORS, _shifted(main, towards), 0.7),
        Flow(
            (-reach, cross_z + 3.4),
            (reach, cross_z + 3.4),
            speed_mps,
            ("car", "truck", "motor"),
            _shifted(across, side),
            0.5,
        ),
        Flow(
            (reach, cross_z - 3.4),
            (-reach, cross_z - 3.4),
            speed_mps,
            ("motor", "car", "motor", "car"),
            _shifted(across, side),
            0.5,
        ),
        *_walkers(9.0),
    )


def _shifted(window: tuple[float, float], passing: float) -> tuple[float, float]:
    """Where those start that pass the crossing within `window` of the loop: who starts ahead passes first."""
    return passing - window[1], passing - window[0]


def _walkers(x: float, *, count: int = 2) -> tuple[Flow, ...]:
    return (
        Flow((-x, 2), (-x, 90), 1.25, ("person",) * count, spread_m=0.8),
        Flow((x, 90), (x, 2), 1.15, ("person",) * count, spread_m=0.8),
    )


def _lane(*, kinds: tuple[str, ...] = ("motor",), people: int = 1) -> tuple[Flow, ...]:
    """A narrow lane between houses."""
    return (
        Flow((-0.9, -4), (-0.9, 110), 4.6, kinds, spread_m=0.3),
        Flow((0.9, 110), (0.9, -4), 4.2, ("motor",), (0.3, 0.9), 0.3),
        Flow((-1.6, 2), (-1.6, 60), 1.2, ("person",) * people, spread_m=0.2),
        Flow((1.7, 60), (1.7, 2), 1.1, ("person",) * people, spread_m=0.2),
    )


_ARTERY: Final = Street(half_width=7.0, lanes=2)
_CROSSING: Final = Street(half_width=7.0, lanes=2, cross_z=32, cross_half=6.5, start_m=8)
_ALLEY: Final = Street(
    half_width=2.4, lanes=0, pavement=1.3, sides="houses", concrete=True, start_m=5, tree_m=(1.6, 3.4)
)

SCENES: Final[Mapping[str, Scene]] = {
    "simpang-siang": Scene(
        "Simpang empat, siang", Mount(8.5, 17, 4, 70, -1), _CROSSING, DAY, _junction(32), seed=11),
    "simpang-sore": Scene(
        "Simpang empat, sore", Mount(8, 15, -7, 72, 3), Street(cross_z=36), AFTERNOON, _junction(36), seed=12),
    "simpang-malam": Scene(
        "Simpang empat, malam", Mount(8.5, 17, -4, 70, 1), Street(cross_z=30), NIGHT, _junction(30), seed=13),
    "simpang-hujan-malam": Scene(
        "Simpang empat, hujan malam", Mount(8, 16, 6, 68, -2), Street(cross_z=34), RAINY_NIGHT, _junction(34), seed=14),
    "arteri-siang": Scene(
        "Jalan arteri, siang", Mount(7.5, 14, 6, 64, -4), _ARTERY, DAY, _arterial(), seed=21),
    "arteri-hujan": Scene(
        "Jalan arteri, hujan", Mount(7.5, 15, -5, 66, 3), _ARTERY, RAINY, _arterial(speed_mps=8.5), seed=22),
    "arteri-malam": Scene(
        "Jalan arteri, malam", Mount(7.5, 14, 4, 64, -3), _ARTERY, NIGHT, _arterial(), seed=23),
    "rel-siang": Scene(
        "Jalan dengan rel, siang", Mount(7, 15, 8, 68, -5), Street(rail_x=8.6, pavement=4.2), DAY,
        _arterial(towards=_MIXED), seed=24),
    "kampung-siang": Scene(
        "Jalan kampung, siang", Mount(4.6, 16, 2, 66, 0.6), _ALLEY, DAY, _lane(), seed=31),
    "kampung-malam": Scene(
        "Jalan kampung, inframerah", Mount(4.4, 17, -3, 70, -0.6), _ALLEY, INFRARED, _lane(), seed=32),
    "pasar-pagi": Scene(
        "Pasar, pagi", Mount(6, 19, -3, 68, 1),
        Street(half_width=4.2, lanes=0, pavement=2.8, sides="market", concrete=True, trees=False, start_m=6), MORNING,
        (Flow((-1.6, 0), (-1.6, 80), 1.2, ("person",) * 3, spread_m=1.6),
         Flow((1.6, 80), (1.6, 0), 1.1, ("person",) * 3, spread_m=1.6),
         Flow((-0.8, 0), (-0.8, 80), 2.2, ("becak", "motor"), spread_m=0.5),
         Flow((0.9, 80), (0.9, 0), 2.6, ("motor",), spread_m=0.5)),
        tuple(Parked("parked-motor", (side * 3.3, 11 + 4.2 * place), 90 + side * 8)
              for side in (-1, 1) for place in range(5)),
        seed=41),
    "perumahan-sore": Scene(
        "Jalan perumahan, sore", Mount(5.5, 15, 5, 68, -1.5),
        Street(half_width=3.2, lanes=1, pavement=1.6, sides="houses", grass=True, start_m=7), AFTERNOON,
        (Flow((-1.6, -4), (-1.6, 120), 6.0, ("motor", "car"), spread_m=0.2),
         Flow((1.6, 120), (1.6, -4), 6.0, ("motor", "motor"), spread_m=0.3),
         *_walkers(4.0, count=1)),
        (Parked("car", (-4.1, 21), 0), Parked("car", (4.2, 38), 180)),
        seed=42),
    "parkir-siang": Scene(
        "Halaman parkir, siang", Mount(6, 17, 24, 70, 2),
        Street(half_width=3.5, lanes=1, pavement=1.2, stalls=True, trees=False), DAY,
        (Flow((-1.8, -4), (-1.8, 110), 5.0, ("car", "motor"), spread_m=0.2),
         Flow((1.8, 110), (1.8, -4), 5.0, ("motor", "motor"), spread_m=0.3),
         Flow((14.5, 60), (14.5, 6), 1.2, ("person",), spread_m=0.8),
         Flow((11.8, 4), (11.8, 60), 1.3, ("person",), spread_m=0.6)),
        tuple(Parked("car", (7.4, 11.0 + 2.7 * place), 90) for place in (0, 1, 3, 4, 5, 7, 9, 10, 12))
        + tuple(Parked("parked-motor", (16.2, 12 + 1.1 * place), -90) for place in range(9)),
        seed=43),
}  # fmt: skip
