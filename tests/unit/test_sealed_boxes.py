"""Keys of shares and what they seal: opened by whom they are for, as what they are about, unaltered; else by nobody."""

from base64 import b64decode, b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmcwall.sealed_boxes import ShareKey
from tmcwall.signatures import SigningKey

OURS, THEIRS = SigningKey.new(), SigningKey.new()
KEY = ShareKey.new()
BOX = KEY.sealed_for(OURS.public)
SEALED = KEY.seal(b"a login", about="share/braga/1")


@settings(max_examples=50, deadline=None)
@given(plain=st.binary(max_size=700), about=st.text(max_size=40))
def test_what_was_sealed_opens_for_the_device_that_it_is_for_and_its_length_says_little(plain, about):
    key = ShareKey.unsealed(BOX, by=OURS, digest=KEY.digest)
    sealed = KEY.seal(plain, about=about)
    assert key.open(sealed, about=about) == plain
    assert (len(b64decode(sealed)) - 24 - 16) % 256 == 0


def test_another_device_opens_nothing():
    with pytest.raises(ValueError, match="does not open"):
        ShareKey.unsealed(BOX, by=THEIRS, digest=KEY.digest)


def test_another_key_than_the_one_that_was_signed_is_not_taken():
    other = ShareKey.new().sealed_for(OURS.public)
    with pytest.raises(ValueError, match="another key"):
        ShareKey.unsealed(other, by=OURS, digest=KEY.digest)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 79), bit=st.integers(0, 7))
def test_a_box_with_one_bit_altered_does_not_open(place, bit):
    with pytest.raises(ValueError, match=r"open|another"):
        ShareKey.unsealed(altered(BOX, place, bit), by=OURS, digest=KEY.digest)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 295), bit=st.integers(0, 7))
def test_a_login_with_one_bit_altered_does_not_open(place, bit):
    with pytest.raises(ValueError, match="open"):
        KEY.open(altered(SEALED, place, bit), about="share/braga/1")


@pytest.mark.parametrize("about", ["share/dago/1", "share/braga/2", "other/braga/1"])
def test_a_login_opens_for_no_other_camera_version_or_share(about):
    with pytest.raises(ValueError, match="open"):
        KEY.open(SEALED, about=about)


@pytest.mark.parametrize("text", ["", "AA==", "not base64!", b64encode(bytes(32)).decode()])
def test_what_is_no_key_or_no_box_is_refused_as_such(text):
    with pytest.raises(ValueError):
        ShareKey.unsealed(text, by=OURS, digest=KEY.digest)
    with pytest.raises(ValueError):
        KEY.open(text, about="")


@pytest.mark.parametrize("public", ["", "AA==", b64encode(bytes(32)).decode()])
def test_nothing_is_sealed_for_what_is_no_public_key(public):
    with pytest.raises(ValueError):
        KEY.sealed_for(public)


def altered(text: str, place: int, bit: int) -> str:
    content = bytearray(b64decode(text))
    content[place % len(content)] ^= 1 << bit
    return b64encode(bytes(content)).decode()
