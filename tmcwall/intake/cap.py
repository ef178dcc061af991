"""CAP 1.2 (OASIS Common Alerting Protocol) as it comes in: read strictly where meaning hangs on it, and within bounds.

Ours is the part that a control room acts upon: `status`, `msgType`, `references`, and of each language the first
`info`, Indonesian before others, with its areas. A signature inside the document is not looked at: who sends is proven
by the headers, as with every other report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from tmcwall.domain.area_warning import AreaWarning, WarnedArea, WarnedCircle, WarningSeverity
from tmcwall.domain.camera import Position
from tmcwall.domain.clock import EARLIEST, LATEST
from tmcwall.domain.incident import Drill
from tmcwall.intake.bounded_xml import Element, XmlRefused, parse
from tmcwall.intake.webhook import FieldProblem, MessageType, WebhookError

C = TypeVar("C", bound=StrEnum)

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
MAX_BODY_BYTES: Final = 256 * 1024
"""A nowcast down to kecamatan has polygons of some thousand positions."""
TYPE_CODE: Final = "tmcwall:type"
"""`eventCode` by which our own exports say the type of an incident exactly."""
_LASTS: Final = timedelta(hours=24)
"""A warning that says no end: CAP leaves it to whoever receives it."""
_SENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[-+][0-9]{2}:[0-9]{2}")
_WORD: Final = re.compile(r"[^\s,<&]{1,128}")
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}")
_MOST_REFERENCES: Final = 50
_MOST_AREAS: Final = 200
_MOST_POSITIONS: Final = 10_000
_LEAST_RING: Final = 4
_LONGEST_LINE: Final = 200
_LONGEST_PROSE: Final = 4000
_LONGEST_NUMBER: Final = 32


class CapStatus(StrEnum):
    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


_DRILLS: Final = {CapStatus.ACTUAL: Drill.ACTUAL, CapStatus.EXERCISE: Drill.EXERCISE, CapStatus.TEST: Drill.TEST}
"""The others are no reports: `System` is for the exchange itself, and nobody acts upon a draft."""


class Category(StrEnum):
    GEO = "Geo"
    MET = "Met"
    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    FIRE = "Fire"
    HEALTH = "Health"
    ENVIRONMENT = "Env"
    TRANSPORT = "Transport"
    INFRASTRUCTURE = "Infra"
    CBRNE = "CBRNE"
    OTHER = "Other"


class CapCertainty(StrEnum):
    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message, as a later one names it."""

    sender: str
    identifier: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class CapInfo:
    """What a message says in one language."""

    category: Category
    event: str
    type_code: str
    severity: WarningSeverity
    certainty: CapCertainty
    headline: str
    description: str
    sender_name: str
    effective_at: datetime | None
    expires_at: datetime | None
    areas: tuple[WarnedArea, ...]


@dataclass(frozen=True, slots=True)
class CapAlert:
    """A message. `info` is None only in one that cancels."""

    identifier: str
    sender: str
    sent_at: datetime
    drill: Drill
    kind: MessageType
    references: tuple[Reference, ...]
    info: CapInfo | None

    def warning(self) -> AreaWarning:
        """Raises WebhookError for one without `info`: it has no area."""
        info = self.info
        if info is None:
            raise WebhookError((FieldProblem("info", "needed"),))
        return AreaWarning(
            id=self.identifier,
            sender=self.sender,
            attribution=info.sender_name or self.sender,
            event=info.event,
            severity=info.severity,
            headline=info.headline or info.event,
            description=info.description,
            drill=self.drill,
            sent_at=self.sent_at,
            effective_at=info.effective_at or self.sent_at,
            expires_at=info.expires_at or (info.effective_at or self.sent_at) + _LASTS,
            areas=info.areas,
        )


