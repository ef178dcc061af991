"""What the command line says."""

from __future__ import annotations

import re
from typing import Final

from tmcwall.texts import Text, Translator

DESCRIPTION = Text(
    id="Dinding video TMC: siaran CCTV langsung yang jujur, penanda kejadian, dan klip per nomor laporan polisi.",
    en="The TMC video wall: truthful live CCTV, incident markers, and clips by police report number.",
)
NOT_UNDERSTOOD = Text(
    id="perintah tidak dipahami ({message}); lihat: {command} --help",
    en="the command was not understood ({message}); see: {command} --help",
)

_MISTAKES: Final = (
    (
        re.compile(r"the following arguments are required: (?P<what>.+)"),
        Text(id="yang belum disebut: {what}", en="missing: {what}"),
    ),
    (
        re.compile(r"unrecognized arguments: (?P<what>.+)"),
        Text(id="tidak dikenal: {what}", en="not known: {what}"),
    ),
    (
        re.compile(r"argument (?P<what>.+): invalid choice: (?P<word>.+?) \(choose from (?P<choices>.+)\)"),
        Text(
            id="{what} {word} tidak dikenal; pilih dari {choices}",
            en="{what} {word} is not known; choose from {choices}",
        ),
    ),
    (
        re.compile(r"argument (?P<what>.+): invalid \w+ value: (?P<word>.+)"),
        Text(id="{what} harus berupa angka, bukan {word}", en="{what} must be a number, not {word}"),
    ),
    (
        re.compile(r"argument (?P<what>.+): expected (?:one|at least one) argument"),
        Text(id="{what} perlu satu isian", en="{what} needs a value"),
    ),
    (
        re.compile(r"argument (?P<what>.+): ignored explicit argument (?P<word>.+)"),
        Text(id="{what} tidak memakai isian {word}", en="{what} takes no value {word}"),
    ),
    (
        re.compile(r"ambiguous option: (?P<what>.+) could match (?P<choices>.+)"),
        Text(id="{what} dapat berarti {choices}", en="{what} could be {choices}"),
    ),
)
"""What argparse says in English of words that make no command."""


def mistake_text(message: str, say: Translator) -> str:
    """Argparse's message in the chosen language; one that is not known stays as it is."""
    for pattern, text in _MISTAKES:
        found = pattern.fullmatch(message)
        if found is not None:
            return say(text, **found.groupdict())
    return message


