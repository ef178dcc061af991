"""The one place that wires the desktop program."""

from __future__ import annotations

import contextlib
import platform
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, QtMsgType, Signal, Slot, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.health import Verdict
from tmcwall.domain.region import Regions
from tmcwall.domain.sp2hp import Preset
from tmcwall.log import get_logger
from tmcwall.services.alarm import Alarm, SoundDevice
from tmcwall.services.camerabook import CameraBook
from tmcwall.services.duty import Duty, ServerGate
from tmcwall.services.incidentdesk import IncidentDesk
from tmcwall.services.layouts import Layouts
from tmcwall.services.synchronisation import Client, Replica, Synchronisation
from tmcwall.services.tagging import Rolls, Tagging
from tmcwall.sync import client as sync_client
from tmcwall.ui import theme
from tmcwall.ui.actions import Actions
from tmcwall.ui.console.window import ConsoleServices, ConsoleWindow
from tmcwall.ui.texts import Language, Translator
from tmcwall.ui.texts import console as say
from tmcwall.video.feed import VideoFeed
from tmcwall.workstation import Workstation, open_workstation, region_lines

log = get_logger(__name__)

_STOP_MS: Final = 3000


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What `tmcwall run` was asked."""

    data_dir: Path | None = None
    language: Language | None = None
    layout: str | None = None
    kiosk: bool = False


def run_desktop(options: RunOptions) -> int:
    """Show the wall until it is closed; the exit code. Raises Fault(NO_DISPLAY, SETTINGS_*, STORE_*)."""
    require_display()
    with open_workstation(options.data_dir, clock=SystemClock()) as workstation:
        translate = Translator(options.language or Language(workstation.settings.language))
        application = make_application(translate)
        desktop = Desktop(workstation, translate=translate, layout=options.layout, kiosk=options.kiosk)
        return run_until_closed(application, desktop)
