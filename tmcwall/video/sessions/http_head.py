"""Heads of answers as small web servers write them, made into what a strict parser takes."""

from __future__ import annotations

import re
from typing import Final

_LARGEST: Final = 64 * 1024
_OPENING: Final = b"HTTP/"
_END: Final = re.compile(rb"\r?\n\r?\n")
_LINE_END: Final = re.compile(rb"\r?\n")
_FIELD: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(.*)")
_FORBIDDEN: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_INFORMATION: Final = re.compile(rb"HTTP/\d\.\d 1\d\d")


class HeadCleaner:
    """For one answer, with those that come before it (status 1xx): the bytes go through it until its head is whole.

    Lines that are no field are left out, as browsers do. So are a second `Content-Length` and one that is no number:
    then the end of the connection is that of the body. What is no HTTP at all passes as it is.
    """

    def __init__(self) -> None:
        self._held = b""
        self._is_over = False
        self.had_odd_lines = False

    def feed(self, data: bytes) -> bytes:
        """What may go on; empty while a head is not whole. `data` empty: nothing more comes."""
        if self._is_over:
            return data
        self._held += data
        passed = b""
        while not self._is_over:
            end = _END.search(self._held)
            if not data or len(self._held) > _LARGEST or not _OPENING.startswith(self._held[: len(_OPENING)]):
                self._is_over = True
            elif end is None:
                return passed
            else:
                head = self._held[: end.start()]
                self._held = self._held[end.end() :]
                self._is_over = _INFORMATION.match(head) is None
                passed += self._cleaned(head)
        found, self._held = passed + self._held, b""
        return found

    def _cleaned(self, head: bytes) -> bytes:
        first, *lines = _LINE_END.split(head)
        kept = [first]
        has_length = False
        for line in lines:
            field = _FIELD.fullmatch(line)
            is_length = field is not None and field[1].lower() == b"content-length"
            if field is None or (is_length and (has_length or not field[2].strip().isdigit())):
                self.had_odd_lines = True
                continue
            has_length = has_length or is_length
            kept.append(field[1] + b": " + _FORBIDDEN.sub(b"", field[2]).strip())
        return b"\r\n".join(kept) + b"\r\n\r\n"
