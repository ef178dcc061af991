"""Evidence packages from the console: seen before, made in a thread, given up without a trace."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from tests.evidence_packages import LP
from tests.evidence_station import INVESTIGATOR, OPERATOR, make_station
from tests.fake_copier import Copier
from tests.services_stage import FakeDuty
from tmcwall.commands.evidence import case_desk_of
from tmcwall.db import annotations as annotation_rows
from tmcwall.db import baskets, bookmarks, custody
from tmcwall.db.store import Session
from tmcwall.domain.annotation import Annotation
from tmcwall.domain.basket import BasketItem, BasketPart
from tmcwall.domain.camera import Owner
from tmcwall.domain.case import case_id, normalise_lp
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.derived_copy import DrawnShape
from tmcwall.domain.fault import DomainCode, FaultCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.target import sticks
from tmcwall.evidence.verification import Verdict
from tmcwall.evidence.verify import verify_package
from tmcwall.services.case_evidence import EvidenceOrder, content_for_package
from tmcwall.services.evidence import EvidenceRoom
from tmcwall.services.evidence_export import EvidenceExport
from tmcwall.services.package_preview import PackagePreview
from tmcwall.workstation import Workstation, open_workstation

SEEKER = Officer(INVESTIGATOR, "Sri Wahyuni", Role.INVESTIGATOR, "Aipda")
ORDER = EvidenceOrder(LP, viewing_copy=False)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Workstation]:
    data = make_station(tmp_path / "data", owner=Owner.BANK)
    with open_workstation(data, clock=SystemClock()) as workstation:
        yield workstation


def export_for(
    station: Workstation,
    *,
    officer: Officer = SEEKER,
    sticks: Sequence[SimpleNamespace] = (),
    room: EvidenceRoom | None = None,
) -> EvidenceExport:
    return EvidenceExport(
        room or case_desk_of(station).room,
        store=station.store,
        duty=FakeDuty(officer),
        clips=station.paths.clips,
        copies=station.paths.copies,
        partitions=lambda: sticks,
    )


@pytest.fixture
def export(qapp, station: Workstation) -> Iterator[EvidenceExport]:
    export = export_for(station)
    yield export
    export.stop()
    assert export.join(10)


def previewed(export: EvidenceExport, qtbot: QtBot) -> PackagePreview:
    with qtbot.waitSignal(export.previewed) as told:
        export.look(LP)
    return told.args[0]


def actions_of(station: Workstation) -> list[CustodyAction]:
    about = f"case/{case_id(normalise_lp(LP))}"
    return [row.action for row in station.store.read(lambda session: custody.about(session, about)).result()]


def test_what_goes_in_is_seen_before_with_its_owner_and_its_size(station, export, qtbot) -> None:
    preview = previewed(export, qtbot)
    assert (preview.lp, len(preview.taken)) == (LP, 2)
    assert preview.private_cameras == ("Simpang Gendengan",)
    assert preview.size_bytes == sum(path.stat().st_size for path in station.paths.clips.rglob("*.mp4"))


def test_a_clip_that_is_not_here_is_seen_as_left_out(station, export, qtbot) -> None:
    next(iter(sorted(station.paths.clips.rglob("*.mp4")))).unlink()
    preview = previewed(export, qtbot)
    assert [clip.left_out for clip in preview.clips] == ["not_here", ""]
    assert len(preview.taken) == 1


def test_a_package_is_whole_when_it_is_told_of(station, export, qtbot, tmp_path) -> None:
    order = EvidenceOrder(LP, consent_number="B/12/2025", viewing_copy=False)
    with qtbot.waitSignals([export.progressed, export.exported]):
        export.export(order, tmp_path / "stik")
        assert export.busy
    (folder,) = (tmp_path / "stik").iterdir()
    key = case_desk_of(station).room.own_key().public
    found = verify_package(folder, signers=[], now=SystemClock().utc())
    assert (found.verdict, found.signed_by.fingerprint) == (Verdict.UNKNOWN_KEY, key.fingerprint)
    assert not export.busy


def fill_basket(station: Workstation) -> tuple[str, datetime]:
    """With a picture of the second clip; its bookmark, and the moment."""

    def put(session: Session) -> tuple[str, datetime]:
        bookmark = bookmarks.of_case(session, case_id(normalise_lp(LP)))[1].bookmark
        item = BasketItem(
            id="i1", case_id=case_id(normalise_lp(LP)), bookmark_id=bookmark.id, part=BasketPart.SNAPSHOT,
            added_by=INVESTIGATOR, added_at=bookmark.marked_at, starts_at=bookmark.marked_at,
            ends_at=bookmark.marked_at, note="motor putih",
        )  # fmt: skip
        baskets.put(session, item, actor=INVESTIGATOR, at=bookmark.marked_at)
        return bookmark.id, bookmark.marked_at

    return station.store.write(put).result()


def test_a_package_of_the_basket_holds_what_is_in_it_with_its_notes_and_marks_it(
    station, qapp, qtbot, tmp_path
) -> None:
    bookmark, moment = fill_basket(station)
    export = export_for(station)
    assert [clip.chosen for clip in previewed(export, qtbot).clips] == [False, True]
    order = EvidenceOrder(LP, consent_number="B/12/2025", viewing_copy=False, basket_only=True)
    with qtbot.waitSignal(export.exported):
        export.export(order, tmp_path / "stik")
    export.stop()
    (folder,) = (tmp_path / "stik").iterdir()
    record = json.loads((folder / "data/record.json").read_text())
    (original,) = record["originals"]
    assert original["footage"]["bookmark"] == bookmark
    (chosen,) = original["footage"]["chosen"]
    assert (chosen["part"], chosen["note"], chosen["by"]) == ("snapshot", "motor putih", INVESTIGATOR)
    assert datetime.fromisoformat(chosen["starts"]["utc"]) == moment
    (item,) = station.store.read(partial(baskets.of_case, case_id=case_id(normalise_lp(LP)))).result()
    assert (item.exported_by, item.exported_package) == (INVESTIGATOR, folder.name)


def test_annotations_go_along_as_a_layer_that_the_record_names_and_the_manifest_covers(
    station, qapp, qtbot, tmp_path
) -> None:
    bookmark, moment = fill_basket(station)
    drawn = Annotation(
        id="a1", bookmark_id=bookmark, shape=DrawnShape.ARROW, starts_at=moment, ends_at=moment, x=0.1, y=0.2, to_x=0.5,
        to_y=0.6, text="pelaku", made_by=INVESTIGATOR, made_at=moment,
    )  # fmt: skip
    station.store.write(partial(annotation_rows.add, annotation=drawn, actor=INVESTIGATOR, at=moment)).result()
    export = export_for(station)
    order = EvidenceOrder(LP, consent_number="B/12/2025", viewing_copy=False, basket_only=True)
    with qtbot.waitSignal(export.exported):
        export.export(order, tmp_path / "stik")
    export.stop()
    (folder,) = (tmp_path / "stik").iterdir()
    (original,) = json.loads((folder / "data/record.json").read_text())["originals"]
    layer = json.loads((folder / original["annotations"]).read_text())
    assert (layer["format"], layer["original"]) == ("tmcwall.annotations/1", original["file"])
    (shown,) = layer["annotations"]
    assert (shown["shape"], shown["text"], shown["by"]) == ("arrow", "pelaku", INVESTIGATOR)
    assert [shown[name] for name in ("x", "y", "to_x", "to_y")] == [0.1, 0.2, 0.5, 0.6]
    assert original["annotations"] in (folder / "manifest-sha256.txt").read_text()
    assert "annotation/a1" in (folder / "data/custody.json").read_text()


def test_annotations_are_burnt_into_viewing_copies_only_where_that_was_chosen(station) -> None:
    bookmark, moment = fill_basket(station)
    drawn = Annotation(
        id="a1", bookmark_id=bookmark, shape=DrawnShape.TEXT, starts_at=moment, ends_at=moment, x=0.1, y=0.2, to_x=0.1,
        to_y=0.2, text="pelaku", made_by=INVESTIGATOR, made_at=moment,
    )  # fmt: skip
    station.store.write(partial(annotation_rows.add, annotation=drawn, actor=INVESTIGATOR, at=moment)).result()

    def drawings(*, burn: bool) -> int:
        order = EvidenceOrder(LP, consent_number="B/12/2025", basket_only=True, burn_annotations=burn)
        content = station.store.read(
            partial(
                content_for_package, order=order, officer=SEEKER, clips=station.paths.clips,
                copies=station.paths.copies, zone=StationZone.WIB, at=moment,
            )
        ).result()  # fmt: skip
        return sum(len(clip.drawings) for clip in content.clips)

    assert (drawings(burn=False), drawings(burn=True)) == (0, 1)


def test_a_package_without_a_basket_holds_every_clip_of_the_case(station, export, qtbot, tmp_path) -> None:
    fill_basket(station)
    with qtbot.waitSignal(export.exported) as told:
        export.export(EvidenceOrder(LP, consent_number="B/12/2025", viewing_copy=False), tmp_path / "stik")
    assert told.args[0].made.originals == 2


class GivingUp(Copier):
    """While it makes the first copy, somebody gives the package up."""

    then: Callable[[], None]

    def __call__(self, job, pictures, *, cancelled):
        self.then()
        return super().__call__(job, pictures, cancelled=cancelled)


def giving_up(station: Workstation) -> EvidenceExport:
    copier = GivingUp()
    room = EvidenceRoom(
        store=station.store,
        vault=station.vault,
        clips=station.paths.clips,
        copies=station.paths.copies,
        signers=station.paths.signers,
        copier=copier,
        servers=station.paths.servers,
        time_stamps=None,
        zone=StationZone.WIB,
        clock=SystemClock(),
        papers=lambda _content, _key: {},
    )
    export = export_for(station, room=room)
    copier.then = export.cancel
    return export


def test_a_package_that_is_given_up_leaves_nothing(qapp, station, qtbot, tmp_path) -> None:
    export = giving_up(station)
    with qtbot.waitSignal(export.refused) as told:
        export.export(EvidenceOrder(LP, "Sprin 1"), tmp_path / "stik")
    export.stop()
    assert told.args[0].code is FaultCode.EXPORT_CANCELLED
    assert list((tmp_path / "stik").iterdir()) == []
    assert actions_of(station)[-1] is CustodyAction.EVIDENCE_EXPORT_FAILED


def test_the_end_of_the_program_leaves_no_part_of_a_package(qapp, station, tmp_path) -> None:
    export = export_for(station)
    export.export(EvidenceOrder(LP, "Sprin 1", viewing_copy=False), tmp_path / "stik")
    export.stop()
    assert export.join(10)
    assert not [path for path in tmp_path.glob("stik/*") if path.name.startswith(".")]


def test_who_may_not_take_evidence_along_gets_none(qapp, station, qtbot, tmp_path) -> None:
    export = export_for(station, officer=Officer(OPERATOR, "Sari", Role.OPERATOR))
    with qtbot.waitSignal(export.refused) as told:
        export.export(ORDER, tmp_path)
    assert told.args[0].code is DomainCode.NOT_ALLOWED
    assert not export.busy
    export.stop()


def test_sticks_are_what_is_plugged_in_and_no_disc(station, qapp, qtbot, tmp_path) -> None:
    mounted = [
        SimpleNamespace(mountpoint="/", fstype="ext4", opts="rw"),
        SimpleNamespace(mountpoint="/run/media/sari/BUKTI", fstype="vfat", opts="rw,nosuid"),
        SimpleNamespace(mountpoint="E:\\", fstype="exFAT", opts="rw,removable"),
        SimpleNamespace(mountpoint="F:\\", fstype="", opts="cdrom"),
    ]
    export = export_for(station, sticks=mounted)
    with qtbot.waitSignal(export.sticks_found) as told:
        export.find_sticks()
    assert told.args[0] == sticks(mounted) == (Path("/run/media/sari/BUKTI"), Path("E:\\"))
    export.stop()
