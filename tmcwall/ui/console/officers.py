"""How an officer and an account are named on screen."""

from __future__ import annotations

from tmcwall.domain.officer import Officer
from tmcwall.domain.roster import Account, Origin
from tmcwall.texts import Translator
from tmcwall.texts import officers as texts
from tmcwall.ui.console.moments import long_moment_text


def officer_text(nrp: str, on_duty: Officer | None = None) -> str:
    """Rank and name of the officer on duty, the service number of any other."""
    if on_duty is not None and on_duty.nrp == nrp:
        return name_text(on_duty)
    return f"NRP {nrp}" if nrp.isdecimal() else nrp


def name_text(officer: Officer) -> str:
    """`Bripda Budi Santoso`."""
    return f"{officer.rank} {officer.name}".strip()


def account_state_text(account: Account, translate: Translator) -> str:
    """Whether somebody can sign in with it, and since when not."""
    if account.disabled_at is not None:
        return translate(texts.DISABLED_SINCE, time=long_moment_text(account.disabled_at, translate))
    if account.origin is Origin.SERVER:
        return translate(texts.OF_SERVER)
    return translate(texts.PASSWORD_DUE if account.password_due else texts.ACTIVE)
