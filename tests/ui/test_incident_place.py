"""What stands below the selected incident: its place, the chooser, its cameras and whom to call."""

import pytest
from PySide6.QtCore import QObject, Qt, Signal

from tests.afternoon import REGIONS, make_incident
from tests.fake_services import FakeContacts, FakeIncidentDesk
from tests.ui.onscreen import button, choose, words
from tmcwall.domain.contact import Contact, ContactRole
from tmcwall.domain.incident import Place
from tmcwall.domain.place_names import Candidate, Finding, PlaceNames
from tmcwall.domain.raising import Raised
from tmcwall.domain.region import Regions
from tmcwall.texts import Language, Translator
from tmcwall.ui.actions import Actions
from tmcwall.ui.console.camera_tree import region_names
from tmcwall.ui.console.incident_panel import IncidentPanel
from tmcwall.ui.console.incident_place import IncidentPlace
from tmcwall.workstation import region_lines

SAY = Translator(Language.ID)
NAMES = PlaceNames(Regions.from_lines(region_lines()))
KAUMAN = Place(text="RT 1 RW 2 Kauman")


class Desk(FakeIncidentDesk):
    def __init__(self, *incidents):
        super().__init__(incidents)
        self.places = []
        self.by_words = False

    def is_found_by_words(self, _incident_id):
        return self.by_words

    def meanings(self, incident_id):
        place = self.incidents[incident_id].place
        return Finding() if place.position else NAMES.of_place(place)

    def put_place(self, incident_id, place):
        self.places.append((incident_id, place))


class Places(QObject):
    changed = Signal()
    outside: Candidate | None = None

    def elsewhere(self, _place):
        return self.outside


class RaisedOnes(QObject):
    changed = Signal()
    one = None

    def of(self, _incident_id):
        return self.one


class Spots(QObject):
    recorded = Signal(object)
    found = None

    def hit(self, _incident_id):
        return self.found


class Contacts(FakeContacts):
    def for_place(self, place):
        return [one for one in self.all() if one.answers_at(place.adm4, place.rw, place.rt)]


@pytest.fixture
def shown(desk, qtbot):
    """Builds the panel with one incident, and gives it with what stands behind it."""

    def show(place, *contacts):
        incident = make_incident(1, place=place)
        incidents, places, raised, spots = Desk(incident), Places(), RaisedOnes(), Spots()
        directory = Contacts(*contacts)
        actions = Actions(SAY)
        panel = IncidentPanel(
            incidents, desk.cameras, desk.duty, desk.personal, actions=actions, clock=desk.clock,
            region_name=region_names(REGIONS), translate=SAY,
        )  # fmt: skip
        actions.setParent(panel)
        qtbot.addWidget(panel)
        IncidentPlace(
            panel,
            incidents,
            places=places,
            raised=raised,
            blind_spots=spots,
            contacts=directory,
            translate=SAY,
            parent=panel,
        )
        panel.resize(430, 900)
        panel.show()
        panel.select(incident.id)
        return panel, incidents, places, raised, spots, directory

    return show


def test_a_place_that_means_several_is_chosen_by_an_officer_with_kecamatan_and_town(shown, qtbot):
    panel, desk, *_ = shown(KAUMAN)
    assert any(line.startswith("Tempat belum dipastikan: ") and "Pilih satu" in line for line in words(panel))
    assert not button(panel, "Pakai tempat ini").isEnabled()
    choose(panel, "Kemungkinan tempat", "RT 001/RW 002 Kauman, Pasar Kliwon, Kota Surakarta (kira-kira, ± 1.000 m)")
    qtbot.mouseClick(button(panel, "Pakai tempat ini"), Qt.MouseButton.LeftButton)
    ((_id, place),) = desk.places
    assert (place.adm4, place.rw, place.rt, place.text) == ("33.72.03.1009", "002", "001", KAUMAN.text)


def test_a_wrong_kecamatan_and_an_unknown_place_are_said(shown):
    panel, *_ = shown(Place(text="RT 008/RW 003 Kuningan, Sumatera Utara"))
    assert any("laporan menyebut Sumatera Utara" in line for line in words(panel))
    panel, *_ = shown(Place(text="di depan rumah"))
    assert "Tempat belum dipastikan: tulisannya tidak dikenal." in words(panel)


def test_the_accuracy_the_cameras_the_repeats_and_another_town_are_said(shown):
    found = NAMES.find("Krapyak, Semarang Barat").settled
    panel, desk, places, raised, spots, _ = shown(found.place("Krapyak"))
    desk.by_words = True
    places.outside = NAMES.find("Krapyak, Semarang Barat").candidates[0]
    raised.one = Raised(make_incident(1), ("a", "b"), 1200.0, repeats=12)
    raised.changed.emit()
    (lines,) = (line for line in words(panel) if "± 1.000 m" in line)
    assert lines.split("\n") == [
        "Letak dari tulisan, ketelitian ± 1.000 m.",
        "Di luar wilayah kantor ini: Semarang Barat, Kota Semarang.",
        "Naik sendiri: 2 kamera dalam 1.200 m.",
        "Laporan serupa: 12.",
    ]
    raised.one, spots.found = None, object()
    raised.changed.emit()
    assert any("tercatat sebagai titik buta" in line for line in words(panel))


def test_contacts_of_the_neighbourhood_are_named_only_to_who_may_see_them(shown):
    rt = Contact("p1", ContactRole.KETUA_RT, "Pak Darmo", "0271000001", "33.72.01.1007", "005", "003")
    other = Contact("p2", ContactRole.KETUA_RT, "Bu Tini", "0271000002", "33.72.01.1007", "005", "004")
    rw = Contact("p3", ContactRole.POLISI_RW, "Aiptu Joko", "0271000003", "33.72.01.1007", "005")
    panel, *_, contacts = shown(Place(adm4="33.72.01.1007", rw="005", rt="003", text="x"), rt, other, rw)
    (lines,) = (line for line in words(panel) if "Pak Darmo" in line)
    assert lines == "Ketua RT RT 003/RW 005: Pak Darmo, 0271000001\nPolisi RW RW 005: Aiptu Joko, 0271000003"
    contacts.may_read = False
    contacts.changed.emit()
    assert not any("Darmo" in line or "0271" in line for line in words(panel))
    assert any("Ketua RT RT 003/RW 005: hanya untuk yang berhak" in line for line in words(panel))
