"""RTSP 1.0 messages (RFC 2326) and interleaved packets on one byte stream, for the client and the server.

All sizes are bounded, because the other side is not trusted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode

LARGEST_HEAD: Final = 64 * 1024
LARGEST_BODY: Final = 1024 * 1024
LARGEST_PACKET: Final = 65_535

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_STATUS_LINE: Final = re.compile(r"RTSP/\d\.\d\s+([1-9]\d\d)(.*)", re.IGNORECASE)
_PLAIN_STATUS: Final = re.compile(r"RTSP/1\.\d [1-9]\d\d(?: .*)?")
_REQUEST_LINE: Final = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}) (\S{1,8192}) RTSP/1\.\d")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_DOLLAR: Final = 0x24
_OPENING: Final = 64
"""Bytes of a message by which it is told from bytes that mean nothing."""

_WHOLE_OPENING: Final = re.compile(rb"(?:(?i:RTSP)/\d\.\d [^\x00-\x08\x0a-\x1f]*|[A-Za-z_]{3,32} [!-~][ -~]*)\r?")
_PART_OF_OPENING: Final = re.compile(rb"[A-Za-z_]{1,32} ?|(?i:RTSP)/[0-9.]*")
_RESTART: Final = re.compile(rb"\$...[\x80-\xbf]|RTSP/1\.\d ", re.DOTALL)
"""An interleaved packet whose own version is 2, as that of RTP and RTCP is, or an answer."""

_ZEROS: Final = re.compile(rb"\x00+")
_RESTART_BYTES: Final = 9
_LARGEST_REST: Final = 32
"""Bytes that may be the end of the packet before them; what is longer belongs to nothing."""

_MESSAGE_START: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_NOT_RTSP: Final = (b"HTTP/", b"<")


class Headers(Mapping[str, str]):
    """Header fields in the order they came; names are compared without case, a name may occur several times."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        pairs = fields.items() if isinstance(fields, Mapping) else fields
        self._fields = tuple((name, value) for name, value in pairs)

    def __getitem__(self, name: str) -> str:
        """The first value of that name."""
        wanted = name.lower()
        for known, value in self._fields:
            if known.lower() == wanted:
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        seen = set[str]()
        for name, _ in self._fields:
            if name.lower() not in seen:
                seen.add(name.lower())
                yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        hidden = {"authorization", "proxy-authorization", "cookie", "set-cookie"}
        shown = [(name, "***" if name.lower() in hidden else value) for name, value in self._fields]
        return f"Headers({shown!r})"

    def every(self, name: str) -> list[str]:
        """All values of that name, in order."""
        wanted = name.lower()
        return [value for known, value in self._fields if known.lower() == wanted]

    def pairs(self) -> tuple[tuple[str, str], ...]:
        return self._fields


@dataclass(frozen=True, slots=True)
class Request:
    """A request of either side; cameras send some too (OPTIONS, SET_PARAMETER, TEARDOWN)."""

    method: str
    uri: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    reason: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""


class Interleaved(NamedTuple):
    """One RTP or RTCP packet on the RTSP connection (RFC 2326 section 10.12).

    A tuple, because there are thousands a second and a frozen dataclass takes twice as long to make.
    """

    channel: int
    data: bytes


class Skipped(NamedTuple):
    """Bytes that stood where a message or a packet should have begun: some cameras pad, or say a length too small."""

    size: int
    lost: bool
    """They may have been the end of the packet before them, which has come without."""
    rejoined: bool
    """They were, and that packet has come with them."""


Message = Request | Response | Interleaved


