"""What cameras and their servers on the web do that a client must bear."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

PLAYLIST: Final = "application/vnd.apple.mpegurl"
_REASONS: Final = {
    200: "OK",
    302: "Found",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    503: "Service Unavailable",
}
_PAGE: Final = b"<html><body><h1>503</h1></body></html>"
_PAGE_EVERY: Final = 5
_COOKIE: Final = "session=kota"
TOO_FAST: Final = 2


class OddWeb(StrEnum):
    """The names behind `web:`."""

    COOKIE = "cookie"
    """The playlist sets a cookie, and segments are refused (403) to who does not send it (HLS only)."""
    GZIP = "gzip"
    """Answers are compressed whatever was asked (HLS only)."""
    REDIRECT = "redirect"
    """The address answers 302 to another port of the same host."""
    VARIANTS = "variants"
    """The playlist is one of variants, the best of which is not there (HLS only)."""
    DEFINE = "define"
    """Addresses of segments contain variables (HLS only)."""
    PLAYLIST = "playlist"
    """The playlist has a byte-order mark and blank lines, no version and no target duration (HLS only)."""
    PAGE = "page"
    """A web page comes in place of every fifth segment (HLS only)."""
    HEAD = "head"
    """The head of answers has lines that are no fields, and no length."""
    PACE = "pace"
    """The times in segments run twice too fast (MPEG-TS only)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer over HTTP. `body` None: what follows has no end."""

    status: int
    kind: str = "text/plain"
    body: bytes | None = b""
    fields: tuple[tuple[str, str], ...] = ()

    def head(self, *, odd: OddWeb | None = None) -> bytes:
        fields = [("Content-Type", self.kind), *self.fields]
        if self.ends_connection(odd=odd):
            fields.append(("Connection", "close"))
        elif self.body is not None:
            fields.append(("Content-Length", str(len(self.body))))
        lines = [f"HTTP/1.1 {self.status} {_REASONS[self.status]}", *(f"{name}: {value}" for name, value in fields)]
        if odd is OddWeb.HEAD:
            lines[1:1] = ["this line is no field", ": without a name"]
        return "\r\n".join([*lines, "", ""]).encode("ascii")

    def ends_connection(self, *, odd: OddWeb | None) -> bool:
        """Whether the end of the body is the end of the connection."""
        return self.body is None or odd is OddWeb.HEAD


def playlist(odd: OddWeb | None, *, first: int, durations_s: list[float], suffix: str, head: str = "") -> Answer:
    """A live playlist whose segments have numbers as names; `head` is the name of what stands in front of fragments."""
    longest = max(1, round(max(durations_s, default=1.0)))
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{longest}", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
    if odd is OddWeb.DEFINE:
        lines.append('#EXT-X-DEFINE:NAME="suffix",VALUE="' + suffix + '"')
        suffix = "{$suffix}"
    if head:
        lines.append(f'#EXT-X-MAP:URI="{head}"')
    for number, duration_s in enumerate(durations_s, first):
        lines += [f"#EXTINF:{duration_s:.3f},", f"{number}{suffix}"]
    text = "\n".join([*lines, ""])
    if odd is OddWeb.PLAYLIST:
        kept = [line for line in lines if "VERSION" not in line and "TARGETDURATION" not in line]
        text = "\ufeff" + "\r\n\r\n".join([*kept, ""])
    fields = (("Set-Cookie", f"{_COOKIE}; Path=/"),) if odd is OddWeb.COOKIE else ()
    return Answer(200, PLAYLIST, text.encode(), fields)


def variants(name: str) -> Answer:
    """Two variants, the better of which is not there."""
    text = (
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=4000000,RESOLUTION=1920x1080\nnot-there.m3u8\n"
        f"#EXT-X-STREAM-INF:BANDWIDTH=700000,RESOLUTION=640x360\n{name}\n"
    )
    return Answer(200, PLAYLIST, text.encode())


def odd_segment(odd: OddWeb | None, number: int, answer: Answer, *, cookies: str) -> Answer:
    """What such a camera answers to who asks for a segment with these cookies."""
    if odd is OddWeb.COOKIE and _COOKIE not in cookies:
        return Answer(403)
    if odd is OddWeb.PAGE and number % _PAGE_EVERY == 0:
        return Answer(200, "text/html", _PAGE)
    return answer


def compressed(odd: OddWeb | None, answer: Answer) -> Answer:
    """As it is sent."""
    if odd is not OddWeb.GZIP or not answer.body:
        return answer
    fields = (*answer.fields, ("Content-Encoding", "gzip"))
    return replace(answer, body=gzip.compress(answer.body), fields=fields)
