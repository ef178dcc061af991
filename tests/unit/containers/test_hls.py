import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.containers.hls import (
    ByteRange,
    Key,
    MasterPlaylist,
    MediaPlaylist,
    Resource,
    Segment,
    Standing,
    Variant,
    follow,
    parse,
    renumbered,
)
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity

URL = "http://10.1.2.3/live/index.m3u8?token=abc"
LIVE = """#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:17
#EXTINF:4.000,
seg17.ts
#EXTINF:3.500,title, with a comma
/abs/seg18.ts
#EXT-X-DISCONTINUITY
#EXTINF:4,
http://10.9.9.9/seg19.ts
"""


def playlist(first, count, *, duration_s=2.0, ended=False):
    segments = tuple(
        Segment(Resource(f"http://h/{number}.ts"), number, duration_s) for number in range(first, first + count)
    )
    return MediaPlaylist(segments, duration_s, ended)


def numbers(step):
    return [segment.sequence for segment in step.segments]


def test_a_live_playlist_says_where_its_segments_are():
    found = parse(LIVE, URL)
    assert isinstance(found, MediaPlaylist)
    assert (found.target_s, found.ended) == (4.0, False)
    assert [(s.resource.url, s.sequence, s.duration_s, s.discontinuity) for s in found.segments] == [
        ("http://10.1.2.3/live/seg17.ts", 17, 4.0, False),
        ("http://10.1.2.3/abs/seg18.ts", 18, 3.5, False),
        ("http://10.9.9.9/seg19.ts", 19, 4.0, True),
    ]


def test_line_ends_and_a_byte_order_mark_do_not_matter():
    assert parse("\ufeff" + LIVE.replace("\n", "\r\n"), URL) == parse(LIVE, URL)


def test_byte_ranges_follow_each_other_and_heads_and_keys_hold_until_the_next():
    text = (
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n"
        '#EXT-X-MAP:URI="all.mp4",BYTERANGE="700@0"\n'
        '#EXT-X-KEY:METHOD=AES-128,URI="key.bin",IV=0x0000000000000000000000000000000A\n'
        "#EXTINF:2,\n#EXT-X-BYTERANGE:1000@700\nall.mp4\n"
        "#EXTINF:2,\n#EXT-X-BYTERANGE:500\nall.mp4\n"
        "#EXT-X-KEY:METHOD=NONE\n#EXTINF:1,\nlast.mp4\n#EXT-X-ENDLIST\n"
    )
    found = parse(text, "http://h/v/index.m3u8")
    assert isinstance(found, MediaPlaylist)
    assert [segment.resource.part for segment in found.segments] == [ByteRange(700, 1000), ByteRange(1700, 500), None]
    assert {segment.head for segment in found.segments} == {Resource("http://h/v/all.mp4", ByteRange(0, 700))}
    key = Key("http://h/v/key.bin", bytes(15) + b"\x0a")
    assert [segment.key for segment in found.segments] == [key, key, None]
    assert found.ended


def test_the_time_of_day_of_segments_goes_on_until_a_discontinuity():
    text = (
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-PROGRAM-DATE-TIME:2026-03-10T14:30:00.500+07:00\n"
        "#EXTINF:2,\na.ts\n#EXTINF:1.5,\nb.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:2,\nc.ts\n"
        "#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:00Z\n#EXTINF:2,\nd.ts\n"
    )
    found = parse(text, URL)
    assert isinstance(found, MediaPlaylist)
    assert [segment.unix_s for segment in found.segments] == [1773127800.5, 1773127802.5, None, None]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", FaultCode.PROTOCOL_BROKEN),
        ("<html>", FaultCode.PROTOCOL_BROKEN),
        ("#EXTM3U\n#EXTINF:2,\nfile:///etc/passwd\n", FaultCode.PROTOCOL_BROKEN),
        ("#EXTM3U\n#EXTINF:2,\nconcat:a|b\n", FaultCode.PROTOCOL_BROKEN),
        ('#EXTM3U\n#EXT-X-MAP:URI="file:///x"\n', FaultCode.PROTOCOL_BROKEN),
        ('#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="data:,x"\n', FaultCode.PROTOCOL_BROKEN),
        ("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nrtsp://h/x\n", FaultCode.PROTOCOL_BROKEN),
        ('#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI="k"\n', FaultCode.CODEC_UNSUPPORTED),
        ("#EXTM3U\n" + "\n" * 60_000, FaultCode.PROTOCOL_BROKEN),
    ],
    ids=["empty", "a page", "file", "concat", "head in a file", "key in place", "variant", "sample keys", "long"],
)
def test_what_is_no_playlist_of_web_addresses_is_refused(text, code):
    with pytest.raises(Fault) as raised:
        parse(text, URL)
    assert raised.value.code is code


