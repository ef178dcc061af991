"""What spreadsheets, web pages and chats leave around the text of a cell."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

_FORMULA: Final = re.compile(r'="([^"]*)"')
_QUOTED: Final = re.compile(
    "[\u201c\u201d\u201e\"]([^\u201c\u201d\"]*)[\u201c\u201d\"]|[\u2018\u2019']([^\u2018\u2019']*)[\u2018\u2019']"
)
_NOTHING: Final = frozenset({
    "-", "\u2013", "\u2014", "#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "n/a", "null",
})  # fmt: skip
"""An empty cell, as people or a spreadsheet that has lost what it refers to write it."""
_LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<([^<>\s]+)>")
_SLASHES: Final = re.compile(r"\A([a-z]+):(?:\\\\|/(?!/))", re.IGNORECASE)
_BARE: Final = re.compile(r"(?:[^\s/]*@)?[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::(?P<port>[0-9]{1,5}))?(?P<path>/\S*)?")
_WEB_PORTS: Final = frozenset({"80", "81", "443", "8080", "8443"})
_WEB_PATH: Final = re.compile(r"\.(?:m3u8|flv|ts|mp4|mjpe?g|cgi)\b", re.IGNORECASE)


def plain_cell(text: str) -> str:
    """`="001"` and `'001` for a number that is to stay a text, quotes of other alphabets, and signs for nothing."""
    formula = _FORMULA.fullmatch(text)
    quoted = _QUOTED.fullmatch(text)
    if formula is not None:
        text = formula[1]
    elif quoted is not None:
        text = quoted[1] or quoted[2] or ""
    elif text[:1] == "'":
        text = text[1:]
    text = text.strip()
    return "" if text.lower() in _NOTHING else text


def plain_address(text: str) -> str:
    """An address out of a link, with slashes for what a keyboard gave in their place, and `&` for `&amp;`."""
    link = _LINK.fullmatch(text)
    if link is not None:
        text = link[1] or link[2]
    if _SLASHES.match(text):
        text = _SLASHES.sub(r"\1://", text.replace("\\", "/") if "\\" in text else text, count=1)
    return unescape(text) if "&amp;" in text else text


def with_scheme(text: str) -> str:
    """`rtsp://` before an IPv4 address that has none, unless its port or path are rather of the web."""
    bare = _BARE.fullmatch(text)
    if bare is None or bare["port"] in _WEB_PORTS or _WEB_PATH.search(bare["path"] or ""):
        return text
    return f"rtsp://{text}"
