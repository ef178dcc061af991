"""A real PostgreSQL for the tests that ask for `postgresql`: `pytest_plugins = ["tests.postgresql"]`."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

# Debian's package (apt: postgresql) keeps its programs out of the search path.
_FOLDERS = [str(folder) for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]


def _program(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join([*_FOLDERS, os.environ.get("PATH", "")]))


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[Path]:
    """The folder of its socket. It listens on no network, and belongs to the user `postgres` if we are root."""
    initdb, control = _program("initdb"), _program("pg_ctl")
    if initdb is None or control is None:
        pytest.skip("PostgreSQL is not installed (apt: postgresql)")
    owner = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="tmc-pg-"))
    data = folder / "data"
    if owner is not None:
        shutil.chown(folder, owner, owner)

    def run(*command: str) -> None:
        done = subprocess.run(
            command, cwd=folder, user=owner, group=owner, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    try:
        run(initdb, "-D", str(data), "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        settings = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c autovacuum=off"
        run(control, "-D", str(data), "-w", "-l", str(folder / "log"), "-o", settings, "start")
        try:
            yield folder
        finally:
            run(control, "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def postgresql(postgresql_cluster: Path) -> str:
    """The URL of a new, empty database."""
    name = f"tmc_{uuid4().hex}"
    with psycopg.connect(host=str(postgresql_cluster), user="tester", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql+psycopg://tester@/{name}?host={postgresql_cluster}"
