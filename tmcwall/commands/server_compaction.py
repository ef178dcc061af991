"""What `tmcwall server compact` does, and what `tmcwall server check` says of the order."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

from tmcwall.commands.server import ServerOptions, is_new, note, opened
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.server.audit import AuditAction
from tmcwall.server.compaction import Compaction, OrderSize, order_size, plan
from tmcwall.server.database import Database, check_database_url, claimed, database_file
from tmcwall.server.order_check import OrderCheck, check_order
from tmcwall.server.signing_key import open_signing_key
from tmcwall.server.upkeep import open_secrets
from tmcwall.sqlite_faults import sqlite_fault


@dataclass(frozen=True, slots=True)
class CompactionReport:
    """What a run has done, or would do. `horizon`: the last place in the order that was old enough."""

    dry_run: bool
    horizon: int
    entities: int
    """That were looked at."""
    compacted: int
    """Operations that have lost their values in this run."""
    saved_bytes: int
    before: OrderSize
    after: OrderSize


def compact(options: ServerOptions, *, keep_days: int, dry_run: bool, clock: Clock | None = None) -> CompactionReport:
    """Who was away for less than `keep_days` goes on with operations, who was away longer takes the state.

    On SQLite the server must be stopped, unless it is a `dry_run`; the file is made smaller at the end.

    Raises Fault(SERVER_MISSING, SERVER_RUNS_ALREADY, SERVER_KEY_LOST, DATABASE_*, STORE_*) and DiskFault.
    """
    is_new(options, may_be_made=False)
    now = (clock or SystemClock()).utc()
    with ExitStack() as stack:
        if not dry_run:
            stack.enter_context(claimed(options.database_url))
        database = stack.enter_context(opened(options))
        key_file = options.settings().key_file
        key = None
        if not dry_run:
            key = open_signing_key(database, open_secrets(database, key_file), key_file, now=now)
        with database.read() as session:
            before = order_size(session)
            planned = plan(session, keep=timedelta(days=keep_days), now=now)
        compaction = Compaction(planned, now=now, signing_key=key)
        more = True
        while more:
            with database.read() if dry_run else database.write() as session:
                more = compaction.step(session)
        if not dry_run:
            if compaction.operations:
                _shrink(options, database)
            about = f"{compaction.operations} operations, {compaction.bytes} bytes"
            note(database, AuditAction.COMPACTED, clock, about=about)
        with database.read() as session:
            after = order_size(session)
    return CompactionReport(
        dry_run, planned.horizon, compaction.entities, compaction.operations, compaction.bytes, before, after
    )  # fmt: skip


def check_chains(options: ServerOptions, *, signatures: bool) -> OrderCheck:
    """Raises Fault(SERVER_MISSING, DATABASE_*, STORE_*)."""
    is_new(options, may_be_made=False)
    with opened(options) as database, database.read() as session:
        return check_order(session, signatures=signatures)


def _shrink(options: ServerOptions, database: Database) -> None:
    """Raises DiskFault: it takes as much room again as the database has."""
    try:
        database.shrink()
        database.checkpoint()
    except sqlite3.Error as error:
        file = database_file(check_database_url(options.database_url))
        fault = sqlite_fault(error, file.parent) if file is not None else None
        if fault is None:
            raise
        raise fault from error
