"""What Prometheus is given, and who may read it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from tests.clocks import FakeClock
from tests.exchange import CHEAP_HASHER, settings_in
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.server.app import create_app
from tmcwall.server.counters import read_token

TOKEN = "token-uji-yang-panjang"
ASKED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    (tmp_path / "metrics").write_text(f"{TOKEN}\n")
    settings = replace(settings_in(tmp_path), metrics_token_file=tmp_path / "metrics")
    with TestClient(create_app(settings, clock=FakeClock(), hasher=CHEAP_HASHER)) as client:
        yield client


def samples(client: TestClient) -> dict[tuple[str, ...], float]:
    reply = client.get("/metrics", headers=ASKED)
    assert reply.status_code == 200
    return {
        (sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def test_requests_are_counted_by_their_route_and_never_by_a_path_that_somebody_chose(client: TestClient) -> None:
    client.get("/api/v1/info")
    client.get("/api/v1/clips/rahasia-4711")
    client.get("/wp-admin/setup.php")
    found = samples(client)
    assert found["tmcwall_requests_total", "method=GET", "route=/api/v1/info", "status=200"] == 1
    assert found["tmcwall_requests_total", "method=GET", "route=(none)", "status=404"] == 1
    assert found["tmcwall_request_seconds_count", "route=/api/v1/info"] == 1
    assert "rahasia-4711" not in str(found)
    assert found["tmcwall_streams",] == 0
    assert found["tmcwall_lane_waiting", "lane=pushes"] == 0
    assert found["tmcwall_disk_free_bytes",] > 0


def test_metrics_ask_for_their_token(client: TestClient) -> None:
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer salah"}).status_code == 401


def test_without_a_token_file_there_are_no_metrics(tmp_path: Path) -> None:
    with TestClient(create_app(settings_in(tmp_path), clock=FakeClock(), hasher=CHEAP_HASHER)) as client:
        assert client.get("/metrics", headers=ASKED).status_code == 404


def test_a_short_token_or_none_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "short").write_text("pendek")
    for name, code in (("short", DomainCode.SECRET_SHORT), ("absent", DomainCode.INPUT_UNREADABLE)):
        with pytest.raises(DomainError) as refused:
            read_token(tmp_path / name)
        assert refused.value.code is code


def test_the_librarys_own_registry_stays_empty_of_ours(client: TestClient) -> None:
    del client
    assert not any(family.name.startswith("tmcwall") for family in REGISTRY.collect())
