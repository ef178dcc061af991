"""The operator's guide and the program name the same keys."""

from __future__ import annotations

from tests.guide import GUIDE, with_keys


def test_the_guide_lists_every_key_of_the_program() -> None:
    guide = GUIDE.read_text("utf-8")
    assert with_keys(guide) == guide
    assert "| `Ctrl+Q` |" in guide
