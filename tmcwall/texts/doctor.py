"""What `tmcwall doctor` says about a machine."""

from __future__ import annotations

from tmcwall.texts import Text

STATUS_OK = Text("baik", "ok")
STATUS_WARN = Text("perhatikan", "note")
STATUS_FAIL = Text("rusak", "broken")
ADVICE = Text("  saran: {advice}", "  advice: {advice}")
ALL_WELL = Text("Komputer ini siap.", "This machine is ready.")
WARNINGS = Text("Komputer ini siap, dengan {count} catatan.", "This machine is ready, with {count} notes.")
FAILURES = Text(
    "Komputer ini belum siap: {count} hal rusak atau kurang.",
    "This machine is not ready: {count} things are broken or missing.",
)

BUNDLE_WRITTEN = Text(
    "Bahan bantuan tersimpan di {file}. Sandi, nama, nomor laporan, dan alamat kamera sudah disamarkan; lihat isinya "
    "sebelum dikirim.",
    "What helps the makers is in {file}. Passwords, names, report numbers and camera addresses are hidden; look into "
    "it before you send it.",
)
BUNDLE_README = Text(
    "Bahan bantuan tmcwall: temuan tmcwall doctor (doctor.json), fakta komputer dan setelan (facts.json), "
    "penyimpangan kamera untuk pembuatnya (cameras.txt), dan akhir setiap log.\n"
    "Sandi, token, nama, NRP, nomor laporan, pelat, dan telepon diganti ***; alamat diganti host-1, host-2, dan "
    "seterusnya, sama di seluruh berkas ini.\n"
    "Tidak ada klip, rekaman, kejadian, atau riwayat bukti di dalamnya.\n",
    "What helps the makers of tmcwall: the findings of tmcwall doctor (doctor.json), facts of machine and settings "
    "(facts.json), what cameras do wrong, for their makers (cameras.txt), and the end of each log.\n"
    "Passwords, tokens, names, NRPs, report numbers, plates and telephone numbers are ***; addresses are host-1, "
    "host-2 and so on, the same throughout this file.\n"
    "No clips, recordings, incidents or custody are in it.\n",
)
CHECK_FAILED = Text("pemeriksaan {part} sendiri gagal: {reason}", "the check {part} failed itself: {reason}")
CHECK_FAILED_ADVICE = Text(
    "pemeriksaan lain tetap berlaku; kirim hasil tmcwall doctor --support-bundle kepada pembuat program",
    "the other checks hold; send the result of tmcwall doctor --support-bundle to the makers of the program",
)
PROGRAM = Text(
    "tmcwall {version}, Python {python}, {system}",
    "tmcwall {version}, Python {python}, {system}",
)
PATHS = Text(
    "data di {data}, pengaturan di {settings}, log di {logs}",
    "data in {data}, settings in {settings}, logs in {logs}",
)
PATHS_UNWRITABLE = Text("folder {folder} tidak dapat ditulis", "folder {folder} cannot be written")
PATHS_ADVICE = Text(
    "perbaiki izin folder itu, atau pakai --data-dir dengan folder lain",
    "mend the permissions of that folder, or use --data-dir with another one",
)
PRIVATE_OK = Text("data tertutup bagi pengguna lain komputer ini", "the data are closed to other users of this machine")
PRIVATE_OPEN = Text(
    "{count} berkas atau folder terbuka bagi pengguna lain komputer ini, yang pertama {first}",
    "{count} files or folders are open to other users of this machine, the first is {first}",
)
PRIVATE_ADVICE = Text(
    "jalankan tmcwall sekali, yang menutupnya; yang tetap terbuka milik pengguna lain, berada di balik tautan, atau di "
    "sistem berkas tanpa hak akses: tutup sendiri dengan chmod -R go-rwx, atau pindahkan",
    "run tmcwall once, which closes them; what stays open belongs to another user, stands behind a link, or on a file "
    "system without permissions: close it with chmod -R go-rwx, or move it",
)
STORE_RESTORED = Text(
    "basis data pernah rusak dan pada {at} diganti dengan cadangan dari {backup_at} ({backup})",
    "the database was damaged and on {at} replaced by the backup of {backup_at} ({backup})",
)
STORE_RESTORED_ADVICE = Text(
    "periksa apakah penanda, kejadian, dan perubahan sesudah cadangan itu masih ada; berkas yang rusak ada di "
    "{damaged}, hapus folder itu bila tidak diperlukan lagi",
    "check that bookmarks, incidents and changes made after that backup are there; the damaged files are in {damaged}, "
    "delete that folder when it is not needed any more",
)
STORE_LOST = Text(
    "basis data pernah rusak tanpa cadangan; sejak {at} dipakai basis data baru",
    "the database was damaged without a backup; a new one is in use since {at}",
)
STORE_LOST_ADVICE = Text(
    "masukkan lagi daftar kamera; coba selamatkan isi {damaged}, lalu hapus folder itu",
    "import the list of cameras again; try to recover what is in {damaged}, then delete that folder",
)
SETTINGS_OK = Text("pengaturan terbaca", "settings can be read")
SETTINGS_DEFAULT = Text("belum ada berkas pengaturan; nilai bawaan dipakai", "no settings file yet; defaults are used")
SETTINGS_BROKEN = Text("pengaturan tidak terbaca: {detail}", "settings cannot be read: {detail}")
SETTINGS_ADVICE = Text(
    "perbaiki baris itu, atau hapus berkasnya agar dibuat ulang",
    "mend that line, or remove the file to have it made again",
)
RESOURCES_OK = Text("berkas program lengkap", "the program's files are complete")
RESOURCES_MISSING = Text("berkas program tidak ada: {missing}", "files of the program are missing: {missing}")
REINSTALL = Text("pasang ulang program", "install the program again")

