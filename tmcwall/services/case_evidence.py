"""What is known of a case's footage, put together for an evidence package. Read in one look at the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from platform import python_version
from typing import Final

import msgspec

from tmcwall import __version__
from tmcwall.db import annotations as annotation_rows
from tmcwall.db import baskets, custody, custody_receipts, health, operations, privacy_masks, signing
from tmcwall.db import bookmarks as bookmark_rows
from tmcwall.db import cameras as camera_rows
from tmcwall.db import cases as case_rows
from tmcwall.db.store import Session
from tmcwall.db.units import unit_of
from tmcwall.domain.annotation import Annotation
from tmcwall.domain.basket import BasketItem, BasketPart
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState, Gap
from tmcwall.domain.camera import Camera, Owner
from tmcwall.domain.case import Case, parse_lp
from tmcwall.domain.custody import ClipFacts, CustodyAction, CustodyRow
from tmcwall.domain.derived_copy import Box
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.history import CameraHistory, ClockReading
from tmcwall.domain.officer import Action, Officer, can, demand
from tmcwall.domain.operation import Entity
from tmcwall.domain.station_zone import StationZone
from tmcwall.domain.urlsecrets import hidden
from tmcwall.evidence.package import ClipSource, PackageContent
from tmcwall.evidence.record import (
    CUSTODY_FORMAT,
    NOT_MEASURED,
    AnnotationRecord,
    CameraRecord,
    CaseRecord,
    ChosenRecord,
    ClocksRecord,
    CustodyRecord,
    FootageRecord,
    GapRecord,
    HealthRecord,
    LeftOutRecord,
    Moment,
    OfficerRecord,
    OffsetRecord,
    RangeRecord,
    VersionsRecord,
    moment,
    written,
)
from tmcwall.machine import system_name
from tmcwall.services.clip_copies import released_copies

PRIVATE_OWNERS: Final = frozenset({Owner.PRIVATE, Owner.BANK})
"""Whose footage leaves the station with a legal basis or the owner's consent only."""


@dataclass(frozen=True, slots=True)
class EvidenceOrder:
    """What an officer wants exported, and with what right."""

    lp: str
    legal_basis: str = ""
    consent_number: str = ""
    viewing_copy: bool = True
    """With viewing copies and stills."""
    availability: bool = False
    """With the availability certificate of its cameras over the time of its clips."""
    time_stamp_url: str = ""
    """Of the authority that is asked for this package; empty: the one of the settings, if there is one."""
    basket_only: bool = False
    """Only what is in the basket of the case."""
    burn_annotations: bool = False
    """With annotations drawn into the viewing copies; as a layer beside the originals they are there in any case."""


@dataclass(frozen=True, slots=True)
class _ServerReceipt:
    """Of the whole chain, as the server signed it."""

    text: str
    signature: str
    server_key: str
    """By which anybody checks it; that it is the server's is compared by people, or known already."""


@dataclass(frozen=True, slots=True)
class _Extract:
    """`data/custody.json`."""

    format: str
    rows: Sequence[CustodyRow]
    receipt: _ServerReceipt | None


@dataclass(frozen=True, slots=True)
class _Known:
    """A bookmark of the case with all that is known of its clip."""

    entry: bookmark_rows.Entry
    camera: Camera | None
    facts: ClipFacts | None
    history: CameraHistory | None
    masks: tuple[Box, ...]
    annotations: tuple[Annotation, ...]


def case_of(session: Session, lp: str, *, viewer: Officer | None = None) -> Case:
    """Raises DomainError(CASE_UNKNOWN), also for one of another unit than the viewer's; None: nobody is asked."""
    case = case_rows.of_number(session, parse_lp(lp))
    if case is None or (viewer is not None and not can(viewer, Action.VIEW, unit=case.unit)):
        raise DomainError(DomainCode.CASE_UNKNOWN, lp.strip())
    return case


def objects_of(session: Session, entries: Sequence[bookmark_rows.Entry]) -> set[str]:
    """What custody calls these bookmarks, their clips, and what was ever drawn over them."""
    drawn = {f"annotation/{name}" for entry in entries for name in annotation_rows.ids_of(session, entry.bookmark.id)}
    clips = {f"clip/{entry.clip.id}" for entry in entries if entry.clip is not None}
    return {f"bookmark/{entry.bookmark.id}" for entry in entries} | clips | drawn


