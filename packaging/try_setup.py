"""Tries `make demo` and its set-up on bare systems, and prints what was seen as a table.

usage: try_setup.py FOLDER [SUITE[=ADDRESS]...]     as root; needs debootstrap, 3 GB in FOLDER a system, and a network

Systems come from ADDRESS or the sources that this machine's apt has: Debian by `bookworm` and `trixie`, Ubuntu by
`jammy` and `noble`. One whose distribution apt has no source of is listed as not tried. Each system is `FOLDER/SUITE`
while it is tried and removed after that; the demo's pictures and all that was printed stay in `FOLDER/seen`.
"""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DISTRIBUTIONS = {"bookworm": "Debian", "trixie": "Debian", "jammy": "Ubuntu", "noble": "Ubuntu"}
SYSTEMS = {"bookworm": "Debian 12", "trixie": "Debian 13", "jammy": "Ubuntu 22.04", "noble": "Ubuntu 24.04"}
DOCUMENTED = ("git", "make", "python3-venv")
"""What the README has people install first."""
SCRIPTS = {"Debian": "sid", "Ubuntu": "gutsy"}
"""debootstrap's, under which it has those of newer releases, too."""
COMPONENTS = {"Debian": "main", "Ubuntu": "main,universe"}
"""Those that an ordinary installation asks."""
LIMIT_S = 900
PASSWORD = "sandi-percobaan"
CERTIFICATES = "etc/certificates-of-the-trying-machine.crt"


@dataclass(frozen=True)
class Seen:
    """What one command did. `said` is its standard output and error as they came."""

    seconds: float
    code: int
    said: str

    @property
    def last_sentence(self) -> str:
        lines = [line for line in self.said.splitlines() if line and not line.startswith("make: ")]
        return lines[-1] if lines else ""


class System:
    """A bare system in a folder. Whatever runs in it ends with the call; its mounts end with it."""

    def __init__(self, folder: Path, seen: Path) -> None:
        self.folder = folder
        self._seen = seen

    def run(self, command: str, *, user: str = "root", network: bool = True, cwd: str = "/") -> Seen:
        return self._finish(self._start(command, user=user, network=network, cwd=cwd), command)

    def run_until(self, happened: Callable[[], bool], command: str, *, user: str, cwd: str) -> Seen:
        """End it like a power cut as soon as `happened`."""
        began = time.monotonic()
        running = self._start(command, user=user, network=True, cwd=cwd)
        while not happened() and running.poll() is None and time.monotonic() - began < LIMIT_S:
            time.sleep(0.2)
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        return self._finish(running, command, began=began)

    def run_at_terminal(self, command: str, *, user: str, cwd: str, password: str) -> Seen:
        """Type the password when it is asked for."""
        began = time.monotonic()
        keyboard, terminal = pty.openpty()
        running = self._start(command, user=user, network=True, cwd=cwd, terminal=terminal)
        os.close(terminal)
        said = b""
        asked = False
        while time.monotonic() - began < LIMIT_S:
            if not select.select([keyboard], [], [], 1.0)[0]:
                if running.poll() is not None:
                    break
                continue
            try:
                said += os.read(keyboard, 4096)
            except OSError:  # the other end was closed
                break
            if not asked and b"password for" in said:
                asked = True
                os.write(keyboard, password.encode() + b"\n")
        code = running.wait()
        os.close(keyboard)
        return self._keep(Seen(time.monotonic() - began, code, said.decode(errors="replace")), command)

    def size_mb(self, path: str) -> int:
        told = subprocess.run(["du", "-sm", self.folder / path], capture_output=True, text=True, check=False).stdout
        return int(told.split()[0]) if told else 0

    def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text, encoding="utf-8")

    def _start(
        self, command: str, *, user: str, network: bool, cwd: str, terminal: int | None = None
    ) -> subprocess.Popen[str]:
        root = shlex.quote(str(self.folder))
        mounts = (
            f"mount -t proc proc {root}/proc",
            f"mount --rbind /dev {root}/dev",
            f"mount -t tmpfs -o mode=1777 tmpfs {root}/dev/shm",
        )
        home = "/root" if user == "root" else f"/home/{user}"
        environment = {
            **_of_network(),
            "HOME": home,
            "USER": user,
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "TERM": "dumb",
        }
        words = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
        inside = f"chroot {root} setpriv --reuid={user} --regid={user} --init-groups env -i {words}"
        script = f"{'; '.join(mounts)}; exec {inside} sh -c {shlex.quote(f'cd {cwd} && {command}')}"
        session = [] if terminal is None else ["setsid", "--ctty"]  # sudo asks at the controlling terminal
        spaces = [*session, "unshare", "--mount", "--pid", "--fork", "--kill-child", *([] if network else ["--net"])]
        return subprocess.Popen(
            [*spaces, "sh", "-ec", script],
            stdin=subprocess.DEVNULL if terminal is None else terminal,
            stdout=subprocess.PIPE if terminal is None else terminal,
            stderr=subprocess.STDOUT if terminal is None else terminal,
            text=True,
            start_new_session=terminal is None,
        )

    def _finish(self, running: subprocess.Popen[str], command: str, *, began: float | None = None) -> Seen:
        began = time.monotonic() if began is None else began
        try:
            said, _ = running.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            said, _ = running.communicate()
        return self._keep(Seen(time.monotonic() - began, running.returncode, said), command)

    def _keep(self, seen: Seen, command: str) -> Seen:
        text = f"$ {command}\n{seen.said}\n({seen.seconds:.0f} s, exit {seen.code})\n"
        with (self._seen / f"{self.folder.name}.txt").open("a", encoding="utf-8") as file:
            file.write(text)
        return seen


