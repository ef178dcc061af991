"""Whatever is done to a package is found and named; what nobody did is never said."""

import hashlib
import random
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.evidence_packages import KEY, MADE_AT, SIGNERS, ZONE, packaged, pictures, write_clip
from tmcwall.evidence import bag
from tmcwall.evidence.record import GapRecord, moment
from tmcwall.evidence.signers import AllowedSigner
from tmcwall.evidence.sshsig import SigningKey
from tmcwall.evidence.verification import EXIT_CODES, AlteredPart, ClaimState, KeyStanding, Verdict, Verification
from tmcwall.evidence.verify import verify_package

FLIPS = 1000


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packaged(tmp_path_factory.mktemp("asli"), clips=2).folder


@pytest.fixture
def package(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "paket dengan spasi"))


def verified(folder: Path, *, signers: Sequence[AllowedSigner] = SIGNERS, now: datetime = MADE_AT) -> Verification:
    return verify_package(folder, signers=signers, now=now)


def clip_of(package: Path, number: int = 1) -> Path:
    return sorted((package / bag.ORIGINALS).iterdir())[number - 1]


def named(found: Verification) -> set[str]:
    return {part.path for part in found.altered}


def test_a_package_that_nobody_touched_is_valid_and_claims_what_it_can(package: Path) -> None:
    found = verified(package)
    assert (found.verdict, found.altered, found.missing, found.added) == (Verdict.VALID, (), (), ())
    assert found.signed_by.standing is KeyStanding.KNOWN
    assert found.claims.since_workstation is ClaimState.HOLDS
    assert found.claims.since_recorder is found.claims.existed_before is ClaimState.NOT_MADE
    assert found.claims.since_camera is None


def test_of_a_thousand_flipped_bits_every_one_is_found_and_its_file_named(package: Path) -> None:
    chance = random.Random(20250310)
    files = sorted(path for path in package.rglob("*") if path.is_file())
    sizes = [path.stat().st_size for path in files]
    for _ in range(FLIPS):
        (path,) = chance.choices(files, sizes)
        whole = path.read_bytes()
        changed = bytearray(whole)
        changed[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(bytes(changed))
        found = verified(package)
        path.write_bytes(whole)
        assert found.verdict is Verdict.ALTERED
        assert path.relative_to(package).as_posix() in named(found)


def test_a_flipped_bit_in_every_byte_of_the_signature_and_its_manifest_names_the_right_one(package: Path) -> None:
    for name in (bag.SIGNATURE, bag.TAG_MANIFEST):
        path = package / name
        whole = path.read_bytes()
        for position in range(len(whole)):
            changed = bytearray(whole)
            changed[position] ^= 1 << position % 8
            path.write_bytes(bytes(changed))
            found = verified(package)
            assert found.verdict is Verdict.ALTERED
            assert name in named(found)
        path.write_bytes(whole)


def test_of_an_altered_video_the_first_altered_second_is_named_with_its_moment(package: Path) -> None:
    clip = clip_of(package)
    data = bytearray(clip.read_bytes())
    data[48 + 270 * 2 + 100] ^= 4
    clip.write_bytes(bytes(data))
    (part,) = verified(package).altered
    assert (part.first_altered_second, part.first_altered_at.local) == (2, "2025-03-10T12:00:02.000+07:00 WIB")
    assert not part.pictures_unchanged


def without_sei(units: list[bytes]) -> list[bytes]:
    return [b"\0\0\0\1" + unit.split(b"\0\0\1")[-1] for unit in units]


@pytest.mark.parametrize(
    ("changed", "second"),
    [
        (lambda units: [*units[:7], units[8], units[7], *units[9:]], 1),
        (lambda units: units[:10] + units[11:], 2),
        (lambda units: units[:15], 3),
        (lambda units: [*units[:5], units[0], *units[5:]], 1),
        (lambda units: [*units[:12], b"\0\0\0\1\x41" + bytes([7] * 40), *units[13:]], 2),
        (without_sei, 0),
    ],
    ids=["swapped", "cut out", "cut off", "inserted", "encoded anew", "SEI stripped"],
)
def test_pictures_that_are_not_those_received_are_found(
    package: Path, changed: Callable[[list[bytes]], list[bytes]], second: int
) -> None:
    clip = clip_of(package)
    write_clip(clip, changed(pictures(4, seed=0)))
    found = verified(package)
    assert found.verdict is Verdict.ALTERED
    (part,) = found.altered
    assert (part.path, part.first_altered_second) == (clip.relative_to(package).as_posix(), second)


def test_another_container_around_the_same_pictures_is_altered_and_said_to_hold_them_all(package: Path) -> None:
    clip = clip_of(package)
    clip.write_bytes(clip.read_bytes() + b"\0\0\0\x08free")
    found = verified(package)
    assert found.verdict is Verdict.ALTERED
    assert found.altered == (AlteredPart(clip.relative_to(package).as_posix(), pictures_unchanged=True),)


def test_two_clips_that_changed_places_are_both_named(package: Path) -> None:
    first, second = clip_of(package, 1), clip_of(package, 2)
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)
    assert named(verified(package)) == {f"{bag.ORIGINALS}/{first.name}", f"{bag.ORIGINALS}/{second.name}"}


