"""The timelines of cameras are read together: clips, recording, history, tags, incidents."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from tests.clocks import NOON
from tests.services_stage import BRIPKA_SARI, EXAMPLES, InlineStore, incident
from tmcwall.db import health, operations
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.footage_timeline import Event, EventKind, Footage, FootageSource, Piece, Span, Spell
from tmcwall.domain.history import CameraState, HealthChange
from tmcwall.domain.operation import Entity
from tmcwall.services.footage_tracks import CameraTrack, FootageTracks

MINUTE = Span(NOON, NOON + timedelta(seconds=60))


def at(second: float):
    return NOON + timedelta(seconds=second)


def recorded(camera_id: str, _shown: Span) -> Footage | None:
    return Footage(Span(at(0), at(30)), FootageSource.RECORDING) if camera_id == "CAM-1" else None


@pytest.fixture
def tracks(qapp, store: InlineStore) -> Iterator[FootageTracks]:
    tracks = FootageTracks(store=store, recorded=recorded)
    tracks.start()
    yield tracks
    tracks.stop()


@pytest.fixture
def read(tracks: FootageTracks) -> list[tuple[Span, Sequence[CameraTrack]]]:
    answers: list[tuple[Span, Sequence[CameraTrack]]] = []

    def note(shown: Span, found: Sequence[CameraTrack]) -> None:
        answers.append((shown, found))

    tracks.tracks_read.connect(note)
    return answers


def test_a_track_has_all_that_is_known_of_its_camera(tracks, read, store: InlineStore, qtbot: QtBot) -> None:
    tag = replace(EXAMPLES[Entity.BOOKMARK], starts_at=at(10), ends_at=at(50), incident_id="INC-1")
    other = Bookmark("b9", "CAM-1", "Pos", at(90), at(99), at(90), BRIPKA_SARI.nrp)
    clip = Clip("k1", tag.id, ClipState.READY, first_packet_at=at(10), last_packet_at=at(50))
    for value in (incident(called_at=at(5)), tag, other, clip):
        store.do(partial(operations.change, value=value, actor=BRIPKA_SARI.nrp, at=NOON))
    changes = [HealthChange("CAM-1", at(-9), CameraState.WORKING), HealthChange("CAM-1", at(20), CameraState.BLACK)]
    store.do(lambda session: health.add(session, changes, [], at=at(60)))
    tracks.ask_tracks([("CAM-1", "Pos 1"), ("CAM-2", "Pos 2")], MINUTE)
    qtbot.waitUntil(lambda: bool(read))
    ((shown, (first, second)),) = read
    assert (shown, first.name, second.name) == (MINUTE, "Pos 1", "Pos 2")
    assert first.track.pieces == (
        Piece(Span(at(0), at(10)), FootageSource.RECORDING),
        Piece(Span(at(10), at(50)), FootageSource.CLIP),
        Piece(Span(at(50), at(60))),
    )
    assert first.track.spells == (
        Spell(Span(at(0), at(20)), CameraState.WORKING), Spell(Span(at(20), at(60)), CameraState.BLACK),
    )  # fmt: skip
    assert first.track.events == (
        Event(at(5), EventKind.INCIDENT, "INC-1"),
        Event(at(10), EventKind.TAG, tag.id),
        Event(at(20), EventKind.STATE, "black"),
    )
    assert second.track.pieces == (Piece(MINUTE),)


def test_only_the_newest_question_is_answered(tracks, read, qtbot: QtBot) -> None:
    later = Span(at(60), at(120))
    tracks.ask_tracks([("CAM-1", "Pos 1")], MINUTE)
    tracks.ask_tracks([("CAM-2", "Pos 2")], later)
    qtbot.waitUntil(lambda: bool(read))
    assert [(shown, [one.name for one in found]) for shown, found in read] == [(later, ["Pos 2"])]


def test_a_store_that_cannot_be_read_is_told(tracks, store: InlineStore, qtbot: QtBot) -> None:
    refusals: list[Fault] = []
    tracks.refused.connect(refusals.append)
    store.failing = Fault(FaultCode.STORE_LOCKED)
    tracks.ask_tracks([("CAM-1", "Pos 1")], MINUTE)
    qtbot.waitUntil(lambda: bool(refusals))
    assert refusals[0].code is FaultCode.STORE_LOCKED
