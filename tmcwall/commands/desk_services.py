"""The services of a workstation's program, made, joined to each other, started and stopped together."""

from __future__ import annotations

from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal

from tmcwall.commands.camera_certificate import availability_desk_of
from tmcwall.commands.coverage import coverage_command_of, coverage_handlers
from tmcwall.commands.evidence import case_desk_of, evidence_services_of
from tmcwall.commands.footage import footage_services_of
from tmcwall.commands.footage_requests import letter_services_of
from tmcwall.commands.places import place_register_of
from tmcwall.commands.register import register_of, relay_desk_of
from tmcwall.commands.server_links import browser_gate_of, client_of, gate_of
from tmcwall.commands.shift_handover import shift_handover_of
from tmcwall.commands.upkeep import upkeep_of
from tmcwall.domain.incident import Severity
from tmcwall.domain.kenita import Timers
from tmcwall.domain.region import Regions
from tmcwall.domain.response_times import Targets, target_from
from tmcwall.domain.source import TransportPreference
from tmcwall.services.alarm import Alarm, SoundDevice
from tmcwall.services.availability import availability_handlers
from tmcwall.services.awake import Awake
from tmcwall.services.browser_sign_in import BrowserSignIn
from tmcwall.services.camera_counts import CameraCounts
from tmcwall.services.camera_requests import camera_handlers
from tmcwall.services.camerabook import CameraBook
from tmcwall.services.case_units import CaseUnits
from tmcwall.services.changes import Changes
from tmcwall.services.conflicts import Conflicts
from tmcwall.services.duty import Duty
from tmcwall.services.enrolment import Enrolment
from tmcwall.services.evidence_requests import evidence_handlers
from tmcwall.services.for_all import ServicesForAll
from tmcwall.services.handover import Endpoint, Handlers
from tmcwall.services.healthlog import HealthLog
from tmcwall.services.incident_records import IncidentRecords
from tmcwall.services.incidentdesk import IncidentDesk
from tmcwall.services.layouts import Layouts
from tmcwall.services.lifecycles import Lifecycles
from tmcwall.services.officer_requests import officer_handlers
from tmcwall.services.officers import Officers
from tmcwall.services.personal import PersonalValues
from tmcwall.services.place_register import place_handlers
from tmcwall.services.place_services import PlaceServices
from tmcwall.services.quarantine import Quarantine
from tmcwall.services.register_desk import RegisterDesk
from tmcwall.services.relay import relay_handlers
from tmcwall.services.service import Services
from tmcwall.services.storewatch import StoreWatch
from tmcwall.services.synchronisation import Synchronisation
from tmcwall.services.tagging import Rolls, Tagging
from tmcwall.services.vouching import Vouching
from tmcwall.services.wallplaces import WallPlaces
from tmcwall.texts import Translator
from tmcwall.texts import wall as say
from tmcwall.video.feed.video_feed import VideoFeed
from tmcwall.workstation import Workstation, region_lines