def content_for_package(
    session: Session,
    order: EvidenceOrder,
    *,
    officer: Officer,
    clips: Path,
    copies: Path,
    zone: StationZone,
    at: datetime,
) -> PackageContent:
    """`clips` is the clips folder, `copies` that of what officers have made of them.

    Raises DomainError(CASE_UNKNOWN, CASE_WITHOUT_CLIPS, BASIS_MISSING); NOT_ALLOWED where footage of it is of a camera
    of another unit, and the case of none.
    """
    case = case_of(session, order.lp, viewer=officer)
    basket = baskets.of_case(session, case.id)
    entries = bookmark_rows.of_case(session, case.id)
    if order.basket_only:
        wanted = {item.bookmark_id for item in basket}
        entries = tuple(entry for entry in entries if entry.bookmark.id in wanted)
    for unit in {unit_of(session, Entity.BOOKMARK, entry.bookmark.id) for entry in entries}:
        demand(officer, Action.EXPORT_EVIDENCE, unit=unit)
    reasons = {entry.bookmark.id: reason_left_out(entry, clips) for entry in entries}
    taken = [_known(session, entry) for entry in entries if not reasons[entry.bookmark.id]]
    if not taken:
        raise DomainError(DomainCode.CASE_WITHOUT_CLIPS, case.lp)
    _check_basis(order, taken)
    objects = objects_of(session, entries) | {f"case/{case.id}"}
    chain = custody.extract(session, lambda row: row.object in objects)
    receipt = custody_receipts.newest(session)
    enrolled = signing.enrolment(session, operations.device(session))
    server_key = enrolled.server_key if enrolled is not None else ""
    signed = _ServerReceipt(receipt.text, receipt.signature, server_key) if receipt is not None else None
    return PackageContent(
        case=_case_record(case),
        officer=OfficerRecord(officer.nrp, officer.rank, officer.name, officer.role.value),
        legal_basis=order.legal_basis.strip(),
        consent_number=order.consent_number.strip(),
        workstation=operations.device(session),
        clips=[_source(known, clips, copies, zone, basket, burn=order.burn_annotations) for known in taken],
        left_out=[
            _left_out(entry.bookmark, reason, zone) for entry in entries if (reason := reasons[entry.bookmark.id])
        ],
        custody=CustodyRecord(
            rows=chain.length,
            head=chain.head,
            broken_at=chain.broken_at.seq if chain.broken_at else None,
            extract_rows=len(chain.rows),
            receipted_rows=receipt.rows if receipt is not None else None,
            receipted_at=moment(receipt.at, zone) if receipt is not None else None,
        ),
        custody_extract=written(_Extract(CUSTODY_FORMAT, chain.rows, signed)),
        versions=VersionsRecord(__version__, python_version(), system_name()),
        made_at=at,
        zone=zone,
    )


def reason_left_out(entry: bookmark_rows.Entry, clips: Path) -> str:
    """Empty for footage that is here."""
    if entry.clip is None:
        return "no_clip"
    if entry.clip.state is not ClipState.READY:
        return entry.clip.failure or entry.clip.state.value
    return "" if (clips / entry.clip.path).is_file() else "not_here"


def _known(session: Session, entry: bookmark_rows.Entry) -> _Known:
    clip, camera_id = entry.clip, entry.bookmark.camera_id
    assert clip is not None, "it was found ready"
    cut = [row for row in custody.about(session, f"clip/{clip.id}") if row.action is CustodyAction.CLIP_CUT]
    facts = msgspec.convert(cut[-1].facts, ClipFacts) if cut and cut[-1].facts else None
    history = None
    if clip.first_packet_at is not None and clip.last_packet_at is not None:
        history = health.history(session, camera_id, since=clip.first_packet_at, until=clip.last_packet_at)
    masks = privacy_masks.of_camera(session, camera_id)
    drawn = annotation_rows.of_bookmarks(session, [entry.bookmark.id])
    return _Known(entry, camera_rows.get(session, camera_id), facts, history, masks, drawn)


def _check_basis(order: EvidenceOrder, taken: Sequence[_Known]) -> None:
    if order.legal_basis.strip() or order.consent_number.strip():
        return
    private = [known.camera.name for known in taken if known.camera and known.camera.owner in PRIVATE_OWNERS]
    if private:
        raise DomainError(DomainCode.BASIS_MISSING, ", ".join(dict.fromkeys(private)))


def _case_record(case: Case) -> CaseRecord:
    return CaseRecord(
        case.lp,
        case.lp_normalised,
        case.lp_date.isoformat() if case.lp_date else None,
        case.difficulty.value,
        case.stage.value,
        case.forced_reason,
    )


def _left_out(bookmark: Bookmark, reason: str, zone: StationZone) -> LeftOutRecord:
    starts, ends = moment(bookmark.starts_at, zone), moment(bookmark.ends_at, zone)
    return LeftOutRecord(bookmark.id, bookmark.camera_name, starts, ends, reason)


def _source(
    known: _Known, clips: Path, copies: Path, zone: StationZone, basket: Sequence[BasketItem], *, burn: bool
) -> ClipSource:
    clip, bookmark = known.entry.clip, known.entry.bookmark
    chosen = [item for item in basket if item.bookmark_id == bookmark.id]
    assert clip is not None, "it was found ready"
    path = clips / clip.path
    begins = clip.first_packet_at or bookmark.starts_at
    return ClipSource(
        path,
        path.stat().st_size,
        clip.sha256,
        begins,
        replace(_footage(known, clip, bookmark, zone), chosen=tuple(_chosen(item, zone) for item in chosen)),
        released_copies(copies / clip.id),
        tuple(item.starts_at for item in chosen if item.part is BasketPart.SNAPSHOT and item.starts_at is not None),
        masks=known.masks,
        annotations=tuple(_annotation(one, zone) for one in known.annotations),
        drawings=tuple(one.drawing(begins) for one in known.annotations) if burn else (),
    )


