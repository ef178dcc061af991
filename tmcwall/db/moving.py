"""A store on its way to another machine."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from tmcwall.db import facts, operations
from tmcwall.db.backup import is_sound
from tmcwall.db.connection import driver_connection
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.durable import sync_file

_MOVED_FROM: Final = "moved_from"


def write_copy(session: Session, target: Path) -> None:
    """The whole store at one moment as a new file; a unit for `Store.read`, whose connection writes nothing.

    Whatever opens the copy takes an identity of its own. Raises OSError, sqlite3.Error, Fault(STORE_CORRUPT).
    """
    target.touch(mode=0o600, exist_ok=False)
    mark = (_MOVED_FROM, json.dumps(operations.device(session)))
    with closing(sqlite3.connect(target)) as copy:
        driver_connection(session.connection()).backup(copy)
        # A copy in WAL mode would leave files beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        with copy:
            copy.execute("INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)", mark)
    if not is_sound(target):
        raise Fault(FaultCode.STORE_CORRUPT, "the copy does not pass its check", retryable=False)
    sync_file(target)


def moved_from(session: Session) -> str | None:
    """The identity of the workstation that this store was copied from, until `settle_in`."""
    identity = facts.get(session, _MOVED_FROM)
    return identity if isinstance(identity, str) else None


def settle_in(session: Session) -> None:
    """The store has taken an identity of its own."""
    facts.drop(session, _MOVED_FROM)
