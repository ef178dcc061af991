"""What a camera's name stands for is looked at when it is opened: a name leads nowhere an address may not."""

import asyncio
from pathlib import Path
from random import Random

import pytest

from tests.integration.video.fake_camera import FakeCamera
from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Profile
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import FaultCode
from tmcwall.video.engine.process import parse_arguments
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.ipc.processes import engine_command
from tmcwall.video.sessions.access_unit_source import StreamKey
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.reconnect import OpeningGate
from tmcwall.video.sessions.stream import Stream

CITY = AddressRule.of(["10.0.0.0/8", "fc00::/7"])
HERE = AddressRule.of(["10.0.0.0/8"], loopback=True)


def first_news(*, rule: AddressRule, host: str) -> tuple[FaultCode | None, int, int]:
    """The first fault of a stream from that host under the rule, units received, and requests the camera got."""

    async def scenario() -> tuple[FaultCode | None, int, int]:
        units = []
        settled = asyncio.Event()
        async with FakeCamera() as camera:
            stream = Stream(
                StreamKey("cam", Profile.MAIN),
                StreamUrl(camera.url.replace("127.0.0.1", host)),
                SessionContext(clock=SystemClock(), rule=rule),
                gate=OpeningGate(SystemClock()),
                rng=Random(1),
                changed=lambda stream: settled.set() if stream.state.fault else None,
            )

            def received(unit):
                units.append(unit)
                settled.set()

            stream.add_sink(received)
            async with asyncio.timeout(120):
                await settled.wait()
            fault = stream.state.fault
            await stream.close()
            return fault, len(units), len(camera.requests)

    return asyncio.run(scenario())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_imported_camera_never_leads_to_this_machine(host: str) -> None:
    assert first_news(rule=CITY, host=host) == (FaultCode.ADDRESS_FORBIDDEN, 0, 0)


def test_with_loopback_allowed_it_plays() -> None:
    fault, units, _ = first_news(rule=HERE, host="localhost")
    assert fault is None
    assert units > 0


@pytest.mark.parametrize("rule", [CITY, HERE, AddressRule.anywhere(), AddressRule(())])
def test_the_engine_is_told_the_rule(rule: AddressRule, tmp_path: Path) -> None:
    command = engine_command(tile_memory=[3], recordings=tmp_path, keep_s=60, keep_bytes=1, rule=rule)
    assert parse_arguments(command[3:]).rule == rule
