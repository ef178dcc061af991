"""The look of the program for every test of a screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.desk import Desk, make_desk
from tmcwall.ui.theme import apply_theme


@pytest.fixture(autouse=True)
def _themed(qapp: QApplication) -> None:
    if qapp.property("themed") is None:
        apply_theme(qapp)
        qapp.setProperty("themed", True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says of every window what it does not support; it means nothing."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


@pytest.fixture
def desk(qapp: QApplication) -> Desk:
    """A workstation on a busy afternoon."""
    return make_desk()
