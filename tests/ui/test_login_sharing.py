"""The line of the register that shares logins with all workstations."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.fake_login_sharing import FakeLoginSharing
from tests.ui.onscreen import words
from tmcwall.db.shared_logins import Wish
from tmcwall.services.login_sharing import SharedHere
from tmcwall.sync.camera_logins import ExposedLogins, LoginStanding
from tmcwall.sync.login_courier import SharingState
from tmcwall.texts import Translator
from tmcwall.texts import login_sharing as texts
from tmcwall.ui.console.login_sharing import SharingLine, sharing_text

SAY = Translator()


@pytest.fixture
def sharing() -> FakeLoginSharing:
    return FakeLoginSharing(configured=True)


@pytest.fixture
def line(sharing: FakeLoginSharing, qtbot: QtBot) -> SharingLine:
    line = SharingLine(sharing, translate=SAY)
    qtbot.addWidget(line)
    line.show()
    return line


def press(line: SharingLine, qtbot: QtBot) -> None:
    qtbot.mouseClick(line.findChild(QPushButton), Qt.MouseButton.LeftButton)


def test_the_chosen_cameras_are_shared_and_taken_back_by_one_button(line, sharing, qtbot):
    press(line, qtbot)
    line.choose(["braga", "dago"], idle=True)
    press(line, qtbot)
    sharing.put(SharingState(), SharedHere(shared=frozenset({"braga", "dago"})))
    press(line, qtbot)
    assert sharing.asked == [("share", ("braga", "dago")), ("take_back", ("braga", "dago"))]


def test_it_says_how_many_desks_have_the_logins_and_which_wait(line, sharing):
    have = tuple(f"Meja {number}" for number in range(5))
    sharing.put(SharingState(LoginStanding(cameras=12, have=have, waiting=("Meja 9",))), SharedHere())
    said = f"{SAY(texts.SHARED, cameras=12, have=5)} {SAY(texts.WAITING, count=1, desks='Meja 9')}"
    assert said in words(line)


def test_it_says_which_cameras_a_revoked_desk_knows(sharing):
    cameras = tuple(f"cam-{number}" for number in range(7))
    standing = LoginStanding(cameras=7, have=("Meja 1",), exposed=(ExposedLogins(desk="Meja 3", cameras=cameras),))
    sharing.put(SharingState(standing), SharedHere())
    shown = ", ".join([*cameras[:5], SAY(texts.AND_MORE, count=2)])
    assert SAY(texts.EXPOSED, desk="Meja 3", count=7, cameras=shown) in sharing_text(sharing, SAY)


def test_it_says_what_the_sharing_waits_for(sharing):
    assert sharing_text(sharing, SAY) == SAY(texts.NONE_SHARED)
    here = SharedHere(withheld=frozenset({"dago"}), wishes={"braga": Wish.SHARE})
    sharing.put(SharingState(refused=True, vault_away=True), here)
    said = sharing_text(sharing, SAY)
    for text in (texts.PENDING, texts.NOT_ALLOWED, texts.VAULT_AWAY, texts.WITHHELD):
        assert SAY(text, count=1) in said


def test_a_workstation_without_server_has_no_such_line(qtbot):
    line = SharingLine(FakeLoginSharing(), translate=SAY)
    qtbot.addWidget(line)
    assert line.isHidden()
