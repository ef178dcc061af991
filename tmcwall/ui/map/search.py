"""What a text means on the map: incidents, kelurahan, cameras, or a position as it is typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tmcwall.domain.camera import Position
from tmcwall.domain.region import Regions
from tmcwall.texts import Translator
from tmcwall.texts import incidents as incident_texts
from tmcwall.texts import map as texts
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.incident_form import read_position
from tmcwall.ui.console.incident_list import place_text
from tmcwall.ui.map.model import MapModel
from tmcwall.ui.map.spots import SpotKey, SpotKind
from tmcwall.ui.services import CameraService

MOST: Final = 12
_OF_EACH: Final = 5


@dataclass(frozen=True, slots=True)
class Found:
    """`position` is None for a camera that is on no map."""

    words: str
    position: Position | None
    key: SpotKey | None = None
    name: str = ""


class MapSearch:
    """Over what the officer on duty may see."""

    def __init__(
        self,
        model: MapModel,
        cameras: CameraService,
        regions: Regions,
        *,
        region_name: RegionName,
        translate: Translator,
    ) -> None:
        self._model = model
        self._cameras = cameras
        self._regions = regions
        self._region_name = region_name
        self._translate = translate

    def find(self, text: str) -> Sequence[Found]:
        """The best first, at most `MOST`."""
        words = text.strip()
        if not words:
            return ()
        position = read_position(words)
        if position is not None:
            return (Found(self._translate(texts.FOUND_POSITION, text=words), position),)
        places, cameras = self._places(words), self._of_cameras(words)
        first = (*cameras, *places) if words.isdecimal() else (*places, *cameras)
        return (*self._of_incidents(words), *first)[:MOST]

    def _of_incidents(self, words: str) -> list[Found]:
        found = []
        for placed in self._model.incidents:
            incident = placed.incident
            what = self._translate(incident_texts.TYPES[incident.type])
            place = place_text(incident.place, region_name=self._region_name, translate=self._translate)
            if all(word in f"{what} {place} {incident.external_id}".casefold() for word in words.casefold().split()):
                said = self._translate(texts.FOUND_INCIDENT, what=what, place=place)
                key = SpotKey(SpotKind.INCIDENT, incident.id)
                found.append(Found(said, incident.place.position, key))
        return found[:_OF_EACH]

    def _places(self, words: str) -> list[Found]:
        return [
            Found(
                self._translate(texts.FOUND_REGION, name=one.name, kecamatan=one.kecamatan, town=one.town), one.centre
            )
            for one in self._regions.search(words)[:_OF_EACH]
            if one.centre is not None
        ]

    def _of_cameras(self, words: str) -> list[Found]:
        found = []
        for camera in self._cameras.search(words)[:MOST]:
            if self._cameras.lifecycle(camera.id).hidden:
                continue
            said = self._translate(texts.FOUND_CAMERA, number=camera.number or "", name=camera.name)
            key = SpotKey(SpotKind.CAMERA, camera.id)
            found.append(Found(" ".join(said.split()), camera.position, key, camera.name))
        return found
