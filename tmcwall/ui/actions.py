"""Every action of the program with its key, as data; and the object that puts them on windows.

Keys are the officer's main way through the program, so they are declared once, here. The list of keys, the tool tips
and the shortcuts themselves are made from `ACTIONS`. Plain letters do not fire while a text field has the focus: a text
field claims them (QEvent.ShortcutOverride).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from tmcwall.texts import Text, Translator
from tmcwall.texts import actions as texts
from tmcwall.texts.actions import ActionText


class ActionId(StrEnum):
    DIAL = "dial"
    LAYOUT_1 = "layout_1"
    LAYOUT_2 = "layout_2"
    LAYOUT_3 = "layout_3"
    LAYOUT_4 = "layout_4"
    LAYOUT_5 = "layout_5"
    LAYOUT_6 = "layout_6"
    LAYOUT_7 = "layout_7"
    LAYOUT_8 = "layout_8"
    LAYOUT_9 = "layout_9"
    LAYOUT_10 = "layout_10"
    LAYOUT_11 = "layout_11"
    LAYOUT_12 = "layout_12"
    SAVE_LAYOUT = "save_layout"
    SEARCH = "search"
    MOVE_UP = "move_up"
    MOVE_DOWN = "move_down"
    MOVE_LEFT = "move_left"
    MOVE_RIGHT = "move_right"
    FULL_SCREEN = "full_screen"
    PAUSE = "pause"
    REPLAY_BACK = "replay_back"
    REPLAY_FORWARD = "replay_forward"
    ABOUT_TILE = "about_tile"
    CLEAR_TILE = "clear_tile"
    TAG = "tag"
    MARK_IN = "mark_in"
    MARK_OUT = "mark_out"
    NEW_INCIDENT = "new_incident"
    NEAREST = "nearest"
    ACKNOWLEDGE = "acknowledge"
    NOTE = "note"
    FOOTAGE = "footage"
    SECURE = "secure"
    CLOSE_INCIDENT = "close_incident"
    SILENCE = "silence"
    BACK = "back"
    KEYS = "keys"
    OFFICERS = "officers"
    OVERSIGHT = "oversight"
    LETTERS = "letters"
    REVIEW = "review"
    ABOUT = "about"
    CAMERA_REGISTER = "camera_register"
    CONTACTS = "contacts"
    OUTAGES = "outages"
    PATROL = "patrol"
    WALL_ORDERS = "wall_orders"
    CITY = "city"
    SERVICE_LINKS = "service_links"
    REPAIRS = "repairs"
    GO_CAMERAS = "go_cameras"
    GO_PLAN = "go_plan"
    GO_INCIDENTS = "go_incidents"
    GO_BOOKMARKS = "go_bookmarks"
    GO_WALL = "go_wall"
    SIGN_OUT = "sign_out"
    QUIT = "quit"


LAYOUT_IDS: Final = tuple(ActionId(f"layout_{number}") for number in range(1, 13))


class Scope(Enum):
    """Where a key works. A key may mean two things only in two scopes that never meet."""

    EVERYWHERE = "everywhere"
    WALL = "wall"
    """On a wall window."""
    INCIDENTS = "incidents"
    """While the incident queue has the focus."""


class Group(Enum):
    """The headings of the list of keys, in their order."""

    CAMERAS = texts.GROUP_CAMERAS
    TILES = texts.GROUP_TILES
    TAGGING = texts.GROUP_TAGGING
    INCIDENTS = texts.GROUP_INCIDENTS
    PROGRAM = texts.GROUP_PROGRAM


@dataclass(frozen=True, slots=True)
class Action:
    """One thing an officer can ask for. `keys` are portable QKeySequence texts, the first one is shown."""

    id: ActionId
    keys: tuple[str, ...]
    scope: Scope
    group: Group
    text: ActionText
    number: int | None = None
    """Fills `{number}` in the text."""


_E, _W, _I = Scope.EVERYWHERE, Scope.WALL, Scope.INCIDENTS

ACTIONS: Final[tuple[Action, ...]] = (
    Action(ActionId.DIAL, (*(f"Num+{n}" for n in range(10)), *map(str, range(10))), _E, Group.CAMERAS, texts.DIAL),
    *(
        Action(action, (f"F{number}",), _E, Group.CAMERAS, texts.LAYOUT, number)
        for number, action in enumerate(LAYOUT_IDS, start=1)
    ),
    Action(ActionId.SAVE_LAYOUT, ("Ctrl+S",), _E, Group.CAMERAS, texts.SAVE_LAYOUT),
    Action(ActionId.SEARCH, ("/",), _E, Group.CAMERAS, texts.SEARCH),
    Action(ActionId.MOVE_UP, ("Up",), _W, Group.TILES, texts.MOVE_UP),
    Action(ActionId.MOVE_DOWN, ("Down",), _W, Group.TILES, texts.MOVE_DOWN),
    Action(ActionId.MOVE_LEFT, ("Left",), _W, Group.TILES, texts.MOVE_LEFT),
    Action(ActionId.MOVE_RIGHT, ("Right",), _W, Group.TILES, texts.MOVE_RIGHT),
    Action(ActionId.FULL_SCREEN, ("Return", "Enter"), _W, Group.TILES, texts.FULL_SCREEN),
    Action(ActionId.PAUSE, ("Space",), _W, Group.TILES, texts.PAUSE),
    Action(ActionId.REPLAY_BACK, ("R",), _W, Group.TILES, texts.REPLAY_BACK),
    Action(ActionId.REPLAY_FORWARD, ("Shift+R",), _W, Group.TILES, texts.REPLAY_FORWARD),
    Action(ActionId.ABOUT_TILE, ("Ctrl+Shift+A",), _W, Group.TILES, texts.ABOUT_TILE),
    Action(ActionId.CLEAR_TILE, ("Del",), _W, Group.TILES, texts.CLEAR_TILE),
    Action(ActionId.TAG, ("B",), _E, Group.TAGGING, texts.TAG),
    Action(ActionId.MARK_IN, ("[",), _E, Group.TAGGING, texts.MARK_IN),
    Action(ActionId.MARK_OUT, ("]",), _E, Group.TAGGING, texts.MARK_OUT),
    Action(ActionId.NEW_INCIDENT, ("Ctrl+N",), _E, Group.INCIDENTS, texts.NEW_INCIDENT),
    Action(ActionId.NEAREST, ("Return", "Enter"), _I, Group.INCIDENTS, texts.NEAREST),
    Action(ActionId.ACKNOWLEDGE, ("A",), _I, Group.INCIDENTS, texts.ACKNOWLEDGE),
    Action(ActionId.NOTE, ("N",), _I, Group.INCIDENTS, texts.NOTE),
    Action(ActionId.FOOTAGE, ("W",), _I, Group.INCIDENTS, texts.FOOTAGE),
    Action(ActionId.SECURE, ("S",), _I, Group.INCIDENTS, texts.SECURE),
    Action(ActionId.CLOSE_INCIDENT, ("C",), _I, Group.INCIDENTS, texts.CLOSE_INCIDENT),
    Action(ActionId.SILENCE, ("M",), _E, Group.INCIDENTS, texts.SILENCE),
    Action(ActionId.BACK, ("Esc",), _W, Group.PROGRAM, texts.BACK),
    Action(ActionId.KEYS, ("?",), _E, Group.PROGRAM, texts.KEYS),
    Action(ActionId.OFFICERS, ("Ctrl+Shift+P",), _E, Group.PROGRAM, texts.OFFICERS),
    Action(ActionId.OVERSIGHT, ("Ctrl+Shift+O",), _E, Group.PROGRAM, texts.OVERSIGHT),
    Action(ActionId.LETTERS, ("Ctrl+Shift+L",), _E, Group.PROGRAM, texts.LETTERS),
    Action(ActionId.REVIEW, ("Ctrl+F",), _E, Group.PROGRAM, texts.REVIEW),
    Action(ActionId.ABOUT, ("Ctrl+Shift+I",), _E, Group.PROGRAM, texts.ABOUT),
    Action(ActionId.CAMERA_REGISTER, ("Ctrl+Shift+C",), _E, Group.PROGRAM, texts.CAMERA_REGISTER),
    Action(ActionId.CONTACTS, ("Ctrl+Shift+K",), _E, Group.PROGRAM, texts.CONTACTS),
    Action(ActionId.OUTAGES, ("Ctrl+Shift+D",), _E, Group.PROGRAM, texts.OUTAGES),
    Action(ActionId.PATROL, ("Ctrl+Shift+R",), _E, Group.PROGRAM, texts.PATROL),
    Action(ActionId.WALL_ORDERS, ("Ctrl+Shift+W",), _E, Group.PROGRAM, texts.WALL_ORDERS),
    Action(ActionId.CITY, ("Ctrl+Shift+T",), _E, Group.PROGRAM, texts.CITY),
    Action(ActionId.SERVICE_LINKS, ("Ctrl+Shift+Y",), _E, Group.PROGRAM, texts.SERVICE_LINKS),
    Action(ActionId.REPAIRS, ("Ctrl+Shift+G",), _E, Group.PROGRAM, texts.REPAIRS),
    Action(ActionId.GO_CAMERAS, ("Ctrl+1",), _E, Group.PROGRAM, texts.GO_CAMERAS),
    Action(ActionId.GO_PLAN, ("Ctrl+2",), _E, Group.PROGRAM, texts.GO_PLAN),
    Action(ActionId.GO_INCIDENTS, ("Ctrl+3",), _E, Group.PROGRAM, texts.GO_INCIDENTS),
    Action(ActionId.GO_BOOKMARKS, ("Ctrl+4",), _E, Group.PROGRAM, texts.GO_BOOKMARKS),
    Action(ActionId.GO_WALL, ("Ctrl+5",), _E, Group.PROGRAM, texts.GO_WALL),
    Action(ActionId.SIGN_OUT, ("Ctrl+L",), _E, Group.PROGRAM, texts.SIGN_OUT),
    Action(ActionId.QUIT, ("Ctrl+Q",), _E, Group.PROGRAM, texts.QUIT),
)

_SHOWN_KEYS: Final[dict[str, Text]] = {
    "Return": texts.KEY_RETURN,
    "Space": texts.KEY_SPACE,
    "Del": texts.KEY_DELETE,
}
_ARROWS: Final = {"Up": "↑", "Down": "↓", "Left": "←", "Right": "→"}


def action_of(action: ActionId) -> Action:
    """The row of the registry."""
    return next(row for row in ACTIONS if row.id is action)


def is_key_of(event: QKeyEvent, *actions: ActionId) -> bool:
    """Whether a key that is pressed is one of these actions': for windows that act on it themselves."""
    pressed = QKeySequence(event.keyCombination())
    return any(pressed == _sequence(key) for action in actions for key in action_of(action).keys)


