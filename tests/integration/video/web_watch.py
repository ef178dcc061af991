"""A stream from the web, watched with short deadlines."""

import asyncio

from tmcwall.video.sessions.reconnect import Timing

from .watched import Watched

QUICK = Timing(
    connect_s=5.0,
    open_s=5.0,
    no_media_s=2.0,
    stalled_s=1.0,
    no_key_s=5.0,
    watch_s=0.05,
    first_retry_s=0.05,
    longest_retry_s=0.2,
    settled_s=0.2,
)


def watch(url, scenario=None, *, timing=QUICK, **source):
    """A stream of that URL after the scenario; without one, after its first fault."""

    async def run():
        watched = Watched(url, timing=timing, **source)
        try:
            if scenario is None:
                await watched.until(lambda: watched.faults)
            else:
                await scenario(watched)
        finally:
            await watched.stream.close()
        return watched

    return asyncio.run(run())


def said(watched):
    return watched.faults[0], watched.details[0]
