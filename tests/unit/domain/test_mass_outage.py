"""Cameras that died together are one event with its likely cause; each dead camera is in exactly one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import NOON
from tests.services_stage import camera
from tmcwall.domain.camera import Owner
from tmcwall.domain.mass_outage import (
    Attachment,
    Death,
    OutageCause,
    OutageRegister,
    attachment_of,
    group_deaths,
)

SECOND = timedelta(seconds=1)


def city(*, networks: int = 6, hosts: int = 4, channels: int = 4) -> dict[str, Attachment]:
    """Recorders with their channels, in networks; two networks a kecamatan, every second recorder a bank's."""
    return {
        f"{network}.{host}.{channel}": Attachment(
            f"10.0.{network}.{host}",
            f"10.0.{network}.0/24",
            f"33.72.0{network // 2 + 1}",
            "bank" if host % 2 else "dishub",
        )
        for network in range(networks)
        for host in range(hosts)
        for channel in range(channels)
    }


CITY = city()


def dead(chosen: Mapping[str, Attachment] = CITY, **of: str) -> list[Death]:
    """Those of the city whose attachment has these values, a tenth of a second apart."""
    found = [one for one, attached in chosen.items() if all(getattr(attached, key) == of[key] for key in of)]
    return [Death(one, NOON + SECOND * place / 10) for place, one in enumerate(found)]


def causes(deaths: list[Death]) -> list[tuple[OutageCause, str, int]]:
    return [(one.cause, one.subject, len(one.camera_ids)) for one in group_deaths(deaths, CITY)]


@pytest.mark.parametrize(
    ("deaths", "expected"),
    [
        (dead(host="10.0.1.2"), (OutageCause.RECORDER, "10.0.1.2", 4)),
        (dead(network="10.0.3.0/24"), (OutageCause.NETWORK, "10.0.3.0/24", 16)),
        (dead(area="33.72.02"), (OutageCause.AREA, "33.72.02", 32)),
        (dead(owner="bank"), (OutageCause.OWNER, "bank", 48)),
        (dead(), (OutageCause.UPLINK, "*", 96)),
    ],
)
def test_the_cause_is_what_the_dead_have_in_common_and_the_living_have_not(deaths, expected) -> None:
    assert causes(deaths) == [expected]


def test_nearly_all_that_are_watched_is_our_own_uplink() -> None:
    assert causes(dead()[:-4])[0] == (OutageCause.UPLINK, "*", 92)


def test_two_recorders_of_two_networks_are_two_events() -> None:
    found = causes(dead(host="10.0.1.2") + dead(host="10.0.4.3"))
    assert found == [(OutageCause.RECORDER, "10.0.1.2", 4), (OutageCause.RECORDER, "10.0.4.3", 4)]


def test_a_few_of_a_recorder_that_works_died_alone() -> None:
    assert causes(dead(host="10.0.1.2")[:2]) == [(OutageCause.SINGLE, "1.2.0", 1), (OutageCause.SINGLE, "1.2.1", 1)]


def test_what_died_a_minute_later_is_another_event() -> None:
    later = [Death(one.camera_id, one.at + 70 * SECOND) for one in dead(host="10.0.1.3")]
    assert causes(dead(host="10.0.1.2") + later) == [
        (OutageCause.RECORDER, "10.0.1.2", 4),
        (OutageCause.RECORDER, "10.0.1.3", 4),
    ]


deaths_of_a_city = st.lists(
    st.builds(
        Death,
        st.sampled_from([*CITY, "unknown"]),
        st.integers(0, 400).map(lambda second: NOON + SECOND * second),
    ),
    max_size=120,
)


@given(deaths_of_a_city, st.randoms())
def test_every_dead_camera_is_in_exactly_one_event_and_the_order_does_not_matter(deaths, random) -> None:
    events = group_deaths(deaths, CITY)
    assert sorted(one for event in events for one in event.camera_ids) == sorted({one.camera_id for one in deaths})
    shuffled = list(deaths)
    random.shuffle(shuffled)
    assert group_deaths(shuffled, CITY) == events


def test_4470_deaths_of_a_uplink_are_one_event() -> None:
    large = city(networks=80, hosts=14)
    (event,) = group_deaths([Death(one, NOON) for one in large], large)
    assert (event.cause, len(event.camera_ids)) == (OutageCause.UPLINK, 4480)


@pytest.fixture
def register() -> OutageRegister:
    return OutageRegister()


def test_what_dies_soon_after_joins_the_event_and_names_another_cause(register) -> None:
    first = register.take(dead(host="10.0.1.2"), watched=CITY, now=NOON + 5 * SECOND)
    rest = [Death(one.camera_id, one.at + 20 * SECOND) for one in dead(network="10.0.1.0/24")]
    (event,) = register.take(rest, watched=CITY, now=NOON + 30 * SECOND)
    assert [one.cause for one in first] == [OutageCause.RECORDER]
    assert (event.cause, len(event.down)) == (OutageCause.NETWORK, 16)


def test_a_camera_that_comes_back_for_a_moment_is_in_the_same_event(register) -> None:
    (event,) = register.take(dead(host="10.0.1.2"), watched=CITY, now=NOON)
    flapping = "1.2.0"
    (during,) = register.take([], returned=[flapping], watched=CITY, now=NOON + 300 * SECOND)
    again = [Death(flapping, NOON + 330 * SECOND)]
    (after,) = register.take(again, watched=CITY, now=NOON + 330 * SECOND)
    assert (len(during.down), during.id) == (3, event.id)
    assert after == event


def test_an_event_ends_when_its_cameras_are_back_or_nobody_looks_at_them(register) -> None:
    register.take(dead(host="10.0.1.2"), watched=CITY, now=NOON)
    assert register.take([], returned=["1.2.0", "1.2.1"], forgotten=["1.2.2"], watched=CITY, now=NOON + SECOND)
    assert register.take([], returned=["1.2.3"], watched=CITY, now=NOON + 70 * SECOND) == ()
    assert register.take([], watched=CITY, now=NOON + 140 * SECOND) == ()
    (new,) = register.take(dead(host="10.0.1.2"), watched=CITY, now=NOON + 150 * SECOND)
    assert len(new.camera_ids) == 4


def test_a_camera_that_was_back_for_good_and_dies_again_is_in_one_event_only(register) -> None:
    register.take(dead(host="10.0.1.2"), watched=CITY, now=NOON)
    register.take([], returned=["1.2.0"], watched=CITY, now=NOON + SECOND)
    register.take([], watched=CITY, now=NOON + 200 * SECOND)
    again = [Death("1.2.0", NOON + 300 * SECOND)]
    events = register.take(again, forgotten=["1.2.1"], watched=CITY, now=NOON + 300 * SECOND)
    assert [sorted(one.down) for one in events] == [["1.2.2", "1.2.3"], ["1.2.0"]]


def test_a_camera_is_attached_by_its_address_its_place_and_its_owner() -> None:
    one = camera(url="rtsp://10.1.2.3:554/ch1", adm4="33.72.01.1007", owner=Owner.BANK)
    assert attachment_of(one) == Attachment("10.1.2.3", "10.1.2.0/24", "33.72.01", "bank")
    assert attachment_of(camera(url="https://cam.example/live.m3u8")).network == "cam.example"
    assert attachment_of(camera(url="rtsp://[fd00::1]/x")).network == "fd00::/64"