def _sequence(key: str) -> QKeySequence:
    return QKeySequence(key, QKeySequence.SequenceFormat.PortableText)


def shown_key(action: Action, translate: Translator) -> str:
    """The key as an officer reads it: the words of the language, arrows as arrows."""
    if action.id is ActionId.DIAL:
        return translate(texts.DIAL_KEYS)
    key = action.keys[0]
    if key in _SHOWN_KEYS:
        return translate(_SHOWN_KEYS[key])
    return _ARROWS.get(key, key)


def name_of(action: Action, translate: Translator) -> str:
    return _filled(action.text.name, action, translate)


def help_of(action: Action, translate: Translator) -> str:
    return _filled(action.text.help, action, translate)


def _filled(text: Text, action: Action, translate: Translator) -> str:
    return translate(text) if action.number is None else translate(text, number=action.number)


class Actions(QObject):
    """The actions of one running program, to be installed on its windows. What they do is the listener's.

    A number dialled on the numpad is complete when keypad Enter follows or after `dial_pause_ms` without a digit.
    """

    triggered = Signal(object)
    """ActionId; every action but DIAL."""
    dial_changed = Signal(str)
    """The digits so far, empty when done: to be shown where the officer looks."""
    camera_dialled = Signal(int)

    def __init__(self, translate: Translator, *, dial_pause_ms: int = 1200, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._translate = translate
        self._digits = ""
        self._dial_timer = QTimer(self)
        self._dial_timer.setSingleShot(True)
        self._dial_timer.setInterval(dial_pause_ms)
        self._dial_timer.timeout.connect(self.finish_dial)
        self._actions: dict[ActionId, QAction] = {
            row.id: self._build(row) for row in ACTIONS if row.id is not ActionId.DIAL
        }
        self._dial_actions = [self._build_digit(digit) for digit in range(10)]

    def get(self, action: ActionId) -> QAction:
        """The QAction, for buttons and menus. DIAL has none."""
        return self._actions[action]

    def install(self, widget: QWidget, *scopes: Scope) -> None:
        """Make the keys of these scopes work in the widget's window (INCIDENTS: while the widget has the focus)."""
        for row in ACTIONS:
            if row.scope in scopes and row.id is not ActionId.DIAL:
                widget.addAction(self._actions[row.id])
        if Scope.EVERYWHERE in scopes:
            for digit in self._dial_actions:
                widget.addAction(digit)

    @property
    def dialling(self) -> bool:
        return bool(self._digits)

    @Slot()
    def finish_dial(self) -> None:
        """The number is complete: `camera_dialled` follows."""
        self._dial_timer.stop()
        digits, self._digits = self._digits, ""
        if digits:
            self.dial_changed.emit("")
            self.camera_dialled.emit(int(digits))

    def _build(self, row: Action) -> QAction:
        action = QAction(name_of(row, self._translate), self)
        action.setObjectName(row.id)
        action.setShortcuts([_sequence(key) for key in row.keys])
        action.setToolTip(f"{help_of(row, self._translate)} [{shown_key(row, self._translate)}]")
        focused = row.scope is Scope.INCIDENTS
        context = Qt.ShortcutContext.WidgetShortcut if focused else Qt.ShortcutContext.WindowShortcut
        action.setShortcutContext(context)
        action.setAutoRepeat(row.id in _REPEATING)
        action.setData(row.id)
        action.triggered.connect(self._on_triggered)
        return action

    def _build_digit(self, digit: int) -> QAction:
        action = QAction(self)
        action.setObjectName(f"dial_{digit}")
        # On X11 Qt looks for the plain digit when one of the numpad is pressed: `Num+1` alone never fires.
        action.setShortcuts([_sequence(f"Num+{digit}"), _sequence(str(digit))])
        action.setAutoRepeat(False)
        action.setData(digit)
        action.triggered.connect(self._on_digit)
        return action

    @Slot()
    def _on_triggered(self) -> None:
        action = ActionId(self.sender().objectName())
        if action is ActionId.FULL_SCREEN and self.dialling:
            self.finish_dial()
            return
        if action is ActionId.BACK and self.dialling:
            self._dial_timer.stop()
            self._digits = ""
            self.dial_changed.emit("")
            return
        self.triggered.emit(action)

    @Slot()
    def _on_digit(self) -> None:
        self._digits = (self._digits + self.sender().objectName().removeprefix("dial_"))[-6:]
        self._dial_timer.start()
        self.dial_changed.emit(self._digits)


_REPEATING: Final = frozenset({ActionId.MOVE_UP, ActionId.MOVE_DOWN, ActionId.MOVE_LEFT, ActionId.MOVE_RIGHT})
