"""The time zone of a station: UTC is kept and sent, the station's own time is shown, with the zone's name."""

from __future__ import annotations

from datetime import MINYEAR, date, datetime, timedelta, timezone
from enum import StrEnum

from tmcwall.domain.clock import MONTHS_ID


class StationZone(StrEnum):
    """One of the three zones of Indonesia, which has no daylight saving time (Keputusan Presiden 41/1987).

    Fixed offsets need no table of time zones, which Windows does not have. Naive moments are bugs, and are refused.
    """

    WIB = "WIB"
    """Waktu Indonesia Barat, UTC+07:00: Sumatra, Java, West and Central Kalimantan."""
    WITA = "WITA"
    """Waktu Indonesia Tengah, UTC+08:00: the rest of Kalimantan, Bali, Nusa Tenggara, Sulawesi."""
    WIT = "WIT"
    """Waktu Indonesia Timur, UTC+09:00: Maluku and Papua."""

    def local(self, moment: datetime) -> datetime:
        """The same moment by this zone's clock. Raises ValueError for a moment without a zone.

        A moment that has no date in this zone, at the ends of time, is shown as the first or the last one that has.
        """
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no zone")
        try:
            return moment.astimezone(_ZONES[self])
        except OverflowError:
            zone = _ZONES[self]
            return datetime.min.replace(tzinfo=zone) if moment.year == MINYEAR else datetime.max.replace(tzinfo=zone)

    def date_of(self, moment: datetime) -> date:
        """The calendar day of a moment: days begin at midnight of the station."""
        return self.local(moment).date()

    def time_of_day(self, moment: datetime) -> str:
        """`14.30.05`: with seconds and without the zone's name, for a column or sentence that names the zone."""
        return f"{self.local(moment):%H.%M.%S}"

    def long_text(self, moment: datetime) -> str:
        """`10 Maret 2025 pukul 14.30 WIB`, whatever the system's locale."""
        local = self.local(moment)
        return f"{local.day} {MONTHS_ID[local.month - 1]} {local.year} pukul {local:%H.%M} {self}"


_ZONES = {
    StationZone.WIB: timezone(timedelta(hours=7), "WIB"),
    StationZone.WITA: timezone(timedelta(hours=8), "WITA"),
    StationZone.WIT: timezone(timedelta(hours=9), "WIT"),
}
