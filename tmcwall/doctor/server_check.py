"""The central server as a workstation meets it: whether it answers, is believed, fits this version, and its clock."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import httpx2

from tmcwall.doctor.finding import Finding, Status
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.history import clock_is_off
from tmcwall.sync.connection import USER_AGENT, check_protocol, fault_of_transport, parse_reply
from tmcwall.sync.protocol import API, ServerInfo
from tmcwall.texts import doctor as words

RENEW_BEFORE: Final = timedelta(days=21)
"""A certificate that ends sooner is worth a note: it may take an office weeks to have another."""


@dataclass(frozen=True, slots=True)
class ServerSight:
    """What was seen of a server. `fault` is why a workstation could not work with it."""

    host: str
    fault: Fault | None = None
    certificate_ends: datetime | None = None
    """None without TLS, and where the certificate is not believed."""
    version: str = ""
    clock_offset_ms: int | None = None
    """Its clock minus ours, to half a round trip."""


def look_at_server(url: str, *, clock: Clock, trust: ssl.SSLContext | None = None, limit_s: float = 5.0) -> ServerSight:
    """Connects as synchronisation does, with nobody's token. `trust` None believes whom synchronisation believes."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    context = trust or httpx2.create_ssl_context(trust_env=False)
    ends = None
    try:
        with socket.create_connection((host, port), timeout=limit_s) as connection:
            if parts.scheme == "https":
                ends = _certificate_ends(connection, context, host)
        info, offset_ms = _greeted(url, context, clock, limit_s)
    except ssl.SSLCertVerificationError as error:
        return ServerSight(host, Fault(FaultCode.TLS_UNTRUSTED, error.verify_message, retryable=False))
    except ssl.SSLError as error:
        return ServerSight(host, Fault(FaultCode.TLS_UNTRUSTED, error.reason or "", retryable=False))
    except OSError as error:
        return ServerSight(host, Fault(FaultCode.SERVER_UNREACHABLE, error.strerror or type(error).__name__))
    except UnicodeError:
        return ServerSight(host, Fault(FaultCode.SERVER_UNREACHABLE, "no host name"))
    except Fault as fault:
        return ServerSight(host, fault, certificate_ends=ends)
    return ServerSight(host, certificate_ends=ends, version=info.version, clock_offset_ms=offset_ms)


def server_finding(sight: ServerSight, *, now: datetime) -> Finding:
    facts: dict[str, object] = {"host": sight.host, "version": sight.version}
    if sight.certificate_ends is not None:
        facts["certificate_ends"] = f"{sight.certificate_ends:%Y-%m-%d}"
    if sight.fault is not None:
        facts["reason"] = sight.fault.detail or sight.fault.code.value
        match sight.fault.code:
            case FaultCode.TLS_UNTRUSTED:
                return Finding("server", Status.FAIL, words.SERVER_UNTRUSTED, facts, words.SERVER_UNTRUSTED_ADVICE)
            case FaultCode.SERVER_UNREACHABLE:
                return Finding("server", Status.WARN, words.SERVER_SILENT, facts, words.SERVER_ADVICE)
            case _:
                return Finding("server", Status.WARN, words.SERVER_OTHER, facts, words.SERVER_OTHER_ADVICE)
    if sight.certificate_ends is None:
        return Finding("server", Status.OK, words.SERVER_OK, facts)
    if sight.certificate_ends - now < RENEW_BEFORE:
        return Finding("server", Status.WARN, words.SERVER_TLS_ENDS, facts, words.SERVER_TLS_ADVICE)
    return Finding("server", Status.OK, words.SERVER_TLS_OK, facts)


def clock_finding(*, synchronised: bool | None, server_offset_ms: int | None) -> Finding:
    """`synchronised`: whether the system says that the network sets its clock; None: it does not say."""
    facts: dict[str, object] = {"synchronised": synchronised}
    if server_offset_ms is not None:
        facts["offset_s"] = round(server_offset_ms / 1000, 1)
    if clock_is_off(server_offset_ms):
        return Finding("clock", Status.WARN, words.CLOCK_OFF, facts, words.CLOCK_ADVICE)
    if synchronised is False:
        return Finding("clock", Status.WARN, words.CLOCK_NOT_SET, facts, words.CLOCK_ADVICE)
    if synchronised:
        return Finding("clock", Status.OK, words.CLOCK_SET, facts)
    if server_offset_ms is not None:
        return Finding("clock", Status.OK, words.CLOCK_AS_SERVER, facts)
    return Finding("clock", Status.WARN, words.CLOCK_UNKNOWN, facts, words.CLOCK_ADVICE)


def _certificate_ends(connection: socket.socket, context: ssl.SSLContext, host: str) -> datetime | None:
    with context.wrap_socket(connection, server_hostname=host) as secure:
        found = (secure.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(found), UTC) if isinstance(found, str) else None


def _greeted(url: str, context: ssl.SSLContext, clock: Clock, limit_s: float) -> tuple[ServerInfo, int]:
    """Raises Fault(SERVER_UNREACHABLE, SERVER_INCOMPATIBLE, TLS_UNTRUSTED)."""
    headers = {"User-Agent": USER_AGENT}
    with httpx2.Client(base_url=url + API, timeout=limit_s, verify=context, headers=headers, trust_env=False) as client:
        before = clock.utc()
        try:
            info = parse_reply(client.get("/info"), ServerInfo)
        except httpx2.HTTPError as error:
            raise fault_of_transport(error) from None
    middle = before + (clock.utc() - before) / 2
    check_protocol(info)
    return info, round((info.time - middle).total_seconds() * 1000)
