"""When a camera that is not ready yet wants to be asked again (RFC 2326 12.31, RFC 9110 10.2.3)."""

from __future__ import annotations

from typing import Final

from tmcwall.rtsp.messages import Headers

_UNAVAILABLE: Final = 503
_LONGEST_DIGITS: Final = 6


def asked_to_wait_s(status: int, headers: Headers) -> float | None:
    """The seconds that an answer with that status asks for; None where it asks for none.

    A date is not read: the clocks of cameras are rarely right, least of all while they start.
    """
    text = headers.get("retry-after", "").partition(";")[0].strip()
    if status != _UNAVAILABLE or not (text.isascii() and text.isdecimal()):
        return None
    return float(text[:_LONGEST_DIGITS])
