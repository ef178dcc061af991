"""The server against its own description: whatever is sent, it answers as it says it does, and never with a 500."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from schemathesis.transport.serialization import serialize_binary

from tests.clocks import FakeClock
from tests.enrolled import enrol_at, sign_in_content
from tests.exchange import CHEAP_HASHER, PASSWORD, START, settings_in
from tests.waiting import PATIENCE_S, until
from tmcwall.domain.officer import Officer, Role
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.context import ServerLimits
from tmcwall.sync.protocol import API

pytest_plugins = ["tests.postgresql"]

EXAMPLES = int(os.environ.get("TMCWALL_OPENAPI_EXAMPLES", "2"))
"""Of each operation and kind of data; a longer run is asked for by hand."""
ENDLESS = {f"{API}/stream"}
"""Answers that have no end; their own tests read them."""
ENDS_SESSIONS = {f"{API}/sign-out", f"{API}/sign-out-everywhere", f"{API}/renew", f"{API}/password"}
"""Asked last, each with a session of its own."""
GENEROUS = ServerLimits(strangers_per_minute=1_000_000, reports_per_minute=1_000_000, account_attempts=1_000_000)


@schemathesis.serializer("application/offset+octet-stream")
def offset_stream(_context: object, value: Any) -> bytes:  # Any: schemathesis's own type of a body
    return serialize_binary(value)


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
HEAD = Officer("80010001", "Kepala", Role.HEAD)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str | None:
    """The URL; None for the database that the server brings along."""
    return request.getfixturevalue("postgresql") if request.param == "postgresql" else None


@pytest.fixture
def served(database: str | None, tmp_path: Path) -> Iterator[str]:
    """The URL of a server in a thread, which has an officer with every right and an enrolled device."""
    wanted = replace(settings_in(tmp_path, database=database, limits=GENEROUS), openapi=True)
    app = create_app(wanted, clock=FakeClock(START), hasher=CHEAP_HASHER)
    with app.state.context.database.write() as session:
        add_user(session, HEAD, PASSWORD, hasher=CHEAP_HASHER, now=START)
    enrol_at(app.state.context.database, "ws1", now=START)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        until(lambda: server.started)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def sign_in(url: str) -> dict[str, str]:
    with httpx2.Client(base_url=url, trust_env=False, timeout=PATIENCE_S) as client:
        challenge = client.get(f"{API}/info").json()["challenge"]
        content = sign_in_content(HEAD.nrp, PASSWORD, "ws1", challenge=challenge)
        return {"Authorization": f"Bearer {client.post(f'{API}/sign-in', json=content).json()['token']}"}


def explore(url: str, operation: APIOperation, mode: GenerationMode, headers: dict[str, str]) -> None:
    """Raises what the first answer that breaks its description raises, made as small as it can be."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(base_url=url, headers=headers, checks=CHECKS)

    with suppress(Unsatisfiable):  # nothing about it can be wrong
        ask()


def test_the_server_answers_as_its_description_says(served: str) -> None:
    with httpx2.Client(base_url=served, trust_env=False, timeout=PATIENCE_S) as client:
        schema = schemathesis.openapi.from_dict(client.get(f"{API}/openapi.json").json())
    operations = [found.ok() for found in schema.get_all_operations()]
    asked = [operation for operation in operations if operation.path not in ENDLESS]
    found = []
    for operation in sorted(asked, key=lambda one: one.path in ENDS_SESSIONS):
        for headers in ({}, sign_in(served)):
            for mode in GenerationMode:
                try:
                    explore(served, operation, mode, headers)
                except FailureGroup as failures:
                    found += [f"{operation.label}: {one.title}: {one.message}" for one in failures.exceptions]
    assert len(asked) >= 25
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize(
    "path", ["/bookmarks/a%00b", "/clips/%00", "/oversight.csv?officer=%00", "/oversight?camera=%00"]
)
def test_a_nul_in_an_address_is_refused(served: str, path: str) -> None:
    with httpx2.Client(base_url=served, trust_env=False, timeout=PATIENCE_S) as client:
        assert client.get(f"{API}{path}", headers=sign_in(served)).status_code == 400


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("route", ["oversight", "oversight.csv"])
def test_a_moment_that_no_calendar_has_in_utc_is_refused(served: str, route: str, moment: str) -> None:
    with httpx2.Client(base_url=served, trust_env=False, timeout=PATIENCE_S) as client:
        assert client.get(f"{API}/{route}?from={moment}", headers=sign_in(served)).status_code == 400


@pytest.mark.parametrize("place", ["0001-01-01T00:00:00+14:00/ws1/1", f"2026-01-01T00:00:00+00:00/ws1/{2**70}"])
def test_a_place_that_no_page_ended_at_is_refused(served: str, place: str) -> None:
    with httpx2.Client(base_url=served, trust_env=False, timeout=PATIENCE_S) as client:
        reply = client.get(f"{API}/oversight", params={"before": place}, headers=sign_in(served))
        assert reply.status_code == 400