class Trial:
    """One system's rows of the table."""

    def __init__(self, suite: str, folder: Path, source: str) -> None:
        self._suite = suite
        self._folder = folder
        self._source = source
        self._seen = folder / "seen"
        self.rows: list[tuple[str, str, str]] = []
        """Who and what; seconds; what was seen."""

    def run(self) -> None:
        self._seen.mkdir(exist_ok=True)
        base = self._folder / f"{self._suite}-base"
        try:
            distribution = DISTRIBUTIONS[self._suite]
            script = Path("/usr/share/debootstrap/scripts", SCRIPTS[distribution])
            words = ["debootstrap", "--variant=minbase", f"--components={COMPONENTS[distribution]}"]
            subprocess.run([*words, self._suite, base, self._source, script], check=True)
            updates = f"deb {self._source} {self._suite}-updates {COMPONENTS[distribution].replace(',', ' ')}\n"
            (base / "etc/apt/sources.list.d/updates.list").write_text(updates, encoding="utf-8")
            self._try_as_root(self._system(base))
            self._try_as_users(self._system(base))
        finally:
            for left in (base, self._folder / self._suite):
                shutil.rmtree(left, ignore_errors=True)

    def _system(self, base: Path) -> System:
        folder = self._folder / self._suite
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["cp", "-a", "--reflink=auto", base, folder], check=True)
        for file in ("resolv.conf", "hosts"):
            shutil.copy(Path("/etc", file), folder / "etc" / file)
        if "PIP_CERT" in os.environ:
            shutil.copy(os.environ["PIP_CERT"], folder / CERTIFICATES)
        system = System(folder, self._seen)
        system.run("apt-get update")
        return system

    def _try_as_root(self, system: System) -> None:
        system.run("apt-get install -y --no-install-recommends make")
        _check_out(system, "root/tmcwall", owner="root")
        self._demo(system, "root, bare system with make alone: make demo", user="root", cwd="/root/tmcwall")
        again = system.run("make system-desktop runtime", cwd="/root/tmcwall")
        installed = "installed anew" if "Memasang" in again.said else "nothing installed"
        self._row("root, again: what precedes the demo", again, installed)
        tests = system.run("make system-test", cwd="/root/tmcwall")
        at_boot = system.run("find /etc/rc?.d -name 'S*postgresql*'; find /etc/systemd -name 'postgresql*.service'")
        clusters = system.run("find /etc/postgresql /var/lib/postgresql -mindepth 2 2>/dev/null")
        left = (at_boot.said + clusters.said).split()
        self._row("root: make system-test", tests, f"PostgreSQL at boot or with a cluster: {', '.join(left) or 'no'}")

    def _try_as_users(self, system: System) -> None:
        system.run(f"apt-get install -y --no-install-recommends {' '.join(DOCUMENTED)}")
        for name in ("budi", "citra"):
            system.run(f"useradd --create-home --shell /bin/sh {name}")
        _check_out(system, "srv/tmcwall", owner="budi")
        user, cwd = "budi", "/srv/tmcwall"

        lacking = system.run("make demo", user=user, cwd=cwd)
        self._row("user without rights, libraries missing", lacking, lacking.last_sentence)
        named = re.search(r"jalankan: su -c '(.*)'", lacking.said)
        obeyed = system.run(named[1] if named else "false", cwd="/srv/tmcwall")
        self._row("root: the command that it named", obeyed, obeyed.last_sentence)

        system.run("apt-get install -y --no-install-recommends sudo && apt-get purge -y libxcb-cursor0")
        system.run(f"usermod -aG sudo budi && echo budi:{PASSWORD} | chpasswd")
        asked = system.run_at_terminal("make system-desktop", password=PASSWORD, user=user, cwd=cwd)
        self._row("user with sudo and password, at a terminal, one library missing", asked, asked.last_sentence)

        offline = system.run("make demo", network=False, user=user, cwd=cwd)
        left = "nothing left" if not (system.folder / "srv/tmcwall/.venv").exists() else "remains"
        self._row("user, offline", offline, f"{offline.last_sentence} ({left})")

        packages = system.folder / "srv/tmcwall/.venv/lib"
        cut = system.run_until(
            lambda: any(packages.glob("python*/site-packages/PySide6")), "make demo", user=user, cwd=cwd
        )
        self._row("user, killed while packages were unpacked", cut, f"{system.size_mb('srv/tmcwall/.venv')} MB left")
        self._demo(system, "user, after that: make demo", user=user, cwd=cwd)
        again = system.run("make system-desktop runtime", user=user, cwd=cwd)
        self._row("user, again: what precedes the demo", again, f".venv {system.size_mb('srv/tmcwall/.venv')} MB")
        self._demo(system, "second user, same checkout: make demo", user="citra", cwd="/srv/tmcwall")

        (system.folder / "srv/tmcwall").rename(system.folder / "srv/pindah")
        moved = system.run("make runtime && .venv/bin/tmcwall --version", user="budi", cwd="/srv/pindah")
        self._row("user, checkout moved: set-up and program", moved, moved.last_sentence)

    def _demo(self, system: System, what: str, *, user: str, cwd: str) -> None:
        kept = self._seen / f"{self._suite}-{user}.png"
        kept.unlink(missing_ok=True)
        done = system.run("make demo", user=user, cwd=cwd)
        picture = re.search(r"^gambar layar: (.*-demo\.png)$", done.said, re.MULTILINE)
        if picture and (system.folder / picture[1].lstrip("/")).is_file():
            shutil.copy(system.folder / picture[1].lstrip("/"), kept)
        self._row(what, done, f"picture {kept.name}" if kept.is_file() else done.last_sentence)

    def _row(self, what: str, seen: Seen, outcome: str) -> None:
        self.rows.append((what, f"{seen.seconds:.0f}", f"exit {seen.code}: {outcome}"))
        print(f"{SYSTEMS[self._suite]} | {what} | {seen.seconds:.0f} s | exit {seen.code}: {outcome}", flush=True)


