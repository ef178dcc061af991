"""A workstation is moved as a technician does it: two commands, and a passphrase that is never an argument."""

import os
import subprocess
import sys
from pathlib import Path

PASSPHRASE = "kereta senja ke timur"


def run(*words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tmcwall", *words, "--lang", "en"],
        input=text,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_cameras_of_one_machine_are_those_of_the_other(tmp_path: Path) -> None:
    listed, file = tmp_path / "daftar.csv", tmp_path / "pindah.tmcwall"
    old, new = str(tmp_path / "lama"), str(tmp_path / "baru")
    listed.write_text("id,name,url\nCAM-1,Gendengan,rtsp://10.0.0.1/a\n")
    assert run("camera", "import", str(listed), "--data-dir", old).returncode == 0
    told = run("workstation", "export", str(file), "--data-dir", old, "--passphrase-file", "-", text=PASSPHRASE)
    assert (told.returncode, told.stderr) == (0, "")
    words = ("workstation", "import", str(file), "--data-dir", new, "--passphrase-file")
    wrong = run(*words, "-", text="bukan itu kuncinya")
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("tmcwall: The passphrase does not fit")
    secret = tmp_path / "frasa"
    secret.write_text(PASSPHRASE + "\n")
    taken = run(*words, str(secret))
    assert (taken.returncode, taken.stderr) == (0, "")
    assert "Gendengan" in run("camera", "list", "--data-dir", new).stdout
    assert run(*words, str(secret)).returncode == 2
