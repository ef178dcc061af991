"""The reference of all settings, in Indonesian: `python -m tests.settings_reference` writes `docs/settings.md`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal, get_args, get_origin

import annotated_types
import tomlkit

from tmcwall.setting_help import SettingHelp
from tmcwall.settings import Settings
from tmcwall.settings_file import write_defaults

PAGE: Final = Path(__file__).parents[1] / "docs" / "settings.md"
_HEAD: Final = """\
# Acuan setelan

Halaman ini dibuat dari program (`python -m tests.settings_reference`). Letak berkas setelan disebut `tmcwall doctor`;
cara mengubahnya dan urutan yang menang ada di [panduan administrator](administrator.md#setelan). Setelan dibaca saat
program dimulai. Variabel lingkungan `TMCWALL_` dengan nama setelan dalam huruf besar mengalahkan berkas, misalnya
`TMCWALL_LANGUAGE=en`.

| setelan | bawaan | yang diterima | gunanya |
|---|---|---|---|
"""


def page() -> str:
    return _HEAD + "".join(f"{row}\n" for row in _rows())


def _rows() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "settings.toml"
        write_defaults(file)
        defaults = tomllib.loads(file.read_text(encoding="utf-8"))
    for name, field in Settings.model_fields.items():
        says = next(item for item in field.metadata if isinstance(item, SettingHelp))
        default = tomlkit.item(defaults[name]).as_string()
        yield f"| `{name}` | `{default}` | {_accepted(name)} | {says.id} |"


def _accepted(name: str) -> str:
    field = Settings.model_fields[name]
    if get_origin(field.annotation) is Literal:
        return " atau ".join(f'`"{choice}"`' for choice in get_args(field.annotation))
    least = next((item.ge for item in field.metadata if isinstance(item, annotated_types.Ge)), None)
    most = next((item.le for item in field.metadata if isinstance(item, annotated_types.Le)), None)
    if least is not None and most is not None:
        return f"{least} sampai {most}"
    kind = str(field.annotation)
    if field.annotation is bool:
        return "`true` atau `false`"
    if "Path" in kind:
        return "letak berkas atau folder, lengkap dari akar"
    if kind.startswith("tuple[") and "int" in kind:
        return "daftar angka bulat, masing-masing 1 sampai 366"
    return "daftar teks dalam tanda kutip" if kind.startswith("tuple") else "teks dalam tanda kutip"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
