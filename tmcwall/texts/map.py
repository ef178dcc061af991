"""The map: what stands on it, what can be done there, and what is wrong with its files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.maps.problem import MapRefusal
from tmcwall.texts import Text

TAB_CAMERAS: Final = Text("Daftar", "List")
TAB_MAP: Final = Text("Peta", "Map")
TITLE: Final = Text("Peta kota", "Map of the city")
CANVAS_NAME: Final = Text("Peta kamera dan kejadian", "Map of cameras and incidents")
SEARCH_NAME: Final = Text("Cari di peta", "Search the map")
SEARCH_PLACEHOLDER: Final = Text("Kelurahan, kamera, kejadian…", "Kelurahan, camera, incident…")
SEARCH_NONE: Final = Text("Tidak ada “{text}” di peta.", "“{text}” is not on the map.")
FOUND_CAMERA: Final = Text("Kamera {number} {name}", "Camera {number} {name}")
FOUND_REGION: Final = Text("{name}, {kecamatan}, {town}", "{name}, {kecamatan}, {town}")
FOUND_INCIDENT: Final = Text("Kejadian: {what}, {place}", "Incident: {what}, {place}")
FOUND_POSITION: Final = Text("Koordinat {text}", "Position {text}")
NO_POSITION: Final = Text("{name} belum punya posisi di peta.", "{name} has no position on the map yet.")

APPROXIMATE: Final = Text("Batas kelurahan: perkiraan", "Kelurahan boundaries: approximate")
UNTIL: Final = Text("sampai {time}", "until {time}")
KILOMETRES: Final = Text("{number} km", "{number} km")
STALE_UNIT: Final = Text("BASI {minutes} mnt", "STALE {minutes} min")
CLUSTER: Final = Text(
    "{total} kamera: {live} langsung, {dead} bermasalah", "{total} cameras: {live} live, {dead} in trouble"
)

FIT: Final = Text("Seluruhnya", "Everything")
MENU: Final = Text("Peta…", "Map…")
MENU_NAME: Final = Text("Lapisan, cetak, dan layar peta", "Layers, printing and the map's monitor")
SECTORS: Final = Text("Sektor pandang kamera", "Camera sectors")
SAVE_PICTURE: Final = Text("Simpan gambar PNG…", "Save as PNG…")
SAVE_PDF: Final = Text("Simpan untuk dicetak (PDF)…", "Save for printing (PDF)…")
OWN_WINDOW: Final = Text("Jendela sendiri", "A window of its own")
ON_MONITOR: Final = Text("Penuhi layar {number} ({name})", "Fill monitor {number} ({name})")
LEAVE_MONITOR: Final = Text("Tutup peta ini", "Close this map")
PNG_FILES: Final = Text("Gambar PNG (*.png)", "PNG picture (*.png)")
PDF_FILES: Final = Text("Dokumen PDF (*.pdf)", "PDF document (*.pdf)")
SAVED: Final = Text("Peta disimpan: {file}", "Map saved: {file}")
NOT_SAVED: Final = Text("Peta tidak dapat disimpan ke {file}.", "The map could not be saved to {file}.")
PRINTED_AT: Final = Text("{station} · dicetak {time}", "{station} · printed {time}")
PRINTED: Final = Text("Dicetak {time}", "Printed {time}")

INCIDENT_HERE: Final = Text("Kejadian di sini…", "Incident here…")
NEAREST_HERE: Final = Text("Kamera terdekat dari sini", "Nearest cameras from here")
TO_TILE: Final = Text("Tampilkan {camera} di petak", "Show {camera} on a tile")
SHOW_INCIDENT: Final = Text("Buka kejadian ini", "Open this incident")
ZOOM_HERE: Final = Text("Perbesar di sini", "Zoom in here")
BAND_TO_EMPTY: Final = Text("{count} kamera ke petak kosong", "{count} cameras to empty tiles")
BAND_FILL: Final = Text("Penuhi dinding terpilih dengan {count} kamera", "Fill the selected wall with {count} cameras")
BAND_NONE: Final = Text("Tidak ada kamera di kotak itu.", "There is no camera in that box.")
BAND_PLACED: Final = Text("{count} kamera dari peta ditampilkan.", "{count} cameras of the map are shown.")
BAND_PART: Final = Text(
    "{count} kamera dari peta ditampilkan; {left} tidak mendapat petak.",
    "{count} cameras of the map are shown; {left} found no tile.",
)
BAND_NO_TILES: Final = Text("Tidak ada petak untuk kamera itu.", "There is no tile for these cameras.")

PROBLEMS: Final[Mapping[MapRefusal, Text]] = {
    MapRefusal.MISSING: Text(
        "Peta {file} tidak ditemukan; periksa setelan map_tiles dan map_layers.",
        "The map {file} was not found; check the settings map_tiles and map_layers.",
    ),
    MapRefusal.UNREADABLE: Text(
        "Peta {file} rusak atau bukan format yang dikenal (MBTiles, PMTiles, GeoJSON).",
        "The map {file} is damaged or in no known format (MBTiles, PMTiles, GeoJSON).",
    ),
    MapRefusal.VECTOR: Text(
        "Ubin peta {file} bukan gambar; minta berkas ubin raster (PNG, JPEG, atau WebP).",
        "The tiles of the map {file} are no pictures; ask for a file of raster tiles (PNG, JPEG or WebP).",
    ),
    MapRefusal.TOO_LARGE: Text(
        "Lapisan peta {file} terlalu besar; sajikan sebagai ubin raster.",
        "The map layer {file} is too large; have it made into raster tiles.",
    ),
    MapRefusal.FEATURES_SKIPPED: Text(
        "Dari lapisan peta {file}, {count} objek tidak dapat digambar dan dilewati.",
        "Of the map layer {file}, {count} features cannot be drawn and are left out.",
    ),
}