class Connection:
    """Cuts a byte stream into messages. One per TCP connection and direction.

    Once the other side has said something that is RTSP, bytes that are neither a message nor a packet are passed over
    up to the next of either. A few of them behind a packet are its end, left out of its length.
    """

    def __init__(self) -> None:
        self._pending = bytearray()
        self._wanted = 0
        self._searched = 0
        self._spoken = False
        self._channel: int | None = None
        """Of the last packet before bytes that mean nothing."""
        self._skipped: int | None = None
        """Bytes passed over so far on the way to the next message; None while none are."""
        self.odd_heads = 0
        """Answers and requests with lines that are no fields, or lengths that are none: these are left out."""

    def feed(self, data: bytes) -> list[Message | Skipped]:
        """The messages that are complete with these bytes.

        Raises Fault(PROTOCOL_BROKEN), or Fault(NOT_A_CAMERA) when the first bytes are an HTTP or HTML answer. After
        a fault the connection is useless.
        """
        if self._pending:
            self._pending += data
            if len(self._pending) < self._wanted:
                return []
            messages, used = self._cut(self._pending)
            del self._pending[:used]
        else:
            messages, used = self._cut(data)
            if used < len(data):
                self._pending += memoryview(data)[used:]
        return messages

    def _cut(self, source: bytes | bytearray) -> tuple[list[Message | Skipped], int]:
        messages: list[Message | Skipped] = []
        position = packet = 0
        end = len(source)
        with memoryview(source) as view:
            while position < end:
                if self._skipped is not None:
                    position = self._resynchronise(source, position, messages)
                    if self._skipped is not None:
                        break
                first = source[position]
                if first == _DOLLAR:
                    if end - position < 4:
                        self._wanted = 4
                        break
                    stop = position + 4 + (source[position + 2] << 8 | source[position + 3])
                    if stop > end:
                        self._wanted = stop - position
                        break
                    messages.append(Interleaved(source[position + 1], bytes(view[position + 4 : stop])))
                    packet = position
                    position = stop
                    self._spoken = True
                elif first in b"\r\n":
                    position += 1
                elif self._spoken and not _may_begin_message(source, position):
                    position = self._begin_to_skip(source, position, messages)
                else:
                    message, stop = self._cut_message(source, position)
                    if message is None:
                        break
                    messages.append(message)
                    position = stop
        return messages, self._conclude(messages, position, packet=packet, end=end)

    def _conclude(self, messages: list[Message | Skipped], position: int, *, packet: int, end: int) -> int:
        """Where to go on when more has come. `packet` is where the last one began.

        Few bytes that mean nothing may be the end of the packet before them: it waits until that is seen.
        """
        last = messages[-1] if messages else None
        if isinstance(last, Interleaved):
            self._channel = last.channel
            if self._skipped is not None and end - packet - 4 - len(last.data) <= _LARGEST_REST:
                messages.pop()
                self._skipped = None
                self._wanted = end - packet + 1
                return packet
        elif last is not None and not isinstance(last, Skipped):
            self._channel = None
        return position

    def _begin_to_skip(self, source: bytes | bytearray, start: int, messages: list[Message | Skipped]) -> int:
        """Where to look on: behind zeros, which are padding, what comes next is taken as after any packet."""
        zeros = _ZEROS.match(source, start)
        if zeros is not None:
            messages.append(Skipped(zeros.end() - start, lost=False, rejoined=False))
            return zeros.end()
        self._skipped = 0
        self._searched = 0
        return start

    def _resynchronise(self, source: bytes | bytearray, start: int, messages: list[Message | Skipped]) -> int:
        """Where the next packet or message begins, or could: `_skipped` is None where one does.

        Looks at each byte once.
        """
        assert self._skipped is not None
        before = messages[-1] if messages else None
        channel = before.channel if isinstance(before, Interleaved) else self._channel
        first_look = start + 1 if self._skipped == 0 else start  # what stands at the first byte was nothing
        found = _RESTART.search(source, first_look)
        while found is not None and not _continues(source, found.start(), channel):
            found = _RESTART.search(source, found.start() + 1)
        if found is None:
            stop = max(start, len(source) - _RESTART_BYTES + 1)
            self._skipped += stop - start
            self._wanted = _RESTART_BYTES
            return stop
        stop = found.start()
        size = self._skipped + stop - start
        is_rest = size <= _LARGEST_REST
        if is_rest and self._skipped == 0 and isinstance(before, Interleaved):
            messages[-1] = Interleaved(before.channel, before.data + bytes(source[start:stop]))
            messages.append(Skipped(size, lost=False, rejoined=True))
        else:
            messages.append(Skipped(size, lost=is_rest and channel is not None, rejoined=False))
        self._skipped = None
        return stop

    def _cut_message(self, source: bytes | bytearray, start: int) -> tuple[Request | Response | None, int]:
        """The message at `start` and where it ends; None while it is not complete."""
        if not self._spoken:
            _refuse_other_protocols(bytes(source[start : start + 16]))
        if source[start] not in _MESSAGE_START:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "neither a message nor an interleaved packet")
        head_end, body_start = _find_head_end(source, start, self._searched)
        if head_end < 0:
            self._searched = max(0, len(source) - start - 3)
            self._wanted = len(source) - start + 1
            if len(source) - start > LARGEST_HEAD:
                raise Fault(FaultCode.PROTOCOL_BROKEN, f"headers above {LARGEST_HEAD} bytes")
            return None, start
        if head_end - start > LARGEST_HEAD:
            raise Fault(FaultCode.PROTOCOL_BROKEN, f"headers above {LARGEST_HEAD} bytes")
        message, is_odd = _parse_head(bytes(source[start:head_end]).decode("latin-1"))
        self._searched = 0
        length, is_odd_length = _body_length(message.headers)
        stop = body_start + length
        if stop > len(source):
            self._wanted = stop - start
            return None, start
        self._spoken = True
        self.odd_heads += is_odd or is_odd_length
        if stop == body_start:
            return message, stop
        body = bytes(source[body_start:stop])
        if isinstance(message, Request):
            return Request(message.method, message.uri, message.headers, body), stop
        return Response(message.status, message.reason, message.headers, body), stop


