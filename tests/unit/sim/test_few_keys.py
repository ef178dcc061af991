"""A camera with a key picture every few minutes: every picture of it can be decoded, but only from a key picture on."""

import asyncio
from itertools import islice
from pathlib import Path

import pytest

from tests.coded_pictures import decoded
from tmcwall.rtsp.codecs import H264, HEVC
from tmcwall.rtsp.h264 import Depacketiser
from tmcwall.rtsp.h265 import Depacketiser as HevcDepacketiser
from tmcwall.sim.faults import Trouble
from tmcwall.sim.footage import Footage, read_footage
from tmcwall.sim.loop import Loop
from tmcwall.sim.standins import FEW_KEYS_ROUND, StandIns, place_with_few_keys

pytest_plugins = ["tests.cameras"]

EVERY = 3 * FEW_KEYS_ROUND + 40


@pytest.fixture(scope="module", params=["tiny_clip", "h265_clip"])
def few_keys(request: pytest.FixtureRequest) -> Loop:
    clip: Path = request.getfixturevalue(request.param)
    return asyncio.run(StandIns().loop(Trouble.KEY_EVERY, Loop(read_footage(clip))))


def sent(footage: Footage, first: int, count: int) -> list[tuple[bytes, ...]]:
    """The pictures with these running numbers, as a client gets them."""
    places = [place_with_few_keys(number, key_every=EVERY) for number in range(first, first + count)]
    pictures = [footage.pictures[place] for place in places]
    return [(*footage.parameter_sets, *one.nals) if one.key else one.nals for one in pictures]


def test_one_of_so_many_is_a_key_picture(few_keys: Loop) -> None:
    keys = [n for n in range(3 * EVERY) if few_keys.pictures[place_with_few_keys(n, key_every=EVERY)].key]
    assert keys == [0, EVERY, 2 * EVERY]
    assert [place_with_few_keys(number, key_every=25) for number in (0, 24, 25, 51)] == [0, 24, 0, 1]


def test_from_a_key_picture_on_every_picture_is_decoded_also_where_the_loop_begins_anew(few_keys: Loop) -> None:
    footage = few_keys.footage
    shown = decoded(footage.codec, sent(footage, 0, EVERY + 30))
    assert len(shown) == EVERY + 30
    assert shown[-30:] == shown[:30]
    assert shown[2 * FEW_KEYS_ROUND + 200 : 3 * FEW_KEYS_ROUND] == shown[FEW_KEYS_ROUND + 200 : 2 * FEW_KEYS_ROUND]


def test_nothing_says_that_decoding_could_begin_before(few_keys: Loop) -> None:
    depacketiser = {H264: Depacketiser, HEVC: HevcDepacketiser}[few_keys.footage.codec]()
    units = [
        depacketiser.assemble(nals, number * 3600)
        for number, nals in enumerate(islice(sent(few_keys.footage, 30, EVERY - 29), EVERY))
    ]
    assert [number for number, unit in enumerate(units) if unit is not None and unit.key] == [EVERY - 30]
