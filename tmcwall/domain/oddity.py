"""What cameras do that no specification allows, and that costs nothing but itself: each kind is named and counted."""

from __future__ import annotations

from enum import StrEnum


class Oddity(StrEnum):
    """As it stands in the log."""

    # Of RTSP and RTP

    BYTES_BETWEEN = "bytes between packets"
    SHORT_LENGTH = "length of an interleaved packet too small"
    NOT_RTP = "packet that is no RTP"
    PADDING = "padding of no bytes"
    EMPTY_FRAGMENT = "fragment without data"
    START_CODES = "start codes inside a NAL unit"
    NUMBERS = "sequence numbers that start over or stand still: lost packets are not seen"
    MARKER_WITHIN = "markers within a picture"
    TIME_WITHIN = "RTP time that changes within a picture"
    HEADS_WITHIN = "parameter sets or SEI within a picture"
    RATE = "times of pictures that disagree with their arrival: they are shown and cut as they arrive"
    CLOCK_RATE = "clock rate that is not that of video"
    DESCRIPTION = "description whose format or section has to be guessed"
    PAYLOAD_TYPE = "packets of another payload type than described"
    CHANNEL = "packets on another channel than agreed"
    OTHER_SOURCE = "packets of another source among those of the camera"
    FOREIGN_UNIT = "NAL unit of a type that there is not"
    ANSWER_HEAD = "RTSP answer with lines that are no header fields, or lengths that are none"
    ODD_TRANSPORT = "transport with numbers or a name that are none"
    GOODBYE = "goodbye of a source that is not the camera's"
    FORGOTTEN = "keep-alive answered as of no session while pictures go on"
    ANSWER_NUMBERS = "answers with numbers of no request"
    NO_SESSION = "SETUP without a session"
    NO_TRANSPORT = "SETUP without a transport"
    NO_KEEP_ALIVE = "keep-alive that is not answered, or answered by closing"

    # Of cameras on the web

    ODD_HEAD = "answer with lines that are no header fields, or lengths that are none"
    COMPRESSED = "answer that is compressed though that was not asked for"
    COMPRESSED_UNSAID = "answer that is gzip and does not say so"
    NOT_COMPRESSED = "answer that is not compressed and says that it is"
    SHORT_BODY = "answer that ends before the length that it states"
    BYTES_BEHIND = "bytes behind the end of an answer"
    REDIRECTED = "redirect to another port, or to https, of the same host: it is followed each time"
    VARIANT = "variant that cannot be had or played: the next one is taken"
    BEFORE_PLAYLIST = "bytes before the head of a playlist"
    PLAYLIST_NUMBERS = "playlist that moves on and whose numbers stand still"
    PLAYLIST_ENDED = "playlist that says that it has ended and grows"
    TARGET_DURATION = "target duration far above that of all segments"
    NO_LENGTH = "segments without a length"
    NO_RANGE = "byte range that is none: its segment is left out"
    BEFORE_VIDEO = "bytes before the video of a segment"
    BEHIND_VIDEO = "bytes behind the video of a segment"
    NO_SEGMENT = "segment that is no video"
