"""WS-Discovery as ONVIF uses it (April 2005 draft; ONVIF Core 7.3): the question, and who answers. No socket.

Answers come from anybody on the network: what is no answer raises Fault, and nothing of one is taken at its length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit
from xml.parsers import expat

from tmcwall.domain.fault import Fault, FaultCode

LARGEST_ANSWER: Final = 65_507
"""Bytes: of a UDP datagram."""
_DISCOVERY: Final = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
_ADDRESSING: Final = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
_MATCH: Final = f"{_DISCOVERY} ProbeMatch"
_WORDS: Final = {
    f"{_ADDRESSING} Address": "id",
    f"{_DISCOVERY} Scopes": "scopes",
    f"{_DISCOVERY} XAddrs": "services",
}
_RELATES_TO: Final = f"{_ADDRESSING} RelatesTo"
_DEEPEST: Final = 32
_MOST_ELEMENTS: Final = 4000
_MOST_MATCHES: Final = 16
"""In one answer."""
_MOST_SCOPES: Final = 64
_LONGEST: Final = 200
"""Characters of a word that is kept."""
_SCOPE: Final = "onvif://www.onvif.org/"


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """A device as it describes itself; nothing of that is proven. `address` is where its answer came from."""

    id: str
    address: str
    service: str
    """Where ONVIF is spoken; empty unless it is on that address."""
    name: str
    model: str
    scopes: tuple[str, ...]


def probe(message_id: str) -> bytes:
    """The question for all network video transmitters; `message_id` is a UUID."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
        f' xmlns:w="{_ADDRESSING}" xmlns:d="{_DISCOVERY}" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">'
        f"<e:Header><w:MessageID>uuid:{message_id}</w:MessageID>"
        '<w:To e:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>'
        f'<w:Action e:mustUnderstand="true">{_DISCOVERY}/Probe</w:Action></e:Header>'
        "<e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>"
    ).encode()


def parse_answer(data: bytes, *, address: str, message_id: str) -> list[FoundDevice]:
    """The devices of one datagram from that address. An answer to another question is none.

    Raises Fault(PROTOCOL_BROKEN) for what is no answer: no XML, a document type, too deep, too much.
    """
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.take
    parser.StartDoctypeDeclHandler = _refuse  # no entity is ever declared, so that none grows
    try:
        parser.Parse(data[:LARGEST_ANSWER], True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Fault(FaultCode.PROTOCOL_BROKEN, "no answer to a probe") from error
    if reading.relates_to and message_id not in reading.relates_to:
        return []
    return [_device(match, address) for match in reading.matches]


class _Reading:
    """Collects what is wanted of a document."""

    def __init__(self) -> None:
        self.matches: list[dict[str, str]] = []
        self.relates_to = ""
        self._path: list[str] = []
        self._elements = 0
        self._in_match = False

    def start(self, name: str, _attributes: object) -> None:
        self._elements += 1
        self._path.append(name)
        if len(self._path) > _DEEPEST or self._elements > _MOST_ELEMENTS:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "an answer that is too deep or too large")
        if name == _MATCH and len(self.matches) < _MOST_MATCHES:
            self.matches.append({})
            self._in_match = True

    def end(self, name: str) -> None:
        self._path.pop()
        if name == _MATCH:
            self._in_match = False

    def take(self, text: str) -> None:
        name = self._path[-1] if self._path else ""
        if name == _RELATES_TO:
            self.relates_to += text[:_LONGEST]
        elif self._in_match and name in _WORDS:
            match = self.matches[-1]
            match[_WORDS[name]] = match.get(_WORDS[name], "") + text


def _refuse(*_declaration: object) -> None:
    raise Fault(FaultCode.PROTOCOL_BROKEN, "an answer with a document type")


def _device(match: dict[str, str], address: str) -> FoundDevice:
    scopes = tuple(_plain(scope) for scope in match.get("scopes", "").split()[:_MOST_SCOPES])
    said = _said(match.get("scopes", "").split()[:_MOST_SCOPES])
    services = [_plain(service) for service in match.get("services", "").split()[:_MOST_SCOPES]]
    return FoundDevice(
        id=_plain(match.get("id", "").strip()),
        address=address,
        service=next((service for service in services if _host_of(service) == address), ""),
        name=said.get("name", ""),
        model=said.get("hardware", ""),
        scopes=scopes,
    )


def _said(scopes: list[str]) -> dict[str, str]:
    """By the first word of an ONVIF scope what stands behind it; of several the first."""
    found: dict[str, str] = {}
    for scope in scopes:
        word, slash, value = scope.removeprefix(_SCOPE).partition("/")
        if scope.startswith(_SCOPE) and slash and value:
            found.setdefault(word.lower(), _plain(unquote(value)))
    return found


def _host_of(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in {"http", "https"} else ""


def _plain(text: str) -> str:
    """Without what a terminal would obey, and not longer than anybody reads."""
    return "".join(letter for letter in text[:_LONGEST] if letter.isprintable())


def told_apart(devices: list[FoundDevice]) -> list[FoundDevice]:
    """Each device once, however often and on however many networks it answered, in the order of addresses."""
    first = {(device.id, device.address): device for device in reversed(devices)}
    return sorted(first.values(), key=lambda device: tuple(int(part) for part in device.address.split(".")))
