"""`packaging/environment.py` in a small project of its own, with an index that is a folder."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "packaging" / "environment.py"

BACKEND = """
import os, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "proyek-1-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("proyek.pth", os.getcwd())
        wheel.writestr("proyek-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: proyek\\nVersion: 1\\n")
        wheel.writestr("proyek-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("proyek-1.dist-info/entry_points.txt", "[console_scripts]\\nproyek = proyek:main\\n")
        wheel.writestr("proyek-1.dist-info/RECORD", "")
    return name

build_wheel = build_editable
"""


class Project:
    """A checkout whose program prints where it runs from and which packages it has."""

    def __init__(self, folder: Path, index: Path) -> None:
        self.folder = folder
        self.index = index
        self.environment = folder / ".venv"

    def write(self) -> None:
        (self.folder / "packaging").mkdir(parents=True)
        shutil.copy(SCRIPT, self.folder / "packaging")
        (self.folder / "backend.py").write_text(BACKEND)
        (self.folder / "proyek.py").write_text("def main():\n    print(__file__)\n")
        (self.folder / "pyproject.toml").write_text(
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
            '[project]\nname = "proyek"\nversion = "1"\n'
        )
        self.lock("demo.txt", "alat")
        self.lock("lock.txt", "alat", "uji")

    def lock(self, name: str, *packages: str) -> None:
        path = self.folder / "requirements" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f"{package}==1 --hash=sha256:{self._wheel(package)}\n" for package in packages))

    def command(self, extent: str) -> list[str]:
        return [sys.executable, str(self.folder / "packaging" / "environment.py"), extent]

    def surroundings(self, **changes: str) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        index = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": str(self.index), "PIP_INDEX_URL": self.index.as_uri()}
        return {**plain, **index, **changes}

    def set_up(self, extent: str, **changes: str) -> subprocess.CompletedProcess[str]:
        surroundings = self.surroundings(**changes)
        return subprocess.run(
            self.command(extent), env=surroundings, capture_output=True, text=True, timeout=200, check=False
        )

    def packages(self) -> set[str]:
        return {path.name.split("-")[0] for path in self.environment.glob("lib/python*/site-packages/*.dist-info")}

    def says(self) -> str:
        return subprocess.run(
            [self.environment / "bin" / "proyek"], capture_output=True, text=True, timeout=60, check=True
        ).stdout.strip()

    def _wheel(self, name: str) -> str:
        path = self.index / f"{name}-1-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as wheel:
            about = zipfile.ZipInfo(f"{name}-1.dist-info/METADATA")
            wheel.writestr(about, f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
            about = zipfile.ZipInfo(f"{name}-1.dist-info/WHEEL")
            wheel.writestr(about, "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(zipfile.ZipInfo(f"{name}-1.dist-info/RECORD"), "")
        return sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "index").mkdir()
    made = Project(tmp_path / "proyek", tmp_path / "index")
    made.write()
    return made


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("ready")
    (folder / "index").mkdir()
    made = Project(folder / "proyek", folder / "index")
    made.write()
    assert made.set_up("demo").returncode == 0
    return made


@pytest.fixture
def copy(ready: Project, tmp_path: Path) -> Project:
    """The ready project at another place."""
    shutil.copytree(ready.folder, tmp_path / "salinan", symlinks=True)
    return Project(tmp_path / "salinan", ready.index)


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_the_demo_gets_its_packages_alone_and_a_second_set_up_does_nothing(ready: Project):
    assert {"alat", "proyek"} <= ready.packages()
    assert "uji" not in ready.packages()
    assert ready.says() == str(ready.folder / "proyek.py")
    again = ready.set_up("demo", PIP_INDEX_URL="http://127.0.0.1:9/")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_a_moved_checkout_is_set_up_anew_and_runs_from_its_new_place(copy: Project):
    done = copy.set_up("demo")
    assert done.returncode == 0, done.stderr
    assert "berpindah" in done.stdout
    assert copy.says() == str(copy.folder / "proyek.py")


def test_the_tests_get_all_packages_and_the_demo_then_has_what_it_needs(project: Project):
    assert project.set_up("demo").returncode == 0
    assert project.set_up("all").returncode == 0
    assert {"alat", "proyek", "uji"} <= project.packages()
    assert project.set_up("demo").stdout == ""
    assert "uji" in project.packages()


def test_what_a_killed_set_up_left_is_made_anew(project: Project):
    left = project.environment / "bin" / "left"
    left.parent.mkdir(parents=True)
    left.touch()
    assert project.set_up("demo").returncode == 0
    assert not left.exists()
    assert project.says()


def test_without_a_way_to_the_index_one_sentence_says_so_and_nothing_is_left(project: Project, closed_port: int):
    done = project.set_up("demo", PIP_FIND_LINKS="", PIP_INDEX_URL=f"http://127.0.0.1:{closed_port}/")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("Paket Python tidak dapat diambil karena indeks paket pip tidak terjangkau;")
    assert done.stderr.count("\n") == 1
    assert not project.environment.exists()


def test_without_a_way_to_the_index_an_environment_of_before_stays(project: Project, closed_port: int):
    assert project.set_up("demo").returncode == 0
    project.lock("demo.txt", "baru", "alat")
    (project.index / "baru-1-py3-none-any.whl").unlink()
    done = project.set_up("demo", PIP_FIND_LINKS="", PIP_INDEX_URL=f"http://127.0.0.1:{closed_port}/")
    assert done.returncode == 3
    assert project.says()


def test_a_package_with_another_hash_is_refused_and_nothing_is_left(project: Project):
    lock = project.folder / "requirements" / "demo.txt"
    lock.write_text(f"alat==1 --hash=sha256:{'0' * 64}\n")
    done = project.set_up("demo")
    assert done.returncode == 3
    assert "Paket Python gagal dipasang" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not project.environment.exists()


def test_a_set_up_that_is_told_to_end_leaves_nothing(project: Project):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        surroundings = project.surroundings(PIP_FIND_LINKS="", PIP_INDEX_URL=address)
        running = subprocess.Popen(project.command("demo"), env=surroundings, stderr=subprocess.PIPE, text=True)
        silent.settimeout(100)
        asked, _ = silent.accept()
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=100)
        asked.close()
    assert running.returncode == 130
    assert said.startswith("Penyiapan dihentikan;")
    assert not project.environment.exists()
