"""How the program looks: colours, type, spacing. Dark, one accent, readable at 3 m.

Colours of states come from the Okabe-Ito set, which colour-blind eyes can tell apart (Okabe and Ito 2008,
https://jfly.uni-koeln.de/color/); each state has a shape of its own as well, drawn by `tmcwall.ui.marks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from tmcwall.domain.health import TileState
from tmcwall.domain.incident import Severity
from tmcwall.resources import resource

FAMILY: Final = "Inter"

SPACE: Final = 4
"""Pixels. Every margin, gap and padding is a multiple of it."""

# Three sizes, in pixels. The wall scales them by the height of its tiles.
SMALL: Final = 13
BODY: Final = 15
TITLE: Final = 20

# Surfaces, from the back to the front.
WALL: Final = "#000000"
BACKGROUND: Final = "#111417"
SURFACE: Final = "#1a1f24"
RAISED: Final = "#242b32"
BORDER: Final = "#37414b"
# Text: contrast on SURFACE 14:1, 7.5:1 and 4.6:1 (WCAG 2.2 asks 4.5:1).
TEXT: Final = "#eef2f5"
TEXT_SOFT: Final = "#a9b4be"
TEXT_FAINT: Final = "#84909b"
ACCENT: Final = "#7aa2f7"
ACCENT_DARK: Final = "#203a6b"
ON_COLOUR: Final = "#0b0d0f"
"""Text on any state or severity colour."""

# Okabe-Ito.
ORANGE: Final = "#e69f00"
SKY: Final = "#56b4e9"
GREEN: Final = "#009e73"
YELLOW: Final = "#f0e442"
VERMILLION: Final = "#d55e00"
PURPLE: Final = "#cc79a7"
BLUE: Final = "#0072b2"
GREY: Final = "#9aa5ae"


class Shape(Enum):
    """What stands beside a word, so that no meaning hangs on colour alone."""

    DISC = "disc"
    RING = "ring"
    DOTS = "dots"
    HALF = "half"
    TRIANGLE = "triangle"
    CROSS = "cross"
    SQUARE = "square"
    FRAME = "frame"
    ARROW = "arrow"
    BARRED = "barred"
    DIAMOND = "diamond"
    OCTAGON = "octagon"
    PLUG = "plug"
    BARS = "bars"
    REWIND = "rewind"


@dataclass(frozen=True, slots=True)
class Style:
    """Colour (`#rrggbb`) and shape of a state or a severity."""

    colour: str
    shape: Shape


STATES: Final[Mapping[TileState, Style]] = {
    TileState.CONNECTING: Style(SKY, Shape.DOTS),
    TileState.BUILDING: Style(SKY, Shape.DOTS),
    TileState.LIVE: Style(GREEN, Shape.DISC),
    TileState.REDUCED: Style(SKY, Shape.HALF),
    TileState.STALE: Style(ORANGE, Shape.TRIANGLE),
    TileState.LOST: Style(VERMILLION, Shape.CROSS),
    TileState.FROZEN: Style(PURPLE, Shape.SQUARE),
    TileState.BLACK: Style(PURPLE, Shape.FRAME),
    TileState.MOVED: Style(YELLOW, Shape.ARROW),
    TileState.REFUSED: Style(YELLOW, Shape.BARRED),
    TileState.UNSUPPORTED: Style(YELLOW, Shape.DIAMOND),
    TileState.QUARANTINED: Style(GREY, Shape.OCTAGON),
    TileState.OUTAGE: Style(GREY, Shape.PLUG),
    TileState.PAUSED: Style(GREY, Shape.BARS),
    TileState.OFF: Style(GREY, Shape.RING),
}

SEVERITIES: Final[Mapping[Severity, Style]] = {
    Severity.MINOR: Style(SKY, Shape.RING),
    Severity.MODERATE: Style(YELLOW, Shape.DIAMOND),
    Severity.SEVERE: Style(ORANGE, Shape.TRIANGLE),
    Severity.CRITICAL: Style(VERMILLION, Shape.OCTAGON),
}


REPLAY: Final = Style(BLUE, Shape.REWIND)
"""What was recorded and is not now. The one colour that only fills surfaces, with TEXT on it."""


def font(size: int = BODY, *, strong: bool = False) -> QFont:
    """The one type family at a size in pixels; digits of equal width, so that ages and clocks do not jump."""
    result = QFont(FAMILY)
    result.setPixelSize(size)
    result.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def apply_theme(application: QApplication) -> None:
    """Load the bundled fonts, and give the whole program its palette, font and style sheet."""
    for path in sorted(resource("fonts").glob("*.otf")):
        QFontDatabase.addApplicationFont(str(path))
    application.setStyle("Fusion")
    application.setPalette(_palette())
    application.setFont(font())
    application.setStyleSheet(_STYLE_SHEET)


def _palette() -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: BACKGROUND,
        role.WindowText: TEXT,
        role.Base: SURFACE,
        role.AlternateBase: BACKGROUND,
        role.Text: TEXT,
        role.PlaceholderText: TEXT_FAINT,
        role.Button: RAISED,
        role.ButtonText: TEXT,
        role.BrightText: VERMILLION,
        role.Highlight: ACCENT_DARK,
        role.HighlightedText: TEXT,
        role.ToolTipBase: RAISED,
        role.ToolTipText: TEXT,
        role.Link: ACCENT,
        role.LinkVisited: ACCENT,
        role.Accent: ACCENT,
        role.Light: BORDER,
        role.Midlight: RAISED,
        role.Mid: BORDER,
        role.Dark: BACKGROUND,
        role.Shadow: WALL,
    }
    palette = QPalette()
    for name, colour in colours.items():
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(TEXT_FAINT))
    return palette


_STYLE_SHEET: Final = f"""
QToolTip {{ color: {TEXT}; background: {RAISED}; border: 1px solid {BORDER}; padding: {SPACE}px; }}
QLabel#title {{ font-size: {TITLE}px; font-weight: 600; }}
QLabel#soft, QLabel#hint {{ color: {TEXT_SOFT}; font-size: {SMALL}px; }}
QPushButton {{ background: {RAISED}; border: 1px solid {BORDER}; border-radius: {SPACE}px;
    padding: {SPACE}px {3 * SPACE}px; min-height: {6 * SPACE}px; }}
