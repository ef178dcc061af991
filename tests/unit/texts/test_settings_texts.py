"""Every wrong setting is answered in one whole sentence that names its line, in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tmcwall.domain.settings_fault import SettingReason, SettingsFault
from tmcwall.paths import Paths
from tmcwall.settings import Settings
from tmcwall.settings_file import load_settings, parse_settings
from tmcwall.texts import Language, Translator
from tmcwall.texts.faults import explain
from tmcwall.texts.settings import reason_text

WRONG = [
    ('language = "id', "Baris 3 berkas pengaturan settings.toml tidak ditulis menurut aturan TOML;"),
    ("language", "Baris 3 berkas pengaturan settings.toml tidak ditulis menurut aturan TOML;"),
    ('stattion = "TMC"', "Pengaturan stattion (berkas settings.toml, baris 3) tidak dikenal program ini;"),
    ("server_url = 5", "Pengaturan server_url (berkas settings.toml, baris 3) harus berupa teks dalam tanda kutip."),
    ('language = "jv"', "Pengaturan language (berkas settings.toml, baris 3) harus salah satu dari: id, en."),
    (
        'time_zone = "WITT"',
        "Pengaturan time_zone (berkas settings.toml, baris 3) harus salah satu dari: WIB, WITA, WIT.",
    ),
    (
        'pre_roll_s = "lama"',
        "Pengaturan pre_roll_s (berkas settings.toml, baris 3) harus berupa angka tanpa tanda kutip.",
    ),
    ("pre_roll_s = -1", "Pengaturan pre_roll_s (berkas settings.toml, baris 3) harus paling sedikit 0."),
    ("post_roll_s = 601", "Pengaturan post_roll_s (berkas settings.toml, baris 3) harus paling banyak 600."),
    ("pre_roll_s = nan", "Pengaturan pre_roll_s (berkas settings.toml, baris 3) harus paling banyak 600."),
    (
        "recording_keep_gib = 0.05",
        "Pengaturan recording_keep_gib (berkas settings.toml, baris 3) harus paling sedikit 0.1.",
    ),
    ("recording_keep_s = 90.5", "Pengaturan recording_keep_s (berkas settings.toml, baris 3) harus berupa angka bulat"),
    (f"recording_keep_s = {'9' * 5000}", "Baris 3 berkas pengaturan settings.toml memuat angka yang terlalu panjang;"),
    (f"recording_keep_s = {'9' * 4000}", "Pengaturan recording_keep_s (berkas settings.toml, baris 3) harus "),
    ('sound = "keras"', "Pengaturan sound (berkas settings.toml, baris 3) harus true atau false tanpa tanda kutip."),
    ("allowed_networks = 5", "Pengaturan allowed_networks (berkas settings.toml, baris 3) harus berupa daftar"),
    (
        'allowed_networks = ["10.0.0.1/8"]',
        "Pengaturan allowed_networks (berkas settings.toml, baris 3) harus memuat jaringan",
    ),
    (
        "camera_ca_file = 5",
        "Pengaturan camera_ca_file (berkas settings.toml, baris 3) harus berupa letak folder atau berkas",
    ),
    (
        'vault_key_file = "kunci"',
        "Pengaturan vault_key_file (berkas settings.toml, baris 3) harus ditulis lengkap dari akar,",
    ),
    (
        'letter_number_format = "B/{urut}"',
        "Pengaturan letter_number_format (berkas settings.toml, baris 3) harus memuat {urut} dan {tahun},",
    ),
    (
        "sp2hp_inquiry_days = [14, 14, 30]",
        "Pengaturan sp2hp_inquiry_days (berkas settings.toml, baris 3) memuat terlalu sedikit isian.",
    ),
    (
        'sp2hp_a2_meaning = "entah"',
        "Pengaturan sp2hp_a2_meaning (berkas settings.toml, baris 3) harus salah satu dari: , berlanjut, dihentikan.",
    ),
    (
        'camera_fingerprints = ["10.1.2.3:322"]',
        'Pengaturan camera_fingerprints (berkas settings.toml, baris 3) harus memuat "host:port" dan 64 angka',
    ),
    (
        'server_url = "tmc.example"',
        "Pengaturan server_url (berkas settings.toml, baris 3) harus berupa alamat server pusat,",
    ),
    (
        'server_url = "https://[tmc"',
        "Pengaturan server_url (berkas settings.toml, baris 3) harus berupa alamat server pusat,",
    ),
    (
        'server_url = "http://tmc.example"',
        "Pengaturan server_url (berkas settings.toml, baris 3) harus diawali https://",
    ),
    (
        'server_url = "https://a:b@tmc.example"',
        "Pengaturan server_url (berkas settings.toml, baris 3) tidak boleh memuat",
    ),
]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TMCWALL_{name.upper()}", raising=False)


def refusal(text: str) -> SettingsFault:
    with pytest.raises(SettingsFault) as caught:
        parse_settings(text)
    return caught.value


@pytest.mark.parametrize(("line", "said"), WRONG, ids=[line[:40] for line, _said in WRONG])
def test_a_wrong_setting_is_answered_in_one_whole_sentence_that_names_its_line(line: str, said: str) -> None:
    fault = refusal(f"# tmcwall\n\n{line}\n")
    sentence = explain(fault, Translator(Language.ID))
    assert sentence.startswith(said)
    assert sentence.endswith(".")
    assert ". " not in sentence
    english = explain(fault, Translator(Language.EN))
    assert "line 3" in english.lower()
    assert english.endswith(".")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WALLS", "layar 2", "Pengaturan walls (variabel lingkungan TMCWALL_WALLS) harus ditulis sebagai JSON,"),
        ("PRE_ROLL_S", "lama", "Pengaturan pre_roll_s (variabel lingkungan TMCWALL_PRE_ROLL_S) harus berupa angka"),
        ("DECODERS", "9" * 5000, "Pengaturan decoders (variabel lingkungan TMCWALL_DECODERS) harus berupa angka bulat"),
    ],
)
def test_a_wrong_variable_is_answered_in_one_whole_sentence_that_names_it(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"TMCWALL_{name}", value)
    sentence = explain(refusal(""), Translator())
    assert sentence.startswith(said)
    assert sentence.endswith(".")


def test_a_file_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path)
    paths.settings.write_bytes(b"\n\xff\xfe\x00")
    with pytest.raises(SettingsFault) as caught:
        load_settings(paths)
    assert explain(caught.value, Translator()).startswith("Baris 2 berkas pengaturan settings.toml tidak disimpan")


def test_where_the_last_good_settings_are_in_use_it_is_said(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path)
    paths.settings.write_text('language = "id"\n')
    load_settings(paths)
    paths.settings.write_text("language = 5\n")
    fault = load_settings(paths).fault
    assert fault is not None
    assert explain(fault, Translator()).endswith("setelan terakhir yang baik dipakai.")


@pytest.mark.parametrize("reason", SettingReason, ids=str)
def test_every_reason_is_said_in_both_languages_with_the_same_fields(reason: SettingReason) -> None:
    text = reason_text(reason)
    assert text.id != text.en
    assert ("{limit}" in text.id) == ("{limit}" in text.en)
    assert not text.id.endswith(".")


VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=100)),
    lambda inner: st.lists(inner, max_size=20),
    max_leaves=20,
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.sampled_from(sorted(Settings.model_fields)), value=VALUES)
def test_every_value_that_is_refused_is_refused_with_a_sentence_of_its_own(name: str, value: object) -> None:
    reasons: list[SettingReason] = []
    try:
        parse_settings(f"{name} = {json.dumps(value)}\n")
    except SettingsFault as fault:
        reasons.append(fault.problem.reason)
    assert SettingReason.NOT_ACCEPTED not in reasons