RUN = Text(id="membuka program dinding video", en="open the desktop program")
DEMO = Text(
    id="memperagakan produk: kota sintetis, server tertanam, dan dinding video",
    en="show the product: synthetic city, embedded server, and the wall",
)
VIEW = Text(id="dinding dari siaran yang disebut, tanpa basis data", en="a wall of given streams, no database")
CAMERA = Text(
    id="mengurus daftar kamera, juga saat program dinding berjalan",
    en="look after the list of cameras, also while the program runs",
)
REGION = Text(
    id="mengurus letak RT, RW, simpang, dan tempat", en="look after where RT, RW, crossings and landmarks are"
)
REGION_IMPORT = Text(
    id="mengimpor daftar RT/RW atau tempat (CSV, XLSX, atau GeoJSON)",
    en="import a list of RT/RW or of landmarks (CSV, XLSX or GeoJSON)",
)
CAMERA_IMPORT = Text(id="mengimpor daftar kamera (CSV atau XLSX)", en="import a list of cameras (CSV or XLSX)")
CAMERA_EDIT = Text(
    id='mengubah isian kamera, misalnya: tmcwall camera edit CAM-1 name="Simpang Lima" rw=3',
    en='change what is known of a camera, such as: tmcwall camera edit CAM-1 name="Simpang Lima" rw=3',
)
CAMERA_IDS = Text(id="satu id, atau beberapa dipisah koma", en="one id, or several with commas between them")
CAMERA_CELLS = Text(
    id="kolom daftar kamera dan isinya; isi kosong menghapusnya",
    en="a column of camera lists and its value; empty clears",
)
CAMERA_RETIRE = Text(
    id="tidak memakai kamera lagi; kamera tetap di daftar", en="put a camera out of use; it stays in the list"
)
CAMERA_REMOVE = Text(
    id="menghapus kamera dari daftar beserta kata sandinya; penanda dan klipnya tetap ada",
    en="remove a camera from the list with its password; its bookmarks and clips are kept",
)
CAMERA_EXPORT = Text(
    id="menyimpan daftar kamera (CSV atau XLSX), tanpa kata sandi",
    en="save the list of cameras (CSV or XLSX), without passwords",
)
RELAY = Text(
    id="mengurus relai (MediaMTX) yang membuka tiap kamera satu kali untuk seluruh kota",
    en="look after the relay (MediaMTX) that opens each camera once for the city",
)
RELAY_CONFIG = Text(
    id="menulis mediamtx.yml dan mediamtx.env dari daftar kamera",
    en="write mediamtx.yml and mediamtx.env from the list of cameras",
)
RELAY_OUT = Text(id="folder kedua berkas itu", en="folder of these two files")
RELAY_CHECK = Text(
    id="tidak menulis apa pun; kode keluar 1 bila berkasnya belum sesuai",
    en="write nothing; exit code 1 if the files are not as they should be",
)
RELAY_LOGIN = Text(
    id="menyimpan sandi untuk membaca dari relai di brankas", en="keep the password for reading from the relay"
)
REASON = Text(id="alasan, masuk catatan lacak bukti", en="the reason, kept in custody")
CAMERA_LIST = Text(id="mendaftar kamera yang tersimpan", en="list the stored cameras")
CAMERA_TEST = Text(id="menguji kamera dan menyebut hasilnya", en="test a camera and say what it does")
TEST_PICTURE = Text(
    id="simpan gambar kamera itu ke berkas .png atau .jpg baru ini",
    en="save the camera's picture to this new .png or .jpg file",
)
CAMERA_DISCOVER = Text(
    id="mencari kamera ONVIF di jaringan komputer ini", en="look for ONVIF cameras on the networks of this machine"
)
SUBNET = Text(
    id="tanyai alamat demi alamat di jaringan ini, paling banyak 1024; dapat diulang",
    en="ask address by address in this network, at most 1024; may be repeated",
)
DISCOVERED_CSV = Text(id="simpan yang ditemukan ke tabel ini", en="save what was found to this table")
WORKSTATION = Text(id="memindahkan tempat kerja ke komputer lain", en="move a workstation to another machine")
WORKSTATION_EXPORT = Text(
    id="menyimpan seluruh tempat kerja ini ke satu berkas yang dijaga frasa sandi",
    en="save this whole workstation into one file under a passphrase",
)
WORKSTATION_ENROL = Text(
    id="mendaftarkan tempat kerja ini di server pusat dengan kode sekali pakai",
    en="enrol this workstation at the central server by a one-time code",
)
CODE_FILE = Text(
    id="berkas yang berisi kode pendaftaran; - membaca masukan standar",
    en="file that holds the enrolment code; - reads standard input",
)
DEVICE = Text(id="tempat kerja yang boleh memakai server ini", en="workstations that may use this server")
DEVICE_ENROL = Text(
    id="membuat kode sekali pakai untuk satu tempat kerja", en="make a one-time code for one workstation"
)
DEVICE_LIST = Text(id="menampilkan tempat kerja yang terdaftar", en="list the enrolled workstations")
DEVICE_REVOKE = Text(
    id="mencabut pendaftaran: tidak ada lagi yang diterima dari tempat kerja itu",
    en="revoke an enrolment: nothing is taken from that workstation any more",
)
DEVICE_NAME = Text(id="nama tempat kerja, misalnya Ruang-TMC-3", en="name of the workstation, like Ruang-TMC-3")
DEVICE_HOURS = Text(id="berapa jam kode itu berlaku", en="hours for which the code is good")
DEVICE_REPLACE = Text(
    id="tempat kerja yang digantikan: kuncinya berakhir saat kode dipakai",
    en="the workstation that is replaced: its key ends when the code is used",
)
DEVICE_SERVER = Text(
    id="alamat server, untuk dicetak bersama kode", en="address of the server, to be shown with the code"
)
DEVICE_REASON = Text(id="mengapa dicabut; tercatat", en="why it is revoked; on record")
WORKSTATION_IMPORT = Text(
    id="mengambil alih tempat kerja dari berkas ekspor, di komputer yang belum punya data",
    en="take over a workstation from an export, on a machine that has no data yet",
)
PASSPHRASE_FILE = Text(
    id="berkas yang berisi frasa sandi, atau - untuk masukan standar; tanpa ini ditanyakan di layar",
    en="file that holds the passphrase, or - for standard input; without it you are asked",
)
ASK_PASSPHRASE = Text(id="Frasa sandi: ", en="Passphrase: ")
ASK_PASSPHRASE_AGAIN = Text(id="Ulangi frasa sandi: ", en="Passphrase again: ")
CASE = Text(id="perkara dan klip yang ditandai untuknya", en="cases, and the clips that are tagged to them")
CASE_LIST = Text(id="mendaftar perkara, yang terbaru dulu", en="list the cases, newest first")
CASE_SHOW = Text(
    id="menunjukkan satu perkara: rekamannya, dan apa yang sudah diekspor",
    en="show one case: its footage, and what was exported",
)
LP = Text(id="nomor laporan polisi, dalam tanda kutip", en="police report number, in quotes")
EVIDENCE = Text(id="paket bukti: membuat dan memeriksa", en="evidence packages: make and check them")
EVIDENCE_EXPORT = Text(
    id="membuat paket bukti dari semua klip satu perkara", en="make an evidence package of all clips of a case"
)
EVIDENCE_OUT = Text(
    id="folder tujuan, misalnya stik USB; paketnya menjadi folder di dalamnya",
    en="where to, such as a USB stick; the package becomes a folder in it",
)
EVIDENCE_VERIFY = Text(
    id="memeriksa paket bukti: 0 sah, 1 berubah, 2 tidak lengkap, 3 kunci tidak dikenal, 4 tidak dapat diperiksa",
    en="check an evidence package: 0 valid, 1 altered, 2 incomplete, 3 unknown key, 4 cannot be checked",
)
EVIDENCE_CUSTODY = Text(
    id="laporan rantai penjagaan, menurut perkara, kamera, atau petugas",
    en="report of the chain of custody, by case, camera or officer",
)
COVERAGE = Text(
    id="berapa banyak suatu kota terlihat kamera, dan titik butanya (rahasia)",
    en="how much of a town cameras see, and its blind spots (confidential)",
)
COVERAGE_TOWN = Text(
    id="kode kota, kecamatan, atau kelurahan (33.72)", en="code of a town, kecamatan or kelurahan (33.72)"
)
COVERAGE_OUT = Text(id="folder untuk CSV dan GeoJSON", en="folder for CSV and GeoJSON")
AVAILABILITY = Text(
    id="keterangan ketersediaan kamera yang ditandatangani, dari riwayatnya",
    en="a signed certificate of when cameras were seen working, from their history",
)
WITH_AVAILABILITY = Text(
    id="sertakan keterangan ketersediaan kameranya", en="with the availability certificate of its cameras"
)
SINCE = Text(id="dari kapan, misalnya 2025-03-28T14:00", en="from when, for example 2025-03-28T14:00")
UNTIL = Text(id="sampai kapan", en="until when")
CERTIFICATE_OUT = Text(id="folder untuk berkasnya", en="folder for its files")
CUSTODY_CAMERA = Text(id="id kamera", en="a camera's id")
CUSTODY_CSV = Text(id="tulis ke berkas CSV ini", en="write it to this CSV file")
BASIS = Text(id="dasar hukum, misalnya nomor surat perintah", en="legal basis, such as the number of the order")
CONSENT = Text(
    id="nomor persetujuan pemilik kamera swasta atau bank", en="number of the consent of a private camera's owner"
)
SIGNING_KEY = Text(
    id="kunci privat Ed25519 OpenSSH; tanpa ini kunci tempat kerja sendiri",
    en="an OpenSSH Ed25519 private key; without it the workstation's own",
)
KEY_PASSPHRASE_FILE = Text(
    id="berkas yang berisi frasa sandi kunci itu; tanpa ini ditanyakan bila perlu",
    en="file that holds that key's passphrase; without it you are asked where it is needed",
)
NO_VIEWING_COPY = Text(
    id="tanpa salinan tontonan dan cuplikan gambar: lebih cepat, hanya klip asli dan yang sudah disetujui",
    en="without viewing copies and stills: faster, only originals and what was released",
)
SIGNERS = Text(
    id="penandatangan yang dikenal (allowed_signers); tanpa ini daftar tempat kerja ini",
    en="whose signatures are known (allowed_signers); without it this workstation's list",
)
CAMERA_CA = Text(
    id="sertifikat (PEM) otoritas yang menjamin kamera; tanpa ini folder camera-authorities tempat kerja ini",
    en="certificates (PEM) of authorities that vouch for cameras; without it this workstation's camera-authorities",
)
TSA = Text(
    id="alamat pemberi cap waktu (RFC 3161) untuk paket ini; tanpa ini yang di pengaturan time_stamp_url",
    en="address of a time stamp authority (RFC 3161) for this package; without it that of the setting time_stamp_url",
)
COUNTER_SIGN = Text(
    id="minta server pusat ikut menandatangani paket ini; bila tidak terjangkau, paket dibuat tanpanya",
    en="ask the central server to counter-sign this package; if it is away, the package is made without",
)
SERVER_KEY_FILE = Text(
    id="kunci publik server yang tanda terimanya dipercaya, satu per baris; tanpa ini known-servers di folder data",
    en="public keys of servers whose receipts count, one a line; without it known-servers in the data folder",
)
TSA_CERT = Text(
    id="sertifikat (PEM) pemberi cap waktu yang dipercaya; tanpa ini folder time-stamp-authorities tempat kerja ini",
    en="certificates (PEM) of trusted time stamp authorities; without it this workstation's time-stamp-authorities",
)
ASK_NRP = Text(id="NRP:", en="Service number (NRP):")
ASK_OWN_PASSWORD = Text(id="Kata sandi petugas: ", en="Your password: ")
OFFICER = Text(
    id="petugas pada komputer ini: akun, peran, dan kata sandi",
    en="officers of this computer: accounts, roles, passwords",
)
OFFICER_LIST = Text(id="mendaftar petugas", en="list the officers")
OFFICER_ADD = Text(
    id="menambah petugas; kata sandi sekali pakai diminta di layar atau dibaca dari --secret-file",
    en="add an officer; the one-time password is asked for, or read from --secret-file",
)
OFFICER_ROLE = Text(id="mengubah peran petugas", en="change the role of an officer")
OFFICER_DISABLE = Text(
    id="menonaktifkan akun; nama petugas tetap tersimpan", en="disable an account; the officer's name is kept"
)
OFFICER_ENABLE = Text(id="mengaktifkan lagi akun", en="enable an account again")
OFFICER_PASSWORD = Text(
    id="memberi kata sandi sekali pakai, diminta di layar atau dibaca dari --secret-file",
    en="give a one-time password, asked for or read from --secret-file",
)
NRP = Text(id="nomor registrasi pokok, 8 atau 9 angka", en="service number, 8 or 9 digits")
RANK = Text(id="pangkat, misalnya Bripda", en="rank, such as Bripda")
SERVER = Text(id="server pusat", en="the central server")
SERVER_RUN = Text(id="menjalankan server pusat", en="run the central server")
USER = Text(id="akun pada server pusat", en="accounts of the central server")
USER_ADD = Text(
    id="menambah akun; kata sandi diminta di layar atau dibaca dari --secret-file",
    en="add an account; the password is asked for, or read from --secret-file",
)
USER_LIST = Text(id="mendaftar akun pada server", en="list the accounts of the server")
USER_DISABLE = Text(
    id="menonaktifkan akun dan mengeluarkannya dari semua tempat kerja",
    en="disable an account and sign it out everywhere",
)
USER_ENABLE = Text(id="mengaktifkan lagi akun", en="enable an account again")
USER_ROLE = Text(id="mengubah peran akun", en="change the role of an account")
SERVER_CASE = Text(id="perkara di server", en="cases at the server")
CASE_UNIT = Text(
    id="menetapkan satuan perkara; hanya petugas satuan itu dan pengawas yang melihatnya",
    en="set the unit of a case; only its officers and those who oversee all see it then",
)
SERVER_REPORTER = Text(id="data pelapor kejadian", en="data of who has reported incidents")
REPORTER_ERASE = Text(
    id="menghapus nama dan nomor pelapor satu kejadian atas permintaan (UU 27/2022); tercatat",
    en="erase name and number of who has reported an incident, on request (UU 27/2022); on record",
)
INCIDENT_ID = Text(id="id kejadian", en="id of the incident")
REPORTER_REASON = Text(
    id="alasan; wajib, bersama --supervisor, bila perkara masih memerlukannya",
    en="why; needed, with --supervisor, where a case still needs it",
)
REPORTER_SUPERVISOR = Text(id="NRP supervisor yang menyetujuinya", en="NRP of the supervisor who agrees to it")
REPORTER_WAS_ERASED = Text(
    id="Kejadian {incident}: {values} data pelapor dihapus. Tempat kerja menghapusnya saat menyelaraskan lagi. "
    "Cadangan yang dibuat sebelumnya masih memuatnya.",
    en="Incident {incident}: {values} values of its reporter erased. Workstations follow when they synchronise again. "
    "Backups that were made before still hold them.",
)
REPORTER_IN_CLEAR = Text(
    id="{operations} operasi dari versi terdahulu memuat data itu apa adanya dan tidak dapat diubah.",
    en="{operations} operations of an earlier version hold it as it is and cannot be changed.",
)
UNIT_OF_CASE = Text(id="satuan; tanpa itu perkara milik semua", en="unit; without one the case is everybody's")
USER_UNIT = Text(id="menetapkan satuan petugas, misalnya Lantas", en="set the units (satuan) of an officer")
USER_SIGN_OUT = Text(id="mengeluarkan petugas di semua tempat", en="sign an officer out everywhere")
USER_PASSWORD = Text(
    id="mengganti kata sandi akun; diminta di layar atau dibaca dari --secret-file",
    en="change the password of an account; it is asked for, or read from --secret-file",
)
SOURCE = Text(id="sumber laporan kejadian dari luar (webhook)", en="outside sources of incident reports (webhooks)")
SOURCE_LIST = Text(id="mendaftar sumber webhook", en="list the webhook sources")
SOURCE_ROTATE = Text(
    id="mengganti rahasia sumber; yang lama tetap berlaku selama --overlap-hours",
    en="give a source a new secret; the one before counts for --overlap-hours, too",
)
SOURCE_MAPPING = Text(
    id="menyimpan cara membaca pesan suatu sumber, atau mencobanya terhadap contoh",
    en="keep how the messages of a source are read, or try it against an example",
)
SOURCE_MAPPING_FILE = Text(
    id="pemetaan (tmcwall.mapping/1); tanpa --try disimpan", en="the mapping (tmcwall.mapping/1); kept without --try"
)
SOURCE_MAPPING_TRY = Text(
    id="contoh pesan: apa yang terbaca darinya dicetak, tidak ada yang disimpan",
    en="an example message: what is read of it is printed, and nothing is kept",
)
SOURCE_MAPPING_CLEAR = Text(
    id="hapus pemetaan: sumber mengirim tmcwall.incident/1", en="drop the mapping: the source sends tmcwall.incident/1"
)
SOURCE_MAPPED = Text(id="Pemetaan {source} disimpan.", en="The mapping of {source} is kept.")
SOURCE_UNMAPPED = Text(id="Pemetaan {source} dihapus.", en="The mapping of {source} is dropped.")
SOURCE_MAPPING_FITS = Text(
    id="Contoh ini menjadi laporan kejadian.", en="This example becomes a report of an incident."
)
SOURCE_OVERLAP = Text(
    id="jam lamanya kedua rahasia berlaku; bawaan 24, 0 langsung mencabut yang lama",
    en="hours for which both secrets count; default 24, 0 ends the one before at once",
)
SOURCE_SINCE = Text(id="rahasia sejak {time}", en="secret since {time}")
SOURCE_FORMER = Text(id="rahasia sebelumnya berlaku sampai {time}", en="the secret before counts until {time}")
SOURCE_ADD = Text(
    id="mengizinkan satu sumber webhook; rahasianya dibaca dari --secret-file atau dibuat dan dicetak sekali",
    en="allow a webhook source; its secret is read from --secret-file, or made and printed once",
)
QUARANTINE = Text(
    id="operasi yang tersimpan tanpa efek pada server", en="operations that the server keeps without effect"
)
QUARANTINE_LIST = Text(id="mendaftar operasi dalam karantina", en="list the operations in quarantine")
QUARANTINE_LIMIT = Text(id="baris paling banyak, yang terbaru dahulu", en="at most so many lines, newest first")
QUARANTINE_CHECK = Text(
    id="mencari operasi berlaku yang tidak akan diterima hari ini; keluar dengan 1 bila ada",
    en="find operations in effect that would not be taken today; exits with 1 if there are any",
)
QUARANTINE_ADD = Text(
    id="mengeluarkan satu operasi dari efeknya di semua tempat kerja; tercatat",
    en="take an operation out of effect on all workstations; on record",
)
QUARANTINE_ACCEPT = Text(
    id="memberlakukan operasi yang menunggu petugasnya, sesudah dipastikan milik petugas itu",
    en="give an operation that waits for its officer its effect, once it is sure to be that officer's",
)
QUARANTINE_ACCEPTED = Text(
    id="Diberlakukan: {about}. Tempat kerja menerimanya pada sinkronisasi berikut.",
    en="It has its effect: {about}. Workstations get it with their next synchronisation.",
)
QUARANTINE_DROP = Text(
    id="menetapkan bahwa operasi yang menunggu petugasnya tidak pernah berlaku",
    en="decide that an operation that waits for its officer never has an effect",
)
QUARANTINE_DROPPED = Text(id="Tidak akan berlaku: {about}.", en="It will have no effect: {about}.")
QUARANTINE_REASON = Text(id="mengapa; terlihat di semua tempat kerja", en="why; seen on all workstations")
QUARANTINE_NOTHING = Text(
    id="Semua operasi yang berlaku dapat dibaca semua tempat kerja.",
    en="Every workstation can read all operations in effect.",
)
QUARANTINE_ADDED = Text(
    id="{about}: operasi itu kini tanpa efek. Tempat kerja mengambilnya saat menyelaraskan lagi.",
    en="{about}: that operation is without effect now. Workstations take that over when they synchronise again.",
)
OPERATION = Text(id="id operasi seperti dalam daftar", en="id of the operation as listed")
SERVER_EPOCH = Text(
    id="setelah memulihkan basis data: tempat kerja mengirim lagi apa yang belum ada di dalamnya",
    en="after restoring the database: workstations send again what it lacks",
)
SERVER_CHECK = Text(
    id="memeriksa kunci dan klip di server; klip yang hilang diminta lagi dari tempat kerjanya",
    en="check the server's key and clips; clips that are missing are asked for again",
)
READ_ALL = Text(id="baca juga isi setiap klip dan cocokkan hash-nya", en="read every clip, too, and compare its hash")
SERVER_COMPACT = Text(
    id="memadatkan urutan operasi: nilai lama yang tidak menentukan apa pun lagi dibuang, rantainya tetap utuh",
    en="compact the order of operations: old values that decide nothing any more go, the chains stay whole",
)
KEEP_DAYS = Text(
    id="biarkan operasi dari N hari terakhir; paling sedikit 30, bawaan 90",
    en="leave the operations of the last N days; at least 30, default 90",
)
COMPACT_DRY_RUN = Text(id="hitung saja, jangan ubah apa pun", en="only count, change nothing")
COMPACT_NIGHTLY = Text(
    id="padatkan urutan operasi setiap malam, kecuali N hari terakhir (paling sedikit 30); bawaan: tidak",
    en="compact the order of operations each night, but for the last N days (at least 30); default: not",
)
COMPACTED_NOW = Text(
    id="Dipadatkan: {operations} operasi dari {rows}, {entities} hal diperiksa. Isinya {before} MB, kini {after} MB.",
    en="Compacted: {operations} operations of {rows}, {entities} things looked at. They take {before} MB, now {after}.",
)
COMPACT_WOULD = Text(
    id="Akan dipadatkan: {operations} operasi dari {rows}, {entities} hal diperiksa. Isinya {before} MB, menjadi "
    "{after} MB. Tidak ada yang diubah.",
    en="Would be compacted: {operations} operations of {rows}, {entities} things looked at. Content {before} MB, then "
    "{after} MB. Nothing was changed.",
)
ORDER_CHECKED = Text(
    id="Operasi diperiksa: {operations}, tanpa nilai: {compacted}, rantai putus: {broken}.",
    en="Operations checked: {operations}, without values: {compacted}, broken links: {broken}.",
)
SERVER_BACKUP = Text(
    id="menyalin basis data SQLite, juga saat server berjalan",
    en="copy the SQLite database, also while the server runs",
)
SERVER_RESTORE = Text(
    id="mengembalikan salinan itu; server harus berhenti dahulu", en="put such a copy back; the server must be stopped"
)
SERVER_KEY = Text(id="kunci rahasia webhook", en="the key of the webhook secrets")
KEY_RENEW = Text(
    id="membuat kunci baru bila yang lama hilang; setiap sumber webhook harus didaftarkan lagi",
    en="make a new key if the old one is lost; every webhook source must be added again",
)
EPOCH_BEGUN = Text(
    id="Urutan baru dimulai. Tempat kerja mengirim lagi apa yang belum ada di basis data ini.",
    en="A new order has begun. Workstations send again what this database lacks.",
)
CLIPS_CHECKED = Text(
    id="Klip diperiksa: {checked}, hilang: {missing}, rusak: {damaged}.",
    en="Clips checked: {checked}, missing: {missing}, damaged: {damaged}.",
)
CLIP_WANTED = Text(id="{clip} diminta lagi dari tempat kerjanya", en="{clip} is asked for again from its workstation")
BACKED_UP = Text(
    id="Basis data disalin ke {file}. Salin juga folder klip dan server.key.",
    en="The database was copied to {file}. Copy the folder of the clips and server.key, too.",
)
RESTORED = Text(
    id="Basis data dikembalikan dan urutan baru dimulai. Yang lama disimpan di {kept}.",
    en="The database was put back and a new order has begun. The former one is kept in {kept}.",
)
RESTORED_FIRST = Text(
    id="Basis data dikembalikan dan urutan baru dimulai.", en="The database was put back and a new order has begun."
)
RESTORED_LOOK = Text(
    id="Tempat kerja yang dicabut sesudah cadangan dibuat akan dicabut lagi begitu tempat kerja lain tersambung."
    " Begitu juga akun yang dinonaktifkan atau hak-haknya dikurangi."
    " Periksa sendiri yang lain: akun yang harus segera dinonaktifkan (server user list), rahasia webhook yang"
    " diganti (server source list), dan tempat kerja yang harus segera dicabut (server device list)."
    " Kode pendaftaran yang belum dipakai tidak berlaku lagi.",
    en="Workstations that were revoked after the backup was made are revoked again once another workstation connects."
    " So are accounts that were disabled or given less."
    " Look at the rest yourself: accounts to be disabled at once (server user list), webhook secrets that were rotated"
    " (server source list), and workstations to be revoked at once (server device list)."
    " Enrolment codes that were not used are good no more.",
)
KEY_RENEWED = Text(
    id="Kunci baru dibuat. Daftarkan lagi sumber webhook ini: {sources}.",
    en="A new key was made. Add these webhook sources again: {sources}.",
)
SIM = Text(id="kamera RTSP sintetis", en="synthetic RTSP cameras")
DOCTOR = Text(
    id="memeriksa apa yang dapat dilakukan komputer ini dan apa yang kurang",
    en="say what this machine can do and what is wrong",
)

