import asyncio
from random import Random

from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import FaultCode
from tmcwall.video.sessions.reconnect import Backoff, HostPace, OpeningGate

S = 1_000_000_000


def test_the_first_retry_comes_within_a_second():
    assert all(Backoff(Random(seed)).next_delay_s(now_s=0.0) <= 1.0 for seed in range(50))


def test_delays_grow_but_never_beyond_the_longest():
    limits = []
    for seed in range(300):
        backoff = Backoff(Random(seed), first_s=1.0, longest_s=30.0)
        limits.append([backoff.next_delay_s(now_s=100.0 * number) for number in range(12)])
    longest = [max(column) for column in zip(*limits, strict=True)]
    assert longest[4] > 12
    assert max(longest) <= 30.0


def test_in_the_first_minute_of_an_outage_no_delay_is_longer_than_five_seconds():
    backoff = Backoff(Random(3))
    assert max(backoff.next_delay_s(now_s=float(second)) for second in range(59)) <= 5.0
    assert max(backoff.next_delay_s(now_s=61.0) for _ in range(40)) > 20.0


def test_a_link_that_is_up_for_moments_only_is_tried_as_often_as_in_the_first_minute():
    """R34: five seconds up, five down, for half an hour."""
    backoff = Backoff(Random(3))
    assert max(backoff.next_delay_s(now_s=10.0 * number, played_s=4.0) for number in range(180)) <= 5.0


def test_only_a_camera_that_played_on_is_tried_as_soon_as_at_first():
    backoff = Backoff(Random(3))
    assert max(backoff.next_delay_s(now_s=10.0 * number, played_s=4.0) for number in range(20)) > 1.0
    assert max(backoff.next_delay_s(now_s=10.0 * number, played_s=6.0) for number in range(20)) <= 1.0


def test_delays_are_spread_over_the_whole_limit():
    tries = []
    for seed in range(300):
        backoff = Backoff(Random(seed))
        tries.append([backoff.next_delay_s(now_s=100.0 * number) for number in range(6)][-1])
    assert min(tries) < 3
    assert max(tries) > 27


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
