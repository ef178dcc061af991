"""Cameras that died together, as one event with its likely cause instead of thousands of alarms."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from tmcwall.domain.camera import Camera
from tmcwall.domain.fault import FaultCode


class OutageCause(StrEnum):
    """What the cameras of an event have in common, the most particular first."""

    SINGLE = "single"
    """Nothing: one camera."""
    RECORDER = "recorder"
    """One host: a recorder, or a gateway."""
    NETWORK = "network"
    """One network of 256 addresses."""
    AREA = "area"
    """One kecamatan, by several networks: its electricity."""
    OWNER = "owner"
    UPLINK = "uplink"
    """Nearly all that were watched: our own way to the network."""


OURS: Final = frozenset({
    FaultCode.DECODER_LOST, FaultCode.DECODER_CRASHED, FaultCode.MACHINE_BUSY, FaultCode.ENGINE_LOST,
    FaultCode.PICTURE_MEMORY_FULL,
})  # fmt: skip
"""A picture that stopped for one of these says nothing of its camera."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """By what a camera may be cut off. Empty where it is not known."""

    host: str = ""
    network: str = ""
    area: str = ""
    """Code of the kecamatan."""
    owner: str = ""

    def of(self, cause: OutageCause) -> str:
        match cause:
            case OutageCause.RECORDER:
                return self.host
            case OutageCause.NETWORK:
                return self.network
            case OutageCause.AREA:
                return self.area
            case OutageCause.OWNER:
                return self.owner
            case OutageCause.UPLINK:
                return "*"
            case OutageCause.SINGLE:
                return ""


def attachment_of(camera: Camera) -> Attachment:
    """As its address, its place and its owner say."""
    host = (urlsplit(camera.url).hostname or "").casefold()
    area = ".".join((camera.adm4 or "").split(".")[:3])
    return Attachment(host, _network_of(host), area, camera.owner.value if camera.owner is not None else "")


@dataclass(frozen=True, slots=True)
class Death:
    """A camera that showed a picture, and shows none."""

    camera_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OutageEvent:
    """Cameras that died together. `subject` is the host, network, kecamatan, owner or camera that they share."""

    cause: OutageCause
    subject: str
    since: datetime
    camera_ids: frozenset[str]
    """Of all that died of it, those that came back among them."""
    down: frozenset[str] = frozenset()
    """Of these, the ones that are still without picture."""

    @property
    def id(self) -> str:
        return f"{self.since.isoformat()} {self.cause} {self.subject}"


@dataclass(frozen=True, slots=True)
class GroupingRule:
    """When deaths belong together. A test changes these by constructor argument."""

    apart: timedelta = timedelta(seconds=60)
    """A pause between two deaths that is longer ends a group."""
    least: int = 3
    """Cameras that a common cause takes at least,"""
    share: float = 0.6
    """and of the watched ones with it so many,"""
    uplink_share: float = 0.9
    """or so many of all that are watched, on at least two networks: then it is our own uplink."""


_COMMON: Final = (
    OutageCause.RECORDER, OutageCause.NETWORK, OutageCause.AREA, OutageCause.OWNER, OutageCause.UPLINK,
)  # fmt: skip
"""The most particular first: of two causes that explain the same deaths that one is said."""
_BELOW: Final = {
    OutageCause.RECORDER: None,
    OutageCause.NETWORK: OutageCause.RECORDER,
    OutageCause.AREA: OutageCause.NETWORK,
    OutageCause.OWNER: OutageCause.NETWORK,
    OutageCause.UPLINK: OutageCause.NETWORK,
}
"""What a cause must take more than one of, to be more than that."""


def group_deaths(
    deaths: Iterable[Death], watched: Mapping[str, Attachment], *, rule: GroupingRule | None = None
) -> tuple[OutageEvent, ...]:
    """Every camera that died in exactly one event, the largest event of each minute first.

    `watched` has all cameras that are looked at, the dead among them: of those that nobody looks at nothing is known.
    The order of the deaths does not matter; of a camera that died more than once the first death counts.
    """
    rule = rule or GroupingRule()
    first: dict[str, datetime] = {}
    for death in deaths:
        known = first.get(death.camera_id)
        first[death.camera_id] = death.at if known is None else min(known, death.at)
    events: list[OutageEvent] = []
    for wave in _waves(first, rule):
        events += _explain(wave, watched, rule)
    return tuple(events)


def _waves(first: Mapping[str, datetime], rule: GroupingRule) -> Iterator[dict[str, datetime]]:
    wave: dict[str, datetime] = {}
    last: datetime | None = None
    for camera_id, at in sorted(first.items(), key=lambda item: (item[1], item[0])):
        if last is not None and at - last > rule.apart:
            yield wave
            wave = {}
        wave[camera_id] = last = at
    if wave:
        yield wave


def _explain(
    wave: Mapping[str, datetime], watched: Mapping[str, Attachment], rule: GroupingRule
) -> Sequence[OutageEvent]:
    """The cause that explains most of what is left, until none explains enough; what is left then died alone."""
    totals = {cause: Counter(key for one in watched.values() if (key := one.of(cause))) for cause in _COMMON}
    left = dict.fromkeys(wave)
    members: dict[tuple[OutageCause, str], dict[str, None]] = defaultdict(dict)
    for camera_id in wave:
        attached = watched.get(camera_id, Attachment())
        for cause in _COMMON:
            if key := attached.of(cause):
                members[cause, key][camera_id] = None
    events = []
    while True:
        best: tuple[int, int, str] | None = None
        for (cause, key), found in members.items():
            if len(found) >= rule.least and _explains(cause, key, found, watched, totals, rule):
                rank = (-len(found), _COMMON.index(cause), key)
                best = rank if best is None else min(best, rank)
        if best is None:
            break
        cause, subject = _COMMON[best[1]], best[2]
        taken = frozenset(members.pop((cause, subject)))
        events.append(OutageEvent(cause, subject, min(wave[one] for one in taken), taken, taken))
        for camera_id in taken:
            del left[camera_id]
            attached = watched.get(camera_id, Attachment())
            for other in _COMMON:
                members[other, attached.of(other)].pop(camera_id, None)
    for camera_id in sorted(left):
        alone = frozenset({camera_id})
        events.append(OutageEvent(OutageCause.SINGLE, camera_id, wave[camera_id], alone, alone))
    return events


def _explains(
    cause: OutageCause,
    key: str,
    found: Iterable[str],
    watched: Mapping[str, Attachment],
    totals: Mapping[OutageCause, Counter[str]],
    rule: GroupingRule,
) -> bool:
    dead = list(found)
    share = rule.uplink_share if cause is OutageCause.UPLINK else rule.share
    if len(dead) < share * totals[cause][key]:
        return False
    below = _BELOW[cause]
    if below is None:
        return True
    parts = {watched[one].of(below) or one for one in dead if one in watched}
    return len(parts) > 1


@dataclass(frozen=True, slots=True)
class EventRule:
    """How long an event is open to more. A test changes these by constructor argument."""

    young: timedelta = timedelta(seconds=120)
    """What dies within that time of the first death is judged again together with it."""
    calm: timedelta = timedelta(seconds=60)
    """A camera that is back for shorter has not come back: flapping is no new event."""


class OutageRegister:
    """The events that go on, from deaths and returns as they come. Not for two threads at once."""

    def __init__(self, *, grouping: GroupingRule | None = None, rule: EventRule | None = None) -> None:
        self._grouping = grouping or GroupingRule()
        self._rule = rule or EventRule()
        self._events: list[OutageEvent] = []
        self._back: dict[str, datetime] = {}
        """Since when a camera of an event has its picture again."""
        self._died: dict[str, datetime] = {}

    def take(
        self,
        deaths: Iterable[Death],
        *,
        returned: Iterable[str] = (),
        forgotten: Iterable[str] = (),
        watched: Mapping[str, Attachment],
        now: datetime,
    ) -> tuple[OutageEvent, ...]:
        """What goes on now, the largest first.

        `returned` have a picture again; `forgotten` are looked at by nobody any more, or are out of use, and end.
        """
        for camera_id in forgotten:
            self._back.pop(camera_id, None)
            self._died.pop(camera_id, None)
        self._let_go()
        for camera_id in returned:
            if camera_id in self._died:
                self._back.setdefault(camera_id, now)
        new = []
        for death in deaths:
            self._back.pop(death.camera_id, None)
            if death.camera_id not in self._died:
                self._died[death.camera_id] = death.at
                new.append(death)
        for camera_id in [one for one, since in self._back.items() if now - since >= self._rule.calm]:
            del self._back[camera_id], self._died[camera_id]
        self._let_go()
        if new:
            self._group(new, watched, now)
        shown = (replace(one, down=frozenset(one.down - self._back.keys())) for one in self._events)
        return tuple(sorted((one for one in shown if one.down), key=lambda one: (-len(one.down), one.since, one.id)))

    def _let_go(self) -> None:
        """Who has come back is in its event no more: if it dies again, that is another one."""
        still = (replace(one, down=frozenset(one.down & self._died.keys())) for one in self._events)
        self._events = [one for one in still if one.down]

    def _group(self, new: Iterable[Death], watched: Mapping[str, Attachment], now: datetime) -> None:
        """Young events are judged again, with what died since; older ones stay as they are."""
        young = [one for one in self._events if now - one.since <= self._rule.young]
        old = [one for one in self._events if now - one.since > self._rule.young]
        again = [Death(camera_id, self._died[camera_id]) for one in young for camera_id in one.down]
        self._events = [*old, *group_deaths([*again, *new], watched, rule=self._grouping)]


def _network_of(host: str) -> str:
    """/24 of an IPv4 address, /64 of an IPv6 one; a name is its own."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, 24 if address.version == 4 else 64), strict=False))
