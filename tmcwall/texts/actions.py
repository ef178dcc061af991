"""What every key does, for the list of keys, menus and tool tips."""

from __future__ import annotations

from dataclasses import dataclass

from tmcwall.texts import Text


@dataclass(frozen=True, slots=True)
class ActionText:
    """The short name of an action and one sentence that explains it."""

    name: Text
    help: Text


DIAL = ActionText(
    Text(id="Panggil kamera", en="Dial a camera"),
    Text(
        id="Ketik nomor kamera pada numpad; kamera tampil pada petak terpilih.",
        en="Type a camera's number on the numpad; it appears in the selected tile.",
    ),
)
LAYOUT = ActionText(
    Text(id="Tata letak {number}", en="Layout {number}"),
    Text(id="Tampilkan tata letak nomor {number}.", en="Show layout number {number}."),
)
LAYOUTS = ActionText(
    Text(id="Tata letak 1 sampai 12", en="Layouts 1 to 12"),
    Text(id="Tampilkan tata letak dengan urutan itu.", en="Show the layout with that position in the list."),
)
TAG = ActionText(
    Text(id="Tandai", en="Bookmark"),
    Text(
        id="Tandai rekaman kamera terpilih dan tautkan ke nomor LP.",
        en="Bookmark the selected camera's footage and link it to a case number.",
    ),
)
MARK_IN = ActionText(
    Text(id="Titik awal", en="In mark"),
    Text(id="Tetapkan saat ini sebagai awal penanda.", en="Make this moment the beginning of the bookmark."),
)
MARK_OUT = ActionText(
    Text(id="Titik akhir", en="Out mark"),
    Text(id="Tetapkan saat ini sebagai akhir penanda.", en="Make this moment the end of the bookmark."),
)
ABOUT_TILE = ActionText(
    Text(id="Keterangan video petak", en="About the tile's video"),
    Text(
        id="Tampilkan laju gambar, aliran, dan rencana dekode petak terpilih, dengan grafik sepuluh menit terakhir.",
        en="Show the selected tile’s picture rates, stream and decoding plan, with charts of the last ten minutes.",
    ),
)
PAUSE = ActionText(
    Text(id="Jeda", en="Pause"),
    Text(id="Bekukan atau lanjutkan petak terpilih.", en="Pause or resume the selected tile."),
)
REPLAY_BACK = ActionText(
    Text(id="Putar ulang 10 detik", en="Replay 10 seconds"),
    Text(
        id="Putar ulang petak terpilih dari 10 detik lalu; tekan lagi untuk mundur lebih jauh, Esc untuk kembali ke "
        "gambar langsung.",
        en="Replay the selected tile from 10 seconds ago; again to go further back, Esc for live.",
    ),
)
REPLAY_FORWARD = ActionText(
    Text(id="Maju 10 detik", en="Forward 10 seconds"),
    Text(
        id="Maju 10 detik dalam putar ulang, sampai kembali ke gambar langsung.",
        en="Go forward 10 seconds in the replay, up to live.",
    ),
)
SEARCH = ActionText(
    Text(id="Cari kamera", en="Find a camera"),
    Text(
        id="Pindah ke kotak pencarian pada daftar kamera.",
        en="Go to the search box of the camera list.",
    ),
)
BACK = ActionText(
    Text(id="Kembali", en="Back"),
    Text(id="Tutup layar penuh, panel, atau pencarian.", en="Leave full screen, a panel or a search."),
)
FULL_SCREEN = ActionText(
    Text(id="Layar penuh", en="Full screen"),
    Text(id="Besarkan petak terpilih dengan aliran utama.", en="Enlarge the selected tile with its main stream."),
)
CLEAR_TILE = ActionText(
    Text(id="Kosongkan petak", en="Clear the tile"),
    Text(id="Lepas kamera dari petak terpilih.", en="Take the camera out of the selected tile."),
)
MOVE_UP = ActionText(
    Text(id="Petak di atas", en="Tile above"),
    Text(id="Pilih petak di atasnya.", en="Select the tile above."),
)
MOVE_DOWN = ActionText(
    Text(id="Petak di bawah", en="Tile below"),
    Text(id="Pilih petak di bawahnya.", en="Select the tile below."),
)
MOVE_LEFT = ActionText(
    Text(id="Petak di kiri", en="Tile to the left"),
    Text(id="Pilih petak di sebelah kiri.", en="Select the tile to the left."),
)
MOVE_RIGHT = ActionText(
    Text(id="Petak di kanan", en="Tile to the right"),
    Text(id="Pilih petak di sebelah kanan.", en="Select the tile to the right."),
)
SILENCE = ActionText(
    Text(id="Senyapkan alarm", en="Silence the alarm"),
    Text(id="Hentikan bunyi alarm; tanda pada layar tetap ada.", en="Stop the tone; the marks on screen stay."),
)
KEYS = ActionText(
    Text(id="Daftar tombol", en="List of keys"),
    Text(id="Tampilkan atau tutup daftar ini.", en="Show or close this list."),
)
FOOTAGE = ActionText(
    Text(id="Sisa waktu rekaman", en="Time left of footage"),
    Text(
        id="Kamera mana yang melihat kejadian terpilih, dan kapan rekamannya tertimpa.",
        en="Which cameras saw the selected incident, and when their footage is overwritten.",
    ),
)
SECURE = ActionText(
    Text(id="Amankan rekaman", en="Secure the footage"),
    Text(
        id="Tahan rekaman kita dari kejadian terpilih, dan buat surat permintaan kepada pemilik kamera lainnya.",
        en="Hold what we recorded of the selected incident, and draft the requests to the owners of other cameras.",
    ),
)
NEW_INCIDENT = ActionText(
    Text(id="Catat kejadian baru", en="Enter a new incident"),
    Text(id="Buka formulir kejadian.", en="Open the incident form."),
)
NEAREST = ActionText(
    Text(id="Kamera terdekat", en="Nearest cameras"),
    Text(
        id="Tampilkan empat kamera aktif terdekat dari kejadian pada petak cadangan.",
        en="Put the four nearest live cameras on the reserved tiles.",
    ),
)
ACKNOWLEDGE = ActionText(
    Text(id="Terima kejadian", en="Acknowledge the incident"),
    Text(id="Nyatakan kejadian sudah diterima petugas.", en="Say that an officer has taken the incident."),
)
NOTE = ActionText(
    Text(id="Tulis catatan", en="Write a note"),
    Text(id="Tambahkan catatan pada kejadian terpilih.", en="Add a note to the selected incident."),
)
CLOSE_INCIDENT = ActionText(
    Text(id="Tutup kejadian", en="Close the incident"),
    Text(id="Tutup kejadian dengan hasil verifikasi.", en="Close the incident with the result of its verification."),
)
ABOUT = ActionText(
    Text(id="Tentang tmcwall", en="About tmcwall"),
    Text(
        id="Tampilkan versi program, bagian-bagiannya, dan lisensinya.",
        en="Show the program's version, its parts and their licences.",
    ),
)
OFFICERS = ActionText(
    Text(id="Petugas", en="Officers"),
    Text(
        id="Buka jendela petugas: akun, peran, dan kata sandi.",
        en="Open the window of officers: accounts, roles and passwords.",
    ),
)
LETTERS = ActionText(
    Text(id="Surat dan SP2HP", en="Letters and SP2HP"),
    Text(
        id="Lihat SP2HP yang jatuh tempo, susun surat, dan catat register serta tanda terimanya.",
        en="See which SP2HP are due, draft letters, and keep their register and receipts.",
    ),
)
OVERSIGHT = ActionText(
    Text(id="Siapa melihat kamera", en="Who watched cameras"),
    Text(
        id="Cari siapa melihat kamera mana dan kapan; untuk auditor dan kepala.",
        en="Find who watched which camera when; for auditors and heads.",
    ),
)
PATROL = ActionText(
    Text(id="Ronda kamera", en="Camera patrol"),
    Text(
        id="Lihat kamera mana yang paling lama belum dilihat petugas, dan mulai ronda di petak cadangan.",
        en="See which cameras officers have not seen for the longest time, and tour them on the reserved tiles.",
    ),
)
REVIEW = ActionText(
    Text(id="Tinjau rekaman", en="Review footage"),
    Text(
        id="Cari klip menurut LP, tempat, kamera, atau kata, dan lihat di garis waktu.",
        en="Find clips by LP, place, camera or words, and see them on a timeline.",
    ),
)
CAMERA_REGISTER = ActionText(
    Text(id="Daftar kamera", en="Register of cameras"),
    Text(
        id="Ubah, uji, impor, ekspor, atau hapus kamera dalam satu jendela.",
        en="Edit, test, import, export or remove cameras in one window.",
    ),
)
CONTACTS = ActionText(
    Text(id="Kontak wilayah", en="Neighbourhood contacts"),
    Text(
        id="Siapa yang dihubungi tentang wilayah atau kamera yang dipilih.",
        en="Who is called about a neighbourhood or the selected camera.",
    ),
)
REPAIRS = ActionText(
    Text(id="Gangguan dan perbaikan", en="Outages and repairs"),
    Text(
        id="Kamera mana yang mati bersama dan karena apa; siapa yang sudah diberi tahu; daftar bulanan.",
        en="Which cameras died together and of what; who was told; monthly lists.",
    ),
)
OUTAGES = ActionText(
    Text(id="Padam terencana", en="Planned outages"),
    Text(
        id="Pekerjaan yang sudah diketahui waktunya: kamera mana yang padam, kapan.",
        en="Works whose time is known: which cameras are out, and when.",
    ),
)
WALL_ORDERS = ActionText(
    Text(id="Kirim ke dinding lain", en="Send to other walls"),
    Text(
        id="Tampilkan sesuatu di dinding tempat kerja lain, atau tarik kembali.",
        en="Show something on the walls of another workstation, or take it back.",
    ),
)
CITY = ActionText(
    Text(id="Kota", en="City"),
    Text(
        id="Peringatan yang berlaku, lalu lintas dan indikator satu arah, posisi satuan.",
        en="Warnings that hold, traffic and the one-way indicator, positions of units.",
    ),
)
SERVICE_LINKS = ActionText(
    Text(id="Layanan", en="Services"),
    Text(id="Buka layanan lain di peramban.", en="Open another service in the browser."),
)
GO_CAMERAS = ActionText(
    Text(id="Ke daftar kamera", en="Go to the cameras"),
    Text(id="Pindah ke daftar kamera.", en="Go to the camera list."),
)
GO_PLAN = ActionText(
    Text(id="Ke denah dinding", en="Go to the plan of the walls"),
    Text(id="Pindah ke denah dinding video.", en="Go to the plan of the video walls."),
)
GO_INCIDENTS = ActionText(
    Text(id="Ke antrean kejadian", en="Go to the incidents"),
    Text(id="Pindah ke antrean kejadian.", en="Go to the incident queue."),
)
GO_BOOKMARKS = ActionText(
    Text(id="Ke daftar penanda", en="Go to the bookmarks"),
    Text(id="Pindah ke daftar penanda.", en="Go to the list of bookmarks."),
)
GO_WALL = ActionText(
    Text(id="Ke dinding video", en="Go to the video wall"),
    Text(id="Tampilkan dinding video di depan konsol.", en="Bring the video wall before the console."),
)
SAVE_LAYOUT = ActionText(
    Text(id="Simpan tata letak", en="Save the layout"),
    Text(id="Simpan susunan sekarang dengan nama.", en="Save the present arrangement under a name."),
)
SIGN_OUT = ActionText(
    Text(id="Akhiri dinas", en="Go off duty"),
    Text(id="Keluar; video tetap tampil.", en="Sign out; the video stays on."),
)
QUIT = ActionText(
    Text(id="Tutup program", en="Quit"),
    Text(id="Hentikan rekaman dan tutup tmcwall.", en="Stop the recording and close tmcwall."),
)

GROUP_CAMERAS = Text(id="Kamera dan tata letak", en="Cameras and layouts")
GROUP_TILES = Text(id="Petak", en="Tiles")
GROUP_TAGGING = Text(id="Penanda", en="Bookmarks")
GROUP_INCIDENTS = Text(id="Kejadian", en="Incidents")
GROUP_PROGRAM = Text(id="Program", en="Program")

KEYS_TITLE = Text(id="Daftar tombol", en="List of keys")
KEYS_HINT = Text(id="Esc atau ? untuk menutup", en="Esc or ? to close")
DIAL_KEYS = Text(id="Numpad 0–9", en="Numpad 0–9")
LAYOUT_KEYS = Text(id="F1–F12", en="F1–F12")
KEY_RETURN = Text(id="Enter", en="Enter")
KEY_SPACE = Text(id="Spasi", en="Space")
KEY_DELETE = Text(id="Hapus (Del)", en="Delete")
