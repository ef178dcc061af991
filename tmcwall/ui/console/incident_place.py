"""Below the selected incident: where it is, what its words may mean, which cameras came up, and whom to call there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tmcwall.domain.blind_spot import BlindSpotHit
from tmcwall.domain.contact import Contact
from tmcwall.domain.incident import Incident, Place
from tmcwall.domain.place_names import Candidate, Finding
from tmcwall.domain.raising import Raised
from tmcwall.domain.region import Kelurahan
from tmcwall.texts import Translator
from tmcwall.texts import contacts as contact_texts
from tmcwall.texts import places as texts
from tmcwall.texts.numbers import whole_number
from tmcwall.ui import theme
from tmcwall.ui.console.incident_panel import IncidentPanel
from tmcwall.ui.console.parts import plain_label

_MOST_CONTACTS = 6


class Desk(Protocol):
    """The part of `IncidentDesk` that settles places."""

    @property
    def changed(self) -> SignalInstance: ...
    def get(self, incident_id: str) -> Incident | None: ...
    def is_found_by_words(self, incident_id: str) -> bool: ...
    def meanings(self, incident_id: str) -> Finding: ...
    def put_place(self, incident_id: str, place: Place) -> None: ...


class PlaceService(Protocol):
    """The part of `PlaceBook` that knows the station's area."""

    @property
    def changed(self) -> SignalInstance: ...
    def elsewhere(self, place: Place) -> Kelurahan | None: ...


class RaisedService(Protocol):
    """The part of `RaisedCameras` that is said."""

    @property
    def changed(self) -> SignalInstance: ...
    def of(self, incident_id: str) -> Raised | None: ...


class BlindSpotService(Protocol):
    """The part of `BlindSpots` that is said."""

    @property
    def recorded(self) -> SignalInstance: ...
    def hit(self, incident_id: str) -> BlindSpotHit | None: ...


class ContactService(Protocol):
    """The part of `Contacts` that is said; names only for officers who may see them."""

    @property
    def changed(self) -> SignalInstance: ...
    @property
    def may_read(self) -> bool: ...
    def for_place(self, place: Place) -> Sequence[Contact]: ...


