"""Compressed bodies: what is unpacked, and what is too much."""

import gzip
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.sessions.content_coding import Unpacker, unpacker_of

TEXT = b"#EXTM3U\n" + b"#EXTINF:2,\nseg.ts\n" * 50


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def unpacked(unpacker, data, *, step=7):
    found = b""
    for start in range(0, len(data), step):
        unpacker.feed(data[start : start + step])
        while piece := unpacker.take():
            found += piece
    return found


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate),
     ("deflate", gzip.compress), ("gzip", zlib.compress)],
    ids=["gzip", "x-gzip", "deflate", "deflate without a head", "gzip called deflate", "deflate called gzip"],
)  # fmt: skip
@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_a_body_is_unpacked_whatever_the_server_calls_it(coding, pack, step):
    unpacker = unpacker_of(coding)
    assert unpacked(unpacker, pack(TEXT), step=step) == TEXT
    assert unpacker.is_whole


def test_a_body_in_several_members_is_unpacked_whole_and_what_follows_is_passed_over():
    packed = gzip.compress(TEXT) + gzip.compress(b"") * 5000 + gzip.compress(b"last") + b"\x00\x00trailing"
    assert unpacked(Unpacker("gzip"), packed, step=100_000) == TEXT + b"last"


def test_a_body_that_is_said_to_be_gzip_and_is_not_passes_as_it_is():
    unpacker = Unpacker("gzip")
    assert unpacked(unpacker, TEXT) == TEXT
    assert unpacker.is_plain


def test_a_body_that_is_cut_is_not_whole():
    unpacker = Unpacker("gzip")
    assert TEXT.startswith(unpacked(unpacker, gzip.compress(TEXT)[:-20]))
    assert not unpacker.is_whole


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, raw_deflate])
def test_a_bomb_is_refused_before_it_fills_the_memory(pack):
    unpacker = Unpacker("deflate")
    with pytest.raises(Fault) as raised:
        unpacked(unpacker, pack(bytes(100_000_000)), step=1000)
    assert (raised.value.code, raised.value.detail) == (
        FaultCode.PROTOCOL_BROKEN, "a compressed answer that unpacks beyond measure",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["br", "zstd", "gzip, gzip"])
def test_a_coding_that_we_do_not_know_is_named(name):
    with pytest.raises(Fault) as raised:
        unpacker_of(name)
    assert raised.value.detail == f"a compressed answer: {name}"


@pytest.mark.parametrize("name", ["", "identity", "none", "Identity, identity"])
def test_a_body_that_is_as_it_is_needs_no_unpacking(name):
    assert unpacker_of(name) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_a_body_or_a_fault(data):
    with suppress(Fault):
        assert isinstance(unpacked(Unpacker("gzip"), b"\x1f\x8b\x08" + data), bytes)
