"""What a package holds beside its originals: with records, counted, and never in the way of the originals."""

import errno
import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import bagit
import pytest

from tests.evidence_packages import BEGINS, KEY, MADE_AT, SIGNERS, content_of, footage, pictures, source_of, write_clip
from tests.fake_copier import Copier
from tests.small_disk import small_disk_at
from tmcwall.domain.derived_copy import Box
from tmcwall.domain.disk_fault import DiskFault
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.evidence import bag, copy_file
from tmcwall.evidence.copy_file import Making
from tmcwall.evidence.derived_record import Watched, read_record, write_record
from tmcwall.evidence.package import PackageContent, Progress, make_package
from tmcwall.evidence.redaction import Redaction, make_redacted_copy
from tmcwall.evidence.verification import Verdict
from tmcwall.evidence.verify import verify_package
from tmcwall.evidence.viewing_copy import ClipFacts, make_still
from tmcwall.services.clip_copies import released_copies

FACTS = ClipFacts("CAM-1", "LP/B/1", BEGINS)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "klip.mp4", pictures(4))


@pytest.fixture
def content(clip: Path) -> PackageContent:
    return content_of(source_of(clip, footage()))


def made(out: Path, content: PackageContent, copier, **given):
    return make_package(out, content, key=KEY, release=lambda _made: None, copier=copier, **given)


def files_in(folder: Path, place: str) -> list[str]:
    return sorted(path.name for path in (folder / place).iterdir()) if (folder / place).exists() else []


def test_each_original_has_a_viewing_copy_and_a_still_with_records_of_their_parent(tmp_path, content) -> None:
    package = made(tmp_path / "out", content, Copier())
    folder, stem = package.folder, "001_Simpang-Gendengan_20250310T050000Z"
    assert files_in(folder, bag.COPIES) == [f"{stem}_SALINAN.mp4", f"{stem}_SALINAN.mp4.json"]
    assert files_in(folder, bag.STILLS) == [f"{stem}.png", f"{stem}.png.json"]
    original = hashlib.sha256((folder / bag.ORIGINALS / f"{stem}.mp4").read_bytes()).hexdigest()
    for place, name in ((bag.COPIES, f"{stem}_SALINAN.mp4"), (bag.STILLS, f"{stem}.png")):
        record = read_record(folder / place / name)
        assert (record.parent_sha256, record.made_by, record.made_at) == (original, "87654321", MADE_AT)
        assert record.sha256 == hashlib.sha256((folder / place / name).read_bytes()).hexdigest()
    assert package.copies == 2
    assert verify_package(folder, signers=SIGNERS, now=MADE_AT).verdict is Verdict.VALID
    bagit.Bag(str(folder)).validate()


def test_an_altered_copy_is_found_like_any_other_file(tmp_path, content) -> None:
    folder = made(tmp_path / "out", content, Copier()).folder
    (still,) = (folder / bag.STILLS).glob("*.png")
    still.write_bytes(b"lain")
    found = verify_package(folder, signers=SIGNERS, now=MADE_AT)
    assert [part.path for part in found.altered] == [still.relative_to(folder).as_posix()]


def test_without_a_copier_there_is_none(tmp_path, content) -> None:
    folder = made(tmp_path / "out", content, None).folder
    assert files_in(folder, bag.COPIES) == files_in(folder, bag.STILLS) == []


def test_a_clip_that_cannot_be_decoded_is_in_the_package_and_its_copies_are_named(tmp_path, content) -> None:
    package = made(tmp_path / "out", content, Copier(fails_after=1))
    assert verify_package(package.folder, signers=SIGNERS, now=MADE_AT).verdict is Verdict.VALID
    assert [(one.kind, one.reason) for one in package.copies_not_made] == [
        ("still", "copy_failed"),
        ("viewing-copy", "copy_failed"),
    ]
    record = json.loads((package.folder / bag.RECORD).read_bytes())
    assert [one["kind"] for one in record["copies_not_made"]] == ["still", "viewing-copy"]
    assert files_in(package.folder, bag.COPIES) == files_in(package.folder, bag.STILLS) == []


def test_progress_counts_copies_to_the_end(tmp_path, content) -> None:
    told: list[Progress] = []
    made(tmp_path / "out", content, Copier(), progressed=told.append)
    assert [one.done for one in told] == sorted(one.done for one in told)
    assert told[0].of == 4 * content.clips[0].size_bytes
    assert told[-1].done == told[-1].of