LINES = st.one_of(
    st.sampled_from([
        *LIVE.splitlines(), "#EXT-X-ENDLIST", '#EXT-X-MAP:URI="a"', "#EXT-X-BYTERANGE:5@", "#EXT-X-STREAM-INF:A=1",
        "#EXT-X-KEY:METHOD=AES-128,IV=0xzz,URI=a", "#EXTINF:nan,", "#EXTINF:1e400", "#EXT-X-MEDIA-SEQUENCE:" + "9" * 19,
    ]),
    st.text(max_size=40),
)  # fmt: skip


@given(st.lists(LINES, max_size=30))
def test_any_text_is_a_playlist_or_a_fault(lines):
    try:
        found = parse("#EXTM3U\n" + "\n".join(lines), URL)
    except Fault:
        return
    if isinstance(found, MediaPlaylist):
        assert all(segment.resource.url.lower().startswith(("http://", "https://")) for segment in found.segments)
        assert 0 < found.target_s <= 3600
        follow(found, None)


MASTER = MasterPlaylist((
    Variant("http://h/1080", 4_000_000, 1080, "avc1.640028,mp4a.40.2"),
    Variant("http://h/180", 200_000, 180, "avc1.42e00a"),
    Variant("http://h/480", 800_000, 480, "hvc1.1.6.L93"),
    Variant("http://h/av1", 900_000, 2160, "av01.0.05M.08"),
    Variant("http://h/sound", 64_000, 0, "mp4a.40.2"),
))  # fmt: skip


def test_the_main_stream_is_the_largest_variant_and_the_sub_stream_a_small_one():
    assert MASTER.in_order(small=False)[0].url == "http://h/1080"
    assert MASTER.in_order(small=True)[0].url == "http://h/480"


def test_variants_without_a_size_go_by_their_rate():
    plain = MasterPlaylist((Variant("http://h/b", 900), Variant("http://h/a", 100)))
    assert [plain.in_order(small=small)[0].url for small in (True, False)] == ["http://h/a", "http://h/b"]


def test_variants_that_nobody_can_decode_are_refused():
    with pytest.raises(Fault) as raised:
        MasterPlaylist((Variant("http://h/av1", 1, 1080, "av01.0"),)).in_order(small=False)
    assert raised.value.code is FaultCode.CODEC_UNSUPPORTED


def test_the_attributes_of_variants_are_read():
    text = (
        "#EXTM3U\n"
        '#EXT-X-STREAM-INF:BANDWIDTH=1280000,RESOLUTION=1280x720,CODECS="avc1.4d401f,mp4a.40.2"\nlow/index.m3u8\n'
    )
    assert parse(text, "http://h/a/master.m3u8") == MasterPlaylist(
        (Variant("http://h/a/low/index.m3u8", 1_280_000, 720, "avc1.4d401f,mp4a.40.2"),)
    )


def test_playing_begins_two_segments_before_the_newest_picture():
    step = follow(playlist(10, 6), None)
    assert (numbers(step), step.behind_s, step.last) == ([14, 15], 4.0, 15)


