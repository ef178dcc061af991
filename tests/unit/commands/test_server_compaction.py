"""`tmcwall server compact`: what it says, and beside whom it does nothing."""

from pathlib import Path

import pytest

from tests.exchange import NRP, PASSWORD
from tmcwall import cli
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_compaction import compact
from tmcwall.commands.server_users import user_add
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.officer import Role
from tmcwall.server.database import claimed


@pytest.fixture
def server(tmp_path: Path) -> ServerOptions:
    options = ServerOptions(data_dir=tmp_path / "data")
    user_add(options, NRP, role=Role.OPERATOR, password=PASSWORD)
    return options


def test_nothing_is_compacted_beside_a_server_that_has_the_database(server: ServerOptions) -> None:
    with claimed(server.database_url):
        with pytest.raises(Fault) as refused:
            compact(server, keep_days=90, dry_run=False)
        assert compact(server, keep_days=90, dry_run=True).dry_run
    assert refused.value.code is FaultCode.SERVER_RUNS_ALREADY


def test_the_commands_say_what_they_did(server: ServerOptions, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--data-dir", str(server.data_dir), "--lang", "en"]
    for command, said in (
        (["compact", "--dry-run"], "Would be compacted: 0 operations of 0"),
        (["compact"], "Compacted: 0 operations of 0"),
        (["compact", "--json"], '"compacted": 0'),
        (["check", "--read-all"], "Operations checked: 0, without values: 0, broken links: 0."),
        (["check", "--json"], '"statements": 0'),
    ):
        assert cli.main(["server", *command, *given]) == 0
        assert said in capsys.readouterr().out
    assert cli.main(["server", "compact", "--keep-days", "5", *given]) == 2
