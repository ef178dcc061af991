"""XML from outside as a small tree, within bounds.

By expat of the standard library, because the server has no other parser and needs none: what makes XML dangerous is
the document type, and a document that has one is refused at its first word, before any entity is declared. Nothing
outside the document is ever read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

_DEEPEST: Final = 16
_MOST_ELEMENTS: Final = 20_000
_MOST_TEXT: Final = 1024 * 1024
"""Characters of all texts."""


class XmlRefused(Exception):
    """It is no XML, has a document type, or is beyond the bounds; the text says which, and nothing of the content."""


@dataclass(slots=True)
class Element:
    """`name` is the namespace, a space and the local name, or the local name alone."""

    name: str
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, name: str) -> list[Element]:
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> Element | None:
        return next((child for child in self.children if child.name == name), None)


def parse(document: bytes) -> Element:
    """The root element. Raises XmlRefused."""
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.refuse_doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.add_text
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, ValueError, LookupError):
        reason = "not well-formed XML"
        raise XmlRefused(reason) from None
    assert builder.root is not None  # of well-formed XML
    return builder.root


class _Builder:
    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._elements = 0
        self._characters = 0

    def refuse_doctype(self, *_: object) -> None:
        reason = "a document type is not allowed"
        raise XmlRefused(reason)

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._elements += 1
        if len(self._open) >= _DEEPEST or self._elements > _MOST_ELEMENTS:
            reason = f"at most {_DEEPEST} levels and {_MOST_ELEMENTS} elements"
            raise XmlRefused(reason)
        element = Element(name)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def add_text(self, text: str) -> None:
        self._characters += len(text)
        if self._characters > _MOST_TEXT:
            reason = f"at most {_MOST_TEXT} characters"
            raise XmlRefused(reason)
        if self._open:
            self._open[-1].text += text
