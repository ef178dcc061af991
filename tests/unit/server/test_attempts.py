"""Delays after failures, and quotas."""

import pytest

from tests.clocks import FakeClock
from tmcwall.server.attempts import Delays, Quota
from tmcwall.server.refusal import RequestRefused
from tmcwall.sync.protocol import RefusalCode


def wait_of(delays: Delays, key: str) -> int:
    """Seconds that are left; 0: it may be tried now."""
    try:
        delays.demand(key)
    except RequestRefused as refused:
        return refused.retry_after_s or 0
    return 0


def test_the_delay_grows_with_the_failures_and_ends() -> None:
    clock = FakeClock()
    delays = Delays(clock, free=2, longest_s=10, forgotten_after_s=900)
    waits = []
    for _ in range(7):
        delays.failed("a")
        waits.append(wait_of(delays, "a"))
    assert waits == [0, 1, 2, 4, 8, 10, 10]
    assert wait_of(delays, "b") == 0
    clock.advance(9.5)
    assert wait_of(delays, "a") == 1
    clock.advance(0.5)
    assert wait_of(delays, "a") == 0


def test_failures_are_forgotten_after_success_and_after_a_while() -> None:
    clock = FakeClock()
    delays = Delays(clock, free=1, longest_s=10, forgotten_after_s=900)
    for _ in range(3):
        delays.failed("a")
    delays.forget("a")
    assert wait_of(delays, "a") == 0
    for _ in range(3):
        delays.failed("a")
    clock.advance(900)
    delays.failed("a")
    assert wait_of(delays, "a") == 1


def test_a_quota_holds_for_each_key_and_refuses_without_charging() -> None:
    quota = Quota(per_day=100)
    quota.take(80, "device", "officer")
    with pytest.raises(RequestRefused) as refused:
        quota.take(30, "another device", "officer")
    assert refused.value.refusal.code is RefusalCode.TOO_MANY
    quota.take(100, "another device")
    quota.take(20, "device", "officer")
