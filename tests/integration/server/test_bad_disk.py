"""A server whose disk takes nothing says so: to the administrator at its start, to workstations at each request."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.clocks import FakeClock
from tests.exchange import CHEAP_HASHER, START, WEBHOOK_SECRET, report_body, report_headers, settings_in
from tests.small_disk import SmallDisk, small_disk_at
from tmcwall.cli import main
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.incident import Source
from tmcwall.server.app import create_app
from tmcwall.server.blobs import BlobStore
from tmcwall.server.database import Database
from tmcwall.server.reports import add_source
from tmcwall.sync.protocol import API


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk_at(tmp_path / "disk") as disk:
        yield disk


def report(client: TestClient, number: int) -> int:
    body = report_body(id=f"112-SKA-{number}", text="x" * 500)
    reply = client.post("/webhooks/incident", content=body, headers=report_headers(body, now=START))
    return reply.status_code


def test_a_report_that_the_full_disk_does_not_take_is_answered_so_and_taken_when_there_is_room(disk: SmallDisk) -> None:
    app = create_app(settings_in(disk.folder), clock=FakeClock(START), hasher=CHEAP_HASHER)
    context = app.state.context
    with context.database.write() as session:
        add_source(session, Source.CALL_112, WEBHOOK_SECRET.encode(), secret_box=context.secret_box, now=START)
    with TestClient(app, base_url=f"http://test{API}", raise_server_exceptions=False) as client:
        assert report(client, 1) == 202
        disk.fill()
        answers = [report(client, number) for number in range(2, 20)]
        assert set(answers) <= {202, 507}
        assert answers[-1] == 507
        disk.empty()
        assert report(client, 19) == 202


def test_a_database_on_a_full_disk_is_not_called_a_failing_one(disk: SmallDisk) -> None:
    url = f"sqlite:///{disk.folder / 'server.db'}"
    Database.open(url).close()
    disk.fill()
    with pytest.raises(Fault) as full:
        Database.open(url)
    assert full.value.code is FaultCode.DISK_FULL


@pytest.mark.parametrize(
    ("spoil", "code"), [(SmallDisk.fill, FaultCode.DISK_FULL), (SmallDisk.lock, FaultCode.DISK_READ_ONLY)]
)
def test_clips_that_the_disk_does_not_take_are_refused_for_what_it_is(disk: SmallDisk, spoil, code) -> None:
    blobs = BlobStore(disk.folder / "blobs")
    blobs.begin("0" * 36)
    spoil(disk)
    with pytest.raises(Fault) as refused:
        blobs.append("0" * 36, 0, bytes(100_000))
    assert refused.value.code is code


def test_a_server_on_a_disk_that_can_only_be_read_ends_with_one_sentence(
    disk: SmallDisk, capsys: pytest.CaptureFixture[str]
) -> None:
    disk.lock()
    assert main(["server", "run", "--port", "0", "--data-dir", str(disk.folder)]) == 3
    said = capsys.readouterr().err
    assert said.startswith("tmcwall: Disk hanya dapat dibaca")
    assert len(said.splitlines()) == 1
