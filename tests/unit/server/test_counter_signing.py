"""The server counter-signs what an enrolled workstation shows it: on its proof, so many a minute, and on record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.clocks import FakeClock
from tests.enrolled import SERVER_KEY, device, enrol_at
from tests.exchange import CHEAP_HASHER, START, settings_in
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.evidence.counter_signature import read_counter_signature
from tmcwall.server.app import create_app
from tmcwall.server.audit import AuditAction
from tmcwall.server.context import ServerLimits
from tmcwall.server.enrolment import revoke
from tmcwall.server.tables import AuditRow
from tmcwall.services.counter_signing import counter_signed_by
from tmcwall.signatures import Purpose, SigningKey
from tmcwall.sync.counter_signature import PackageWish, SignedStatement, counter_sign
from tmcwall.sync.enrolment import EnrolledDevice
from tmcwall.sync.protocol import API

URL = "http://127.0.0.1"
DIGEST = "ab" * 32


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    limits = ServerLimits(counter_signatures_per_minute=2)
    application = create_app(settings_in(tmp_path, limits=limits), clock=FakeClock(START), hasher=CHEAP_HASHER)
    enrol_at(application.state.context.database, "ws1", now=START)
    return application


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=f"{URL}{API}") as opened:
        yield opened


class _InProcess(httpx2.BaseTransport):
    """The requests of a workstation, answered by the server in this process; `says` instead of it, where given."""

    def __init__(self, client: TestClient, says: bytes | None = None) -> None:
        self._client = client
        self._says = says

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        content = request.read()
        if self._says is not None and request.method == "POST":
            return httpx2.Response(200, content=self._says, request=request)
        reply = self._client.request(
            request.method, str(request.url), content=content, headers={"Content-Type": "application/json"}
        )
        return httpx2.Response(reply.status_code, content=reply.content, request=request)


def asked(client: TestClient, digest: str = DIGEST, *, by: EnrolledDevice | None = None) -> SignedStatement:
    return counter_sign(URL, digest, device=by or device("ws1"), transport=_InProcess(client))


def test_an_enrolled_workstation_gets_what_everybody_can_check(client: TestClient) -> None:
    signed = asked(client)
    assert '"device":"ws1"' in signed.text
    assert f'"tag_manifest_sha256":"{DIGEST}"' in signed.text
    assert SERVER_KEY.public == device("ws1").server_key


def test_it_is_on_record_who_was_given_what(client: TestClient, app: FastAPI) -> None:
    asked(client)
    with app.state.context.database.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == AuditAction.PACKAGE_COUNTER_SIGNED)).all()
    assert [(row.actor, row.about) for row in rows] == [("ws1", DIGEST)]


def test_another_key_than_that_of_the_workstation_gets_nothing(client: TestClient) -> None:
    thief = EnrolledDevice("ws1", "ws1", SERVER_KEY.public, SigningKey.new())
    with pytest.raises(Fault):
        asked(client, by=thief)


def test_a_proof_is_for_one_package(client: TestClient) -> None:
    challenge = client.get("/info").json()["challenge"]
    proof = device("ws1").prove(nrp=f"package {DIGEST}", challenge=challenge)
    other = PackageWish(device="ws1", tag_manifest_sha256="cd" * 32, challenge=challenge, proof=proof)
    assert client.post("/packages/counter-signature", json=other.model_dump()).status_code == 403
    right = PackageWish(device="ws1", tag_manifest_sha256=DIGEST, challenge=challenge, proof=proof)
    assert client.post("/packages/counter-signature", json=right.model_dump()).status_code == 200
    assert client.post("/packages/counter-signature", json=right.model_dump()).status_code == 403


def test_a_device_that_is_unknown_or_revoked_gets_nothing(client: TestClient, app: FastAPI) -> None:
    with pytest.raises(Fault) as stranger:
        asked(client, by=device("ws2"))
    assert stranger.value.code is FaultCode.DEVICE_NOT_ENROLLED
    with app.state.context.database.write() as session:
        revoke(session, "ws1", reason="hilang", by="it", signing_key=SERVER_KEY, now=START)
    with pytest.raises(Fault) as revoked:
        asked(client)
    assert revoked.value.code is FaultCode.DEVICE_REVOKED


def test_a_workstation_gets_so_many_a_minute(client: TestClient) -> None:
    for _ in range(2):
        asked(client)
    with pytest.raises(Fault) as refused:
        asked(client)
    assert refused.value.code is FaultCode.SERVER_REFUSED


@pytest.mark.parametrize("digest", ["", "xyz", "AB" * 32])
def test_what_is_no_hash_is_refused(client: TestClient, digest: str) -> None:
    wish = {"device": "ws1", "tag_manifest_sha256": digest, "challenge": "x", "proof": "x"}
    assert client.post("/packages/counter-signature", json=wish).status_code == 400


@pytest.mark.parametrize("other", ["cd" * 32, DIGEST], ids=["of another package", "by another server"])
def test_an_answer_that_was_not_asked_for_is_not_taken(client: TestClient, other: str) -> None:
    text = asked(client, other).text
    signature = (
        asked(client, other).signature if other != DIGEST else SigningKey.new().sign_content(Purpose.PACKAGE, {})
    )
    answer = SignedStatement(text=text, signature=signature).model_dump_json().encode()
    with pytest.raises(Fault) as untrusted:
        counter_sign(URL, DIGEST, device=device("ws1"), transport=_InProcess(client, answer))
    assert untrusted.value.code is FaultCode.RECEIPT_UNTRUSTED


def test_an_answer_that_says_nothing_is_not_taken(client: TestClient) -> None:
    with pytest.raises(Fault) as untrusted:
        counter_sign(
            URL, DIGEST, device=device("ws1"), transport=_InProcess(client, b'{"text":"{}","signature":""}')
        )  # fmt: skip
    assert untrusted.value.code is FaultCode.RECEIPT_UNTRUSTED


class _Identity:
    def current(self) -> EnrolledDevice:
        return device("ws1")


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:9", "http://kantor.example"])
def test_a_server_that_cannot_be_asked_is_one_fault(url: str) -> None:
    with pytest.raises(Fault) as fault:
        counter_signed_by(_Identity(), url)(b"manifes")
    assert fault.value.code is FaultCode.SERVER_UNREACHABLE


def test_what_the_workstation_keeps_is_read_by_who_checks_a_package(client: TestClient, monkeypatch) -> None:
    monkeypatch.setattr("tmcwall.sync.counter_signature.open_client", lambda *_args, **_kwargs: _Same(client))
    kept = counter_signed_by(_Identity(), URL)(b"manifes")
    signed = read_counter_signature(kept, tag_manifest=b"manifes")
    assert (signed.device, signed.at, signed.is_of([SERVER_KEY.public])) == ("ws1", START, True)


class _Same:
    def __init__(self, client: TestClient) -> None:
        self._client = httpx2.Client(base_url=f"{URL}{API}", transport=_InProcess(client))

    def __enter__(self) -> httpx2.Client:
        return self._client

    def __exit__(self, *_: object) -> None:
        self._client.close()
