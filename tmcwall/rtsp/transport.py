"""The Transport and Session headers (RFC 2326 sections 12.39 and 12.37), read and written by both sides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.messages import Headers

_DEFAULT_TIMEOUT_S: Final = 60
_PAIR: Final = re.compile(r"([0-9]{1,5})(?:\s*-\s*([0-9]{1,5})?)?")
_PLAIN_PAIR: Final = re.compile(r"[0-9]{1,5}(-[0-9]{1,5})?")
_LARGEST: Final = {"interleaved": 255, "client_port": 65_535, "server_port": 65_535}
_NAME: Final = re.compile(r"RTP/AVPF?(?:/(TCP|UDP))?|(TCP)/RTP/AVPF?")


class Lower(StrEnum):
    """What carries the packets."""

    TCP = "RTP/AVP/TCP"
    UDP = "RTP/AVP"


@dataclass(frozen=True, slots=True)
class Transport:
    """One way to carry a media section. Pairs are (RTP, RTCP): channels for TCP, ports for UDP."""

    lower: Lower
    interleaved: tuple[int, int] | None = None
    client_port: tuple[int, int] | None = None
    server_port: tuple[int, int] | None = None
    ssrc: int | None = None

    def __str__(self) -> str:
        parts = [self.lower.value, "unicast"]
        for name in ("interleaved", "client_port", "server_port"):
            pair = getattr(self, name)
            if pair is not None:
                parts.append(f"{name}={pair[0]}-{pair[1]}")
        if self.ssrc is not None:
            parts.append(f"ssrc={self.ssrc:08X}")
        return ";".join(parts)


def parse_transports(value: str) -> list[Transport]:
    """The transports of a Transport header, best first; unknown ones and multicast are left out.

    One that names channels and no ports is TCP, whatever it calls itself. Channels and ports that are none are left
    out.
    """
    plain = value.replace('"', "")
    return [known for option in plain.split(",")[:16] if (known := _parse_option(option)) is not None]


def is_written_oddly(value: str) -> bool:
    """Whether something in a Transport header had to be guessed or left out."""
    name = value.partition(";")[0].strip().upper()
    if name not in {*Lower.__members__.values(), "RTP/AVP/UDP"}:
        return True
    pairs = re.findall(r"(interleaved|client_port|server_port)\s*=\s*([^;,]*)", value, re.IGNORECASE)
    return not all(
        _PLAIN_PAIR.fullmatch(text.strip()) and _pair(text.strip(), largest=_LARGEST[name.lower()])
        for name, text in pairs
    )


def parse_session(headers: Headers) -> tuple[str, int] | None:
    """The session's id and its timeout in seconds (60 where none is given, or 0); None where there is no id.

    Raises Fault(PROTOCOL_BROKEN) for one that is too long.
    """
    value = headers.get("session")
    if value is None:
        return None
    identity, *parameters = (part.strip() for part in value.split(";"))
    if not identity:
        return None
    if len(identity) > 256:
        raise Fault(FaultCode.PROTOCOL_BROKEN, "malformed Session header")
    timeout_s = _DEFAULT_TIMEOUT_S
    for parameter in parameters:
        name, _, text = parameter.partition("=")
        if name.strip().lower() == "timeout" and re.fullmatch(r"[0-9]{1,6}", text.strip()):
            timeout_s = int(text) or _DEFAULT_TIMEOUT_S
    return identity, timeout_s


def _parse_option(option: str) -> Transport | None:
    name, *parameters = (part.strip() for part in option.split(";"))
    known = _NAME.fullmatch(name.upper())
    if known is None:
        return None
    lower = Lower.TCP if "TCP" in {known[1], known[2]} else Lower.UDP
    fields = {}
    for parameter in parameters:
        key, _, text = parameter.partition("=")
        fields[key.strip().lower()] = text.strip()
    if "interleaved" in fields and not fields.keys() & {"client_port", "server_port"}:
        lower = Lower.TCP
    if lower is Lower.UDP and any(parameter.lower() == "multicast" for parameter in parameters):
        return None
    return Transport(
        lower,
        **{name: _pair(fields.get(name), largest=largest) for name, largest in _LARGEST.items()},
        ssrc=_ssrc(fields.get("ssrc")),
    )


def _pair(text: str | None, *, largest: int) -> tuple[int, int] | None:
    if text is None:
        return None
    match = _PAIR.fullmatch(text)
    if match is None:
        return None
    first = int(match[1])
    second = int(match[2]) if match[2] is not None else first + 1
    return (first, second) if max(first, second) <= largest else None


def _ssrc(text: str | None) -> int | None:
    """Hexadecimal by RFC 2326; what is not is left out, for some cameras write decimals or spaces."""
    return int(text, 16) if text is not None and re.fullmatch(r"[0-9A-Fa-f]{1,8}", text) else None
