"""What is searched, reviewed, held and let go of a workstation's recordings and clips."""

from __future__ import annotations

from dataclasses import dataclass

from tmcwall.domain.region import Regions
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.annotations import Annotations
from tmcwall.services.baskets import Baskets
from tmcwall.services.changes import Changes
from tmcwall.services.duty import Duty
from tmcwall.services.footage_search import FootageSearch
from tmcwall.services.footage_tracks import FootageTracks
from tmcwall.services.holds import Holds
from tmcwall.services.privacy_masks import PrivacyMasks
from tmcwall.services.retention import Retention
from tmcwall.services.service import Service
from tmcwall.services.wanted_clips import BasketClips
from tmcwall.video.recording.coverage import recorded_in
from tmcwall.workstation import Workstation


@dataclass(frozen=True, slots=True)
class FootageDesks:
    """What the running program does with footage that is kept."""

    search: FootageSearch
    tracks: FootageTracks
    holds: Holds
    baskets: Baskets
    annotations: Annotations
    masks: PrivacyMasks
    wanted: BasketClips
    retention: Retention

    def in_order(self) -> tuple[Service, ...]:
        """In which they start."""
        return self.masks, self.search, self.tracks, self.holds, self.baskets, self.annotations, self.retention


def footage_services_of(
    workstation: Workstation, duty: Duty, *, changes: Changes, regions: Regions, zone: StationZone
) -> FootageDesks:
    """For the running program."""
    store, settings, clock, paths = workstation.store, workstation.settings, workstation.clock, workstation.paths
    search = FootageSearch(
        store=store,
        duty=duty,
        clock=clock,
        clips=paths.clips,
        regions=regions,
        rules=settings.reminder_rules,
        zone=zone,
    )
    tracks = FootageTracks(store=store, recorded=recorded_in(paths.recordings))
    holds = Holds(store=store, duty=duty, clock=clock)
    retention = Retention(
        store=store,
        clock=clock,
        clips=paths.clips,
        keep_days=settings.clip_keep_days,
        uploaded_only=bool(settings.server_url),
        zone=zone,
    )
    wanted = BasketClips(store=store, clips=paths.clips, clock=clock)
    baskets = Baskets(store=store, duty=duty, clock=clock, want=wanted.want)
    drawn = Annotations(store=store, duty=duty, clock=clock, changes=changes)
    masks = PrivacyMasks(store=store, duty=duty, clock=clock, changes=changes)
    return FootageDesks(search, tracks, holds, baskets, drawn, masks, wanted, retention)
