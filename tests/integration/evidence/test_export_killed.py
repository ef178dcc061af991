"""`kill -9` at any moment of an export leaves the whole package or none that anybody could take for one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.evidence_packages import KEY, MADE_AT, SIGNERS, content_of, footage, pictures, source_of, write_clip
from tmcwall.evidence.package import make_package
from tmcwall.evidence.verification import Verdict
from tmcwall.evidence.verify import verify_package

KILLS = 60
PROGRAM = Path(__file__).with_name("export_loop.py")
ROOT = Path(__file__).parents[3]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the programs are forked")
@pytest.mark.timeout(300)
def test_sixty_kills_leave_whole_packages_only(tmp_path: Path) -> None:
    words = [sys.executable, str(PROGRAM), str(tmp_path), str(KILLS), "0.25"]
    subprocess.run(words, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    out = tmp_path / "out"
    seen = [path for path in out.iterdir() if not path.name.startswith(".")]
    assert seen
    verdicts = {verify_package(path, signers=SIGNERS, now=MADE_AT).verdict for path in seen}
    assert verdicts == {Verdict.VALID}
    clip = write_clip(tmp_path / "a.mp4", pictures(2))
    made = make_package(out, content_of(source_of(clip, footage())), key=KEY, release=lambda _made: None)
    assert sorted(path for path in out.iterdir() if path.name.startswith(".")) == []
    assert made.folder.is_dir()
