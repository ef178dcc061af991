"""Raster tiles out of one file: MBTiles (a SQLite file) or PMTiles (one file with its own directory)."""

from __future__ import annotations

import gzip
import json
import mmap
import re
import sqlite3
import zlib
from collections import OrderedDict
from html import unescape
from pathlib import Path
from typing import Final, Protocol

from pmtiles.tile import (
    Compression,
    Entry,
    HeaderDict,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

from tmcwall.maps.problem import MapProblem, MapRefusal

DEEPEST: Final = 22
_LARGEST_TILE: Final = 4 << 20
"""Bytes."""
_LARGEST_METADATA: Final = 1 << 20
_LARGEST_DIRECTORY: Final = 1 << 20
_DIRECTORIES_KEPT: Final = 32
_DEEPEST_DIRECTORY: Final = 4
_PMTILES_HEADER: Final = 127
_MBTILES_PICTURES: Final = frozenset({"png", "jpg", "jpeg", "webp"})
_PMTILES_PICTURES: Final = frozenset({TileType.PNG, TileType.JPEG, TileType.WEBP})
_DAMAGED: Final = (
    ValueError, KeyError, IndexError, EOFError, OverflowError, zlib.error, MagicNumberNotFound, SpecVersionUnsupported,
    gzip.BadGzipFile,
)  # fmt: skip
"""What the parts of `pmtiles` raise for a file that is damaged."""
_MARKUP: Final = re.compile(r"<[^>]*>")


class TileSource(Protocol):
    """An open file of tiles. It is used and closed in the thread that has opened it."""

    @property
    def least_zoom(self) -> int: ...
    @property
    def most_zoom(self) -> int: ...
    @property
    def attribution(self) -> str:
        """As its maker has stated it, without markup; empty where nothing is stated."""
        ...

    def tile(self, zoom: int, x: int, y: int) -> bytes | None:
        """A picture as PNG, JPEG or WebP; y counts from the north. None where there is none, or it cannot be read."""
        ...

    def close(self) -> None: ...


def open_tiles(file: Path) -> TileSource | MapProblem:
    """By what the file begins with, whatever its name is."""
    try:
        with file.open("rb") as opened:
            head = opened.read(16)
    except FileNotFoundError:
        return MapProblem(file.name, MapRefusal.MISSING)
    except OSError:
        return MapProblem(file.name, MapRefusal.UNREADABLE)
    if head.startswith(b"SQLite format 3\0"):
        return _open_mbtiles(file)
    if head.startswith(b"PMTiles"):
        return _open_pmtiles(file)
    return MapProblem(file.name, MapRefusal.UNREADABLE)


def _open_mbtiles(file: Path) -> TileSource | MapProblem:
    connection = None
    try:
        # Not `immutable`: the file may be replaced by a newer one while it is open.
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=1.0)
        rows = connection.execute("SELECT name, value FROM metadata LIMIT 1000").fetchall()
        facts = {str(name): str(value) for name, value in rows}
        least, most = connection.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
    except (sqlite3.Error, ValueError):
        if connection is not None:
            connection.close()
        return MapProblem(file.name, MapRefusal.UNREADABLE)
    if facts.get("format", "png").lower() not in _MBTILES_PICTURES:
        connection.close()
        return MapProblem(file.name, MapRefusal.VECTOR)
    if not (isinstance(least, int) and isinstance(most, int) and 0 <= least <= most <= DEEPEST):
        connection.close()
        return MapProblem(file.name, MapRefusal.UNREADABLE)
    return MbTiles(connection, least_zoom=least, most_zoom=most, attribution=_plain(facts.get("attribution", "")))


class MbTiles:
    """MBTiles 1.3. Its rows count from the south."""

    def __init__(self, connection: sqlite3.Connection, *, least_zoom: int, most_zoom: int, attribution: str) -> None:
        self._connection = connection
        self.least_zoom = least_zoom
        self.most_zoom = most_zoom
        self.attribution = attribution

    def tile(self, zoom: int, x: int, y: int) -> bytes | None:
        row = 2**zoom - 1 - y
        try:
            found = self._connection.execute(
                "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?", (zoom, x, row)
            ).fetchone()
        except sqlite3.Error:
            return None
        data = found[0] if found else None
        return data if isinstance(data, bytes) and len(data) <= _LARGEST_TILE else None

    def close(self) -> None:
        self._connection.close()


def _open_pmtiles(file: Path) -> TileSource | MapProblem:
    mapping = None
    try:
        with file.open("rb") as opened:
            mapping = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        header = deserialize_header(mapping[:_PMTILES_HEADER])
        if header["tile_type"] not in _PMTILES_PICTURES:
            mapping.close()
            return MapProblem(file.name, MapRefusal.VECTOR)
        source = PmTiles(mapping, header)
        source.look()
    except (OSError, *_DAMAGED):
        if mapping is not None:
            mapping.close()
        return MapProblem(file.name, MapRefusal.UNREADABLE)
    return source


class PmTiles:
    """PMTiles 3, by the parts of `pmtiles`; its own reader parses the directories again for every tile."""

    def __init__(self, mapping: mmap.mmap, header: HeaderDict) -> None:
        self._mapping = mapping
        self._header = header
        self._directories: OrderedDict[int, list[Entry]] = OrderedDict()
        """By offset, the one used last at the end."""
        self.least_zoom, self.most_zoom = header["min_zoom"], header["max_zoom"]
        self.attribution = ""

    def look(self) -> None:
        """Read what is said of the whole. Raises `_DAMAGED`."""
        if not 0 <= self.least_zoom <= self.most_zoom <= DEEPEST:
            raise ValueError("zoom")
        if self._header["internal_compression"] is not Compression.GZIP:
            raise ValueError("compression")
        self._directory(self._header["root_offset"], self._header["root_length"])
        packed = self._bytes(self._header["metadata_offset"], self._header["metadata_length"], _LARGEST_METADATA)
        facts = json.loads(gzip.decompress(packed)) if packed else {}
        self.attribution = _plain(str(facts.get("attribution", ""))) if isinstance(facts, dict) else ""

    def tile(self, zoom: int, x: int, y: int) -> bytes | None:
        offset, length = self._header["root_offset"], self._header["root_length"]
        try:
            tile_id = zxy_to_tileid(zoom, x, y)
            for _depth in range(_DEEPEST_DIRECTORY):
                entry = find_tile(self._directory(offset, length), tile_id)
                if entry is None:
                    return None
                if entry.run_length:
                    return self._bytes(self._header["tile_data_offset"] + entry.offset, entry.length, _LARGEST_TILE)
                offset, length = self._header["leaf_directory_offset"] + entry.offset, entry.length
        except _DAMAGED:
            return None
        return None

    def close(self) -> None:
        self._mapping.close()

    def _directory(self, offset: int, length: int) -> list[Entry]:
        known = self._directories.pop(offset, None)
        if known is None:
            known = deserialize_directory(self._bytes(offset, length, _LARGEST_DIRECTORY))
            if len(self._directories) >= _DIRECTORIES_KEPT:
                self._directories.popitem(last=False)
        self._directories[offset] = known
        return known

    def _bytes(self, offset: int, length: int, largest: int) -> bytes:
        if length > largest or offset + length > len(self._mapping):
            raise ValueError("length")
        return self._mapping[offset : offset + length]


def _plain(text: str) -> str:
    """Attributions are often links: their words remain."""
    return " ".join(unescape(_MARKUP.sub("", text)).split())[:300]
