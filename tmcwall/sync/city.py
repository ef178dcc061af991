"""What a workstation asks the server about the city besides incidents, and tells it: warnings, counts, positions."""

from __future__ import annotations

from typing import Annotated

import httpx2
from pydantic import AfterValidator, AwareDatetime, Field

from tmcwall.domain.area_warning import AreaWarning
from tmcwall.domain.clock import in_utc
from tmcwall.domain.traffic_count import TrafficCount
from tmcwall.domain.unit_position import UnitPosition
from tmcwall.sync.connection import USER_AGENT, check_server_url, fault_of_transport, parse_reply
from tmcwall.sync.protocol import API, Message

MOST_COUNTS = 2000
"""On one page."""
_TIMEOUT_S = 15.0

Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]


class CityPage(Message):
    """`warnings` and `positions` are all there are; `counts` those that came since the page before."""

    warnings: tuple[AreaWarning, ...] = ()
    positions: tuple[UnitPosition, ...] = ()
    counts: tuple[TrafficCount, ...] = ()
    next: Moment | None = None
    """What to ask behind the next time."""
    more: bool = False
    """More counts are there already."""


class CountsReceipt(Message):
    """What became of counts: taken, here already as they are, or older than what is here."""

    taken: Annotated[int, Field(ge=0)]
    repeated: Annotated[int, Field(ge=0)]
    older: Annotated[int, Field(ge=0)]


def read_city(
    server_url: str, token: str, *, after: str = "", transport: httpx2.BaseTransport | None = None
) -> CityPage:
    """Waits for the network. Raises Fault(SERVER_*, SIGN_IN_EXPIRED, TLS_UNTRUSTED)."""
    with _client(server_url, token, transport) as client:
        try:
            return parse_reply(client.get("/city", params={"after": after} if after else {}), CityPage)
        except httpx2.HTTPError as error:
            raise fault_of_transport(error) from None


def send_counts(
    server_url: str, token: str, body: bytes, *, transport: httpx2.BaseTransport | None = None
) -> CountsReceipt:
    """`body` is of `tmcwall.counts/1`. Raises what `read_city` does."""
    with _client(server_url, token, transport) as client:
        try:
            reply = client.post("/city/counts", content=body, headers={"Content-Type": "application/json"})
            return parse_reply(reply, CountsReceipt)
        except httpx2.HTTPError as error:
            raise fault_of_transport(error) from None


def _client(server_url: str, token: str, transport: httpx2.BaseTransport | None) -> httpx2.Client:
    return httpx2.Client(
        base_url=check_server_url(server_url, allow_plain=True) + API,
        timeout=httpx2.Timeout(_TIMEOUT_S, connect=5.0),
        transport=transport,
        headers={"User-Agent": USER_AGENT, "Authorization": f"Bearer {token}"},
        trust_env=False,
    )
