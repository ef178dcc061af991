"""Run in child processes: the screens of the offscreen platform are chosen when Qt starts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tmcwall.domain.clock import SystemClock
from tmcwall.domain.layout import WallPlan
from tmcwall.texts import Translator
from tmcwall.ui.actions import ActionId
from tmcwall.ui.wall.model import TileCamera
from tmcwall.ui.wall.walls import Walls
from tmcwall.video.feed.video_feed import VideoFeed

PROGRAM = """
import json, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.layout import WallPlan
from tmcwall.ui import theme
from tmcwall.texts import Translator
from tmcwall.ui.wall.model import TileCamera
from tmcwall.ui.wall.walls import Walls
from tmcwall.video.feed.video_feed import VideoFeed

application = QApplication(["test"])
theme.apply_theme(application)
feed = VideoFeed(clock=SystemClock(), recordings=Path(sys.argv[1]), decoders=1)
remembered = json.loads(sys.argv[2])
walls = Walls(
    feed, application, clock=SystemClock(), translate=Translator(),
    camera_of=lambda camera: TileCamera(camera, camera),
)
walls.show(
    {identity: WallPlan("1x1", {0: camera}) for identity, camera in remembered.items()}
    or {monitor.identity: WallPlan("1x1") for monitor in walls.monitors()}
)
application.processEvents()
print(json.dumps([
    {
        "id": identity,
        "x": window.geometry().x(),
        "size": [window.width(), window.height()],
        "camera": window.model.cells[0].id if window.model.cells else None,
    }
    for identity, window in walls.windows().items()
]))
walls.close()
"""

LEFT = {"name": "DP-1", "width": 1920, "height": 1080, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
RIGHT = {"name": "DP-2", "width": 2560, "height": 1440, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}


@pytest.fixture
def run(tmp_path):
    def start(screens: list[dict], remembered: dict[str, str]) -> dict[str, dict]:
        at, placed = 0, []
        for screen in screens:
            placed.append({**screen, "x": at, "y": 0})
            at += screen["width"]
        config = tmp_path / "screens.json"
        config.write_text(json.dumps({"screens": placed}))
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path), json.dumps(remembered)],
            env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={config}"},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        rows = json.loads(done.stdout.splitlines()[-1])
        return {row["id"].rsplit("|", 1)[-1]: row for row in rows}

    return start


def test_two_screens_keep_their_walls_when_their_order_is_swapped(run):
    first = run([LEFT, RIGHT], {})
    assert first["DP-1"]["size"] == [1920, 1080]
    assert first["DP-2"]["size"] == [2560, 1440]
    remembered = {first["DP-1"]["id"]: "kiri", first["DP-2"]["id"]: "kanan"}
    again = run([RIGHT, LEFT], remembered)
    assert (again["DP-1"]["camera"], again["DP-1"]["x"], again["DP-1"]["size"]) == ("kiri", 2560, [1920, 1080])
    assert (again["DP-2"]["camera"], again["DP-2"]["x"], again["DP-2"]["size"]) == ("kanan", 0, [2560, 1440])


def test_a_tile_selected_in_the_plan_is_selected_on_its_wall_and_cleared_with_the_way_back(qapp, tmp_path, qtbot):
    feed = VideoFeed(clock=SystemClock(), recordings=tmp_path, decoders=1)
    walls = Walls(
        feed, qapp, clock=SystemClock(), translate=Translator(), camera_of=lambda camera: TileCamera(camera, camera)
    )
    monitor = walls.monitors()[0].identity
    walls.show({monitor: WallPlan("2x2", {2: "kiri"})})
    with qtbot.waitSignal(walls.selection_changed) as told:
        walls.select(monitor, 2)
    assert told.args == ["kiri"]
    assert walls.windows()[monitor].canvas.selected == 2
    walls.select("unplugged", 1)
    assert walls.selected_camera() == "kiri"
    with qtbot.waitSignal(walls.cleared) as cleared:
        walls.act(ActionId.CLEAR_TILE)
    assert cleared.args == [monitor, WallPlan("2x2", {2: "kiri"})]
    assert walls.plans()[monitor].cameras == {}
    walls.close()


def test_the_wall_of_a_missing_monitor_waits_for_it(run):
    first = run([LEFT, RIGHT], {})
    remembered = {first["DP-1"]["id"]: "kiri", first["DP-2"]["id"]: "kanan"}
    alone = run([LEFT], remembered)
    assert alone["DP-1"]["camera"] == "kiri"
    assert set(alone) == {"DP-1"}
