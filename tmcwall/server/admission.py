"""Who asks, and whose keys count at the device: for the tokens of many requests in one statement."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from tmcwall.server.enrolment_tables import DeviceKeyRow
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import OPERATOR_PAGE, Identity, officer_of
from tmcwall.server.tables import TokenRow, UserRow
from tmcwall.sync.protocol import RefusalCode
from tmcwall.sync.register import DeviceKey

_MOST_RECENT: Final = 4096
_SEEN_AGAIN_AFTER: Final = timedelta(seconds=10)
"""So exactly it is known when a device last brought something: it would be a row written with each push."""

# As it stands, and without the session of the ORM: most of the time of a small statement is its being made.
_TOKENS = (
    select(
        TokenRow.token_hash,
        TokenRow.device,
        TokenRow.expires_at,
        TokenRow.revoked_at,
        TokenRow.session,
        TokenRow.session_ends_at,
        UserRow.nrp,
        UserRow.name,
        UserRow.role,
        UserRow.rank,
        UserRow.units,
        UserRow.disabled_at,
        DeviceKeyRow.id.label("key_id"),
        DeviceKeyRow.public_key,
        DeviceKeyRow.first_number,
        DeviceKeyRow.last_number,
        DeviceKeyRow.revoked_at.label("key_revoked_at"),
        DeviceKeyRow.last_seen_at,
    )
    .join(UserRow, UserRow.nrp == TokenRow.nrp)
    .outerjoin(DeviceKeyRow, DeviceKeyRow.device == TokenRow.device)
    .where(TokenRow.token_hash.in_(bindparam("hashes", expanding=True)))
    .order_by(DeviceKeyRow.id)
)
"""A row for each key of the device of a token, or one without a key."""

_Columns = Any  # a row of that statement, read by the names of its columns

KeyTerms = tuple[str, int, int | None]
"""A device's key, and the first and last number that it signs."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Whose token it is, and the keys of its device."""

    identity: Identity
    keys: Sequence[KeyTerms]
    key_id: int | None
    """Of the newest key, by which the device was last seen at `seen_at`."""
    seen_at: datetime | None


def admit(
    session: Session, token_hashes: AbstractSet[str], *, now: datetime
) -> Mapping[str, Admitted | RequestRefused]:
    """By the hash of each token.

    The refusals: UNAUTHORIZED if it is unknown, its session was ended or its account disabled, TOKEN_EXPIRED if its
    time is over: it may be renewed, and DEVICE_REVOKED, DEVICE_UNKNOWN for one that was given to a device that may
    bring nothing.
    """
    rows: defaultdict[str, list[_Columns]] = defaultdict(list)
    for row in session.connection().execute(_TOKENS, {"hashes": list(token_hashes)}):
        rows[row.token_hash].append(row)
    return {one: _admitted(rows[one], now=now) for one in token_hashes}


def _admitted(rows: Sequence[_Columns], *, now: datetime) -> Admitted | RequestRefused:
    if not rows:
        return RequestRefused(RefusalCode.UNAUTHORIZED)
    token = rows[0]
    newest = next((row for row in reversed(rows) if row.public_key), None)
    if token.device != OPERATOR_PAGE and token.session_ends_at > now:
        if newest is None:
            return RequestRefused(RefusalCode.DEVICE_UNKNOWN)
        if newest.key_revoked_at is not None:
            return RequestRefused(RefusalCode.DEVICE_REVOKED)
    if token.revoked_at is not None or token.disabled_at is not None:
        return RequestRefused(RefusalCode.UNAUTHORIZED)
    if token.expires_at <= now:
        return RequestRefused(RefusalCode.TOKEN_EXPIRED)
    return Admitted(
        Identity(officer_of(token), token.device, token.token_hash, token.session),
        [(row.public_key, row.first_number, row.last_number) for row in rows if row.key_id is not None],
        newest.key_id if newest is not None else None,
        newest.last_seen_at if newest is not None else None,
    )


def terms_of(keys: Iterable[DeviceKey]) -> Sequence[KeyTerms]:
    return [(key.public_key, key.first_number, key.last_number) for key in keys]


def see_all(session: Session, admitted: Iterable[Admitted], *, now: datetime) -> None:
    """These devices have brought something."""
    long_ago = {
        one.key_id
        for one in admitted
        if one.key_id is not None and (one.seen_at is None or now - one.seen_at >= _SEEN_AGAIN_AFTER)
    }
    if long_ago:
        session.execute(update(DeviceKeyRow).where(DeviceKeyRow.id.in_(long_ago)).values(last_seen_at=now))


class Recent:
    """Identities as they were a moment ago, by the hash of the token. Used by the event loop only."""

    def __init__(self, *, for_s: float) -> None:
        self._for_s = for_s
        self._known: dict[str, tuple[Identity, float]] = {}

    def get(self, token_hash: str) -> Identity | None:
        identity, until_s = self._known.get(token_hash, (None, 0.0))
        return identity if time.monotonic() < until_s else None

    def put(self, identity: Identity) -> None:
        if len(self._known) >= _MOST_RECENT:
            self._known.clear()
        self._known[identity.token_hash] = identity, time.monotonic() + self._for_s
