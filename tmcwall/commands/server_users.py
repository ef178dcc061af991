"""What `tmcwall server user ...` does: officers' accounts at the server."""

from __future__ import annotations

from collections.abc import Iterable

from tmcwall.commands.server import CONSOLE, ServerOptions, opened
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.roster import Account
from tmcwall.server.accounts import (
    add_user,
    all_users,
    check_account,
    default_hasher,
    disable_user,
    enable_user,
    put_user_password,
    put_user_role,
    put_user_units,
    sign_user_out,
)
from tmcwall.server.audit import AuditAction, audit


def user_add(
    options: ServerOptions,
    nrp: str,
    *,
    role: Role,
    password: str,
    name: str = "",
    rank: str = "",
    password_due: bool = False,
    clock: Clock | None = None,
) -> None:
    """`password_due`: it is a one-time password.

    Raises DomainError(FIELD_INVALID, NAME_TAKEN, PASSWORD_WEAK) and Fault(STORE_*).
    """
    check_account(nrp, password, name=name)
    officer = Officer(nrp, name or nrp, role, rank)
    now = (clock or SystemClock()).utc()
    with opened(options) as database, database.write() as session:
        add_user(session, officer, password, hasher=default_hasher(), now=now, password_due=password_due)
        audit(session, AuditAction.USER_ADDED, at=now, actor=CONSOLE, about=f"{nrp} {role}")


def user_disable(options: ServerOptions, nrp: str, *, clock: Clock | None = None) -> None:
    """The officer is signed out everywhere and cannot sign in. Raises DomainError(NOT_FOUND) and Fault(STORE_*)."""
    now = (clock or SystemClock()).utc()
    with opened(options) as database, database.write() as session:
        disable_user(session, nrp, now=now)
        audit(session, AuditAction.USER_DISABLED, at=now, actor=CONSOLE, about=nrp)


def user_enable(options: ServerOptions, nrp: str, *, clock: Clock | None = None) -> None:
    """The officer signs in with the password of before. Raises DomainError(NOT_FOUND) and Fault(STORE_*)."""
    with opened(options) as database, database.write() as session:
        enable_user(session, nrp)
        audit(session, AuditAction.USER_ENABLED, at=(clock or SystemClock()).utc(), actor=CONSOLE, about=nrp)


def user_role(options: ServerOptions, nrp: str, role: Role, *, clock: Clock | None = None) -> None:
    """Within seconds, whoever is signed in. Raises DomainError(NOT_FOUND) and Fault(STORE_*)."""
    now = (clock or SystemClock()).utc()
    with opened(options) as database, database.write() as session:
        put_user_role(session, nrp, role, now=now)
        audit(session, AuditAction.USER_ROLE_CHANGED, at=now, actor=CONSOLE, about=f"{nrp} {role}")


def user_units(
    options: ServerOptions, nrp: str, units: Iterable[str], *, clock: Clock | None = None
) -> tuple[str, ...]:
    """In the place of those of before. Returns them as they stand.

    Raises DomainError(NOT_FOUND, FIELD_INVALID) and Fault(STORE_*).
    """
    now = (clock or SystemClock()).utc()
    with opened(options) as database, database.write() as session:
        kept = put_user_units(session, nrp, units, now=now)
        audit(session, AuditAction.USER_UNITS_CHANGED, at=now, actor=CONSOLE, about=f"{nrp} {', '.join(kept)}")
    return kept


def user_sign_out(options: ServerOptions, nrp: str, *, clock: Clock | None = None) -> None:
    """Everywhere. Raises DomainError(NOT_FOUND) and Fault(STORE_*)."""
    now = (clock or SystemClock()).utc()
    with opened(options) as database, database.write() as session:
        sign_user_out(session, nrp, now=now)
        audit(session, AuditAction.SIGN_OUT, at=now, actor=CONSOLE, about=nrp)


def user_password(
    options: ServerOptions, nrp: str, *, password: str, password_due: bool = False, clock: Clock | None = None
) -> None:
    """The officer is signed out everywhere. Raises DomainError(NOT_FOUND, PASSWORD_WEAK) and Fault(STORE_*)."""
    now = (clock or SystemClock()).utc()
    with opened(options) as database, database.write() as session:
        put_user_password(session, nrp, password, hasher=default_hasher(), now=now, password_due=password_due)
        audit(session, AuditAction.USER_PASSWORD_CHANGED, at=now, actor=CONSOLE, about=nrp)


def user_list(options: ServerOptions) -> tuple[Account, ...]:
    """By name, the disabled ones, too. Raises Fault(STORE_*)."""
    with opened(options) as database, database.read() as session:
        return all_users(session)
