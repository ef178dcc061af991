"""Named layouts: which camera stands in which cell of which wall."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from tmcwall.domain.layout import Layout, WallPlan


class Layouts(QObject):
    """The layouts of this workstation, one of them current."""

    changed = Signal()
    """The names or the current layout have changed; comes once after `start`."""
    refused = Signal(object)
    """Fault or DomainError."""

    def start(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError

    def names(self) -> Sequence[str]:
        """In the order of `F1` to `F12`."""
        raise NotImplementedError

    def current(self) -> Layout:
        raise NotImplementedError

    def select(self, name: str) -> None:
        """Raises DomainError(LAYOUT_UNKNOWN)."""
        raise NotImplementedError

    def put(self, wall: str, plan: WallPlan) -> None:
        """What a wall shows now; remembered at once."""
        raise NotImplementedError

    def save_as(self, name: str) -> None:
        """Keep the current arrangement under a name, over one of that name if there is, and make it current."""
        raise NotImplementedError

    def delete(self, name: str) -> None:
        """The last layout stays: refused with NOT_ALLOWED."""
        raise NotImplementedError
