"""What stock ffmpeg makes of a clip: in another container it is the same footage, encoded anew it is not."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.evidence_packages import KEY, MADE_AT, SIGNERS, content_of, footage, source_of
from tests.web_footage import film
from tmcwall.evidence import bag
from tmcwall.evidence.original import nal_hashes
from tmcwall.evidence.package import make_package
from tmcwall.evidence.record import read_record
from tmcwall.evidence.verification import AlteredPart, Verdict
from tmcwall.evidence.verify import verify_package

pytestmark = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def ffmpeg(*words: str | Path) -> str:
    done = subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, words)], capture_output=True, text=True, check=True)
    return done.stdout


def stream_hash(path: Path) -> str:
    printed = ffmpeg("-i", path, "-map", "0:v", "-c", "copy", "-f", "streamhash", "-hash", "sha256", "-")
    return printed.strip().split("=")[1]


@pytest.fixture(scope="module", params=["h264", "hevc"])
def original(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of one clip that a stock multiplexer has written."""
    folder = tmp_path_factory.mktemp("asli")
    (folder / "film.mkv").write_bytes(film("matroska", codec=request.param, pictures=100))
    clip = folder / "klip.mp4"
    ffmpeg("-i", folder / "film.mkv", "-c", "copy", clip)
    about = replace(footage(), packet_sha256=(stream_hash(clip),))
    return make_package(folder / "out", content_of(source_of(clip, about)), key=KEY, release=lambda _made: None).folder


@pytest.fixture
def package(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "paket"))


def clip_of(package: Path) -> Path:
    (clip,) = (package / bag.ORIGINALS).iterdir()
    return clip


def test_the_command_of_verify_txt_prints_the_hash_of_the_record(package: Path) -> None:
    (original,) = read_record((package / bag.RECORD).read_bytes()).originals
    text = (package / bag.INSTRUCTIONS).read_text("utf-8")
    command = next(line.strip() for line in text.splitlines() if line.strip().startswith("ffmpeg"))
    done = subprocess.run(["sh", "-c", command], cwd=package, capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith(original.footage.packet_sha256[0])


def test_the_same_packets_in_another_container_are_unchanged_pictures(package: Path, tmp_path: Path) -> None:
    clip = clip_of(package)
    before = stream_hash(clip)
    for container in ("a.mkv", "b.mp4"):
        ffmpeg("-i", clip, "-c", "copy", tmp_path / container)
        assert stream_hash(tmp_path / container) == before
    with clip.open("rb") as ours, (tmp_path / "b.mp4").open("rb") as theirs:
        assert nal_hashes(ours) == nal_hashes(theirs)
    clip.write_bytes((tmp_path / "b.mp4").read_bytes() + b"\0\0\0\x08free")
    found = verify_package(package, signers=SIGNERS, now=MADE_AT)
    assert found.altered == (AlteredPart(f"{bag.ORIGINALS}/{clip.name}", pictures_unchanged=True),)
    assert found.verdict is Verdict.ALTERED


@pytest.mark.parametrize("way", ["encoded anew", "SEI stripped"])
def test_encoding_anew_and_stripping_sei_is_found_from_the_first_second_on(
    package: Path, tmp_path: Path, way: str
) -> None:
    clip = clip_of(package)
    (original,) = read_record((package / bag.RECORD).read_bytes()).originals
    codec = original.video.tracks[0].codec
    kinds = "6" if codec == "h264" else "39-40"
    filtered = ["-c", "copy", "-bsf:v", f"filter_units=remove_types={kinds}"]
    encoded = ["-c:v", "libx264" if codec == "h264" else "libx265", "-crf", "40"]
    ffmpeg("-i", clip, *(encoded if way == "encoded anew" else filtered), tmp_path / "lain.mp4")
    if stream_hash(tmp_path / "lain.mp4") == stream_hash(clip):
        pytest.skip("this encoder wrote no SEI")
    clip.write_bytes((tmp_path / "lain.mp4").read_bytes())
    found = verify_package(package, signers=SIGNERS, now=MADE_AT)
    assert found.verdict is Verdict.ALTERED
    (part,) = found.altered
    assert part.first_altered_second == 0
