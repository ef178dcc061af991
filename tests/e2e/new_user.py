"""A user who has just been made, beside the data of the computer that was there before: who follows a guide."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

COMMANDS = Path(sys.executable).parent
KEPT_BY = "tests"
"""The account under which the acts of a command stand in custody."""


def make_new_user(folder: Path) -> None:
    """What belongs to the user of `folder/home`, which is there."""
    (folder / "kunci").write_bytes(os.urandom(48))
    (folder / "kunci").chmod(0o600)
    cameras = folder / "lama.csv"
    cameras.write_text("id,name,url\nLAMA-1,Kamera lama,rtsp://petugas:kata-sandi@10.20.0.9/main\n")
    told = run(["tmcwall", "camera", "import", str(cameras), "--data-dir", str(folder / "lama")], folder=folder)
    assert told.returncode == 0, told.stderr


def run(words: list[str], *, folder: Path, also: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """As that user, with these variables, too."""
    return subprocess.run(
        words,
        cwd=folder,
        env={**_environment(folder), **(also or {})},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the one who runs the tests."""
    home = folder / "home"
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TZ") if name in os.environ}
    return {
        **kept,
        "PATH": f"{COMMANDS}:/usr/bin:/bin",
        "HOME": str(home),
        "LOGNAME": KEPT_BY,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "TMCWALL_VAULT_KEY_FILE": str(folder / "kunci"),
        "LAMA": str(folder / "lama"),
    }
