"""What `tmcwall view` takes from the settings: whether a device decodes."""

import pytest

from tmcwall.commands.view import hardware_asked


@pytest.mark.parametrize(
    ("text", "environment", "asked"),
    [
        ("", {}, False),
        ('hardware_decoding = "auto"\n', {}, True),
        ('hardware_decoding = "off"\n', {}, False),
        ('hardware_decoding = "off"\n', {"TMCWALL_HARDWARE_DECODING": "auto"}, True),
        ('hardware_decoding = "auto"\n', {"TMCWALL_HARDWARE_DECODING": "off"}, False),
        ('hardware_decoding = "auto"\n', {"TMCWALL_HARDWARE_DECODING": ""}, True),
        ('\ufeffhardware_decoding = "auto"\n', {}, True),
        ('hardware_decoding = "auto"\nlanguage = \n', {}, False),
    ],
)
def test_a_device_decodes_where_the_settings_say_so(tmp_path, text, environment, asked):
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    assert hardware_asked(file, environment) is asked


@pytest.mark.parametrize(("own", "asked"), [("", True), ('hardware_decoding = "off"\n', False)])
def test_what_the_administrator_set_holds_where_the_file_is_silent(tmp_path, own, asked):
    file, managed = tmp_path / "settings.toml", tmp_path / "managed.toml"
    file.write_text(own, encoding="utf-8")
    managed.write_text('hardware_decoding = "auto"\n', encoding="utf-8")
    assert hardware_asked(file, {}, managed=managed) is asked


def test_without_a_settings_file_software_decodes_and_none_is_written(tmp_path):
    assert not hardware_asked(tmp_path / "settings.toml", {})
    assert list(tmp_path.iterdir()) == []
