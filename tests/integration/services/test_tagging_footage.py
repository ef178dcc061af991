"""A tag on a real stream: from the network through engine, recording and clip into the store."""

import hashlib
from dataclasses import dataclass

import pytest

from tests.services_stage import FakeDuty, camera
from tmcwall.cameras.logins import CameraLogins, Login
from tmcwall.db import cameras as camera_rows
from tmcwall.db import rows
from tmcwall.db.store import Store
from tmcwall.domain.bookmark import ClipState
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.health import TileState
from tmcwall.domain.operation import Entity
from tmcwall.services.camerabook import CameraBook
from tmcwall.services.changes import Changes
from tmcwall.services.tagging import Rolls, Tagging
from tmcwall.video.feed.video_feed import VideoFeed

pytest_plugins = ["tests.cameras"]

WAIT_MS = 60_000
CLOCK = SystemClock()


class OneLogin:
    """The login of every camera on this machine."""

    def __init__(self, username, password):
        self._login = Login("127.0.0.1", username, password)

    def all(self):
        return {"CAM-1": CameraLogins(main=self._login)}


@dataclass(frozen=True)
class Desk:
    store: Store
    feed: VideoFeed
    book: CameraBook
    tagging: Tagging


@pytest.fixture
def desk_of(qapp, qtbot, cameras, camera_login, tmp_path):
    city = cameras("CAM-1", password=True)
    made = []

    def start():
        store = Store(tmp_path / "tmcwall.db", clock=CLOCK)
        here = camera("CAM-1", url=city.url("CAM-1"))
        store.write(lambda session: camera_rows.put(session, [here])).result(60)
        feed = VideoFeed(clock=CLOCK, recordings=tmp_path / "recordings", decoders=1)
        book = CameraBook(store=store, streams=feed, logins=OneLogin(*camera_login), clock=CLOCK)
        tagging = Tagging(
            store=store,
            changes=Changes(store=store),
            cutter=feed,
            cameras=book,
            duty=FakeDuty(),
            clock=CLOCK,
            clips=tmp_path / "clips",
            rolls=Rolls(before_s=2, after_s=1),
        )
        desk = Desk(store, feed, book, tagging)
        made.append(desk)
        feed.start()
        feed.record(["CAM-1"])
        book.start()
        tagging.start()
        return desk

    def stop(desk):
        made.remove(desk)
        desk.tagging.stop()
        desk.book.stop()
        with qtbot.waitSignal(desk.feed.stopped, timeout=WAIT_MS):
            desk.feed.stop()
        desk.store.close()

    yield start, stop
    while made:
        stop(made[-1])


def tag_when_live(desk, qtbot):
    qtbot.waitUntil(lambda: desk.book.status("CAM-1").state is TileState.LIVE, timeout=WAIT_MS)
    request = desk.tagging.begin("CAM-1")
    with qtbot.waitSignal(desk.tagging.saved, timeout=WAIT_MS) as saved:
        desk.tagging.tag(request)
    return saved.args[0]


def is_ready(clip):
    return clip.state is ClipState.READY


def test_a_tag_becomes_a_clip_whose_hash_is_that_of_its_file(desk_of, qtbot):
    desk = desk_of[0]()
    saved = tag_when_live(desk, qtbot)
    with qtbot.waitSignal(desk.tagging.clip_changed, check_params_cb=is_ready, timeout=WAIT_MS) as changed:
        pass
    clip, path = changed.args[0], desk.tagging.clip_path(saved.id)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == clip.sha256
    assert path.stat().st_size == clip.size_bytes
    assert clip.packets > 10
    assert clip.first_packet_at < saved.marked_at < clip.last_packet_at
    assert desk.store.read(lambda session: rows.get(session, Entity.CLIP, clip.id)).result(60) == clip


def test_a_program_that_ends_before_the_clip_does_cuts_it_at_the_next_start(desk_of, qtbot):
    start, stop = desk_of
    desk = start()
    saved = tag_when_live(desk, qtbot)
    stop(desk)
    after = start()
    with qtbot.waitSignal(after.tagging.clip_changed, check_params_cb=is_ready, timeout=WAIT_MS) as changed:
        pass
    assert changed.args[0].bookmark_id == saved.id
    assert after.tagging.clip_path(saved.id).is_file()
