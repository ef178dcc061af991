import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.fault import Fault
from tmcwall.rtsp.rtcp import (
    Bye,
    ReceiverReport,
    ReportBlock,
    SenderReport,
    bye,
    key_request,
    ntp_from_unix,
    parse,
    receiver_report,
    sender_report,
)


@pytest.mark.parametrize("moment", [1_741_590_000.25, 2_085_978_497.0])
def test_a_sender_report_tells_the_cameras_clock_also_after_2036(moment):
    sent = SenderReport(7, ntp_from_unix(moment), 90_000, 10, 2000)
    (report,) = parse(sender_report(sent, name="kamera"))
    assert report == sent
    assert report.unix_s == pytest.approx(moment, abs=1e-3)


def test_a_receiver_report_is_read_back():
    sent = ReceiverReport(9, (ReportBlock(7, 12, -3, 70_000, 40, 5, 6),))
    assert parse(receiver_report(sent, name="tmcwall")) == [sent]


def test_a_goodbye_behind_a_report_is_read():
    data = receiver_report(ReceiverReport(9), name="abc") + bye(9)
    assert parse(data) == [ReceiverReport(9), Bye((9,))]


@pytest.mark.parametrize("data", [b"\x80", b"\x00\xc8\0\0", b"\x80\xc8\x00\x09", b"\x80\xc8\0\0", b"\x81\xcb\0\0"])
def test_a_packet_cut_short_is_refused(data):
    with pytest.raises(Fault):
        parse(data)


@given(st.binary(max_size=80))
def test_any_bytes_raise_only_faults(data):
    with contextlib.suppress(Fault):
        parse(data)


def test_a_key_picture_is_asked_for_in_both_ways_behind_a_report():
    sent = receiver_report(ReceiverReport(9), name="tmcwall")
    asked = key_request(9, 0x1234)
    assert asked.hex() == "81ce00020000000900001234" + "84ce0004000000090000000000001234" + "00000000"
    assert parse(sent + asked) == [ReceiverReport(9)]
