"""A lens that is covered and a camera that is turned, on command: over a real socket, through engine and decoder."""

import os
from itertools import count
from signal import SIGKILL

import cv2
import numpy as np
import psutil
import pytest

from tmcwall.sim.footage import write_footage
from tmcwall.sim.library import ClipLibrary
from tmcwall.sim.running import SimServer
from tmcwall.sim.server import SimCamera
from tmcwall.video.wire import AcceptView, DecoderRestarted, EngineStarted

from .city_town import QUICK_ENGINE, Town
from .engine_process import EngineProcess, wait_until


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
def city(tmp_path_factory):
    clip = tmp_path_factory.mktemp("street") / "street.mp4"
    write_footage(clip, street(), frame_rate=10, gop=10, bit_rate=500_000, preset="ultrafast")
    ids = ["healthy", *(f"faulty-{number}" for number in range(2, 9))]
    with SimServer([SimCamera(camera, "clip") for camera in ids], ClipLibrary(clip)) as server:
        yield server


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    return tmp_path_factory.mktemp("town") / "recordings"


@pytest.fixture(scope="module")
def engine(recordings):
    with EngineProcess(recordings, program=QUICK_ENGINE) as engine:
        wait_until(lambda: len(psutil.Process(engine.process.pid).children()) == 2)  # the decoder in reserve, too
        yield engine


@pytest.fixture(scope="module")
def number():
    return count(2)


@pytest.fixture
def town(city, engine, number, recordings):
    return town_of(engine, city, recordings, generation=next(number))


def town_of(engine, city, recordings, *, generation):
    """Its faulty camera is shown, and its view is learnt and kept."""
    town = Town(engine, city, faulty=f"faulty-{generation}", generation=generation)
    town.show()
    town.goes_on()
    town.kept = recordings / "views" / f"{town.faulty}-main.view"
    wait_until(town.kept.exists)
    return town


def since_ns(town, field):
    return int(town.ages()[field])


def test_a_covered_lens_is_seen_and_seen_to_be_free_again(town):
    """R23"""
    town.give("covered")
    wait_until(lambda: since_ns(town, "black_since_ns"))
    assert since_ns(town, "moved_since_ns") == 0
    town.clear()
    wait_until(lambda: since_ns(town, "black_since_ns") == 0)


def test_a_turned_camera_is_seen_until_an_officer_accepts_its_view(town):
    before = town.kept.read_bytes()
    town.give("moved")
    wait_until(lambda: since_ns(town, "moved_since_ns"))
    assert since_ns(town, "black_since_ns") == 0
    town.engine.tell(AcceptView(town.faulty))
    wait_until(lambda: since_ns(town, "moved_since_ns") == 0)
    wait_until(lambda: town.kept.exists() and town.kept.read_bytes() != before)
    town.clear()
    wait_until(lambda: since_ns(town, "moved_since_ns"))


def test_a_camera_that_is_said_to_be_turned_by_officers_is_not_moved_any_more(town):
    town.give("moved")
    wait_until(lambda: since_ns(town, "moved_since_ns"))
    town.show(turns=True)
    wait_until(lambda: since_ns(town, "moved_since_ns") == 0)
    town.report(where=lambda report: not report.view_checked)
    town.goes_on()
    assert since_ns(town, "moved_since_ns") == 0
    assert town.ledger.connections == 1


def test_a_turned_camera_stays_turned_under_the_next_decoder_which_sees_it_turned_back(city, number, tmp_path):
    with EngineProcess(tmp_path, program=QUICK_ENGINE) as engine:
        town = town_of(engine, city, tmp_path, generation=next(number))
        town.give("moved")
        wait_until(lambda: since_ns(town, "moved_since_ns"))
        moved_ns = since_ns(town, "moved_since_ns")
        os.kill(engine.wait_for(EngineStarted).decoder_pids[0], SIGKILL)
        engine.wait_for(DecoderRestarted)
        town.goes_on()
        assert since_ns(town, "moved_since_ns") == moved_ns
        town.clear()
        wait_until(lambda: since_ns(town, "moved_since_ns") == 0)
