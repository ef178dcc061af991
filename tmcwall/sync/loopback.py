"""The answer of an identity provider, heard on the loopback of this workstation (RFC 8252, section 7.3)."""

from __future__ import annotations

import contextlib
import hmac
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

LONGEST_S: Final = 600.0
"""The server gives an attempt up then."""
_LOOK_S: Final = 0.2
_MOST_FIELDS: Final = 20
_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'",
}
_REQUEST_S: Final = 2.0
"""For one request to come: a program that connects and says nothing keeps nobody waiting for long."""


@dataclass(frozen=True, slots=True)
class Answer:
    code: str = field(repr=False)
    issuer: str = ""
    error: str = ""
    """By RFC 6749, section 4.1.2.1; empty: there is a code."""


def answer_in(target: str, *, state: str) -> Answer | None:
    """What a request for that path and query says; None for one that is no answer to the attempt of that state."""
    parts = urlsplit(target)
    try:
        given = {name: values[0] for name, values in parse_qs(parts.query, max_num_fields=_MOST_FIELDS).items()}
    except ValueError:
        return None
    if parts.path != "/" or not state or not hmac.compare_digest(given.get("state", "").encode(), state.encode()):
        return None
    error = "" if given.get("code") else given.get("error", "no code")
    return Answer(given.get("code", ""), given.get("iss", ""), error)


def _page(text: str) -> bytes:
    return f'<!doctype html><meta charset="utf-8"><title>tmcwall</title><p>{escape(text)}</p>'.encode()


class LoopbackListener:
    """Open from when it is made. What does not carry the state is no answer, whoever on this machine sends it."""

    def __init__(self, page: str, *, longest_s: float = LONGEST_S, now_s: Callable[[], float] = time.monotonic) -> None:
        self._longest_s = longest_s
        self._now_s = now_s
        self._server = _Server(page)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.server_close()

    @property
    def port(self) -> int:
        return self._server.server_port

    def wait(self, state: str, *, stop: threading.Event) -> Answer | None:
        """None: the officer has given it up, or it has taken too long."""
        self._server.state = state
        end_s = self._now_s() + self._longest_s
        while not stop.is_set() and self._now_s() < end_s:
            self._server.handle_request()
            if self._server.answer is not None:
                return self._server.answer
        return None


class _Server(HTTPServer):
    timeout = _LOOK_S

    def __init__(self, page: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.page = page
        self.state = ""
        self.answer: Answer | None = None


class _Handler(BaseHTTPRequestHandler):
    timeout = _REQUEST_S
    server: _Server

    def handle(self) -> None:
        """A browser that hangs up in the middle is no fault of ours."""
        with contextlib.suppress(OSError):
            super().handle()

    def do_GET(self) -> None:
        answer = answer_in(self.path, state=self.server.state)
        if answer is None:
            self.send_error(404)
            return
        content = _page(self.server.page)
        self.send_response(200)
        for name, value in {**_HEADERS, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.server.answer = answer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library names it
        """Addresses hold the code."""
