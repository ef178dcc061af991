from datetime import UTC, datetime

import pytest

from tmcwall.texts import Language, Translator
from tmcwall.texts.wall import age_text, key_awaited_text


@pytest.mark.parametrize(
    ("age_s", "indonesian", "english"),
    [
        (0.9, "0 dtk", "0 s"),
        (59.9, "59 dtk", "59 s"),
        (61, "1 mnt 1 dtk", "1 min 1 s"),
        (3660, "1 jam 1 mnt", "1 h 1 min"),
        (90000, "1 hari 1 jam", "1 d 1 h"),
    ],
)
def test_an_age_is_said_in_its_two_largest_units(age_s, indonesian, english):
    text, fields = age_text(age_s)
    assert Translator()(text, **fields) == indonesian
    assert Translator(Language.EN)(text, **fields) == english


@pytest.mark.parametrize(
    ("every_s", "indonesian", "english"),
    [
        (None, "", ""),
        (120.4, "; biasanya tiap 2 menit", "; usually every 2 min"),
        (30.0, "; biasanya tiap 30 dtk", "; usually every 30 s"),
    ],
)
def test_a_tile_says_since_when_it_waits_for_a_key_picture_and_how_long_that_takes(every_s, indonesian, english):
    since_s = datetime(2026, 3, 10, 1, 14, 30, tzinfo=UTC).timestamp()
    said = [
        key_awaited_text(Translator(language), since_s=since_s, every_s=every_s)
        for language in (Language.ID, Language.EN)
    ]
    assert said == [
        f"menunggu gambar kunci sejak 08.14{indonesian}",
        f"waiting for a key frame since 08.14{english}",
    ]
