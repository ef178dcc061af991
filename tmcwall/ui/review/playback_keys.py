"""The keys that footage is played by, and its speeds: the same for one clip and for several cameras in step."""

from __future__ import annotations

from typing import Final, Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
_SKIP_S: Final = 5.0


class Playback(Protocol):
    """What is played."""

    def toggle(self) -> None: ...
    def pause(self) -> None: ...
    def play_on(self, *, slower: bool = False) -> None: ...
    def play_back(self, *, slower: bool = False) -> None: ...
    def step(self, frames: int) -> None: ...
    def skip(self, seconds: float) -> None: ...


def obey(event: QKeyEvent, playback: Playback) -> bool:
    """Whether it is one of them. Space plays and pauses, left and right go five seconds back and forth.

    J, K and L play backwards, pause and play; again: faster; with Shift: slower. Comma and full stop go by one picture.
    """
    slower = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    match event.key():
        case Qt.Key.Key_Space:
            playback.toggle()
        case Qt.Key.Key_K:
            playback.pause()
        case Qt.Key.Key_L:
            playback.play_on(slower=slower)
        case Qt.Key.Key_J:
            playback.play_back(slower=slower)
        case Qt.Key.Key_Comma:
            playback.step(-1)
        case Qt.Key.Key_Period:
            playback.step(1)
        case Qt.Key.Key_Left:
            playback.skip(-_SKIP_S)
        case Qt.Key.Key_Right:
            playback.skip(_SKIP_S)
        case _:
            return False
    return True


def chosen_speed(speed: float, *, runs: bool, slower: bool) -> float:
    """What a press of J or L makes of it: the next of `SPEEDS`, or the last one again, where it `runs` that way
    already; else the recording's own, or half of it.
    """
    if not runs:
        return 0.5 if slower else 1.0
    place = SPEEDS.index(speed) + (-1 if slower else 1)
    return SPEEDS[min(max(place, 0), len(SPEEDS) - 1)]


def speed_text(speed: float) -> str:
    """A fraction below one, as officers say it; negative backwards."""
    amount = abs(speed)
    return f"{'-' if speed < 0 else ''}{f'1/{round(1 / amount)}' if amount < 1 else f'{amount:.0f}'}x"
