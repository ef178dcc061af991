"""Of every package there is one version, whoever installs it."""

from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parents[3] / "requirements"


def pinned(lock: str) -> set[str]:
    """Each version with its marker and hashes."""
    return set((REQUIREMENTS / lock).read_text("utf-8").replace("\\\n", "").splitlines())


@pytest.mark.parametrize("lock", ["demo.txt", "server.txt"])
def test_what_is_installed_for_use_is_what_the_tests_ran_with(lock: str):
    assert pinned(lock) <= pinned("lock.txt")


def test_the_demo_has_all_of_the_server_and_nothing_that_only_checks():
    demo = pinned("demo.txt")
    assert pinned("server.txt") <= demo
    assert not [line for line in demo if line.startswith(("mypy", "pytest", "ruff", "pyinstaller"))]
