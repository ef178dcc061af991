"""Which monitors carry a wall, also while that is still being read."""

from concurrent.futures import Future

from pytestqt.qtbot import QtBot

from tmcwall.db.layouts import Placement
from tmcwall.services.wallplaces import WallPlaces


class SlowStore:
    """Its reading is done when a test says so."""

    def __init__(self) -> None:
        self.reading: Future[object] = Future()

    def read(self, unit):
        return self.reading

    def write(self, unit):
        done: Future[object] = Future()
        done.set_result(None)
        return done


def test_a_wall_that_is_opened_while_the_store_is_read_stays_open(qtbot: QtBot) -> None:
    store = SlowStore()
    places = WallPlaces(store=store)
    places.start()
    places.show("DP-1")
    places.hide("DP-2")
    kept = {name: Placement(name, shown) for name, shown in (("DP-1", False), ("DP-2", True), ("DP-3", True))}
    store.reading.set_result(kept)
    qtbot.waitUntil(lambda: places.loaded)
    assert places.shown() == {"DP-1", "DP-3"}
    places.stop()
