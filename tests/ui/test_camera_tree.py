"""The tree of cameras by region, at the size of a large city."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW, REGIONS, make_cameras
from tests.fake_services import FakeCameraBook, FakeDuty, FakeLifecycles
from tmcwall.domain.camera import Camera, Standing
from tmcwall.domain.health import TileState
from tmcwall.domain.lifecycle import Decision, Lifecycle
from tmcwall.texts import Translator
from tmcwall.ui.console.camera_panel import CameraPanel
from tmcwall.ui.console.camera_tree import CameraTreeModel, Count, Role, cameras_in, region_names

SAY = Translator()


def model_of(book: FakeCameraBook) -> CameraTreeModel:
    model = CameraTreeModel(status=book.status, region_name=region_names(REGIONS), translate=SAY)
    model.show(book.all())
    return model


def walk(model: CameraTreeModel, parent: QModelIndex) -> list[QModelIndex]:
    rows = [model.index(row, 0, parent) for row in range(model.rowCount(parent))]
    return [found for row in rows for found in (row, *walk(model, row))]


def names(model: CameraTreeModel, parent: QModelIndex) -> list[str]:
    return [model.index(row, 0, parent).data() for row in range(model.rowCount(parent))]


@pytest.fixture
def book(qapp: object) -> FakeCameraBook:
    cameras = make_cameras(10_000)
    return FakeCameraBook(cameras, dict.fromkeys((camera.id for camera in cameras[:2_500]), TileState.LIVE))


def test_ten_thousand_cameras_stand_under_kecamatan_kelurahan_rw_and_rt(book: FakeCameraBook) -> None:
    model = model_of(book)
    top = names(model, QModelIndex())
    assert top == [
        "Laweyan, Kota Surakarta", "Serengan, Kota Surakarta", "Pasar Kliwon, Kota Surakarta",
        "Jebres, Kota Surakarta", "Banjarsari, Kota Surakarta",
    ]  # fmt: skip
    laweyan = model.index(0, 0)
    assert names(model, laweyan)[0] == "Pajang"
    pajang = model.index(0, 0, laweyan)
    assert names(model, pajang)[0] == "RW 001"
    assert names(model, model.index(0, 0, pajang))[0].startswith("RT 0")
    cameras = [index.data(Role.CAMERA) for index in walk(model, QModelIndex())]
    assert sum(isinstance(camera, Camera) for camera in cameras) == 10_000


def test_every_branch_counts_all_its_cameras_and_the_live_ones(book: FakeCameraBook) -> None:
    model = model_of(book)
    assert model.count() == Count(10_000, 2_500, 0)
    branches = [model.index(row, 0).data(Role.COUNT) for row in range(model.rowCount())]
    assert sum(branch.total for branch in branches) == 10_000
    assert sum(branch.live for branch in branches) == 2_500


def test_cameras_of_one_state_share_one_icon(book: FakeCameraBook) -> None:
    model = model_of(book)
    leaves = [index for index in walk(model, QModelIndex()) if index.data(Role.CAMERA) is not None]
    icons = {index.data(Qt.ItemDataRole.DecorationRole).cacheKey() for index in leaves[:100] * 2}
    assert len(icons) == len({book.status(index.data(Role.CAMERA).id).state for index in leaves[:100]})


def test_a_camera_that_is_lost_changes_the_counts_of_every_branch_above_it(book: FakeCameraBook) -> None:
    model = model_of(book)
    camera_id = book.all()[0].id
    changed: list[QModelIndex] = []
    model.dataChanged.connect(lambda first, last, roles: changed.append(first))
    book.states[camera_id] = TileState.LOST
    model.refresh([camera_id])
    assert model.count() == Count(10_000, 2_499, 1)
    above = model.index_of(camera_id).parent()
    while above.isValid():
        count = above.data(Role.COUNT)
        assert count.trouble == 1
        above = above.parent()
    assert len(changed) == 5


def test_the_model_obeys_the_rules_of_qt(qapp: object) -> None:
    book = FakeCameraBook(make_cameras(60))
    model = model_of(book)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.show(book.all()[:20])
    model.refresh([camera.id for camera in book.all()])


def test_a_camera_without_region_stands_last_under_its_own_heading(qapp: object) -> None:
    model = model_of(FakeCameraBook([*make_cameras(5), Camera("drone-1", "Drone 1", "rtsp://192.0.2.9/")]))
    last = model.index(model.rowCount() - 1, 0)
    assert last.data() == "Tanpa wilayah"
    assert model.index(0, 0, last).data() == "Drone 1"


def test_dragging_a_camera_carries_its_id(qapp: object) -> None:
    book = FakeCameraBook(make_cameras(3))
    model = model_of(book)
    indexes = [model.index_of(camera.id) for camera in book.all()[:2]]
    mime = model.mimeData(indexes)
    assert bytes(mime.data("application/x-tmcwall-camera").data()).decode() == book.all()[0].id
    assert cameras_in(mime) == [camera.id for camera in book.all()[:2]]
    assert model.flags(indexes[0]) & Qt.ItemFlag.ItemIsDragEnabled
    assert not model.flags(indexes[0].parent()) & Qt.ItemFlag.ItemIsDragEnabled


def test_the_tip_names_owner_address_and_state(qapp: object) -> None:
    book = FakeCameraBook(make_cameras(1), {})
    model = model_of(book)
    tip = model.index_of(book.all()[0].id).data(Qt.ItemDataRole.ToolTipRole)
    assert "Pemilik: Polri" in tip
    assert "Laweyan, Laweyan, Kota Surakarta" in tip
    assert "Keadaan: Nonaktif" in tip


def test_the_tip_says_what_was_decided_about_the_camera_by_whom_and_why(qapp: object) -> None:
    book = FakeCameraBook(make_cameras(1), {})
    model = CameraTreeModel(
        status=book.status, region_name=region_names(REGIONS), translate=SAY, lifecycle=book.lifecycle
    )
    model.show(book.all())
    index = model.index_of(book.all()[0].id)
    assert "Padam terencana" not in index.data(Qt.ItemDataRole.ToolTipRole)
    book.lifecycles[book.all()[0].id] = Lifecycle(
        Standing.SUSPENDED, Decision("pindah jaringan", "87654321", NOW), Decision("melihat rumah", "12345678", NOW)
    )
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert "Padam terencana sejak 28 Maret 2025 pukul 14.14 WIB oleh NRP 87654321: pindah jaringan" in tip
    assert "Karantina sejak 28 Maret 2025 pukul 14.14 WIB oleh NRP 12345678: melihat rumah" in tip


@pytest.fixture
def panel(book: FakeCameraBook, qtbot: QtBot) -> CameraPanel:
    panel = CameraPanel(book, FakeLifecycles(), FakeDuty(), region_name=region_names(REGIONS), translate=SAY)
    qtbot.addWidget(panel)
    panel.resize(360, 600)
    panel.show()
    return panel


def test_a_search_shows_only_what_was_found_opened_up(panel: CameraPanel, qtbot: QtBot) -> None:
    panel._search.setText("-00120 ")
    qtbot.waitUntil(lambda: panel._model.count().total == 1)
    found = [index for index in walk(panel._model, QModelIndex()) if index.data(Role.CAMERA)]
    assert found[0].data(Role.CAMERA).number == 120
    assert panel._view.isExpanded(found[0].parent())


def test_enter_in_the_search_selects_the_first_find_and_escape_brings_all_back(
    panel: CameraPanel, qtbot: QtBot
) -> None:
    panel.start_search()
    panel._search.setText("-00120 ")
    qtbot.keyClick(panel._search, Qt.Key.Key_Return)
    assert panel.selected_camera() is not None
    qtbot.keyClick(panel._search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: panel._model.count().total == 10_000)


def test_a_search_without_a_find_says_so(panel: CameraPanel, qtbot: QtBot) -> None:
    panel._search.setText("tidak ada kamera ini")
    qtbot.waitUntil(panel._nothing.isVisible)
    assert panel._nothing.text() == "Tidak ada kamera yang cocok dengan “tidak ada kamera ini”."


def test_activating_a_camera_asks_for_it(panel: CameraPanel, book: FakeCameraBook, qtbot: QtBot) -> None:
    index = panel._model.index_of(book.all()[7].id)
    with qtbot.waitSignal(panel.camera_activated) as asked:
        panel._view.activated.emit(index)
    assert asked.args == [book.all()[7].id]


def test_the_selected_camera_stays_selected_when_the_cameras_are_read_again(
    panel: CameraPanel, book: FakeCameraBook
) -> None:
    panel.reveal(book.all()[7].id)
    book.cameras_changed.emit()
    assert panel.selected_camera() == book.all()[7].id
