"""Typed settings of the program, each declared once: type, limits, default, and a sentence in both languages.

`TMCWALL_<NAME>` in the environment wins over what is handed to the constructor; `tmcwall.settings_file` hands it what
stands in the files.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from tmcwall.city_settings import CitySettings
from tmcwall.domain.address import is_this_machine
from tmcwall.domain.settings_fault import SettingReason
from tmcwall.letter_settings import LetterSettings
from tmcwall.setting_help import SettingHelp

ENVIRONMENT_PREFIX: Final = "TMCWALL_"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PRIVATE_NETWORKS: Final[tuple[Network, ...]] = (
    ipaddress.IPv4Network("10.0.0.0/8"),
    ipaddress.IPv4Network("172.16.0.0/12"),
    ipaddress.IPv4Network("192.168.0.0/16"),
    ipaddress.IPv6Network("fc00::/7"),
)
"""RFC 1918 and RFC 4193: where cameras of a city normally are."""

_GIB: Final = 1 << 30
_FINGERPRINT: Final = re.compile(r"\S+:\d{1,5} +[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}")


class _GeneralSettings(BaseSettings):
    """All settings but those of letters."""

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
    secure_before_s: Annotated[
        int,
        Field(ge=0, le=900),
        SettingHelp(
            "Amankan: detik rekaman yang ditahan dan diminta sebelum waktu kejadian.",
            "Secure: seconds of footage that are held and asked for before the time of an incident.",
        ),
    ] = 300
    secure_after_s: Annotated[
        int,
        Field(ge=1, le=900),
        SettingHelp(
            "Amankan: detik rekaman yang ditahan dan diminta sesudah waktu kejadian.",
            "Secure: seconds of footage that are held and asked for after the time of an incident.",
        ),
    ] = 600
    footage_answer_days: Annotated[
        int,
        Field(ge=1, le=90),
        SettingHelp(
            "Hari sampai jawaban pemilik kamera atas permintaan rekaman ditunggu; lebih awal bila rekamannya tertimpa"
            " lebih dulu.",
            "Days until the owner of cameras should have answered a request for footage; fewer where it is overwritten"
            " before.",
        ),
    ] = 3
    clip_keep_days: Annotated[
        int,
        Field(ge=0, le=36_500),
        SettingHelp(
            "Hari klip tanpa perkara disimpan; klip perkara tidak pernah dihapus. 0: semua klip disimpan selamanya.",
            "Days that clips of no case are kept; clips of a case are never deleted. 0: all are kept for ever.",
        ),
    ] = 0
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
    time_stamp_url: Annotated[
        str,
        SettingHelp(
            "Alamat pemberi cap waktu (RFC 3161) untuk paket bukti. Kosong: tanpa cap waktu.",
            "Address of a time stamp authority (RFC 3161) for evidence packages. Empty: none.",
        ),
    ] = ""
    camera_fingerprints: Annotated[
        tuple[str, ...],
        SettingHelp(
            'Sidik jari SHA-256 sertifikat kamera yang dipercaya langsung, ditulis sebagai "host:port sidikjari".',
            'SHA-256 fingerprints of camera certificates that are trusted as they are, as "host:port fingerprint".',
        ),
    ] = ()
    relay_address: Annotated[
        str,
        SettingHelp(
            "Alamat relai (MediaMTX) yang membuka tiap kamera satu kali untuk seluruh kota, misalnya"
            " rtsps://relai.example:8322. Kosong: kamera dibuka langsung.",
            "Address of the relay (MediaMTX) that opens each camera once for the city, for example"
            " rtsps://relay.example:8322. Empty: cameras are opened directly.",
        ),
    ] = ""
    walls: Annotated[
        tuple[str, ...],
        Field(max_length=16),
        SettingHelp(
            "Layar dinding video menurut identitasnya (lihat tmcwall doctor). Kosong: semua kecuali layar utama.",
            "Monitors that are walls, by identity (see tmcwall doctor). Empty: all but the primary one.",
        ),
    ] = ()
    cameras_come_up: Annotated[
        Literal["off", "ringan", "sedang", "berat", "kritis"],
        SettingHelp(
            "Tingkat kejadian mulai dari mana kamera terdekat naik sendiri ke petak cadangan; off: tidak pernah.",
            "From which severity on the nearest cameras of an incident come up on the reserved tiles by themselves;"
            " off: never.",
        ),
    ] = "berat"
    station_area: Annotated[
        tuple[Annotated[str, Field(pattern=r"^\d{2}\.\d{2}(\.\d{2}(\.\d{4})?)?$")], ...],
        Field(max_length=64),
        SettingHelp(
            "Kode Kemendagri kota, kecamatan, atau kelurahan yang menjadi wilayah kantor ini, misalnya 33.74."
            " Kejadian di luarnya diberi tanda. Kosong: semua.",
            "Kemendagri codes of the towns, kecamatan or kelurahan that this station answers for, for example 33.74."
            " Incidents elsewhere are marked. Empty: all.",
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

    @field_validator("relay_address")
    @classmethod
    def _relay_address_is_plain(cls, url: str) -> str:
        if not url:
            return url
        try:
            parts = urlsplit(url)
            right = parts.scheme in {"rtsp", "rtsps"} and parts.hostname and (parts.port or True)
        except ValueError:
            right = False
        if not right or parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
            raise PydanticCustomError(
                SettingReason.RELAY_ADDRESS_MALFORMED.value, "must be like rtsps://relay.example:8322"
            )
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


class Settings(LetterSettings, CitySettings, _GeneralSettings):
    """All settings. Frozen: a change is written with `change_setting` and read again."""
