"""Tries, failures and quotas that several server processes on one PostgreSQL count together.

Each question is one statement, committed by itself. Keys are stored as hashes: they name officers and addresses.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection, case, delete, select
from sqlalchemy.dialects.postgresql import insert

from tmcwall.domain.clock import Clock
from tmcwall.server.attempts import QUOTA_RETRY_S, demand_delay
from tmcwall.server.database import Database
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.tables import TallyRow
from tmcwall.sync.protocol import RefusalCode

_DAY: Final = timedelta(days=1)


class Tallies:
    """Numbers under keys, each with a time from which on it counts no more."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def read(self, *key: str) -> tuple[int, float]:
        """The number, and the seconds since it was last added to."""
        now = self._clock.utc()
        wanted = select(TallyRow.count, TallyRow.changed_at).where(TallyRow.key == _hashed(key), TallyRow.ends_at > now)
        with self._database.at_once() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            return 0, 0.0
        count, changed_at = row
        return count, (now - changed_at).total_seconds()

    def add(self, *key: str, amount: int, ends_after: timedelta, renewed: bool) -> int:
        """The number after it. Its time begins with the first addition; if `renewed` anew with each."""
        with self._database.at_once() as connection:
            return self._add(connection, _hashed(key), amount, ends_after, renewed=renewed)

    def add_all(self, keys: tuple[str, ...], *, amount: int, ends_after: timedelta, most: int) -> bool:
        """To each of them, or, if one would be more than `most`, to none."""
        with self._database.write() as session:
            connection = session.connection()
            # In one order for all, so that no two wait for each other.
            for key in sorted(_hashed((key,)) for key in keys):
                if self._add(connection, key, amount, ends_after, renewed=False) > most:
                    session.rollback()
                    return False
        return True

    def forget(self, *key: str) -> None:
        with self._database.at_once() as connection:
            connection.execute(delete(TallyRow).where(TallyRow.key == _hashed(key)))

    def tidy(self) -> None:
        """Away with what counts no more."""
        with self._database.at_once() as connection:
            connection.execute(delete(TallyRow).where(TallyRow.ends_at <= self._clock.utc()))

    def _add(self, connection: Connection, key: str, amount: int, ends_after: timedelta, *, renewed: bool) -> int:
        now = self._clock.utc()
        new = insert(TallyRow).values(key=key, count=amount, changed_at=now, ends_at=now + ends_after)
        is_over = TallyRow.ends_at <= now
        kept_end = new.excluded.ends_at if renewed else TallyRow.ends_at
        counted = new.on_conflict_do_update(
            index_elements=[TallyRow.key],
            set_={
                "count": case((is_over, amount), else_=TallyRow.count + amount),
                "changed_at": now,
                "ends_at": case((is_over, new.excluded.ends_at), else_=kept_end),
            },
        ).returning(TallyRow.count)
        return connection.execute(counted).scalar_one()


class SharedAttempts:
    """An `AttemptCounter`; its window begins with a first try."""

    def __init__(self, tallies: Tallies, name: str, *, per_window: int, window_s: int) -> None:
        self._tallies = tallies
        self._name = name
        self._per_window = per_window
        self._window_s = window_s

    def count(self, *key: str) -> None:
        window = timedelta(seconds=self._window_s)
        if self._tallies.add(self._name, *key, amount=1, ends_after=window, renewed=False) > self._per_window:
            raise RequestRefused(RefusalCode.TOO_MANY, retry_after_s=self._window_s)


class SharedDelays:
    """A `DelayKeeper`."""

    def __init__(self, tallies: Tallies, name: str, *, free: int, longest_s: float, forgotten_after_s: float) -> None:
        self._tallies = tallies
        self._name = name
        self._free = free
        self._longest_s = longest_s
        self._forgotten_after = timedelta(seconds=forgotten_after_s)

    def demand(self, *key: str) -> None:
        failures, since_s = self._tallies.read(self._name, *key)
        demand_delay(failures, since_s, free=self._free, longest_s=self._longest_s)

    def failed(self, *key: str) -> None:
        self._tallies.add(self._name, *key, amount=1, ends_after=self._forgotten_after, renewed=True)

    def forget(self, *key: str) -> None:
        self._tallies.forget(self._name, *key)


class SharedQuota:
    """A `QuotaKeeper`; its day begins with the first byte."""

    def __init__(self, tallies: Tallies, *, per_day: int) -> None:
        self._tallies = tallies
        self._per_day = per_day

    def take(self, size: int, *keys: str) -> None:
        if not self._tallies.add_all(keys, amount=size, ends_after=_DAY, most=self._per_day):
            raise RequestRefused(RefusalCode.TOO_MANY, retry_after_s=QUOTA_RETRY_S)


def _hashed(key: tuple[str, ...]) -> str:
    return hashlib.sha256(msgspec.json.encode(key)).hexdigest()
