"""Lists of RT, RW and landmarks on their way into the store."""

import pytest

from tests.services_stage import FakeDuty
from tmcwall.db import custody, operations
from tmcwall.db import places as place_rows
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.region import Kelurahan, Regions
from tmcwall.services.place_register import ImportPlaces, PlaceImports, PlaceRegister, PlaceReport, place_handlers
from tmcwall.texts import Language, Translator
from tmcwall.texts.places import report_lines

RINA = Officer("80010011", "Rina", Role.DUTY_OFFICER)
KRAPYAK = "33.74.13.1003"
LIST = f"adm4,rw,rt,lat,lon\n{KRAPYAK},4,3,-6.985,110.38\n{KRAPYAK},4,5,-6.986,110.38\n{KRAPYAK},,5,-6.9,110.3\n"


@pytest.fixture
def register(store, clock):
    return PlaceRegister(
        lambda: Regions([Kelurahan(KRAPYAK, "Semarang Barat", "Krapyak", "Kota Semarang")]), store=store, clock=clock
    )


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "rt.csv"
    file.write_text(LIST)
    return file


def test_a_list_is_one_operation_for_each_rw_and_stands_in_custody(register, file, store):
    report = register.import_list(file, by=RINA)
    assert (report.rws, report.rts, report.added, report.taken) == (1, 2, 1, 1)
    (operation,) = store.do(lambda session: operations.pending(session, 10))
    assert [one["rt"] for one in operation.fields["rts"]] == ["003", "005"]
    (row,) = store.do(lambda session: custody.about(session, "places"))
    assert (row.action, row.facts) == (CustodyAction.PLACES_IMPORTED, {
        "list": "rt.csv", "added": 1, "changed": 0, "returned": 0
    })  # fmt: skip


def test_the_same_list_again_changes_nothing_and_another_adds_to_it(register, file, store):
    register.import_list(file, by=RINA)
    again = register.import_list(file, by=RINA)
    assert (again.added, again.changed) == (0, 0)
    file.write_text("adm4,rw,rt,lat,lon\n33.74.13.1003,4,9,-6.985,110.38\n")
    assert register.import_list(file, by=RINA).changed == 1
    kept = store.do(place_rows.neighbourhoods).get("33.74.13.1003", "004")
    assert [one.rt for one in kept.rts] == ["003", "005", "009"]


def test_a_dry_run_stores_nothing_and_says_every_row_in_words(register, file, store):
    report = register.import_list(file, by=Officer("1", "x", Role.AUDITOR), dry_run=True)
    lines = report_lines(report, dry_run=True, say=Translator(Language.ID))
    assert lines[0] == "baris 4: nomor RW kosong"
    assert lines[-1].startswith("akan masuk: 1 RW dengan 2 RT (1 RW baru, 0 diubah)")
    assert len(store.do(place_rows.neighbourhoods)) == 0


def test_who_may_not_keep_the_directory_imports_nothing(register, file):
    with pytest.raises(DomainError) as refused:
        register.import_list(file, by=Officer("12345678", "Budi", Role.OPERATOR))
    assert refused.value.code is DomainCode.NOT_ALLOWED


def test_an_rw_whose_boundaries_are_larger_than_an_operation_is_refused_and_the_others_come_in(
    register, tmp_path, store
):
    ring = [[110.38 + step * 1e-5, -6.98 - (step % 7) * 1e-5] for step in range(100)]
    features = [
        {"properties": {"adm4": KRAPYAK, "rw": rw, "rt": rt}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for rw, rts in ((1, 40), (2, 1)) for rt in range(1, rts + 1)
    ]  # fmt: skip
    file = tmp_path / "rt.geojson"
    file.write_text(str({"type": "FeatureCollection", "features": features}).replace("'", '"'))
    report = register.import_list(file, by=RINA)
    assert [(one.problem.value, one.detail) for one in report.remarks if one.refused] == [
        ("too_many_corners", "33.74.13.1003/001")
    ]
    assert [one.rw for one in store.do(place_rows.neighbourhoods).all()] == ["002"]


def test_a_command_asks_the_program_that_runs_under_the_account_of_the_system(register, file, store):
    work = place_handlers(register)[ImportPlaces](ImportPlaces(str(file)))
    report = work()
    assert isinstance(report, PlaceReport)
    assert report.added == 1
    (row,) = store.do(lambda session: custody.about(session, "places"))
    assert row.actor.startswith("os:")


def test_the_console_imports_for_the_officer_on_duty(register, file, qtbot):
    imports = PlaceImports(register, duty=FakeDuty(RINA))
    with qtbot.waitSignal(imports.imported) as imported:
        imports.import_list(file)
    assert imported.args[0].added == 1
    file.unlink()
    with qtbot.waitSignal(imports.refused) as refused:
        imports.import_list(file)
    assert refused.args[0].code is DomainCode.LIST_UNREADABLE
    imports.stop()
    nobody = PlaceImports(register, duty=FakeDuty(None))
    with qtbot.waitSignal(nobody.refused) as refused:
        nobody.import_list(file)
    assert refused.args[0].code is DomainCode.NOT_ON_DUTY
    nobody.stop()
