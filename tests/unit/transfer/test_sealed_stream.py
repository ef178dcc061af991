"""A sealed stream gives back what was written, or nothing at all."""

import io
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.transfer import sealed_stream
from tmcwall.transfer.sealed_stream import PIECE_BYTES, SealedReader, SealedWriter

PASSPHRASE = "kereta senja ke timur"
CONTENT = b"LP/B/12/III/2025" * (PIECE_BYTES // 8)
"""Two pieces and nothing more."""


@pytest.fixture(autouse=True)
def cheap_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_stream, "_SCRYPT", {"n": 2, "r": 1, "p": 1})


def sealed(content: bytes, passphrase: str = PASSPHRASE) -> bytes:
    file = io.BytesIO()
    writer = SealedWriter(file, passphrase)
    for start in range(0, len(content), 300_000):
        writer.write(content[start : start + 300_000])
    writer.finish()
    return file.getvalue()


def opened(stream: bytes, passphrase: str = PASSPHRASE) -> bytes:
    reader = SealedReader(io.BytesIO(stream), passphrase)
    return b"".join(iter(lambda: reader.read(70_000), b""))


def refusal(stream: bytes, passphrase: str = PASSPHRASE) -> DomainCode:
    with pytest.raises(DomainError) as caught:
        opened(stream, passphrase)
    return caught.value.code


@pytest.mark.parametrize("length", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES])
def test_what_was_written_is_read(length: int) -> None:
    assert opened(sealed(CONTENT[:length])) == CONTENT[:length]


def test_nothing_of_the_content_can_be_seen_and_no_two_streams_are_alike() -> None:
    first, second = sealed(CONTENT), sealed(CONTENT)
    assert b"LP/B" not in first
    assert first[100:] != second[100:]


def test_another_passphrase_is_told_from_damage() -> None:
    assert refusal(sealed(b"isi"), "kereta senja ke barat") is DomainCode.EXPORT_PASSPHRASE
    assert refusal(sealed(b"isi")[:-1]) is DomainCode.EXPORT_DAMAGED


def swapped(stream: bytes) -> bytes:
    start, piece = len(stream) - 2 * (PIECE_BYTES + 16), PIECE_BYTES + 16
    return stream[:start] + stream[start + piece :] + stream[start : start + piece]


@pytest.mark.parametrize(
    "harm",
    [
        lambda stream: b"",
        lambda stream: stream[:40],
        lambda stream: stream[: -(PIECE_BYTES + 16)],
        lambda stream: stream + b"x",
        lambda stream: stream + stream[-(PIECE_BYTES + 16) :],
        lambda stream: stream.replace(b"workstation/1", b"workstation/2"),
        lambda stream: stream.replace(b'"}', b'","n":1099511627776}'),
        swapped,
    ],
    ids=["empty", "line only", "a piece short", "a byte more", "a piece twice", "format", "cost", "order"],
)
def test_a_stream_that_was_cut_extended_or_reordered_is_refused(harm: Callable[[bytes], bytes]) -> None:
    assert refusal(harm(sealed(CONTENT))) is DomainCode.EXPORT_DAMAGED


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_one_altered_byte_anywhere_is_refused(place: int, flip: int) -> None:
    good = sealed(b"isi yang pendek")
    place %= len(good)
    altered = good[:place] + bytes([good[place] ^ flip]) + good[place + 1 :]
    assert refusal(altered) in {DomainCode.EXPORT_DAMAGED, DomainCode.EXPORT_PASSPHRASE}


def test_what_is_asked_for_beyond_the_end_is_damage() -> None:
    reader = SealedReader(io.BytesIO(sealed(b"isi")), PASSPHRASE)
    with pytest.raises(DomainError):
        reader.read_exactly(4)
