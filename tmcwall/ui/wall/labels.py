"""The labels that lie on a tile, painted once when their words change and then laid over each picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from tmcwall.domain.health import TileState
from tmcwall.domain.incident import Drill
from tmcwall.texts import Translator
from tmcwall.texts import incidents as incident_texts
from tmcwall.texts import wall as texts
from tmcwall.texts.states import STATES
from tmcwall.ui import theme
from tmcwall.ui.console.incident_icons import paint_incident
from tmcwall.ui.marks import paint_shape
from tmcwall.ui.wall.model import Marker, TileCamera

_PLATE = QColor(11, 13, 15, 205)
_DENSE_PLATE = QColor(11, 13, 15, 235)


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of the labels of a tile in pixels, from its height: readable at 3 m where the tile is large enough."""

    line: int
    text: int
    pad: int
    word: int
    frame: int
    """The frame of an alarm. The labels lie inside it, whether there is one or not: they stay where they are."""

    @classmethod
    def of(cls, tile_height: int, *, density: float = 1.0) -> Scale:
        """`density` is the device pixels to a pixel of the desktop: on a finer monitor letters have more of them."""
        height = tile_height / density
        line = max(20, min(48, _in_steps(height * 0.08)))
        pad = max(theme.SPACE, _in_steps(line / 6))
        frame = max(theme.SPACE, min(3 * theme.SPACE, _in_steps(height / 90)))
        sizes = {"line": line, "text": round(line * 0.64), "pad": pad, "word": round(line * 0.82), "frame": frame}
        return cls(**{name: round(size * density) for name, size in sizes.items()})


def caption(camera: TileCamera, *, width: int, scale: Scale, strip: bool) -> QImage:
    """Number and name; a chip as wide as its words, or a strip over the whole width."""
    number_font = theme.font(scale.text, strong=True)
    name_font = theme.font(scale.text, strong=strip)
    number = "" if camera.number is None else str(camera.number)
    number_width = QFontMetricsF(number_font).horizontalAdvance(number) + 2 * scale.pad if number else 0.0
    room = width - number_width - 2 * scale.pad
    metrics = QFontMetricsF(name_font)
    name = metrics.elidedText(camera.name, Qt.TextElideMode.ElideRight, room)
    full = number_width + metrics.horizontalAdvance(name) + 2 * scale.pad
    image = _empty(width if strip else min(width, round(full)), scale.line)
    painter = _painter(image)
    image_width = image.width()
    painter.fillRect(0, 0, image_width, scale.line, _DENSE_PLATE if strip else _PLATE)
    if number:
        painter.fillRect(QRectF(0, 0, number_width, scale.line), QColor(theme.RAISED))
        painter.setFont(number_font)
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(QRectF(0, 0, number_width, scale.line), Qt.AlignmentFlag.AlignCenter, number)
    painter.setFont(name_font)
    painter.setPen(QColor(theme.TEXT))
    box = QRectF(number_width + scale.pad, 0, image_width - number_width - scale.pad, scale.line)
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
    painter.end()
    return image


def status(
    state: TileState, *, age: str, cause: str, translate: Translator, width: int, scale: Scale, strip: bool
) -> QImage:
    """Shape and word of a state, then age and cause: a strip over the whole width, or a block for the middle."""
    style = theme.STATES[state]
    word_font = theme.font(scale.word, strong=True)
    text_font = theme.font(scale.text)
    word_metrics, text_metrics = QFontMetricsF(word_font), QFontMetricsF(text_font)
    mark = scale.word
    bar = max(4, scale.pad)
    room = width - bar - 3 * scale.pad - mark - (0 if strip else scale.pad)
    word = word_metrics.elidedText(translate(STATES[state].word), Qt.TextElideMode.ElideRight, room)
    rest = " · ".join(part for part in (age, cause) if part)
    inner = width - bar - 2 * scale.pad
    lines = _wrap(rest, text_metrics, inner) if rest else []
    line_height = round(text_metrics.height() * 1.12)
    word_height = round(scale.line * 1.15)
    height = word_height + line_height * len(lines) + (scale.pad if lines else 0)
    widest = max([
        bar + 3 * scale.pad + mark + word_metrics.horizontalAdvance(word) + scale.pad,
        *(bar + 2 * scale.pad + text_metrics.horizontalAdvance(line) + scale.pad for line in lines),
    ])  # fmt: skip
    image = _empty(width if strip else min(width, round(widest)), height)
    painter = _painter(image)
    painter.fillRect(image.rect(), _DENSE_PLATE)
    painter.fillRect(0, 0, bar, height, QColor(style.colour))
    left = bar + scale.pad
    paint_shape(painter, style, QRectF(left, (word_height - mark) / 2, mark, mark))
    painter.setFont(word_font)
    painter.setPen(QColor(style.colour))
    word_box = QRectF(left + mark + scale.pad, 0, image.width(), word_height)
    painter.drawText(word_box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, word)
    painter.setFont(text_font)
    painter.setPen(QColor(theme.TEXT))
    for index, line in enumerate(lines):
        box = QRectF(left, word_height + index * line_height, image.width(), line_height)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, line)
    painter.end()
    return image


