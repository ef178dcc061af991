"""Evidence packages of small clips, for tests: made as the product makes them, without a store."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tmcwall.containers.mp4 import Mp4Writer, VideoFormat
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.package import ClipSource, MadePackage, PackageContent, make_package
from tmcwall.evidence.record import (
    NOT_MEASURED,
    CameraRecord,
    CaseRecord,
    ClocksRecord,
    CustodyRecord,
    FootageRecord,
    GapRecord,
    OfficerRecord,
    OffsetRecord,
    RangeRecord,
    VersionsRecord,
    moment,
)
from tmcwall.evidence.signers import AllowedSigner
from tmcwall.evidence.sshsig import SigningKey

BEGINS = datetime(2025, 3, 10, 5, 0, tzinfo=UTC)
MADE_AT = datetime(2025, 3, 11, 2, 30, tzinfo=UTC)
ZONE = StationZone.WIB
KEY = SigningKey.of_seed(bytes(range(32)))
SIGNERS = (AllowedSigner("ws@tmcwall", KEY.public),)
LP = "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH"
FORMAT = VideoFormat("h264", 640, 360, 90_000, (b"\x67\x42\0\x1e", b"\x68\xce"))
PICTURES_A_SECOND = 5


def pictures(seconds: int, *, seed: int = 1) -> list[bytes]:
    """Access units in Annex B: SEI and slice, no two alike."""
    chance = random.Random(seed)
    units = []
    for number in range(seconds * PICTURES_A_SECOND):
        body = bytes(chance.randrange(1, 256) for _ in range(40))
        kind = b"\x65" if number % PICTURES_A_SECOND == 0 else b"\x41"
        units.append(b"\0\0\0\1\x06" + bytes([5, 1, number % 250 + 1, 0x80]) + b"\0\0\1" + kind + body)
    return units


def write_clip(path: Path, units: list[bytes]) -> Path:
    with path.open("wb") as file:
        writer = Mp4Writer(file, FORMAT)
        for number, unit in enumerate(units):
            pts = number * 90_000 // PICTURES_A_SECOND
            writer.write(unit, pts=pts, key=number % PICTURES_A_SECOND == 0)
        writer.finish()
    return path


def footage(name: str = "Simpang Gendengan", *, gaps: tuple[GapRecord, ...] = (), seconds: int = 4) -> FootageRecord:
    reach = RangeRecord(moment(BEGINS, ZONE), moment(BEGINS + timedelta(seconds=seconds), ZONE))
    unknown = OffsetRecord(None, words=NOT_MEASURED)
    return FootageRecord(
        clip="clip-1",
        bookmark="bookmark-1",
        original_name="2025/03/20250310-120000_clip-1.mp4",
        camera=CameraRecord(
            "CAM-1", name, "dishub", "33.72.01.1007", "003", "008", -7.56, 110.8, None, None, None, "rtsp://10.0.0.9/"
        ),
        marked_at=moment(BEGINS, ZONE),
        marked_by="87654321",
        note="motor hitam",
        asked=reach,
        real=reach,
        packets=seconds * PICTURES_A_SECOND,
        packets_lost=0,
        packet_sha256=("0" * 64,),
        clocks=ClocksRecord(reach, unknown, unknown, "camera"),
        gaps=gaps,
        health=(),
        parameter_sets_from=(),
    )


def source_of(path: Path, about: FootageRecord, *, begins: datetime = BEGINS) -> ClipSource:
    content = path.read_bytes()
    return ClipSource(path, len(content), hashlib.sha256(content).hexdigest(), begins, about)


def content_of(*clips: ClipSource, lp: str = LP, made_at: datetime = MADE_AT) -> PackageContent:
    return PackageContent(
        case=CaseRecord(lp, lp, "2025-03-10", "sedang", "penyelidikan", ""),
        officer=OfficerRecord("87654321", "Aipda", "Sri Wahyuni", "penyidik"),
        legal_basis="Sprin Sita 12/III/2025",
        consent_number="",
        workstation="0195f0aa-0000-7000-8000-000000000001",
        clips=clips,
        left_out=(),
        custody=CustodyRecord(3, "ab" * 32, None, 1),
        custody_extract=b'{"format":"tmcwall.custody-extract/1","rows":[]}',
        versions=VersionsRecord("1", "3.11", "Linux"),
        made_at=made_at,
        zone=ZONE,
    )


def packaged(folder: Path, *, seconds: int = 4, clips: int = 1, gaps: tuple[GapRecord, ...] = ()) -> MadePackage:
    """A package of small clips under `folder/out`."""
    sources = []
    for number in range(clips):
        clip = write_clip(folder / f"klip {number}.mp4", pictures(seconds, seed=number))
        sources.append(source_of(clip, footage(gaps=gaps, seconds=seconds), begins=BEGINS + timedelta(minutes=number)))
    return make_package(folder / "out", content_of(*sources), key=KEY, release=lambda _made: None)
