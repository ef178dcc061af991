import pytest

from tmcwall.texts import Language, Translator
from tmcwall.texts.wall import age_text


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
