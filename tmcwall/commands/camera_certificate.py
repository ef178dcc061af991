"""`tmcwall camera certificate`: when cameras were seen working, when not and why, and when nobody looked; signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tmcwall.commands.evidence import case_desk_of, indonesian_cause, opened
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.availability import AvailabilityDesk, CertificateDone, MakeCertificate
from tmcwall.services.handover import hand_over
from tmcwall.texts import Translator
from tmcwall.texts import evidence as say
from tmcwall.workstation import Workstation, paths_of


@dataclass(frozen=True, slots=True)
class CertificateOptions:
    """What `tmcwall camera certificate` was asked."""

    cameras: Sequence[str]
    since: str
    until: str
    out: Path
    nrp: str
    password: str

    def __repr__(self) -> str:
        return f"CertificateOptions({self.cameras!r}, nrp={self.nrp!r})"


def run_certificate(options: CertificateOptions, *, data_dir: Path | None, translate: Translator) -> int:
    """Raises what `AvailabilityDesk.make` does."""
    request = MakeCertificate(
        cameras=tuple(options.cameras),
        since=options.since,
        until=options.until,
        out=str(options.out.absolute()),
        nrp=options.nrp,
        password=options.password,
    )
    done = hand_over(paths_of(data_dir), request, CertificateDone)
    if done is None:
        with opened(data_dir) as workstation:
            done = availability_desk_of(workstation).make(request)
    for file in done.files:
        print(file)
    print(translate(say.CERTIFICATE_SIGNED, fingerprint=done.fingerprint))
    return 0


def availability_desk_of(workstation: Workstation) -> AvailabilityDesk:
    settings = workstation.settings
    return AvailabilityDesk(
        workstation.store,
        case_desk_of(workstation).room,
        settings.letter_head,
        StationZone(settings.time_zone),
        workstation.clock,
        indonesian_cause,
    )
