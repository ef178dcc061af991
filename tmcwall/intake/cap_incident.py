"""Incidents as CAP 1.2, both ways: what a partner's alert means for the queue, and an incident for a partner.

Out: the first message of an incident is always the same one, an Alert sent when the incident came in, so that every
later one can refer to it without a register of what was handed to whom. Times carry the station's offset, as CAP asks.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape

from tmcwall.domain.area_warning import WarnedArea, WarningSeverity
from tmcwall.domain.camera import Position
from tmcwall.domain.geo import distance_m
from tmcwall.domain.incident import (
    OPEN_STATUSES,
    Certainty,
    Drill,
    Incident,
    IncidentType,
    Place,
    Severity,
    Source,
    Status,
)
from tmcwall.domain.region import is_adm4
from tmcwall.domain.station_zone import StationZone
from tmcwall.intake.cap import NAMESPACE, TYPE_CODE, CapAlert, CapCertainty, CapInfo, CapStatus, Category
from tmcwall.intake.webhook import FieldProblem, MessageType, Report, WebhookError

ADM4_CODE: Final = "Kemendagri"
"""`geocode` by which a kelurahan is named."""
SENDER_NAME: Final = "TMC"
_LARGEST_RADIUS_M: Final = 100_000.0
_CIRCLE_KM: Final = 0.1
"""Of an incident that does not say how exact its place is."""
_ORDER: Final = {MessageType.ALERT: 0, MessageType.UPDATE: 1, MessageType.CANCEL: 2}
_TYPES: Final = {Category.FIRE: IncidentType.FIRE, Category.HEALTH: IncidentType.MEDICAL}
"""Of an alert that does not name one of our types. The other categories may mean several: no guess is made."""
_CATEGORIES: Final = {
    IncidentType.TRAFFIC_ACCIDENT: Category.TRANSPORT,
    IncidentType.CONGESTION: Category.TRANSPORT,
    IncidentType.FIRE: Category.FIRE,
    IncidentType.CRIME: Category.SECURITY,
    IncidentType.FLOOD: Category.MET,
    IncidentType.FALLEN_TREE: Category.INFRASTRUCTURE,
    IncidentType.CROWD: Category.SECURITY,
    IncidentType.DEMONSTRATION: Category.SECURITY,
    IncidentType.ILLEGAL_RACING: Category.SECURITY,
    IncidentType.MISSING_PERSON: Category.RESCUE,
    IncidentType.PUBLIC_DISORDER: Category.SECURITY,
    IncidentType.NATURAL_DISASTER: Category.GEO,
    IncidentType.LANDSLIDE: Category.GEO,
    IncidentType.DANGEROUS_ANIMAL: Category.SAFETY,
    IncidentType.SHORT_CIRCUIT: Category.INFRASTRUCTURE,
    IncidentType.STREET_LIGHT_OUT: Category.INFRASTRUCTURE,
    IncidentType.BREAKDOWN: Category.TRANSPORT,
    IncidentType.CORPSE: Category.SECURITY,
    IncidentType.MEDICAL: Category.HEALTH,
    IncidentType.TRAFFIC_LIGHT: Category.TRANSPORT,
    IncidentType.OTHER: Category.OTHER,
}
_SEVERITIES: Final = {
    Severity.CRITICAL: WarningSeverity.EXTREME,
    Severity.SEVERE: WarningSeverity.SEVERE,
    Severity.MODERATE: WarningSeverity.MODERATE,
    Severity.MINOR: WarningSeverity.MINOR,
}
_SEVERITIES_IN: Final = {word: severity for severity, word in _SEVERITIES.items()} | {
    WarningSeverity.UNKNOWN: Severity.MODERATE
}
_CERTAINTIES: Final = {
    Certainty.UNVERIFIED: CapCertainty.UNKNOWN,
    Certainty.SEEN_ON_CAMERA: CapCertainty.OBSERVED,
    Certainty.SEEN_BY_OFFICER: CapCertainty.OBSERVED,
    Certainty.PRANK: CapCertainty.UNLIKELY,
    Certainty.DUPLICATE: CapCertainty.UNKNOWN,
}
_STATUSES: Final = {
    Drill.ACTUAL: CapStatus.ACTUAL,
    Drill.EXERCISE: CapStatus.EXERCISE,
    Drill.TEST: CapStatus.TEST,
}


def report_of(alert: CapAlert, source: Source, *, external_id: str) -> Report:
    """What the alert says of the incident that `external_id` names: the first message of its thread.

    Nothing from outside counts as verified here, however sure its sender is. Raises WebhookError where no place is
    said.
    """
    info = alert.info
    return Report(
        source=source,
        external_id=external_id,
        sequence=sequence_of(alert),
        kind=alert.kind,
        sent_at=alert.sent_at,
        drill=alert.drill,
        type=IncidentType.OTHER if info is None else _type_of(info),
        severity=Severity.MODERATE if info is None else _SEVERITIES_IN[info.severity],
        certainty=Certainty.UNVERIFIED,
        place=Place(text=alert.identifier) if info is None else _place_of(info),
        text="" if info is None else "\n".join(filter(None, (info.headline, info.description)))[:4000],
    )


def sequence_of(alert: CapAlert) -> int:
    """Rises within a thread: CAP counts seconds, and an update or a cancellation may follow within one."""
    return int(alert.sent_at.timestamp()) * len(_ORDER) + _ORDER[alert.kind]


def _type_of(info: CapInfo) -> IncidentType:
    for word in (info.type_code, info.event.casefold().replace(" ", "_")):
        try:
            return IncidentType(word)
        except ValueError:
            continue
    return _TYPES.get(info.category, IncidentType.OTHER)


def _place_of(info: CapInfo) -> Place:
    if not info.areas:
        raise WebhookError((FieldProblem("info.area", "needed"),))
    area = info.areas[0]
    adm4 = next((value for name, value in area.codes if name == ADM4_CODE and is_adm4(value)), None)
    position, accuracy_m = _middle(area)
    if position is None and adm4 is None and not area.description:
        raise WebhookError((FieldProblem("info.area", "a circle, a polygon, a geocode or areaDesc"),))
    return Place(position, accuracy_m, adm4, None, None, area.description)


def _middle(area: WarnedArea) -> tuple[Position | None, float | None]:
    """The middle and the radius around it that holds all; of a polygon: of its corners."""
    if area.circles:
        circle = area.circles[0]
        return circle.centre, min(circle.radius_km * 1000, _LARGEST_RADIUS_M)
    if not area.polygons:
        return None, None
    corners = area.polygons[0][:-1]
    middle = Position(sum(one.lat for one in corners) / len(corners), sum(one.lon for one in corners) / len(corners))
    return middle, min(max(distance_m(middle, corner) for corner in corners), _LARGEST_RADIUS_M)


def kind_of(incident: Incident) -> MessageType:
    """Which message says how it stands: the first one, what has become of it, or that it is not one."""
    if incident.status is Status.CANCELLED or incident.certainty in {Certainty.PRANK, Certainty.DUPLICATE}:
        return MessageType.CANCEL
    untouched = incident.status is Status.NEW and incident.certainty is Certainty.UNVERIFIED
    return MessageType.ALERT if untouched else MessageType.UPDATE


def write_cap(
    incident: Incident, *, sender: str, headline: str, area: str, now: datetime, zone: StationZone = StationZone.WIB
) -> bytes:
    """The message that says how an incident stands now, as XML. It names no reporter.

    `sender` is a word without spaces, such as the host of the server; `headline` and `area` are for people.
    """
    kind = kind_of(incident)
    first = f"tmcwall:{incident.id}"
    sent = incident.received_at if kind is MessageType.ALERT else max(now, incident.received_at)
    identifier = first if kind is MessageType.ALERT else f"{first}:{int(sent.timestamp())}"
    alert = [
        _element("identifier", identifier),
        _element("sender", sender),
        _element("sent", _time(sent, zone)),
        _element("status", _STATUSES[incident.drill]),
        _element("msgType", kind.capitalize()),
        _element("source", incident.source),
        _element("scope", "Restricted"),
        _element("restriction", "POLRI"),
    ]
    if incident.drill is not Drill.ACTUAL:
        badge = "LATIHAN" if incident.drill is Drill.EXERCISE else "UJI"
        alert.append(_element("note", badge))
        headline = f"{badge} · {headline}"
    if kind is not MessageType.ALERT:
        alert.append(_element("references", f"{sender},{first},{_time(incident.received_at, zone)}"))
    alert.append(_info(incident, headline=headline, area=area, zone=zone))
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<alert xmlns="{NAMESPACE}">{"".join(alert)}</alert>\n').encode()


def _info(incident: Incident, *, headline: str, area: str, zone: StationZone) -> str:
    is_open = incident.status in OPEN_STATUSES
    parts = [
        _element("language", "id-ID"),
        _element("category", _CATEGORIES[incident.type]),
        _element("event", incident.type.replace("_", " ")),
        _element("urgency", "Immediate" if is_open else "Past"),
        _element("severity", _SEVERITIES[incident.severity]),
        _element("certainty", _CERTAINTIES[incident.certainty]),
        _named("eventCode", TYPE_CODE, incident.type),
        _element("onset", _time(incident.called_at, zone)),
        _element("senderName", SENDER_NAME),
        _element("headline", headline),
        *([_element("description", incident.text)] if incident.text else []),
        _named("parameter", "tmcwall:status", incident.status),
        _area(incident.place, area),
    ]
    return f"<info>{''.join(parts)}</info>"


def _area(place: Place, description: str) -> str:
    parts = [_element("areaDesc", description or place.text or "-")]
    if place.position is not None:
        radius_km = _CIRCLE_KM if place.accuracy_m is None else place.accuracy_m / 1000
        parts.append(_element("circle", f"{place.position.lat:.6f},{place.position.lon:.6f} {radius_km:.3f}"))
    if place.adm4 is not None:
        parts.append(_named("geocode", ADM4_CODE, place.adm4))
    return f"<area>{''.join(parts)}</area>"


def _named(name: str, value_name: str, value: str) -> str:
    return f"<{name}>{_element('valueName', value_name)}{_element('value', value)}</{name}>"


def _element(name: str, text: str) -> str:
    allowed = "".join(character for character in text if character >= " " or character in "\n\t")
    return f"<{name}>{escape(allowed)}</{name}>"


def _time(moment: datetime, zone: StationZone) -> str:
    return zone.local(moment).replace(microsecond=0).isoformat()
