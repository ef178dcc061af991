"""A stream of one camera on the running loop, with all that came of it."""

from random import Random

from tests.waiting import until_in_loop
from tmcwall.domain.address import AddressRule
from tmcwall.domain.clock import SystemClock
from tmcwall.net.resolver import Resolver
from tmcwall.net.trust import Trust
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.sessions.access_unit_source import StreamKey
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.reconnect import OpeningGate, Timing
from tmcwall.video.sessions.stream import Stream
from tmcwall.video.sessions.transport_history import TransportHistory

QUICK = Timing(
    connect_s=2.0,
    open_s=3.0,
    no_media_s=1.5,
    stalled_s=1.0,
    no_key_s=1.0,
    watch_s=0.05,
    first_retry_s=0.05,
    longest_retry_s=0.2,
    settled_s=0.2,
)


class Watched:
    """A stream with all that came of it."""

    def __init__(
        self,
        url,
        *,
        timing=QUICK,
        allow_basic=True,
        trust=None,
        transport_history=None,
        rule=None,
        resolver=None,
        profile="main",
        **source,
    ):
        clock = SystemClock()
        self.units = []
        self.faults = []
        self.details = []
        context = SessionContext(
            clock=clock,
            timing=timing,
            allow_basic=allow_basic,
            trust=trust or Trust(),
            rule=rule or AddressRule.anywhere(),
            transport_history=transport_history or TransportHistory(),
            resolver=resolver or Resolver(),
        )
        self.stream = Stream(
            StreamKey("cam", profile),
            StreamUrl(url=url, **source),
            context,
            gate=OpeningGate(clock, host_interval_s=0.05),
            rng=Random(1),
            changed=self._changed,
        )
        self.stream.add_sink(self.units.append)

    def _changed(self, stream):
        if stream.state.fault is not None:
            self.faults.append(stream.state.fault)
            self.details.append(stream.state.detail)

    async def until(self, condition):
        await until_in_loop(condition)

    async def fault(self):
        await self.until(lambda: self.faults)
        return self.faults[0]
