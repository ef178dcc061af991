"""The product's story, told by the product: a city on the wall, an incident on the tiles, a tag on the server."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
import threading
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

import platformdirs

from tmcwall.commands.demo_options import DemoOptions
from tmcwall.commands.demo_processes import NRP, DemoProcesses
from tmcwall.commands.demo_story import Story, tell
from tmcwall.commands.desktop import make_application, run_until_closed
from tmcwall.commands.register import register_of
from tmcwall.commands.results import check_picture, check_result
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.durable import disk_fault, temporary_folder
from tmcwall.paths import Paths
from tmcwall.private_files import make_private_file, make_private_folder
from tmcwall.services.camera_register import account_of_the_system
from tmcwall.settings_file import change_setting, load_settings
from tmcwall.texts import Language, Translator
from tmcwall.texts import demo as say
from tmcwall.ui.display import check_display
from tmcwall.workstation import Workstation, open_workstation

OFFSCREEN_SECONDS: Final = 60.0
"""How long the demo runs where there is no display."""
_DAY_CAMERAS: Final = 16
_FASTEST_DAY: Final = 1000
_NOTHING_SHOWN: Final = 1
"""The exit code."""
_OFFSCREEN: Final = "offscreen"
_TOLD_IN: Final = 4
"""So often it is told how far the city is with its scenes."""
_MARKER: Final = "tmcwall-demo"
"""A file that says a folder was made by a demo and may be emptied by the next."""


def run_demo(options: DemoOptions) -> int:
    """Tell the story until the time is up or the windows are closed; the exit code, 1 if no camera was ever shown.

    Raises DomainError(OUTPUT_REFUSED, PICTURE_FORMAT, NUMBER_OUT_OF_RANGE, FOLDER_NOT_EMPTY) and, for its data,
    DiskFault or Fault(STORE_UNWRITABLE) before anything starts; Fault(FILE_UNWRITABLE) for what the end should have
    left.
    """
    translate = Translator(options.language or Language.ID)
    check_picture(options.screenshot)
    check_result(options.stats)
    options.world.watching(options.cameras)  # refuses a number of cameras that the city does not have
    _check_day(options)
    data = (options.data_dir or Path(platformdirs.user_data_dir("tmcwall-demo", appauthor=False))).absolute()
    options = _with_display(options, translate, data=data)
    clock = SystemClock()
    with ExitStack() as open_things:
        private = open_things.enter_context(temporary_folder("tmcwall-demo-"))
        _make_fresh(data)
        _use_two_monitors(private)
        progress = _SceneProgress(options.world.scenes(options.cameras), translate)
        stage = open_things.enter_context(
            DemoProcesses(data=data, private=private, cameras=options.cameras, scene_coded=progress.one_more)
        )
        stage.start_city()
        options.world.prepare_server(
            data, nrp=NRP, password=stage.password, webhook_secret=stage.webhook_secret
        )  # fmt: skip
        address = stage.start_server()
        tell(translate, say.SERVER, address=address)
        port = stage.city_port()
        tell(translate, say.CITY, count=options.cameras)
        progress.begin()
        _write_settings(data, private, server=address, gate=options.world.toll_gate, language=translate.language)
        workstation = open_things.enter_context(open_workstation(data, clock=clock, process="demo"))
        workstation.identity.enrol(options.world.enrolment_code(data))
        _import_city(workstation, options, stage, port=port, folder=private)
        tell(translate, say.IMPORTED, count=options.cameras)
        application = make_application(translate)
        story = Story(application, workstation, stage, options, translate=translate)
        open_things.callback(story.close)
        run_until_closed(application, story.desktop)
    if story.failure is not None:
        raise story.failure
    if story.stayed_dark:
        print(f"tmcwall: {translate(say.DARK)}", file=sys.stderr)
        return _NOTHING_SHOWN
    return 0


class _SceneProgress:
    """Tells how far the city is with its scenes, as long as some are wanting: a quarter of them at a time."""

    def __init__(self, count: int, translate: Translator) -> None:
        self._count = count
        self._translate = translate
        self._done = 0
        self._is_told = False
        self._lock = threading.Lock()

    def begin(self) -> None:
        """From now on it may be told; nothing is where all scenes are there already."""
        with self._lock:
            self._is_told = self._done < self._count
            self._tell()

    def one_more(self) -> None:
        """One more scene can be shown. From any thread."""
        with self._lock:
            self._done += 1
            if self._done * _TOLD_IN % self._count < _TOLD_IN:
                self._tell()

    def _tell(self) -> None:
        if self._is_told:
            tell(self._translate, say.SCENES, done=self._done, count=self._count)


def _check_day(options: DemoOptions) -> None:
    if options.day_speed is None:
        return
    if not 0 < options.day_speed <= _FASTEST_DAY:
        raise DomainError(DomainCode.NUMBER_OUT_OF_RANGE, f"--day {options.day_speed:g}: 0..{_FASTEST_DAY}")
    if options.cameras < _DAY_CAMERAS:
        raise DomainError(DomainCode.NUMBER_OUT_OF_RANGE, f"--day: --cameras {options.cameras}, {_DAY_CAMERAS}..")


def _with_display(options: DemoOptions, translate: Translator, *, data: Path) -> DemoOptions:
    """Without a display: offscreen, a minute, and a picture of what would have been seen, in this user's own folder."""
    try:
        check_display()
    except Fault as fault:
        if fault.code is not FaultCode.NO_DISPLAY:
            raise
        os.environ["QT_QPA_PLATFORM"] = _OFFSCREEN
        seconds = options.seconds or OFFSCREEN_SECONDS
        picture = options.screenshot or data / "tmcwall-demo.png"
        tell(translate, say.NO_DISPLAY, seconds=seconds, path=picture)
        return replace(options, seconds=seconds, screenshot=picture)
    return options


