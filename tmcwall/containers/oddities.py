"""What cameras on the web do that no specification allows, and that costs nothing but itself: named and counted."""

from __future__ import annotations

from enum import StrEnum


class WebOddity(StrEnum):
    """As it stands in the log."""

    ODD_HEAD = "answer with lines that are no header fields, or lengths that are none"
    COMPRESSED = "answer that is compressed though that was not asked for"
    COMPRESSED_UNSAID = "answer that is gzip and does not say so"
    NOT_COMPRESSED = "answer that is not compressed and says that it is"
    SHORT_BODY = "answer that ends before the length that it states"
    BYTES_BEHIND = "bytes behind the end of an answer"
    VARIANT = "variant that cannot be had or played: the next one is taken"
    BEFORE_PLAYLIST = "bytes before the head of a playlist"
    NUMBERS = "playlist that moves on and whose numbers stand still"
    ENDED = "playlist that says that it has ended and grows"
    TARGET = "target duration far above that of all segments"
    NO_LENGTH = "segments without a length"
    NO_RANGE = "byte range that is none: its segment is left out"
    BEFORE_VIDEO = "bytes before the video of a segment"
    BEHIND_VIDEO = "bytes behind the video of a segment"
    NO_SEGMENT = "segment that is no video"