@pytest.mark.parametrize(
    "name", [bag.RECORD, bag.MANIFEST, bag.TAG_MANIFEST, bag.SIGNATURE, bag.DECLARATION, bag.INSTRUCTIONS]
)
def test_a_missing_file_makes_a_package_incomplete_and_is_named(package: Path, name: str) -> None:
    (package / name).unlink()
    found = verified(package)
    assert (found.verdict, found.altered, found.added) == (Verdict.INCOMPLETE, (), ())
    assert name in found.missing


def test_a_file_among_the_evidence_that_nobody_signed_is_found(package: Path) -> None:
    (package / bag.ORIGINALS / "003_lain.mp4").write_bytes(b"x")
    found = verified(package)
    assert (found.verdict, found.added) == (Verdict.ALTERED, (f"{bag.ORIGINALS}/003_lain.mp4",))


def test_a_file_beside_the_evidence_is_said_and_changes_nothing(package: Path) -> None:
    (package / "Thumbs.db").write_bytes(b"x")
    found = verified(package)
    assert (found.verdict, found.beside) == (Verdict.VALID, ("Thumbs.db",))


def test_a_link_in_place_of_a_clip_is_not_followed(package: Path, tmp_path: Path) -> None:
    clip = clip_of(package)
    clip.rename(tmp_path / "di luar.mp4")
    clip.symlink_to(tmp_path / "di luar.mp4")
    assert f"{bag.ORIGINALS}/{clip.name}" in named(verified(package))


@pytest.mark.parametrize("path", ["../rahasia", "/etc/passwd", "data/../../x", "C:/x", "data\\x", "data//x"])
def test_a_manifest_that_leads_out_of_the_package_opens_nothing(package: Path, path: str) -> None:
    manifest = package / bag.MANIFEST
    manifest.write_bytes(manifest.read_bytes() + f"{'0' * 64}  {path}\n".encode())
    assert bag.MANIFEST in named(verified(package))


def test_an_unknown_key_never_looks_green(package: Path) -> None:
    for signers in ((), (AllowedSigner("orang lain", SigningKey.generate().public),)):
        found = verified(package, signers=signers)
        assert (found.verdict, found.signed_by.standing) == (Verdict.UNKNOWN_KEY, KeyStanding.UNKNOWN)
        assert found.claims.since_workstation is ClaimState.NOT_CHECKED
        assert EXIT_CODES[found.verdict] == 3


def test_a_key_for_another_purpose_is_unknown(package: Path) -> None:
    assert verified(package, signers=[AllowedSigner("git", KEY.public, ("git",))]).verdict is Verdict.UNKNOWN_KEY


def test_a_withdrawn_key_does_not_count_however_old_the_package_says_it_is(package: Path) -> None:
    withdrawn = AllowedSigner("ws@tmcwall", KEY.public, valid_before=MADE_AT + timedelta(days=1))
    assert verified(package, signers=[withdrawn]).verdict is Verdict.VALID
    later = verified(package, signers=[withdrawn], now=datetime(2026, 1, 1, tzinfo=UTC))
    assert (later.verdict, later.signed_by.standing) == (Verdict.UNKNOWN_KEY, KeyStanding.WITHDRAWN)


def test_a_signature_of_another_package_or_purpose_is_rejected(package: Path, tmp_path: Path) -> None:
    other = packaged(tmp_path, seconds=2).folder
    message = (package / bag.TAG_MANIFEST).read_bytes()
    for signature in ((other / bag.SIGNATURE).read_bytes(), KEY.sign(message, namespace="git")):
        (package / bag.SIGNATURE).write_bytes(signature)
        found = verified(package)
        assert (found.verdict, named(found)) == (Verdict.ALTERED, {bag.SIGNATURE})


def test_who_signs_an_altered_package_anew_is_unknown(package: Path) -> None:
    (package / bag.INSTRUCTIONS).write_bytes(b"percayalah\n")
    tags = {name: verified_hash(package / name) for name in bag.TAG_FILES}
    (package / bag.TAG_MANIFEST).write_bytes(bag.manifest(tags))
    forger = SigningKey.generate()
    (package / bag.SIGNATURE).write_bytes(forger.sign(bag.manifest(tags)))
    assert verified(package).verdict is Verdict.UNKNOWN_KEY


def verified_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_footage_with_a_gap_is_incomplete_and_the_gap_is_given(tmp_path: Path) -> None:
    gap = GapRecord(moment(MADE_AT, ZONE), moment(MADE_AT + timedelta(seconds=3), ZONE), 3.0, "packets_lost", 12)
    found = verified(packaged(tmp_path, gaps=(gap,)).folder)
    assert (found.verdict, [one.gap for one in found.gaps]) == (Verdict.INCOMPLETE, [gap])
    assert not found.missing
    assert found.claims.since_workstation is ClaimState.HOLDS


@pytest.mark.parametrize("content", ["nothing", "file", "empty", "other"])
def test_what_is_no_package_cannot_be_checked(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x"
    if content == "file":
        path.write_bytes(b"x")
    elif content != "nothing":
        path.mkdir()
    if content == "other":
        (path / "surat.docx").write_bytes(b"x")
    found = verified(path)
    assert (found.verdict, EXIT_CODES[found.verdict]) == (Verdict.CANNOT_CHECK, 4)
    assert found.problem
