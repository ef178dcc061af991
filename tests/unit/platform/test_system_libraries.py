"""A library that this machine lacks is one sentence with its package, before Qt would end the program by itself."""

import sys

import pytest

from tmcwall import cli, command_runs
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.system_libraries import FOR_WAYLAND, FOR_X, check_libraries, missing_library
from tmcwall.ui import display

NO_LIBGL = "libGL.so.1: cannot open shared object file: No such file or directory"


def test_a_module_that_a_missing_library_kept_from_loading_names_library_and_package():
    fault = missing_library(ImportError(NO_LIBGL))
    assert fault is not None
    assert (fault.code, fault.detail) == (FaultCode.LIBRARY_MISSING, "libGL.so.1: libgl1")


def test_any_other_failed_import_is_a_bug():
    assert missing_library(ImportError("cannot import name 'QtGui' from 'PySide6'")) is None


def test_the_command_line_says_it_in_one_sentence(monkeypatch, capsys):
    def without_libgl(_options: object) -> int:
        raise ImportError(NO_LIBGL)

    monkeypatch.setattr(command_runs, "desktop", without_libgl)
    assert cli.main(["run"]) == cli.CANNOT_START
    said = capsys.readouterr().err
    assert said.startswith("tmcwall: ")
    assert "(libGL.so.1: libgl1)" in said
    assert len(said.splitlines()) == 1


def test_a_library_that_is_not_there_is_found_by_trying():
    with pytest.raises(Fault) as missing:
        check_libraries(["libnone-of-this-name.so.9"])
    assert (missing.value.code, missing.value.detail) == (FaultCode.LIBRARY_MISSING, "libnone-of-this-name.so.9")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bring what a window needs")
@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({"WAYLAND_DISPLAY": "wayland-0"}, FOR_WAYLAND),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0", "QT_QPA_PLATFORM": "wayland"}, FOR_WAYLAND),
        ({"DISPLAY": ":0"}, FOR_X),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0", "QT_QPA_PLATFORM": "xcb"}, FOR_X),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, None),
        ({"QT_QPA_PLATFORM": "offscreen"}, None),
    ],
)
def test_what_the_display_at_hand_needs_is_asked_for(monkeypatch, environment, asked):
    checked = []
    monkeypatch.setattr(display, "check_libraries", checked.append)
    display.check_display(environment)
    assert checked == ([asked] if asked else [])
