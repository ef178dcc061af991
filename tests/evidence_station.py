"""A workstation with a case whose clips are cut, for tests of evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from tests.evidence_packages import BEGINS, LP, pictures, write_clip
from tmcwall.db import cameras, officers, operations
from tmcwall.db import health as health_rows
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState, Gap
from tmcwall.domain.camera import Camera, Owner, Position
from tmcwall.domain.case import Case, case_id, normalise_lp
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.custody import ClipFacts, CustodyAction
from tmcwall.domain.history import CameraState, ClockReading, HealthChange
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.roster import Origin
from tmcwall.workstation import Workstation, open_workstation

INVESTIGATOR, OPERATOR = "87654321", "12345678"
PASSWORD = "angin darat 1908"
SECONDS = 4


Film = Callable[[Path, int], Path]
"""Writes the clip of that number."""


def noise(path: Path, number: int) -> Path:
    """Pictures that nobody can decode."""
    return write_clip(path, pictures(SECONDS, seed=number))


def make_station(
    data: Path, *, clips: int = 2, owner: Owner = Owner.DISHUB, gaps: tuple[Gap, ...] = (), film: Film = noise
) -> Path:
    """Data of a workstation; its vault is under the key file beside it."""
    data.mkdir(parents=True)
    key = data.with_name(f"{data.name}.kunci")
    key.write_bytes(bytes(range(64)))
    key.chmod(0o600)
    (data / "settings.toml").write_text(f'vault_key_file = "{key}"\n')
    with open_workstation(data, clock=SystemClock()) as workstation:
        _fill(workstation, clips=clips, owner=owner, gaps=gaps, film=film)
    return data


def _fill(workstation: Workstation, *, clips: int, owner: Owner, gaps: tuple[Gap, ...], film: Film) -> None:
    store, at = workstation.store, BEGINS
    for nrp, role in ((INVESTIGATOR, Role.INVESTIGATOR), (OPERATOR, Role.OPERATOR)):
        person = Officer(nrp, "Sri Wahyuni", role, "Aipda")
        verifier = officers.make_verifier(PASSWORD)
        unit = partial(officers.put, officer=person, verifier=verifier, origin=Origin.LOCAL, at=at)
        store.write(unit).result()
    camera = Camera(
        "CAM-1",
        "Simpang Gendengan",
        "rtsp://10.0.0.9/kanal?token={secret}",
        owner=owner,
        position=Position(-7.56, 110.8),
    )
    store.write(lambda session: cameras.put(session, [camera])).result()
    state = HealthChange("CAM-1", at - timedelta(hours=1), CameraState.WORKING, changes=1)
    clock = ClockReading("CAM-1", at - timedelta(minutes=10), -1500)
    store.write(partial(health_rows.add, changes=[state], clocks=[clock], at=at)).result()
    case = Case(case_id(normalise_lp(LP)), LP, normalise_lp(LP), at, INVESTIGATOR)
    store.write(partial(operations.change, value=case, actor=INVESTIGATOR, at=at)).result()
    for number in range(clips):
        _tag(workstation, case, number, gaps, film)


def _tag(workstation: Workstation, case: Case, number: int, gaps: tuple[Gap, ...], film: Film) -> None:
    starts = BEGINS + timedelta(minutes=number)
    ends = starts + timedelta(seconds=SECONDS)
    path = f"2025/03/20250310-12{number:02d}00_klip-{number}.mp4"
    file = workstation.paths.clips / path
    file.parent.mkdir(parents=True, exist_ok=True)
    content = film(file, number).read_bytes()
    bookmark = Bookmark(
        f"tanda-{number}", "CAM-1", "Simpang Gendengan", starts, ends, ends, INVESTIGATOR, "motor hitam", case.id
    )
    clip = Clip(
        f"klip-{number}",
        bookmark.id,
        ClipState.READY,
        path,
        sha256=hashlib.sha256(content).hexdigest(),
        stream_sha256="0" * 64,
        size_bytes=len(content),
        first_packet_at=starts,
        last_packet_at=ends,
        packets=20,
        gaps=gaps,
    )
    store = workstation.store
    store.write(partial(operations.change, value=bookmark, actor=INVESTIGATOR, at=ends)).result()
    cut = partial(
        operations.change,
        value=clip,
        actor=INVESTIGATOR,
        at=ends,
        action=CustodyAction.CLIP_CUT,
        facts=ClipFacts(-1480, None),
    )
    store.write(cut).result()