LICENCES = Text(
    id="menampilkan bagian-bagian program ini, lisensinya, dan tawaran kode sumber",
    en="show the parts of this program, their licences and the offer of source code",
)
LICENCES_NAME = Text(id="bagian yang teks lisensinya ditampilkan", en="the part whose licence text is shown")

BENCH = Text(
    id="mengukur apakah komputer ini cukup kuat untuk dinding besar",
    en="measure whether this machine is strong enough for a large wall",
)

DATA_DIR = Text(id="folder untuk semua data program", en="folder for all data of the program")
LANG = Text(id="bahasa: id atau en", en="language: id or en")
LAYOUT = Text(id="tata letak yang dibuka", en="the layout to open")
KIOSK = Text(id="hanya dinding, tanpa konsol", en="walls only, no console")
CAMERAS = Text(id="jumlah kamera", en="number of cameras")
DEMO_DAY = Text(
    id="mainkan satu hari kota selama dua puluh menit, SPEED kali lebih cepat (1 bila tidak disebut)",
    en="play a day of the city in twenty minutes, SPEED times as fast (1 if not said)",
)
UNTIL_TOLD = Text(
    id="berhenti begitu semua langkah peragaan selesai, paling lambat setelah --seconds",
    en="end once every step of the demo has been shown, after --seconds at the latest",
)
SECONDS = Text(id="berhenti setelah S detik", en="end after S seconds")
SCREENSHOT = Text(id="simpan gambar layar saat berakhir", en="save a picture of the screen at the end")
STATS = Text(id="simpan statistik (tmcwall.stats/1) saat berakhir", en="save statistics (tmcwall.stats/1) at the end")
VIEW_URLS = Text(
    id="URL RTSP atau berkas video; URL berkata sandi lewat --file", en="RTSP URLs or video files; passwords by --file"
)
VIEW_FILE = Text(
    id="daftar cameras.csv, atau - untuk masukan standar", en="a cameras.csv list, or - for standard input"
)
GRID = Text(id="kolom x baris, sampai 16x16", en="columns x rows, to 16x16")
SIZE = Text(id="ukuran jendela dalam piksel", en="size of the window in pixels")
PRIORITY = Text(id="kamera yang diutamakan saat beban berlebih", en="cameras that come first under overload")
WARMUP = Text(id="detik pemanasan sebelum statistik dihitung", en="seconds before statistics are counted")
DRY_RUN = Text(id="periksa saja, jangan simpan", en="check only, store nothing")
DATABASE = Text(
    id="URL basis data; bawaan: SQLite di folder data", en="database URL; default: SQLite in the data folder"
)
BLOBS = Text(id="tempat klip; bawaan: folder data", en="where clips go; default: the data folder")
HOST = Text(id="alamat yang didengarkan; bawaan 127.0.0.1", en="address to listen on; default 127.0.0.1")
PORT = Text(id="nomor port; 0 memilih yang bebas", en="port number; 0 takes a free one")
WORKERS = Text(
    id="jumlah proses server, lebih dari 1 hanya dengan PostgreSQL; bawaan 1",
    en="number of server processes, more than 1 with PostgreSQL only; default 1",
)
TRUSTED_PROXY = Text(
    id="jaringan proksi di depan server; hanya darinya alamat klien (X-Forwarded-For) dipercaya; boleh diulang",
    en="network of the proxy before the server; only from there the client's address is believed; may be repeated",
)
TLS_CERT = Text(
    id="berkas sertifikat TLS (PEM, dengan rantainya); dibaca lagi bila berubah atau pada SIGHUP",
    en="file of the TLS certificate (PEM, with its chain); read again when it changes, or on SIGHUP",
)
TLS_KEY = Text(id="berkas kunci TLS (PEM)", en="file of the TLS key (PEM)")
ALLOW_CLEAR_TEXT = Text(
    id="izinkan alamat yang dijangkau komputer lain tanpa TLS dan tanpa proksi: kata sandi dapat dibaca di jalan",
    en="allow an address that others reach without TLS and proxy: passwords can be read on the way",
)
ONE_TIME = Text(
    id="buat kata sandi sekali pakai dan tampilkan; petugas membuat kata sandi sendiri saat masuk",
    en="make a one-time password and show it; the officer chooses another when signing in",
)
UNITS = Text(
    id="satuan petugas, menggantikan yang lama; tanpa satuan: tidak ada",
    en="units of the officer, in the place of those of before; none given: none",
)
KEY_FILE = Text(
    id="berkas kunci server; bawaan: server.key di folder data",
    en="the server's key; default: server.key in the data folder",
)
METRICS_TOKEN_FILE = Text(
    id="berkas token yang diminta /metrics (Prometheus); tanpa ini /metrics tidak ada",
    en="file with the token that /metrics (Prometheus) asks for; without it there is no /metrics",
)
OIDC_CONFIG = Text(
    id="berkas TOML tentang layanan identitas (OpenID Connect), untuk masuk lewat peramban di samping kata sandi",
    en="TOML file about the identity provider (OpenID Connect), for signing in by browser beside passwords",
)
LOG_FORMAT = Text(
    id="bentuk log di terminal: text (peringatan saja) atau json (semuanya)",
    en="what the terminal gets of the log: text (warnings only) or json (all of it)",
)
SECRET_FILE = Text(id="berkas yang berisi kata sandi atau rahasia", en="file that holds the password or secret")
ROLE = Text(
    id="peran: operator, perwira, penyidik, supervisor, admin, kepala (supervisor dan admin), atau auditor",
    en="role: operator, perwira, penyidik, supervisor, admin, kepala (supervisor and admin) or auditor",
)
CLIP = Text(id="siarkan berkas video ini", en="serve this video file")
CERTIFICATE = Text(id="siarkan lewat TLS dengan sertifikat PEM ini", en="serve over TLS with this PEM certificate")
CERTIFICATE_KEY = Text(id="kunci pribadi sertifikat itu", en="private key of that certificate")
FAULT = Text(id="gangguan yang diperagakan kamera", en="a fault that a camera shows")
JSON = Text(id="cetak sebagai JSON", en="print as JSON")
SUPPORT_BUNDLE = Text(
    id="simpan temuan, fakta, dan log tanpa rahasia, nama, dan bukti ke berkas zip ini",
    en="save findings, facts and logs, without secrets, names and evidence, to this zip file",
)
FULL_NAME = Text(id="nama lengkap petugas", en="full name of the officer")
NEW_DATABASE = Text(id="basis data server yang baru dibuat di {place}", en="a new server database was made in {place}")
ASK_PASSWORD = Text(id="Kata sandi: ", en="Password: ")
SIM_WEB = Text(
    id="N kamera pertama juga di web, bergantian: HLS (TS, fMP4), HTTP-FLV, MJPEG",
    en="the first N cameras are on the web, too, by turns: HLS (TS, fMP4), HTTP-FLV, MJPEG",
)
SIM_WEB_PORT = Text(id="nomor port web; 0 memilih yang bebas", en="port number on the web; 0 takes a free one")
SIM_CSV = Text(id="tulis daftar cameras.csv dari kota ini", en="write the city's cameras.csv list")
LOGIN_FILE = Text(
    id="berkas berisi nama pengguna dan kata sandi kamera, masing-masing satu baris",
    en="file with the cameras' user name and password, a line each",
)
LIST_URLS = Text(
    id="cetak alamat setiap kamera, lalu gangguan yang dapat dipilih untuk --fault",
    en="print each camera's addresses, then the troubles that --fault takes",
)
BENCH_JSON = Text(
    id="simpan hasil (tmcwall.bench/1) ke berkas ini", en="save the result (tmcwall.bench/1) to this file"
)
BENCH_SECONDS = Text(id="lama setiap pengukuran dalam detik; bawaan 15", en="seconds of each measurement; default 15")
BENCH_TILES = Text(id="jumlah kamera yang diukur; bawaan 36,64", en="numbers of cameras to measure; default 36,64")
BENCH_OVERLOAD = Text(
    id="jumlah kamera untuk uji beban berlebih; bawaan 144, 0 melewatinya",
    en="number of cameras of the overload test; default 144, 0 leaves it out",
)
BENCH_ON_SCREEN = Text(
    id="tampilkan dinding di layar; bawaan: diukur tanpa layar",
    en="show the wall on the screen; default: measured without a screen",
)
UNTIL_INPUT_ENDS = Text(id="berakhir saat masukan standar berakhir", en="end when standard input ends")
