"""The redaction of a clip on screen: boxes over the picture, a copy that must be watched, and its release."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt

from tests.afternoon import NOW, make_row
from tests.clocks import FakeClock
from tests.desk import Desk
from tests.ui.onscreen import button, choose, table, words
from tests.ui.test_review import FakeClip
from tmcwall.domain.derived_copy import Box, Cover
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.evidence.redaction import Watching
from tmcwall.services.redactions import MadeRedaction
from tmcwall.texts import Translator
from tmcwall.ui.evidence.box_canvas import BoxCanvas
from tmcwall.ui.evidence.redaction_plan import DrawnBox
from tmcwall.ui.evidence.redaction_window import RedactionWindow

SAY = Translator()
SEEKER = Officer("80010004", "Sri Wahyuni", Role.INVESTIGATOR, "Aipda")


@pytest.fixture
def clip() -> FakeClip:
    return FakeClip()


@pytest.fixture
def window(desk: Desk, clip: FakeClip, qtbot, tmp_path: Path):
    desk.duty.accept(SEEKER)
    file = tmp_path / "klip.mp4"
    file.write_bytes(b"video")
    row = make_row(3, desk.cameras.all())
    desk.tagging.paths[row.bookmark.id] = file
    window = RedactionWindow(
        desk.redaction, desk.tagging, desk.duty, lambda *_: clip, clock=FakeClock(NOW), translate=SAY
    )
    qtbot.addWidget(window)
    window.open_row(row)
    yield window
    window.close()


def drag(window: RedactionWindow, qtbot, box: Box) -> None:
    """From one corner to the other, as parts of the picture."""
    canvas = window.findChild(BoxCanvas)
    picture = window.player.screen_of_clip.box()

    def point(x: float, y: float) -> QPoint:
        return QPoint(picture.x() + round(x * picture.width()), picture.y() + round(y * picture.height()))

    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=point(box.x, box.y))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=point(box.x + box.width, box.y + box.height))


def move_to(window: RedactionWindow, clip: FakeClip, position_s: float) -> None:
    clip.playing = False
    window.player.go_to_position(position_s)


def test_a_box_is_drawn_and_moved_at_another_moment_as_a_second_key(window, clip, desk, qtbot) -> None:
    button(window, "Kotak baru").click()
    move_to(window, clip, 2.0)
    drag(window, qtbot, Box(0.25, 0.25, 0.25, 0.25))
    move_to(window, clip, 6.0)
    drag(window, qtbot, Box(0.5, 0.5, 0.25, 0.25))
    button(window, "Buat salinan").click()
    ((region,),) = [redaction.regions for redaction in desk.redaction.wanted]
    assert [round(key.at_s, 1) for key in region.keys[:2]] == [2.0, 6.0]
    assert region.keys[0].box.x == pytest.approx(0.25, abs=0.01)
    assert region.keys[1].box.x == pytest.approx(0.5, abs=0.01)
    assert region.keys[-1].at_s > 40.0
    assert region.cover is Cover.SOLID


def test_a_box_ends_where_it_is_told_to_and_may_be_coarse_squares(window, clip, desk, qtbot) -> None:
    move_to(window, clip, 1.0)
    drag(window, qtbot, Box(0.25, 0.25, 0.25, 0.25))
    choose(window, "Penutup", "kotak-kotak kasar")
    move_to(window, clip, 9.0)
    button(window, "Berakhir di sini").click()
    assert table(window, "Yang ditutupi").model().index(0, 0).data() == "Kotak 1: 00.01 sampai 00.09, 1 kunci"
    button(window, "Buat salinan").click()
    (region,) = desk.redaction.wanted[0].regions
    assert (region.cover, region.keys[-1].at_s) == (Cover.MOSAIC, pytest.approx(9.0))


def test_masks_of_the_camera_cover_the_picture_from_the_beginning_and_others_can_be_added(window, desk, qtbot) -> None:
    (camera_id,) = desk.redaction.cameras
    desk.redaction.masks_known.emit(camera_id, (Box(0, 0, 0.2, 0.1),))
    assert window.player.screen_of_clip.masks == (Box(0, 0, 0.2, 0.1),)
    button(window, "Masker baru").click()
    drag(window, qtbot, Box(0.5, 0.5, 0.25, 0.25))
    assert "Masker 1: sepanjang klip" in table(window, "Yang ditutupi").model().index(0, 0).data()
    button(window, "Buat salinan").click()
    assert len(desk.redaction.wanted[0].masks) == 1
    assert desk.redaction.wanted[0].regions == ()


def test_what_was_removed_is_not_covered(window, clip, desk, qtbot) -> None:
    drag(window, qtbot, Box(0.25, 0.25, 0.25, 0.25))
    button(window, "Hapus").click()
    assert window.plan.is_empty
    assert not button(window, "Buat salinan").isEnabled()


def test_a_click_is_no_box(window, qtbot) -> None:
    drag(window, qtbot, Box(0.25, 0.25, 0.001, 0.001))
    assert window.plan.is_empty


def made(window: RedactionWindow, desk: Desk, tmp_path: Path, qtbot) -> MadeRedaction:
    drag(window, qtbot, Box(0.25, 0.25, 0.25, 0.25))
    button(window, "Buat salinan").click()
    copy = tmp_path / "salinan.mp4"
    copy.write_bytes(b"copy")
    one = MadeRedaction(make_row(3, desk.cameras.all()), copy, Watching(40.0))
    desk.redaction.put_busy(busy=False)
    desk.redaction.made.emit(one)
    return one


def test_a_copy_is_released_after_it_was_played_to_its_end_and_not_before(window, clip, desk, tmp_path, qtbot) -> None:
    one = made(window, desk, tmp_path, qtbot)
    clip.playing = True
    window.player._next()
    assert not button(window, "Lepaskan").isEnabled()
    for tick in range(201):
        clip.position_s = tick * 0.2
        window._look()
        if tick == 100:
            assert any("50 %" in said for said in words(window))
            assert not button(window, "Lepaskan").isEnabled()
    button(window, "Lepaskan").click()
    assert desk.redaction.to_release == [one]
    desk.redaction.released.emit(one.path)
    assert any("Dilepas" in said for said in words(window))


def test_what_was_skipped_keeps_a_copy_from_being_released_and_is_gone_to(window, clip, desk, tmp_path, qtbot) -> None:
    made(window, desk, tmp_path, qtbot)
    clip.playing = True
    window.player._next()
    for tick in [*range(50), *range(100, 201)]:
        clip.position_s = tick * 0.2
        window._look()
    assert not button(window, "Lepaskan").isEnabled()
    button(window, "Ke bagian yang belum ditonton").click()
    assert clip.position_s == pytest.approx(9.8)


def test_a_paused_copy_is_not_being_watched(window, clip, desk, tmp_path, qtbot) -> None:
    one = made(window, desk, tmp_path, qtbot)
    clip.playing = False
    for tick in range(201):
        clip.position_s = tick * 0.2
        window._look()
    assert one.watching.seen_part == 0.0


def test_a_refusal_leads_back_to_the_boxes(window, desk, qtbot) -> None:
    drag(window, qtbot, Box(0.25, 0.25, 0.25, 0.25))
    button(window, "Buat salinan").click()
    desk.redaction.put_busy(busy=False)
    desk.redaction.refused.emit(DomainError(DomainCode.COPY_CHANGED))
    assert len(window.plan.boxes) == 1
    assert button(window, "Buat salinan").isEnabled()


def test_closing_gives_up_a_copy_that_is_being_made(window, desk) -> None:
    window.close()
    assert desk.redaction.cancelled == 1


def test_a_box_is_on_the_line_between_its_keys_and_not_outside_of_them() -> None:
    drawn = DrawnBox(Cover.SOLID, {2.0: Box(0.0, 0.0, 0.2, 0.2)}, ends_at_s=8.0)
    drawn.put(6.0, Box(0.4, 0.0, 0.2, 0.2))
    assert drawn.at(1.0) is None
    assert drawn.at(4.0) == Box(0.2, 0.0, 0.2, 0.2)
    assert drawn.at(7.0) == Box(0.4, 0.0, 0.2, 0.2)
    assert drawn.at(9.0) is None
    drawn.put(6.001, Box(0.5, 0.0, 0.2, 0.2))
    assert len(drawn.keys) == 2


def test_a_copy_that_is_played_faster_than_twice_its_speed_is_not_being_watched(
    window, clip, desk, tmp_path, qtbot
) -> None:
    one = made(window, desk, tmp_path, qtbot)
    clip.playing = True
    window.player._next()
    for _ in range(3):
        window.player.play_on()
    assert window.player.speed > 2.0
    for tick in range(201):
        clip.position_s = tick * 0.2
        window._look()
    assert one.watching.seen_part == 0.0
