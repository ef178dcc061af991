"""What is refused before anything begins: one sentence, exit code two, and no secret in it."""

import pytest

from tmcwall.cli import main


@pytest.mark.parametrize(
    "words",
    [
        ["view"],
        ["view", "rtsp://"],
        ["view", "gopher://127.0.0.1/x"],
        ["view", "rtsp://officer:secret-4711@127.0.0.1/x"],
        ["view", "--grid", "17x17", "rtsp://127.0.0.1/x"],
        ["view", "--grid", "four", "rtsp://127.0.0.1/x"],
        ["view", "--size", "wide", "rtsp://127.0.0.1/x"],
        ["view", "--file", "/nonexistent/cameras.csv"],
        ["view", "--priority", "unknown", "rtsp://127.0.0.1/x"],
        ["server", "quarantine", "add", "nonsense", "--reason", "rusak"],
        ["server", "quarantine", "list", "--limit", "0"],
        ["view", "--no-such-option"],
        ["sim", "--fault", "CAM=teleport"],
        ["sim", "--cameras", "0"],
        ["camera", "test", "rtsp://officer:secret-4711@127.0.0.1/x"],
        ["view", "notaurl"],
        ["workstation", "import", "/nonexistent/pindah.tmcwall"],
        ["workstation", "export", "/nonexistent/pindah.tmcwall"],
        ["workstation", "export"],
        ["doctor", "--support-bundle", "/nonexistent/bahan.zip"],
        ["view", "/nonexistent/film.mp4"],
        ["view", "/"],
        ["view", "rtsp://127.0.0.1:99999/x"],
        ["view", "--seconds", "nan", "rtsp://127.0.0.1/x"],
        ["view", "--screenshot", "/nonexistent/wall.png", "rtsp://127.0.0.1/x"],
        ["view", "--screenshot", "/", "rtsp://127.0.0.1/x"],
        ["view", "--stats", "/nonexistent/stats.json", "rtsp://127.0.0.1/x"],
        ["view", "--screenshot", "wall.txt", "rtsp://127.0.0.1/x"],
        ["demo", "--screenshot", "/nonexistent/wall.png"],
        ["demo", "--stats", "/nonexistent/stats.json"],
        ["demo", "--cameras", "0"],
        ["bench", "--json", "/nonexistent/result.json"],
        ["sim", "--csv", "/nonexistent/cameras.csv"],
        ["sim", "--port", "70000"],
        ["sim", "--login-file", "/nonexistent/login"],
        ["run", "--lang", "jv"],
        ["server", "run", "--port", "-1"],
        ["server", "run", "--trusted-proxy", "proksi"],
        ["server", "run", "--trusted-proxy", "0.0.0.0/0"],
        ["server", "user", "add", "12345678", "--role", "bos"],
        ["server", "webhook", "add", "polisi"],
    ],
)
def test_wrong_input_is_one_sentence_and_exit_code_two(words, capsys):
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.err.startswith("tmcwall: ")
    assert len(said.err.strip().splitlines()) == 1
    assert "secret-4711" not in said.out + said.err


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        (
            ["server", "user", "add", "12345678", "--role", "bos"],
            "operator, perwira, penyidik, supervisor, admin, kepala, auditor",
        ),
        (["server", "webhook", "add", "polisi"], "112, 110, libas"),
        (["demo", "--lang", "jv"], "id, en"),
    ],
)
def test_a_wrong_choice_names_those_that_are_allowed(words, allowed, capsys):
    main(words)
    assert allowed in capsys.readouterr().err


def test_a_password_among_words_that_are_not_understood_is_not_repeated(capsys):
    assert main(["view", "--no-such-option", "camera", "list", "rtsp://officer:secret-4711@127.0.0.1/x"]) == 2
    assert "secret-4711" not in capsys.readouterr().err


def test_a_camera_test_with_a_password_points_to_the_import_and_not_to_an_option_that_it_lacks(capsys):
    main(["camera", "test", "rtsp://officer:secret-4711@127.0.0.1/x"])
    said = capsys.readouterr().err
    assert "camera import" in said
    assert "--file" not in said


def test_errors_are_indonesian_and_english_by_option(capsys):
    main(["view"])
    indonesian = capsys.readouterr().err
    main(["view", "--lang", "en"])
    assert indonesian != capsys.readouterr().err
    assert "kamera" in indonesian
