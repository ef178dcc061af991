"""The list of keys in the operator's guide, made from the registry: `python -m tests.guide` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tmcwall.texts import Translator
from tmcwall.ui.actions import Group
from tmcwall.ui.console.keys import key_rows

GUIDE: Final = Path(__file__).parents[1] / "docs" / "guide.md"
_TABLE: Final = re.compile(r"(<!-- keys: [^\n]*-->\n).*(<!-- end of keys -->)", re.DOTALL)


def with_keys(guide: str) -> str:
    """The guide with the list of keys as it is now."""
    say = Translator()
    lines: list[str] = []
    for group in Group:
        lines += ["", f"### {say(group.value)}", "", "| Tombol | Guna | Keterangan |", "|---|---|---|"]
        lines += [f"| `{key}` | {name} | {help_text} |" for key, name, help_text in key_rows(group, say)]
    table = "\n".join([*lines, "", ""])
    return _TABLE.sub(lambda found: found[1] + table + found[2], guide)


if __name__ == "__main__":
    GUIDE.write_text(with_keys(GUIDE.read_text("utf-8")), "utf-8")
