"""The accounts of a workstation, and the rules that every change of them keeps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Action, Officer, Role, may


class Origin(StrEnum):
    """Who vouches for the account."""

    LOCAL = "local"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Account:
    """An officer who may sign in here, or might before the account was disabled."""

    officer: Officer
    origin: Origin
    disabled_at: datetime | None = None
    password_due: bool = False
    """The password is a one-time password: nobody goes on duty with it before choosing another."""

    @property
    def enabled(self) -> bool:
        return self.disabled_at is None


class Roster:
    """All accounts of a workstation. Each method gives one account as it is to stand, and changes nothing itself.

    Where accounts were made here, one admin or head at least can always sign in. `by` is the number of the officer who
    asks; nobody changes the role of his own account, disables it or resets its password.
    """

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._accounts = {account.officer.nrp: account for account in accounts}

    def account(self, nrp: str) -> Account:
        """Raises DomainError(NOT_FOUND)."""
        account = self._accounts.get(nrp)
        if account is None:
            raise DomainError(DomainCode.NOT_FOUND, nrp)
        return account

    def add(self, officer: Officer) -> Account:
        """A new account, whose password is a one-time password. Raises DomainError(ACCOUNT_EXISTS, LAST_ADMIN)."""
        if officer.nrp in self._accounts:
            raise DomainError(DomainCode.ACCOUNT_EXISTS, officer.nrp)
        return self._keeping_an_admin(Account(officer, Origin.LOCAL, password_due=True))

    def with_role(self, nrp: str, role: Role, *, by: str) -> Account:
        """Raises DomainError(NOT_FOUND, OWN_ACCOUNT, ACCOUNT_OF_SERVER, LAST_ADMIN)."""
        account = self._made_here(nrp, by=by)
        return self._keeping_an_admin(replace(account, officer=replace(account.officer, role=role)))

    def disabled(self, nrp: str, *, by: str, at: datetime) -> Account:
        """Who is disabled already stays so since then. Raises DomainError(NOT_FOUND, OWN_ACCOUNT, LAST_ADMIN)."""
        account = self._of_another(nrp, by=by)
        return self._keeping_an_admin(account if not account.enabled else replace(account, disabled_at=at))

    def enabled(self, nrp: str, *, by: str) -> Account:
        """Raises DomainError(NOT_FOUND, OWN_ACCOUNT)."""
        return replace(self._of_another(nrp, by=by), disabled_at=None)

    def with_password_reset(self, nrp: str, *, by: str) -> Account:
        """Raises DomainError(NOT_FOUND, OWN_ACCOUNT, ACCOUNT_OF_SERVER)."""
        return replace(self._made_here(nrp, by=by), password_due=True)

    def with_own_password(self, nrp: str) -> Account:
        """The officer has chosen the password. Raises DomainError(NOT_FOUND, ACCOUNT_OF_SERVER, NOT_ALLOWED)."""
        account = self._made_here(nrp, by="")
        if not account.enabled:
            raise DomainError(DomainCode.NOT_ALLOWED, nrp)
        return replace(account, password_due=False)

    def _made_here(self, nrp: str, *, by: str) -> Account:
        account = self._of_another(nrp, by=by)
        if account.origin is Origin.SERVER:
            raise DomainError(DomainCode.ACCOUNT_OF_SERVER, nrp)
        return account

    def _of_another(self, nrp: str, *, by: str) -> Account:
        account = self.account(nrp)
        if nrp == by:
            raise DomainError(DomainCode.OWN_ACCOUNT, nrp)
        return account

    def _keeping_an_admin(self, changed: Account) -> Account:
        after = {**self._accounts, changed.officer.nrp: changed}
        made_here = [account for account in after.values() if account.origin is Origin.LOCAL]
        if made_here and not any(one.enabled and may(one.officer.role, Action.MANAGE_OFFICERS) for one in made_here):
            raise DomainError(DomainCode.LAST_ADMIN, changed.officer.nrp)
        return changed
