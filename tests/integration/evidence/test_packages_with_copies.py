"""`tmcwall evidence export` as it is without options: viewing copies and stills are made in their box, too."""

import json
from pathlib import Path

import av
import numpy as np

from tests.evidence_packages import LP
from tests.evidence_station import INVESTIGATOR, PASSWORD, make_station
from tests.painted_clip import FPS, write_clip
from tmcwall.cli import main
from tmcwall.evidence import bag

SECONDS = 4


def painted(path: Path, number: int) -> Path:
    return write_clip(path, (np.full((180, 320), 60 + step + number, np.uint8) for step in range(SECONDS * FPS)))


def export(data: Path, out: Path) -> int:
    secret = data.with_name("sandi.login")
    secret.write_text(f"{PASSWORD}\n")
    secret.chmod(0o600)
    words = ("--nrp", INVESTIGATOR, "--secret-file", str(secret), "--data-dir", str(data), "--lang", "en")
    return main(["evidence", "export", LP, "--out", str(out), *words])


def test_an_export_makes_a_viewing_copy_and_a_still_of_each_clip(tmp_path: Path, capfd) -> None:
    station = make_station(tmp_path / "data", film=painted)
    assert export(station, tmp_path / "out") == 0
    assert "4 copies and stills" in capfd.readouterr().out
    (package,) = (tmp_path / "out").iterdir()
    for copy in (package / bag.COPIES).glob("*.mp4"):
        with av.open(str(copy)) as container:
            assert sum(1 for _ in container.decode(video=0)) == SECONDS * FPS
    assert len(list((package / bag.STILLS).glob("*.png"))) == 2
    assert main(["evidence", "verify", str(package), "--data-dir", str(station)]) == 0


def test_footage_that_no_decoder_understands_leaves_all_the_same_and_is_named(tmp_path: Path, capfd) -> None:
    station = make_station(tmp_path / "data", clips=1)
    assert export(station, tmp_path / "out") == 0
    assert "viewing-copy" in capfd.readouterr().err
    (package,) = (tmp_path / "out").iterdir()
    assert len(json.loads((package / bag.RECORD).read_bytes())["copies_not_made"]) == 2
    assert main(["evidence", "verify", str(package), "--data-dir", str(station)]) == 0