PROCESSORS_OK = Text("{cores} inti prosesor", "{cores} processor cores")
PROCESSORS_ADVICE = Text(
    "untuk dinding besar disarankan 4 inti atau lebih", "4 cores or more are better for a large wall"
)
MEMORY_OK = Text("memori {total_gib} GiB, bebas {free_gib} GiB", "memory {total_gib} GiB, {free_gib} GiB free")
MEMORY_ADVICE = Text("tutup program lain atau tambah memori", "close other programs or add memory")
DISK = Text("ruang bebas {free_gib} GiB untuk rekaman di {folder}", "{free_gib} GiB free for recordings in {folder}")
DISK_ADVICE = Text(
    "kosongkan disk atau pindahkan recordings_folder; di bawah {reserve_gib} GiB perekaman berhenti",
    "free the disk or move recordings_folder; below {reserve_gib} GiB recording stops",
)
DISK_SMALL = Text(
    "rekaman di {folder} boleh memakai {promised_gib} GiB dengan cadangan, tetapi bebas hanya {free_gib} GiB selain "
    "{used_gib} GiB yang terpakai",
    "recordings in {folder} may take {promised_gib} GiB with the reserve, but only {free_gib} GiB are free beside the "
    "{used_gib} GiB that they take",
)
DISK_SMALL_ADVICE = Text(
    "kecilkan recording_keep_gib, kosongkan disk, atau pindahkan recordings_folder; bila tidak, rekaman tersimpan "
    "lebih pendek",
    "lower recording_keep_gib, free the disk or move recordings_folder; otherwise less is kept",
)
DISK_CLIPS = Text("ruang bebas {free_gib} GiB untuk klip di {folder}", "{free_gib} GiB free for clips in {folder}")
DISK_CLIPS_ADVICE = Text("kosongkan disk atau pindahkan clips_folder", "free the disk or move clips_folder")
STORE_NONE = Text("belum ada basis data di sini", "no database here yet")
STORE_OK = Text(
    "basis data utuh: skema {schema}, {size_mib} MiB, {cameras} kamera, {pending} perubahan belum di server",
    "the database is sound: schema {schema}, {size_mib} MiB, {cameras} cameras, {pending} changes not at the server",
)
STORE_OLDER = Text(
    "basis data utuh, dari versi sebelumnya (skema {schema}); diperbarui saat program dibuka",
    "the database is sound and of an earlier version (schema {schema}); it is migrated at the next start",
)
STORE_BROKEN = Text("basis data {file} tidak dapat dibaca: {reason}", "the database {file} cannot be read: {reason}")
STORE_ADVICE = Text(
    "jangan hapus berkasnya; periksa disk dan izin foldernya, lalu buka program: yang rusak disisihkan dan cadangan "
    "dipasang",
    "do not remove the file; check the disk and the rights of its folder, then start the program: what is damaged is "
    "set aside and a backup put in its place",
)
SERVER_STORE_OK = Text(
    "basis data server di komputer ini utuh: {size_mib} MiB, {file}",
    "the server's database on this machine is sound: {size_mib} MiB, {file}",
)
SERVER_STORE_ADVICE = Text(
    "hentikan server, jangan hapus berkasnya; periksa disk dan izin foldernya, lalu pasang cadangan dari kantor",
    "stop the server and do not remove the file; check the disk and the rights of its folder, then put a backup of the "
    "office in its place",
)
SERVER_BACKUP_OK = Text("cadangan basis data server terakhir {at}", "newest backup of the server's database {at}")
SERVER_BACKUP_OLD = Text(
    "cadangan basis data server terakhir sudah {days} hari ({at})",
    "the newest backup of the server's database is {days} days old ({at})",
)
SERVER_BACKUP_NONE = Text(
    "basis data server belum pernah dicadangkan", "the server's database has never been backed up"
)
SERVER_BACKUP_ADVICE = Text(
    "jalankan tmcwall server backup --out BERKAS setiap hari; simpan berkasnya dan folder klip di komputer lain juga",
    "run tmcwall server backup --out FILE every day, and keep the file with the folder of clips on another machine",
)
CUSTODY_BROKEN = Text(
    "riwayat bukti tidak utuh lagi mulai baris {row}", "the chain of custody does not hold from row {row} on"
)
CUSTODY_ADVICE = Text(
    "jangan ubah apa pun di folder data, dan laporkan kepada atasan",
    "change nothing in the data folder and report it to your supervisor",
)
BACKUP_OK = Text("cadangan basis data terakhir {at}", "newest backup of the database {at}")
BACKUP_OLD = Text(
    "cadangan basis data terakhir sudah {days} hari ({at})",
    "the newest backup of the database is {days} days old ({at})",
)
BACKUP_NONE = Text("basis data belum pernah dicadangkan", "the database has never been backed up")
BACKUP_ADVICE = Text(
    "biarkan program terbuka beberapa menit: cadangan dibuat sehari sekali; bila tetap lama, periksa ruang disk",
    "leave the program open for some minutes: a backup is made once a day; if it stays old, check the disk space",
)
SHARED_MEMORY_OK = Text("gambar dibagi lewat {way}", "pictures are shared through {way}")
SHARED_MEMORY_NONE = Text("memori bersama tidak tersedia", "there is no shared memory")
SHARED_MEMORY_ADVICE = Text("sediakan /dev/shm yang dapat ditulis", "provide a writable /dev/shm")
SQLITE_OK = Text("SQLite {version}", "SQLite {version}")
SQLITE_ONE_WRITER = Text(
    "SQLite {version}; program memakai satu penulis saja karena versi ini dapat merusak WAL",
    "SQLite {version}; the program uses one writer only, because this version can damage its WAL",
)
SANDBOX_OK = Text(
    "pembatas proses tersedia (Landlock {landlock}, seccomp)", "process limits available (Landlock {landlock}, seccomp)"
)
SANDBOX_LESS = Text(
    "pembatas proses tidak lengkap (Landlock {landlock}, seccomp {seccomp})",
    "process limits incomplete (Landlock {landlock}, seccomp {seccomp})",
)
SANDBOX_ADVICE = Text(
    "pakai komputer x86_64 dengan Linux 6.7 atau lebih baru agar dekoder terkurung sepenuhnya",
    "use an x86_64 computer with Linux 6.7 or newer so that decoders are locked in fully",
)
SANDBOX_OPEN = Text(
    "pembatas proses tidak mengatur sambungan (Landlock {landlock}, perlu 4): proses pembuka kamera `compat` yang "
    "diambil alih dapat menghubungi komputer lain; dekoder biasa tetap terkurung",
    "process limits do not rule connections (Landlock {landlock}, 4 is needed): the process that opens a `compat` "
    "camera could reach other hosts if it were taken over; ordinary decoders are locked in",
)
SANDBOX_OPEN_ADVICE = Text(
    "pakai Linux 6.7 atau lebih baru, atau jangan pakai `compat` untuk kamera yang tidak dipercaya",
    "use Linux 6.7 or newer, or no `compat` for cameras that are not trusted",
)
PORT_OK = Text("port {port} bebas untuk {use}", "port {port} is free for {use}")
PORT_BUSY = Text("port {port} untuk {use} sedang dipakai", "port {port} for {use} is in use")
PORT_ADVICE = Text(
    "wajar bila {use} sudah berjalan; jika tidak, pilih port lain dengan --port",
    "that is right if {use} is running; otherwise choose another with --port",
)
SERVER_NONE = Text("tanpa server pusat", "no central server is set")
SERVER_OK = Text("server pusat {host} menjawab", "the central server {host} answers")
SERVER_SILENT = Text("server pusat {host} tidak menjawab", "the central server {host} does not answer")
SERVER_ADVICE = Text(
    "pekerjaan tetap berjalan; periksa jaringan dan server_url", "work goes on; check the network and server_url"
)
SERVER_TLS_OK = Text(
    "server pusat {host} menjawab (versi {version}); sertifikatnya dipercaya, berlaku sampai {certificate_ends}",
    "the central server {host} answers (version {version}); its certificate is trusted, valid until {certificate_ends}",
)
SERVER_TLS_ENDS = Text(
    "sertifikat server pusat {host} habis pada {certificate_ends}",
    "the certificate of the central server {host} ends on {certificate_ends}",
)
SERVER_TLS_ADVICE = Text(
    "minta pengelola server memperbarui sertifikatnya sebelum tanggal itu",
    "ask the server's administrator to renew it before that day",
)
SERVER_UNTRUSTED = Text(
    "sertifikat server pusat {host} tidak dipercaya: {reason}",
    "the certificate of the central server {host} is not trusted: {reason}",
)
SERVER_UNTRUSTED_ADVICE = Text(
    "petugas tidak dapat masuk lewat server; pasang otoritas sertifikat kantor di komputer ini, atau perbaiki "
    "sertifikat server dan namanya",
    "officers cannot sign in at the server; install the office's certificate authority on this machine, or mend the "
    "server's certificate and its name",
)
SERVER_OTHER = Text(
    "di {host} menjawab sesuatu yang tidak cocok dengan program ini: {reason}",
    "what answers at {host} does not fit this program: {reason}",
)
SERVER_OTHER_ADVICE = Text(
    "periksa server_url, dan samakan versi server dengan versi program ini",
    "check server_url, and bring server and program to the same version",
)
CLOCK_SET = Text("jam komputer disetel lewat jaringan", "the network sets this machine's clock")
CLOCK_AS_SERVER = Text(
    "jam komputer sama dengan server (selisih {offset_s} detik)",
    "the clock agrees with the server's ({offset_s} s off)",
)
CLOCK_OFF = Text(
    "jam komputer dan jam server berselisih {offset_s} detik",
    "this machine's clock and the server's are {offset_s} s apart",
)
CLOCK_NOT_SET = Text("jam komputer tidak disetel lewat jaringan", "the network does not set this machine's clock")
CLOCK_UNKNOWN = Text(
    "tidak diketahui apakah jam komputer benar: tidak ada server dan sistem tidak menyebutnya",
    "whether the clock is right is not known: there is no server, and the system does not say",
)
CLOCK_ADVICE = Text(
    "nyalakan penyetelan waktu (NTP) dengan server waktu kantor: jam penanda dan klip adalah bukti",
    "turn on time synchronisation (NTP) with the office's time server: the times of tags and clips are evidence",
)
CAMERAS_OK = Text("{reached} alamat kamera terjangkau", "{reached} camera addresses are reached")
CAMERAS_SILENT = Text(
    "{reached} dari {asked} alamat kamera terjangkau; yang pertama tidak: {first} ({reason})",
    "{reached} of {asked} camera addresses are reached; the first that is not: {first} ({reason})",
)
CAMERAS_ADVICE = Text(
    "periksa jaringan ke kamera itu; tmcwall camera test ID menguji satu kamera dengan loginnya",
    "check the network to that camera; tmcwall camera test ID tests one camera with its login",
)

