"""How long an owner's recorder keeps pictures, as lists of cameras write it: `14 hari`, `36 jam`, or a number of days.

What is not written is not known: nothing is guessed here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from tmcwall.domain.camera import LONGEST_RETENTION_H, RecorderRetention

RETENTION: Final = "retention"
STATED_ON: Final = "retention_stated_on"

_LENGTH: Final = re.compile(r"([0-9]{1,5})(?:[.,]0+)?\s*([a-z]*)")
_HOURS: Final = {
    **dict.fromkeys(("", "hari", "hr", "day", "days", "d"), 24),
    **dict.fromkeys(("jam", "hour", "hours", "hrs"), 1),
    **dict.fromkeys(("minggu", "week", "weeks"), 7 * 24),
    **dict.fromkeys(("bulan", "month", "months"), 30 * 24),
}
"""Of each unit. A lone `h` is missing: it is read as hours by some and as days (hari) by others."""
_DAYS: Final = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")
_TIME_OF_DAY: Final = re.compile(r"(?<=[0-9])[T ][0-9:.]+$")
"""What spreadsheets put behind a day."""


class RetentionUnreadable(ValueError):
    """What stands in `column` is no length of time, or no day."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


def read_retention(cells: Mapping[str, str]) -> RecorderRetention | None:
    """None where nothing is said. Raises RetentionUnreadable, also for a day without a length."""
    text, stated = cells.get(RETENTION, "").strip().lower(), cells.get(STATED_ON, "").strip()
    if not text:
        if stated:
            raise RetentionUnreadable(RETENTION)
        return None
    found = _LENGTH.fullmatch(text)
    if found is None or found[2] not in _HOURS:
        raise RetentionUnreadable(RETENTION)
    hours = int(found[1]) * _HOURS[found[2]]
    if not 1 <= hours <= LONGEST_RETENTION_H:
        raise RetentionUnreadable(RETENTION)
    return RecorderRetention(hours, _day(stated) if stated else None)


def cells_of_retention(retention: RecorderRetention | None) -> dict[str, str]:
    """As `read_retention` reads them."""
    if retention is None:
        return {RETENTION: "", STATED_ON: ""}
    days, hours = divmod(retention.hours, 24)
    text = f"{retention.hours} jam" if hours else f"{days} hari"
    return {RETENTION: text, STATED_ON: retention.stated_on.isoformat() if retention.stated_on else ""}


def _day(text: str) -> date:
    for form in _DAYS:
        try:
            return datetime.strptime(_TIME_OF_DAY.sub("", text), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise RetentionUnreadable(STATED_ON)
