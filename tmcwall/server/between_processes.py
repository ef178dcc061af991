"""What the processes of one server have in common: in the database where there may be several, else in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tmcwall.domain.clock import Clock
from tmcwall.server.attempts import AttemptCounter, Attempts, DelayKeeper, Delays, Quota, QuotaKeeper
from tmcwall.server.blobs import BlobStore
from tmcwall.server.database import Database
from tmcwall.server.hints import Hints
from tmcwall.server.shared import SharedAttempts, SharedDelays, SharedQuota, Tallies
from tmcwall.server.upload_locks import UploadLeases, UploadLocks

if TYPE_CHECKING:
    from tmcwall.server.context import ServerLimits  # which is made of what is made here


@dataclass(frozen=True, slots=True)
class BetweenProcesses:
    account_delays: DelayKeeper
    address_delays: DelayKeeper
    enrolment_delays: DelayKeeper
    reports: AttemptCounter
    strangers: AttemptCounter
    personal_reads: AttemptCounter
    counter_signatures: AttemptCounter
    quarantine: QuotaKeeper
    uploads: UploadLocks
    hints: Hints | None
    tidy: Callable[[], None]
    """Blocks; once in a while."""


def between_processes(database: Database, clock: Clock, limits: ServerLimits, blobs: BlobStore) -> BetweenProcesses:
    if not database.is_shared:
        return _in_memory(clock, limits)
    tallies = Tallies(database, clock)
    leases = UploadLeases(database, clock, for_s=limits.slow_upload_s, forget=blobs.distrust)

    def delays(name: str, *, free: int) -> SharedDelays:
        return SharedDelays(
            tallies,
            name,
            free=free,
            longest_s=limits.longest_delay_s,
            forgotten_after_s=limits.failures_forgotten_after_s,
        )

    def tidy() -> None:
        tallies.tidy()
        leases.tidy()

    return BetweenProcesses(
        account_delays=delays("account", free=limits.account_attempts),
        address_delays=delays("address", free=limits.address_attempts),
        enrolment_delays=delays("enrolment", free=limits.account_attempts),
        reports=SharedAttempts(tallies, "reports", per_window=limits.reports_per_minute, window_s=60),
        strangers=SharedAttempts(tallies, "strangers", per_window=limits.strangers_per_minute, window_s=60),
        personal_reads=SharedAttempts(tallies, "personal", per_window=limits.personal_reads_per_minute, window_s=60),
        counter_signatures=SharedAttempts(
            tallies, "packages", per_window=limits.counter_signatures_per_minute, window_s=60
        ),
        quarantine=SharedQuota(tallies, per_day=limits.quarantine_bytes_per_day),
        uploads=_upload_locks(clock, limits, leases),
        hints=Hints(database),
        tidy=tidy,
    )


def _in_memory(clock: Clock, limits: ServerLimits) -> BetweenProcesses:
    def delays(*, free: int) -> Delays:
        return Delays(
            clock, free=free, longest_s=limits.longest_delay_s, forgotten_after_s=limits.failures_forgotten_after_s
        )

    return BetweenProcesses(
        account_delays=delays(free=limits.account_attempts),
        address_delays=delays(free=limits.address_attempts),
        enrolment_delays=delays(free=limits.account_attempts),
        reports=Attempts(per_window=limits.reports_per_minute, window_s=60),
        strangers=Attempts(per_window=limits.strangers_per_minute, window_s=60),
        personal_reads=Attempts(per_window=limits.personal_reads_per_minute, window_s=60),
        counter_signatures=Attempts(per_window=limits.counter_signatures_per_minute, window_s=60),
        quarantine=Quota(per_day=limits.quarantine_bytes_per_day),
        uploads=_upload_locks(clock, limits, None),
        hints=None,
        tidy=lambda: None,
    )


def _upload_locks(clock: Clock, limits: ServerLimits, leases: UploadLeases | None) -> UploadLocks:
    return UploadLocks(
        clock, slow_s=limits.slow_upload_s, slowest_bytes_per_s=limits.slowest_bytes_per_s, leases=leases
    )