def serialise(message: Message) -> bytes:
    """The bytes of a message; Content-Length is added where there is a body.

    Text on the wire is Latin-1, so that bytes a camera sent come back as they were. Raises DomainError(FIELD_INVALID)
    for a line break, a control character or a character outside Latin-1 in the head.
    """
    if isinstance(message, Interleaved):
        if not 0 <= message.channel <= 255 or len(message.data) > LARGEST_PACKET:
            raise DomainError(DomainCode.FIELD_INVALID, "interleaved packet")
        return b"$" + bytes((message.channel,)) + len(message.data).to_bytes(2, "big") + message.data
    if isinstance(message, Request):
        lines = [f"{message.method} {message.uri} RTSP/1.0"]
    else:
        lines = [f"RTSP/1.0 {message.status} {message.reason}"]
    lines += [f"{name}: {value}" for name, value in message.headers.pairs()]
    if message.body and "content-length" not in message.headers:
        lines.append(f"Content-Length: {len(message.body)}")
    if any(_CONTROL.search(line) for line in lines):
        raise DomainError(DomainCode.FIELD_INVALID, "control character in an RTSP message")
    try:
        head = "\r\n".join(lines).encode("latin-1")
    except UnicodeEncodeError as error:
        raise DomainError(DomainCode.FIELD_INVALID, "character outside Latin-1 in an RTSP message") from error
    return head + b"\r\n\r\n" + message.body


def _refuse_other_protocols(opening: bytes) -> None:
    for other in _NOT_RTSP:
        if opening.startswith(other):
            raise Fault(FaultCode.NOT_A_CAMERA, "the answer is HTTP or HTML", retryable=False)


def _may_begin_message(source: bytes | bytearray, start: int) -> bool:
    """Whether what stands there is the beginning of a first line, as far as it has come."""
    opening, line_feed, _ = bytes(source[start : start + _OPENING]).partition(b"\n")
    if _WHOLE_OPENING.fullmatch(opening) is not None:
        return True
    return not line_feed and _PART_OF_OPENING.fullmatch(opening) is not None


def _continues(source: bytes | bytearray, start: int, channel: int | None) -> bool:
    """Whether a packet there is on a channel beside the one that was last used; an answer always is."""
    return source[start] != _DOLLAR or channel is None or abs(source[start + 1] - channel) <= 1


def _find_head_end(source: bytes | bytearray, start: int, searched: int) -> tuple[int, int]:
    """End of the head and start of the body. Bare line feeds are accepted: some cameras send them."""
    strict = source.find(b"\r\n\r\n", start + searched)
    bare = source.find(b"\n\n", start + searched, strict if strict >= 0 else len(source))
    if bare >= 0:
        return bare, bare + 2
    return strict, strict + 4


def _parse_head(head: str) -> tuple[Request | Response, bool]:
    """And whether something in it is odd. Raises Fault(PROTOCOL_BROKEN)."""
    first, _, rest = head.replace("\r\n", "\n").partition("\n")
    fields, is_odd = _parse_fields(rest)
    headers = Headers(fields)
    first = first.rstrip()
    status = _STATUS_LINE.fullmatch(first)
    if status is not None:
        is_odd = is_odd or _PLAIN_STATUS.fullmatch(first) is None
        return Response(int(status[1]), status[2].strip(), headers), is_odd
    request = _REQUEST_LINE.fullmatch(first)
    if request is not None:
        return Request(request[1].upper(), request[2], headers), is_odd
    raise Fault(FaultCode.PROTOCOL_BROKEN, "neither a status line nor a request line")


def _parse_fields(lines: str) -> tuple[list[tuple[str, str]], bool]:
    """The fields, and whether there was a line that is none: it is left out."""
    fields: list[tuple[str, str]] = []
    is_odd = False
    for line in lines.split("\n"):
        if not line.strip():
            continue
        if line[0] in " \t" and fields:
            name, value = fields[-1]
            fields[-1] = (name, f"{value} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        if colon and _TOKEN.fullmatch(name.strip()) is not None:
            fields.append((name.strip(), value.strip()))
        else:
            is_odd = True
    return fields, is_odd


def _body_length(headers: Headers) -> tuple[int, bool]:
    """Of several lengths the largest, for a camera that has no body does not say so; and whether one is odd.

    Raises Fault(PROTOCOL_BROKEN) for one that is too large.
    """
    texts = headers.every("content-length")
    lengths = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= 12]
    length = max(lengths, default=0)
    if length > LARGEST_BODY:
        raise Fault(FaultCode.PROTOCOL_BROKEN, f"body above {LARGEST_BODY} bytes")
    return length, len(lengths) != len(texts) or len(set(lengths)) > 1
