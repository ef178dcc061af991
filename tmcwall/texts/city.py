"""What is known of the city besides incidents, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.area_warning import WarningSeverity
from tmcwall.domain.one_way import OneWayState
from tmcwall.domain.unit_position import UnitKind
from tmcwall.texts import Text

TITLE = Text(id="Kota: peringatan, lalu lintas, satuan", en="City: warnings, traffic, units")
CLOSE = Text(id="Tutup", en="Close")
WARNINGS = Text(id="Peringatan", en="Warnings")
TRAFFIC = Text(id="Lalu lintas", en="Traffic")
UNITS = Text(id="Satuan", en="Units")
NO_WARNINGS = Text(id="Tidak ada peringatan yang berlaku.", en="No warning holds.")
NO_COUNTS = Text(
    id="Belum ada hitungan lalu lintas. Impor CSV, atau daftarkan sumber di server (webhook /counts).",
    en="There are no counts yet. Import CSV, or add a source at the server (webhook /counts).",
)
NO_UNITS = Text(id="Belum ada posisi satuan.", en="There are no positions of units.")

EVENT = Text(id="Peristiwa", en="Event")
SEVERITY = Text(id="Tingkat", en="Severity")
AREA = Text(id="Wilayah", en="Area")
UNTIL = Text(id="Sampai ({zone})", en="Until ({zone})")
SOURCE = Text(id="Sumber", en="Source")
SEVERITIES: Final[Mapping[WarningSeverity, Text]] = {
    WarningSeverity.EXTREME: Text(id="ekstrem", en="extreme"),
    WarningSeverity.SEVERE: Text(id="berat", en="severe"),
    WarningSeverity.MODERATE: Text(id="sedang", en="moderate"),
    WarningSeverity.MINOR: Text(id="ringan", en="minor"),
    WarningSeverity.UNKNOWN: Text(id="tidak disebut", en="not said"),
}

PLACE = Text(id="Tempat", en="Place")
NEWEST_HOUR = Text(id="Jam terakhir", en="Last hour")
PER_HOUR = Text(id="kendaraan per jam", en="vehicles an hour")
VC = Text(id="V/C", en="V/C")
INDICATOR = Text(id="Satu arah (indikator)", en="One way (indicator)")
NO_GATE = Text(id="-", en="-")
STATES: Final[Mapping[OneWayState, Text]] = {
    OneWayState.ON: Text(id="MENYALA (indikator)", en="ON (indicator)"),
    OneWayState.OFF: Text(id="padam", en="off"),
    OneWayState.TOO_LITTLE_DATA: Text(id="padam · data kurang", en="off · too little data"),
}
INDICATED = Text(
    id="Indikator satu arah lokal menyala di {place}: {counted} kendaraan per jam. Indikator, bukan keputusan.",
    en="The indicator of local one-way traffic is on at {place}: {counted} vehicles an hour. An indicator, not a"
    " decision.",
)
NOT_COUNTED = Text(id="tidak terhitung", en="not counted")
EXPLANATION = Text(
    id="Jam yang tidak terhitung utuh bukan nol dan tidak memenuhi apa pun. Indikator bukan keputusan: keputusan ada"
    " pada Ditlantas.",
    en="An hour that was not counted whole is not zero, and fulfils nothing. An indicator is not a decision: that is"
    " the traffic directorate's.",
)
CHART = Text(
    id="Kendaraan per jam di {place}, 48 jam terakhir (jam yang lalu)",
    en="Vehicles an hour at {place}, last 48 hours (hours ago)",
)
CHART_SAID = Text(
    id="{known} dari 48 jam terhitung; terbanyak {most} kendaraan.", en="{known} of 48 hours counted; at most {most}."
)
SHOW_CAMERAS = Text(id="Kamera di tempat ini", en="Cameras of this place")
IMPORT = Text(id="Impor CSV …", en="Import CSV …")
IMPORT_FILTER = Text(id="Tabel (*.csv)", en="Tables (*.csv)")
IMPORTED = Text(
    id="{taken} hitungan masuk, {known} sudah ada, {wrong} baris keliru.",
    en="{taken} counts came in, {known} were here already, {wrong} rows are wrong.",
)
WRONG_ROW = Text(id="baris {line}: {reason}", en="line {line}: {reason}")
CAMERAS_SHOWN = Text(id="{count} kamera terdekat ditampilkan.", en="{count} nearest cameras are shown.")
NO_CAMERAS = Text(id="Tidak ada cakupan kamera di tempat ini.", en="No camera covers this place.")

UNIT = Text(id="Satuan", en="Unit")
KIND = Text(id="Jenis", en="Kind")
SEEN = Text(id="Posisi terakhir", en="Last position")
AGE = Text(id="{minutes} menit yang lalu", en="{minutes} minutes ago")
STALE = Text(id="BASI · {age}", en="STALE · {age}")
NOW = Text(id="baru saja", en="just now")
KINDS: Final[Mapping[UnitKind, Text]] = {
    UnitKind.CAR: Text(id="mobil", en="car"),
    UnitKind.MOTORCYCLE: Text(id="sepeda motor", en="motorcycle"),
    UnitKind.ON_FOOT: Text(id="jalan kaki", en="on foot"),
    UnitKind.AMBULANCE: Text(id="ambulans", en="ambulance"),
    UnitKind.FIRE_ENGINE: Text(id="mobil damkar", en="fire engine"),
    UnitKind.OTHER: Text(id="lainnya", en="other"),
}

LINKS = Text(id="Layanan", en="Services")
NO_LINKS = Text(
    id="Belum ada tautan: isi setelan service_links.", en="No links yet: fill in the setting service_links."
)
