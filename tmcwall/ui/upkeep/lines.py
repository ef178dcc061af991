"""An outage in one line: how many, since when, of what, and who is called."""

from __future__ import annotations

from collections.abc import Sequence

from tmcwall.domain.camera import Camera, Owner
from tmcwall.domain.contact import ContactRole
from tmcwall.domain.mass_outage import OutageCause, OutageEvent
from tmcwall.domain.owner_letters import addressee_of
from tmcwall.texts import Translator
from tmcwall.texts import console as console_texts
from tmcwall.texts import repairs as texts
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.moments import time_text
from tmcwall.ui.services import CameraService, ContactService

_ASKED: int = 20
"""Cameras of an outage whose owners are looked for: those of one outage mostly have the same."""


class OutageLines:
    """Says outages in the words of the console."""

    def __init__(
        self, cameras: CameraService, contacts: ContactService, *, region_name: RegionName, translate: Translator
    ) -> None:
        self._cameras = cameras
        self._contacts = contacts
        self._region_name = region_name
        self._translate = translate

    def line(self, event: OutageEvent) -> str:
        """One line."""
        say, whole = self._translate, len(event.down) == len(event.camera_ids)
        return say(
            texts.LINE if whole else texts.LINE_PARTLY,
            down=len(event.down),
            all=len(event.camera_ids),
            time=time_text(event.since, say),
            cause=self.cause(event),
            call=self._call(event),
        )

    def cause(self, event: OutageEvent) -> str:
        """Of what, as far as can be told from who died."""
        subject = event.subject
        match event.cause:
            case OutageCause.AREA:
                subject = self._region_name(subject) or subject
            case OutageCause.OWNER:
                subject = self._translate(console_texts.OWNERS[Owner(subject)])
            case OutageCause.SINGLE:
                camera = self._cameras.get(subject)
                subject = camera.name if camera is not None else subject
            case _:
                pass
        return self._translate(texts.OUTAGES[event.cause], subject=subject)

    def whom(self, event: OutageEvent) -> str:
        """Who answers for its cameras, the one for most of them; empty: our own network is to be looked at."""
        if event.cause is OutageCause.UPLINK:
            return ""
        names: dict[str, int] = {}
        for camera in self._some(event):
            name = self._owner(camera)
            names[name] = names.get(name, 0) + 1
        return max(names, key=lambda name: (names[name], name), default="")

    def _call(self, event: OutageEvent) -> str:
        whom = self.whom(event)
        if not whom:
            return self._translate(texts.CALL_OURSELVES)
        return self._translate(texts.CALL_POWER if event.cause is OutageCause.AREA else texts.CALL, whom=whom)

    def _some(self, event: OutageEvent) -> Sequence[Camera]:
        known = (self._cameras.get(camera_id) for camera_id in sorted(event.down)[:_ASKED])
        return [camera for camera in known if camera is not None]

    def _owner(self, camera: Camera) -> str:
        for contact in self._contacts.for_camera(camera):
            if contact.role is ContactRole.OWNER and contact.contact_name:
                return f"{contact.contact_name} {contact.contact_phone}".strip()
        return addressee_of(camera)
