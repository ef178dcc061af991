"""What a camera is to show, from a decoder over the engine into a file and back."""

import asyncio

import pytest

from tmcwall.domain.camera import Profile
from tmcwall.video.engine.scene_references import SceneReferences
from tmcwall.video.ipc.messages import LARGEST_VIEW
from tmcwall.video.sessions.access_unit_source import StreamKey

MAIN, SUB = StreamKey("simpang/5", Profile.MAIN), StreamKey("simpang/5", Profile.SUB)


def on_a_loop(scenario):
    return asyncio.run(asyncio.wait_for(scenario, 30))


async def kept(views, key):
    """What is fetched; None if nothing comes before what is asked for after it."""
    found = []
    marker = StreamKey("marker", Profile.MAIN)
    views.keep(marker, b"marker")
    views.fetch(key, found.append)
    seen = asyncio.Event()
    views.fetch(marker, lambda _view: seen.set())
    await seen.wait()
    return found[0] if found else None


def test_a_reference_outlives_the_engine(tmp_path):
    async def first():
        views = SceneReferences(tmp_path / "views")
        views.keep(MAIN, b"older")
        views.keep(MAIN, b"newer")
        assert await kept(views, MAIN) == b"newer"
        views.close()

    async def second():
        views = SceneReferences(tmp_path / "views")
        assert await kept(views, MAIN) == b"newer"
        assert await kept(views, SUB) is None
        views.close()

    on_a_loop(first())
    on_a_loop(second())


def test_an_accepted_view_forgets_the_references_of_both_streams(tmp_path):
    async def scenario():
        views = SceneReferences(tmp_path)
        views.keep(MAIN, b"main")
        views.keep(SUB, b"sub")
        forgotten = asyncio.Event()
        views.forget(MAIN.camera, forgotten.set)
        await forgotten.wait()
        assert await kept(views, MAIN) is None
        assert await kept(views, SUB) is None
        views.close()

    on_a_loop(scenario())


def test_a_reference_that_is_being_read_when_the_view_is_accepted_is_not_passed_on(tmp_path):
    async def scenario():
        views = SceneReferences(tmp_path)
        views.keep(MAIN, b"before it was accepted")
        found = []
        views.fetch(MAIN, found.append)
        views.forget(MAIN.camera, lambda: None)
        assert await kept(views, MAIN) is None
        assert found == []
        views.close()

    on_a_loop(scenario())


def test_a_reference_that_cannot_be_removed_is_not_reported_as_forgotten(tmp_path):
    (tmp_path / "simpang%2F5-main.view").mkdir()

    async def scenario():
        views = SceneReferences(tmp_path)
        called = []
        views.forget(MAIN.camera, lambda: called.append(MAIN.camera))
        await kept(views, MAIN)
        views.close()
        return called

    assert on_a_loop(scenario()) == []


def test_no_camera_id_leaves_the_folder_and_no_file_is_read_beyond_the_limit(tmp_path):
    async def scenario():
        views = SceneReferences(tmp_path / "views")
        key = StreamKey("../../etc/passwd", Profile.MAIN)
        views.keep(key, bytes(LARGEST_VIEW + 100))
        assert len(await kept(views, key)) == LARGEST_VIEW
        views.close()

    on_a_loop(scenario())
    assert {path.parent for path in tmp_path.rglob("*.view")} == {tmp_path / "views"}


@pytest.mark.parametrize("trouble", ["a file where the folder should be", "nothing there"])
def test_a_disk_that_keeps_nothing_costs_nothing_else(tmp_path, trouble):
    if "file" in trouble:
        (tmp_path / "views").write_text("")

    async def scenario():
        views = SceneReferences(tmp_path / "views")
        found = []
        views.fetch(MAIN, found.append)
        views.close()
        return found

    assert on_a_loop(scenario()) == []
