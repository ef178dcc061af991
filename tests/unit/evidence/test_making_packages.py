"""A package is whole in its place, or nothing of it is there and one fault says why."""

import errno
import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.evidence_packages import (
    KEY,
    MADE_AT,
    SIGNERS,
    content_of,
    footage,
    packaged,
    pictures,
    source_of,
    write_clip,
)
from tests.small_disk import small_disk_at
from tmcwall.domain.disk_fault import DiskFault
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.durable import sync_and_forget
from tmcwall.evidence import bag, package, read_back, verify
from tmcwall.evidence.package import MadePackage, PackageContent, Progress, make_package
from tmcwall.evidence.target import check_room, part_of
from tmcwall.evidence.verification import Verdict
from tmcwall.evidence.verify import verify_package

BIG = 3 * 1024 * 1024


@pytest.fixture
def content(tmp_path: Path) -> PackageContent:
    clip = write_clip(tmp_path / "klip asli.mp4", pictures(4))
    return content_of(source_of(clip, footage("Pos Polisi “Gendengan” №1")))


def made(
    out: Path,
    content: PackageContent,
    *,
    release: Callable[[MadePackage], None] = lambda _made: None,
    cancelled: Callable[[], bool] = lambda: False,
    progressed: Callable[[Progress], None] = lambda _progress: None,
) -> Path:
    return make_package(
        out, content, key=KEY, release=release, cancelled=cancelled, progressed=progressed
    ).folder  # fmt: skip


def left_in(out: Path) -> list[Path]:
    return list(out.iterdir()) if out.exists() else []


def test_names_in_a_package_are_plain_and_the_original_ones_stand_in_its_record(
    tmp_path: Path, content: PackageContent
) -> None:
    folder = made(tmp_path / "keluar dengan spasi é", content)
    paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
    assert all(set(path) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") for path in paths)
    assert f"{bag.ORIGINALS}/001_Pos-Polisi-Gendengan-No1_20250310T050000Z.mp4" in paths
    assert b"klip" not in folder.name.encode()
    assert "2025/03/20250310-120000_clip-1.mp4" in (folder / bag.RECORD).read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("LP/B/1/III/2025", "LP-B-1-III-2025"),
        ("con", "_con"),
        ("Com1.mp4", "_Com1.mp4"),
        ("... ", "_"),
        ("監視", "_"),
        ("Café Ñoño", "Cafe-Nono"),
        ("x" * 200, "x" * 60),
        ("-rf", "rf"),
    ],
)
def test_a_safe_name_is_one_on_every_system(text: str, name: str) -> None:
    assert bag.safe_name(text) == name


def test_done_is_said_when_all_is_read_back_and_before_anybody_sees_it(tmp_path: Path, content: PackageContent) -> None:
    seen: list[object] = []

    def release(of: MadePackage) -> None:
        part = part_of(tmp_path / "out", content.workstation)
        seen.append(verify_package(part, signers=SIGNERS, now=MADE_AT).verdict)
        seen.append(of.folder.exists())
        seen.append(of.tag_manifest_sha256 == hashlib.sha256((part / bag.TAG_MANIFEST).read_bytes()).hexdigest())

    folder = made(tmp_path / "out", content, release=release)
    assert seen == [Verdict.VALID, False, True]
    assert left_in(tmp_path / "out") == [folder]


def test_progress_goes_over_copying_and_reading_back_to_the_end(tmp_path: Path, content: PackageContent) -> None:
    told: list[Progress] = []
    made(tmp_path / "out", content, progressed=told.append)
    size = content.clips[0].size_bytes
    assert {one.of for one in told} == {2 * size}
    assert [one.done for one in told] == sorted(one.done for one in told)
    assert told[-1].done == 2 * size


@pytest.mark.parametrize("after", range(0, 12, 2))
def test_a_cancelled_export_leaves_nothing(tmp_path: Path, content: PackageContent, after: int) -> None:
    asked = iter(range(1000))
    with pytest.raises(Fault) as fault:
        made(tmp_path / "out", content, cancelled=lambda: next(asked) >= min(after, 3))
    assert fault.value.code is FaultCode.EXPORT_CANCELLED
    assert left_in(tmp_path / "out") == []


def test_what_the_release_refuses_leaves_nothing(tmp_path: Path, content: PackageContent) -> None:
    def refuse(_made: object) -> None:
        raise Fault(FaultCode.STORE_UNWRITABLE)

    with pytest.raises(Fault):
        made(tmp_path / "out", content, release=refuse)
    assert left_in(tmp_path / "out") == []


def test_a_package_is_never_written_over(tmp_path: Path, content: PackageContent) -> None:
    folder = made(tmp_path / "out", content)
    kept = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(DomainError) as refused:
        made(tmp_path / "out", content)
    assert refused.value.code is DomainCode.OUTPUT_EXISTS
    assert {path: path.read_bytes() for path in kept} == kept


def test_fat32_is_asked_before_anything_is_copied(tmp_path: Path) -> None:
    stick = [SimpleNamespace(mountpoint="/", fstype="ext4"), SimpleNamespace(mountpoint=str(tmp_path), fstype="vfat")]
    with pytest.raises(Fault) as fault:
        check_room(tmp_path, [100, 2**32], partitions=lambda: stick)
    assert fault.value.code is FaultCode.FILE_TOO_LARGE
    check_room(tmp_path, [100], partitions=lambda: stick)


