"""Small text is readable for weak eyes: at least 4.5:1 (WCAG 2.2, 1.4.3); shapes at least 2.5:1, always with a word."""

from __future__ import annotations

import pytest

from tmcwall.ui import theme


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("text", "behind"),
    [
        (theme.TEXT, theme.ACCENT_DARK),
        (theme.TEXT_SOFT, theme.ACCENT_DARK),
        (theme.TEXT_SOFT, theme.RAISED),
        (theme.TEXT_FAINT, theme.SURFACE),
        (theme.ORANGE, theme.ACCENT_DARK),
        (theme.ORANGE, theme.SURFACE),
        (theme.YELLOW, theme.SURFACE),
        (theme.PURPLE, theme.RAISED),
        (theme.SKY, theme.RAISED),
        (theme.GREY, theme.RAISED),
        (theme.ACCENT, theme.BACKGROUND),
        (theme.ON_COLOUR, theme.ACCENT),
    ],
)
def test_small_text_stands_out(text: str, behind: str) -> None:
    assert contrast(text, behind) >= 4.5


@pytest.mark.parametrize("style", [*theme.STATES.values(), *theme.SEVERITIES.values()])
@pytest.mark.parametrize("behind", [theme.SURFACE, theme.RAISED, theme.ACCENT_DARK])
def test_shapes_stand_out(style: theme.Style, behind: str) -> None:
    assert contrast(style.colour, behind) >= 2.5
