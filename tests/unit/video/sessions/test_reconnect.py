import asyncio

from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import FaultCode
from tmcwall.video.sessions.reconnect import HostPace, OpeningGate

S = 1_000_000_000


def test_a_host_that_failed_is_tried_once_a_second():
    pace = HostPace(1.0)
    pace.failed("nvr:554", 0)
    assert [pace.wait_s("nvr:554", S // 2) for _ in range(3)] == [0.5, 1.5, 2.5]


def test_a_host_that_works_again_is_not_slowed():
    pace = HostPace(1.0)
    pace.failed("nvr:554", 0)
    pace.succeeded("nvr:554")
    assert pace.wait_s("nvr:554", 0) == 0


def test_other_hosts_are_not_slowed():
    pace = HostPace(1.0)
    pace.failed("a:554", 0)
    assert pace.wait_s("b:554", 0) == 0


def test_only_so_many_cameras_are_opened_at_once():
    async def most_at_once(*, first):
        gate = OpeningGate(SystemClock(), first=16, again=4)
        inside = 0
        most = 0

        async def open_one(number):
            nonlocal inside, most
            async with gate.turn(f"host{number}:554", first=first) as note:
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                inside -= 1
                note(FaultCode.NO_ANSWER)

        await asyncio.gather(*(open_one(number) for number in range(40)))
        return most

    assert asyncio.run(most_at_once(first=True)) == 16
    assert asyncio.run(most_at_once(first=False)) == 4


def test_streams_that_wait_for_their_turn_at_a_host_go_as_soon_as_it_answers():
    async def scenario():
        gate = OpeningGate(SystemClock(), host_interval_s=3600)
        gate._note("nvr:554", FaultCode.CONNECTION_REFUSED)
        opened = []

        async def open_one(number):
            async with gate.turn("nvr:554", first=False) as note:
                opened.append(number)
                note(None)

        waiting = [asyncio.create_task(open_one(number)) for number in range(8)]
        await asyncio.sleep(0)
        assert opened == []
        async with gate.turn("nvr:554", first=True) as note:
            note(None)
        async with asyncio.timeout(120):
            await asyncio.gather(*waiting)
        return sorted(opened)

    assert asyncio.run(scenario()) == list(range(8))
