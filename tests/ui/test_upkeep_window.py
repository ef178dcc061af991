"""Outages that go on and the ledger of repairs, as the console shows and keeps them."""

from datetime import timedelta

import pytest

from tests.afternoon import NOW
from tests.desk import Desk
from tests.services_stage import EXAMPLES
from tests.ui.onscreen import button, field, table, words
from tests.ui.test_console_window import open_console
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.mass_outage import OutageCause, OutageEvent
from tmcwall.domain.operation import Entity
from tmcwall.domain.repair import CauseClass, done
from tmcwall.texts import Translator
from tmcwall.ui.actions import ActionId
from tmcwall.ui.letters.small_forms import StepForm
from tmcwall.ui.upkeep.forms import BeginForm, CauseForm

SAY = Translator()
TODAY = SAY.zone.date_of(NOW)


@pytest.fixture
def console(desk: Desk, qtbot):
    console = open_console(desk, SAY)
    qtbot.addWidget(console)
    return console


def event(desk: Desk, cause=OutageCause.NETWORK, subject="10.0.3.0/24", count=16, back=0) -> OutageEvent:
    ids = [camera.id for camera in desk.cameras.all()[:count]]
    return OutageEvent(cause, subject, NOW - timedelta(minutes=5), frozenset(ids), frozenset(ids[back:]))


def test_the_console_says_an_outage_in_one_line_and_whom_to_call(console, desk):
    assert not console.shared.outage_strip.isVisible()
    desk.outage_events.put(event(desk))
    line = console.shared.outage_strip.text
    assert line.startswith("16 kamera mati sejak 14.09.32 WIB: satu jaringan, 10.0.3.0/24. Hubungi ")
    assert console.shared.outage_strip.isVisible()
    desk.outage_events.put(event(desk, back=6))
    assert console.shared.outage_strip.text.startswith("10 dari 16 kamera masih mati")
    desk.outage_events.put()
    assert not console.shared.outage_strip.isVisible()


@pytest.mark.parametrize(
    ("cause", "subject", "said"),
    [
        (OutageCause.AREA, "33.72.01", "satu kecamatan, Laweyan"),
        (OutageCause.OWNER, "bank", "semua milik Bank"),
        (OutageCause.UPLINK, "*", "jaringan kantor kita sendiri. Periksa jaringan kantor"),
        (OutageCause.RECORDER, "10.0.3.9", "satu perekam atau gerbang, 10.0.3.9"),
    ],
)
def test_the_likely_cause_is_said_in_words(console, desk, cause, subject, said):
    desk.outage_events.put(event(desk, cause, subject))
    assert said in console.shared.outage_strip.text


def test_single_cameras_are_counted_and_many_outages_do_not_fill_the_console(console, desk):
    alone = event(desk, OutageCause.SINGLE, desk.cameras.all()[0].id, count=1)
    desk.outage_events.put(alone)
    assert not console.shared.outage_strip.isVisible()
    desk.outage_events.put(*[event(desk, subject=f"10.0.{net}.0/24") for net in range(4)], alone)
    lines = console.shared.outage_strip.text.splitlines()
    assert lines[1:] == ["3 gangguan lagi di daftar. 1 kamera lain mati sendiri-sendiri."]


@pytest.fixture
def window(console, desk):
    console.shared.handlers()[ActionId.REPAIRS]()
    return console.shared.upkeep


def test_a_repair_begins_with_the_cameras_and_the_cause_of_the_outage(window, desk, qtbot):
    desk.outage_events.put(event(desk, OutageCause.AREA, "33.72.01", count=3))
    button(window, "&Catat perbaikan…").click()
    (form,) = window.findChildren(BeginForm)
    button(form, "&Simpan").click()
    ((step, ids, cause, since, said, told, on),) = desk.repairs.asked
    assert (step, len(ids), cause, since) == ("begin", 3, CauseClass.POWER, NOW - timedelta(minutes=5))
    assert ("mungkin listrik padam" in said, bool(told), on) == (True, True, TODAY)


def test_a_number_that_no_camera_has_is_refused_in_words(window, desk):
    button(window, "&Catat perbaikan…").click()
    (form,) = window.findChildren(BeginForm)
    which = field(form, "Kamera (nomor atau id, dipisah koma)")
    which.setText("99999")
    button(form, "&Simpan").click()
    assert "Tidak ada kamera “99999”." in words(form)
    which.setText("1, 2")
    button(form, "&Simpan").click()
    assert len(desk.repairs.asked[0][1]) == 2


def test_each_step_is_asked_for_the_repair_that_is_chosen(window, desk):
    desk.repairs.put(EXAMPLES[Entity.REPAIR])
    for name, said in (("&Diberi tahu…", "PLN"), ("&Jawaban…", "besok"), ("&Selesai…", "diganti")):
        button(window, name).click()
        form = window.findChildren(StepForm)[-1]
        form.submitted.emit(TODAY, said)
    button(window, "S&ebab lain…").click()
    window.findChildren(CauseForm)[-1].submitted.emit(CauseClass.UNPAID)
    button(window, "Ca&but").click()
    assert desk.repairs.asked == [
        ("tell", "p1", "PLN", TODAY), ("answer", "p1", "besok", TODAY), ("finish", "p1", "diganti", TODAY),
        ("reclassify", "p1", CauseClass.UNPAID), ("withdraw", "p1"),
    ]  # fmt: skip


def test_one_that_is_done_says_so_and_takes_no_step_but_another_cause(window, desk):
    desk.repairs.put(done(EXAMPLES[Entity.REPAIR], words="diganti", on=TODAY))
    ledger = table(window, "Gangguan dan perbaikan kamera").model()
    assert ledger.index(0, 0).data() == "selesai 28 Maret 2025"
    states = {name: button(window, name).isEnabled() for name in ("&Diberi tahu…", "Ca&but", "S&ebab lain…")}
    assert states == {"&Diberi tahu…": False, "Ca&but": False, "S&ebab lain…": True}


def test_the_monthly_lists_are_of_the_month_before(window, desk, tmp_path):
    window.make_lists(tmp_path)
    ((month, folder),) = desk.owner_reports.asked
    assert (f"{month:%Y-%m-%d}", folder) == ("2025-02-01", tmp_path)
    desk.owner_reports.made.emit(month, [tmp_path / "a.pdf", tmp_path / "a.csv"], 1)
    assert any("Daftar bulanan 2025-02: 1 pemilik, 2 berkas" in text for text in words(window))
    desk.owner_reports.refused.emit(DomainError(DomainCode.NOT_ALLOWED, ""))
    assert not any("Daftar bulanan 2025-02" in text for text in words(window))
