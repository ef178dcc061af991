"""The version of the store's schema: Alembic migrations inside the package, all of them in one transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from tmcwall.domain.fault import Fault, FaultCode

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def revision(connection: Connection) -> str | None:
    """The revision that the file has; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def needs_migration(connection: Connection) -> bool:
    """Raises Fault(STORE_NEWER) if a newer program has written this store."""
    script = ScriptDirectory.from_config(_config())
    current = revision(connection)
    if current is not None:
        try:
            known = script.get_revision(current) is not None
        except CommandError:
            known = False
        if not known:
            raise Fault(FaultCode.STORE_NEWER, f"revision {current}", retryable=False)
    return current != script.get_current_head()


def migrate(connection: Connection, *, target: str = "head") -> None:
    """Upgrades within the caller's transaction: the schema is the old one or the new one, never between."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, target)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
