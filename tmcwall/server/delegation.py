"""What a workstation keeps to bring an officer's operations when somebody else is signed in: the server's own word.

It is given at each sign-in and sealed with the server's key for that officer at that device, so nobody can make one for
an officer who has not given the password there, and whoever copies it has to sign as that device, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from tmcwall.domain.fault import Fault
from tmcwall.server.secret_box import SecretBox

GOOD_FOR: Final = timedelta(days=90)
"""From the sign-in: three times as long as an officer may sign in without the server (`db.officers.OFFLINE_FOR`)."""


def delegate(box: SecretBox, nrp: str, *, device: str, now: datetime) -> str:
    """For whom the server has just let in at that device."""
    return box.close(now.isoformat().encode(), purpose=_purpose(nrp, device))


def delegates(box: SecretBox, delegations: Mapping[str, str], *, device: str, now: datetime) -> frozenset[str]:
    """The officers, by NRP, whose delegations are the server's, for that device, and still good."""
    return frozenset(nrp for nrp, given in delegations.items() if _is_good(box, given, _purpose(nrp, device), now=now))


def _is_good(box: SecretBox, given: str, purpose: str, *, now: datetime) -> bool:
    try:
        signed_in_at = datetime.fromisoformat(box.open(given, purpose=purpose).decode())
    except (Fault, ValueError):
        return False
    return now - signed_in_at <= GOOD_FOR


def _purpose(nrp: str, device: str) -> str:
    return f"delegation/{device}/{nrp}"