class DeskServices(QObject):
    """Everything behind the windows of a workstation. Commands reach it, too, through `endpoint`."""

    _officers_changed = Signal()

    def __init__(self, workstation: Workstation, *, translate: Translator, layout: str | None = None) -> None:
        super().__init__()
        self._workstation = workstation
        self._translate = translate
        settings, clock, store = workstation.settings, workstation.clock, workstation.store
        self.regions = regions = Regions.from_lines(region_lines())
        self.feed = VideoFeed(
            clock=clock,
            recordings=workstation.paths.recordings,
            decoders=settings.decoders or None,
            keep_s=settings.recording_keep_s,
            keep_bytes=settings.recording_keep_bytes,
            reserve_bytes=settings.disk_reserve_bytes,
            logs=workstation.paths.logs,
            rule=workstation.address_rule,
            ca_file=settings.camera_ca_file,
            fingerprints=settings.fingerprints,
            hardware=settings.hardware_decoding == "auto",
            parent=self,
        )
        self.changes = Changes(store=store, parent=self)
        self.cameras = CameraBook(
            store=store,
            changes=self.changes,
            streams=self.feed,
            logins=workstation.vault,
            clock=clock,
            regions=regions,
            transport=TransportPreference(settings.camera_transport),
            relay=settings.relay_address,
            parent=self,
        )
        self.camera_counts = CameraCounts(self.cameras, parent=self)
        self.duty = Duty(store=store, gate=gate_of(workstation), clock=clock, parent=self)
        self.browser = BrowserSignIn(browser_gate_of(workstation, translate), duty=self.duty, parent=self)
        self.officers = Officers(
            store=store, duty=self.duty, clock=clock, kept_at_server=bool(settings.server_url), parent=self
        )  # fmt: skip
        self.health = HealthLog(
            store=store, cameras=self.cameras, streams=self.feed, duty=self.duty, clock=clock, parent=self
        )  # fmt: skip
        self.vouching = Vouching(store=store, duty=self.duty, clock=clock, parent=self)
        self.lifecycles = Lifecycles(store=store, duty=self.duty, clock=clock, parent=self)
        self._register = register_of(workstation)
        self.register = RegisterDesk(self._register, store=store, duty=self.duty, regions=regions, parent=self)
        self.place = PlaceServices.of(
            regions,
            place_register_of(workstation),
            store=store,
            changes=self.changes,
            cameras=self.cameras,
            duty=self.duty,
            clock=clock,
            area=settings.station_area,
            targets=Targets(map(target_from, settings.response_targets)),
            raised_from=Severity(settings.cameras_come_up) if settings.cameras_come_up != "off" else None,
            cap_sender=urlsplit(settings.server_url).hostname or "tmcwall",
            zone=translate.zone,
            parent=self,
        )
        self.incident_records = IncidentRecords.of(
            store=store,
            changes=self.changes,
            duty=self.duty,
            clock=clock,
            targets=self.incidents.targets,
            timers=Timers(settings.cascade_rw_s, settings.cascade_kelurahan_s),
            zone=translate.zone,
            parent=self,
        )
        self.personal = PersonalValues(settings.server_url, store=store, duty=self.duty, parent=self)
        self.tagging = Tagging(
            store=store,
            changes=self.changes,
            cutter=self.feed,
            cameras=self.cameras,
            duty=self.duty,
            clock=clock,
            clips=workstation.paths.clips,
            rolls=Rolls(settings.pre_roll_s, settings.post_roll_s),
            rules=settings.reminder_rules,
            zone=translate.zone,
            largest_gap=settings.lp_largest_gap,
            parent=self,
        )
        self.case_units = CaseUnits(store=store, duty=self.duty, clock=clock, parent=self)
        self.evidence = evidence_services_of(workstation, self.duty)
        self.footage = footage_services_of(
            workstation, self.duty, changes=self.changes, regions=regions, zone=translate.zone
        )
        self.letters, self.owned_footage = letter_services_of(
            workstation,
            changes=self.changes,
            cameras=self.cameras,
            tagging=self.tagging,
            duty=self.duty,
            reporter_of=self.personal.value_of,
        )
        self.layouts = Layouts(
            store=store,
            clock=clock,
            first_name=translate(say.FIRST_LAYOUT),
            wanted=layout,
            changes=self.changes,
            duty=self.duty,
            parent=self,
        )
        self.for_all = ServicesForAll.of(
            server=bool(settings.server_url),
            store=store,
            changes=self.changes,
            duty=self.duty,
            clock=clock,
            parent=self,
        )
        self.places, self.upkeep = (
            WallPlaces(store=store, parent=self),
            upkeep_of(workstation, changes=self.changes, cameras=self.cameras, duty=self.duty, regions=regions),
        )
        self.sync = Synchronisation(
            store=store,
            changes=self.changes,
            clips=workstation.paths.clips,
            clock=clock,
            client_of=client_of(
                workstation,
                counts=self.camera_counts.latest,
                on_erased=self.personal.take_erasures,
                wanted=self.footage.wanted,
                logins=self.for_all.logins,
            ),
            parent=self,
        )
        self.enrolment = Enrolment(
            workstation.identity if settings.server_url else None, duty=self.duty, parent=self
        )  # fmt: skip
        self.storing = StoreWatch(store=store, parent=self)
        self.conflicts = Conflicts(store=store, changes=self.changes, duty=self.duty, clock=clock, parent=self)
        self.quarantine = Quarantine(store=store, changes=self.changes, parent=self)
        self.alarm = Alarm(
            clock=clock, speaker=SoundDevice(volume=settings.sound_volume) if settings.sound else None, parent=self
        )  # fmt: skip
        self.handover = shift_handover_of(
            workstation,
            duty=self.duty,
            incidents=self.incidents,
            cameras=self.cameras,
            walls=self.layouts,
            regions=regions,
        )
        self._services = Services(
            self.changes,
            self.cameras,
            self.camera_counts,
            self.health,
            self.duty,
            self.browser,
            self.enrolment,
            self.officers,
            *self.place.in_order(),
            *self.incident_records.in_order(),
            self.tagging,
            self.case_units,
            *self.evidence.in_order(),
            self.letters,
            *self.footage.in_order(),
            *self.owned_footage.in_order(),
            self.layouts,
            self.handover,
            *self.for_all.in_order(),
            *self.upkeep.in_order(),
            self.places,
            self.conflicts,
            self.personal,
            self.quarantine,
            self.lifecycles,
            self.register,
            self.vouching,
            self.sync,
            self.alarm,
            self.storing,
            Awake(),
        )
        self.endpoint = Endpoint(workstation.paths, self._handlers(), parent=self)
        self._join()

    @property
    def incidents(self) -> IncidentDesk:
        return self.place.incidents

    def _join(self) -> None:
        """What one tells, another takes."""
        self.duty.token_changed.connect(self.sync.use_token)
        self.duty.changed.connect(self.personal.follow_duty)
        self.duty.token_changed.connect(self.personal.use_token)
        self.sync.state_changed.connect(self.personal.take_sync_state)
        self.sync.token_refused.connect(self.duty.take_refused_token)
        self.sync.token_expired.connect(self.duty.take_expired_token)
        self.duty.roles_kept.connect(self.officers.reload)
        self.duty.changed.connect(self.tagging.follow_duty)
        self.duty.changed.connect(self.letters.follow_duty)
        self.duty.changed.connect(self.owned_footage.requests.follow_duty)
        self.duty.changed.connect(self.conflicts.follow_duty)
        self.duty.changed.connect(self.for_all.contacts.follow_duty)
        self.sync.clock_offset_changed.connect(self.for_all.wall_orders.use_clock_offset)
        self.duty.sign_in_refused.connect(self.enrolment.take_refusal)
        self.browser.refused.connect(self.enrolment.take_refusal)
        self.duty.not_confirmed.connect(self.enrolment.take_refusal)
        self.sync.state_changed.connect(self.enrolment.take_sync_state)
        self.duty.signed_in.connect(self.officers.reload)
        self.officers.account_changed.connect(self.duty.follow)
        self.officers.changed.connect(self.duty.reload)
        self.sync.clock_offset_changed.connect(self.tagging.take_clock_offset)
        self.sync.clock_offset_changed.connect(self.feed.set_server_clock)
        self.incidents.arrived.connect(self.alarm.sound)
        self.incidents.changed.connect(self.alarm.answer)
        self.duty.token_changed.connect(self.vouching.look)
        self.register.changed.connect(self.vouching.look)
        self.register.changed.connect(self.cameras.reload)
        self._connect_logins()
        self.cameras.cameras_changed.connect(self.register.follow_changes)
        self._officers_changed.connect(self.officers.reload)

    def _connect_logins(self) -> None:
        """Changed here, they go to the server at once; come from there, cameras are opened with them."""
        logins = self.for_all.logins
        self.register.changed.connect(logins.refresh)
        self.register.changed.connect(self.sync.hurry)
        logins.wished.connect(self.sync.hurry)
        logins.logins_taken.connect(self.cameras.reload)
        logins.refused.connect(self.register.refused)

    def _handlers(self) -> Handlers:
        """What commands may ask of the program while it runs."""
        workstation = self._workstation
        of_cameras = camera_handlers(
            self._register,
            store=workstation.store,
            duty=self.duty,
            clock=workstation.clock,
            changed=self.register.changed.emit,
        )
        of_officers = officer_handlers(
            store=workstation.store,
            clock=workstation.clock,
            zone=self._translate.zone,
            kept_at_server=self.officers.kept_at_server,
            changed=self._officers_changed.emit,
        )
        of_relay = relay_handlers(relay_desk_of(workstation), changed=self.register.changed.emit)
        of_certificates = availability_handlers(availability_desk_of(workstation))
        of_coverage = coverage_handlers(coverage_command_of(workstation))
        of_evidence = evidence_handlers(case_desk_of(workstation))
        of_places = place_handlers(place_register_of(workstation))
        of_files = {**of_certificates, **of_coverage, **of_evidence}
        return {**of_cameras, **of_officers, **of_relay, **of_files, **of_places}