QPushButton:hover {{ border-color: {ACCENT}; }}
QPushButton:focus {{ border: 2px solid {ACCENT}; }}
QPushButton:pressed {{ background: {BORDER}; }}
QPushButton:default {{ background: {ACCENT}; color: {ON_COLOUR}; border-color: {ACCENT}; font-weight: 600; }}
QPushButton:disabled {{ color: {TEXT_FAINT}; background: {SURFACE}; border-color: {RAISED}; }}
QPushButton:checked {{ border-color: {ACCENT}; color: {ACCENT}; font-weight: 600; }}
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox, QDateTimeEdit {{ background: {SURFACE};
    border: 1px solid {BORDER}; border-radius: {SPACE}px; padding: {SPACE}px {2 * SPACE}px;
    min-height: {6 * SPACE}px; selection-background-color: {ACCENT_DARK}; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDateTimeEdit:focus {{
    border: 2px solid {ACCENT}; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; border: 0; }}
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{ border: 0; padding: 0; min-height: 0; background: transparent; }}
QComboBox QAbstractItemView {{ background: {RAISED}; border: 1px solid {BORDER}; }}
QTreeView, QListView, QTableView {{ background: {SURFACE}; border: 1px solid {RAISED}; outline: 0; }}
QTreeView::item, QListView::item, QTableView::item {{ padding: {SPACE}px; min-height: {6 * SPACE}px; }}
QTreeView::item:selected, QListView::item:selected, QTableView::item:selected {{ background: {ACCENT_DARK};
    color: {TEXT}; }}
QHeaderView::section {{ background: {BACKGROUND}; color: {TEXT_SOFT}; border: 0; padding: {SPACE}px {2 * SPACE}px;
    font-size: {SMALL}px; }}
QDockWidget {{ font-weight: 600; titlebar-close-icon: none; }}
QDockWidget::title {{ background: {BACKGROUND}; padding: {2 * SPACE}px; }}
QTabBar::tab {{ background: {BACKGROUND}; color: {TEXT_SOFT}; padding: {2 * SPACE}px {4 * SPACE}px;
    border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {TEXT}; border-bottom: 2px solid {ACCENT}; }}
QTabWidget::pane {{ border: 0; }}
QMainWindow::separator {{ background: {BACKGROUND}; width: {SPACE}px; height: {SPACE}px; }}
QStatusBar {{ background: {SURFACE}; color: {TEXT_SOFT}; }}
QStatusBar::item {{ border: 0; }}
QMenu {{ background: {RAISED}; border: 1px solid {BORDER}; padding: {SPACE}px; }}
QMenu::item {{ padding: {SPACE}px {4 * SPACE}px; }}
QMenu::item:selected {{ background: {ACCENT_DARK}; }}
QScrollBar:vertical {{ background: {BACKGROUND}; width: {3 * SPACE}px; margin: 0; }}
QScrollBar:horizontal {{ background: {BACKGROUND}; height: {3 * SPACE}px; margin: 0; }}
QScrollBar::handle {{ background: {BORDER}; border-radius: {SPACE}px; min-height: {6 * SPACE}px;
    min-width: {6 * SPACE}px; }}
QScrollBar::handle:hover {{ background: {TEXT_FAINT}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: none; border: 0;
    width: 0; height: 0; }}
QProgressBar {{ background: {SURFACE}; border: 1px solid {BORDER}; border-radius: {SPACE}px; text-align: center;
    min-height: {4 * SPACE}px; }}
QProgressBar::chunk {{ background: {ACCENT_DARK}; border-radius: {SPACE}px; }}
"""
