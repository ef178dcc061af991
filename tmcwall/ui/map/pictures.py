"""The map's pictures: tiles out of a file, and a background of streets and kelurahan, made in their own thread."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter

from tmcwall.domain.region import Kelurahan
from tmcwall.domain.region_cells import cells_of
from tmcwall.log import get_logger
from tmcwall.maps.geojson import FeatureKind, VectorLayer, layer_files, read_layer
from tmcwall.maps.problem import MapProblem, MapRefusal
from tmcwall.maps.tiles import TileSource, open_tiles
from tmcwall.ui.map.vector import VectorMap
from tmcwall.ui.map.viewport import Viewport

log = get_logger(__name__)

TILE_BYTES_KEPT: Final = 64 << 20
_LARGEST_SIDE: Final = 1024
"""Pixels of a tile; a larger one is no tile."""

TileKey = tuple[int, int, int]
"""Zoom, x and y; y counts from the north."""


@dataclass(frozen=True, slots=True)
class MapFiles:
    """What the settings name."""

    tiles: Path | None = None
    layers: Path | None = None
    attribution: str = ""
    station: str = ""
    """Stands on printed maps."""


@dataclass(frozen=True, slots=True)
class OpenedMap:
    """What has become of the files."""

    has_tiles: bool = False
    least_zoom: int = 0
    most_zoom: int = 0
    attribution: tuple[str, ...] = ()
    problems: tuple[MapProblem, ...] = ()
    guessed: bool = True
    """Whether the boundaries of kelurahan are those of `region_cells`: none were imported."""


@dataclass(frozen=True, slots=True)
class Background:
    """Streets and kelurahan of a view, transparent where there are none. `ratio` is of its pixels to the screen's."""

    viewport: Viewport
    ratio: float
    image: QImage


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What one map shows now: what is not among it any more is not made."""

    tiles: tuple[TileKey, ...] = ()
    background: tuple[Viewport, float] | None = None


class MapPictures(QObject):
    """Shared by all maps of a program. Painters ask for what they show; what has come is told by signals.

    Until `start` it has nothing, and maps are drawn without.
    """

    opened = Signal(object)
    """OpenedMap, once."""
    tile_came = Signal()
    background_came = Signal(int, object)
    """The number of the map that has asked, and Background."""
    _opened = Signal(object)
    _tile = Signal(object, object)
    _background = Signal(int, object)

    def __init__(self, files: MapFiles, kelurahan: Sequence[Kelurahan], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files = files
        self.station = files.station
        self._kelurahan = kelurahan
        self.map = OpenedMap(attribution=(files.attribution,) if files.attribution else ())
        self._tiles: OrderedDict[TileKey, QImage | None] = OrderedDict()
        """The one used last at the end; None where the file has none."""
        self._bytes = 0
        self._numbers = 0
        self._changed = threading.Condition()
        self._wanted: dict[int, _Wanted] = {}
        self._stopping = False
        self._thread: threading.Thread | None = None
        queued = Qt.ConnectionType.QueuedConnection
        self._opened.connect(self._take_opened, queued)
        self._tile.connect(self._take_tile, queued)
        self._background.connect(self._take_background, queued)

    def start(self) -> None:
        """Open the files; `opened` follows."""
        self._thread = threading.Thread(target=self._run, name="map-pictures", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """The thread ends after the picture that it is about."""
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def join(self, timeout_s: float) -> bool:
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def number(self) -> int:
        """For one map, by which its background is told."""
        self._numbers += 1
        return self._numbers

    def tile(self, key: TileKey) -> QImage | None:
        """If it is here; `ask` for the others."""
        image = self._tiles.get(key)
        if image is not None:
            self._tiles.move_to_end(key)
        return image

    def is_known(self, key: TileKey) -> bool:
        """Whether it is here, or is known to be nowhere."""
        return key in self._tiles

    def ask(self, number: int, tiles: Sequence[TileKey], background: tuple[Viewport, float] | None) -> None:
        """What a map lacks of all that it shows now; it replaces what that map has asked before."""
        wanted = _Wanted(tuple(tiles), background)
        with self._changed:
            if self._wanted.get(number, _Wanted()) != wanted:
                self._wanted[number] = wanted
                self._changed.notify()

    def forget(self, number: int) -> None:
        """That map is closed, or hidden."""
        with self._changed:
            self._wanted.pop(number, None)

    @Slot(object)
    def _take_opened(self, opened: OpenedMap) -> None:
        self.map = opened
        self.opened.emit(opened)

    @Slot(object, object)
    def _take_tile(self, key: TileKey, image: QImage | None) -> None:
        self._tiles[key] = image
        self._bytes += _size(image)
        while self._bytes > TILE_BYTES_KEPT and len(self._tiles) > 1:
            _key, dropped = self._tiles.popitem(last=False)
            self._bytes -= _size(dropped)
        self.tile_came.emit()

    @Slot(int, object)
    def _take_background(self, number: int, background: Background) -> None:
        if not self._stopping:
            self.background_came.emit(number, background)

    # In the thread.

    def _run(self) -> None:
        try:
            source, vector = self._open()
            try:
                self._work(source, vector)
            finally:
                if source is not None:
                    source.close()
        except Exception:
            log.exception("map pictures ended")
            raise

    def _open(self) -> tuple[TileSource | None, VectorMap]:
        files, problems = self._files, list[MapProblem]()
        source = None
        if files.tiles is not None:
            found = open_tiles(files.tiles)
            if isinstance(found, MapProblem):
                problems.append(found)
            else:
                source = found
        layers: list[VectorLayer] = []
        if files.layers is not None and not files.layers.is_dir():
            problems.append(MapProblem(files.layers.name, MapRefusal.MISSING))
        for file in layer_files(files.layers) if files.layers is not None else ():
            layer = read_layer(file)
            if isinstance(layer, MapProblem):
                problems.append(layer)
                continue
            layers.append(layer)
            if layer.skipped:
                problems.append(MapProblem(file.name, MapRefusal.FEATURES_SKIPPED, layer.skipped))
        guessed = not any(feature.kind is FeatureKind.AREA for layer in layers for feature in layer.features)
        vector = VectorMap(cells_of(self._kelurahan) if guessed else (), layers, filled=source is None)
        said = [files.attribution, source.attribution if source else "", *(layer.attribution for layer in layers)]
        for problem in problems:
            log.warning("map file", file=problem.file, refusal=problem.refusal.value, count=problem.count)
        least, most = (source.least_zoom, source.most_zoom) if source is not None else (0, 0)
        attribution = tuple(dict.fromkeys(words for words in said if words))
        self._opened.emit(OpenedMap(source is not None, least, most, attribution, tuple(problems), guessed))
        return source, vector

    def _work(self, source: TileSource | None, vector: VectorMap) -> None:
        """Until the end: what is in sight is made first, and the tiles before the background of the next map."""
        while True:
            with self._changed:
                while not self._stopping and not any(one.tiles or one.background for one in self._wanted.values()):
                    self._changed.wait()
                if self._stopping:
                    return
                number, key, background = self._next()
            if background is not None:
                self._background.emit(number, _draw(vector, *background))
            elif key is not None:
                self._tile.emit(key, _decode(source.tile(*key)) if source is not None else None)

    def _next(self) -> tuple[int, TileKey | None, tuple[Viewport, float] | None]:
        """Takes one wish off the list."""
        for number, wanted in self._wanted.items():
            if wanted.background is not None:
                self._wanted[number] = _Wanted(wanted.tiles)
                return number, None, wanted.background
        for number, wanted in self._wanted.items():
            if wanted.tiles:
                self._wanted[number] = _Wanted(wanted.tiles[1:])
                return number, wanted.tiles[0], None
        return 0, None, None


def _size(image: QImage | None) -> int:
    return 0 if image is None else image.sizeInBytes()


def _decode(data: bytes | None) -> QImage | None:
    if data is None:
        return None
    image = QImage.fromData(data)
    if image.isNull() or image.width() != image.height() or image.width() > _LARGEST_SIDE:
        return None
    has_alpha = image.hasAlphaChannel()
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied if has_alpha else QImage.Format.Format_RGB32)


def _draw(vector: VectorMap, viewport: Viewport, ratio: float) -> Background:
    image = QImage(
        round(viewport.width * ratio), round(viewport.height * ratio), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    vector.paint(painter, viewport)
    painter.end()
    return Background(viewport, ratio, image)
