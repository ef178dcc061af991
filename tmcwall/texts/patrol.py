"""The patrol guarantee and its tour, in words."""

from tmcwall.texts import Text

TITLE = Text(id="Ronda kamera", en="Camera patrol")
EXPLANATION = Text(
    id="Kamera yang paling lama belum dilihat langsung oleh petugas di tempat kerja ini. Terhitung dilihat bila gambar"
    " langsungnya tampil paling sedikit lima detik saat ada petugas berdinas; buktinya masuk catatan pengawasan.",
    en="Cameras that no officer of this workstation has seen live for the longest time. Seen is what stood live for at"
    " least five seconds while an officer was on duty; the proof goes into the oversight records.",
)
WITHIN = Text(id="Batas, jam", en="Limit, hours")
DWELL = Text(id="Lama tiap kamera, detik", en="Seconds for each camera")
SUMMARY = Text(
    id="{overdue} dari {count} kamera belum dilihat dalam {hours} jam terakhir",
    en="{overdue} of {count} cameras were not seen in the last {hours} hours",
)
LISTED = Text(id="ditampilkan {count} yang paling lama", en="the {count} longest unseen are listed")
CAMERA = Text(id="Kamera", en="Camera")
NUMBER = Text(id="No.", en="No.")
LAST_SEEN = Text(id="Terakhir dilihat ({zone})", en="Last seen ({zone})")
BY = Text(id="NRP", en="NRP")
NEVER = Text(id="belum, 7 hari terakhir", en="not in 7 days")
BEGIN = Text(id="Mulai ronda", en="Start the tour")
PAUSE = Text(id="Jeda", en="Pause")
GO_ON = Text(id="Lanjut", en="Go on")
NEXT = Text(id="Berikutnya", en="Next")
END = Text(id="Akhiri ronda", en="End the tour")
EXPORT = Text(id="Simpan CSV", en="Save CSV")
EXPORTED = Text(id="Disimpan ke {file}.", en="Saved to {file}.")
NO_TILES = Text(
    id="Tidak ada petak cadangan di dinding yang terbuka. Pilih petak di denah lalu tekan R.",
    en="No open wall has reserved tiles. Select a tile in the plan and press R.",
)
TOURING = Text(id="Ronda berjalan di {count} petak cadangan.", en="The tour runs on {count} reserved tiles.")
PAUSED = Text(id="Ronda dijeda.", en="The tour is paused.")
CLOSE = Text(id="Tutup", en="Close")
