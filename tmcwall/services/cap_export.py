"""An incident as a file of CAP 1.2, for a partner. In a thread: it waits for a disk."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tmcwall.domain.fault import FaultCode
from tmcwall.domain.incident import Incident
from tmcwall.domain.station_zone import StationZone
from tmcwall.durable import disk_fault, replace_file
from tmcwall.intake.cap_incident import write_cap


def export_cap(
    incident: Incident, file: Path, *, sender: str, headline: str, area: str, now: datetime, zone: StationZone
) -> Path:
    """The file. Raises DiskFault and Fault(FILE_UNWRITABLE)."""
    content = write_cap(incident, sender=sender, headline=headline, area=area, now=now, zone=zone)
    try:
        replace_file(file, content)
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE, folder=file.absolute().parent) from error
    return file
