"""Cookies of one camera's web server (RFC 6265), for one session: few, small, and for its own host alone."""

from __future__ import annotations

from email.message import Message
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from typing import Final
from urllib.request import Request

from tmcwall.rtsp.messages import Headers

MOST: Final = 20
LARGEST: Final = 4096
"""Letters of a name with its value."""


class HostCookies:
    """What the server of a camera asks to be told again: which session, which of several servers.

    For answers from and requests to that one host, on any of its ports: to ask only for them is the caller's part.
    Lifetimes count by the computer's clock, which a session that is opened anew does not depend on: it begins empty.
    Values are in no `repr`.
    """

    def __init__(self) -> None:
        self._jar = CookieJar(_Policy())

    def __repr__(self) -> str:
        return f"HostCookies({len(self._jar)})"

    def take(self, url: str, headers: Headers) -> None:
        """What an answer sets or, by its lifetime, takes back. What is too large, or one too many, is passed over."""
        answer = _Answer(headers)
        request = Request(url)  # noqa: S310 - nothing is opened
        # What the jar is declared to take is a whole response; it asks for its fields only.
        for cookie in self._jar.make_cookies(answer, request):  # type: ignore[arg-type]
            if not _is_acceptable(cookie):
                continue
            self._jar.clear_expired_cookies()
            if len(self._jar) < MOST or _place(cookie) in {_place(known) for known in self._jar}:
                cookie.secure = cookie.secure or request.type == "https"
                self._jar.set_cookie_if_ok(cookie, request)

    def header(self, url: str) -> str | None:
        """The value of the field `Cookie` for a request. What came over `https` goes over nothing else."""
        request = Request(url)  # noqa: S310 - as above
        self._jar.add_cookie_header(request)
        return request.get_header("Cookie")


class _Policy(DefaultCookiePolicy):
    """Cookies as servers send them today."""

    def __init__(self) -> None:
        super().__init__(rfc2965=False, hide_cookie2=True)


class _Answer:
    """An answer in the form that the library's jar reads."""

    def __init__(self, headers: Headers) -> None:
        self._message = Message()
        for value in headers.every("set-cookie"):
            if len(value) <= 2 * LARGEST:
                self._message["Set-Cookie"] = value

    def info(self) -> Message:
        return self._message


def _is_acceptable(cookie: Cookie) -> bool:
    text = f"{cookie.name}={cookie.value or ''}"
    return len(text) <= LARGEST and text.isascii() and text.isprintable()


def _place(cookie: Cookie) -> tuple[str, str, str]:
    """Two cookies with the same are one."""
    return cookie.domain, cookie.path, cookie.name
