"""How the rolling recording of a workstation keeps, and what it has."""

from __future__ import annotations

from datetime import timedelta

from tmcwall.services.remaining_footage import Keeping
from tmcwall.video.recording.coverage import recorded_in
from tmcwall.workstation import Workstation


def keeping_of(workstation: Workstation) -> Keeping:
    """For what is asked of its footage."""
    keep = timedelta(seconds=workstation.settings.recording_keep_s)
    return Keeping(keep, recorded_in(workstation.paths.recordings))
