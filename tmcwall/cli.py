"""The command line: reads the words, imports the command's module when the command runs, says one sentence on failure.

Exit codes: 0 done; 1 the command looked and found something wrong (`camera test`, `doctor`); 2 wrong input; 3 cannot start.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, TypeAlias

from tmcwall import __version__
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.ui.texts import Language, Text, Translator
from tmcwall.ui.texts import commandline as say

WRONG_INPUT = 2
CANNOT_START = 3

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] in _CHILD_PROCESSES:
        return _CHILD_PROCESSES[words[0]](words[1:])
    translator = Translator(_language(words))
    if not words or (words[0].startswith("-") and words[0] not in {"-h", "--help", "--version"}):
        words.insert(0, "run")
    try:
        options = _Grammar(translator).root.parse_args(words)
        command: Command = options.command
        return command(options)
    except _NotUnderstood as problem:
        sentence = translator(say.NOT_UNDERSTOOD, message=problem.message, command=problem.command)
        return _say_failure(sentence, WRONG_INPUT)
    except DomainError as error:
        return _fail(translator, error, WRONG_INPUT)
    except Fault as fault:
        return _fail(translator, fault, CANNOT_START)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _fail(translator: Translator, problem: DomainError | Fault, code: int) -> int:
    from tmcwall.ui.texts.faults import fault_text

    sentence = translator(fault_text(problem.code))
    detail = translator(say.DETAIL, detail=problem.detail) if problem.detail else ""
    return _say_failure(sentence + detail, code)


def _say_failure(sentence: str, code: int) -> int:
    print(f"tmcwall: {sentence}", file=sys.stderr)  # noqa: T201 - the command line speaks here
    return code


def _language(words: Sequence[str]) -> Language:
    """The language before anything is parsed, so that a parsing error can be said in it."""
    for index, word in enumerate(words):
        value = words[index + 1] if word == "--lang" and index + 1 < len(words) else word.removeprefix("--lang=")
        if value in set(Language) and (word == "--lang" or word.startswith("--lang=")):
            return Language(value)
    chosen = os.environ.get("TMCWALL_LANGUAGE", "")
    return Language(chosen) if chosen in set(Language) else Language.ID


class _NotUnderstood(Exception):
    """The words do not make a command."""

    def __init__(self, message: str, command: str) -> None:
        super().__init__(message)
        self.message = message
        self.command = command


class _Parser(argparse.ArgumentParser):
    """Raises instead of printing, so that the error is said in the chosen language."""

    def error(self, message: str) -> NoReturn:
        raise _NotUnderstood(message, self.prog)


_Subparsers: TypeAlias = "argparse._SubParsersAction[_Parser]"


class _Grammar:
    """All commands with their options, built in one language."""

    def __init__(self, translator: Translator) -> None:
        self._say = translator
        self.root = _Parser(prog="tmcwall", description=translator(say.DESCRIPTION))
        self.root.add_argument("--version", action="version", version=f"tmcwall {__version__}")
        self._common = argparse.ArgumentParser(add_help=False)
        self._common.add_argument("--data-dir", type=Path, metavar="D", help=translator(say.DATA_DIR))
        self._common.add_argument(
            "--lang", choices=list(Language), type=Language, metavar="id|en", help=translator(say.LANG)
        )
        commands = self.root.add_subparsers(metavar="COMMAND", required=True)
        self._wall(commands)
        self._cameras(self._group("camera", say.CAMERA, under=commands))
        self._servers(self._group("server", say.SERVER, under=commands))
        self._machine(commands)

    def _command(self, name: str, text: Text, command: Command, *, under: _Subparsers) -> _Parser:
        parser = under.add_parser(name, parents=[self._common], help=self._say(text), description=self._say(text))
        parser.set_defaults(command=command)
        return parser

    def _group(self, name: str, text: Text, *, under: _Subparsers) -> _Subparsers:
        parser = under.add_parser(name, help=self._say(text), description=self._say(text))
        return parser.add_subparsers(metavar="COMMAND", required=True)

    def _wall(self, commands: _Subparsers) -> None:
        run = self._command("run", say.RUN, _run, under=commands)
        run.add_argument("--layout", metavar="NAME", help=self._say(say.LAYOUT))
        run.add_argument("--kiosk", action="store_true", help=self._say(say.KIOSK))

        demo = self._command("demo", say.DEMO, _demo, under=commands)
        demo.add_argument("--cameras", type=int, default=16, metavar="N", help=self._say(say.CAMERAS))
        self._measured(demo)

        view = self._command("view", say.VIEW, _view, under=commands)
        view.add_argument("urls", nargs="*", metavar="URL", help=self._say(say.VIEW_URLS))
        view.add_argument("--file", metavar="CSV", help=self._say(say.VIEW_FILE))
        view.add_argument("--grid", metavar="CxR", help=self._say(say.GRID))
        view.add_argument("--size", metavar="WxH", help=self._say(say.SIZE))
        view.add_argument("--priority", default="", metavar="ID,...", help=self._say(say.PRIORITY))
        view.add_argument("--warmup", type=float, default=0.0, metavar="S", help=self._say(say.WARMUP))
        self._measured(view)

    def _measured(self, parser: _Parser) -> None:
        parser.add_argument("--seconds", type=float, metavar="S", help=self._say(say.SECONDS))
        parser.add_argument("--screenshot", type=Path, metavar="F.png", help=self._say(say.SCREENSHOT))
        parser.add_argument("--stats", type=Path, metavar="F.json", help=self._say(say.STATS))

    def _cameras(self, commands: _Subparsers) -> None:
        adding = self._command("import", say.CAMERA_IMPORT, _camera_import, under=commands)
        adding.add_argument("file", type=Path, metavar="FILE")
        adding.add_argument("--dry-run", action="store_true", help=self._say(say.DRY_RUN))
        self._command("list", say.CAMERA_LIST, _camera_list, under=commands)
        testing = self._command("test", say.CAMERA_TEST, _camera_test, under=commands)
        testing.add_argument("camera", metavar="ID-or-URL")

    def _servers(self, commands: _Subparsers) -> None:
        run = self._command("run", say.SERVER_RUN, _server_run, under=commands)
        run.add_argument("--database", metavar="URL", help=self._say(say.DATABASE))
        run.add_argument("--blobs", metavar="URL", help=self._say(say.BLOBS))
        run.add_argument("--host", default="127.0.0.1", metavar="H", help=self._say(say.HOST))
        run.add_argument("--port", type=int, default=8470, metavar="P", help=self._say(say.PORT))
        user = self._command("add", say.USER_ADD, _user_add, under=self._group("user", say.USER, under=commands))
        user.add_argument("--role", required=True, metavar="R", help=self._say(say.ROLE))
        webhooks = self._group("webhook", say.WEBHOOK, under=commands)
        webhook = self._command("add", say.WEBHOOK_ADD, _webhook_add, under=webhooks)
        for adding in (user, webhook):
            adding.add_argument("name", metavar="NAME")
            adding.add_argument("--database", metavar="URL", help=self._say(say.DATABASE))
            adding.add_argument("--secret-file", type=Path, metavar="F", help=self._say(say.SECRET_FILE))

    def _machine(self, commands: _Subparsers) -> None:
        sim = self._command("sim", say.SIM, _sim, under=commands)
        sim.add_argument("--cameras", type=int, default=16, metavar="N", help=self._say(say.CAMERAS))
        sim.add_argument("--port", type=int, default=8554, metavar="P", help=self._say(say.PORT))
        sim.add_argument("--clip", type=Path, metavar="FILE", help=self._say(say.CLIP))
        sim.add_argument("--fault", action="append", default=[], metavar="CAMERA=NAME[:ARG]", help=self._say(say.FAULT))
        doctor = self._command("doctor", say.DOCTOR, _doctor, under=commands)
        doctor.add_argument("--json", action="store_true", help=self._say(say.JSON))
