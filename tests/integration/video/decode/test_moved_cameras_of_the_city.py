"""A lens that is covered and a camera that is turned, on command: over a real socket, through engine and decoder."""

import os
from signal import SIGKILL

import cv2
import numpy as np
import pytest

from tests.integration.video.city_town import Towns
from tests.waiting import until
from tmcwall.sim.footage import write_footage
from tmcwall.video.ipc.messages import AcceptView, DecoderRestarted, EngineStarted


def street():
    """Two seconds of house fronts with noise and somebody who walks by."""
    chance = np.random.default_rng(8)
    houses = np.full((180, 320, 3), 90, np.uint8)
    for _ in range(60):
        x, y, width, height = (int(number) for number in chance.integers((0, 0, 10, 10), (300, 170, 60, 50)))
        houses[y : y + height, x : x + width] = chance.integers(20, 240)
    for number in range(20):
        picture = houses + chance.integers(0, 6, houses.shape, dtype=np.uint8)
        cv2.rectangle(picture, (number * 12, 100), (number * 12 + 10, 130), (0, 0, 0), -1)
        yield picture


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    clip = tmp_path_factory.mktemp("street") / "street.mp4"
    write_footage(clip, street(), frame_rate=10, gop=10, bit_rate=500_000, preset="ultrafast")
    return clip


@pytest.fixture(scope="module")
def towns(clip, tmp_path_factory):
    with Towns(clip, tmp_path_factory.mktemp("town") / "recordings") as towns:
        yield towns


@pytest.fixture
def town(towns):
    return town_with_a_view(towns)


def town_with_a_view(towns):
    """Its faulty camera is shown, and its view is learnt and kept."""
    town = towns.next()
    town.show()
    town.goes_on()
    town.kept = towns.recordings / "views" / f"{town.faulty}-main.view"
    until(town.kept.exists)
    return town


def since_ns(town, field):
    return int(town.ages()[field])


def test_a_covered_lens_is_seen_and_seen_to_be_free_again(town):
    """R23"""
    town.give("covered")
    until(lambda: since_ns(town, "black_since_ns"))
    assert since_ns(town, "moved_since_ns") == 0
    town.clear()
    until(lambda: since_ns(town, "black_since_ns") == 0)


def test_a_turned_camera_is_seen_until_an_officer_accepts_its_view(town):
    before = town.kept.read_bytes()
    town.give("moved")
    until(lambda: since_ns(town, "moved_since_ns"))
    assert since_ns(town, "black_since_ns") == 0
    town.engine.send(AcceptView(town.faulty))
    until(lambda: since_ns(town, "moved_since_ns") == 0)
    until(lambda: town.kept.exists() and town.kept.read_bytes() != before)
    town.clear()
    until(lambda: since_ns(town, "moved_since_ns"))


def test_a_camera_that_is_said_to_be_turned_by_officers_is_not_moved_any_more(town):
    town.give("moved")
    until(lambda: since_ns(town, "moved_since_ns"))
    town.show(turns=True)
    until(lambda: since_ns(town, "moved_since_ns") == 0)
    town.report(where=lambda report: not report.view_checked)
    town.goes_on()
    assert since_ns(town, "moved_since_ns") == 0
    assert town.ledger.connections == 1


def test_a_turned_camera_stays_turned_under_the_next_decoder_which_sees_it_turned_back(clip, tmp_path):
    with Towns(clip, tmp_path) as towns:
        town = town_with_a_view(towns)
        town.give("moved")
        until(lambda: since_ns(town, "moved_since_ns"))
        moved_ns = since_ns(town, "moved_since_ns")
        os.kill(towns.engine.wait_for(EngineStarted).decoder_pids[0], SIGKILL)
        towns.engine.wait_for(DecoderRestarted)
        town.goes_on()
        assert since_ns(town, "moved_since_ns") == moved_ns
        town.clear()
        until(lambda: since_ns(town, "moved_since_ns") == 0)
