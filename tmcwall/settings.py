"""Typed settings of the program, each declared once: type, limits, default, and a sentence in both languages.

Read from `settings.toml`; `TMCWALL_<NAME>` in the environment wins over the file, and the file over what an
administrator has set for the machine (`Paths.managed_settings`). The file is written with comments at the first start,
and a setting that a newer version knows is added to it as a comment. What was read well is kept beside the logs, so
that a file broken by hand costs an officer no shift.
"""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

import tomlkit
from pydantic import Field, ValidationError, field_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from tmcwall.domain.address import is_this_machine
from tmcwall.domain.fault import Fault
from tmcwall.domain.settings_fault import SettingProblem, SettingReason, SettingsFault
from tmcwall.durable import replace_file
from tmcwall.paths import Paths

ENVIRONMENT_PREFIX: Final = "TMCWALL_"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PRIVATE_NETWORKS: Final[tuple[Network, ...]] = (
    ipaddress.IPv4Network("10.0.0.0/8"),
    ipaddress.IPv4Network("172.16.0.0/12"),
    ipaddress.IPv4Network("192.168.0.0/16"),
    ipaddress.IPv6Network("fc00::/7"),
)
"""RFC 1918 and RFC 4193: where cameras of a city normally are."""

_DROPPED: Final = frozenset({"clip_keep_days", "station"})
"""Settings of earlier versions that nothing reads any more: a file that still has them is as good as any."""
_GIB: Final = 1 << 30
_ENDLESS_NUMBER: Final = re.compile(r"[0-9_]{4300}")
_FINGERPRINT: Final = re.compile(r"\S+:\d{1,5} +[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}")

_REASONS: Final[Mapping[str, SettingReason]] = {
    "string_type": SettingReason.NOT_TEXT,
    "string_unicode": SettingReason.NOT_TEXT,
    "string_too_short": SettingReason.TEXT_TOO_SHORT,
    "string_too_long": SettingReason.TEXT_TOO_LONG,
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
        )
    },
}
"""By pydantic's type of error, and by those of the checks below."""


@dataclass(frozen=True, slots=True)
class SettingHelp:
    """What a setting is for, as the settings file says it above its line."""

    id: str
    en: str