def _annotation(one: Annotation, zone: StationZone) -> AnnotationRecord:
    return AnnotationRecord(
        id=one.id,
        shape=one.shape.value,
        starts=moment(one.starts_at, zone),
        ends=moment(one.ends_at, zone),
        x=one.x,
        y=one.y,
        to_x=one.to_x,
        to_y=one.to_y,
        text=one.text,
        by=one.made_by,
        at=moment(one.made_at, zone),
        altered_at=moment(one.altered_at, zone) if one.altered_at is not None else None,
    )


def _chosen(item: BasketItem, zone: StationZone) -> ChosenRecord:
    starts = moment(item.starts_at, zone) if item.starts_at is not None else None
    ends = moment(item.ends_at, zone) if item.ends_at is not None else None
    return ChosenRecord(item.part.value, item.note, item.added_by, moment(item.added_at, zone), starts, ends)


def _footage(known: _Known, clip: Clip, bookmark: Bookmark, zone: StationZone) -> FootageRecord:
    facts, history = known.facts, known.history
    real = _range(clip.first_packet_at, clip.last_packet_at, zone)
    server_ms = bookmark.clock_offset_ms
    if server_ms is None and facts is not None:
        server_ms = facts.server_clock_ms
    clocks = ClocksRecord(
        workstation=real,
        camera=_camera_clock(known, clip, zone),
        server=OffsetRecord(server_ms, words=NOT_MEASURED if server_ms is None else ""),
        picture_times="arrival" if facts is not None and facts.times_by_arrival else "camera",
    )
    return FootageRecord(
        clip=clip.id,
        bookmark=bookmark.id,
        original_name=clip.path,
        camera=_camera_record(known.camera, bookmark),
        marked_at=moment(bookmark.marked_at, zone),
        marked_by=bookmark.officer,
        note=bookmark.note,
        asked=_range(clip.asked_from or bookmark.starts_at, clip.asked_until or bookmark.ends_at, zone),
        real=real,
        packets=clip.packets,
        packets_lost=clip.packets_lost,
        packet_sha256=tuple(clip.stream_sha256.split()),
        clocks=clocks,
        gaps=tuple(_gap(gap, zone) for gap in clip.gaps),
        health=_health(history, zone),
        parameter_sets_from=facts.parameter_sets if facts is not None else (),
    )


def _camera_clock(known: _Known, clip: Clip, zone: StationZone) -> OffsetRecord:
    """The offset that the recording noted, else the last that the camera's history knows before the footage's end."""
    readings = known.history.clocks if known.history is not None else ()
    measured = [reading for reading in readings if reading.offset_ms is not None]
    reading: ClockReading | None = measured[-1] if measured else None
    offset_ms = known.facts.camera_clock_ms if known.facts is not None else None
    if offset_ms is None and reading is not None:
        offset_ms = reading.offset_ms
    if offset_ms is None:
        return OffsetRecord(None, words=NOT_MEASURED)
    if reading is None or clip.first_packet_at is None:
        return OffsetRecord(offset_ms, words="")
    age_s = round((clip.first_packet_at - reading.at).total_seconds(), 3)
    return OffsetRecord(offset_ms, moment(reading.at, zone), age_s)


def _camera_record(camera: Camera | None, bookmark: Bookmark) -> CameraRecord:
    if camera is None:
        nothing = (None,) * 9
        return CameraRecord(bookmark.camera_id, bookmark.camera_name, *nothing, address="")
    position, view = camera.position, camera.view
    return CameraRecord(
        id=camera.id,
        name=bookmark.camera_name,
        owner=camera.owner.value if camera.owner else None,
        adm4=camera.adm4,
        rw=camera.rw,
        rt=camera.rt,
        latitude=position.lat if position else None,
        longitude=position.lon if position else None,
        bearing_deg=view.bearing_deg if view else None,
        fov_deg=view.fov_deg if view else None,
        range_m=view.range_m if view else None,
        address=hidden(camera.url),
    )


def _range(starts: datetime | None, ends: datetime | None, zone: StationZone) -> RangeRecord:
    def said(at: datetime | None) -> Moment | None:
        return moment(at, zone) if at is not None else None

    return RangeRecord(said(starts), said(ends))


def _gap(gap: Gap, zone: StationZone) -> GapRecord:
    return GapRecord(
        moment(gap.starts_at, zone), moment(gap.ends_at, zone), round(gap.seconds, 3), gap.cause.value, gap.packets
    )  # fmt: skip


def _health(history: CameraHistory | None, zone: StationZone) -> tuple[HealthRecord, ...]:
    if history is None:
        return ()
    return tuple(
        HealthRecord(moment(change.at, zone), change.state.value, change.cause.value if change.cause else None)
        for change in history.changes
    )
