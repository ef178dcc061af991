"""How a map is drawn, layer by layer, from the ground up."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap, QTransform

from tmcwall.domain.health import TileState
from tmcwall.domain.incident import Drill, IncidentType, Severity
from tmcwall.domain.mercator import TILE, metres_per_pixel, position_of, world_length, world_of
from tmcwall.texts import Translator
from tmcwall.texts import incidents as incident_texts
from tmcwall.texts import map as texts
from tmcwall.ui import theme
from tmcwall.ui.console.incident_icons import paint_incident
from tmcwall.ui.map.atlas import Atlas
from tmcwall.ui.map.camera_field import CameraField, Cluster
from tmcwall.ui.map.layers import MapSector
from tmcwall.ui.map.model import MapModel, PlacedIncident, PlacedLayer
from tmcwall.ui.map.pictures import Background, MapPictures, TileKey
from tmcwall.ui.map.viewport import PATH_UNIT, Viewport
from tmcwall.ui.marks import paint_shape

SECTORS_FROM: Final = 16.0
"""Farther away the symbols' noses say where cameras look."""
_MOST_SECTORS: Final = 300
_MOST_IN_MOTION: Final = 120
_LEAST_RANGE_M: Final = 20.0
_GRID: Final = 64
_ANCESTORS: Final = 6
"""So many steps up a tile is looked for that can stand in for one that is not there."""
INCIDENT: Final = 34
"""Pixels of its plate."""
MARK: Final = 18
CLUSTER: Final = 46
_NICE: Final = (1, 2, 5)
_DARK: Final = frozenset({TileState.LOST, TileState.STALE, TileState.FROZEN, TileState.BLACK, TileState.OUTAGE})


def paint_ground(painter: QPainter, viewport: Viewport) -> None:
    """What is there before any picture has come, and where none is."""
    painter.fillRect(0, 0, viewport.width, viewport.height, QColor(theme.BACKGROUND))
    painter.setPen(QPen(QColor("#1b2126"), 1))
    for x in range(-round(viewport.left) % _GRID, viewport.width, _GRID):
        painter.drawLine(x, 0, x, viewport.height)
    for y in range(-round(viewport.top) % _GRID, viewport.height, _GRID):
        painter.drawLine(0, y, viewport.width, y)


def paint_tiles(painter: QPainter, viewport: Viewport, pictures: MapPictures, *, ratio: float) -> list[TileKey]:
    """Those that are here, else a larger one in their place; the keys of what is not, from the middle outwards."""
    opened = pictures.map
    if not opened.has_tiles:
        return []
    zoom = max(opened.least_zoom, min(opened.most_zoom, round(viewport.zoom + math.log2(ratio))))
    count = 2**zoom
    size = viewport.scale / count
    if size < TILE / 8:  # the file begins much nearer: nothing of it could be made out
        return []
    left, top = viewport.left, viewport.top
    first_x, last_x = max(0, math.floor(left / size)), min(count - 1, math.floor((left + viewport.width) / size))
    first_y, last_y = max(0, math.floor(top / size)), min(count - 1, math.floor((top + viewport.height) / size))
    missing = []
    for y in range(first_y, last_y + 1):
        above, below = round(y * size - top), round((y + 1) * size - top)
        for x in range(first_x, last_x + 1):
            before, after = round(x * size - left), round((x + 1) * size - left)
            target = QRectF(before, above, after - before, below - above)
            if not pictures.is_known((zoom, x, y)):
                missing.append((zoom, x, y))
            _paint_tile(painter, (zoom, x, y), target, pictures)
    middle_x, middle_y = (left + viewport.width / 2) / size - 0.5, (top + viewport.height / 2) / size - 0.5
    return sorted(missing, key=lambda key: math.hypot(key[1] - middle_x, key[2] - middle_y))


def _paint_tile(painter: QPainter, key: TileKey, target: QRectF, pictures: MapPictures) -> None:
    zoom, x, y = key
    for up in range(_ANCESTORS + 1):
        image = pictures.tile((zoom - up, x >> up, y >> up)) if zoom >= up else None
        if image is not None:
            part = image.width() / 2**up
            source = QRectF((x % 2**up) * part, (y % 2**up) * part, part, part)
            painter.drawImage(target, image, source)
            return


