"""Whether a server lives, and why it is not ready."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.clocks import FakeClock
from tests.exchange import CHEAP_HASHER, settings_in
from tmcwall.server.app import create_app
from tmcwall.server.context import ServerLimits


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def app(tmp_path: Path, clock: FakeClock) -> FastAPI:
    limits = ServerLimits(least_free_bytes=0)
    return create_app(settings_in(tmp_path, limits=limits), clock=clock, hasher=CHEAP_HASHER)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def test_a_whole_server_is_ready(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"alive": True}
    reply = client.get("/health/ready")
    assert (reply.status_code, reply.json()) == (200, {"ready": True, "problems": []})


def test_a_server_that_cannot_write_clips_or_has_lost_its_key_is_not_ready_and_lives(
    client: TestClient, clock: FakeClock, tmp_path: Path
) -> None:
    (tmp_path / "server.key").unlink()
    uploads = tmp_path / "blobs" / "uploads"
    uploads.rmdir()
    reply = client.get("/health/ready")
    assert reply.status_code == 503
    assert reply.json() == {"ready": False, "problems": ["blobs_unwritable", "key_missing"]}
    assert client.get("/health/live").status_code == 200
    uploads.mkdir()
    assert client.get("/health/ready").status_code == 503
    clock.advance(2)
    assert client.get("/health/ready").json()["problems"] == ["key_missing"]


def test_a_server_whose_database_does_not_answer_is_not_ready(app: FastAPI, client: TestClient, tmp_path: Path) -> None:
    app.state.context.database.close()
    (tmp_path / "server.db").unlink()
    (tmp_path / "server.db").mkdir()
    assert client.get("/health/ready").json()["problems"] == ["database_silent"]


def test_a_server_with_little_room_is_not_ready(tmp_path: Path) -> None:
    limits = ServerLimits(least_free_bytes=1 << 60)
    app = create_app(settings_in(tmp_path, limits=limits), clock=FakeClock(), hasher=CHEAP_HASHER)
    with TestClient(app) as client:
        assert client.get("/health/ready").json()["problems"] == ["storage_low"]
