"""Packages of others, checked from the console: wherever they lie on what was given, and never green unknown."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.clocks import FakeClock
from tests.evidence_packages import MADE_AT, SIGNERS, packaged
from tmcwall.domain.fault import DomainCode, FaultCode
from tmcwall.evidence.verification import Verdict
from tmcwall.services.evidence_check import EvidenceCheck, packages_in


class Clock(FakeClock):
    """It is asked when a package is about to be checked: a test may have something happen then."""

    def __init__(self) -> None:
        super().__init__(MADE_AT)
        self.asked: Callable[[], None] = lambda: None

    def utc(self) -> datetime:
        self.asked()
        return super().utc()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def check(qapp, tmp_path: Path, clock: Clock) -> Iterator[EvidenceCheck]:
    signers = tmp_path / "known_signers"
    signers.write_text("".join(signer.line() for signer in SIGNERS))
    check = EvidenceCheck(
        signers=signers,
        camera_authorities=tmp_path / "ca",
        servers=tmp_path / "known-servers",
        time_stamp_authorities=tmp_path / "tsa",
        clock=clock,
    )
    yield check
    check.stop()
    assert check.join(10)


def outcome(check: EvidenceCheck, place: Path, qtbot):
    with qtbot.waitSignal(check.checked) as told:
        check.check(place)
        assert check.busy
    return told.args[0]


def test_a_package_is_checked_by_its_folder_and_by_any_file_in_it(check, qtbot, tmp_path) -> None:
    made = packaged(tmp_path)
    for place in (made.folder, made.folder / "VERIFY.txt"):
        (one,) = outcome(check, place, qtbot)
        assert (one.folder, one.found.verdict) == (made.folder, Verdict.VALID)
    assert not check.busy


def test_all_packages_on_a_stick_are_checked_and_each_has_its_own_verdict(check, qtbot, tmp_path) -> None:
    stick = tmp_path / "stik"
    stick.mkdir()
    made = packaged(stick, seconds=6)
    other = made.folder.with_name("lain")
    shutil.copytree(made.folder, other, dirs_exist_ok=True)
    (clip,) = (other / "data/originals").iterdir()
    content = bytearray(clip.read_bytes())
    content[len(content) // 3] ^= 1
    clip.write_bytes(content)
    found = {one.folder.name: one.found for one in outcome(check, stick, qtbot)}
    assert found[made.folder.name].verdict is Verdict.VALID
    assert found["lain"].verdict is Verdict.ALTERED
    assert found["lain"].altered[0].first_altered_second is not None


def test_a_place_without_a_package_is_refused(check, qtbot, tmp_path) -> None:
    with qtbot.waitSignal(check.refused) as told:
        check.check(tmp_path)
    assert told.args[0].code is DomainCode.NO_PACKAGE_THERE


def test_a_place_that_is_gone_is_refused(check, qtbot, tmp_path) -> None:
    with qtbot.waitSignal(check.refused) as told:
        check.check(tmp_path / "tercabut")
    assert told.args[0].code is FaultCode.FILE_UNREADABLE


def test_a_check_that_is_given_up_says_so(check, clock, qtbot, tmp_path) -> None:
    made = packaged(tmp_path)
    clock.asked = check.cancel
    with qtbot.waitSignal(check.refused) as told:
        check.check(made.folder)
    assert told.args[0].code is FaultCode.CHECK_CANCELLED


def test_hidden_folders_and_links_are_not_looked_into(tmp_path) -> None:
    made = packaged(tmp_path)
    hidden = tmp_path / "stik/.sampah"
    hidden.mkdir(parents=True)
    made.folder.rename(hidden / "paket")
    (tmp_path / "stik/tautan").symlink_to(hidden / "paket")
    assert list(packages_in(tmp_path / "stik")) == []
