"""How a replay is named: as the address of a stream, which the desktop program makes and the engine reads."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

SCHEME: Final = "replay"


def replay_url(camera: str, from_utc: float) -> str:
    """The source of a replay that begins at that moment, in seconds since the epoch."""
    return f"{SCHEME}:///{quote(camera, safe='')}?from={from_utc:.3f}"


def replayed(url: str) -> tuple[str, float] | None:
    """The camera and the beginning that `replay_url` was given; None for any other source."""
    parts = urlsplit(url)
    if parts.scheme != SCHEME:
        return None
    begins = parse_qs(parts.query).get("from", ["0"])[0]
    return unquote(parts.path.removeprefix("/")), float(begins)