def test_a_playlist_that_has_ended_is_played_from_its_start_and_once():
    step = follow(playlist(0, 6, ended=True), None)
    assert numbers(step) == [0, 1, 2, 3, 4, 5]
    assert follow(playlist(0, 6, ended=True), step.last).standing is Standing.SAME


def test_a_growing_playlist_goes_on_where_it_was():
    step = follow(playlist(12, 6), 15)
    assert (numbers(step), step.standing, step.lost) == ([16, 17], Standing.NEW, 0)


def test_a_playlist_that_does_not_grow_gives_nothing_again():
    assert numbers(follow(playlist(10, 6), 15)) == []


def test_an_older_answer_of_another_server_gives_nothing_again():
    step = follow(playlist(9, 6), 15)
    assert (numbers(step), step.last) == ([], 15)


def test_segments_that_went_by_are_counted_and_playing_begins_anew():
    step = follow(playlist(20, 6), 15)
    assert (numbers(step), step.standing, step.lost) == ([24, 25], Standing.BEGUN_ANEW, 8)


def test_what_is_far_behind_is_left_out_though_it_is_still_there():
    step = follow(playlist(0, 60), 15)
    assert (numbers(step), step.standing, step.lost) == ([58, 59], Standing.BEGUN_ANEW, 42)


def test_a_camera_that_counts_from_the_start_again_is_played_anew():
    step = follow(playlist(0, 4), 1000)
    assert (numbers(step), step.standing) == ([2, 3], Standing.BEGUN_ANEW)


def test_a_playlist_that_nobody_has_written_for_long_is_not_shown_as_live():
    step = follow(playlist(10, 6), None, stale=True)
    assert (numbers(step), step.last) == ([], 15)
    assert numbers(follow(playlist(11, 6), step.last)) == [16]


@given(first=st.integers(0, 2000), count=st.integers(0, 20), last=st.none() | st.integers(0, 2000))
def test_what_comes_next_is_in_order_and_at_the_end(first, count, last):
    found = playlist(first, count)
    step = follow(found, last)
    assert numbers(step) == sorted(set(numbers(step)))
    assert not step.segments or step.segments[-1] == found.segments[-1]


def test_when_the_best_variants_are_dead_the_next_best_come():
    assert [variant.height for variant in MASTER.in_order(small=False)] == [1080, 480, 180]
    assert [variant.height for variant in MASTER.in_order(small=True)] == [480, 1080, 180]


