import pytest

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.sim.faults import Order, Trouble, make_order, parse_order


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("CAM-1=stall", Order("CAM-1", Trouble.STALL)),
        ("CAM-1=freeze:20", Order("CAM-1", Trouble.FREEZE, 20.0)),
        ("CAM-1=drop", Order("CAM-1", Trouble.DROP, 5.0)),
        ("CAM-1=drop:0.5", Order("CAM-1", Trouble.DROP, 0.5)),
        ("CAM-1=loss", Order("CAM-1", Trouble.LOSS, amount=5.0)),
        ("CAM-1=loss:20", Order("CAM-1", Trouble.LOSS, amount=20.0)),
        ("CAM-1=reorder:3", Order("CAM-1", Trouble.REORDER, 3.0)),
        ("CAM-1=redirect:rtsp://k:1/x", Order("CAM-1", Trouble.REDIRECT, url="rtsp://k:1/x")),
    ],
)
def test_an_order_names_camera_trouble_and_argument(text, order):
    assert parse_order(text) == order


def test_an_unknown_trouble_is_refused():
    with pytest.raises(DomainError) as caught:
        make_order("CAM-1", "explode")
    assert caught.value.code is DomainCode.FAULT_UNKNOWN


@pytest.mark.parametrize(
    "text", ["stall", "=stall", "CAM-1=stall:soon", "CAM-1=stall:-1", "CAM-1=stall:nan", "CAM-1=loss:101"]
)
def test_a_malformed_order_is_refused(text):
    with pytest.raises(DomainError) as caught:
        parse_order(text)
    assert caught.value.code is DomainCode.FIELD_INVALID
