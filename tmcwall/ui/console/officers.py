"""How an officer is named on screen."""

from __future__ import annotations

from tmcwall.domain.officer import Officer


def officer_text(nrp: str, on_duty: Officer | None = None) -> str:
    """Rank and name of the officer on duty, the service number of any other."""
    if on_duty is not None and on_duty.nrp == nrp:
        return f"{on_duty.rank} {on_duty.name}".strip()
    return f"NRP {nrp}" if nrp.isdecimal() else nrp
