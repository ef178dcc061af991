"""Operations on the wire, and what goes wrong on it."""

from datetime import datetime, timedelta, timezone
from uuid import UUID

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.enrolled import device
from tests.exchange import OFFICER, PASSWORD, START, operations
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.operation import FIRST_HASH, Entity, Operation
from tmcwall.sync.account import sign_in
from tmcwall.sync.connection import check_server_url
from tmcwall.sync.protocol import OperationMessage, SignInRequest

words = st.text(st.characters(exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
    | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(words, json_values, max_size=5))
def test_an_operation_keeps_its_hash_over_the_wire(fields: dict[str, object]) -> None:
    made = datetime(2025, 3, 28, 7, 0, 0, 123456, tzinfo=START.tzinfo)
    sent = Operation(UUID(int=7), "ws1", 1, "80010001", made, Entity.CASE, "c", 0, fields, 1, FIRST_HASH)  # type: ignore[arg-type]
    message = OperationMessage.model_validate_json(OperationMessage.of(sent).model_dump_json())
    assert message.hash == sent.hash == message.operation().hash
    assert message.operation() == sent


def test_what_is_kept_for_good_is_the_same_however_it_was_written() -> None:
    message = OperationMessage.of(operations(1)[0])
    compact = message.model_dump_json()
    for written in (compact, message.model_dump_json(indent=2)):
        read = OperationMessage.model_validate_json(written)
        assert read.stored_text(read_from=written.encode()) == compact


def test_an_unknown_kind_of_entity_still_has_its_hash() -> None:
    message = OperationMessage.of(operations(1)[0]).model_copy(update={"entity": "drone"})
    assert len(message.hash) == 64
    with pytest.raises(ValueError, match="drone"):
        message.operation()


def test_times_travel_in_utc() -> None:
    local = START.astimezone(timezone(timedelta(hours=7)))
    message = OperationMessage.of(operations(1)[0]).model_dump() | {"made_at": local}
    assert OperationMessage.model_validate(message).made_at.isoformat() == START.isoformat()


def test_a_time_that_no_screen_could_show_does_not_travel() -> None:
    message = OperationMessage.of(operations(1)[0]).model_dump() | {"made_at": "0001-01-01T00:00:00+07:00"}
    with pytest.raises(ValidationError, match="made_at"):
        OperationMessage.model_validate(message)


@pytest.mark.parametrize("device", ["", "../x", "a b", "x" * 65, "ws1\n"])
def test_a_device_name_is_plain(device: str) -> None:
    with pytest.raises(ValidationError):
        SignInRequest(nrp="1", password="x", device=device, challenge="x", proof="")


def test_a_password_is_in_no_representation() -> None:
    assert PASSWORD not in repr(
        SignInRequest(nrp=OFFICER.nrp, password=PASSWORD, device="ws1", challenge="x", proof="")
    )


@pytest.mark.parametrize(
    "url",
    ["https://tmc.example", "https://tmc.example:8440/", "http://127.0.0.1:8440", "http://[::1]:1", "http://localhost"],
)
def test_a_server_address_is_taken(url: str) -> None:
    assert check_server_url(url) == url.rstrip("/")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://tmc.example", DomainCode.SERVER_URL_PLAIN),
        ("ftp://tmc.example", DomainCode.SERVER_URL_MALFORMED),
        ("https://a:b@tmc.example", DomainCode.SERVER_URL_PASSWORD),
        ("https://", DomainCode.SERVER_URL_MALFORMED),
        ("https://[", DomainCode.SERVER_URL_MALFORMED),
        ("https://tmc.example/?token=1", DomainCode.SERVER_URL_MALFORMED),
        ("https://tmc.example:99999", DomainCode.SERVER_URL_MALFORMED),
    ],
)
def test_a_server_address_is_refused(url: str, code: DomainCode) -> None:
    with pytest.raises(DomainError) as refused:
        check_server_url(url)
    assert refused.value.code is code


def answer(status: int = 200, **arguments: object) -> httpx2.MockTransport:
    return httpx2.MockTransport(lambda _: httpx2.Response(status, **arguments))  # type: ignore[arg-type]


def unreachable(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused", request=request)


@pytest.mark.parametrize(
    ("transport", "code"),
    [
        (answer(html="<html>Selamat datang di WiFi</html>"), FaultCode.SERVER_INCOMPATIBLE),
        (answer(302, headers={"location": "https://elsewhere.example"}), FaultCode.SERVER_INCOMPATIBLE),
        (answer(404, text="nginx"), FaultCode.SERVER_INCOMPATIBLE),
        (answer(json={"product": "tmcwall", "version": "9", "protocol": 9, "oldest_protocol": 8, "schema_version": 9,
                      "time": "2025-03-28T07:00:00Z"}), FaultCode.SERVER_INCOMPATIBLE),
        (answer(500), FaultCode.SERVER_REFUSED),
        (httpx2.MockTransport(unreachable), FaultCode.SERVER_UNREACHABLE),
    ],
)  # fmt: skip
def test_what_is_no_server_of_ours_is_said_in_words(transport: httpx2.MockTransport, code: FaultCode) -> None:
    with pytest.raises(Fault) as failed:
        sign_in("https://tmc.example", OFFICER.nrp, PASSWORD, device=device("ws1"), transport=transport)
    assert failed.value.code is code
    assert PASSWORD not in str(failed.value)