def test_a_disk_without_room_is_said_before_anything_is_copied(tmp_path: Path, content: PackageContent) -> None:
    huge = replace(content, clips=[replace(content.clips[0], size_bytes=2**62)])
    with pytest.raises(DiskFault) as fault:
        made(tmp_path / "out", huge)
    assert fault.value.code is FaultCode.DISK_FULL
    assert left_in(tmp_path / "out") == []


def failing(monkeypatch: pytest.MonkeyPatch, name: str, code: int) -> None:
    def fail(*_words: object, **_more: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(package, name, fail)


@pytest.mark.parametrize("step", ["copy_original", "sync_and_forget", "sync_folder"])
@pytest.mark.parametrize(
    ("code", "said"),
    [(errno.EIO, FaultCode.DISK_FAILED), (errno.ENODEV, FaultCode.DISK_FAILED), (errno.ENOSPC, FaultCode.DISK_FULL)],
)
def test_a_stick_that_is_pulled_or_full_is_one_fault_and_leaves_nothing(
    tmp_path: Path, content: PackageContent, monkeypatch: pytest.MonkeyPatch, step: str, code: int, said: FaultCode
) -> None:
    failing(monkeypatch, step, code)
    with pytest.raises(DiskFault) as fault:
        made(tmp_path / "out", content)
    assert fault.value.code is said
    assert left_in(tmp_path / "out") == []


def test_a_disk_that_gives_back_something_else_is_found_before_anything_is_said(
    tmp_path: Path, content: PackageContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget = sync_and_forget

    def spoil(file) -> None:
        forget(file)
        if str(file.name).endswith(".mp4"):
            os.pwrite(file.fileno(), b"\xff", 100)

    monkeypatch.setattr(package, "sync_and_forget", spoil)
    with pytest.raises(DiskFault) as fault:
        made(tmp_path / "out", content)
    assert ".mp4" in fault.value.detail
    assert left_in(tmp_path / "out") == []


def test_a_clip_that_is_not_what_custody_has_of_it_is_said_and_not_taken_for_a_bad_disk(
    tmp_path: Path, content: PackageContent
) -> None:
    content.clips[0].path.write_bytes(content.clips[0].path.read_bytes() + b"!")
    with pytest.raises(Fault) as fault:
        made(tmp_path / "out", content)
    assert fault.value.code is FaultCode.CLIP_ALTERED
    assert left_in(tmp_path / "out") == []


def test_each_original_is_read_back_from_the_disk_once(
    tmp_path: Path, content: PackageContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def hash_of(path: Path, **more) -> str:
        read.append(path.suffix)
        return read_back.hash_of(path, **more)

    monkeypatch.setattr(package, "hash_of", hash_of)
    monkeypatch.setattr(verify, "hash_of", hash_of)
    made(tmp_path / "out", content)
    assert read.count(".mp4") == 1


def test_a_folder_that_takes_nothing_is_said(tmp_path: Path, content: PackageContent) -> None:
    (tmp_path / "berkas").write_bytes(b"x")
    with pytest.raises(Fault) as fault:
        made(tmp_path / "berkas" / "out", content)
    assert fault.value.code is FaultCode.FILE_UNWRITABLE


def test_a_path_that_is_too_long_for_the_system_is_said(tmp_path: Path, content: PackageContent) -> None:
    with pytest.raises(Fault) as fault:
        made(tmp_path / ("p" * 300), content)
    assert fault.value.code is FaultCode.FILE_UNWRITABLE


def test_a_small_disk_that_fills_up_keeps_what_was_there(tmp_path: Path) -> None:
    with small_disk_at(tmp_path / "stik", mib=20) as disk:
        clip = tmp_path / "besar.mp4"
        clip.write_bytes(os.urandom(BIG))
        content = content_of(source_of(clip, footage()))
        made(disk.folder, content)
        disk.fill()
        with pytest.raises(DiskFault) as fault:
            made(disk.folder, replace(content, made_at=MADE_AT + timedelta(seconds=1)))
        assert fault.value.code is FaultCode.DISK_FULL
        (folder,) = [path for path in disk.folder.iterdir() if path.is_dir()]
        assert verify_package(folder, signers=SIGNERS, now=MADE_AT).verdict is Verdict.VALID


def test_what_a_killed_export_left_is_removed_by_the_next_one_and_nothing_else(
    tmp_path: Path, content: PackageContent
) -> None:
    out = tmp_path / "out"
    gone = out / f".tmcwall-{content.workstation[:8]}-999999999.part"
    running = out / f".tmcwall-{content.workstation[:8]}-{os.getppid()}.part"
    other = out / ".tmcwall-ffffffff-999999999.part"
    for left in (gone, running, other):
        (left / "data").mkdir(parents=True)
    made(out, content)
    assert (gone.exists(), running.exists(), other.exists()) == (False, True, True)


def test_the_same_content_gives_the_same_package(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first, second = packaged(tmp_path / "a").folder, packaged(tmp_path / "b").folder
    assert (first / bag.TAG_MANIFEST).read_bytes() == (second / bag.TAG_MANIFEST).read_bytes()
    assert (first / bag.SIGNATURE).read_bytes() == (second / bag.SIGNATURE).read_bytes()
