"""A private camera comes into use with an agreement and two officers' judgement of the same still."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.clocks import NOON
from tests.services_stage import camera
from tmcwall.domain.camera import Owner, Standing
from tmcwall.domain.camera_dossier import (
    CameraDossier,
    Lack,
    PrivacyCheck,
    check_use,
    with_agreement,
    with_check,
)
from tmcwall.domain.fault import DomainCode, DomainError

STILL, OTHER = "aa" * 32, "bb" * 32
AGREED = with_agreement(CameraDossier("CAM-1"), " MoU/7 ", on=NOON.date(), sha256=OTHER)


def check(by: str, picture: str = STILL, *, public_only: bool = True) -> PrivacyCheck:
    return PrivacyCheck(by, NOON + timedelta(minutes=1), picture, public_only)


def judged(*checks: PrivacyCheck) -> CameraDossier:
    dossier = AGREED
    for one in checks:
        dossier = with_check(dossier, one)
    return dossier


@pytest.mark.parametrize(
    ("dossier", "lacks"),
    [
        (CameraDossier("CAM-1"), (Lack.AGREEMENT, Lack.CHECKS)),
        (judged(check("1")), (Lack.CHECKS,)),
        (judged(check("1"), check("1")), (Lack.CHECKS,)),
        (judged(check("1"), check("2", OTHER)), (Lack.CHECKS,)),
        (judged(check("1"), check("2"), check("3", public_only=False)), (Lack.PRIVATE_VIEW,)),
        (judged(check("1"), check("2")), ()),
    ],
)
def test_papers_are_whole_with_an_agreement_and_two_officers_of_one_mind_on_the_last_still(dossier, lacks) -> None:
    assert dossier.lacks == lacks


def test_an_officer_may_think_again() -> None:
    assert judged(check("1"), check("2", public_only=False), check("2")).lacks == ()


def test_an_agreement_has_a_number() -> None:
    with pytest.raises(DomainError) as refused:
        with_agreement(AGREED, " ", on=NOON.date(), sha256=STILL)
    assert refused.value.code is DomainCode.FIELD_MISSING


@pytest.mark.parametrize("owner", [Owner.PRIVATE, Owner.BANK])
def test_a_private_camera_without_whole_papers_is_not_put_into_use(owner) -> None:
    with pytest.raises(DomainError) as refused:
        check_use(camera(owner=owner), AGREED, before=Standing.TRIAL, after=Standing.ACTIVE)
    assert refused.value.code is DomainCode.DOSSIER_INCOMPLETE
    check_use(camera(owner=owner), judged(check("1"), check("2")), before=Standing.TRIAL, after=Standing.ACTIVE)


@pytest.mark.parametrize(
    ("owner", "before", "after"),
    [
        (Owner.DISHUB, Standing.TRIAL, Standing.ACTIVE),
        (Owner.BANK, Standing.SUSPENDED, Standing.ACTIVE),
        (Owner.BANK, Standing.CANDIDATE, Standing.TRIAL),
        (Owner.BANK, Standing.ACTIVE, Standing.ENDED),
    ],
)
def test_nothing_else_asks_for_papers(owner, before, after) -> None:
    check_use(camera(owner=owner), None, before=before, after=after)
