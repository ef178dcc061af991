"""The deadlines of issue and documentation, shortened."""

from dataclasses import replace

from tmcwall.video.sessions.reconnect import Timing

QUICK = Timing(
    connect_s=2.0,
    open_s=1.0,
    no_media_s=1.0,
    stalled_s=1.0,
    no_key_s=1.0,
    watch_s=0.1,
    first_retry_s=0.05,
    longest_retry_s=0.2,
    settled_s=0.2,
    decoder_hung_s=3.0,
    stream_hung_s=1.5,
)

PATIENT = replace(
    QUICK,
    connect_s=60.0,
    open_s=60.0,
    no_media_s=60.0,
    stalled_s=60.0,
    no_key_s=60.0,
    decoder_hung_s=60.0,
    stream_hung_s=60.0,
)
"""Where no camera is late by intent: a machine that has much to do is not taken for a slow camera."""
