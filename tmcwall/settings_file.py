"""The files that settings stand in.

Read from `settings.toml`; the environment wins over the file, and the file over what an administrator has set for the
machine (`Paths.managed_settings`). The file is written with comments at the first start, and a setting that a newer
version knows is added to it as a comment. What was read well is kept beside the logs, so that a file broken by hand
costs an officer no shift.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

import tomlkit
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.settings_fault import SettingProblem, SettingReason, SettingsFault
from tmcwall.durable import disk_fault, replace_file
from tmcwall.paths import Paths
from tmcwall.setting_help import SettingHelp
from tmcwall.settings import ENVIRONMENT_PREFIX, Settings

_DROPPED: Final = frozenset({"station"})
"""Settings of earlier versions that nothing reads any more: a file that still has them is as good as any."""
_ENDLESS_NUMBER: Final = re.compile(r"[0-9_]{4300}")

_REASONS: Final[Mapping[str, SettingReason]] = {
    "string_type": SettingReason.NOT_TEXT,
    "string_unicode": SettingReason.NOT_TEXT,
    "int_type": SettingReason.NOT_A_WHOLE_NUMBER,
    "int_parsing": SettingReason.NOT_A_WHOLE_NUMBER,
    "int_parsing_size": SettingReason.NOT_A_WHOLE_NUMBER,
    "int_from_float": SettingReason.NOT_A_WHOLE_NUMBER,
    "float_type": SettingReason.NOT_A_NUMBER,
    "float_parsing": SettingReason.NOT_A_NUMBER,
    "finite_number": SettingReason.NOT_A_NUMBER,
    "greater_than_equal": SettingReason.TOO_SMALL,
    "less_than_equal": SettingReason.TOO_LARGE,
    "bool_type": SettingReason.NOT_TRUE_OR_FALSE,
    "bool_parsing": SettingReason.NOT_TRUE_OR_FALSE,
    "path_type": SettingReason.NOT_A_PATH,
    "tuple_type": SettingReason.NOT_A_LIST,
    "too_long": SettingReason.LIST_TOO_LONG,
    "missing": SettingReason.LIST_TOO_SHORT,
    "ip_v4_network": SettingReason.NOT_A_NETWORK,
    "ip_v6_network": SettingReason.NOT_A_NETWORK,
    "literal_error": SettingReason.NOT_ONE_OF,
    **{
        reason.value: reason
        for reason in (
            SettingReason.NOT_ABSOLUTE,
            SettingReason.NOT_A_NETWORK,
            SettingReason.NOT_A_FINGERPRINT,
            SettingReason.SERVER_URL_MALFORMED,
            SettingReason.SERVER_URL_PASSWORD,
            SettingReason.SERVER_URL_PLAIN,
            SettingReason.RELAY_ADDRESS_MALFORMED,
            SettingReason.LETTER_NUMBER_FORMAT,
        )
    },
}
"""By pydantic's type of error, and by those of the checks of `Settings`."""


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """What the program runs with.

    `fault` is set when the file was broken and the last good copy is used instead, when the administrator's file was
    broken and goes unheeded, or when there is no file and none could be made: the defaults are in use then.
    """

    settings: Settings
    fault: Fault | None = None


def load_settings(paths: Paths) -> LoadedSettings:
    """The settings of this installation; the file is made at the first start.

    A broken file is left as it is, and the last good copy is used with the fault that names its line. Raises
    SettingsFault if there is no good copy either, or if the environment is wrong.
    """
    managed, managed_fault = _managed_or_nothing(paths)
    if not paths.settings.exists():
        try:
            write_defaults(paths.settings, managed=managed)
        except Fault as fault:  # the wall needs no file to show what it can
            return LoadedSettings(parse_settings("", name=paths.settings.name, managed=managed), fault)
    try:
        text = _read(paths.settings)
        settings = parse_settings(text, name=paths.settings.name, managed=managed)
    except SettingsFault as fault:
        good = _last_good(paths, fault, managed)
        return LoadedSettings(good, SettingsFault(fault.problem, fault.detail, last_good=True))
    with suppress(Fault):  # a file that cannot be written is still good to read
        text = _with_missing_settings(paths.settings, text, language=settings.language, managed=managed)
    _keep(paths.last_good_settings, text)
    return LoadedSettings(settings, managed_fault)


