"""The settings of the map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, field_validator
from pydantic_core import PydanticCustomError

from tmcwall.domain.settings_fault import SettingReason
from tmcwall.setting_help import SettingHelp


class MapSettings(BaseModel):
    """A part of `Settings`."""

    map_tiles: Annotated[
        Path | None,
        SettingHelp(
            "Berkas ubin peta bergambar (.mbtiles atau .pmtiles). Kosong: peta tanpa ubin.",
            "File of raster map tiles (.mbtiles or .pmtiles). Empty: the map has none.",
        ),
    ] = None
    map_layers: Annotated[
        Path | None,
        SettingHelp(
            "Folder berkas GeoJSON (jalan, batas kelurahan) untuk peta. Kosong: tanpa lapisan.",
            "Folder of GeoJSON files (streets, boundaries) for the map. Empty: none.",
        ),
    ] = None
    map_attribution: Annotated[
        str,
        Field(max_length=200),
        SettingHelp(
            'Sumber data peta yang wajib disebut, misalnya "© kontributor OpenStreetMap (ODbL)"; ditambah yang tertulis'
            " di berkas petanya.",
            'Source of the map that has to be named, for example "© OpenStreetMap contributors (ODbL)"; beside what its'
            " files say.",
        ),
    ] = ""

    @field_validator("map_tiles", "map_layers", mode="before")
    @classmethod
    def _no_map_path_is_empty(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("map_tiles", "map_layers")
    @classmethod
    def _map_path_is_absolute(cls, path: Path | None) -> Path | None:
        if path is None:
            return None
        path = path.expanduser()
        if not path.is_absolute():
            raise PydanticCustomError(SettingReason.NOT_ABSOLUTE.value, "must be an absolute path")
        return path