def test_cancelled_while_a_copy_is_made_leaves_nothing(tmp_path, content) -> None:
    class Cancelling(Copier):
        asked = False

        def __call__(self, job, pictures, *, cancelled):
            self.asked = True
            if cancelled():
                raise Fault(FaultCode.COPY_FAILED, "cancelled", retryable=False)
            yield from super().__call__(job, pictures, cancelled=cancelled)

    copier = Cancelling()
    with pytest.raises(Fault) as fault:
        made(tmp_path / "out", content, copier, cancelled=lambda: copier.asked)
    assert fault.value.code is FaultCode.EXPORT_CANCELLED
    assert list((tmp_path / "out").iterdir()) == []


def test_a_stick_that_is_pulled_while_a_copy_is_written_leaves_nothing(tmp_path, content, monkeypatch) -> None:
    def fail(_file: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(copy_file, "sync_and_forget", fail)
    with pytest.raises(DiskFault):
        made(tmp_path / "out", content, Copier())
    assert list((tmp_path / "out").iterdir()) == []


def test_a_disk_that_is_full_of_copies_is_one_fault_and_leaves_nothing(tmp_path, content) -> None:
    class Large(Copier):
        def __call__(self, job, pictures, *, cancelled):
            for one in super().__call__(job, pictures, cancelled=cancelled):
                yield one._replace(payload=one.payload + b"x" * 2**22) if hasattr(one, "payload") else one

    with small_disk_at(tmp_path / "stik", mib=20) as disk:
        with pytest.raises(DiskFault) as fault:
            made(disk.folder, content, Large())
        assert fault.value.code is FaultCode.DISK_FULL
        assert list(disk.folder.iterdir()) == []


def officers_copies(folder: Path, clip: Path) -> Path:
    """A still and a redacted copy that nobody has watched yet."""
    folder.mkdir()
    making, redaction = Making(Copier()), Redaction((), (Box(0, 0, 0.5, 0.5),))
    make_still(clip, folder / "a.png", at_s=1.0, facts=FACTS, officer="1", now=MADE_AT, making=making)
    make_redacted_copy(
        clip, folder / "b.mp4", redaction=redaction, facts=FACTS, officer="1", now=MADE_AT, making=making
    )
    return folder


def test_what_officers_made_goes_in_once_it_is_released(tmp_path, clip, content) -> None:
    folder = officers_copies(tmp_path / "copies", clip)
    assert [path.name for path in released_copies(folder)] == ["a.png"]
    write_record(folder / "b.mp4", replace(read_record(folder / "b.mp4"), watched=Watched("2", MADE_AT)))
    released = released_copies(folder)
    content = replace(content, clips=[replace(content.clips[0], released=released)])
    package = made(tmp_path / "out", content, None).folder
    assert verify_package(package, signers=SIGNERS, now=MADE_AT).verdict is Verdict.VALID
    (redacted,) = (package / bag.REDACTED).glob("*.mp4")
    record = read_record(redacted)
    assert (record.watched, record.file) == (Watched("2", MADE_AT), redacted.name)
    assert redacted.read_bytes() == (folder / "b.mp4").read_bytes()
    assert len(list((package / bag.STILLS).glob("*.png"))) == 1


@pytest.mark.parametrize("spoil", ["not watched", "altered", "of another clip"])
def test_a_copy_that_must_not_leave_keeps_the_package_from_being_made(tmp_path, clip, content, spoil) -> None:
    folder = officers_copies(tmp_path / "copies", clip)
    if spoil == "altered":
        (folder / "a.png").write_bytes(b"lain")
    if spoil == "of another clip":
        write_record(folder / "a.png", replace(read_record(folder / "a.png"), parent_sha256="0" * 64))
    path = folder / ("b.mp4" if spoil == "not watched" else "a.png")
    content = replace(content, clips=[replace(content.clips[0], released=(path,))])
    with pytest.raises(DomainError) as refused:
        made(tmp_path / "out", content, None)
    assert refused.value.code in {DomainCode.COPY_NOT_WATCHED, DomainCode.COPY_CHANGED}
    assert list((tmp_path / "out").iterdir()) == []
