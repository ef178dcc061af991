"""What `tmcwall demo` tells, a line per step of its story."""

from tmcwall.texts import Text

NO_DISPLAY = Text(
    id="tidak ada layar; peragaan berjalan {seconds:.0f} detik tanpa layar dan menyimpan gambar di {path}",
    en="no display; the demo runs {seconds:.0f} s without one and saves a picture at {path}",
)
CITY = Text(id="kota sintetis menyiarkan {count} kamera", en="the synthetic city serves {count} cameras")
SCENES = Text(
    id="kota menyiapkan pemandangannya: {done} dari {count}; kamera tampil satu per satu",
    en="the city prepares its scenes: {done} of {count}; cameras appear one by one",
)
SERVER = Text(id="server pusat siap di {address}", en="the central server is ready at {address}")
IMPORTED = Text(id="{count} kamera masuk ke basis data setempat", en="{count} cameras are in the local database")
SIGNED_IN = Text(id="{officer} bertugas", en="{officer} is on duty")
LIVE = Text(
    id="{live} dari {count} petak hidup, {seconds:.1f} detik sejak program mulai",
    en="{live} of {count} tiles are live, {seconds:.1f} s after the program's start",
)
REPORTED = Text(
    id="laporan 112 dikirim ke server: {type}, {place}", en="a report from 112 went to the server: {type}, {place}"
)
ARRIVED = Text(
    id="kejadian muncul di dinding setelah {seconds:.2f} detik, terlihat oleh {count} kamera",
    en="the incident is on the wall after {seconds:.2f} s, seen by {count} cameras",
)
NEAREST = Text(
    id="{count} kamera hidup terdekat (dalam {radius:.0f} m) mengisi petak cadangan",
    en="the {count} nearest live cameras (within {radius:.0f} m) fill the reserved tiles",
)
NO_COVERAGE = Text(id="tidak ada cakupan di dekat kejadian", en="no coverage near the incident")
TAGGED = Text(id="penanda tersimpan pada {lp}: {bookmark}", en="bookmark saved to {lp}: {bookmark}")
CLIP = Text(id="klip terpotong: {path} (SHA-256 {sha256})", en="clip cut: {path} (SHA-256 {sha256})")
CLIP_FAILED = Text(id="klip gagal dipotong: {cause}", en="the clip could not be cut: {cause}")
RESTARTED = Text(id="server dimatikan dan dihidupkan lagi", en="the server was stopped and started again")
ON_SERVER = Text(
    id="penanda ada di server setelah dihidupkan lagi", en="the bookmark is on the server after its restart"
)
NOT_ON_SERVER = Text(id="penanda BELUM ada di server", en="the bookmark is NOT on the server")
BASIS = Text(id="peragaan: tanpa dasar hukum", en="demo: without a legal basis")
PACKAGE = Text(
    id="perkara menjadi paket bukti: {folder} ({originals} klip asli, {copies} salinan dan cuplikan gambar)",
    en="the case became an evidence package: {folder} ({originals} original clips, {copies} copies and stills)",
)
REFUSED = Text(id="ditolak: {cause}", en="refused: {cause}")
SAVED_PICTURE = Text(id="gambar layar: {path}", en="picture of the screen: {path}")
DARK = Text(
    id="peragaan berakhir sebelum satu kamera pun tampil; beri waktu lebih dengan --seconds, atau jalankan tmcwall "
    "doctor",
    en="the demo ended before any camera was shown; give it more time with --seconds, or run tmcwall doctor",
)
NOTE = Text(id="peragaan: kejadian dari 112", en="demo: an incident from 112")

DAY_STEP = Text(id="menit ke-{minute:.1f}: {what}", en="minute {minute:.1f}: {what}")
DAY_OVER = Text(id="hari peragaan selesai", en="the day of the demo is over")

DAY = {
    "hitungan pertama": Text(
        id="Dishub: 3.120 kendaraan dalam satu jam di gerbang tol",
        en="transport: 3,120 vehicles in an hour at the toll gate",
    ),
    "hitungan kedua": Text(
        id="Dishub: 3.040 kendaraan pada jam berikutnya", en="transport: 3,040 vehicles in the next hour"
    ),
    "hitungan ketiga": Text(
        id="Dishub: 3.260 pada jam ketiga; indikator satu arah menyala",
        en="transport: 3,260 in the third hour; the one-way indicator is on",
    ),
    "peringatan hujan": Text(
        id="peringatan cuaca (CAP): hujan lebat di sekitar Balapan",
        en="a weather warning (CAP): heavy rain around Balapan",
    ),
    "hujan reda": Text(id="peringatan cuaca dicabut", en="the weather warning is over"),
    "kemacetan": Text(
        id="Dishub melaporkan antrean di Simpang Manahan", en="the transport department reports a queue at Manahan"
    ),
    "kecelakaan": Text(
        id="112: motor dan mobil bertabrakan di Simpang Gendengan",
        en="112: a motorcycle and a car collide at Gendengan",
    ),
    "kecelakaan lagi": Text(
        id="110: penelepon lain melaporkan tabrakan yang sama", en="110: somebody else reports the same collision"
    ),
    "kerja bakti": Text(
        id="Kenita (non-kejahatan): kerja bakti; tidak membunyikan alarm",
        en="Kenita (no crime): community work; it sounds no alarm",
    ),
    "pencurian": Text(
        id="Kenita (kejahatan): rumah dibobol di RT 001/RW 001 Purwosari",
        en="Kenita (crime): a burglary in RT 001/RW 001 Purwosari",
    ),
    "kecelakaan memburuk": Text(
        id="112: kabar lanjutan, kecelakaan itu berat", en="112: further news, the accident is severe"
    ),
    "telepon iseng": Text(
        id="112: kebakaran, penelepon menutup telepon; periksa di kamera",
        en="112: a fire, and the caller hung up; look at the cameras",
    ),
    "banjir": Text(id="112: jalan di Balapan tergenang", en="112: a street at Balapan is flooded"),
    "bank": Text(
        id="110: perampasan di parkiran bank; kamera bank milik swasta",
        en="110: a robbery on a bank's car park; the bank's camera is private",
    ),
    "gangguan": Text(
        id="kamera Dishub padam bersamaan, kecuali di Gendengan",
        en="the transport department's cameras go dark at once, but for Gendengan's",
    ),
    "pulih": Text(id="kamera Dishub kembali", en="the transport department's cameras are back"),
    "dibatalkan": Text(id="Dishub membatalkan laporan antrean", en="the transport department takes its report back"),
}
"""What the demo's day says of each step, by its event."""