class Settings(BaseSettings):
    """All settings. Frozen: a change is written with `change_setting` and read again."""

    model_config = SettingsConfigDict(env_prefix=ENVIRONMENT_PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    language: Annotated[
        Literal["id", "en"],
        SettingHelp("Bahasa tampilan: id (Indonesia) atau en (Inggris).", "Language of the screens: id or en."),
    ] = "id"
    time_zone: Annotated[
        Literal["WIB", "WITA", "WIT"],
        SettingHelp(
            "Zona waktu tempat kerja ini: WIB (UTC+7), WITA (UTC+8), atau WIT (UTC+9).",
            "Time zone of this station: WIB (UTC+7), WITA (UTC+8) or WIT (UTC+9).",
        ),
    ] = "WIB"
    server_url: Annotated[
        str,
        SettingHelp(
            "Alamat server pusat, misalnya https://tmc.example. Kosong: bekerja tanpa server.",
            "Address of the central server, for example https://tmc.example. Empty: work without one.",
        ),
    ] = ""
    recordings_folder: Annotated[
        Path | None,
        SettingHelp(
            "Folder rekaman bergulir. Kosong: di folder data.",
            "Folder of the rolling recording. Empty: in the data folder.",
        ),
    ] = None
    clips_folder: Annotated[
        Path | None,
        SettingHelp(
            "Folder klip yang sudah dipotong. Kosong: di folder data.", "Folder of clips. Empty: in the data folder."
        ),
    ] = None
    recording_keep_s: Annotated[
        int,
        Field(ge=60, le=31 * 86_400),
        SettingHelp(
            "Lama rekaman bergulir disimpan, dalam detik.", "How long the rolling recording is kept, in seconds."
        ),
    ] = 600
    recording_keep_gib: Annotated[
        float,
        Field(ge=0.1, le=1_000_000),
        SettingHelp(
            "Ruang disk paling banyak untuk rekaman bergulir, dalam GiB.",
            "Largest size of the rolling recording, in GiB.",
        ),
    ] = 20.0
    disk_reserve_gib: Annotated[
        float,
        Field(ge=0.0, le=100_000),
        SettingHelp(
            "Sisa disk dalam GiB; di bawahnya perekaman berhenti agar penandaan tetap bisa.",
            "Free disk space in GiB below which recording stops, so that tagging still works.",
        ),
    ] = 1.0
    pre_roll_s: Annotated[
        float,
        Field(ge=0, le=600),
        SettingHelp(
            "Detik sebelum tombol penanda ditekan yang ikut disimpan.", "Seconds before the key press that a tag keeps."
        ),
    ] = 30.0
    post_roll_s: Annotated[
        float,
        Field(ge=0, le=600),
        SettingHelp(
            "Detik sesudah tombol penanda ditekan yang ikut disimpan.", "Seconds after the key press that a tag keeps."
        ),
    ] = 30.0
    lp_largest_gap: Annotated[
        int,
        Field(ge=0, le=100_000),
        SettingHelp(
            "Lompatan nomor urut LP sekesatuan yang masih wajar; di atasnya petugas diingatkan. 0: tidak pernah.",
            "Leap of a unit's LP numbers that is still usual; above it the officer is reminded. 0 means never.",
        ),
    ] = 300
    sp2hp_preset: Annotated[
        Literal["klasik", "bulanan", "perkembangan"],
        SettingHelp("Aturan pengingat SP2HP: klasik, bulanan, atau perkembangan.", "Rule of the SP2HP reminders."),
    ] = "klasik"
    allowed_networks: Annotated[
        tuple[Network, ...],
        SettingHelp(
            "Jaringan tempat kamera boleh berada, ditulis sebagai CIDR. Alamat di luarnya ditolak.",
            "Networks that cameras may be in, as CIDR. Addresses outside them are refused.",
        ),
    ] = PRIVATE_NETWORKS
    allow_loopback: Annotated[
        bool,
        SettingHelp(
            "Izinkan kamera di komputer ini sendiri (hanya untuk latihan dan pengujian).",
            "Allow cameras on this computer itself (for training and tests only).",
        ),
    ] = False
    camera_transport: Annotated[
        Literal["auto", "tcp", "udp"],
        SettingHelp(
            "Cara kamera RTSP mengirim bila daftar kamera tidak menyebutnya: auto (TCP; UDP bila TCP ditolak), tcp,"
            " atau udp (TCP bila tidak ada yang datang).",
            "How RTSP cameras send where the camera list does not say: auto (TCP; UDP where TCP is refused), tcp,"
            " or udp (TCP where nothing comes).",
        ),
    ] = "auto"
    camera_ca_file: Annotated[
        Path | None,
        SettingHelp(
            "Berkas PEM otoritas sertifikat kantor untuk kamera rtsps dan https. Kosong: otoritas dari sistem.",
            "PEM file of the office's certificate authority for rtsps and https cameras. Empty: those of the system.",
        ),
    ] = None
    camera_fingerprints: Annotated[
        tuple[str, ...],
        SettingHelp(
            'Sidik jari SHA-256 sertifikat kamera yang dipercaya langsung, ditulis sebagai "host:port sidikjari".',
            'SHA-256 fingerprints of camera certificates that are trusted as they are, as "host:port fingerprint".',
        ),
    ] = ()
    walls: Annotated[
        tuple[str, ...],
        Field(max_length=16),
        SettingHelp(
            "Layar dinding video menurut identitasnya (lihat tmcwall doctor). Kosong: semua kecuali layar utama.",
            "Monitors that are walls, by identity (see tmcwall doctor). Empty: all but the primary one.",
        ),
    ] = ()
    reserved_tiles: Annotated[
        int,
        Field(ge=0, le=16),
        SettingHelp(
            "Jumlah petak yang boleh diisi kamera terdekat dari suatu kejadian.",
            "Tiles that an incident may fill with its nearest cameras.",
        ),
    ] = 4
    sound: Annotated[
        bool, SettingHelp("Bunyikan nada saat kejadian masuk.", "Sound a tone when an incident arrives.")
    ] = True
    sound_volume: Annotated[
        float, Field(ge=0, le=1), SettingHelp("Kerasnya nada, 0 sampai 1.", "Loudness of the tone, 0 to 1.")
    ] = 0.7
    decoders: Annotated[
        int,
        Field(ge=0, le=64),
        SettingHelp(
            "Jumlah proses dekoder; 0 berarti menurut jumlah inti prosesor.",
            "Decoder processes; 0 means by the number of cores.",
        ),
    ] = 0
    hardware_decoding: Annotated[
        Literal["off", "auto"],
        SettingHelp(
            "Dekode dengan kartu grafis: off, atau auto bila berfungsi. Dengan auto kurungan dekoder lebih longgar.",
            "Decode on the graphics card: off, or auto where it works. With auto decoders are locked in less.",
        ),
    ] = "off"
    vault_key_file: Annotated[
        Path | None,
        SettingHelp(
            "Berkas kunci brankas sandi kamera, bila keyring sistem tidak ada. Harus di luar folder data.",
            "Key file of the camera password vault where there is no keyring. Must be outside the data folder.",
        ),
    ] = None
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        SettingHelp("Rincian log: debug, info, warning, atau error.", "Detail of the log."),
    ] = "info"

    @property
    def recording_keep_bytes(self) -> int:
        return int(self.recording_keep_gib * _GIB)

    @property
    def fingerprints(self) -> dict[str, str]:
        """By `host:port`: the SHA-256 of the camera's certificate, hexadecimal."""
        entries = map(str.split, self.camera_fingerprints)
        return {host.lower(): found.replace(":", "").lower() for host, found in entries}

    @property
    def disk_reserve_bytes(self) -> int:
        return int(self.disk_reserve_gib * _GIB)

    @field_validator("recordings_folder", "clips_folder", "vault_key_file", "camera_ca_file", mode="before")
    @classmethod
    def _no_path_is_empty(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("recordings_folder", "clips_folder", "vault_key_file", "camera_ca_file")
    @classmethod
    def _path_is_absolute(cls, path: Path | None) -> Path | None:
        if path is None:
            return None
        path = path.expanduser()
        if not path.is_absolute():
            raise PydanticCustomError(SettingReason.NOT_ABSOLUTE.value, "must be an absolute path")
        return path

    @field_validator("allowed_networks", mode="before")
    @classmethod
    def _networks_are_written_out(cls, value: object) -> object:
        """A number would be taken for a single address."""
        if isinstance(value, list) and any(isinstance(entry, int | float) for entry in value):
            raise PydanticCustomError(SettingReason.NOT_A_NETWORK.value, "must be networks as CIDR")
        return value

    @field_validator("camera_fingerprints")
    @classmethod
    def _fingerprints_are_well_formed(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        for entry in entries:
            if _FINGERPRINT.fullmatch(entry) is None:
                raise PydanticCustomError(
                    SettingReason.NOT_A_FINGERPRINT.value, 'must be "host:port" and 64 hexadecimal digits'
                )
        return entries

    @field_validator("server_url")
    @classmethod
    def _server_url_is_plain(cls, url: str) -> str:
        if not url:
            return url
        malformed = PydanticCustomError(SettingReason.SERVER_URL_MALFORMED.value, "must be like https://tmc.example")
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise malformed from None
        if parts.username is not None or parts.password is not None:
            raise PydanticCustomError(SettingReason.SERVER_URL_PASSWORD.value, "must not hold a user name or password")
        if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment:
            raise malformed
        if parts.scheme == "http" and not is_this_machine(host):
            raise PydanticCustomError(SettingReason.SERVER_URL_PLAIN.value, "must be https unless on this machine")
        return url.rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, whose content is handed to the constructor."""
        return env_settings, init_settings


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """What the program runs with.

    `fault` is set when the file was broken and the last good copy is used instead, or when the administrator's file was
    broken and goes unheeded.
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
        write_defaults(paths.settings, managed=managed)
    try:
        text = _read(paths.settings)
        settings = parse_settings(text, name=paths.settings.name, managed=managed)
    except SettingsFault as fault:
        good = _last_good(paths, fault, managed)
        return LoadedSettings(good, SettingsFault(fault.problem, fault.detail, last_good=True))
    with suppress(SettingsFault):  # a file that cannot be written is still good to read
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

    What is `managed` stands there as a comment, so that the file does not overrule it. Raises
    SettingsFault.
    """
    lines = ["# tmcwall"]
    for name in Settings.model_fields:
        sentence, setting = _described(name, language=language, managed=managed)
        lines += ["", sentence, f"# {setting}" if name in managed else setting]
    _write(path, "\n".join(lines) + "\n")


def change_setting(paths: Paths, name: str, value: object) -> Settings:
    """Change one setting in the file, comments kept, and return the settings as they are now.

    Raises SettingsFault and changes nothing when the file is broken or the value is not accepted.
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

    Returns the text as it is now. Raises SettingsFault.
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
        raise _unwritable(path, error) from error
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
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> SettingsFault:
    problem = SettingProblem(SettingReason.FILE_UNWRITABLE, file=str(path))
    return SettingsFault(problem, f"{path}: {error.strerror}")


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
    found = next((context[key] for key in ("ge", "le", "min_length", "max_length") if key in context), "")
    return f"{found:g}" if isinstance(found, float) else str(found)
