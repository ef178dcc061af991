"""What a workstation asks the server about the city."""

import httpx2
import pytest

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.sync.city import CityPage, CountsReceipt, read_city, send_counts

URL = "https://tmc.example"


def answer(asked: list[httpx2.Request], body: str, status: int = 200) -> httpx2.MockTransport:
    def reply(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(status, text=body, headers={"Content-Type": "application/json"})

    return httpx2.MockTransport(reply)


def unreachable(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("no route", request=request)


def test_it_asks_behind_what_it_has() -> None:
    asked: list[httpx2.Request] = []
    assert read_city(URL, "t", after="2025-03-28T07:00:00+00:00", transport=answer(asked, "{}")) == CityPage()
    assert asked[0].url.path == "/api/v1/city"
    assert asked[0].url.params["after"] == "2025-03-28T07:00:00+00:00"
    assert asked[0].headers["authorization"] == "Bearer t"


def test_counts_of_a_file_go_to_the_server() -> None:
    asked: list[httpx2.Request] = []
    receipt = send_counts(URL, "t", b"{}", transport=answer(asked, '{"taken": 1, "repeated": 2, "older": 3}'))
    assert receipt == CountsReceipt(taken=1, repeated=2, older=3)
    assert (asked[0].url.path, asked[0].content) == ("/api/v1/city/counts", b"{}")


def test_a_server_that_is_away_is_an_expected_fault() -> None:
    for ask in (
        lambda: read_city(URL, "t", transport=httpx2.MockTransport(unreachable)),
        lambda: send_counts(URL, "t", b"{}", transport=httpx2.MockTransport(unreachable)),
    ):
        with pytest.raises(Fault) as fault:
            ask()
        assert fault.value.code is FaultCode.SERVER_UNREACHABLE
