"""Who is on duty at this workstation, and what that officer may do."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from tmcwall.domain.officer import Action, Officer


class Duty(QObject):
    """Sign-in with NRP and password: at the server when one is set and answers, else against what is kept here."""

    changed = Signal()
    """`officer` or `needs_first_account` has changed; comes once after `start` even when nobody is on duty."""
    signed_in = Signal(object)
    """Officer."""
    signed_out = Signal()
    sign_in_refused = Signal(object)
    """Fault or DomainError."""

    def start(self) -> None:
        """Look up the local accounts; `changed` follows."""
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError

    @property
    def officer(self) -> Officer | None:
        raise NotImplementedError

    @property
    def needs_first_account(self) -> bool:
        """No server is set and no local account exists: somebody has to be the first."""
        raise NotImplementedError

    @property
    def busy(self) -> bool:
        """A sign-in is under way; `signed_in` or `sign_in_refused` follows."""
        raise NotImplementedError

    def sign_in(self, nrp: str, password: str) -> None:
        raise NotImplementedError

    def create_first_account(self, nrp: str, name: str, password: str) -> None:
        """Make the first local account and sign it in. Refused with PASSWORD_WEAK, FIELD_INVALID or NOT_ALLOWED."""
        raise NotImplementedError

    def sign_out(self) -> None:
        raise NotImplementedError

    def can(self, action: Action) -> bool:
        """Whether somebody is on duty who may do this."""
        raise NotImplementedError