def parse_cap(body: bytes) -> CapAlert:
    """Raises WebhookError with every wrong element that was found, and none of their values."""
    if len(body) > MAX_BODY_BYTES:
        raise WebhookError((FieldProblem("", f"at most {MAX_BODY_BYTES} bytes"),))
    try:
        root = parse(body)
    except XmlRefused as refused:
        raise WebhookError((FieldProblem("", str(refused)),)) from None
    if root.name != f"{NAMESPACE} alert":
        raise WebhookError((FieldProblem("alert", f"expected in the namespace {NAMESPACE}"),))
    reader = _Reader()
    alert = reader.alert(root)
    if alert is None:
        raise WebhookError(tuple(reader.problems[:50]))
    return alert


class _Reader:
    """Reads on after a problem, so that all of them are told at once."""

    def __init__(self) -> None:
        self.problems: list[FieldProblem] = []
        self._positions = 0

    def alert(self, root: Element) -> CapAlert | None:
        identifier = self._matching(root, "identifier", _IDENTIFIER, "letters, digits and . _ : / - (128 at most)")
        sender = self._matching(root, "sender", _WORD, "a name without spaces, commas, < and &")
        sent = self._time(root, "sent", needed=True)
        status = self._choice(root, "status", CapStatus)
        kind = self._kind(root)
        drill = _DRILLS.get(status) if status is not None else None
        if status is not None and drill is None:
            self._refuse("status", "Actual, Exercise or Test")
        references = self._references(root)
        if kind in {MessageType.UPDATE, MessageType.CANCEL} and not references:
            self._refuse("references", "needed in Update and Cancel")
        info = self._info(root)
        if root.first(f"{NAMESPACE} info") is None and kind is not None and kind is not MessageType.CANCEL:
            self._refuse("info", "needed")
        if self.problems or sent is None or drill is None or kind is None:
            return None
        return CapAlert(identifier, sender, sent, drill, kind, references, info)

    def _kind(self, root: Element) -> MessageType | None:
        text = _text(root, "msgType")
        kinds = {"Alert": MessageType.ALERT, "Update": MessageType.UPDATE, "Cancel": MessageType.CANCEL}
        if text not in kinds:
            self._refuse("msgType", "Alert, Update or Cancel")
        return kinds.get(text)

    def _references(self, root: Element) -> tuple[Reference, ...]:
        found = []
        words = _text(root, "references").split()
        if len(words) > _MOST_REFERENCES:
            self._refuse("references", f"at most {_MOST_REFERENCES}")
            return ()
        for word in words:
            sender, _, rest = word.partition(",")
            identifier, _, sent = rest.partition(",")
            moment = _moment(sent)
            if not sender or _IDENTIFIER.fullmatch(identifier) is None or moment is None:
                self._refuse("references", "sender,identifier,sent of each earlier message, with a space between")
                return ()
            found.append(Reference(sender, identifier, moment))
        return tuple(found)

    def _info(self, root: Element) -> CapInfo | None:
        infos = root.all(f"{NAMESPACE} info")
        if not infos:
            return None
        chosen = next((info for info in infos if _text(info, "language").lower().startswith("id")), infos[0])
        category = self._choice(chosen, "category", Category, under="info.")
        severity = self._choice(chosen, "severity", WarningSeverity, under="info.")
        certainty = self._choice(chosen, "certainty", CapCertainty, under="info.")
        event = self._line(chosen, "event")
        if not event:
            self._refuse("info.event", "needed")
        effective, expires = (self._time(chosen, name, needed=False) for name in ("effective", "expires"))
        codes = {_text(code, "valueName"): _text(code, "value") for code in chosen.all(f"{NAMESPACE} eventCode")}
        areas = self._areas(chosen)
        if category is None or severity is None or certainty is None:
            return None
        return CapInfo(
            category=category,
            event=event,
            type_code=codes.get(TYPE_CODE, ""),
            severity=severity,
            certainty=certainty,
            headline=self._line(chosen, "headline"),
            description=_clean(_text(chosen, "description"))[:_LONGEST_PROSE],
            sender_name=self._line(chosen, "senderName"),
            effective_at=effective,
            expires_at=expires,
            areas=areas,
        )

    def _areas(self, info: Element) -> tuple[WarnedArea, ...]:
        elements = info.all(f"{NAMESPACE} area")
        if len(elements) > _MOST_AREAS:
            self._refuse("info.area", f"at most {_MOST_AREAS}")
            return ()
        return tuple(self._area(element) for element in elements)

    def _area(self, element: Element) -> WarnedArea:
        polygons = [self._polygon(part.text) for part in element.all(f"{NAMESPACE} polygon")]
        circles = [self._circle(part.text) for part in element.all(f"{NAMESPACE} circle")]
        codes = [
            (_clean(_text(code, "valueName"))[:_LONGEST_LINE], _clean(_text(code, "value"))[:_LONGEST_LINE])
            for code in element.all(f"{NAMESPACE} geocode")[:_MOST_AREAS]
        ]
        return WarnedArea(
            self._line(element, "areaDesc"),
            tuple(polygon for polygon in polygons if polygon),
            tuple(circle for circle in circles if circle is not None),
            tuple(codes),
        )

    def _polygon(self, text: str) -> tuple[Position, ...]:
        words = text.split()
        self._positions += len(words)
        if self._positions > _MOST_POSITIONS:
            self._refuse("info.area.polygon", f"at most {_MOST_POSITIONS} positions")
            return ()
        ring = [_position(word) for word in words]
        if len(ring) < _LEAST_RING or None in ring or ring[0] != ring[-1]:
            self._refuse("info.area.polygon", "lat,lon of four positions or more, the last one as the first")
            return ()
        return tuple(position for position in ring if position is not None)

    def _circle(self, text: str) -> WarnedCircle | None:
        centre, _, radius = text.strip().partition(" ")
        position, radius_km = _position(centre), _number(radius.strip())
        if position is None or radius_km is None or not 0 <= radius_km <= 20_000:
            self._refuse("info.area.circle", "lat,lon, a space and the radius in kilometres")
            return None
        return WarnedCircle(position, radius_km)

    def _line(self, parent: Element, name: str) -> str:
        return " ".join(_clean(_text(parent, name)).split())[:_LONGEST_LINE]

    def _matching(self, parent: Element, name: str, pattern: re.Pattern[str], expected: str) -> str:
        text = _text(parent, name)
        if pattern.fullmatch(text) is None:
            self._refuse(name, expected)
        return text

    def _choice(self, parent: Element, name: str, kind: type[C], *, under: str = "") -> C | None:
        text = _text(parent, name)
        try:
            return kind(text)
        except ValueError:
            self._refuse(under + name, "one of " + ", ".join(kind))
            return None

    def _time(self, parent: Element, name: str, *, needed: bool) -> datetime | None:
        text = _text(parent, name)
        if not text and not needed:
            return None
        moment = _moment(text)
        if moment is None:
            self._refuse(name if needed else f"info.{name}", "a time with a numeric offset, such as +07:00, not Z")
        return moment

    def _refuse(self, field: str, message: str) -> None:
        self.problems.append(FieldProblem(field, message))


def _text(parent: Element, name: str) -> str:
    child = parent.first(f"{NAMESPACE} {name}")
    return "" if child is None else child.text.strip()


def _clean(text: str) -> str:
    """Expat lets no control character through but tab, line feed and carriage return, and DEL."""
    return text.replace("\r", "").replace("\x7f", "")


def _moment(text: str) -> datetime | None:
    if _SENT.fullmatch(text) is None:
        return None
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if EARLIEST <= moment < LATEST else None


def _position(word: str) -> Position | None:
    lat_text, _, lon_text = word.partition(",")
    lat, lon = _number(lat_text), _number(lon_text)
    if lat is None or lon is None or not -90 <= lat <= 90 or not -180 <= lon <= 180:
        return None
    return Position(lat, lon)


def _number(text: str) -> float | None:
    if len(text) > _LONGEST_NUMBER or re.fullmatch(r"[-+]?[0-9]+(?:\.[0-9]+)?", text) is None:
        return None
    return float(text)
