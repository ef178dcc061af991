"""How long somebody who gave wrong passwords waits before the next attempt: longer each time, and never a lock-out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

AT_ONCE: Final = 3
"""So many wrong passwords in a row cost no wait: most of them are typing errors."""
FIRST_WAIT: Final = timedelta(seconds=2)
LONGEST_WAIT: Final = timedelta(seconds=60)
FORGOTTEN_AFTER: Final = timedelta(days=1)
"""Without a further attempt in this time, an account begins anew."""

_DOUBLINGS: Final = 6
"""After so many the wait is the longest."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """Attempts for one number that did not end in a sign-in."""

    count: int
    last_at: datetime


def remaining_wait(attempts: Attempts | None, *, now: datetime) -> timedelta:
    """The time until the next attempt; none after a sign-in, and none where the clock was set back meanwhile."""
    if attempts is None or attempts.count < AT_ONCE or now < attempts.last_at:
        return timedelta()
    wait = min(FIRST_WAIT * (1 << min(attempts.count - AT_ONCE, _DOUBLINGS)), LONGEST_WAIT)
    return max(timedelta(), attempts.last_at + wait - now)


def with_attempt(attempts: Attempts | None, *, now: datetime) -> Attempts:
    """One more."""
    forgotten = attempts is None or now - attempts.last_at > FORGOTTEN_AFTER
    return Attempts(1 if forgotten or attempts is None else attempts.count + 1, now)
