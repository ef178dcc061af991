"""Where a camera may stand: the allowed networks, never this machine, its links or a cloud's metadata."""

from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.address import AddressRule
from tmcwall.domain.fault import Fault, FaultCode

CITY = AddressRule.of(["10.0.0.0/8", "192.168.0.0/16", "fc00::/7"])


@pytest.mark.parametrize(
    "host", ["10.1.2.3", "192.168.7.9", "[fd12::7]", "kamera-1.dishub.example", "nvr_lama", "10.cam"]
)
def test_a_camera_in_the_citys_networks_or_by_name_is_accepted(host: str) -> None:
    CITY.check_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST.", "cam.localhost", "[::1]", "0.0.0.0", "[::]",
        "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "10.0.1", "010.0.0.1",
        "169.254.1.1", "169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "100.100.100.200", "224.0.0.1", "[ff02::1]",
        "255.255.255.255", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
        "8.8.8.8", "[2001:4860:4860::8888]", "[fe80::1%eth0]", "1:2",
    ],
)  # fmt: skip
def test_an_address_elsewhere_or_spelled_strangely_is_forbidden(host: str) -> None:
    with pytest.raises(Fault) as caught:
        CITY.check_host(host)
    assert caught.value.code is FaultCode.ADDRESS_FORBIDDEN


def test_an_address_that_is_carried_in_ipv6_counts_as_what_it_is() -> None:
    CITY.check_host("[::ffff:10.0.0.1]")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "8.8.8.8", "cam.example"])
def test_view_may_open_this_machine_and_any_network(host: str) -> None:
    AddressRule.anywhere().check_host(host)


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "0.0.0.0", "[::ffff:169.254.169.254]", "127.1"])
def test_even_view_opens_no_link_local_or_metadata_address(host: str) -> None:
    with pytest.raises(Fault):
        AddressRule.anywhere().check_host(host)


@given(st.ip_addresses(v=4))
def test_no_spelling_of_an_address_slips_past_the_rule(address: IPv4Address) -> None:
    def accepted(host: str) -> bool:
        try:
            CITY.check_host(host)
        except Fault:
            return False
        return True

    plain = accepted(str(address))
    assert plain == accepted(f"[::ffff:{address}]")
    assert not accepted(str(int(address)))
    assert not accepted(hex(int(address)))


def test_what_a_name_resolves_to_is_checked_too() -> None:
    with pytest.raises(Fault):
        CITY.check_address(ip_address("127.0.0.1"))
