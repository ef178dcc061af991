"""An export that was made with evil intent unpacks nothing outside its place and nothing larger than itself."""

import io
from datetime import UTC, datetime

import msgspec
import pytest

from tmcwall.cameras.logins import CameraLogins, Login
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.transfer import sealed_stream
from tmcwall.transfer.package import ClipPart, LetterPart, Manifest, PackageReader, PackageWriter
from tmcwall.transfer.sealed_stream import SealedWriter

PASSPHRASE = "kereta senja ke timur"
LOGINS = {"CAM-1": CameraLogins(main=Login("10.0.0.1", "petugas", "rahasia"))}


@pytest.fixture(autouse=True)
def cheap_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_stream, "_SCRYPT", {"n": 2, "r": 1, "p": 1})


def manifest(**changes: object) -> Manifest:
    at = datetime(2025, 3, 28, 7, 0, tzinfo=UTC)
    empty = Manifest(version="0.2.0", exported_at=at, settings_bytes=0, logins_bytes=0, database_bytes=0)
    return msgspec.structs.replace(empty, **changes)


def read(content: bytes) -> PackageReader:
    return PackageReader(io.BytesIO(content), PASSPHRASE, size_bytes=len(content))


def package(given: Manifest, *parts: bytes) -> bytes:
    file = io.BytesIO()
    writer = PackageWriter(file, PASSPHRASE, given)
    for part in parts:
        writer.write(part)
    writer.finish()
    return file.getvalue()


def raw(content: bytes) -> bytes:
    file = io.BytesIO()
    writer = SealedWriter(file, PASSPHRASE)
    writer.write(content)
    writer.finish()
    return file.getvalue()


def test_parts_come_back_in_their_order() -> None:
    logins = msgspec.json.encode(LOGINS)
    given = manifest(
        settings_bytes=5, logins_bytes=len(logins), database_bytes=3, clips=(ClipPart("2025/03/a.mp4", 2),)
    )
    reader = read(package(given, b"x = 1", logins, b"abc", b"de"))
    assert reader.settings() == "x = 1"
    assert reader.logins() == LOGINS
    database, clip = io.BytesIO(), io.BytesIO()
    reader.read_file(database, 3)
    reader.read_file(clip, 2)
    reader.finish()
    assert (database.getvalue(), clip.getvalue()) == (b"abc", b"de")


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../a.mp4", "2025/../../a", "a//b", "C:\\a", "a\\..\\b", "c:/a", "./a", "a/.", "a\nb", "a. /b"],
)
def test_a_clip_stays_below_its_folder(path: str) -> None:
    with pytest.raises(DomainError) as caught:
        read(package(manifest(clips=(ClipPart(path, 0),))))
    assert caught.value.code is DomainCode.EXPORT_DAMAGED


@pytest.mark.parametrize(
    "changes",
    [
        {"database_bytes": 1 << 60},
        {"database_bytes": -1},
        {"settings_bytes": 10_000},
        {"clips": (ClipPart("a", 1 << 50),)},
        {"clips": (ClipPart("a", 0), ClipPart("a", 0))},
    ],
)
def test_parts_that_are_larger_than_the_file_or_there_twice_are_refused_before_anything_is_written(changes) -> None:
    with pytest.raises(DomainError) as caught:
        read(package(manifest(**changes)))
    assert caught.value.code is DomainCode.EXPORT_DAMAGED


@pytest.mark.parametrize(
    "content", [b"", b"\xff" * 8, (1 << 40).to_bytes(8, "big"), (2).to_bytes(8, "big") + b"{}", bytes(8)]
)
def test_a_stream_without_a_sound_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(DomainError) as caught:
        read(raw(content))
    assert caught.value.code is DomainCode.EXPORT_DAMAGED


def test_parts_that_are_not_what_they_should_be_are_refused() -> None:
    with pytest.raises(DomainError):
        read(package(manifest(settings_bytes=1), b"\xff")).settings()
    with pytest.raises(DomainError):
        read(package(manifest(logins_bytes=2), b"[]")).logins()
    with pytest.raises(DomainError):
        read(package(manifest(), b"more")).finish()
    with pytest.raises(DomainError):
        read(package(manifest(database_bytes=5), b"four")).read_file(io.BytesIO(), 5)


def test_letters_follow_the_clips_and_lie_in_their_own_folders_only() -> None:
    letters = (LetterPart("letters/2025/sp2hp-0001.docx", 3), LetterPart("letter-templates/sp2hp.docx", 1))
    reader = read(package(manifest(clips=(ClipPart("a.mp4", 2),), letters=letters), b"de", b"abc", b"x"))
    assert reader.manifest.letters == letters
    for path in ("settings.toml", "letters/../tmcwall.db", "letters", "letters/", "/letters/a", "backups/a"):
        with pytest.raises(DomainError) as refused:
            read(package(manifest(letters=(LetterPart(path, 0),))))
        assert refused.value.code is DomainCode.EXPORT_DAMAGED, path


def test_without_letters_a_package_is_as_earlier_versions_read_it() -> None:
    assert b"letters" not in msgspec.json.encode(manifest(clips=(ClipPart("a.mp4", 2),)))
