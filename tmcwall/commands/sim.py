"""`tmcwall sim`: the city on a port, with faults from the command line and from standard input."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import platformdirs

from tmcwall.domain.camera import Profile
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainError, Fault, FaultCode
from tmcwall.rtsp.auth import Scheme, Verifier
from tmcwall.sim.city import CityCamera, first_cameras, served
from tmcwall.sim.faults import Trouble, form, make_order, parse_order
from tmcwall.sim.library import ClipLibrary, SceneLibrary
from tmcwall.sim.server import CameraServer, Library
from tmcwall.sim.web_server import WebServer, form_of
from tmcwall.stop_signals import on_stop_signal

_LONGEST_LINE: Final = 4096


def default_cache() -> Path:
    """Where coded scenes are kept, for all users of this account's programs."""
    return Path(platformdirs.user_cache_dir("tmcwall", appauthor=False)) / "city"


@dataclass(frozen=True, slots=True)
class SimOptions:
    """What `tmcwall sim` was asked. `faults` are `CAMERA=NAME[:ARG]`; without `username` no password is asked for."""

    cameras: int = 16
    port: int = 8554
    web: int = 0
    """So many of the first cameras are on the web, too, on `web_port`."""
    web_port: int = 8580
    clip: Path | None = None
    faults: tuple[str, ...] = ()
    list_urls: bool = False
    """Print the cameras, then the troubles they may be given, with what `sentences` says of each."""
    sentences: Mapping[str, str] = field(default_factory=dict)
    cache: Path = field(default_factory=default_cache)
    username: str = ""
    password: str = field(default="", repr=False)
    certificate: Path | None = None
    """Serve over TLS with this certificate; `key` is its private key. Both PEM."""
    key: Path | None = None
    basic: bool = False
    """Ask for Basic instead of Digest."""
    ends_with_input: bool = False
    """End at the end of standard input: who started this city is gone."""


async def serve(
    options: SimOptions,
    stop: asyncio.Event,
    *,
    say: Callable[[str], None] | None = None,
    standard_input: bool = False,
) -> None:
    """Serve until `stop`, with commands from standard input if wanted.

    `say` gets a line for each step: `ready URL COUNT`, `web ID URL`, `camera ID MAIN SUB`,
    `trouble NAME[:ARG] SENTENCE`, `scene NAME PROFILE`.

    Raises DomainError for wrong options, Fault(PORT_IN_USE) and the faults of an unreadable clip.
    """
    say = say if say is not None else _print_line
    orders = [parse_order(text) for text in options.faults]
    cameras = first_cameras(options.cameras)
    library, scenes = _library(options, say)
    server = CameraServer(
        served(cameras), library, clock=SystemClock(), port=options.port, verifier=_verifier(options), tls=_tls(options)
    )  # fmt: skip
    web = WebServer(server, [made.id for made in cameras[: options.web]], port=options.web_port)
    await server.start()
    try:
        if options.web:
            await web.start()
        for order in orders:
            server.handle(order)
        say(f"ready {server.scheme}://{server.host}:{server.port} {len(cameras)}")
        for place, made in enumerate(cameras[: options.web]):
            say(f"web {made.id} {web.url(made.id, form_of(place))}")
        if options.list_urls:
            _list_urls(server, cameras, say)
            _list_troubles(options.sentences, say)
        if scenes is not None:
            scenes.prepare([made.scene for made in cameras])
        if standard_input:
            _follow_standard_input(server, say, ended=stop.set if options.ends_with_input else _nothing)
        await stop.wait()
    finally:
        await web.close()
        await server.close()
        if scenes is not None:
            await scenes.close()


def main(options: SimOptions) -> int:
    """Serve until interrupted. Raises what `serve` raises."""
    asyncio.run(_serve_until_signal(options))
    return 0


async def _serve_until_signal(options: SimOptions) -> None:
    stop = asyncio.Event()
    on_stop_signal(stop.set)
    if hasattr(signal, "SIGTTIN"):  # a read from the terminal in the background fails then, and does not stop us
        signal.signal(signal.SIGTTIN, signal.SIG_IGN)
    await serve(options, stop, standard_input=True)


def _library(options: SimOptions, say: Callable[[str], None]) -> tuple[Library, SceneLibrary | None]:
    if options.clip is not None:
        return ClipLibrary(options.clip), None

    def coded(scene: str, profile: Profile) -> None:
        say(f"scene {scene} {profile.value}")

    scenes = SceneLibrary(options.cache, coded=coded)
    return scenes, scenes


def _verifier(options: SimOptions) -> Verifier | None:
    if not options.username:
        return None
    schemes = (Scheme.BASIC,) if options.basic else (Scheme.DIGEST_SHA256, Scheme.DIGEST_MD5)
    return Verifier(options.username, options.password, schemes=schemes)


def _tls(options: SimOptions) -> ssl.SSLContext | None:
    if options.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(options.certificate, options.key)
    except OSError as error:
        raise Fault(FaultCode.CERTIFICATE_UNREADABLE, str(options.certificate), retryable=False) from error
    return context


def _list_urls(server: CameraServer, cameras: tuple[CityCamera, ...], say: Callable[[str], None]) -> None:
    for made in cameras:
        say(f"camera {made.id} {server.url(made.id, Profile.MAIN)} {server.url(made.id, Profile.SUB)}")


def _list_troubles(sentences: Mapping[str, str], say: Callable[[str], None]) -> None:
    for trouble in Trouble:
        say(f"trouble {form(trouble)} {sentences.get(trouble, '')}".rstrip())


def _follow_standard_input(
    server: CameraServer, say: Callable[[str], None], *, ended: Callable[[], object]
) -> None:  # fmt: skip
    """Take `fault CAMERA NAME[:ARG]`, `clear CAMERA` and `sent CAMERA [FIRST LAST]` lines until the end of standard
    input; then call `ended`.

    The thread reads the descriptor itself: a daemon thread that waits in `sys.stdin` breaks the interpreter's end.
    """
    loop = asyncio.get_running_loop()

    def read() -> None:
        pending = b""
        while (data := os.read(0, 4096)) and len(pending) < _LONGEST_LINE:
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                loop.call_soon_threadsafe(_handle_line, server, line.decode("utf-8", "replace"), say)

    def read_while_open() -> None:
        try:
            read()
            loop.call_soon_threadsafe(ended)
        except (OSError, RuntimeError):  # closed standard input, or the loop has ended
            return

    threading.Thread(target=read_while_open, name="sim-commands", daemon=True).start()


def _nothing() -> None:
    """A city that was started at a terminal or by the system serves on."""


def _handle_line(server: CameraServer, line: str, say: Callable[[str], None]) -> None:
    words = line.split()
    try:
        match words:
            case ["fault", camera, fault]:
                server.handle(make_order(camera, fault))
            case ["clear", camera]:
                server.clear(camera)
            case ["sent", camera]:
                words = [*words, str(server.sent_pictures(camera))]
            case ["sent", camera, first, last] if first.isdecimal() and last.isdecimal():
                words = [*words, str(server.sent_pictures(camera, first=int(first), last=int(last)))]
            case []:
                return
            case _:
                say(f"unknown {line.strip()}")
                return
    except DomainError as error:
        say(f"refused {error}")
        return
    say(f"done {' '.join(words)}")


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
