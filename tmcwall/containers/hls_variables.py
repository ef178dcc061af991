"""Variables of HLS playlists (EXT-X-DEFINE, draft-pantos-hls-rfc8216bis section 4.4.2.3) and what refers to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

from tmcwall.domain.fault import Fault, FaultCode

_MOST: Final = 200
_LONGEST: Final = 8192
"""Letters of a value, and of a text with its values."""
_REFERENCE: Final = re.compile(r"\{\$([A-Za-z0-9_-]+)\}")


class Variables:
    """Those of one playlist, in the order of its lines: a reference sees what is defined above it."""

    def __init__(self, url: str, *, imported: Mapping[str, str]) -> None:
        """`url`: of the playlist, whose query may give values. `imported`: what the playlist of variants defines."""
        self._url = url
        self._imported = imported
        self._values: dict[str, str] = {}

    @property
    def values(self) -> Mapping[str, str]:
        return self._values

    def define(self, attributes: Mapping[str, str]) -> None:
        """One EXT-X-DEFINE. A name that is defined already keeps its value; what gives none defines nothing."""
        name, value = attributes.get("NAME"), attributes.get("VALUE")
        if "IMPORT" in attributes:
            name = attributes["IMPORT"]
            value = self._imported.get(name)
        elif "QUERYPARAM" in attributes:
            name = attributes["QUERYPARAM"]
            value = next(iter(_query(self._url).get(name, ())), None)
        if name and value is not None and len(value) <= _LONGEST and len(self._values) < _MOST:
            self._values.setdefault(name, value)

    def fill(self, text: str) -> str:
        """With the values in place of the references; one that is not defined stays as it is."""
        if "{$" not in text:
            return text
        filled = _REFERENCE.sub(lambda reference: self._values.get(reference[1], reference[0]), text)
        return filled if len(filled) <= _LONGEST else text

    def fill_all(self, text: str) -> str:
        """As `fill`. Raises Fault(PROTOCOL_BROKEN) with the name of a variable that is not defined."""
        filled = self.fill(text)
        missing = _REFERENCE.search(filled) if "{$" in filled else None
        if missing is not None:
            raise Fault(FaultCode.PROTOCOL_BROKEN, f"the playlist does not define its variable {missing[1][:40]}")
        return filled


def _query(url: str) -> Mapping[str, list[str]]:
    try:
        return parse_qs(urlsplit(url).query, keep_blank_values=False, max_num_fields=_MOST)
    except ValueError:
        return {}
