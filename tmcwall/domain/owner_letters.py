"""Which footage goes into one letter, and how the letter addresses the owner of the cameras."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tmcwall.domain.camera import Camera, Owner

_OFFICES: Final[Mapping[Owner, str]] = {
    Owner.DISHUB: "Kepala Dinas Perhubungan",
    Owner.POLRI: "Kepala satuan pengelola CCTV Polri",
    Owner.MOBILE: "Kepala satuan pengelola CCTV bergerak",
    Owner.TOLL: "Pengelola jalan tol",
}
"""Of owners who have many cameras and one office."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A camera whose owner is asked, for what it saw at that moment."""

    camera: Camera
    moment: datetime


def addressee_of(camera: Camera, contact_name: str = "") -> str:
    """`contact_name` is the owner's in the directory, which wins; else an office, else what is known of the place."""
    if contact_name:
        return contact_name
    if camera.owner is not None and camera.owner in _OFFICES:
        return _OFFICES[camera.owner]
    if camera.owner is Owner.PEMKOT_RT and camera.rt and camera.rw:
        return f"Ketua RT {camera.rt} RW {camera.rw}"
    return f"Pengelola kamera {camera.name}"


def by_owner(wanted: Iterable[Wanted], addressee: Callable[[Camera], str]) -> Mapping[str, Sequence[Wanted]]:
    """One letter an owner, by how it addresses him."""
    found: dict[str, list[Wanted]] = {}
    for one in wanted:
        found.setdefault(addressee(one.camera), []).append(one)
    return found