def main(words: Sequence[str]) -> int:
    if not words or os.geteuid() != 0 or shutil.which("debootstrap") is None:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(words[0]).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    sources = _sources()
    table = []
    for word in words[1:] or SYSTEMS:
        suite, _, address = word.partition("=")
        source = address or sources.get(DISTRIBUTIONS[suite])
        if source is None:
            table.append((SYSTEMS[suite], "not tried", "", f"apt has no source of {DISTRIBUTIONS[suite]} here"))
            continue
        trial = Trial(suite, folder, source)
        trial.run()
        table += [(SYSTEMS[suite], *row) for row in trial.rows]
    print("\n| system | what | s | seen |\n|---|---|---|---|")
    for row in table:
        print(f"| {' | '.join(row)} |")
    return 0


def _sources() -> dict[str, str]:
    """For each distribution the address from which this machine's apt takes its main packages."""
    told = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN)\t$(COMPONENT)\t$(REPO_URI)", "Identifier: Packages"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found: dict[str, str] = {}
    for line in told.splitlines():
        origin, component, address = line.split("\t")
        if component == "main" and "security" not in address:
            found.setdefault(origin, address)
    return found


def _check_out(system: System, path: str, *, owner: str) -> None:
    """The files of this checkout as they are, without what git ignores."""
    place = system.folder / path
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    place.mkdir(parents=True)
    packed = subprocess.run(["tar", "-c", "--null", "-T", "-"], cwd=ROOT, input=listed, capture_output=True, check=True)
    subprocess.run(["tar", "-x"], cwd=place, input=packed.stdout, check=True)
    system.run(f"chown -R {owner}:{owner} /{path}")


def _of_network() -> dict[str, str]:
    """How this machine reaches the package index, in words for a tried system."""
    kept = {
        name: value for name, value in os.environ.items() if name.lower().endswith("_proxy") or name == "PIP_INDEX_URL"
    }
    return {**kept, "PIP_CERT": f"/{CERTIFICATES}"} if "PIP_CERT" in os.environ else kept


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