def replay(word: str, rest: str, *, width: int, scale: Scale) -> QImage:
    """The mark of a recording: a full strip of its own colour, as no live tile has."""
    word_font, text_font = theme.font(scale.word, strong=True), theme.font(scale.text)
    word_height = round(scale.line * 1.15)
    line_height = round(QFontMetricsF(text_font).height() * 1.2)
    image = _empty(width, word_height + line_height)
    painter = _painter(image)
    painter.fillRect(image.rect(), QColor(theme.REPLAY.colour))
    left, mark = 2 * scale.pad, scale.word
    white = theme.Style(theme.TEXT, theme.REPLAY.shape)
    paint_shape(painter, white, QRectF(left, (word_height - mark) / 2, mark, mark))
    painter.setPen(QColor(theme.TEXT))
    for font, text, box in (
        (word_font, word, QRectF(left + mark + scale.pad, 0, width - left - mark - 2 * scale.pad, word_height)),
        (text_font, rest, QRectF(left, word_height, width - left - scale.pad, line_height)),
    ):
        painter.setFont(font)
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    painter.end()
    return image


def markers(shown: tuple[Marker, ...], *, translate: Translator, width: int, scale: Scale) -> QImage:
    """The most severe incident with its type and source, how many more there are, and whether it is a drill."""
    first = shown[0]
    style = theme.SEVERITIES[first.severity]
    line = scale.line + theme.SPACE
    bold = theme.font(scale.text, strong=True)
    metrics = QFontMetricsF(bold)
    more = translate(texts.MORE_INCIDENTS, count=len(shown) - 1) if len(shown) > 1 else ""
    badge = "" if first.drill is Drill.ACTUAL else translate(incident_texts.DRILLS[first.drill])
    badge_width = metrics.horizontalAdvance(badge) + 2 * scale.pad if badge else 0.0
    more_width = metrics.horizontalAdvance(more) + scale.pad if more else 0.0
    head = line + scale.pad * 0.5 + line * 0.8 + scale.pad
    kind = translate(incident_texts.TYPES[first.type])
    text = f"{kind} · {translate(incident_texts.SOURCES[first.source])}"
    text = metrics.elidedText(
        text, Qt.TextElideMode.ElideRight, width - head - badge_width - more_width - 2 * scale.pad
    )  # fmt: skip
    full = badge_width + head + metrics.horizontalAdvance(text) + more_width + 2 * scale.pad
    image = _empty(min(width, round(full)), line)
    painter = _painter(image)
    painter.fillRect(image.rect(), QColor(style.colour))
    left = 0.0
    if badge:
        box = QRectF(0, 0, badge_width, line)
        painter.fillRect(box, QColor(theme.TEXT))
        painter.fillRect(box.adjusted(2, 2, -2, -2), QColor(theme.ON_COLOUR))
        painter.setFont(bold)
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, badge)
        left = badge_width
    paint_incident(painter, first.type, QRectF(left, 0, line, line))
    left += line + scale.pad * 0.5
    mark = line * 0.72
    plain = theme.Style(theme.ON_COLOUR, style.shape)
    paint_shape(painter, plain, QRectF(left, (line - mark) / 2, mark, mark))
    left += line * 0.8 + scale.pad * 0.5
    painter.setFont(bold)
    painter.setPen(QColor(theme.ON_COLOUR))
    words = f"{text}  {more}" if more else text
    box = QRectF(left, 0, image.width() - left, line)
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
    painter.end()
    return image


def notice(text: str, *, width: int, scale: Scale, strong: bool = False) -> QImage:
    """A short sentence on a plate, as wide as its words."""
    font = theme.font(scale.word if strong else scale.text, strong=strong)
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - 4 * scale.pad)
    height = round(metrics.height() + 2 * scale.pad)
    image = _empty(min(width, round(metrics.horizontalAdvance(text) + 4 * scale.pad)), height)
    painter = _painter(image)
    painter.fillRect(image.rect(), _DENSE_PLATE if strong else _PLATE)
    painter.setFont(font)
    painter.setPen(QColor(theme.TEXT if strong else theme.TEXT_SOFT))
    painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return image


def _in_steps(pixels: float) -> int:
    """The next whole step of spacing."""
    return math.ceil(pixels / theme.SPACE) * theme.SPACE


def lines(shown: Sequence[str], *, width: int, height: int, scale: Scale) -> QImage:
    """Plain lines on a plate, as wide as the longest, and as many as there is room for."""
    font = theme.font(scale.text)
    metrics = QFontMetricsF(font)
    shown = shown[: max(1, (height - scale.pad) // round(metrics.height() * 1.12))]
    room = width - 2 * scale.pad
    texts_shown = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, room) for line in shown]
    widest = max(map(metrics.horizontalAdvance, texts_shown))
    line_height = round(metrics.height() * 1.12)
    image = _empty(min(width, round(widest + 2 * scale.pad)), line_height * len(texts_shown) + scale.pad)
    painter = _painter(image)
    painter.fillRect(image.rect(), _DENSE_PLATE)
    painter.setFont(font)
    painter.setPen(QColor(theme.TEXT))
    for index, line in enumerate(texts_shown):
        box = QRectF(scale.pad, scale.pad / 2 + index * line_height, image.width(), line_height)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, line)
    painter.end()
    return image


def _wrap(text: str, metrics: QFontMetricsF, room: float) -> list[str]:
    """At most two lines, broken between words, the last one shortened."""
    if metrics.horizontalAdvance(text) <= room:
        return [text]
    words = text.split(" ")
    first = words[0]
    count = 1
    while count < len(words) and metrics.horizontalAdvance(f"{first} {words[count]}") <= room:
        first = f"{first} {words[count]}"
        count += 1
    second = metrics.elidedText(" ".join(words[count:]), Qt.TextElideMode.ElideRight, room)
    return [first.removesuffix(" ·"), second.removeprefix("· ")]


def _empty(width: int, height: int) -> QImage:
    image = QImage(max(1, width), max(1, height), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _painter(image: QImage) -> QPainter:
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    return painter
