"""What `tmcwall sim --list` says of each trouble that a camera of the city may be given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.texts import Text

TROUBLES: Final[Mapping[str, Text]] = {
    # By the names of the command line (`tmcwall.sim.faults.Trouble`).
    "refuse": Text("sambungan diputus begitu kamera diminta", "connections are reset as soon as it is asked for"),
    "silent": Text("sambungan diterima, tetapi tidak pernah dijawab", "connections are taken, nothing is answered"),
    "trickle": Text("jawaban datang satu bita tiap seperempat detik", "answers come a byte every quarter of a second"),
    "drop": Text("sambungan putus dan ditolak selama lima detik", "connections break and are refused for five seconds"),
    "flap": Text("jaringan putus-nyambung, bergantian tiap lima detik", "the link goes down and up every five seconds"),
    "unauthorized": Text("kata sandi selalu ditolak (401)", "every password is refused (401)"),
    "login": Text(
        "kata sandi diminta dengan cara tertentu (MD5, SHA-256, Basic, nonce sekali pakai)",
        "the password is asked for in a certain way (MD5, SHA-256, Basic, a nonce for one request)",
    ),
    "missing": Text("aliran tidak ada (404)", "there is no such stream (404)"),
    "busy": Text("kamera penuh (453)", "the camera is full (453)"),
    "max-clients": Text("paling banyak tiga sesi sekaligus", "at most three sessions at once"),
    "html": Text("menjawab dengan halaman web", "answers with a web page"),
    "redirect": Text("DESCRIBE dialihkan ke alamat lain", "DESCRIBE is redirected to another address"),
    "redirect-setup": Text("SETUP dialihkan ke alamat lain", "SETUP is redirected to another address"),
    "redirect-play": Text("PLAY dialihkan ke alamat lain", "PLAY is redirected to another address"),
    "redirect-later": Text(
        "sambungan pertama dilayani dua detik, yang berikutnya dialihkan",
        "the first connection is served for two seconds, later ones are redirected",
    ),
    "sdp": Text("deskripsi sesi (SDP) yang aneh", "an odd session description (SDP)"),
    "codec": Text(
        "kamera kembali dengan kodek lain (H.264 atau H.265)", "it comes back with the other codec (H.264 or H.265)"
    ),
    "keep-alive": Text(
        "sesi tanpa permintaan selama tiga detik diakhiri", "a session without a request for three seconds is ended"
    ),
    "asks": Text("kamera sendiri mengirim permintaan tiap detik", "the camera itself sends a request each second"),
    "teardown": Text("kamera mengakhiri sesi dengan TEARDOWN", "the camera ends sessions with TEARDOWN"),
    "half-close": Text(
        "kamera menutup sambungan dari pihaknya saja", "the camera closes its half of the connection only"
    ),
    "udp-blocked": Text("lewat UDP tidak ada yang sampai", "over UDP nothing arrives"),
    "tcp-refused": Text("TCP ditolak (461)", "TCP is refused (461)"),
    "web": Text(
        "di web (lihat --web) kamera menyimpang dari standar",
        "on the web (see --web) the camera departs from the standard",
    ),
    "stall": Text("sesi dijawab, paket tidak datang", "the session is answered, no packet comes"),
    "half-packet": Text(
        "sesudah sepuluh gambar berhenti di tengah paket", "after ten pictures it stops in the middle of a packet"
    ),
    "freeze": Text("paket mengalir, gambar tidak berubah", "packets flow, the picture does not change"),
    "black": Text("gambar hitam, seperti lensa tertutup", "the picture is black, as with a covered lens"),
    "covered": Text(
        "lensa tertutup sesuatu: terang dan gelap, tanpa garis", "something hangs before the lens: no edges"
    ),
    "moved": Text("kamera diputar sepertujuh lebar gambarnya", "the camera has been turned by a seventh of its view"),
    "no-key": Text("bingkai kunci tidak datang", "no key frame comes"),
    "key-every": Text(
        "bingkai kunci hanya tiap dua menit; penonton bergabung di tengah",
        "key frames come only every two minutes; a client joins in the middle",
    ),
    "slow": Text("satu gambar tiap sepuluh detik", "one picture in ten seconds"),
    "resize": Text("ukuran gambar menjadi separuh", "the picture has half its size"),
    "giant": Text(
        "aliran mengaku bergambar lebih dari 16.000 piksel", "the stream claims pictures of more than 16,000 pixels"
    ),
    "odd": Text("paket kamera menyimpang dari standar", "the camera's packets depart from the standard"),
    "session": Text("jawaban kamera menyimpang dari standar", "the camera's answers depart from the standard"),
    "burst": Text(
        "gambar ditahan dua detik lalu datang sekaligus", "pictures are held for two seconds, then come at once"
    ),
    "fast": Text("gambar empat kali lebih banyak tiap detik", "four times as many pictures a second"),
    "jump": Text("waktu RTP melompat satu jam", "the RTP time jumps by an hour"),
    "rate": Text(
        "waktu RTP berjalan dua kali lebih cepat daripada gambarnya", "the RTP time runs twice as fast as its pictures"
    ),
    "wrap": Text(
        "waktu RTP dan nomor paket melewati batasnya dalam dua detik", "RTP time and sequence wrap within two seconds"
    ),
    "new-source": Text("sumber (SSRC) berganti di tengah aliran", "the source (SSRC) changes in mid-stream"),
    "clock": Text("jam kamera meleset dua jam", "the camera's clock is two hours off"),
    "no-reports": Text("kamera tidak melaporkan jamnya", "the camera does not report its clock"),
    "loss": Text("lima persen paket hilang", "five percent of the packets are lost"),
    "reorder": Text("sebagian paket bertukar tempat", "some packets change places"),
    "duplicate": Text("sebagian paket datang dua kali", "some packets come twice"),
    "corrupt": Text("lima persen paket rusak satu bit", "five percent of the packets have a wrong bit"),
    "garbage": Text(
        "kadang-kadang bita tanpa arti di antara gambar", "now and then meaningless bytes between pictures"
    ),
}
