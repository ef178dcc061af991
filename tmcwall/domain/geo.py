"""Where things are and which cameras see them."""

from __future__ import annotations

from dataclasses import dataclass

from tmcwall.domain.camera import Camera


@dataclass(frozen=True, slots=True)
class Coverage:
    """The cameras that can be put on an incident, nearest first; `radius_m` None where none is in reach."""

    radius_m: float | None
    cameras: tuple[Camera, ...] = ()
