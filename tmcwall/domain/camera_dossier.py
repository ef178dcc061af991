"""The papers of a private camera: the agreement with its owner, and who has judged that it sees public places only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final

from tmcwall.domain.bookmark import Sha256
from tmcwall.domain.camera import Camera, Owner, Standing
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.shape import Id, Longest

LONGEST_AGREEMENT: Final = 200
LONGEST_WORDS: Final = 500
_PRIVATE: Final = frozenset({Owner.PRIVATE, Owner.BANK})
NOT_YET_IN_USE: Final = frozenset({Standing.CANDIDATE, Standing.TRIAL})


class Lack(StrEnum):
    """What a dossier needs before its camera is put into use."""

    AGREEMENT = "agreement"
    """Number and date of the MoU or circular by which the owner has consented, with the file's hash."""
    CHECKS = "checks"
    """Two officers who have judged the same still."""
    PRIVATE_VIEW = "private_view"
    """Somebody has said of the last still that it shows what is not public."""


@dataclass(frozen=True, slots=True)
class PrivacyCheck:
    """One officer's judgement of a reference still."""

    by: Id
    at: datetime
    picture_sha256: Sha256
    public_only: bool
    """Whether it shows public places only: no teller, no keypad, no home."""
    words: Annotated[str, Longest(LONGEST_WORDS)] = ""


@dataclass(frozen=True, slots=True)
class CameraDossier:
    """Under the camera's id. Two desks may work on one: it is synchronised."""

    id: Id
    agreement: Annotated[str, Longest(LONGEST_AGREEMENT)] = ""
    """Number of the MoU or circular (SE)."""
    agreed_on: date | None = None
    agreement_sha256: Sha256 | None = None
    """Of the signed file, which the station keeps."""
    checks: tuple[PrivacyCheck, ...] = ()

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """Empty: its camera may be put into use."""
        found = []
        if not self.agreement or self.agreed_on is None or self.agreement_sha256 is None:
            found.append(Lack.AGREEMENT)
        last = self.checks[-1].picture_sha256 if self.checks else ""
        judged = [one for one in self.checks if one.picture_sha256 == last]
        if not all(one.public_only for one in judged):
            found.append(Lack.PRIVATE_VIEW)
        if len({one.by for one in judged if one.public_only}) < 2:
            found.append(Lack.CHECKS)
        return tuple(found)


def with_agreement(dossier: CameraDossier, number: str, *, on: date, sha256: Sha256) -> CameraDossier:
    """Raises DomainError(FIELD_MISSING, FIELD_INVALID)."""
    words = " ".join(number.split())
    if not words:
        raise DomainError(DomainCode.FIELD_MISSING, "agreement")
    if len(words) > LONGEST_AGREEMENT or not words.isprintable():
        raise DomainError(DomainCode.FIELD_INVALID, "agreement")
    return replace(dossier, agreement=words, agreed_on=on, agreement_sha256=sha256)


def with_check(dossier: CameraDossier, check: PrivacyCheck) -> CameraDossier:
    """An officer's second judgement of the same still takes the place of the first.

    Raises DomainError(FIELD_INVALID).
    """
    if len(check.words) > LONGEST_WORDS or not check.words.isprintable():
        raise DomainError(DomainCode.FIELD_INVALID, "words")
    kept = [one for one in dossier.checks if (one.by, one.picture_sha256) != (check.by, check.picture_sha256)]
    return replace(dossier, checks=(*kept, check))


def check_use(camera: Camera, dossier: CameraDossier | None, *, before: Standing, after: Standing) -> None:
    """A private camera comes into use with whole papers only. Raises DomainError(DOSSIER_INCOMPLETE)."""
    if camera.owner not in _PRIVATE or before not in NOT_YET_IN_USE or after is not Standing.ACTIVE:
        return
    lacks = (dossier or CameraDossier(camera.id)).lacks
    if lacks:
        raise DomainError(DomainCode.DOSSIER_INCOMPLETE, f"{camera.name}: {', '.join(lacks)}")
