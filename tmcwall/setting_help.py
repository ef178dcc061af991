"""What a setting is for, said where it is declared."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SettingHelp:
    """What a setting is for, as the settings file says it above its line."""

    id: str
    en: str