def paint_background(painter: QPainter, viewport: Viewport, background: Background) -> None:
    """Where it belongs; another zoom's is stretched until its own has come."""
    made = background.viewport
    x, y = viewport.to_screen(made.to_world(0, 0))
    if made.zoom == viewport.zoom:
        painter.drawImage(QPointF(round(x), round(y)), background.image)
        return
    factor = viewport.scale / made.scale
    painter.drawImage(QRectF(x, y, made.width * factor, made.height * factor), background.image)


def paint_areas(painter: QPainter, viewport: Viewport, layers: Sequence[PlacedLayer], translate: Translator) -> None:
    scale = viewport.scale / PATH_UNIT
    place = QTransform(scale, 0, 0, scale, -viewport.left, -viewport.top)
    for layer in layers:
        for placed in layer.areas:
            area = placed.area
            path = place.map(placed.path)
            if not path.boundingRect().intersects(QRectF(0, 0, viewport.width, viewport.height)):
                continue
            colour = QColor(area.colour)
            pen = QPen(colour, 2.5, Qt.PenStyle.DashLine if area.dashed else Qt.PenStyle.SolidLine)
            painter.setPen(pen)
            colour.setAlpha(46)
            painter.setBrush(colour)
            painter.drawPath(path)
            words = [translate(incident_texts.DRILLS[area.drill])] if area.drill is not Drill.ACTUAL else []
            words += [area.label] if area.label else []
            if area.ends_at is not None:
                words.append(translate(texts.UNTIL, time=translate.zone.time_of_day(area.ends_at)))
            if words:
                paint_label(painter, path.boundingRect().center(), " · ".join(words), viewport)
        for sector in layer.layer.sectors:
            _paint_sector(painter, viewport, sector, filled=True)


def paint_camera_sectors(painter: QPainter, viewport: Viewport, field: CameraField, *, smooth: bool) -> None:
    """Of those in view, if they are few enough to be told apart. Of a dark camera only the outline: it sees nothing.

    Smoothed, where the map rests, they take four times as long; in motion fewer are few enough.
    """
    shown = field.in_view(viewport)
    if viewport.zoom < SECTORS_FROM or len(shown) > (_MOST_SECTORS if smooth else _MOST_IN_MOTION):
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
    for place in shown:
        camera, state = field.cameras[place], field.state_of(int(place))
        if camera.position is None or camera.view is None:
            continue
        view = camera.view
        known = view.bearing_deg is not None and view.fov_deg is not None
        sector = MapSector(
            camera.position,
            max(_LEAST_RANGE_M, view.range_m if known else view.range_m / 2),
            theme.STATES[state].colour,
            view.bearing_deg or 0.0,
            view.fov_deg if known and view.fov_deg is not None else 360.0,
        )
        _paint_sector(painter, viewport, sector, filled=state not in _DARK)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_sector(painter: QPainter, viewport: Viewport, sector: MapSector, *, filled: bool) -> None:
    x, y = viewport.to_screen(world_of(sector.position))
    radius = world_length(sector.range_m, lat=sector.position.lat) * viewport.scale
    box = QRectF(x - radius, y - radius, 2 * radius, 2 * radius)
    colour = QColor(sector.colour)
    colour.setAlpha(150)
    painter.setPen(QPen(colour, 1, Qt.PenStyle.SolidLine if filled else Qt.PenStyle.DashLine))
    colour.setAlpha(44)
    painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
    if sector.fov_deg >= 360:
        painter.drawEllipse(box)
        return
    start = 90 - sector.bearing_deg - sector.fov_deg / 2
    painter.drawPie(box, round(start * 16), round(sector.fov_deg * 16))


def paint_cameras(painter: QPainter, viewport: Viewport, field: CameraField, atlas: Atlas) -> None:
    shown = field.in_view(viewport)
    x, y = field.x[shown] * viewport.scale - viewport.left, field.y[shown] * viewport.scale - viewport.top
    atlas.draw(painter, x, y, states=field.state[shown], bearings=field.bearing[shown])
    for cluster in field.clusters_in_view(viewport):
        middle_x, middle_y = viewport.to_screen(cluster.middle)
        ratio = painter.device().devicePixelRatioF()
        picture = _cluster_picture(cluster.total, cluster.live, cluster.dead, ratio)
        painter.drawPixmap(QPointF(round(middle_x - CLUSTER / 2), round(middle_y - CLUSTER / 2)), picture)


