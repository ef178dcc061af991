"""The look of the program for every test of a screen."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from tmcwall.ui.theme import apply_theme


@pytest.fixture(autouse=True)
def _themed(qapp: QApplication) -> None:
    if qapp.property("themed") is None:
        apply_theme(qapp)
        qapp.setProperty("themed", True)