def read_settings(paths: Paths) -> Settings:
    """The settings as they are, or the defaults where there is no file; nothing is written.

    Raises SettingsFault.
    """
    text = _read(paths.settings) if paths.settings.exists() else ""
    return parse_settings(text, name=paths.settings.name, managed=managed_settings(paths))


def managed_settings(paths: Paths) -> Mapping[str, object]:
    """What an administrator has set for the machine, by name. Raises SettingsFault with file and line."""
    file = paths.managed_settings
    if file is None or not file.exists():
        return {}
    text = _read(file)
    parse_settings(text, name=str(file))
    return tomllib.loads(text)


def parse_settings(
    text: str, *, name: str = "settings.toml", managed: Mapping[str, object] = MappingProxyType({})
) -> Settings:
    """Settings from the text of a file and the environment, over what is `managed`.

    Raises SettingsFault that names the line.
    """
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _not_toml(error, text, name) from error
    for setting in values:
        if setting not in Settings.model_fields and setting not in _DROPPED:
            raise _of_setting(SettingReason.UNKNOWN, "no such setting", setting=setting, text=text, name=name)
    try:
        return Settings(
            **{**managed, **{setting: value for setting, value in values.items() if setting not in _DROPPED}}
        )
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        setting, limit = str(problem["loc"][0]), _limit(problem)
        raise _of_setting(
            _REASONS.get(problem["type"], SettingReason.NOT_ACCEPTED),
            problem["msg"],
            setting=setting,
            limit=limit,
            text=text,
            name=name,
        ) from None
    except SettingsError as error:
        found = re.search(r'field "(\w+)"', str(error))
        setting = found[1] if found else ""
        variable = ENVIRONMENT_PREFIX + setting.upper()
        problem_place = SettingProblem(SettingReason.NOT_JSON, setting=setting, variable=variable)
        raise SettingsFault(problem_place, f"{variable}: not JSON") from None


def write_defaults(
    path: Path, *, language: Literal["id", "en"] = "id", managed: Mapping[str, object] = MappingProxyType({})
) -> None:
    """Write a settings file with every setting at its default under its sentence.

    What is `managed` stands there as a comment, so that the file does not overrule it. Raises DiskFault, and
    Fault(FILE_UNWRITABLE).
    """
    lines = ["# tmcwall"]
    for name in Settings.model_fields:
        sentence, setting = _described(name, language=language, managed=managed)
        lines += ["", sentence, f"# {setting}" if name in managed else setting]
    _write(path, "\n".join(lines) + "\n")


def change_setting(paths: Paths, name: str, value: object) -> Settings:
    """Change one setting in the file, comments kept, and return the settings as they are now.

    Raises SettingsFault and changes nothing when the file is broken or the value is not accepted, and DiskFault or
    Fault(FILE_UNWRITABLE) when it cannot be written.
    """
    text, managed = _read(paths.settings), managed_settings(paths)
    parse_settings(text, name=paths.settings.name, managed=managed)
    document = tomlkit.parse(text)
    if name not in document:
        # Its place is under its sentence, where it stands as a comment.
        document = tomlkit.parse(re.sub(rf"(?m)^# ({name} = )", r"\1", text, count=1))
    document[name] = _plain(value)
    changed = tomlkit.dumps(document)
    settings = parse_settings(changed, name=paths.settings.name, managed=managed)
    _write(paths.settings, changed)
    _keep(paths.last_good_settings, changed)
    return settings


def _last_good(paths: Paths, fault: SettingsFault, managed: Mapping[str, object]) -> Settings:
    try:
        return parse_settings(_read(paths.last_good_settings), managed=managed)
    except SettingsFault:
        raise fault from None


def _managed_or_nothing(paths: Paths) -> tuple[Mapping[str, object], SettingsFault | None]:
    """A broken file of the administrator costs its own settings only, and is named."""
    try:
        return managed_settings(paths), None
    except SettingsFault as fault:
        return {}, fault


