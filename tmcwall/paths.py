"""Where this installation keeps its files. Loads nothing of the settings' library: `view` starts without it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol, Self

from platformdirs import PlatformDirs

from tmcwall.private_files import PrivatePlace

_IN_DATA: Final = (
    "settings.toml", ".settings.toml.*", "allowed_signers", ".allowed_signers.*", "camera-authorities", "copies",
    "handovers", "known-servers", ".known-servers.*", "letters", "letter-templates",
    "time-stamp-authorities",
    "tmcwall.db", "tmcwall.db-*", "tmcwall.db.*", "cameras.vault", ".cameras.vault.*", "device.vault",
    ".device.vault.*", "state", "cache", "clips", "recordings", "backups", "damaged", "server", "tmcwall-demo*",
)  # fmt: skip
"""What the program makes in a data folder."""
_IN_CLIPS: Final = ("[0-9][0-9][0-9][0-9]/[0-9][0-9]/*_*.mp4", "[0-9][0-9][0-9][0-9]/[0-9][0-9]/.*_*.mp4.part")
_IN_RECORDINGS: Final = ("cam-*", "holds.json", ".holds.json.*", "views")


class Placing(Protocol):
    """The part of the settings that puts folders elsewhere."""

    @property
    def clips_folder(self) -> Path | None: ...
    @property
    def recordings_folder(self) -> Path | None: ...


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one installation."""

    config: Path
    data: Path
    state: Path
    cache: Path
    clips: Path
    recordings: Path
    managed_settings: Path | None = None
    """What an administrator has set for all users of this machine; None: nobody may."""
    data_is_named: bool = False
    """The user said where the data are: other things of his may stand there."""

    @classmethod
    def of_user(cls) -> Self:
        """The folders that the system keeps for this user's programs."""
        dirs = PlatformDirs("tmcwall", appauthor=False)
        data = dirs.user_data_path
        return cls(
            config=dirs.user_config_path,
            data=data,
            state=dirs.user_state_path,
            cache=dirs.user_cache_path,
            clips=data / "clips",
            recordings=data / "recordings",
            managed_settings=_of_the_machine() / "settings.toml",
        )

    @classmethod
    def under(cls, folder: Path) -> Self:
        """Everything under one folder, as `--data-dir` asks; the machine's own settings stay out of it."""
        root = folder.expanduser().absolute()
        return cls(
            config=root,
            data=root,
            state=root / "state",
            cache=root / "cache",
            clips=root / "clips",
            recordings=root / "recordings",
            data_is_named=True,
        )

    @property
    def settings(self) -> Path:
        return self.config / "settings.toml"

    @property
    def last_good_settings(self) -> Path:
        return self.state / "settings.last-good.toml"

    @property
    def database(self) -> Path:
        return self.data / "tmcwall.db"

    @property
    def vault(self) -> Path:
        return self.data / "cameras.vault"

    @property
    def signers(self) -> Path:
        """Whose evidence packages are known here, in OpenSSH's form: this workstation's own keys, and what IT adds."""
        return self.data / "allowed_signers"

    @property
    def servers(self) -> Path:
        """Public keys of the servers whose receipts count here: the one of this workstation, and what IT adds."""
        return self.data / "known-servers"

    @property
    def camera_authorities(self) -> Path:
        """The folder of those who vouch for cameras, as PEM files that IT puts there."""
        return self.data / "camera-authorities"

    @property
    def time_stamp_authorities(self) -> Path:
        """The folder of those whose time stamps are believed here, as PEM files that IT puts there."""
        return self.data / "time-stamp-authorities"

    @property
    def copies(self) -> Path:
        """What officers have made of clips, in a folder for each clip: stills and redacted copies, with records."""
        return self.data / "copies"

    @property
    def handovers(self) -> Path:
        """Reports of shift handovers, in a folder for each year."""
        return self.data / "handovers"

    @property
    def letters(self) -> Path:
        """The letters that were made here, in a folder for each year."""
        return self.data / "letters"

    @property
    def received(self) -> Path:
        """What owners of cameras have handed over, in a folder for each request."""
        return self.data / "received"

    @property
    def letter_templates(self) -> Path:
        """The unit's own templates of letters, which win over the shipped ones."""
        return self.data / "letter-templates"

    @property
    def device_vault(self) -> Path:
        """The workstation's own key, which stays on this machine."""
        return self.data / "device.vault"

    @property
    def endpoint(self) -> str:
        """Where the running program takes requests of commands: a socket's file, on Windows the name of a pipe."""
        if os.name == "nt":
            return f"tmcwall-{sha256(str(self.state).encode()).hexdigest()[:32]}"
        return str(self.state / "commands.socket")

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def private_places(self) -> tuple[PrivatePlace, ...]:
        """All that is ours, to be closed to other users."""
        placed = (PrivatePlace(self.clips, _IN_CLIPS), PrivatePlace(self.recordings, _IN_RECORDINGS))
        elsewhere = [place for place in placed if not place.folder.is_relative_to(self.data)]
        if self.data_is_named:
            return (PrivatePlace(self.data, _IN_DATA, ours_if_alone=True), *elsewhere)
        own = dict.fromkeys((self.config, self.data, self.state, self.cache))
        return (*map(PrivatePlace, own), *elsewhere)

    def placed(self, settings: Placing) -> Paths:
        """These folders with clips and recordings where the settings put them."""
        return replace(
            self,
            clips=settings.clips_folder or self.clips,
            recordings=settings.recordings_folder or self.recordings,
        )


def _of_the_machine() -> Path:
    """The folder of what holds for all users."""
    if os.name == "nt":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "tmcwall"
    return Path("/etc/tmcwall")
