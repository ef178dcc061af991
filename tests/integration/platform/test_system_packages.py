"""`packaging/system-packages.sh` on systems that are told by small programs in place of Debian's own."""

import os
import pty
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import PySide6
import pytest

from tmcwall.system_libraries import PACKAGES

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "packaging" / "system-packages.sh"
QT = Path(str(PySide6.__file__)).parent / "Qt"

LIBRARIES = [
    "libegl1",
    "libgl1",
    "libopengl0",
    "libxkbcommon0",
    "libxkbcommon-x11-0",
    "libdbus-1-3",
    "libfontconfig1",
    "libgssapi-krb5-2",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-shm0",
    "libxcb-sync1",
    "libxcb-xfixes0",
    "libxcb-xinerama0",
    "libxcb-xkb1",
]


class System:
    """A Debian or Ubuntu where each program that is asked leaves a line in `asked`."""

    def __init__(self, folder: Path) -> None:
        self._programs = folder / "bin"
        self._programs.mkdir()
        self._installed = folder / "installed"
        self._asked = folder / "asked"
        self._asked.touch()
        self.program("dpkg-query", f"cat {self._installed}")
        self.program("dpkg", "echo amd64")
        self.program("apt-cache", "exit 0")
        self.program("apt-get", "exit 0")
        self.program("sudo", "exit 1")
        self.program("id", "echo 1000")
        self.program("python3", "exit 0")
        self.have(dict.fromkeys(LIBRARIES, ""))

    def program(self, name: str, text: str) -> None:
        path = self._programs / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>{self._asked}\n{text}\n')
        path.chmod(0o755)

    def have(self, packages: dict[str, str], *, architecture: str = "amd64") -> None:
        """Installed packages, each with what it provides."""
        lines = [f"ii \t{architecture}\t{name}, {provides}\n" for name, provides in packages.items()]
        with self._installed.open("a") as file:
            file.writelines([*lines, "rc \tamd64\tlibglib2.0-0, \n"])

    def without(self, packages: Iterable[str]) -> None:
        """These are not installed."""
        lines = self._installed.read_text().splitlines(keepends=True)
        gone = tuple(f"ii \tamd64\t{name}, " for name in packages)
        self._installed.write_text("".join(line for line in lines if not line.startswith(gone)))

    def asked(self, program: str) -> list[str]:
        return [line for line in self._asked.read_text().splitlines() if line.startswith(f"{program} ")]

    def check(self, kind: str, *, terminal: bool = False, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": f"{self._programs}{os.pathsep}/usr/bin{os.pathsep}/bin", **variables}
        if not terminal:
            return subprocess.run(
                [SCRIPT, kind], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
        keyboard, screen = pty.openpty()
        try:
            return subprocess.run(
                [SCRIPT, kind],
                env=environment,
                stdin=screen,
                stdout=subprocess.PIPE,
                stderr=screen,
                text=True,
                check=False,
            )
        finally:
            os.close(keyboard)
            os.close(screen)


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


def test_a_renamed_library_is_there_when_an_installed_package_provides_it(system: System):
    system.have({"libglib2.0-0t64": "libglib2.0-0 (= 2.84.4-3), libglib2.0-udeb"})
    done = system.check("desktop")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_library_for_another_processor_is_not_there(system: System):
    system.have({"libglib2.0-0": ""}, architecture="i386")
    assert system.check("desktop").returncode == 3


def test_what_lacks_is_named_as_apt_names_it_in_one_sentence(system: System):
    providers = "Package: x\\nVersions: \\n\\nReverse Provides: \\nlibglib2.0-0t64 2.84.4-3 (= 2.84.4-3)\\n"
    system.program("apt-cache", f"printf '{providers}'")
    done = system.check("desktop")
    assert done.returncode == 3
    assert done.stderr == f"Paket sistem belum lengkap; jalankan: sudo {SCRIPT} install libglib2.0-0t64\n"
    assert system.asked("apt-get") == []


def test_a_name_that_apt_has_itself_is_taken(system: System):
    own = "Package: x\\nVersions: \\n2.74.6-2 (/var/lib)\\n\\nReverse Provides: \\nother 1 (= 1)\\n"
    system.program("apt-cache", f"printf '{own}'")
    assert system.check("desktop").stderr.endswith(" install libglib2.0-0\n")


OF_UBUNTU_24_04 = {
    "libglib2.0-0": """\
Package: libglib2.0-0
Versions:

Reverse Depends:
  unity-control-center,libglib2.0-0 2.28.6-2
Dependencies:
Provides:
Reverse Provides:
libglib2.0-0t64 2.80.0-6ubuntu1 (= 2.80.0-6ubuntu1)
""",
    "libegl1": """\
Package: libegl1
Versions:

Reverse Depends:
Dependencies:
Provides:
Reverse Provides:
liboss4-salsa-asound2 4.2-build2020-1ubuntu3 (= )
libegl1t64 1.2.11-1build2 (= 1.2.11-1build2)
""",
    "libgssapi-krb5-2": """\
Package: libgssapi-krb5-2
Versions:
1.20.1-6ubuntu2 (/var/lib/apt/lists/mirror.example_ubuntu_dists_noble_main_binary-amd64_Packages)
 Description Language:
                 File: /var/lib/apt/lists/mirror.example_ubuntu_dists_noble_main_binary-amd64_Packages
                  MD5: 2dd7fe357b29d0ba6727171c01f0301c

Reverse Depends:
Dependencies:
1.20.1-6ubuntu2 - libkrb5-3 (5 1.20.1-6ubuntu2) libc6 (2 2.38) libcom-err2 (2 1.43.9)
Provides:
1.20.1-6ubuntu2 -
Reverse Provides:
""",
}
"""What `apt-cache showpkg` says there, in parts; that of libegl1 is what it says of libasound2, which two provide."""


def test_packages_have_the_names_that_ubuntu_gives_them(system: System, tmp_path: Path):
    system.without(OF_UBUNTU_24_04)
    for name, answer in OF_UBUNTU_24_04.items():
        (tmp_path / name).write_text(answer)
    system.program("apt-cache", f'cat "{tmp_path}/$2"')
    assert system.check("desktop").stderr.endswith(" install libegl1t64 libglib2.0-0t64 libgssapi-krb5-2\n")


def test_root_installs_what_lacks(system: System):
    system.program("id", "echo 0")
    done = system.check("desktop")
    assert (done.returncode, done.stdout) == (0, "Memasang paket sistem: libglib2.0-0\n")
    assert system.asked("apt-get")[-1].endswith("install -y --no-install-recommends libglib2.0-0")


def test_packages_that_cannot_be_fetched_are_one_sentence(system: System):
    system.program("id", "echo 0")
    system.program("apt-get", 'case "$*" in *install*) echo "E: Unable to fetch some archives" >&2; exit 100 ;; esac')
    done = system.check("desktop")
    assert done.returncode == 3
    assert done.stderr.startswith("Paket sistem tidak dapat dipasang; periksa jaringan,")
    assert "E: Unable to fetch some archives" in done.stderr
    assert done.stderr.count("\n") == 1


def test_sudo_may_ask_for_the_password_where_there_is_a_terminal(system: System):
    system.program("sudo", '[ "$1" != -n ]')
    done = system.check("desktop", terminal=True)
    assert done.returncode == 0
    assert system.asked("sudo")[-1] == f"sudo {SCRIPT} install libglib2.0-0"


def test_sudo_is_not_asked_for_a_password_where_nobody_can_type_it(system: System):
    system.program("sudo", '[ "$1" != -n ]')
    assert system.check("desktop").returncode == 3
    assert system.asked("sudo") == ["sudo -n true"]


def test_a_missing_venv_module_is_a_package_like_the_others(system: System):
    system.have({"libglib2.0-0": ""})
    system.program("python3", 'case "$2" in *ensurepip*) exit 1 ;; *print*) echo python3.11-venv ;; esac')
    assert system.check("desktop").stderr.endswith(" install python3.11-venv\n")


def test_an_old_python_is_answered_with_the_command_that_brings_a_new_one(system: System):
    system.program("python3", 'case "$2" in *version_info\\ *) exit 1 ;; *print*) echo 3.10 ;; esac')
    for minor in range(11, 15):
        system.program(f"python3.{minor}", "exit 1")
    system.program("apt-cache", "printf 'python3.9-venv\\npython3.11-venv\\npython3.11-dev\\n'")
    done = system.check("desktop")
    assert done.returncode == 3
    assert done.stderr == (
        "tmcwall memerlukan Python 3.11 atau lebih baru, sedangkan python3 di sini 3.10; jalankan: "
        "sudo apt-get install -y python3.11-venv && make PYTHON=python3.11 demo\n"
    )


def test_the_advice_about_an_old_python_names_what_was_asked_of_make(system: System):
    system.program("python3", 'case "$2" in *version_info\\ *) exit 1 ;; *print*) echo 3.10 ;; esac')
    for minor in range(11, 15):
        system.program(f"python3.{minor}", "exit 1")
    system.program("apt-cache", "echo python3.11-venv")
    assert system.check("python").stderr.endswith(" && make PYTHON=python3.11 setup\n")
    assert system.check("python", GOAL="demo").stderr.endswith(" && make PYTHON=python3.11 demo\n")


def test_an_old_python_beside_a_new_one_is_answered_with_the_new_one(system: System):
    system.program("python3", 'case "$2" in *version_info\\ *) exit 1 ;; *print*) echo 3.10 ;; esac')
    for minor in range(13, 15):
        system.program(f"python3.{minor}", "exit 1")
    system.program("python3.12", "exit 0")
    assert system.check("test").stderr.endswith("; jalankan: make PYTHON=python3.12 test\n")


@pytest.mark.parametrize(("goal", "kind"), [("demo", "desktop"), ("test", "test"), ("bundle", "bundle")])
def test_what_the_system_lacks_is_said_before_packages_are_fetched(goal: str, kind: str):
    planned = subprocess.run(
        ["make", "-n", goal], cwd=SCRIPT.parents[1], capture_output=True, text=True, check=True
    ).stdout
    assert planned.index(f"system-packages.sh {kind}") < planned.index("environment.py")


OF_EVERY_MACHINE = re.compile(r"ld-linux|lib(c|m|dl|rt|pthread|resolv|gcc_s|stdc\+\+|z|zstd)\.so")
"""Of the C library and the compiler, and what Python itself needs."""
WITH_OTHERS = {
    "libX11.so.6": "libgl1",
    "libX11-xcb.so.1": "libgl1",
    "libbrotlicommon.so.1": "libfontconfig1",
    "libbrotlidec.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfontconfig1",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb.so.1": "libxcb-xkb1",
    "libxcb-render.so.0": "libxcb-render-util0",
    "libxcb-util.so.1": "libxcb-image0",
}
"""The package whose own dependencies bring each."""


def needed_by(files: Iterable[Path]) -> set[str]:
    listed = subprocess.run(["readelf", "--dynamic", *files], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", listed))


def package_of(library: str) -> str:
    """By Debian's rule for names, where nothing else is known."""
    by_rule = library.replace(".so.", "")
    return {**PACKAGES, **WITH_OTHERS}.get(library, by_rule)


def test_every_library_that_the_qt_in_use_leaves_to_the_machine_is_among_the_packages_of_the_desktop():
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "tmcwall").rglob("*.py"))
    modules = {f"libQt6{name}.so.6" for name in re.findall(r"from PySide6\.Qt(\w+) import", sources)}
    seen: set[str] = set()
    needed = needed_by([QT / "plugins" / "platforms" / "libqxcb.so"])
    while more := {name for name in modules | needed if name.startswith("libQt6")} - seen:
        seen |= more
        needed |= needed_by(QT / "lib" / name for name in more)
    carried = {path.name for path in (QT / "lib").iterdir()}
    left = {name for name in needed - carried if OF_EVERY_MACHINE.match(name) is None}
    assert "libgssapi_krb5.so.2" in left
    wanted = re.search(r'^desktop="([^"]*)"', SCRIPT.read_text("utf-8"), re.MULTILINE)
    assert wanted
    assert {package_of(name) for name in left} <= set(wanted[1].split())