@lru_cache(maxsize=1024)
def _cluster_picture(total: int, live: int, dead: int, ratio: float) -> QPixmap:
    """How many, in a ring whose parts are those live and those in trouble; how many of the latter, with a cross."""
    pixmap = QPixmap(round(CLUSTER * ratio), round(CLUSTER * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(4, 4, CLUSTER - 8, CLUSTER - 8)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.BACKGROUND))
    painter.drawEllipse(box)
    start = 90.0
    ring = box.adjusted(1.5, 1.5, -1.5, -1.5)
    parts = ((dead, theme.VERMILLION), (live, theme.GREEN), (total - live - dead, theme.GREY))
    for number, colour in parts:
        span = 360 * number / total
        pen = QPen(QColor(colour), 3.5)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawArc(ring, round((start - span) * 16), round(span * 16))
        start -= span
    painter.setPen(QColor(theme.TEXT))
    painter.setFont(theme.font(theme.SMALL, strong=True))
    top = box.adjusted(0, -1, 0, -9) if dead else box
    painter.drawText(top, Qt.AlignmentFlag.AlignCenter, _short(total))
    if dead:
        painter.setFont(theme.font(theme.SMALL - 2, strong=True))
        painter.setPen(QColor("#ff9a66"))  # vermillion as small text on the dark disc: 8:1
        painter.drawText(box.adjusted(0, 15, 0, 0), Qt.AlignmentFlag.AlignCenter, f"✕{_short(dead)}")
    painter.end()
    return pixmap


def _short(number: int) -> str:
    return str(number) if number < 10_000 else f"{number // 1000}k"


def cluster_words(cluster: Cluster, translate: Translator) -> str:
    return translate(texts.CLUSTER, total=cluster.total, live=cluster.live, dead=cluster.dead)


def paint_marks(painter: QPainter, viewport: Viewport, layers: Sequence[PlacedLayer], translate: Translator) -> None:
    for layer in layers:
        for placed in layer.marks:
            x, y = viewport.to_screen(placed.point)
            if not (-MARK < x < viewport.width + MARK and -MARK < y < viewport.height + MARK):
                continue
            box = QRectF(x - MARK / 2, y - MARK / 2, MARK, MARK)
            painter.setPen(QPen(QColor(theme.TEXT_SOFT), 1))
            painter.setBrush(QColor(theme.SURFACE))
            painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), theme.SPACE, theme.SPACE)
            paint_shape(painter, placed.mark.style, box)
            words = placed.mark.label
            if placed.mark.drill is not Drill.ACTUAL:
                words = f"{translate(incident_texts.DRILLS[placed.mark.drill])} {words}".strip()
            if words:
                paint_label(painter, QPointF(x, y + MARK + 6), words, viewport)


def paint_incidents(painter: QPainter, viewport: Viewport, model: MapModel, translate: Translator) -> None:
    """The most severe above the others."""
    for placed in reversed(model.incidents):
        x, y = viewport.to_screen(placed.point)
        incident = placed.incident
        radius = placed.accuracy * viewport.scale
        reach = max(radius, INCIDENT)
        if not (-reach < x < viewport.width + reach and -reach < y < viewport.height + reach):
            continue
        if radius > INCIDENT / 2:
            colour = QColor(theme.SEVERITIES[incident.severity].colour)
            painter.setPen(QPen(colour, 1.5, Qt.PenStyle.DashLine))
            colour.setAlpha(28)
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(x, y), radius, radius)
        ratio = painter.device().devicePixelRatioF()
        picture = _incident_picture(incident.type, incident.severity, ratio)
        painter.drawPixmap(QPointF(round(x - INCIDENT / 2 - 6), round(y - INCIDENT / 2 - 6)), picture)
        if incident.drill is not Drill.ACTUAL:
            paint_badge(painter, QPointF(x, y + INCIDENT / 2 + 9), translate(incident_texts.DRILLS[incident.drill]))


@lru_cache(maxsize=128)
def _incident_picture(kind: IncidentType, severity: Severity, ratio: float) -> QPixmap:
    side = INCIDENT + 12
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(6, 6, INCIDENT, INCIDENT)
    style = theme.SEVERITIES[severity]
    painter.setPen(QPen(QColor(style.colour), 3))
    painter.setBrush(QColor(theme.RAISED))
    painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), 6, 6)
    paint_incident(painter, kind, box.adjusted(1, 1, -1, -1))
    corner = QRectF(side - 17, 0, 16, 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.BACKGROUND))
    painter.drawEllipse(corner)
    paint_shape(painter, style, corner.adjusted(2, 2, -2, -2))
    painter.end()
    return pixmap


