"""Settings: one declaration each, a file with comments, and no shift lost to a broken file."""

from contextlib import suppress
from dataclasses import replace
from ipaddress import IPv4Address, ip_network
from pathlib import Path
from typing import Literal

import pytest
import tomlkit
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tmcwall.domain.case import Difficulty
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.sp2hp import KLASIK_RULES, A2Meaning, LetterCode, Preset
from tmcwall.paths import Paths
from tmcwall.setting_help import SettingHelp
from tmcwall.settings import PRIVATE_NETWORKS, Settings
from tmcwall.settings_file import change_setting, load_settings, parse_settings, read_settings, write_defaults


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.under(tmp_path)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TMCWALL_{name.upper()}", raising=False)


def refusal(text: str) -> str:
    with pytest.raises(Fault) as caught:
        parse_settings(text)
    assert caught.value.code is FaultCode.SETTINGS_UNREADABLE
    return caught.value.detail


def test_every_setting_has_a_default_and_a_sentence_in_both_languages() -> None:
    for name, field in Settings.model_fields.items():
        says = [item for item in field.metadata if isinstance(item, SettingHelp)]
        assert len(says) == 1, name
        assert says[0].id.endswith("."), name
        assert says[0].en.endswith("."), name
        assert not field.is_required(), name


def test_the_first_start_writes_a_file_that_says_what_each_setting_is_for(paths: Paths) -> None:
    loaded = load_settings(paths)
    assert loaded.settings == Settings()
    text = paths.settings.read_text()
    assert set(tomlkit.parse(text)) == set(Settings.model_fields)
    assert text.count("\n# ") == len(Settings.model_fields)
    assert paths.settings.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_written_file_reads_back_as_the_defaults(tmp_path: Path, language: Literal["id", "en"]) -> None:
    write_defaults(tmp_path / "s.toml", language=language)
    assert parse_settings((tmp_path / "s.toml").read_text()) == Settings()


