"""Playlists with variables, and what becomes of references that nothing defines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.containers.hls import MasterPlaylist, MediaPlaylist, parse
from tmcwall.containers.hls_variables import Variables
from tmcwall.domain.fault import Fault, FaultCode

URL = "http://h/live/index.m3u8?token=a%2Fb&kosong="


def segments(head, line, **options):
    found = parse(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n{head}\n#EXTINF:2,\n{line}\n", URL, **options)
    assert isinstance(found, MediaPlaylist)
    return found.segments


@pytest.mark.parametrize(
    ("head", "line", "url"),
    [
        ('#EXT-X-DEFINE:NAME="dir",VALUE="kamera-1"', "{$dir}/1.ts", "http://h/live/kamera-1/1.ts"),
        ('#EXT-X-DEFINE:NAME="host",VALUE="http://cdn"', "{$host}/1.ts", "http://cdn/1.ts"),
        ('#EXT-X-DEFINE:QUERYPARAM="token"', "1.ts?token={$token}", "http://h/live/1.ts?token=a/b"),
        ('#EXT-X-DEFINE:IMPORT="sesi"', "1.ts?s={$sesi}&t={$sesi}", "http://h/live/1.ts?s=x9&t=x9"),
        ('#EXT-X-DEFINE:NAME="a",VALUE="1"\n#EXT-X-DEFINE:NAME="b",VALUE="{$a}2"', "{$b}.ts", "http://h/live/12.ts"),
        ('#EXT-X-DEFINE:NAME="a",VALUE="1"\n#EXT-X-DEFINE:NAME="a",VALUE="2"', "{$a}.ts", "http://h/live/1.ts"),
        ('#EXT-X-DEFINE:NAME="a",VALUE=""', "{$a}1.ts", "http://h/live/1.ts"),
    ],
)
def test_variables_stand_in_addresses_of_segments(head, line, url):
    (segment,) = segments(head, line, imported={"sesi": "x9"})
    assert segment.resource.url == url


def test_variables_stand_in_quoted_attributes():
    head = '#EXT-X-DEFINE:NAME="v",VALUE="7"\n#EXT-X-MAP:URI="init-{$v}.mp4"\n#EXT-X-KEY:METHOD=AES-128,URI="k{$v}"'
    (segment,) = segments(head, "1.mp4")
    assert segment.head is not None
    assert segment.key is not None
    assert (segment.head.url, segment.key.url) == ("http://h/live/init-7.mp4", "http://h/live/k7")


def test_a_playlist_of_variants_says_what_they_may_import():
    text = '#EXTM3U\n#EXT-X-DEFINE:NAME="d",VALUE="hd"\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1"\n{$d}/i.m3u8\n'
    found = parse(text, URL)
    assert isinstance(found, MasterPlaylist)
    assert found.variables == {"d": "hd"}
    assert [variant.url for variant in found.variants] == ["http://h/live/hd/i.m3u8"]


@pytest.mark.parametrize(
    "head",
    ["", '#EXT-X-DEFINE:IMPORT="x"', '#EXT-X-DEFINE:QUERYPARAM="x"', '#EXT-X-DEFINE:QUERYPARAM="kosong"',
     '#EXT-X-DEFINE:NAME="x"', '#EXT-X-DEFINE:NAME="y",VALUE="1"'],
)  # fmt: skip
def test_a_variable_that_nothing_defines_is_named(head):
    with pytest.raises(Fault) as raised:
        segments(head, "{$x}{$kosong}/1.ts")
    assert raised.value.code is FaultCode.PROTOCOL_BROKEN
    assert raised.value.detail == "the playlist does not define its variable x"


def test_a_reference_where_nothing_is_read_does_no_harm():
    assert segments('#EXT-X-SESSION-DATA:DATA-ID="{$x}"', "1.ts")


def test_a_variant_whose_address_is_none_is_left_out():
    text = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2\n{$x}.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=1\nb.m3u8\n"
    found = parse(text, URL)
    assert isinstance(found, MasterPlaylist)
    assert [variant.url for variant in found.variants] == ["http://h/live/b.m3u8"]


def test_values_made_of_values_do_not_grow_without_end():
    variables = Variables(URL, imported={})
    variables.define({"NAME": "v0", "VALUE": "x" * 100})
    for number in range(1, 100):
        variables.define({"NAME": f"v{number}", "VALUE": variables.fill(f"{{$v{number - 1}}}" * 10)})
    assert sum(map(len, variables.values.values())) < 200 * 8192


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=30)), max_size=20), st.text(max_size=60))
def test_any_text_is_filled_or_a_fault(pairs, text):
    variables = Variables(URL, imported={})
    for name, value in pairs:
        variables.define({"NAME": name, "VALUE": value})
    assert isinstance(variables.fill(text), str)
