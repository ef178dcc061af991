"""What cameras do that no specification allows, and that costs nothing but itself: each kind is named and counted."""

from __future__ import annotations

from enum import StrEnum


class Oddity(StrEnum):
    """As it stands in the log."""

    BYTES_BETWEEN = "bytes between packets"
    SHORT_LENGTH = "length of an interleaved packet too small"
    NOT_RTP = "packet that is no RTP"
    PADDING = "padding of no bytes"
    EMPTY_FRAGMENT = "fragment without data"
    START_CODES = "start codes inside a NAL unit"
    NUMBERS = "sequence numbers that start over or stand still: lost packets are not seen"
    RATE = "times of pictures that disagree with their arrival: they are shown and cut as they arrive"
    CLOCK_RATE = "clock rate that is not that of video"
    ANSWER_NUMBERS = "answers with numbers of no request"
    NO_SESSION = "SETUP without a session"
    NO_TRANSPORT = "SETUP without a transport"
    NO_KEEP_ALIVE = "keep-alive that is not answered, or answered by closing"