def test_the_file_wins_over_the_default_and_the_environment_over_the_file(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths.settings.write_text('language = "en"\npre_roll_s = 12\n')
    monkeypatch.setenv("TMCWALL_PRE_ROLL_S", "45")
    monkeypatch.setenv("TMCWALL_ALLOWED_NETWORKS", '["10.1.0.0/16"]')
    settings = load_settings(paths).settings
    assert (settings.language, settings.pre_roll_s) == ("en", 45)
    assert settings.allowed_networks == (ip_network("10.1.0.0/16"),)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('language = "id"\nserver_url = "https\n', "line 2"),
        ("language = 'id'\n\npre_roll_s = 'lama'\n", "line 3, pre_roll_s"),
        ('allowed_networks = ["10.0.0.1/8"]\n', "line 1, allowed_networks"),
        ('\nlangguage = "id"\n', "line 2, langguage"),
        ('server_url = "ftp://tmc.example"\n', "line 1, server_url"),
        ('relay_address = "rtsps://relay.example/x"\n', "line 1, relay_address"),
        ('relay_address = "rtsp://a:b@relay.example"\n', "line 1, relay_address"),
        ('relay_address = "https://relay.example"\n', "line 1, relay_address"),
        ('vault_key_file = "kunci"\n', "line 1, vault_key_file"),
        ("language = 'jv'", "line 1, language"),
        ("recording_keep_s = 5", "line 1, recording_keep_s"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(text: str, place: str) -> None:
    assert place in refusal(text)


def test_a_password_in_the_server_address_is_refused_and_not_repeated() -> None:
    assert "rahasia" not in refusal('server_url = "https://budi:rahasia@tmc.example"')


@pytest.mark.parametrize(("name", "value"), [("POST_ROLL_S", "-1"), ("WALLS", "layar 2")])
def test_a_wrong_variable_of_the_environment_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TMCWALL_{name}", value)
    assert refusal("").startswith(f"TMCWALL_{name}: ")


def test_a_broken_file_is_left_alone_and_the_last_good_settings_are_used(paths: Paths) -> None:
    paths.settings.write_text('server_url = "https://tmc.example"\n')
    load_settings(paths)
    paths.settings.write_text('server_url = "https')
    loaded = load_settings(paths)
    assert loaded.settings.server_url == "https://tmc.example"
    assert loaded.fault is not None
    assert "line 1" in loaded.fault.detail
    assert paths.settings.read_text() == 'server_url = "https'


def test_a_broken_file_without_a_good_copy_stops_the_start(paths: Paths) -> None:
    paths.settings.write_bytes(b"\n\xff\xfe\x00")
    with pytest.raises(Fault, match="line 2: not UTF-8"):
        load_settings(paths)


def test_a_file_with_a_byte_order_mark_is_read(paths: Paths) -> None:
    paths.settings.write_bytes(b'\xef\xbb\xbflanguage = "en"\n')
    assert load_settings(paths).settings.language == "en"


def test_a_file_of_an_earlier_version_with_settings_that_are_gone_is_read_without_a_fault(paths: Paths) -> None:
    paths.settings.write_text('station = "Magelang"\nlanguage = "en"\n')
    loaded = load_settings(paths)
    assert (loaded.settings.language, loaded.fault) == ("en", None)
    assert change_setting(paths, "language", "id").language == "id"


def test_a_changed_setting_keeps_the_comments(paths: Paths) -> None:
    load_settings(paths)
    before = paths.settings.read_text()
    settings = change_setting(paths, "language", "en")
    assert settings.language == "en"
    assert paths.settings.read_text() == before.replace('language = "id"', 'language = "en"')


def test_a_change_that_is_not_accepted_changes_nothing(paths: Paths) -> None:
    load_settings(paths)
    before = paths.settings.read_bytes()
    with pytest.raises(Fault):
        change_setting(paths, "pre_roll_s", -3)
    assert paths.settings.read_bytes() == before


def test_only_private_networks_are_allowed_by_default() -> None:
    assert any(IPv4Address("192.168.1.20") in network for network in PRIVATE_NETWORKS)
    assert not any(IPv4Address("8.8.8.8") in network for network in PRIVATE_NETWORKS)


def test_clips_and_recordings_lie_where_the_settings_put_them(paths: Paths, tmp_path: Path) -> None:
    placed = paths.placed(Settings(recordings_folder=tmp_path / "besar"))
    assert placed.recordings == tmp_path / "besar"
    assert placed.clips == paths.clips


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(
    text=st.one_of(
        st.text(),
        st.lists(
            st.sampled_from([*Settings.model_fields, "=", "[", "]", '"', "1", "\n", "{", "}", ".", "0", "true", "#"])
        ).map(" ".join),
    )
)
def test_any_text_gives_settings_or_a_known_fault(text: str) -> None:
    with suppress(Fault):
        parse_settings(text)


def test_fingerprints_of_cameras_are_known_by_host_and_port() -> None:
    printed = ":".join(["AB"] * 32)
    found = parse_settings(f'camera_fingerprints = ["Kamera.Local:322 {printed}"]').fingerprints
    assert found == {"kamera.local:322": "ab" * 32}


@pytest.mark.parametrize("entry", ["10.1.2.3 " + "ab" * 32, "10.1.2.3:322", "10.1.2.3:322 " + "ab" * 20])
def test_a_fingerprint_that_is_none_is_refused(entry: str) -> None:
    assert "camera_fingerprints" in refusal(f'camera_fingerprints = ["{entry}"]')


OLD_FILE = b'\xef\xbb\xbf# Dari tahun lalu\r\ntime_zone = "WITA"   # jangan diubah\r\n\r\nlanguage = "id"'


def test_a_setting_that_the_file_does_not_know_is_added_as_a_comment_and_the_rest_stays_byte_for_byte(
    paths: Paths,
) -> None:
    paths.settings.write_bytes(OLD_FILE)
    assert load_settings(paths).settings.time_zone == "WITA"
    written = paths.settings.read_bytes()
    assert written.startswith(OLD_FILE + b"\r\n\r\n# ")
    added = written[len(OLD_FILE) :].decode()
    assert (
        '# Alamat server pusat, misalnya https://tmc.example. Kosong: bekerja tanpa server.\r\n# server_url = ""'
        in added
    )
    assert "time_zone" not in added
    assert added.replace("\r\n", "").count("\n") == 0
    assert parse_settings(written.decode("utf-8-sig")) == Settings(time_zone="WITA")


def test_what_is_added_is_added_once(paths: Paths) -> None:
    paths.settings.write_bytes(OLD_FILE)
    load_settings(paths)
    once = paths.settings.read_bytes()
    load_settings(paths)
    assert paths.settings.read_bytes() == once


def test_what_is_added_speaks_the_language_of_the_file(paths: Paths) -> None:
    paths.settings.write_text('language = "en"\n')
    load_settings(paths)
    assert "# Loudness of the tone, 0 to 1.\n# sound_volume = 0.7\n" in paths.settings.read_text()


def test_a_file_that_names_every_setting_is_not_touched(paths: Paths) -> None:
    load_settings(paths)
    before = paths.settings.stat().st_mtime_ns
    load_settings(paths)
    assert paths.settings.stat().st_mtime_ns == before


def test_a_setting_that_stands_as_a_comment_is_changed_in_its_place(paths: Paths) -> None:
    paths.settings.write_text('language = "id"\n')
    load_settings(paths)
    before = paths.settings.read_text()
    assert change_setting(paths, "time_zone", "WIT").time_zone == "WIT"
    assert paths.settings.read_text() == before.replace('# time_zone = "WIB"', 'time_zone = "WIT"')


@pytest.fixture
def managed(paths: Paths, tmp_path: Path) -> Paths:
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "settings.toml").write_text('server_url = "https://tmc.example"\ntime_zone = "WIT"\n')
    return replace(paths, managed_settings=folder / "settings.toml")


def test_what_the_administrator_set_holds_beneath_the_file(managed: Paths) -> None:
    managed.settings.write_text('time_zone = "WITA"\n')
    settings = load_settings(managed).settings
    assert (settings.server_url, settings.time_zone) == ("https://tmc.example", "WITA")
    assert read_settings(managed) == settings


def test_the_first_file_does_not_overrule_what_the_administrator_set(managed: Paths) -> None:
    assert load_settings(managed).settings.time_zone == "WIT"
    assert '\n# time_zone = "WIT"\n' in managed.settings.read_text()
    assert load_settings(managed).settings.server_url == "https://tmc.example"


def test_a_setting_changed_here_wins_over_the_administrators(managed: Paths) -> None:
    load_settings(managed)
    assert change_setting(managed, "time_zone", "WITA").time_zone == "WITA"
    assert load_settings(managed).settings.time_zone == "WITA"


def test_a_broken_file_of_the_administrator_is_named_and_costs_its_own_settings_only(managed: Paths) -> None:
    assert managed.managed_settings is not None
    managed.managed_settings.write_text('time_zone = "WIT"\nserver_url = 7\n')
    managed.settings.write_text("pre_roll_s = 12\n")
    loaded = load_settings(managed)
    assert (loaded.settings.pre_roll_s, loaded.settings.time_zone) == (12, "WIB")
    assert loaded.fault is not None
    assert loaded.fault.detail.startswith(f"{managed.managed_settings}, line 2, server_url")


def test_settings_under_one_folder_know_no_administrator_and_those_of_a_user_do(paths: Paths) -> None:
    assert paths.managed_settings is None
    assert Paths.of_user().managed_settings is not None


def test_days_of_reminders_and_the_form_of_letters_are_settings() -> None:
    text = "sp2hp_preset = 'bulanan'\nsp2hp_days_easy = [7]\nsp2hp_inquiry_days = [1, 2, 3, 4]"
    rules = parse_settings(text).reminder_rules
    assert (rules.preset, tuple(rules.investigation_days[Difficulty.EASY])) == (Preset.BULANAN, (7,))
    assert rules.inquiry_days[Difficulty.VERY_HARD] == 4
    assert Settings().reminder_rules == KLASIK_RULES
    station = parse_settings("letter_place = 'Surakarta'\nsp2hp_a2_meaning = 'dihentikan'").letter_station
    assert (station.place, station.a2_meaning) == ("Surakarta", A2Meaning.STOPPED)
    assert Settings().letter_station.a2_meaning is None
    assert set(station.subjects) == set(LetterCode)