def sliding(first, count, *, number=0):
    """A live playlist over files that are counted, with the number that it gives its first segment."""
    lines = "".join(f"#EXTINF:2,\nseg{at}.ts?token={first}\n" for at in range(first, first + count))
    found = parse(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:{number}\n{lines}", URL)
    assert isinstance(found, MediaPlaylist)
    return found


def numbers_of(found):
    return [segment.sequence for segment in found.segments]


def test_numbers_that_stand_still_while_the_playlist_moves_on_are_counted_on():
    before = sliding(0, 4)
    for first, expected in [(0, [0, 1, 2, 3]), (1, [1, 2, 3, 4]), (1, [1, 2, 3, 4]), (3, [3, 4, 5, 6])]:
        before = renumbered(sliding(first, 4), before)
        assert numbers_of(before) == expected
    assert Oddity.PLAYLIST_NUMBERS in before.oddities


def test_numbers_of_names_that_were_never_seen_stay_where_they_are():
    before = renumbered(sliding(2, 4), sliding(0, 4))
    assert numbers_of(renumbered(sliding(90, 4), before)) == numbers_of(before)


def test_numbers_that_move_are_as_the_playlist_says():
    assert numbers_of(renumbered(sliding(2, 4, number=2), sliding(0, 4))) == [2, 3, 4, 5]


def test_a_segment_that_was_counted_on_is_opened_with_the_number_that_the_playlist_gave():
    text = '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="k"\n#EXTINF:2,\n{}.ts\n#EXTINF:2,\n{}.ts\n'
    before, found = (parse(text.format(*names), URL) for names in ("ab", "bc"))
    assert isinstance(before, MediaPlaylist)
    assert isinstance(found, MediaPlaylist)
    keys = [segment.key for segment in renumbered(found, before).segments]
    assert [key and key.vector for key in keys] == [bytes(16), bytes(15) + b"\x01"]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff\ufeff" + LIVE,
        "\r\n \n" + LIVE,
        LIVE.replace("\n", "\r"),
        LIVE.replace("\n", "\n\n"),
        LIVE.replace("\n", " \t\n"),
        LIVE.replace("#EXT-X-VERSION:3\n", ""),
        LIVE.replace("#EXT-X-TARGETDURATION:4\n", ""),
        LIVE.replace("TARGETDURATION:4", "TARGETDURATION:0"),
        LIVE.replace("#EXTINF:4,", "#EXTINF:4"),
        LIVE.replace("#EXTM3U", "#EXTM3U x=1"),
        LIVE.replace("seg17.ts\n", 'seg17.ts\n#EXT-X-PART:DURATION=0.3,URI="seg18.0.ts"\n#EXT-X-PRELOAD-HINT:x\n#x\n'),
    ],
    ids=["two marks", "blank lines first", "old line ends", "blank lines", "blanks", "no version", "no target",
         "target of nothing", "no comma", "more in the head", "parts"],
)  # fmt: skip
def test_a_playlist_that_is_written_oddly_says_the_same(text):
    assert parse(text, URL) == parse(LIVE, URL)


def test_a_line_ends_only_where_a_line_ends():
    found = parse("#EXTM3U\n#EXTINF:2,a\u2028b\x85c\x0b\nseg.ts\n", URL)
    assert isinstance(found, MediaPlaylist)
    assert len(found.segments) == 1


def test_a_segment_without_a_length_is_as_long_as_any_may_be():
    found = parse("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:0,\na.ts\n#EXTINF:x,\nb.ts\n", URL)
    assert isinstance(found, MediaPlaylist)
    assert [segment.duration_s for segment in found.segments] == [4, 4]
    assert Oddity.NO_LENGTH in found.oddities


def test_segments_that_are_not_there_keep_their_numbers():
    text = "#EXTM3U\n#EXTINF:2,\na.ts\n#EXT-X-GAP\n#EXTINF:2,\nb.ts\n#EXTINF:2,\n#EXT-X-BYTERANGE:x@5\nc.ts\n"
    found = parse(text + "#EXTINF:2,\nd.ts\n", URL)
    assert isinstance(found, MediaPlaylist)
    assert [(segment.sequence, segment.gap) for segment in found.segments] == [
        (0, False), (1, True), (2, True), (3, False),
    ]  # fmt: skip
    assert found.oddities == {Oddity.NO_RANGE}


def test_addresses_with_blanks_and_queries_are_taken_as_they_stand():
    text = "#EXTM3U\n#EXTINF:2,\nkamera 1/a b.ts?x=1 2\n#EXTINF:2,\n?segment=3\n#EXTINF:2,\n//h2/c.ts\n"
    found = parse(text, URL)
    assert isinstance(found, MediaPlaylist)
    assert [segment.resource.url for segment in found.segments] == [
        "http://10.1.2.3/live/kamera 1/a b.ts?x=1 2", "http://10.1.2.3/live/index.m3u8?segment=3", "http://h2/c.ts",
    ]  # fmt: skip


@pytest.mark.parametrize(("target", "expected_s"), [("3000", 6), ("4000000", 6), ("30", 30), ("2", 2)])
def test_a_target_duration_far_above_all_segments_is_not_waited_for(target, expected_s):
    found = parse(f"#EXTM3U\n#EXT-X-TARGETDURATION:{target}\n#EXTINF:2,\na.ts\n", URL)
    assert isinstance(found, MediaPlaylist)
    assert found.target_s == expected_s
