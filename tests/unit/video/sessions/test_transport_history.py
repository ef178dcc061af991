"""TCP or UDP: what is asked of a camera, and what is remembered of it."""

import pytest

from tmcwall.domain.source import TransportPreference
from tmcwall.rtsp.transport import Lower
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.sessions.transport_history import TransportHistory

TCP, UDP = Lower.TCP, Lower.UDP


def source(url="rtsp://192.0.2.7/sub", transport=TransportPreference.UDP):
    return StreamUrl(url, transport=transport)


@pytest.mark.parametrize(
    ("transport", "order"),
    [(TransportPreference.AUTO, (TCP, UDP)), (TransportPreference.TCP, (TCP,)), (TransportPreference.UDP, (UDP, TCP))],
)
def test_a_camera_is_asked_for_what_its_list_says(transport, order):
    assert TransportHistory().order("CAM-1", source(transport=transport)) == order


@pytest.mark.parametrize("transport", TransportPreference)
def test_over_tls_packets_stay_in_the_connection(transport):
    assert TransportHistory().order("CAM-1", source("rtsps://192.0.2.7/sub", transport)) == (TCP,)


def test_where_nothing_came_over_udp_tcp_is_asked_for_first_for_both_streams_of_the_camera():
    transport_history = TransportHistory()
    transport_history.silent("CAM-1", source())
    assert transport_history.order("CAM-1", source()) == (TCP, UDP)
    assert transport_history.order("CAM-1", source("rtsp://192.0.2.7/main")) == (TCP, UDP)


def test_a_camera_whose_list_says_another_way_now_is_still_asked_for_tcp_first():
    transport_history = TransportHistory()
    transport_history.silent("CAM-1", source())
    assert transport_history.order("CAM-1", source(transport=TransportPreference.AUTO)) == (TCP, UDP)
    assert transport_history.order("CAM-1", source(transport=TransportPreference.TCP)) == (TCP,)


def test_another_camera_and_the_same_camera_elsewhere_are_asked_for_udp():
    transport_history = TransportHistory()
    transport_history.silent("CAM-1", source())
    assert transport_history.order("CAM-2", source()) == (UDP, TCP)
    assert transport_history.order("CAM-1", source("rtsp://192.0.2.8/sub")) == (UDP, TCP)
