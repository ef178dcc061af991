"""The way to a host on the network: its address, the rule on addresses, TLS, and what the network answers."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import urlsplit

from tmcwall.domain.address import AddressRule
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.source import percent_encoded
from tmcwall.net.resolver import Resolver

P = TypeVar("P", bound=asyncio.BaseProtocol)

_DEFAULT_PORTS: Final = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
_UNREACHABLE: Final = frozenset({
    errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.ENETDOWN,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """Where a URL leads. `url` holds no credentials, and is percent-encoded."""

    scheme: str
    host: str
    port: int
    url: str

    @property
    def key(self) -> str:
        return f"{self.host}:{self.port}"


def address_of(url: str) -> Address:
    """Raises Fault(NOT_A_CAMERA) for what is no camera's URL; malformed ones were refused long before."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
        parts = urlsplit("")
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise Fault(FaultCode.NOT_A_CAMERA, "no camera URL", retryable=False)
    port = port or _DEFAULT_PORTS[parts.scheme]
    shown = f"[{host}]" if ":" in host else host
    where = shown if parts.port is None else f"{shown}:{port}"
    query = f"?{parts.query}" if parts.query else ""
    rest = percent_encoded(f"{parts.path or '/'}{query}")
    return Address(parts.scheme, host, port, f"{parts.scheme}://{where}{rest}")


async def reach(
    address: Address,
    *,
    rule: AddressRule,
    resolver: Resolver,
    tls: ssl.SSLContext | None,
    timeout_s: float,
    protocol: Callable[[], P],
) -> tuple[asyncio.Transport, P]:
    """Connect to one of the host's addresses that the rule allows. Raises Fault in the network's words."""
    loop = asyncio.get_running_loop()
    allowed: list[str] = []
    try:
        async with asyncio.timeout(timeout_s):
            allowed = await _allowed(address, rule, resolver)
            for index, place in enumerate(allowed, start=1):
                try:
                    return await loop.create_connection(
                        protocol,
                        place,
                        address.port,
                        ssl=tls,
                        server_hostname=address.host if tls is not None else None,
                    )
                except OSError:
                    if index == len(allowed):
                        raise
    except TimeoutError as error:
        if not allowed:
            raise Fault(FaultCode.HOST_UNKNOWN, "no answer of the name server within the limit") from error
        raise Fault(FaultCode.HOST_UNREACHABLE, "no connection within the limit") from error
    except ssl.SSLCertVerificationError as error:
        raise Fault(FaultCode.TLS_UNTRUSTED, error.verify_message) from error
    except ssl.SSLError as error:
        raise Fault(FaultCode.TLS_UNTRUSTED, error.reason or "") from error
    except UnicodeError as error:
        raise Fault(FaultCode.HOST_UNKNOWN, "no host name") from error
    except OSError as error:
        raise _network_fault(error) from error
    raise AssertionError  # `_allowed` gives at least one address


async def _allowed(address: Address, rule: AddressRule, resolver: Resolver) -> list[str]:
    """What the host's name stands for now, as far as the rule allows it; looked up once, so that it cannot change.

    Raises Fault(ADDRESS_FORBIDDEN) if nothing is left.
    """
    allowed: list[str] = []
    refusal: Fault | None = None
    for place in await resolver.addresses(address.host, address.port):
        try:
            rule.check_address(place)
        except Fault as fault:
            refusal = fault
        else:
            allowed.append(place)
    if not allowed:
        raise refusal or Fault(FaultCode.HOST_UNKNOWN, "name not found")
    return allowed


def _network_fault(error: OSError) -> Fault:
    if isinstance(error, socket.gaierror):
        return Fault(FaultCode.HOST_UNKNOWN, "name not found")
    if isinstance(error, ConnectionRefusedError):
        return Fault(FaultCode.CONNECTION_REFUSED)
    if error.errno in _UNREACHABLE:
        return Fault(FaultCode.HOST_UNREACHABLE, error.strerror or "")
    # asyncio joins the errors of several addresses into one without a number.
    code = FaultCode.CONNECTION_REFUSED if "refused" in str(error).lower() else FaultCode.HOST_UNREACHABLE
    return Fault(code)
