"""Waiting between attempts: of synchronisation, which succeeds or not, and of streams, which play for a while."""

from random import Random

from tmcwall.domain.backoff import Backoff


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


def stream_backoff(seed: int) -> Backoff:
    """As a camera's stream is opened again."""
    return Backoff(Random(seed).random, longest_s=30.0, brief_s=60.0, settled_s=5.0)


def test_the_first_retry_comes_within_a_second() -> None:
    assert all(stream_backoff(seed).next_delay_s(now_s=0.0) <= 1.0 for seed in range(50))


def test_delays_grow_but_never_beyond_the_longest() -> None:
    limits = []
    for seed in range(300):
        backoff = stream_backoff(seed)
        limits.append([backoff.next_delay_s(now_s=100.0 * number) for number in range(12)])
    longest = [max(column) for column in zip(*limits, strict=True)]
    assert longest[4] > 12
    assert max(longest) <= 30.0


def test_in_the_first_minute_of_an_outage_no_delay_is_longer_than_five_seconds() -> None:
    backoff = stream_backoff(3)
    assert max(backoff.next_delay_s(now_s=float(second)) for second in range(59)) <= 5.0
    assert max(backoff.next_delay_s(now_s=61.0) for _ in range(40)) > 20.0


def test_a_link_that_is_up_for_moments_only_is_tried_as_often_as_in_the_first_minute() -> None:
    """R34: five seconds up, five down, for half an hour."""
    backoff = stream_backoff(3)
    assert max(backoff.next_delay_s(now_s=10.0 * number, worked_s=4.0) for number in range(180)) <= 5.0


def test_only_a_camera_that_played_on_is_tried_as_soon_as_at_first() -> None:
    backoff = stream_backoff(3)
    assert max(backoff.next_delay_s(now_s=10.0 * number, worked_s=4.0) for number in range(20)) > 1.0
    assert max(backoff.next_delay_s(now_s=10.0 * number, worked_s=6.0) for number in range(20)) <= 1.0


def test_delays_are_spread_over_the_whole_limit() -> None:
    tries = []
    for seed in range(300):
        backoff = stream_backoff(seed)
        tries.append([backoff.next_delay_s(now_s=100.0 * number) for number in range(6)][-1])
    assert min(tries) < 3
    assert max(tries) > 27
