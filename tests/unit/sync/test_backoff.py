"""Waiting between attempts."""

from tmcwall.sync.backoff import Backoff


def test_the_bound_doubles_up_to_a_minute_however_long_the_server_is_away() -> None:
    backoff = Backoff(first_s=1, longest_s=60, chance=lambda: 1.0)
    assert [backoff.next_delay_s() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert [backoff.next_delay_s() for _ in range(5000)][-1] == 60


def test_the_wait_is_anything_from_nothing_to_the_bound() -> None:
    assert Backoff(first_s=8, chance=lambda: 0.25).next_delay_s() == 2


def test_a_success_starts_again_from_the_shortest() -> None:
    backoff = Backoff(chance=lambda: 1.0)
    backoff.next_delay_s()
    backoff.next_delay_s()
    backoff.succeeded()
    assert backoff.next_delay_s() == 1