def _use_two_monitors(folder: Path) -> None:
    """Without a display, have two monitors as a workstation has: the console on the first, the wall on the second."""
    if os.environ.get("QT_QPA_PLATFORM") != _OFFSCREEN:
        return
    screens = [
        {"name": name, "x": x, "y": 0, "width": 1920, "height": 1080, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
        for name, x in (("Konsol", 0), ("Layar dinding", 1920))  # the platform takes the first name for the primary
    ]
    configuration = folder / "screens.json"
    configuration.write_text(json.dumps({"screens": screens}), encoding="utf-8")
    os.environ["QT_QPA_PLATFORM"] = f"{_OFFSCREEN}:configfile={configuration}"


def _make_fresh(data: Path) -> None:
    """An empty folder for this run; only what an earlier demo left there is removed."""
    marker = data / _MARKER
    if data.exists() and any(data.iterdir()):
        if not marker.exists():
            raise DomainError(DomainCode.FOLDER_NOT_EMPTY, str(data))
        shutil.rmtree(data)
    try:
        make_private_folder(data)
        make_private_file(marker)
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.STORE_UNWRITABLE, folder=data) from error


def _write_settings(data: Path, private: Path, *, server: str, gate: str, language: Language) -> None:
    key = private / "vault.key"
    key.write_bytes(secrets.token_bytes(48))
    key.chmod(0o600)
    paths = Paths.under(data)
    load_settings(paths)
    for name, value in (
        ("server_url", server),
        ("allow_loopback", True),
        ("vault_key_file", str(key)),
        ("language", language.value),
        ("station", "Peragaan"),
        ("one_way_gates", (gate,)),
    ):
        change_setting(paths, name, value)


def _import_city(
    workstation: Workstation, options: DemoOptions, stage: DemoProcesses, *, port: int, folder: Path
) -> None:
    listed = folder / "cameras.csv"
    options.world.write_list(
        listed, port=port, count=options.cameras, username=stage.camera_user, password=stage.camera_password
    )
    register_of(workstation).import_list(listed, by=account_of_the_system())
