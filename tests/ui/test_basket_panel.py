"""The basket of a case in the review: what is put in with a key, and what of it was exported."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW, make_row
from tests.desk import Desk
from tmcwall.domain.basket import BasketItem, BasketPart
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.services.baskets import Choice
from tmcwall.texts import Translator
from tmcwall.texts.faults import explain
from tmcwall.ui.review.basket_panel import BasketPanel

SAY = Translator()


class Shown:
    moment: datetime | None = NOW


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def panel(desk: Desk, shown: Shown, qtbot: QtBot) -> BasketPanel:
    row = make_row(3, desk.cameras.all())
    panel = BasketPanel(desk.baskets, lambda: shown.moment, lambda: [row.bookmark], translate=SAY)
    qtbot.addWidget(panel)
    assert row.case is not None
    panel.show_row(row)
    return panel


def item_of(desk: Desk) -> BasketItem:
    row = make_row(3, desk.cameras.all())
    assert row.case is not None
    return BasketItem(
        id="i1", case_id=row.case.id, bookmark_id=row.bookmark.id, part=BasketPart.CLIP, added_by="87654321",
        added_at=NOW, note="pelaku lewat",
    )  # fmt: skip


def test_the_basket_of_the_case_is_read_when_its_footage_is_shown(panel: BasketPanel, desk: Desk) -> None:
    item = item_of(desk)
    assert desk.baskets.looked == [item.case_id]
    desk.baskets.changed.emit(item.case_id, (item,))
    assert panel.title.text() == "Keranjang perkara (1)"
    assert panel.items.item(0).text().splitlines()[1:] == ["Seluruh klip", "pelaku lewat"]
    panel.name_cameras({item.bookmark_id: "Simpang Gendengan"})
    assert panel.items.item(0).text().startswith("Simpang Gendengan")
    desk.baskets.changed.emit("another", ())
    assert panel.items.count() == 1


def test_what_was_exported_says_when_and_by_whom(panel: BasketPanel, desk: Desk) -> None:
    item = replace(item_of(desk), exported_at=NOW, exported_by="87654321")
    desk.baskets.changed.emit(item.case_id, (item,))
    assert "sudah diekspor" in panel.items.item(0).text()
    assert "87654321" in panel.items.item(0).text()


def test_a_clip_goes_in_with_its_note(panel: BasketPanel, desk: Desk) -> None:
    panel.note.setText("motor putih")
    panel.add()
    assert desk.baskets.added[-1][1] == Choice(note="motor putih")
    assert panel.note.text() == ""


def test_a_span_is_what_lies_between_two_marks_in_either_order(panel: BasketPanel, desk: Desk, shown: Shown) -> None:
    panel.mark_end()
    shown.moment = NOW - timedelta(seconds=5)
    panel.mark_start()
    panel.add()
    panel.add()
    assert [choice for _, choice in desk.baskets.added] == [
        Choice(starts_at=NOW - timedelta(seconds=5), ends_at=NOW),
        Choice(),
    ]


def test_the_picture_that_is_shown_goes_in(panel: BasketPanel, desk: Desk, shown: Shown) -> None:
    panel.add_snapshot()
    assert desk.baskets.added[-1][1].part is BasketPart.SNAPSHOT
    shown.moment = None
    panel.add_snapshot()
    assert len(desk.baskets.added) == 1


def test_what_is_selected_is_taken_out(panel: BasketPanel, desk: Desk) -> None:
    panel.remove()
    item = item_of(desk)
    desk.baskets.changed.emit(item.case_id, (item,))
    panel.items.setCurrentRow(0)
    panel.remove()
    assert desk.baskets.removed == [item]


def test_a_refusal_is_told(panel: BasketPanel, desk: Desk) -> None:
    refusal = DomainError(DomainCode.NOT_ALLOWED, "operator")
    desk.baskets.refused.emit(refusal)
    assert panel.words.text() == explain(refusal, SAY)


def test_who_may_not_export_has_no_basket(panel: BasketPanel, desk: Desk) -> None:
    desk.baskets.allowed = False
    panel.show_row(make_row(3, desk.cameras.all()))
    assert panel.isHidden()
    panel.add()
    assert desk.baskets.added == []


def test_keys_of_the_review_fill_the_basket(desk: Desk, panel: BasketPanel) -> None:
    def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> bool:
        return panel.obey(QKeyEvent(QEvent.Type.KeyPress, key, modifier))

    assert press(Qt.Key.Key_M)
    assert press(Qt.Key.Key_BracketLeft)
    assert press(Qt.Key.Key_BracketRight)
    assert press(Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    assert not press(Qt.Key.Key_X)
    assert [choice.part for _, choice in desk.baskets.added] == [BasketPart.CLIP, BasketPart.SNAPSHOT]
