"""Cameras that take their time: with key pictures, or with pictures."""

import asyncio
from dataclasses import replace

import pytest

from tests.integration.video.fake_camera import FakeCamera, picture
from tests.integration.video.watched import QUICK, Watched
from tmcwall.domain.fault import FaultCode

SELDOM = 60
"""Pictures from one key picture to the next."""


def seldom(number):
    return picture(number, gop=SELDOM)


def test_a_stream_joined_in_the_middle_waits_for_its_key_picture_on_one_connection():
    async def scenario():
        async with FakeCamera(pictures=seldom) as camera:
            camera.first_key = 1
            watched = Watched(camera.url, timing=replace(QUICK, no_key_s=300.0))
            state = watched.stream.state
            await watched.until(lambda: state.waits_for_key_since_s is not None)
            waited = (state.connected, state.fault, list(watched.stream.gop))
            await watched.until(lambda: state.connected)
            came = state.waits_for_key_since_s
            await watched.stream.close()
            return waited, came, watched.faults, camera.connections

    waited, came, faults, connections = asyncio.run(scenario())
    assert waited == (False, None, [])
    assert (came, faults, connections) == (None, [], 1)


def test_how_far_apart_key_pictures_are_is_known_to_the_next_connection():
    async def scenario():
        async with FakeCamera(pictures=seldom) as camera:
            watched = Watched(camera.url, timing=replace(QUICK, no_key_s=300.0))
            await watched.until(lambda: watched.stream.key_interval_s is not None)
            camera.first_key = 1
            camera.drop()
            await watched.until(lambda: watched.stream.state.waits_for_key_since_s is not None)
            known = watched.stream.key_interval_s
            await watched.stream.close()
            return known

    assert 0.3 < asyncio.run(scenario()) < 30


def test_a_camera_that_never_sends_a_key_picture_is_not_called_waiting_for_ever():
    async def scenario():
        async with FakeCamera("no-key") as camera:
            watched = Watched(camera.url, timing=replace(QUICK, no_key_s=0.2))
            await watched.until(lambda: watched.faults and camera.connections > 2)
            state = watched.stream.state
            await watched.stream.close()
            return watched.faults, state

    faults, state = asyncio.run(scenario())
    assert set(faults) == {FaultCode.NO_KEY_FRAME}
    assert (state.waits_for_key_since_s, state.fault) == (None, FaultCode.NO_KEY_FRAME)


@pytest.mark.parametrize("codec_rate", [None, 25.0])
def test_a_camera_that_is_slower_than_the_deadline_costs_a_connection_or_two_and_then_none(codec_rate):
    async def scenario():
        media = replace(FakeCamera().media, frame_rate=codec_rate)
        async with FakeCamera(
            pictures=lambda number: picture(number, gop=1), rtp_of=lambda number: number * 27_000, media=media
        ) as camera:
            camera.interval_s = 0.3
            watched = Watched(camera.url, timing=replace(QUICK, stalled_s=0.2))
            await watched.until(lambda: len(watched.units) >= 12)
            connections = camera.connections
            await watched.until(lambda: len(watched.units) >= 16)
            await watched.stream.close()
            return connections, camera.connections, watched.faults

    before, after, faults = asyncio.run(scenario())
    assert before == after <= 3
    assert set(faults) <= {FaultCode.STREAM_STALLED, FaultCode.NO_MEDIA}