CAMERAS_READ = Text(
    "{count} kamera dibaca dengan cara lain (FFmpeg), karena cara biasa gagal; yang pertama: {first}",
    "{count} cameras are read in another way (FFmpeg's RTSP), because ours failed; the first: {first}",
)
CAMERAS_READ_ADVICE = Text(
    "tmcwall camera test ID menyebut sebabnya; beri compat di kolom transport bila tetap demikian",
    "tmcwall camera test ID tells why; write compat in the column transport if it stays so",
)
CAMERAS_ODD = Text(
    "{count} kamera menyalahi aturan tanpa merugikan gambarnya; yang pertama: {first}",
    "{count} cameras break the rules at little cost; the first: {first}",
)
DESKTOP_MISSING = Text(
    "bagian desktop tidak dipasang; hanya server yang dapat dijalankan",
    "the desktop part is not installed; only the server can run",
)
DESKTOP_ADVICE = Text(
    'pasang dengan: pip install "tmcwall[desktop]"', 'install it with: pip install "tmcwall[desktop]"'
)
PROBE_FAILED = Text("{part} tidak dapat dijalankan: {reason}", "{part} cannot be started: {reason}")
QT_ADVICE = Text(
    "pasang pustaka sistem untuk Qt (misalnya libegl1 libgl1 libwayland-cursor0 libxkbcommon-x11-0 libxcb-cursor0)",
    "install the system libraries for Qt (such as libegl1 libgl1 libwayland-cursor0 libxkbcommon-x11-0 libxcb-cursor0)",
)
QT_OK = Text("PySide6 {version}, {fonts} huruf program termuat", "PySide6 {version}, {fonts} program fonts loaded")
QT_LEAKS = Text(
    "PySide6 {version} kehilangan {references_lost} acuan dalam seribu gambar; program akan mati mendadak",
    "PySide6 {version} loses {references_lost} references in a thousand pictures; the program will die",
)
QT_LEAKS_ADVICE = Text('pasang "PySide6-Essentials>=6.11.3,<6.12"', 'install "PySide6-Essentials>=6.11.3,<6.12"')
DISPLAY_OK = Text("{count} layar", "{count} screens")
MONITOR = Text(
    "layar {name}: {width}x{height} piksel, skala {scale}, {hz} Hz; namanya dalam setelan walls: {identity}",
    "screen {name}: {width}x{height} pixels, scale {scale}, {hz} Hz; its name in the setting walls: {identity}",
)
MONITOR_AWAY = Text(
    "layar dalam setelan walls tidak tersambung: {identity}",
    "a screen in the setting walls is not connected: {identity}",
)
MONITOR_AWAY_ADVICE = Text(
    "sambungkan layarnya, atau tulis nama layar di atas dalam setelan walls",
    "connect the screen, or put one of the names above into the setting walls",
)
DISPLAY_NONE = Text("tidak ada layar; hanya mode offscreen", "no display; offscreen only")
DISPLAY_ADVICE = Text(
    "jalankan dari sesi desktop untuk melihat dinding video", "start it from a desktop session to see the wall"
)
VIDEO_OK = Text(
    "PyAV {av} (libavcodec {libavcodec}) membaca H.264 dan H.265",
    "PyAV {av} (libavcodec {libavcodec}) decodes H.264 and H.265",
)
VIDEO_OPTIONS = Text(
    "FFmpeg ini tidak mengenal batas yang diminta darinya: {options}",
    "this FFmpeg does not know a limit that is asked of it: {options}",
)
VIDEO_MISSING = Text("dekoder tidak ada: {missing}", "decoders are missing: {missing}")
HARDWARE_USED = Text(
    "dekode dengan {device}; dekoder boleh membuka berkas dan menjalankan penggerak perangkat itu, jadi kurungannya "
    "lebih longgar",
    "decodes with {device}; decoders may open that device's files and drive it, so they are locked in less",
)
HARDWARE_UNUSED = Text(
    "{device} dapat mendekode, tetapi tidak dipakai (hardware_decoding = off); kurungan dekoder penuh",
    "{device} could decode but is not used (hardware_decoding = off); decoders are locked in fully",
)
HARDWARE_NONE = Text(
    "tidak ada kartu grafis untuk mendekode; prosesor yang mendekode",
    "no graphics card to decode with; the processor decodes",
)
HARDWARE_SILENT = Text(
    "{device} ada, tetapi tidak menghasilkan gambar; prosesor yang mendekode",
    "{device} is there but gives no picture; the processor decodes",
)
HARDWARE_ABSENT = Text(
    "hardware_decoding = auto, tetapi tidak ada perangkat yang menghasilkan gambar; prosesor yang mendekode",
    "hardware_decoding = auto, but no device gives a picture; the processor decodes",
)
HARDWARE_BROKEN = Text(
    "percobaan dekode dengan kartu grafis gagal ({reason})", "trying to decode on the graphics card failed ({reason})"
)
HARDWARE_ADVICE = Text(
    "pasang penggerak kartu grafis, atau kembalikan hardware_decoding ke off",
    "install the graphics card's driver, or set hardware_decoding back to off",
)
OPENCV_OK = Text("OpenCV {opencv} tanpa Qt sendiri", "OpenCV {opencv} without a Qt of its own")
OPENCV_QT = Text("OpenCV {opencv} membawa Qt kedua", "OpenCV {opencv} brings a second Qt")
OPENCV_ADVICE = Text(
    "ganti opencv-python dengan opencv-python-headless", "replace opencv-python by opencv-python-headless"
)
SOUND_OK = Text("suara lewat {device}", "sound through {device}")
SOUND_NONE = Text(
    "tidak ada perangkat suara; nada kejadian tidak terdengar", "no sound device; tones will not be heard"
)
SOUND_SILENT = Text(
    "satu-satunya perangkat suara tidak berbunyi ({device}); nada kejadian tidak terdengar",
    "the only sound device leads nowhere ({device}); tones will not be heard",
)
SOUND_BROKEN = Text("suara tidak dapat diperiksa ({reason})", "sound could not be looked at ({reason})")
SOUND_ADVICE = Text("sambungkan pengeras suara, atau setel sound = false", "connect a speaker, or set sound = false")
VAULT_KEYRING = Text("sandi kamera dijaga keyring sistem", "camera passwords are guarded by the system keyring")
VAULT_KEY_FILE = Text(
    "sandi kamera dijaga berkas kunci {key_file}", "camera passwords are guarded by key file {key_file}"
)
VAULT_OPENS = Text("brankas terbuka: {logins} kamera dengan login", "the vault opens: {logins} cameras with a login")
VAULT_LOST = Text(
    "sandi kamera yang tersimpan tidak dapat dibuka lagi ({reason})",
    "the camera passwords kept here can no longer be opened ({reason})",
)
VAULT_LOST_ADVICE = Text(
    "pasang lagi kuncinya bila masih ada; bila tidak, impor lagi daftar kamera yang memuat sandi: brankas lama "
    "disisihkan, tidak dihapus",
    "put its key back if it still exists; otherwise import the camera list with its passwords again: the old vault is "
    "set aside, not removed",
)
VAULT_CLOSED = Text(
    "brankas sandi kamera tidak dapat dibuka saat ini ({reason})",
    "the vault of camera passwords cannot be opened at the moment ({reason})",
)
VAULT_NONE = Text(
    "belum ada tempat aman untuk sandi kamera ({reason})", "there is no safe place for camera passwords yet ({reason})"
)
VAULT_ADVICE = Text(
    "aktifkan keyring sistem, atau buat berkas kunci di luar folder data "
    "(head -c 48 /dev/urandom | base64 > kunci; chmod 600 kunci) dan sebut di vault_key_file",
    "turn on the system keyring, or make a key file outside the data folder "
    "(head -c 48 /dev/urandom | base64 > key; chmod 600 key) and name it in vault_key_file",
)
