"""What every code of `domain.fault` says to an officer: a short cause for a tile, and a sentence with advice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tmcwall.domain.disk_fault import DiskFault
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.restoration import Restoration, StoreNotReplaced, StoreRestored
from tmcwall.domain.settings_fault import SettingsFault
from tmcwall.texts import Language, Text, Translator
from tmcwall.texts.settings import settings_sentence


def fault_text(code: FaultCode | DomainCode) -> Text:
    """The cause in a short sentence, then what to do. Complete: a test fails when a code has no text."""
    return _SENTENCES[code] if isinstance(code, FaultCode) else _INPUT_SENTENCES[code]


def short_cause(code: FaultCode) -> Text:
    """The cause in two to four words, for the caption of a tile or a badge."""
    return _SHORT[code]


def explain(problem: Fault | DomainError, say: Translator) -> str:
    """The whole sentence for a raised fault, with its detail in brackets where it has one."""
    if isinstance(problem, SettingsFault):
        return settings_sentence(problem, say)
    if isinstance(problem, StoreNotReplaced):
        return _not_replaced_sentence(problem, say)
    if isinstance(problem, DiskFault):
        return _disk_sentence(problem, say)
    if isinstance(problem, StoreRestored):
        return f"{restoration_sentence(problem.restoration, say)} {say(START_AGAIN)}"
    sentence = say(fault_text(problem.code))
    return f"{sentence} ({problem.detail})" if problem.detail else sentence


def restoration_sentence(restoration: Restoration, say: Translator) -> str:
    """What was damaged, what took its place, what may be missing, and where the damaged files are."""
    at, folder = _moment(restoration.at, say), restoration.damaged
    if restoration.backup is None or restoration.backup_at is None:
        return say(STORE_LOST, at=at, folder=folder)
    backup_at = _moment(restoration.backup_at, say)
    return say(STORE_RESTORED, at=at, folder=folder, backup=restoration.backup, backup_at=backup_at)


def _moment(moment: datetime, say: Translator) -> str:
    if say.language is Language.EN:
        return f"{say.zone.date_of(moment):%Y-%m-%d}, {say.zone.time_of_day(moment)} {say.zone}"
    return say.zone.long_text(moment)


def _disk_sentence(fault: DiskFault, say: Translator) -> str:
    sentence = say(fault_text(fault.code))
    if not fault.folder:
        return f"{sentence} ({fault.detail})" if fault.detail else sentence
    if fault.code is FaultCode.DISK_FULL and fault.free_bytes is not None:
        return f"{sentence} {say(DISK_PLACE_FREE, folder=fault.folder, mib=fault.free_bytes // (1 << 20))}"
    return f"{sentence} {say(DISK_PLACE, folder=fault.folder)}"


def _not_replaced_sentence(fault: StoreNotReplaced, say: Translator) -> str:
    disk = _disk_sentence(fault, say)
    if fault.backup is None or fault.backup_at is None:
        return say(STORE_NOT_REPLACED_EMPTY, file=fault.store, disk=disk)
    return say(
        STORE_NOT_REPLACED,
        file=fault.store,
        disk=disk,
        backup=fault.backup,
        backup_at=_moment(fault.backup_at, say),
    )


DISK_PLACE: Final = Text("Folder: {folder}.", "Folder: {folder}.")
DISK_PLACE_FREE: Final = Text("Folder: {folder}, sisa {mib} MiB.", "Folder: {folder}, {mib} MiB free.")
STORE_RESTORED: Final = Text(
    "Basis data rusak dan pada {at} diganti dengan cadangan dari {backup_at} ({backup}). Penanda, kejadian, dan "
    "perubahan sesudah cadangan itu mungkin hilang: periksa dan isi lagi. Berkas yang rusak disimpan di {folder} untuk "
    "petugas TI.",
    "The database was damaged and on {at} replaced by the backup of {backup_at} ({backup}). Bookmarks, incidents and "
    "changes made after that backup may be missing: check and enter them again. The damaged files are kept in {folder} "
    "for IT.",
)
STORE_LOST: Final = Text(
    "Basis data rusak, dan tidak ada cadangan: sejak {at} dipakai basis data kosong. Masukkan lagi daftar kamera. "
    "Berkas yang rusak disimpan di {folder}; minta petugas TI menyelamatkan isinya.",
    "The database was damaged and there was no backup: since {at} an empty one is in use. Import the list of cameras "
    "again. The damaged files are kept in {folder}; ask IT to recover what is in them.",
)
STORE_NOT_REPLACED: Final = Text(
    "Basis data rusak ({file}), dan disk tidak menerima penggantinya. Isi cadangan dari {backup_at} ({backup}) hanya "
    "dapat dilihat; penanda, kejadian, dan perubahan sesudahnya tidak tampak. {disk} Lalu mulai ulang program: "
    "cadangan itu dipasang, dan berkas yang rusak disimpan untuk petugas TI.",
    "The database is damaged ({file}), and the disk does not take what would replace it. The backup of {backup_at} "
    "({backup}) can only be looked at; bookmarks, incidents and changes made after it are not shown. {disk} Then start "
    "the program again: that backup is put in place, and the damaged file is kept for IT.",
)
STORE_NOT_REPLACED_EMPTY: Final = Text(
    "Basis data rusak ({file}), tidak ada cadangan, dan disk tidak menerima penggantinya: daftar kamera kosong. {disk} "
    "Lalu mulai ulang program dan masukkan lagi daftar kamera; berkas yang rusak disimpan untuk petugas TI.",
    "The database is damaged ({file}), there is no backup, and the disk does not take what would replace it: there are "
    "no cameras. {disk} Then start the program again and import the list of cameras; the damaged file is kept for IT.",
)
START_AGAIN: Final = Text("Jalankan perintah itu sekali lagi.", "Run the command once more.")

_SHORT: Final[Mapping[FaultCode, Text]] = {
    FaultCode.CONNECTION_REFUSED: Text("sambungan ditolak", "connection refused"),
    FaultCode.HOST_UNREACHABLE: Text("alamat tak terjangkau", "address unreachable"),
    FaultCode.HOST_UNKNOWN: Text("nama tidak dikenal", "unknown host name"),
    FaultCode.NO_ANSWER: Text("tidak ada jawaban", "no answer"),
    FaultCode.CONNECTION_LOST: Text("sambungan terputus", "connection lost"),
    FaultCode.ADDRESS_FORBIDDEN: Text("alamat tidak diizinkan", "address not allowed"),
    FaultCode.REDIRECT_REFUSED: Text("pengalihan ditolak", "redirect refused"),
    FaultCode.TLS_UNTRUSTED: Text("sertifikat tidak dipercaya", "certificate not trusted"),
    FaultCode.UNAUTHORIZED: Text("sandi salah / penuh", "wrong password / full"),
    FaultCode.BASIC_AUTH_REFUSED: Text("sandi tak terlindungi", "password unprotected"),
    FaultCode.CREDENTIAL_TOO_LONG: Text("sandi terlalu panjang", "password too long"),
    FaultCode.STREAM_NOT_FOUND: Text("siaran tidak ada", "no such stream"),
    FaultCode.CAMERA_BUSY: Text("kamera penuh", "camera busy"),
    FaultCode.CAMERA_PREPARING: Text("kamera sedang disiapkan", "camera is getting ready"),
    FaultCode.TRANSPORT_REFUSED: Text("cara kirim ditolak", "transport refused"),
    FaultCode.NOT_A_CAMERA: Text("bukan kamera", "not a camera"),
    FaultCode.PROTOCOL_BROKEN: Text("jawaban kamera rusak", "camera answers garbled"),
    FaultCode.NO_VIDEO: Text("tanpa video", "no video track"),
    FaultCode.CODEC_UNSUPPORTED: Text("kodek tidak didukung", "codec not supported"),
    FaultCode.PICTURE_TOO_LARGE: Text("gambar terlalu besar", "picture too large"),
    FaultCode.NO_MEDIA: Text("video belum datang", "no video arriving"),
    FaultCode.STREAM_STALLED: Text("siaran tersendat", "stream stalled"),
    FaultCode.NO_KEY_FRAME: Text("menunggu gambar kunci", "waiting for key frame"),
    FaultCode.STREAM_ENDED: Text("siaran berakhir", "stream ended"),
    FaultCode.STREAM_BROKEN: Text("siaran rusak", "stream damaged"),
    FaultCode.FILE_UNREADABLE: Text("berkas tak terbaca", "file unreadable"),
    FaultCode.FILE_UNWRITABLE: Text("berkas tak tertulis", "file not writable"),
    FaultCode.DECODER_LOST: Text("dekoder berhenti", "decoder stopped"),
    FaultCode.MACHINE_BUSY: Text("komputer kewalahan", "computer overloaded"),
    FaultCode.DECODER_CRASHED: Text("merusak dekoder", "crashes the decoder"),
    FaultCode.ENGINE_LOST: Text("mesin video berhenti", "video engine stopped"),
    FaultCode.PICTURE_MEMORY_FULL: Text("memori gambar penuh", "picture memory full"),
    FaultCode.DISK_FULL: Text("disk penuh", "disk full"),
    FaultCode.DISK_READ_ONLY: Text("disk hanya-baca", "disk read-only"),
    FaultCode.FOLDER_FORBIDDEN: Text("folder terlarang", "folder forbidden"),
    FaultCode.DISK_FAILED: Text("disk bermasalah", "disk failing"),
    FaultCode.FOOTAGE_MISSING: Text("rekaman tidak ada", "no footage"),
    FaultCode.CLIP_FAILED: Text("klip gagal dipotong", "clip not cut"),
    FaultCode.CLIP_ALTERED: Text("klip berubah", "clip altered"),
    FaultCode.FILE_TOO_LARGE: Text("berkas terlalu besar", "file too large"),
    FaultCode.EXPORT_CANCELLED: Text("ekspor dibatalkan", "export cancelled"),
    FaultCode.CHECK_CANCELLED: Text("pemeriksaan dibatalkan", "check cancelled"),
    FaultCode.TIME_STAMP_FAILED: Text("tanpa cap waktu", "no time stamp"),
    FaultCode.RECEIPT_UNTRUSTED: Text("tanda terima palsu", "receipt not believed"),
    FaultCode.COPY_FAILED: Text("salinan gagal dibuat", "copy not made"),
    FaultCode.LETTER_FAILED: Text("surat gagal dibuat", "letter not made"),
    FaultCode.STORE_LOCKED: Text("basis data terkunci", "database locked"),
    FaultCode.STORE_CORRUPT: Text("basis data rusak", "database damaged"),
    FaultCode.STORE_NEWER: Text("basis data lebih baru", "database is newer"),
    FaultCode.STORE_UNWRITABLE: Text("basis data tak tertulis", "database not writable"),
    FaultCode.CLOCK_WRONG: Text("jam komputer salah", "wrong clock"),
    FaultCode.MESSAGE_UNSENDABLE: Text("data tak terkirim", "data not sendable"),
    FaultCode.SERVER_UNREACHABLE: Text("server tak terjangkau", "server unreachable"),
    FaultCode.SERVER_REFUSED: Text("ditolak server", "refused by server"),
    FaultCode.SERVER_INCOMPATIBLE: Text("versi server berbeda", "server version differs"),
    FaultCode.WORKSTATION_COPIED: Text("data salinan", "copied data"),
    FaultCode.SIGN_IN_REFUSED: Text("masuk ditolak", "sign-in refused"),
    FaultCode.SIGN_IN_EXPIRED: Text("masa masuk habis", "sign-in expired"),
    FaultCode.SIGN_IN_DELAYED: Text("tunggu sebentar", "wait a moment"),
    FaultCode.SIGN_IN_WITHDRAWN: Text("masuk dibatalkan server", "sign-in withdrawn"),
    FaultCode.ACCOUNT_DISABLED: Text("akun dinonaktifkan", "account disabled"),
    FaultCode.PASSWORD_DUE: Text("kata sandi sekali pakai", "one-time password"),
    FaultCode.ROLES_UNTRUSTED: Text("hak bukan dari server", "rights not the server's"),
    FaultCode.PROVIDER_UNREACHABLE: Text("penyedia tak terjangkau", "provider unreachable"),
    FaultCode.PROVIDER_REFUSED: Text("identitas ditolak", "identity refused"),
    FaultCode.IDENTITY_UNKNOWN: Text("bukan petugas di sini", "no officer here"),
    FaultCode.BROWSER_ABANDONED: Text("masuk di peramban batal", "browser sign-in ended"),
    FaultCode.DEVICE_NOT_ENROLLED: Text("belum terdaftar", "not enrolled"),
    FaultCode.DEVICE_REVOKED: Text("pendaftaran dicabut", "enrolment revoked"),
    FaultCode.ENROLMENT_REFUSED: Text("kode ditolak", "code refused"),
    FaultCode.SERVER_KEY_CHANGED: Text("kunci server berganti", "server key changed"),
    FaultCode.SERVER_MISSING: Text("server tidak ada", "no server here"),
    FaultCode.DATABASE_UNREACHABLE: Text("basis data tak terjangkau", "database unreachable"),
    FaultCode.BLOBS_UNREACHABLE: Text("tempat klip tak terjangkau", "clip store unreachable"),
    FaultCode.DATABASE_FOREIGN: Text("basis data program lain", "another program's database"),
    FaultCode.SERVER_RUNS_ALREADY: Text("server sudah berjalan", "server runs already"),
    FaultCode.SERVER_KEY_LOST: Text("kunci server hilang", "server key lost"),
    FaultCode.PORT_IN_USE: Text("port sudah dipakai", "port in use"),
    FaultCode.PORT_FORBIDDEN: Text("port perlu hak khusus", "port needs privileges"),
    FaultCode.NO_DISPLAY: Text("tidak ada layar", "no display"),
    FaultCode.SETTINGS_UNREADABLE: Text("pengaturan tak terbaca", "settings unreadable"),
    FaultCode.CERTIFICATE_UNREADABLE: Text("sertifikat tak terbaca", "certificate unreadable"),
    FaultCode.VAULT_UNAVAILABLE: Text("brankas tidak tersedia", "vault not available"),
    FaultCode.VAULT_LOST: Text("brankas tak terbuka lagi", "vault cannot be opened"),
    FaultCode.ALREADY_RUNNING: Text("sudah berjalan", "already running"),
    FaultCode.PROGRAM_SILENT: Text("program tidak menjawab", "program does not answer"),
    FaultCode.COMPONENT_MISSING: Text("komponen tidak ada", "component missing"),
    FaultCode.LIBRARY_MISSING: Text("pustaka tidak ada", "library missing"),
}

_SENTENCES: Final[Mapping[FaultCode, Text]] = {
    FaultCode.CONNECTION_REFUSED: Text(
        "Alamat terjangkau, tetapi sambungan ditolak. Periksa nomor port dan apakah layanan di sana menyala.",
        "The address answers but refuses the connection. Check the port number and whether the service is on.",
    ),
    FaultCode.HOST_UNREACHABLE: Text(
        "Alamat tidak terjangkau dari jaringan ini. Periksa kabel, daya, dan jalur jaringan ke alamat itu.",
        "The address cannot be reached from this network. Check its cable, its power and the way to it.",
    ),
    FaultCode.HOST_UNKNOWN: Text(
        "Nama alamat tidak dikenal. Periksa ejaannya atau pakai alamat IP.",
        "The host name is not known. Check its spelling or use the IP address.",
    ),
    FaultCode.NO_ANSWER: Text(
        "Tidak ada jawaban dalam batas waktu. Periksa apakah perangkat menyala dan jaringannya tidak padat.",
        "There was no answer in time. Check that the device is on and the network is not overloaded.",
    ),
    FaultCode.CONNECTION_LOST: Text(
        "Sambungan terputus. Program menyambung lagi dengan sendirinya; bila berulang, periksa jaringannya.",
        "The connection was lost. The program reconnects by itself; if it keeps happening, check the network.",
    ),
    FaultCode.ADDRESS_FORBIDDEN: Text(
        "Alamat di luar jaringan yang diizinkan. Minta petugas TI menambahkannya pada pengaturan "
        "allowed_networks bila memang alamat kamera.",
        "The address is outside the allowed networks. If it is a camera, ask IT to add it to the setting "
        "allowed_networks.",
    ),
    FaultCode.REDIRECT_REFUSED: Text(
        "Kamera mengalihkan ke alamat lain dan itu ditolak demi keamanan. Daftarkan alamat tujuan yang sebenarnya.",
        "The camera redirects to another host, which is refused for safety. Enter the real address instead.",
    ),
    FaultCode.TLS_UNTRUSTED: Text(
        "Sertifikat keamanan tidak dipercaya. Pasang sertifikat yang sah atau minta petugas TI mengesahkannya.",
        "The security certificate is not trusted. Install a valid one or ask IT to approve it.",
    ),
    FaultCode.UNAUTHORIZED: Text(
        "Kamera menolak: nama pengguna atau kata sandi salah, atau batas sambungannya penuh. Periksa sandinya; "
        "percobaan ditahan agar kamera tidak terkunci.",
        "The camera refuses: wrong user name or password, or its connection limit is reached. Check the "
        "password; attempts are held back so that the camera does not lock itself.",
    ),
    FaultCode.BASIC_AUTH_REFUSED: Text(
        "Kamera meminta kata sandi tanpa perlindungan (Basic) dan itu ditolak. Aktifkan Digest pada kamera atau "
        "pakai rtsps.",
        "The camera asks for the password unprotected (Basic), which is refused. Turn on Digest or use rtsps.",
    ),
    FaultCode.CREDENTIAL_TOO_LONG: Text(
        "Nama pengguna atau kata sandi terlalu panjang untuk kamera ini. Pakai yang lebih pendek, paling banyak "
        "127 karakter.",
        "The user name or password is too long for this camera. Use a shorter one, at most 127 characters.",
    ),
    FaultCode.STREAM_NOT_FOUND: Text(
        "Kamera menjawab, tetapi siaran itu tidak ada padanya. Periksa bagian alamat sesudah nama kamera.",
        "The camera answers but has no such stream. Check the path in its address.",
    ),
    FaultCode.CAMERA_BUSY: Text(
        "Kamera sudah melayani sambungan sebanyak yang ia sanggup. Tutup penonton lain atau pakai substream.",
        "The camera serves as many connections as it can. Close other viewers or use the substream.",
    ),
    FaultCode.CAMERA_PREPARING: Text(
        "Kamera belum siap mengirim gambar dan minta dihubungi lagi sebentar lagi; itu terjadi otomatis.",
        "The camera is not ready to send pictures yet and asks to be called again soon; that happens by itself.",
    ),
    FaultCode.TRANSPORT_REFUSED: Text(
        "Kamera menolak cara pengiriman video yang diminta. Aktifkan RTSP lewat TCP pada kamera.",
        "The camera refuses the way video is asked for. Turn on RTSP over TCP in the camera.",
    ),
    FaultCode.NOT_A_CAMERA: Text(
        "Yang menjawab di alamat itu bukan kamera. Periksa alamat dan nomor portnya.",
        "What answers at this address is not a camera. Check the address and the port.",
    ),
    FaultCode.PROTOCOL_BROKEN: Text(
        "Jawaban kamera menyalahi aturan protokolnya; program mencoba cara lain bila ada. Minta petugas TI "
        "menjalankan tmcwall camera test: di sana tertulis apa yang salah.",
        "The camera's answers break the rules of their protocol; another way is tried where there is one. Have IT run "
        "tmcwall camera test, which tells what is wrong.",
    ),
    FaultCode.NO_VIDEO: Text(
        "Siaran ini tidak memuat video. Periksa apakah alamatnya menunjuk ke siaran gambar.",
        "This stream has no video. Check that the address is that of a picture stream.",
    ),
    FaultCode.CODEC_UNSUPPORTED: Text(
        "Cara penyandian atau pengemasan video kamera ini tidak didukung. Minta petugas TI menyetel kamera ke H.264 "
        "atau H.265 dengan kemasan biasa.",
        "The way this camera encodes or packs its video is not supported. Have IT set the camera to H.264 or H.265, in "
        "packets of the usual kind.",
    ),
    FaultCode.PICTURE_TOO_LARGE: Text(
        "Gambar kamera melebihi ukuran yang diterima. Turunkan resolusinya atau pakai substream.",
        "The camera's picture is larger than accepted. Lower its resolution or use the substream.",
    ),
    FaultCode.NO_MEDIA: Text(
        "Kamera menerima sambungan, tetapi video tidak datang. Nyalakan ulang kamera; bila tetap demikian, minta "
        "petugas TI menjalankan tmcwall camera test.",
        "The camera accepted the connection but no video arrives. Restart it; if this goes on, have IT run "
        "tmcwall camera test.",
    ),
    FaultCode.STREAM_STALLED: Text(
        "Siaran berhenti mengalir. Program mencoba lagi; periksa jaringan bila sering terjadi.",
        "The stream stopped flowing. The program tries again; check the network if it happens often.",
    ),
    FaultCode.NO_KEY_FRAME: Text(
        "Menunggu gambar kunci dari kamera. Bila lama, pendekkan jarak I-frame pada kamera.",
        "Waiting for a key frame from the camera. If it takes long, shorten the camera's I-frame interval.",
    ),
    FaultCode.STREAM_ENDED: Text(
        "Siaran diakhiri oleh sumbernya. Program menyambung lagi bila sumbernya kembali.",
        "The source ended the stream. The program connects again when the source is back.",
    ),
    FaultCode.STREAM_BROKEN: Text(
        "Data video datang, tetapi tidak ada gambar yang dapat dibuat darinya. Minta petugas TI memeriksa jaringan dan "
        "setelan video kamera.",
        "Video data arrives, but no picture can be made of it. Have IT check the network and the camera's video "
        "settings.",
    ),
    FaultCode.FILE_UNREADABLE: Text(
        "Berkas video tidak dapat dibaca. Periksa nama, izin, dan isi berkasnya.",
        "The video file cannot be read. Check its name, its permissions and its content.",
    ),
    FaultCode.DECODER_CRASHED: Text(
        "Siaran ini tiga kali menghentikan dekoder, maka ditahan selama sepuluh menit. Perekaman tetap berjalan. "
        "Periksa setelan video kamera atau ganti kodeknya.",
        "This stream has stopped its decoder three times and is held for ten minutes. Recording goes on. "
        "Check the camera's video settings or change its codec.",
    ),
    FaultCode.FILE_UNWRITABLE: Text(
        "Berkas itu tidak dapat ditulis. Pilih folder lain yang ada dan boleh Anda tulisi.",
        "That file cannot be written. Choose another folder that exists and that you may write to.",
    ),
    FaultCode.DECODER_LOST: Text(
        "Dekoder gambar berhenti dan sedang dinyalakan ulang. Rekaman tetap berjalan; tunggu sebentar.",
        "The picture decoder stopped and is being restarted. Recording goes on; wait a moment.",
    ),
    FaultCode.MACHINE_BUSY: Text(
        "Komputer ini tidak sanggup menampilkan semua kamera tepat waktu. Rekaman tetap berjalan; kurangi petak atau "
        "tutup program lain.",
        "This computer cannot show all cameras in time. Recording goes on; show fewer tiles or close other programs.",
    ),
    FaultCode.ENGINE_LOST: Text(
        "Mesin video berhenti dan sedang dinyalakan ulang. Bila berulang, jalankan tmcwall doctor.",
        "The video engine stopped and is being restarted. If it keeps happening, run tmcwall doctor.",
    ),
    FaultCode.PICTURE_MEMORY_FULL: Text(
        "Memori untuk gambar petak sudah habis; gambar muncul sendiri begitu ada ruang. Perekaman tetap berjalan. "
        "Tutup petak lain atau perkecil dinding video.",
        "The memory for the pictures of tiles is used up; pictures come by themselves once there is room. Recording "
        "goes on. Close other tiles or make the wall smaller.",
    ),
    FaultCode.DISK_FULL: Text(
        "Disk penuh atau hampir penuh. Hapus berkas yang tidak perlu di disk itu, atau kecilkan recording_keep_gib di "
        "pengaturan agar rekaman memakai lebih sedikit.",
        "The disk is full or nearly full. Delete what is not needed on that disk, or lower the setting "
        "recording_keep_gib so that recordings take less.",
    ),
    FaultCode.DISK_READ_ONLY: Text(
        "Disk hanya dapat dibaca, tidak dapat ditulis. Sistem sering menguncinya setelah kerusakan: minta petugas TI "
        "memeriksa disk dan memasangnya lagi agar dapat ditulis.",
        "The disk can be read but not written. Systems often lock a disk after damage: have IT check it and mount it "
        "writable again.",
    ),
    FaultCode.FOLDER_FORBIDDEN: Text(
        "Akun ini tidak boleh menulis di folder itu. Minta petugas TI memberi hak tulis, atau pilih folder lain.",
        "This account may not write in that folder. Ask IT for the right to write there, or choose another folder.",
    ),
    FaultCode.DISK_FAILED: Text(
        "Disk gagal membaca atau menulis. Segera hubungi petugas TI untuk memeriksa disk.",
        "The disk fails to read or write. Have IT check the disk at once.",
    ),
    FaultCode.FOOTAGE_MISSING: Text(
        "Tidak ada rekaman kamera itu pada waktu yang diminta. Pilih waktu lain atau periksa apakah ia direkam.",
        "There is no footage of that camera at that time. Choose another time or check that it is recorded.",
    ),
    FaultCode.CLIP_FAILED: Text(
        "Klip gagal dipotong. Penandanya tetap tersimpan dan rekamannya ditahan; coba potong lagi.",
        "The clip could not be cut. Its bookmark is safe and the footage is held; cut it again.",
    ),
    FaultCode.CLIP_ALTERED: Text(
        "Klip ini bukan lagi yang dicatat saat dipotong, jadi tidak diekspor dan tidak ada paket yang tersisa. "
        "Jangan diubah lagi; laporkan kepada atasan.",
        "This clip is not what was recorded when it was cut, so it is not exported and no package is left. Do not "
        "touch it any more; report it to your supervisor.",
    ),
    FaultCode.FILE_TOO_LARGE: Text(
        "Tujuannya (FAT32) tidak dapat memuat berkas di atas 4 GiB, dan tidak ada yang disalin. Pakai stik yang "
        "diformat exFAT atau NTFS, atau folder lain.",
        "The target (FAT32) cannot hold a file of more than 4 GiB, and nothing was copied. Use a stick formatted as "
        "exFAT or NTFS, or another folder.",
    ),
    FaultCode.RECEIPT_UNTRUSTED: Text(
        "Tanda terima itu tidak ditandatangani server tempat ini terdaftar, dan tidak dipakai. Laporkan kepada TI.",
        "That receipt is not signed by the server that this workstation is enrolled with, and is not used. Tell IT.",
    ),
    FaultCode.TIME_STAMP_FAILED: Text(
        "Pemberi cap waktu tidak menjawab, atau jawabannya bukan cap waktu untuk ini. Periksa time_stamp_url di "
        "pengaturan dan jaringan ke sana.",
        "The time stamp authority does not answer, or its answer is no time stamp of this. Check the setting "
        "time_stamp_url and the network to it.",
    ),
    FaultCode.CHECK_CANCELLED: Text(
        "Pemeriksaan dibatalkan; paket itu belum diperiksa.",
        "The check was cancelled; that package has not been checked.",
    ),
    FaultCode.EXPORT_CANCELLED: Text(
        "Ekspor dibatalkan; tidak ada yang tersisa di tujuan.",
        "The export was cancelled; nothing of it is left at the target.",
    ),
    FaultCode.COPY_FAILED: Text(
        "Salinan tidak jadi dibuat dan tidak ada berkas yang tertinggal. Klip aslinya utuh; coba lagi.",
        "The copy was not made and no file is left of it. The original clip is whole; try again.",
    ),
    FaultCode.LETTER_FAILED: Text(
        "PDF surat tidak dapat dibuat dari templatnya. Periksa templat di Word, atau pakai templat bawaan.",
        "No PDF could be made from the template of the letter. Check it in Word, or use the template of the program.",
    ),
    FaultCode.STORE_LOCKED: Text(
        "Basis data sedang dipakai program lain. Tutup tmcwall yang lain lalu coba lagi.",
        "The database is in use by another program. Close the other tmcwall and try again.",
    ),
    FaultCode.STORE_CORRUPT: Text(
        "Basis data rusak. Berkas lama tidak dihapus; hubungi petugas TI untuk memulihkan cadangan.",
        "The database is damaged. The old file is kept; ask IT to restore the backup.",
    ),
    FaultCode.STORE_NEWER: Text(
        "Basis data dibuat oleh tmcwall yang lebih baru. Perbarui program ini.",
        "The database was made by a newer tmcwall. Update this program.",
    ),
    FaultCode.CLOCK_WRONG: Text(
        "Jam komputer ini salah, jadi tidak ada yang disimpan. Betulkan tanggal dan jamnya, lalu ulangi.",
        "The clock of this computer is wrong, so nothing was saved. Put its date and time right, then do it again.",
    ),
    FaultCode.MESSAGE_UNSENDABLE: Text(
        "Ada data dari komputer ini yang tidak dapat dikirim ke server. Data tetap tersimpan; hubungi petugas TI.",
        "Something that was made here cannot be sent to the server. It is kept; ask IT.",
    ),
    FaultCode.STORE_UNWRITABLE: Text(
        "Basis data tidak dapat dibuka untuk ditulis. Periksa apakah tempatnya folder, dan apakah berkasnya milik akun "
        "ini.",
        "The database cannot be opened for writing. Check that its place is a folder and that the file is this "
        "account's.",
    ),
    FaultCode.SERVER_UNREACHABLE: Text(
        "Server pusat tidak terjangkau. Pekerjaan tetap tersimpan di sini dan dikirim saat server kembali.",
        "The central server cannot be reached. Work is saved here and sent when the server is back.",
    ),
    FaultCode.SERVER_REFUSED: Text(
        "Server pusat menolak permintaan ini. Catat waktunya dan hubungi petugas TI.",
        "The central server refused this request. Note the time and call IT.",
    ),
    FaultCode.SERVER_INCOMPATIBLE: Text(
        "Versi server pusat tidak cocok dengan program ini. Minta petugas TI memperbarui yang lebih lama.",
        "The central server's version does not fit this program. Ask IT to update the older one.",
    ),
    FaultCode.WORKSTATION_COPIED: Text(
        "Data komputer ini juga dipakai komputer lain, mungkin hasil salinan. Tidak ada yang hilang. Tutup dan buka "
        "lagi program ini, lalu masuk: setelah itu semuanya dikirim dengan identitas baru.",
        "The data of this workstation is in use on another one, too, perhaps as a copy. Nothing is lost. Close and "
        "start this program again and sign in: then everything is sent under a new identity.",
    ),
    FaultCode.SIGN_IN_REFUSED: Text(
        "NRP atau kata sandi salah. Periksa lalu coba lagi.",
        "Wrong service number or password. Check them and try again.",
    ),
    FaultCode.SIGN_IN_EXPIRED: Text(
        "Masa masuk Anda sudah habis. Silakan masuk lagi; pekerjaan Anda tetap tersimpan.",
        "Your sign-in has expired. Sign in again; your work is safe.",
    ),
    FaultCode.SIGN_IN_DELAYED: Text(
        "Kata sandi untuk NRP ini beberapa kali salah. Tunggu sebentar, paling lama satu menit, lalu coba lagi.",
        "Wrong passwords were given for this service number. Wait a moment, one minute at most, and try again.",
    ),
    FaultCode.SIGN_IN_WITHDRAWN: Text(
        "Server pusat mengakhiri dinas akun ini; video tetap tampil. Masuk lagi, atau hubungi admin server.",
        "The central server has ended this account's duty; the video stays on. Sign in again, or ask its admin.",
    ),
    FaultCode.ACCOUNT_DISABLED: Text(
        "Akun ini dinonaktifkan, jadi tidak dapat dipakai bertugas. Hubungi admin tempat ini.",
        "This account is disabled, so it cannot be used on duty. Ask the admin of this station.",
    ),
    FaultCode.PASSWORD_DUE: Text(
        "Kata sandi ini hanya untuk sekali. Buat kata sandi sendiri untuk masuk.",
        "This password is good once. Choose your own to sign in.",
    ),
    FaultCode.ROLES_UNTRUSTED: Text(
        "Daftar hak petugas tidak ditandatangani server ini. Masuk sekali lagi saat server terhubung.",
        "The list of officers' rights is not signed by this server. Sign in once more while the server is reachable.",
    ),
    FaultCode.PROVIDER_UNREACHABLE: Text(
        "Layanan identitas tidak menjawab server pusat. Masuklah dengan NRP dan kata sandi; selebihnya berjalan "
        "seperti biasa.",
        "The identity provider does not answer the central server. Sign in with service number and password; nothing "
        "else is affected.",
    ),
    FaultCode.PROVIDER_REFUSED: Text(
        "Masuk lewat layanan identitas ditolak atau buktinya tidak dapat dipercaya. Coba lagi dari awal, atau masuk "
        "dengan NRP dan kata sandi; kalau berulang, hubungi petugas TI.",
        "The sign-in by the identity provider was refused, or its proof cannot be believed. Begin again, or sign in "
        "with service number and password; if it happens again, ask IT.",
    ),
    FaultCode.IDENTITY_UNKNOWN: Text(
        "Layanan identitas mengenal Anda, tetapi server pusat tidak punya akun aktif untuk Anda. Minta petugas TI "
        "membuat atau mengaktifkannya.",
        "The identity provider knows you, but the central server has no active account for you. Ask IT to make or "
        "enable it.",
    ),
    FaultCode.BROWSER_ABANDONED: Text(
        "Masuk di peramban tidak selesai. Mulai lagi, atau masuk dengan NRP dan kata sandi.",
        "The sign-in in the browser was not completed. Begin again, or sign in with service number and password.",
    ),
    FaultCode.DEVICE_NOT_ENROLLED: Text(
        "Tempat kerja ini belum terdaftar di server pusat. Pekerjaan tetap tersimpan di sini; minta kode pendaftaran "
        "kepada petugas TI, lalu isikan.",
        "This workstation is not enrolled at the central server. Work is kept here; ask IT for an enrolment code and "
        "enter it.",
    ),
    FaultCode.DEVICE_REVOKED: Text(
        "Pendaftaran tempat kerja ini dicabut di server pusat. Pekerjaan tetap tersimpan di sini; hubungi petugas TI, "
        "yang dapat memberi kode pendaftaran baru.",
        "The enrolment of this workstation was revoked at the central server. Work is kept here; ask IT, who can give "
        "a new enrolment code.",
    ),
    FaultCode.ENROLMENT_REFUSED: Text(
        "Kode pendaftaran itu tidak cocok, sudah dipakai, atau sudah kedaluwarsa. Periksa, atau minta kode baru "
        "kepada petugas TI.",
        "That enrolment code is wrong, used or expired. Check it, or ask IT for a new one.",
    ),
    FaultCode.SERVER_KEY_CHANGED: Text(
        "Server pusat memakai kunci lain daripada saat tempat kerja ini didaftarkan. Tanyakan kepada petugas TI apakah "
        "kuncinya memang diganti; kalau ya, daftarkan lagi dengan kode baru.",
        "The central server has another key than when this workstation was enrolled. Ask IT whether its key was "
        "renewed; if so, enrol again with a new code.",
    ),
    FaultCode.SERVER_MISSING: Text(
        "Di sini belum ada server pusat. Sebut foldernya dengan --data-dir, atau jalankan tmcwall server run dahulu.",
        "There is no central server here. Name its folder with --data-dir, or run tmcwall server run first.",
    ),
    FaultCode.DATABASE_UNREACHABLE: Text(
        "Basis data PostgreSQL tidak dapat dibuka. Periksa apakah ia menyala, alamatnya, nama pengguna, dan ~/.pgpass.",
        "The PostgreSQL database cannot be opened. Check that it runs, its address, the user name and ~/.pgpass.",
    ),
    FaultCode.BLOBS_UNREACHABLE: Text(
        "Penyimpanan klip (S3) tidak menjawab atau menolak. Periksa AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, "
        "AWS_SECRET_ACCESS_KEY, dan nama bucket.",
        "The store of clips (S3) does not answer or refuses. Check AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, "
        "AWS_SECRET_ACCESS_KEY and the bucket's name.",
    ),
    FaultCode.DATABASE_FOREIGN: Text(
        "Basis data itu milik program lain, jadi tidak disentuh. Sebut basis data server pusat, atau yang kosong.",
        "That database holds another program's data and was not touched. Name the central server's, or an empty one.",
    ),
    FaultCode.SERVER_RUNS_ALREADY: Text(
        "Server pusat lain sedang memakai basis data itu. Hentikan dahulu server itu, lalu ulangi.",
        "Another central server is using that database. Stop that server first, then try again.",
    ),
    FaultCode.SERVER_KEY_LOST: Text(
        "Kunci rahasia webhook tidak ada atau bukan yang asli. Kembalikan server.key dari cadangan, atau jalankan "
        "tmcwall server key renew dan daftarkan lagi setiap sumber webhook.",
        "The key of the webhook secrets is gone or is another one. Put server.key back from its backup, or run "
        "tmcwall server key renew and add every webhook source again.",
    ),
    FaultCode.PORT_IN_USE: Text(
        "Nomor port itu sudah dipakai program lain. Hentikan program itu atau pilih port lain.",
        "That port is used by another program. Stop it or choose another port.",
    ),
    FaultCode.PORT_FORBIDDEN: Text(
        "Akun ini tidak boleh memakai nomor port itu. Pilih port di atas 1023, atau jalankan sebagai layanan sistem.",
        "This account may not use that port. Choose a port above 1023, or run it as a system service.",
    ),
    FaultCode.NO_DISPLAY: Text(
        "Tidak ada layar yang dapat dipakai. Jalankan dari sesi desktop, atau setel QT_QPA_PLATFORM=offscreen.",
        "There is no display to use. Start it from a desktop session, or set QT_QPA_PLATFORM=offscreen.",
    ),
    FaultCode.SETTINGS_UNREADABLE: Text(
        "Pengaturan tidak dapat dipakai. Perbaiki baris yang disebut.",
        "The settings cannot be used. Mend the line named.",
    ),
    FaultCode.CERTIFICATE_UNREADABLE: Text(
        "Sertifikat atau kunci pribadinya tidak dapat dipakai. Periksa kedua berkas PEM dan apakah keduanya cocok.",
        "The certificate or its private key cannot be used. Check both PEM files and that they belong together.",
    ),
    FaultCode.VAULT_UNAVAILABLE: Text(
        "Tidak ada tempat aman untuk kata sandi kamera. Aktifkan keyring sistem, atau setel vault_key_file "
        "ke berkas kunci di luar folder data.",
        "There is no safe place for camera passwords. Turn on the system keyring, or set vault_key_file to a "
        "key file outside the data folder.",
    ),
    FaultCode.VAULT_LOST: Text(
        "Kata sandi kamera yang tersimpan tidak dapat dibuka lagi di komputer ini. Berkasnya disisihkan dan semua "
        "kamera tetap ada; impor lagi daftar kamera yang memuat kata sandinya.",
        "The camera passwords kept here can no longer be opened on this machine. Their file was set aside and all "
        "cameras stay; import the camera list with its passwords again.",
    ),
    FaultCode.ALREADY_RUNNING: Text(
        "tmcwall sudah berjalan dengan folder data ini. Pakai jendela yang sudah terbuka.",
        "tmcwall is already running with this data folder. Use the window that is open.",
    ),
    FaultCode.PROGRAM_SILENT: Text(
        "Program dinding yang sedang berjalan tidak menjawab perintah ini, jadi tidak diketahui apakah dikerjakan. "
        "Periksa hasilnya pada program itu; bila macet atau versinya lain, tutup lalu buka lagi.",
        "The running program did not answer this command, so it is not known whether it was carried out. Look there "
        "for the result; if it hangs or is of another version, close it and open it again.",
    ),
    FaultCode.COMPONENT_MISSING: Text(
        "Ada bagian program yang tidak terpasang atau gagal berjalan. Pasang ulang, atau jalankan tmcwall doctor.",
        "A part of the program is not installed or does not start. Install it again or run tmcwall doctor.",
    ),
    FaultCode.LIBRARY_MISSING: Text(
        "Sistem komputer ini kekurangan pustaka untuk menampilkan jendela. Pasang paket yang disebut (Debian, Ubuntu: "
        "sudo apt-get install PAKET), lalu jalankan lagi.",
        "This computer's system lacks a library for showing windows. Install the package named (Debian, Ubuntu: sudo "
        "apt-get install PACKAGE), then start again.",
    ),
}

_INPUT_SENTENCES: Final[Mapping[DomainCode, Text]] = {
    DomainCode.URL_MALFORMED: Text(
        "Alamat siaran tidak benar. Tulis seperti rtsp://alamat:554/siaran.",
        "The stream address is malformed. Write it like rtsp://address:554/stream.",
    ),
    DomainCode.URL_SCHEME: Text(
        "Jenis alamat ini tidak diterima. Pakai rtsp, rtsps, http, atau https.",
        "This kind of address is not accepted. Use rtsp, rtsps, http or https.",
    ),
    DomainCode.URL_PASSWORD_RAW: Text(
        "Kata sandi di alamat memuat tanda yang harus ditulis lain: %40 untuk @, %2F untuk /, %3F untuk ?, "
        "%23 untuk #. Di dalam daftar, kolom username dan password menerima kata sandi apa adanya.",
        "The password in the address holds signs that are written otherwise: %40 for @, %2F for /, %3F for ?, "
        "%23 for #. In a list the columns username and password take it as it is.",
    ),
    DomainCode.URL_WITH_PASSWORD: Text(
        "Alamat di baris perintah tidak boleh memuat kata sandi. Taruh di berkas daftar dan pakai --file.",
        "An address on the command line must not hold a password. Put it into a list and use --file.",
    ),
    DomainCode.SOURCE_MISSING: Text(
        "Belum ada kamera yang disebut. Tulis alamat siarannya, atau sebut daftar kamera dengan --file.",
        "No camera was named. Write its stream address, or name a list of cameras with --file.",
    ),
    DomainCode.SOURCE_UNKNOWN: Text(
        "Itu bukan alamat siaran dan bukan berkas yang ada. Tulis seperti rtsp://alamat:554/siaran, atau periksa nama "
        "berkasnya.",
        "That is neither a stream address nor a file that is there. Write it like rtsp://address:554/stream, or check "
        "the file's name.",
    ),
    DomainCode.TEST_URL_WITH_PASSWORD: Text(
        "Alamat di baris perintah tidak boleh memuat kata sandi. Masukkan kamera itu dengan tmcwall camera import, "
        "lalu uji menurut id-nya.",
        "An address on the command line must not hold a password. Bring the camera in with tmcwall camera import, "
        "then test it by its id.",
    ),
    DomainCode.SERVER_URL_MALFORMED: Text(
        "Alamat server pusat tidak benar. Tulis pada pengaturan server_url seperti https://tmc.example.",
        "The address of the central server is malformed. Write it in the setting server_url like https://tmc.example.",
    ),
    DomainCode.SERVER_URL_PLAIN: Text(
        "Server pusat di komputer lain hanya boleh dihubungi lewat https. Ganti http:// pada pengaturan server_url.",
        "A central server on another computer is reached by https only. Replace http:// in the setting server_url.",
    ),
    DomainCode.SERVER_URL_PASSWORD: Text(
        "Alamat server pusat tidak boleh memuat nama pengguna atau kata sandi. Hapus dari pengaturan server_url; "
        "petugas masuk lewat layar.",
        "The address of the central server must not hold a user name or password. Remove them from the setting "
        "server_url; officers sign in on the screen.",
    ),
    DomainCode.ENROLMENT_CODE: Text(
        "Kode pendaftaran terdiri dari 20 huruf dan angka, seperti K7QD-2MRT-9XWC-ADFG-3467. Periksa lalu isikan lagi.",
        "An enrolment code has 20 letters and digits, like K7QD-2MRT-9XWC-ADFG-3467. Check it and enter it again.",
    ),
    DomainCode.GRID_MALFORMED: Text(
        "Susunan petak tidak benar atau kurang petak. Tulis seperti 4x4 (paling besar 16x16), atau 1+5, 1+7, 2+8.",
        "The grid is malformed or has too few tiles. Write it like 4x4 (16x16 at most), or 1+5, 1+7, 2+8.",
    ),
    DomainCode.SIZE_MALFORMED: Text(
        "Ukuran tidak benar. Tulis lebar x tinggi dalam piksel, seperti 1920x1080.",
        "The size is malformed. Write width x height in pixels, like 1920x1080.",
    ),
    DomainCode.LIST_UNREADABLE: Text(
        "Daftar tidak dapat dibaca. Periksa letak berkasnya, dan simpan sebagai CSV UTF-8 atau XLSX.",
        "The list cannot be read. Check where the file is, and save it as UTF-8 CSV or XLSX.",
    ),
    DomainCode.LIST_COLUMNS: Text(
        "Kolom daftar tidak lengkap. Baris judul kolom harus memuat paling sedikit id dan url (kamera), adm4 dan rw "
        "(RT/RW), atau nama dan lintang (tempat).",
        "The list lacks columns. Its header must have at least id and url (cameras), adm4 and rw (RT/RW), or name and "
        "lat (landmarks).",
    ),
    DomainCode.LIST_EMPTY: Text(
        "Daftar tidak memuat satu kamera pun yang dapat diterima. Isi daftarnya, atau perbaiki baris yang disebut.",
        "The list holds no camera that can be accepted. Fill it in, or mend the lines named.",
    ),
    DomainCode.CALIBRATION_DEGENERATE: Text(
        "Titik-titik itu tidak menentukan bidang tanah: pilih empat titik di tanah yang berjauhan, tiga di antaranya "
        "tidak segaris, dengan letak yang benar.",
        "These points do not fix the plane of the ground: choose four points on the ground, far apart, no three of "
        "them on one line, with their right positions.",
    ),
    DomainCode.LIST_NO_PLACES: Text(
        "Daftar tidak memuat satu RT, RW, atau tempat pun yang dapat diterima. Perbaiki baris yang disebut.",
        "The list holds no RT, RW or landmark that can be accepted. Mend the lines named.",
    ),
    DomainCode.LIST_KIND: Text(
        "Daftar kamera hanya dapat disimpan sebagai CSV atau XLSX. Beri nama berkas yang berakhiran .csv atau .xlsx.",
        "A list of cameras can be saved only as CSV or XLSX. Give the file a name that ends in .csv or .xlsx.",
    ),
    DomainCode.CAMERA_FIELD: Text(
        "Isian kamera ditulis KOLOM=ISI, dengan kolom seperti pada daftar kamera, selain id. Perbaiki lalu coba lagi.",
        "Write what to change of the camera as COLUMN=VALUE, with the columns of a camera list but id. Mend it and try "
        "again.",
    ),
    DomainCode.CAMERA_OUT_OF_USE: Text(
        "Kamera itu dikarantina atau tidak dipakai lagi, jadi kata sandinya tidak dipakai. Pakai kamera itu lagi.",
        "That camera is in quarantine or out of use, so its password is not used. Bring it back into use first.",
    ),
    DomainCode.RELAY_UNSET: Text(
        "Alamat relai belum ada. Isi setelan relay_address, misalnya rtsps://relai.example:8322.",
        "There is no address of a relay yet. Set relay_address, for example rtsps://relay.example:8322.",
    ),
    DomainCode.RELAY_LOGIN_UNSET: Text(
        "Sandi relai di alamat itu belum disimpan di sini. Simpan dengan: tmcwall relay login --secret-file BERKAS.",
        "The password of the relay at that address is not kept here yet. Keep it: tmcwall relay login --secret-file F.",
    ),
    DomainCode.RELAY_PASSWORD_SHORT: Text(
        "Sandi relai terlalu pendek. Pakai paling sedikit 16 karakter acak.",
        "The relay's password is too short. Use at least 16 random characters.",
    ),
    DomainCode.FIELD_MISSING: Text(
        "Ada isian wajib yang kosong. Lengkapi lalu coba lagi.",
        "A required field is empty. Fill it in and try again.",
    ),
    DomainCode.FIELD_INVALID: Text(
        "Isian yang disebut tidak dapat diterima. Perbaiki lalu coba lagi.",
        "The field named cannot be accepted. Mend it and try again.",
    ),
    DomainCode.CHOICE_UNKNOWN: Text(
        "Pilihan itu tidak dikenal. Pakai salah satu dari yang disebut.",
        "That choice is not known. Use one of those named.",
    ),
    DomainCode.NUMBER_OUT_OF_RANGE: Text(
        "Angka itu di luar batas. Pakai angka di antara batas yang disebut.",
        "That number is out of range. Use one within the limits named.",
    ),
    DomainCode.NETWORK_MALFORMED: Text(
        "Jaringan itu tidak dapat dipakai. Tulis satu alamat atau satu jaringan, misalnya 10.1.2.3 atau 10.1.2.0/24.",
        "That network cannot be used. Write one address or one network, for example 10.1.2.3 or 10.1.2.0/24.",
    ),
    DomainCode.INPUT_UNREADABLE: Text(
        "Berkas yang disebut tidak dapat dibaca. Periksa nama, letak, dan hak bacanya.",
        "The file named cannot be read. Check its name, its place and that you may read it.",
    ),
    DomainCode.OUTPUT_REFUSED: Text(
        "Hasil tidak dapat disimpan di tempat itu. Buat foldernya, beri hak tulis, atau pilih berkas lain.",
        "The result cannot be saved there. Make the folder, allow writing to it, or choose another file.",
    ),
    DomainCode.PICTURE_FORMAT: Text(
        "Jenis gambar itu tidak dapat disimpan. Beri nama berkas yang berakhiran .png atau .jpg.",
        "That kind of picture cannot be saved. Give the file a name that ends in .png or .jpg.",
    ),
    DomainCode.PICTURE_OF_ONE: Text(
        "Gambar hanya dapat disimpan dari satu kamera. Sebut satu kamera saja bersama --picture.",
        "A picture can be saved of one camera only. Name one camera with --picture.",
    ),
    DomainCode.DUPLICATE_ID: Text(
        "Id itu sudah dipakai; yang pertama tetap berlaku. Beri id lain pada kamera ini.",
        "That id is taken; the first one stays. Give this camera another id.",
    ),
    DomainCode.LP_REJECTED: Text(
        "Nomor laporan polisi tidak dikenali. Tulis seperti tertera pada laporan, misalnya "
        "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH.",
        "The police report number is not recognised. Write it as on the report, for example "
        "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH.",
    ),
    DomainCode.RANGE_EMPTY: Text(
        "Rentang waktu kosong. Waktu akhir harus sesudah waktu awal.",
        "The time range is empty. Its end must come after its start.",
    ),
    DomainCode.RANGE_TOO_LONG: Text(
        "Rentang waktu terlalu panjang untuk satu klip. Bagi menjadi beberapa penanda.",
        "The time range is too long for one clip. Split it into several bookmarks.",
    ),
    DomainCode.TRANSITION_REFUSED: Text(
        "Keadaan kejadian atau klip sekarang belum mengizinkan langkah ini. Selesaikan langkah sebelumnya dahulu.",
        "The present state of the incident or clip does not allow this step. Finish the step before first.",
    ),
    DomainCode.NOT_ALLOWED: Text(
        "Tugas Anda tidak mengizinkan tindakan ini. Minta bantuan perwira piket.",
        "Your role does not allow this. Ask the duty officer.",
    ),
    DomainCode.NOT_ON_DUTY: Text(
        "Belum ada petugas yang masuk di tempat ini. Masuk dahulu dengan NRP Anda.",
        "Nobody is signed in at this station. Sign in with your service number first.",
    ),
    DomainCode.ROLES_OUTDATED: Text(
        "Sudah lama server pusat tidak terhubung, jadi hak Anda tidak dapat dipastikan; melihat tetap bisa. Sambungkan "
        "ke server dan masuk lagi.",
        "The central server has been away for so long that your rights are not certain; looking still works. Connect "
        "to the server and sign in again.",
    ),
    DomainCode.NOT_FOUND: Text(
        "Yang dicari tidak ditemukan. Mungkin sudah dihapus; periksa lagi nama atau nomornya.",
        "It was not found. It may have been removed; check its name or number.",
    ),
    DomainCode.WITHOUT_EFFECT: Text(
        "Operasi itu sudah tanpa efek: ia ada di karantina. Lihat daftarnya dengan tmcwall server quarantine list.",
        "That operation is without effect already: it is in quarantine. See tmcwall server quarantine list.",
    ),
    DomainCode.COMPACTED: Text(
        "Nilai sebelum operasi itu sudah dipadatkan, jadi tidak diketahui lagi apa isinya tanpa operasi itu. Betulkan "
        "dengan nilai baru di tempat kerja.",
        "The values before that operation were compacted, so it is not known any more what stood there without it. Put "
        "it right with a new value at a workstation.",
    ),
    DomainCode.REPORTER_NEEDED: Text(
        "Pelapor kejadian itu masih diperlukan perkara. Hapus hanya dengan alasan seorang supervisor: --reason dan "
        "--supervisor NRP.",
        "A case needs who has reported that incident. Erase it only with a supervisor's reason: --reason and "
        "--supervisor NRP.",
    ),
    DomainCode.FAULT_UNKNOWN: Text(
        "Nama gangguan simulasi tidak dikenal. Lihat daftarnya dengan tmcwall sim --list.",
        "The simulated fault is not known. See the list with tmcwall sim --list.",
    ),
    DomainCode.LAYOUT_UNKNOWN: Text(
        "Tata letak dengan nama itu tidak ada. Periksa ejaannya atau pilih dari daftar.",
        "There is no layout of that name. Check its spelling or choose from the list.",
    ),
    DomainCode.PASSWORD_WEAK: Text(
        "Kata sandi terlalu lemah. Pakai paling sedikit 12 karakter yang tidak mudah ditebak: bukan kata sandi umum, "
        "nama, NRP, atau kata seperti polres.",
        "The password is too weak. Use at least 12 characters that are hard to guess: no common password, name, "
        "service number or word such as polres.",
    ),
    DomainCode.PASSWORD_UNCHANGED: Text(
        "Kata sandi baru sama dengan yang lama. Pilih kata sandi lain.",
        "The new password is the old one. Choose another.",
    ),
    DomainCode.ACCOUNT_EXISTS: Text(
        "NRP ini sudah punya akun di komputer ini. Ubah atau aktifkan akun itu.",
        "This service number has an account on this computer. Change or enable that account.",
    ),
    DomainCode.ACCOUNT_OF_SERVER: Text(
        "Akun ini diurus di server pusat. Ubah di sana dengan tmcwall server user.",
        "This account is kept at the central server. Change it there with tmcwall server user.",
    ),
    DomainCode.OWN_ACCOUNT: Text(
        "Akun sendiri tidak dapat diubah begini. Minta admin lain; kata sandi sendiri diganti dengan Ganti kata sandi.",
        "Nobody changes his own account like this. Ask another admin; your own password is changed by Change password.",
    ),
    DomainCode.LAST_ADMIN: Text(
        "Harus selalu ada satu admin atau kepala yang dapat masuk. Buat atau aktifkan admin lain dahulu.",
        "One admin or head must always be able to sign in. Add or enable another admin first.",
    ),
    DomainCode.FOLDER_NOT_EMPTY: Text(
        "Folder itu sudah berisi sesuatu yang bukan dari peragaan. Pilih folder lain yang kosong.",
        "That folder holds something that is not from a demo. Choose another, empty folder.",
    ),
    DomainCode.OUTPUT_EXISTS: Text(
        "Berkas itu sudah ada dan tidak akan ditimpa. Pilih nama lain, atau pindahkan berkas yang lama.",
        "That file is there already and will not be overwritten. Choose another name, or move the old file away.",
    ),
    DomainCode.REDACTION_EMPTY: Text(
        "Belum ada yang ditutupi pada klip itu. Pasang kotak sekurang-kurangnya pada satu tempat.",
        "Nothing is covered in that clip yet. Put a box on one place at least.",
    ),
    DomainCode.COPY_NOT_WATCHED: Text(
        "Salinan yang disamarkan itu belum ditonton sampai habis. Tonton seluruhnya sebelum diserahkan.",
        "That redacted copy has not been watched to its end. Watch the whole of it before it is released.",
    ),
    DomainCode.COPY_CHANGED: Text(
        "Salinan itu bukan lagi berkas yang dicatat waktu dibuat. Buat salinan baru dari klip aslinya.",
        "That copy is not the file any more that was recorded when it was made. Make a new one from the original.",
    ),
    DomainCode.PASSPHRASE_SHORT: Text(
        "Frasa sandi terlalu pendek untuk menjaga data ini. Pakai paling sedikit 12 karakter.",
        "The passphrase is too short to guard this data. Use at least 12 characters.",
    ),
    DomainCode.PASSPHRASE_DIFFERS: Text(
        "Kedua frasa sandi tidak sama. Ulangi, dan ketik frasa yang sama dua kali.",
        "The two passphrases differ. Try again and type the same one twice.",
    ),
    DomainCode.EXPORT_PASSPHRASE: Text(
        "Frasa sandi tidak cocok dengan berkas ekspor ini. Periksa ejaannya; tidak ada yang diimpor.",
        "The passphrase does not fit this export. Check its spelling; nothing was imported.",
    ),
    DomainCode.EXPORT_DAMAGED: Text(
        "Berkas itu bukan ekspor tempat kerja, atau rusak, atau terpotong. Salin atau ekspor lagi dari komputer lama; "
        "tidak ada yang diimpor.",
        "That file is no export of a workstation, or is damaged or cut short. Copy or export it again from the old "
        "machine; nothing was imported.",
    ),
    DomainCode.WORKSTATION_IN_PLACE: Text(
        "Di sini sudah ada data tempat kerja, dan itu tidak akan ditimpa. Pakai --data-dir dengan folder lain, atau "
        "pindahkan data yang lama.",
        "There is a workstation's data here already, and it will not be overwritten. Use --data-dir with another "
        "folder, or move the old data away.",
    ),
    DomainCode.CASE_UNKNOWN: Text(
        "Perkara dengan nomor itu tidak ada di tempat kerja ini. Lihat daftarnya dengan tmcwall case list.",
        "There is no case of that number on this workstation. See the list with tmcwall case list.",
    ),
    DomainCode.LETTER_INCOMPLETE: Text(
        "Surat belum dapat dibuat karena ada yang belum diisi. Lengkapi yang disebut lalu coba lagi.",
        "The letter cannot be made: something is missing. Fill in what is named and try again.",
    ),
    DomainCode.LETTER_NAMES: Text(
        "Surat menyebut orang yang bukan pelapor dan bukan polisi. Hapus namanya, atau tulis alasan "
        "mengapa harus disebut.",
        "The letter names somebody who is neither the reporter nor the police. Take the name out, or "
        "say why it must stand.",
    ),
    DomainCode.LETTER_TEMPLATE: Text(
        "Templat surat milik kesatuan tidak dapat dipakai. Perbaiki di Word, atau hapus agar templat bawaan dipakai.",
        "The unit's template of the letter cannot be used. Mend it in Word, or remove it to use "
        "the one of the program.",
    ),
    DomainCode.LETTER_NUMBER_TAKEN: Text(
        "Nomor surat itu sudah pernah dipakai, mungkin oleh surat yang dibatalkan. Pakai nomor urut lain.",
        "That number was given to a letter before, which may have been cancelled. Use another number.",
    ),
    DomainCode.LETTER_NOT_A_PDF: Text(
        "Berkas itu bukan PDF atau terlalu besar. Pilih PDF surat yang sudah ditandatangani.",
        "That file is no PDF, or is too large. Choose the PDF of the signed letter.",
    ),
    DomainCode.CASE_WITHOUT_CLIPS: Text(
        "Perkara itu tidak punya klip yang siap di tempat kerja ini. Tunggu klipnya dipotong, atau ekspor di tempat "
        "kerja yang memilikinya.",
        "That case has no clip that is ready on this workstation. Wait until clips are cut, or export where they are.",
    ),
    DomainCode.NO_PACKAGE_THERE: Text(
        "Di situ tidak ada paket bukti. Pilih foldernya, atau stik yang memuatnya.",
        "There is no evidence package. Choose its folder, or the stick that holds it.",
    ),
    DomainCode.BASIS_MISSING: Text(
        "Ada klip dari kamera swasta atau bank: sebutkan dasar hukumnya (--basis) atau nomor persetujuan pemiliknya "
        "(--consent).",
        "There are clips of a private camera or a bank's: give the legal basis (--basis) or the number of the owner's "
        "consent (--consent).",
    ),
    DomainCode.SIGNING_KEY_UNFIT: Text(
        "Itu bukan kunci privat Ed25519 dari OpenSSH. Buat dengan ssh-keygen -t ed25519.",
        "That is no Ed25519 private key of OpenSSH. Make one with ssh-keygen -t ed25519.",
    ),
    DomainCode.SIGNING_KEY_LOCKED: Text(
        "Kunci itu terkunci dengan frasa sandi, dan frasanya tidak ada atau salah. Berikan dengan --passphrase-file.",
        "That key is locked with a passphrase, and none was given, or another one. Give it with --passphrase-file.",
    ),
    DomainCode.CAMERA_AUTHORITIES_UNREADABLE: Text(
        "Sertifikat otoritas itu tidak terbaca; bentuknya PEM.",
        "Those certificates of authorities cannot be read; their form is PEM.",
    ),
    DomainCode.SIGNERS_UNREADABLE: Text(
        "Daftar penandatangan itu tidak terbaca; bentuknya allowed_signers dari OpenSSH.",
        "That list of signers cannot be read; its form is OpenSSH's allowed_signers.",
    ),
    DomainCode.SECRET_SHORT: Text(
        "Rahasia webhook terlalu pendek. Pakai paling sedikit 16 karakter acak, atau biarkan program membuatnya tanpa "
        "--secret-file.",
        "The webhook secret is too short. Use at least 16 random characters, or leave out --secret-file to have one "
        "made.",
    ),
    DomainCode.NAME_TAKEN: Text(
        "Nama itu sudah dipakai. Pilih nama lain.",
        "That name is taken. Choose another.",
    ),
    DomainCode.DATABASE_URL: Text(
        "Alamat basis data tidak dikenal. Pakai sqlite:///BERKAS atau postgresql+psycopg://PENGGUNA@HOST/NAMA.",
        "The database address is not known. Use sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.",
    ),
    DomainCode.DATABASE_NOT_SQLITE: Text(
        "Perintah ini hanya untuk SQLite. Cadangkan PostgreSQL dengan pg_dump; setelah memulihkannya jalankan "
        "tmcwall server epoch.",
        "This command is for SQLite only. Back PostgreSQL up with pg_dump; once restored, run tmcwall server epoch.",
    ),
    DomainCode.DATABASE_NOT_SHARED: Text(
        "Beberapa proses server (--workers) memerlukan PostgreSQL; SQLite hanya untuk satu proses. Tambahkan "
        "--database postgresql+psycopg://PENGGUNA@HOST/NAMA, atau jalankan tanpa --workers.",
        "Several server processes (--workers) need PostgreSQL; SQLite is for one. Add --database "
        "postgresql+psycopg://USER@HOST/NAME, or run without --workers.",
    ),
    DomainCode.DATABASE_URL_PASSWORD: Text(
        "Alamat basis data tidak boleh memuat kata sandi. Taruh kata sandi di berkas ~/.pgpass.",
        "The database address must not hold a password. Put the password into the file ~/.pgpass.",
    ),
    DomainCode.CLEAR_TEXT: Text(
        "Di alamat ini kata sandi akan lewat tanpa sandi. Beri --tls-cert dan --tls-key, sebut proxy dengan "
        "--trusted-proxy, atau izinkan dengan --allow-clear-text.",
        "At this address passwords would travel in clear. Give --tls-cert and --tls-key, name a proxy with "
        "--trusted-proxy, or allow it with --allow-clear-text.",
    ),
    DomainCode.TLS_INCOMPLETE: Text(
        "--tls-cert dan --tls-key diberikan bersama. Tambahkan yang kurang.",
        "--tls-cert and --tls-key go together. Add the missing one.",
    ),
    DomainCode.PROVIDER_SETTINGS: Text(
        "Berkas --oidc-config salah. Betulkan yang disebut di sini; rahasia klien ada di berkasnya sendiri "
        "(client_secret_file).",
        "The file of --oidc-config is wrong. Correct what is named here; the client's secret has a file of its own "
        "(client_secret_file).",
    ),
    DomainCode.BLOBS_URL: Text(
        "Tempat klip itu tidak dikenal. Pakai folder, alamat file:, atau s3://BUCKET/AWALAN tanpa kata sandi.",
        "The place of clips is not known. Use a folder, a file: address, or s3://BUCKET/PREFIX without a password.",
    ),
}
