from tmcwall.containers.hls import Variant
from tmcwall.video.ipc.timeline import NS
from tmcwall.video.sessions.variant_history import VariantHistory

A, B, C = (Variant(f"http://h/{name}.m3u8?token=1") for name in "abc")
A_LATER = Variant("http://h/a.m3u8?token=2")


def test_variants_that_failed_lately_are_tried_last():
    history = VariantHistory()
    history.failed(A, 0)
    assert history.in_turn([A_LATER, B, C], 60 * NS) == [B, C, A_LATER]


def test_variants_that_all_failed_are_tried_in_their_own_order():
    history = VariantHistory()
    for variant in (C, A, B):
        history.failed(variant, 0)
    assert history.in_turn([A, B, C], NS) == [A, B, C]


def test_a_variant_has_its_place_again_once_it_gives_pictures_or_after_ten_minutes():
    history = VariantHistory()
    history.failed(A, 0)
    history.failed(B, 0)
    history.worked(B)
    assert history.in_turn([A, B], NS) == [B, A]
    assert history.in_turn([A, B], 601 * NS) == [A, B]