def incident_words(placed: PlacedIncident, translate: Translator) -> str:
    incident = placed.incident
    words = [translate(incident_texts.TYPES[incident.type]), translate(incident_texts.SEVERITIES[incident.severity])]
    if incident.drill is not Drill.ACTUAL:
        words.insert(0, translate(incident_texts.DRILLS[incident.drill]))
    return " · ".join(words)


def paint_badge(painter: QPainter, middle: QPointF, words: str) -> None:
    """In the colour of drills; black on it."""
    font = theme.font(theme.SMALL - 2, strong=True)
    metrics = QFontMetricsF(font)
    box = QRectF(0, 0, metrics.horizontalAdvance(words) + 8, metrics.height())
    box.moveCenter(middle)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.YELLOW))
    painter.drawRoundedRect(box, 3, 3)
    painter.setFont(font)
    painter.setPen(QColor(theme.ON_COLOUR))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def paint_label(painter: QPainter, middle: QPointF, words: str, viewport: Viewport, *, strong: bool = False) -> None:
    """On a plate of its own, kept inside the view."""
    font = theme.font(theme.SMALL, strong=strong)
    metrics = QFontMetricsF(font)
    most = viewport.width - 4.0 * theme.SPACE
    shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, most - 4 * theme.SPACE)
    box = QRectF(0, 0, metrics.horizontalAdvance(shown) + 4 * theme.SPACE, metrics.height() + 2 * theme.SPACE)
    box.moveCenter(middle)
    box.moveLeft(max(theme.SPACE, min(viewport.width - theme.SPACE - box.width(), box.left())))
    box.moveTop(max(theme.SPACE, min(viewport.height - theme.SPACE - box.height(), box.top())))
    painter.setPen(QPen(QColor(theme.ACCENT if strong else theme.BORDER), 1))
    painter.setBrush(QColor(theme.SURFACE))
    painter.drawRoundedRect(box, theme.SPACE, theme.SPACE)
    painter.setFont(font)
    painter.setPen(QColor(theme.TEXT))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)


def paint_frame(painter: QPainter, viewport: Viewport, words: Sequence[str], translate: Translator) -> None:
    """At the bottom: how long a kilometre is, and whose data is shown, which has to be readable in every picture."""
    metres, pixels = scale_bar(viewport)
    font = theme.font(theme.SMALL - 1)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    bottom = viewport.height - 2 * theme.SPACE
    label = translate(texts.KILOMETRES, number=metres // 1000) if metres >= 1000 else f"{metres} m"
    wide = max(pixels, metrics.horizontalAdvance(label)) + 12
    plate = QRectF(2 * theme.SPACE, bottom - metrics.height() - 6, wide, 0)
    plate.setBottom(bottom)
    veil = QColor(theme.BACKGROUND)
    veil.setAlpha(205)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(veil)
    painter.drawRoundedRect(plate, 3, 3)
    painter.setPen(QPen(QColor(theme.TEXT), 2))
    left = plate.left() + 6
    painter.drawLine(QPointF(left, bottom - 4), QPointF(left + pixels, bottom - 4))
    painter.drawText(plate.adjusted(6, 0, 0, -5), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label)
    room = viewport.width - plate.right() - 8 * theme.SPACE
    lines = wrapped(words, metrics.horizontalAdvance, room)
    for number, line in enumerate(reversed(lines)):
        wide = metrics.horizontalAdvance(line) + 10
        box = QRectF(viewport.width - wide - theme.SPACE, 0, wide, metrics.height() + 2)
        box.moveBottom(bottom - number * (metrics.height() + 2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(veil)
        painter.drawRect(box)
        painter.setPen(QColor(theme.TEXT_SOFT))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, line)


def scale_bar(viewport: Viewport) -> tuple[int, float]:
    """A round number of metres and the pixels it is long in the middle of the view: 40 to 100, as far as it goes."""
    each = metres_per_pixel(viewport.zoom, lat=position_of(viewport.centre).lat)
    most = 100 * each
    power = 10 ** math.floor(math.log10(max(1.0, most)))
    metres = max((factor * power for factor in _NICE if factor * power <= most), default=power)
    return metres, metres / each


def wrapped(words: Sequence[str], width_of: Callable[[str], float], room: float) -> list[str]:
    """Parts in as few lines as they fit in; a part that is too long by itself is broken between its words."""
    lines: list[str] = []
    for part in words:
        joined = f"{lines[-1]} · {part}" if lines else part
        if lines and width_of(joined) <= room:
            lines[-1] = joined
            continue
        line = ""
        for word in part.split():
            longer = f"{line} {word}".strip()
            if line and width_of(longer) > room:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines
