"""Clips that the basket of a case needs here: kept apart until they are whole and what was cut, then in custody."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.clocks import NOON, FakeClock
from tests.services_stage import BRIPKA_SARI, EXAMPLES, InlineStore
from tmcwall.db import baskets, bookmarks, custody, operations
from tmcwall.domain.bookmark import ClipState
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.officer import Role
from tmcwall.domain.operation import Entity
from tmcwall.services.wanted_clips import BasketClips
from tmcwall.sync.clip_courier import WantedClip

DATA = b"klip" * 1000
CASE = EXAMPLES[Entity.CASE]
CLIP = replace(
    EXAMPLES[Entity.CLIP], state=ClipState.READY, path="2025/k1.mp4", size_bytes=len(DATA),
    sha256=hashlib.sha256(DATA).hexdigest(),
)  # fmt: skip
INVESTIGATOR = replace(BRIPKA_SARI, nrp="12340001", role=Role.INVESTIGATOR)


@pytest.fixture
def wanted(store: InlineStore, clock: FakeClock, tmp_path: Path) -> BasketClips:
    for value in (CASE, EXAMPLES[Entity.BOOKMARK], CLIP, EXAMPLES[Entity.BASKET_ITEM]):
        store.do(partial(operations.change, value=value, actor="os:root", at=NOON))
    return BasketClips(store=store, clips=tmp_path, clock=clock)


def asked(wanted: BasketClips) -> Sequence[WantedClip]:
    wanted.want(CASE.id, officer=INVESTIGATOR.nrp)
    return wanted.wanted()


def test_nothing_is_wanted_before_somebody_looks_at_a_basket(wanted: BasketClips) -> None:
    assert wanted.wanted() == ()
    assert asked(wanted) == [WantedClip("k1", len(DATA), 0)]


def test_a_clip_that_is_here_is_not_wanted(wanted: BasketClips, tmp_path: Path) -> None:
    (tmp_path / "2025").mkdir()
    (tmp_path / "2025/k1.mp4").write_bytes(DATA)
    assert asked(wanted) == []


def test_what_is_whole_comes_to_its_place_and_into_custody(wanted: BasketClips, store, tmp_path: Path) -> None:
    asked(wanted)
    wanted.take("k1", DATA[:1000], offset=0)
    assert asked(wanted) == [WantedClip("k1", len(DATA), 1000)]
    assert not (tmp_path / CLIP.path).exists()
    wanted.take("k1", DATA[1000:], offset=1000)
    assert wanted.arrived("k1")
    assert (tmp_path / CLIP.path).read_bytes() == DATA
    row = store.do(lambda session: custody.about(session, "clip/k1"))[-1]
    assert (row.action, row.actor) == (CustodyAction.CLIP_FETCHED, INVESTIGATOR.nrp)
    assert asked(wanted) == []


def test_of_what_is_not_what_was_cut_nothing_stays(wanted: BasketClips, tmp_path: Path) -> None:
    asked(wanted)
    wanted.take("k1", DATA[:-1] + b"x", offset=0)
    assert not wanted.arrived("k1")
    assert asked(wanted) == [WantedClip("k1", len(DATA), 0)]
    assert not (tmp_path / CLIP.path).exists()


def test_a_piece_that_comes_again_takes_the_place_of_the_first(wanted: BasketClips, tmp_path: Path) -> None:
    asked(wanted)
    wanted.take("k1", DATA[:2000], offset=0)
    wanted.take("k1", DATA[1000:], offset=1000)
    assert wanted.arrived("k1")
    assert (tmp_path / CLIP.path).read_bytes() == DATA


def test_what_a_basket_needs_goes_up_to_the_server_first(store: InlineStore) -> None:
    old, tag = replace(CLIP, id="k0", bookmark_id="b0"), EXAMPLES[Entity.BOOKMARK]
    values = [CASE, replace(tag, id="b0"), tag, old, CLIP]
    for value in (*values, EXAMPLES[Entity.BASKET_ITEM]):
        store.do(partial(operations.change, value=value, actor=INVESTIGATOR.nrp, at=NOON))
    assert [clip.id for clip in store.do(bookmarks.clips_to_upload)] == ["k1", "k0"]
    assert len(store.do(partial(baskets.of_case, case_id=CASE.id))) == 1