class PlaceView(QWidget):
    """Lines of words, and a chooser where its words mean several places."""

    chosen = Signal(object)
    """Candidate."""

    def __init__(self, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._translate = translate
        self._candidates: Sequence[Candidate] = ()
        self._state = plain_label("")
        self._state.setWordWrap(True)
        self._box = QComboBox()
        self._box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._box.setAccessibleName(translate(texts.CHOICES))
        self._box.currentIndexChanged.connect(self._enable)
        self._use = QPushButton(translate(texts.USE))
        self._use.clicked.connect(self._choose)
        self._contacts = plain_label("", soft=True)
        self._contacts.setWordWrap(True)
        self._contacts.setAccessibleName(translate(texts.CONTACTS))
        row = QHBoxLayout()
        row.setSpacing(2 * theme.SPACE)
        row.addWidget(self._box, 1)
        row.addWidget(self._use)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(self._state)
        layout.addLayout(row)
        layout.addWidget(self._contacts)
        self.show_place([], (), [])

    def show_place(self, lines: Sequence[str], candidates: Sequence[Candidate], contacts: Sequence[str]) -> None:
        """A chooser that is open keeps what is chosen in it as long as the choices are the same."""
        self._state.setText("\n".join(lines))
        self._state.setVisible(bool(lines))
        if tuple(candidates) != tuple(self._candidates) or not self._box.count():
            self._candidates = tuple(candidates)
            self._box.clear()
            self._box.addItem(self._translate(texts.CHOOSE))
            for one in candidates:
                self._box.addItem(candidate_text(one, self._translate))
        for widget in (self._box, self._use):
            widget.setVisible(bool(candidates))
        self._contacts.setText("\n".join(contacts))
        self._contacts.setVisible(bool(contacts))
        self._enable()

    @Slot()
    def _enable(self) -> None:
        self._use.setEnabled(self._box.currentIndex() > 0)

    @Slot()
    def _choose(self) -> None:
        place = self._box.currentIndex() - 1
        if 0 <= place < len(self._candidates):
            self.chosen.emit(self._candidates[place])


class IncidentPlace(QObject):
    """Ties the queue to what is known of the place of the selected incident."""

    def __init__(
        self,
        panel: IncidentPanel,
        desk: Desk,
        *,
        places: PlaceService,
        raised: RaisedService,
        blind_spots: BlindSpotService,
        contacts: ContactService,
        translate: Translator,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._panel = panel
        self._desk = desk
        self._places = places
        self._raised = raised
        self._blind_spots = blind_spots
        self._contacts = contacts
        self._translate = translate
        self._view = PlaceView(translate)
        panel.add_below(self._view)
        self._view.chosen.connect(self._put)
        for changed in (
            panel.incident_selected, desk.changed, places.changed, raised.changed, blind_spots.recorded,
            contacts.changed,
        ):  # fmt: skip
            changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        incident_id = self._panel.selected
        incident = None if incident_id is None else self._desk.get(incident_id)
        if incident is None:
            self._view.show_place([], (), [])
            return
        finding = self._desk.meanings(incident.id)
        settled = incident.place.position is not None
        self._view.show_place(
            [*self._about_place(incident, finding), *self._about_cameras(incident)],
            () if settled else finding.candidates,
            self._people(incident.place),
        )

    def _about_place(self, incident: Incident, finding: Finding) -> list[str]:
        say, place = self._translate, incident.place
        lines = []
        if place.position is None:
            if finding.contradicted:
                lines.append(say(texts.CONTRADICTED, said=finding.contradicted))
            elif finding.candidates:
                lines.append(say(texts.UNSETTLED_SEVERAL, count=len(finding.candidates)))
            else:
                lines.append(say(texts.UNSETTLED_NOTHING))
        elif place.accuracy_m is not None:
            text = texts.FROM_WORDS if self._desk.is_found_by_words(incident.id) else texts.WITHIN
            lines.append(say(text, metres=whole_number(place.accuracy_m, say)))
        elsewhere = self._places.elsewhere(place)
        if elsewhere is not None:
            lines.append(say(texts.ELSEWHERE, kecamatan=elsewhere.kecamatan, town=elsewhere.town))
        return lines

    def _about_cameras(self, incident: Incident) -> list[str]:
        say, lines = self._translate, []
        raised = self._raised.of(incident.id)
        if raised is not None:
            radius = whole_number(raised.radius_m, say)
            lines.append(say(texts.RAISED, count=len(raised.cameras), radius=radius))
            if raised.repeats:
                lines.append(say(texts.REPEATED, count=raised.repeats))
        elif self._blind_spots.hit(incident.id) is not None:
            lines.append(say(texts.BLIND_SPOT))
        return lines

    def _people(self, place: Place) -> list[str]:
        say, lines = self._translate, []
        for one in self._contacts.for_place(place)[:_MOST_CONTACTS]:
            role, where = say(contact_texts.ROLES[one.role]), _where(one)
            if self._contacts.may_read:
                lines.append(say(texts.CONTACT, role=role, place=where, name=one.contact_name, phone=one.contact_phone))
            else:
                lines.append(say(texts.CONTACT_HIDDEN, role=role, place=where))
        return lines

    @Slot(object)
    def _put(self, candidate: Candidate) -> None:
        incident_id = self._panel.selected
        incident = None if incident_id is None else self._desk.get(incident_id)
        if incident is not None:
            self._desk.put_place(incident.id, candidate.place(incident.place.text))


def candidate_text(one: Candidate, say: Translator) -> str:
    """Always with kecamatan and town: names repeat."""
    words = {"name": one.name, "kecamatan": one.kecamatan or "–", "town": one.town or "–"}
    if one.approximate:
        return say(texts.CANDIDATE_ABOUT, **words, metres=whole_number(one.accuracy_m, say))
    return say(texts.CANDIDATE, **words)


def _where(contact: Contact) -> str:
    return f"RT {contact.rt}/RW {contact.rw}" if contact.rt and contact.rw else f"RW {contact.rw}" if contact.rw else ""
