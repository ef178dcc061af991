"""Papers of a private camera are operations, hold hashes of files, and decide whether it comes into use."""

from __future__ import annotations

import hashlib
from functools import partial

import pytest

from tests.clocks import NOON
from tests.services_stage import camera
from tmcwall.db import cameras as camera_rows
from tmcwall.db import operations
from tmcwall.domain.camera import Owner, Standing
from tmcwall.domain.fault import DomainCode, DomainError, FaultCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity
from tmcwall.services.dossiers import Dossiers

RINA = Officer("80010011", "Rina", Role.DUTY_OFFICER)
BUDI = Officer("80010012", "Budi", Role.SUPERVISOR)


@pytest.fixture
def dossiers(store, duty, clock, qapp):
    store.do(lambda session: camera_rows.put(session, [camera("CAM-1", owner=Owner.BANK)]))
    put(store, Standing.TRIAL)
    duty.officer = RINA
    dossiers = Dossiers(store=store, duty=duty, clock=clock)
    dossiers.start()
    yield dossiers
    dossiers.stop()


def put(store, standing: Standing) -> None:
    unit = partial(
        camera_rows.put_standing, camera_id="CAM-1", standing=standing, reason="tawaran bank", by=RINA, at=NOON
    )
    store.do(unit)


@pytest.fixture
def still(tmp_path):
    path = tmp_path / "acuan.png"
    path.write_bytes(b"gambar")
    return path


def test_a_bank_s_camera_comes_into_use_after_two_officers_have_judged_one_still(
    dossiers, store, duty, still, qtbot
) -> None:
    with pytest.raises(DomainError) as early:
        put(store, Standing.ACTIVE)
    with qtbot.waitSignal(dossiers.told):
        dossiers.put_agreement("CAM-1", "MoU/7/III/2025", on=NOON.date(), file=still)
    for officer in (RINA, BUDI):
        duty.officer = officer
        with qtbot.waitSignal(dossiers.told) as told:
            dossiers.judge("CAM-1", still, public_only=True, words=" hanya  jalan ")
    put(store, Standing.ACTIVE)
    (dossier,) = told.args
    assert early.value.code is DomainCode.DOSSIER_INCOMPLETE
    assert dossier.agreement_sha256 == hashlib.sha256(b"gambar").hexdigest()
    assert [(one.by, one.words) for one in dossier.checks] == [(one.nrp, "hanya jalan") for one in (RINA, BUDI)]
    made = store.do(lambda session: operations.pending(session, 20))
    assert [one.actor for one in made if one.entity is Entity.CAMERA_DOSSIER] == [RINA.nrp, RINA.nrp, BUDI.nrp]


def test_what_is_known_is_told_and_nothing_is_known_at_first(dossiers, qtbot) -> None:
    with qtbot.waitSignal(dossiers.told) as told:
        dossiers.tell("CAM-1")
    assert (told.args[0].id, told.args[0].checks) == ("CAM-1", ())


def test_a_file_that_cannot_be_read_and_an_officer_who_may_not_are_refused(dossiers, duty, still, qtbot) -> None:
    with qtbot.waitSignal(dossiers.refused) as unreadable:
        dossiers.judge("CAM-1", still.with_name("tidak-ada.png"), public_only=True, words="")
    duty.officer = Officer("80010013", "Tri", Role.OPERATOR)
    with qtbot.waitSignal(dossiers.refused) as forbidden:
        dossiers.judge("CAM-1", still, public_only=True, words="")
    codes = [one.args[0].code for one in (unreadable, forbidden)]
    assert codes == [FaultCode.FILE_UNREADABLE, DomainCode.NOT_ALLOWED]
