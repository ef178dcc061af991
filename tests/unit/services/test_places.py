"""Places of incidents: found by their words where these mean one thing, and never otherwise."""

import pytest

from tests.services_stage import BRIPKA_SARI, EXAMPLES, PURWOSARI, FakeEyes, camera, incident
from tmcwall.db import incidents as incident_rows
from tmcwall.domain.camera import Position
from tmcwall.domain.incident import Place
from tmcwall.domain.operation import Entity
from tmcwall.domain.region import Regions
from tmcwall.services.incidentdesk import IncidentDesk
from tmcwall.services.places import PlaceBook
from tmcwall.workstation import region_lines

REGIONS = Regions.from_lines(region_lines())
RT = Place(text="RT 3 RW 5 Purwosari, Laweyan")


class Eyes(FakeEyes):
    def all(self):
        return self.cameras


@pytest.fixture
def eyes(qapp):
    return Eyes(camera())


@pytest.fixture
def places(store, changes, eyes, qtbot):
    places = PlaceBook(REGIONS, store=store, changes=changes, cameras=eyes, area=("33.72",))
    with qtbot.waitSignal(places.changed):
        places.start()
    yield places
    places.stop()


@pytest.fixture
def desk(store, changes, eyes, duty, clock, places, qtbot):
    desk = IncidentDesk(store=store, changes=changes, cameras=eyes, duty=duty, clock=clock, places=places)
    with qtbot.waitSignal(desk.listed):
        desk.start()
    yield desk
    desk.stop()


def test_an_incident_without_position_has_one_where_its_words_mean_one_place(desk, store, qtbot):
    with qtbot.waitSignal(desk.arrived):
        store.receive(EXAMPLES[Entity.NEIGHBOURHOOD], incident(place=Place(text="Purwosari, Laweyan")))
    shown = desk.get("INC-1")
    assert shown.place.position == REGIONS.by_code("33.72.01.1007").centre
    assert (shown.place.accuracy_m, shown.place.adm4) == (1000.0, "33.72.01.1007")
    assert desk.is_found_by_words("INC-1")
    assert store.do(lambda session: incident_rows.get(session, "INC-1")).place == Place(text="Purwosari, Laweyan")


def test_a_list_that_comes_in_makes_the_place_of_an_open_incident_better(desk, store, qtbot):
    with qtbot.waitSignal(desk.arrived):
        store.receive(incident(place=RT))
    with qtbot.waitSignal(desk.changed) as changed:
        store.receive(EXAMPLES[Entity.NEIGHBOURHOOD])
    assert (changed.args[0].place.position, changed.args[0].place.accuracy_m) == (PURWOSARI, 75.0)


def test_where_the_words_mean_several_places_there_is_none_until_an_officer_chooses(desk, store, qtbot):
    with qtbot.waitSignal(desk.arrived) as arrived:
        store.receive(incident(place=Place(text="RT 1 RW 2 Kauman")))
    assert arrived.args[0].place.position is None
    found = desk.meanings("INC-1").candidates
    chosen = next(one for one in found if one.town == "Kota Surakarta")
    with qtbot.waitSignal(desk.changed):
        desk.put_place("INC-1", chosen.place("RT 1 RW 2 Kauman"))
    stored = store.do(lambda session: incident_rows.get(session, "INC-1"))
    assert (stored.place.adm4, stored.place.rw, stored.place.position) == ("33.72.03.1009", "002", chosen.position)
    assert desk.meanings("INC-1").candidates == ()


def test_taking_up_an_incident_does_not_write_the_place_that_was_found(desk, store, qtbot):
    with qtbot.waitSignal(desk.arrived):
        store.receive(incident(place=RT))
    with qtbot.waitSignal(desk.changed):
        desk.acknowledge("INC-1")
    assert desk.get("INC-1").place.position is not None
    stored = store.do(lambda session: incident_rows.get(session, "INC-1"))
    assert (stored.place, stored.acknowledged_by) == (RT, BRIPKA_SARI.nrp)


def test_a_place_of_another_town_is_known_as_such(places):
    assert places.elsewhere(Place(adm4="33.74.13.1003")).town == "Kota Semarang"
    assert places.elsewhere(Place(position=Position(-6.985, 110.38))).town == "Kota Semarang"
    assert places.elsewhere(Place(position=PURWOSARI)) is None
    assert places.elsewhere(Place(text="entah")) is None


def test_the_position_of_an_rt_falls_back_to_its_kelurahan(places, store, qtbot):
    centre = REGIONS.by_code("33.72.01.1007").centre
    assert places.position_of("33.72.01.1007", "005", "003") == centre
    with qtbot.waitSignal(places.changed):
        store.receive(EXAMPLES[Entity.NEIGHBOURHOOD], EXAMPLES[Entity.LANDMARK])
    assert places.position_of("33.72.01.1007", "005", "003") == PURWOSARI
    assert [one.name for one in places.landmarks] == ["Simpang Gendengan"]
