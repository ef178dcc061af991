"""What `tmcwall server source ...` does: which other systems may report incidents."""

from __future__ import annotations

import secrets
from datetime import timedelta

from tmcwall.commands.server import CONSOLE, ServerOptions, opened
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.incident import Source
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.reports import ReportingSource, add_source, all_sources, rotate_source
from tmcwall.server.upkeep import open_secrets


def webhook_add(
    options: ServerOptions, source: Source, *, secret: str | None = None, clock: Clock | None = None
) -> str:
    """Let that system report incidents, signed with this secret or with a new one. Returns the secret, told only here.

    Raises DomainError(SECRET_SHORT) for fewer than 16 bytes, and Fault(STORE_*, VAULT_UNAVAILABLE, SERVER_KEY_LOST).
    """
    chosen = secrets.token_urlsafe(32) if secret is None else secret
    now = (clock or SystemClock()).utc()
    with opened(options) as database:
        secret_box = open_secrets(database, options.settings().key_file)
        with database.write() as session:
            add_source(session, source, chosen.encode(), secret_box=secret_box, now=now)
            audit(session, AuditAction.WEBHOOK_ADDED, at=now, actor=CONSOLE, about=source)
    return chosen


def source_rotate(
    options: ServerOptions,
    source: Source,
    *,
    secret: str | None = None,
    overlap: timedelta,
    clock: Clock | None = None,
) -> str:
    """A new secret for a system that reports already. For `overlap` the one before counts, too.

    Returns the new secret, told only here. Raises DomainError(NOT_FOUND, SECRET_SHORT) and
    Fault(STORE_*, VAULT_UNAVAILABLE, SERVER_KEY_LOST).
    """
    chosen = secrets.token_urlsafe(32) if secret is None else secret
    now = (clock or SystemClock()).utc()
    with opened(options) as database:
        secret_box = open_secrets(database, options.settings().key_file)
        with database.write() as session:
            rotate_source(session, source, chosen.encode(), secret_box=secret_box, now=now, overlap=overlap)
            audit(session, AuditAction.WEBHOOK_ROTATED, at=now, actor=CONSOLE, about=f"{source} {overlap}")
    return chosen


def source_list(options: ServerOptions, *, clock: Clock | None = None) -> tuple[ReportingSource, ...]:
    """Raises Fault(STORE_*)."""
    with opened(options) as database, database.read() as session:
        return all_sources(session, now=(clock or SystemClock()).utc())