def _with_missing_settings(
    path: Path, text: str, *, language: Literal["id", "en"], managed: Mapping[str, object]
) -> str:
    """Add what this version knows and the file does not name, as comments; what stands there stays byte for byte.

    Returns the text as it is now. Raises DiskFault, and Fault(FILE_UNWRITABLE).
    """
    missing = [name for name in Settings.model_fields if not _names(text, name)]
    if not missing:
        return text
    lines = []
    for name in missing:
        sentence, setting = _described(name, language=language, managed=managed)
        lines += ["", sentence, f"# {setting}"]
    try:
        kept = path.read_bytes()
        newline = b"\r\n" if b"\r\n" in kept else b"\n"
        ending = b"" if not kept or kept.endswith(b"\n") else newline
        added = b"".join(line.encode() + newline for line in lines)
        replace_file(path, kept + ending + added)
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE) from error
    return _read(path)


def _names(text: str, setting: str) -> bool:
    """Whether the file gives the setting a value, or shows it in a comment."""
    return re.search(rf"(?m)^[ \t]*(?:#[ \t]*)?[\"']?{setting}[\"']?[ \t]*=", text) is not None


def _described(name: str, *, language: Literal["id", "en"], managed: Mapping[str, object]) -> tuple[str, str]:
    """Its sentence as a comment, and the setting at its default."""
    field = Settings.model_fields[name]
    help_text = next(item for item in field.metadata if isinstance(item, SettingHelp))
    value = managed[name] if name in managed else _plain(field.default)
    return f"# {help_text.en if language == 'en' else help_text.id}", f"{name} = {tomlkit.item(value).as_string()}"


def _keep(path: Path, text: str) -> None:
    """Keep a good copy. A state folder that cannot be written costs the copy only, not the start."""
    try:
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            replace_file(path, text.encode())
    except OSError:
        return


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = SettingProblem(SettingReason.NOT_UTF8, file=path.name, line=line)
        raise SettingsFault(problem, f"{path.name}, line {line}: not UTF-8") from None
    except OSError as error:
        problem = SettingProblem(SettingReason.FILE_UNREADABLE, file=str(path))
        raise SettingsFault(problem, f"{path}: {error.strerror}") from error


def _write(path: Path, text: str) -> None:
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE) from error


def _plain(value: object) -> object:
    """A value as TOML has it: no nulls, no paths, no networks."""
    match value:
        case None:
            return ""
        case tuple() | list():
            return [_plain(item) for item in value]
        case bool() | int() | float():
            return value
        case _:
            return str(value)


def _not_toml(error: ValueError | RecursionError, text: str, name: str) -> SettingsFault:
    """Python refuses to read a number of more than 4300 digits before TOML's reader can name its line."""
    if not isinstance(error, tomllib.TOMLDecodeError | RecursionError):
        for number, line in enumerate(text.splitlines(), start=1):
            if _ENDLESS_NUMBER.search(line):
                problem = SettingProblem(SettingReason.NUMBER_TOO_LONG, file=name, line=number)
                return SettingsFault(problem, f"{name}, line {number}: number with too many digits")
    found = re.search(r"line (\d+)", str(error))
    line_number = int(found[1]) if found else text.count("\n") + 1
    problem = SettingProblem(SettingReason.NOT_TOML, file=name, line=line_number)
    return SettingsFault(problem, f"{name}, line {line_number}: not TOML")


def _of_setting(
    reason: SettingReason, words: str, *, setting: str, text: str, name: str, limit: str = ""
) -> SettingsFault:
    """With its place: the line of the file, or the variable of the environment that overrides it."""
    variable = ENVIRONMENT_PREFIX + setting.upper()
    if any(known.upper() == variable for known in os.environ):
        problem = SettingProblem(reason, setting=setting, variable=variable, limit=limit)
        return SettingsFault(problem, f"{variable}: {words}")
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(rf"\s*\[*[\"']?{re.escape(setting)}\b", line):
            problem = SettingProblem(reason, file=name, line=number, setting=setting, limit=limit)
            return SettingsFault(problem, f"{name}, line {number}, {setting}: {words}")
    return SettingsFault(
        SettingProblem(reason, file=name, setting=setting, limit=limit), f"{name}, {setting}: {words}"
    )  # fmt: skip


def _limit(problem: ErrorDetails) -> str:
    """What would be right, as pydantic knows it."""
    context = problem.get("ctx", {})
    if problem["type"] == "literal_error":
        return ", ".join(re.findall(r"'([^']*)'", str(context["expected"])))
    found = next((context[key] for key in ("ge", "le", "max_length") if key in context), "")
    return f"{found:g}" if isinstance(found, float) else str(found)
