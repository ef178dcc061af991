"""Run in child processes: the screens of the offscreen platform are chosen when Qt starts, and then stay."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def screen(name, width=1280, height=720, *, x):
    size = {"x": x, "y": 0, "width": width, "height": height}
    return {"name": name, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1, **size}


THREE = [screen("DP-1", x=0), screen("DP-2", 1920, 1080, x=1280), screen("DP-3", x=3200)]


@pytest.fixture
def run(tmp_path):
    def start(scenario: str, *, screens=THREE, keep_ms: int = 60_000, **environment: str) -> None:
        config = tmp_path / "screens.json"
        config.write_text(json.dumps({"screens": screens}))
        done = subprocess.run(
            [sys.executable, "-m", "tests.ui.monitors_program", scenario, str(keep_ms), str(tmp_path)],
            env={**os.environ, **environment, "QT_QPA_PLATFORM": f"offscreen:configfile={config}"},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    return start


def test_the_wall_of_an_unplugged_monitor_is_hidden_at_once_and_comes_back_with_its_streams(run):
    run("the_wall_of_an_unplugged_monitor_is_hidden_at_once_and_comes_back_with_its_streams")


def test_a_wall_whose_monitor_stays_away_lets_its_streams_go(run):
    run("a_wall_whose_monitor_stays_away_lets_its_streams_go", keep_ms=20)


def test_all_monitors_may_go_and_come_back_in_another_order(run):
    run("all_monitors_may_go_and_come_back_in_another_order")


def test_a_monitor_that_goes_without_a_word_is_noticed(run):
    run("a_monitor_that_goes_without_a_word_is_noticed")


def test_a_new_monitor_disturbs_no_wall(run):
    run("a_new_monitor_disturbs_no_wall")


def test_a_wall_follows_its_monitor_when_that_moves_or_changes_its_resolution(run):
    run("a_wall_follows_its_monitor_when_that_moves_or_changes_its_resolution")


def test_a_wall_on_a_monitor_of_double_density_is_decoded_and_hit_in_its_pixels(run):
    run(
        "a_wall_on_a_monitor_of_double_density_is_decoded_and_hit_in_its_pixels",
        screens=[screen("DP-1", x=0), screen("DP-2", 2560, 1440, x=1280)],
        QT_SCREEN_SCALE_FACTORS="DP-1=1;DP-2=2",
    )
