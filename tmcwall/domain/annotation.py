"""Annotations: boxes, arrows and words that officers lay over the picture of a clip. The original is never touched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

from tmcwall.domain.derived_copy import Drawing, DrawnShape
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.shape import Between, Id, Longest

LONGEST_TEXT: Final = 200
"""Characters."""
_ABOUT_A_PICTURE: Final = timedelta(milliseconds=200)
"""How long one of a single picture is shown before and after its moment: players do not stop at exact times."""
Part = Annotated[float, Between(0, 1)]
"""Of the width or the height of the picture, from its upper left corner: main stream and sub stream agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """Something that an officer shows in the footage of a bookmark; only who made it alters or removes it."""

    id: Id
    bookmark_id: Id
    shape: DrawnShape
    """An arrow goes from the first point to the second, where its head is; words begin at the first point."""
    starts_at: datetime
    ends_at: datetime
    """The same as `starts_at`: it is of one picture."""
    x: Part
    y: Part
    to_x: Part
    to_y: Part
    """The corner across of a box, the head of an arrow; of words the same as the first point."""
    text: Annotated[str, Longest(LONGEST_TEXT)] = ""
    made_by: Id
    """Service number."""
    made_at: datetime
    altered_at: datetime | None = None
    removed: bool = False
    """It stays on record, and is shown nowhere any more."""

    def shown_at(self, moment: datetime) -> bool:
        """Whether the picture of that moment has it."""
        if self.starts_at == self.ends_at:
            return abs(moment - self.starts_at) <= _ABOUT_A_PICTURE
        return self.starts_at <= moment <= self.ends_at

    def drawing(self, begins: datetime) -> Drawing:
        """As it is burnt into a copy of a file that begins then."""
        starts, ends = self.starts_at, self.ends_at
        if starts == ends:
            starts, ends = starts - _ABOUT_A_PICTURE, ends + _ABOUT_A_PICTURE
        return Drawing(
            shape=self.shape,
            from_s=(starts - begins).total_seconds(),
            until_s=(ends - begins).total_seconds(),
            x=self.x,
            y=self.y,
            to_x=self.to_x,
            to_y=self.to_y,
            text=self.text,
        )


def check_annotation(annotation: Annotation) -> None:
    """Raises DomainError: FIELD_INVALID, FIELD_MISSING for words that are missing, RANGE_EMPTY for a span that ends
    before it begins, or a box or an arrow without size.
    """
    if len(annotation.text) > LONGEST_TEXT or not annotation.text.isprintable():
        raise DomainError(DomainCode.FIELD_INVALID, "text")
    if not all(0 <= part <= 1 for part in (annotation.x, annotation.y, annotation.to_x, annotation.to_y)):
        raise DomainError(DomainCode.FIELD_INVALID, "position")
    if annotation.ends_at < annotation.starts_at:
        raise DomainError(DomainCode.RANGE_EMPTY)
    if annotation.shape is DrawnShape.TEXT:
        if not annotation.text:
            raise DomainError(DomainCode.FIELD_MISSING, "text")
        return
    across, down = annotation.to_x != annotation.x, annotation.to_y != annotation.y
    sized = across and down if annotation.shape is DrawnShape.BOX else across or down
    if not sized:
        raise DomainError(DomainCode.RANGE_EMPTY)
