"""What a workstation keeps to bring an officer's operations when somebody else is signed in: the server's own word.

It is given at each sign-in and sealed with the server's key, so nobody can make one for an officer who has not given
the password at that workstation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from tmcwall.domain.fault import Fault
from tmcwall.server.secret_box import SecretBox

GOOD_FOR: Final = timedelta(days=90)
"""From the sign-in: three times as long as an officer may sign in without the server (`db.officers.OFFLINE_FOR`)."""


def delegate(box: SecretBox, nrp: str, *, now: datetime) -> str:
    """For whom the server has just let in."""
    return box.close(now.isoformat().encode(), purpose=_purpose(nrp))


def delegates(box: SecretBox, delegations: Mapping[str, str], *, now: datetime) -> frozenset[str]:
    """The officers, by NRP, whose delegations are the server's and still good."""
    return frozenset(nrp for nrp, given in delegations.items() if _is_good(box, nrp, given, now=now))


def _is_good(box: SecretBox, nrp: str, given: str, *, now: datetime) -> bool:
    try:
        signed_in_at = datetime.fromisoformat(box.open(given, purpose=_purpose(nrp)).decode())
    except (Fault, ValueError):
        return False
    return now - signed_in_at <= GOOD_FOR


def _purpose(nrp: str) -> str:
    return f"delegation/{nrp}"
