"""The command line: reads the words, imports the command's module when the command runs, says one sentence on failure.

Exit codes: 0 done; 1 looked and found something wrong (`camera test`, `doctor`); 2 wrong input; 3 cannot start.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeAlias, TypeVar

from tmcwall import __version__
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.source import redact
from tmcwall.private_files import keep_new_files_private
from tmcwall.system_libraries import missing_library
from tmcwall.texts import Language, Text, Translator
from tmcwall.texts import commandline as say

if TYPE_CHECKING:
    from tmcwall.commands.demo_options import World
    from tmcwall.commands.server import ServerOptions

WRONG_INPUT = 2
CANNOT_START = 3

_LARGEST_PORT = 65535
_LONGEST_S = 7 * 86_400
"""A timer of Qt counts milliseconds in 31 bits."""

_DESKTOP_LIBRARIES = frozenset({"PySide6", "av", "cv2", "numpy", "keyring", "miniaudio", "openpyxl", "wakepy"})
"""What a machine that is only a server does not have (the extra `desktop`)."""

Command = Callable[[argparse.Namespace], int]
Choice = TypeVar("Choice", bound=StrEnum)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    keep_new_files_private()
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
        mistake = say.mistake_text(redact(problem.message), translator)
        sentence = translator(say.NOT_UNDERSTOOD, message=mistake, command=problem.command)
        return _say_failure(sentence, WRONG_INPUT)
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in _DESKTOP_LIBRARIES:
            raise
        return _fail(translator, Fault(FaultCode.COMPONENT_MISSING, 'pip install "tmcwall[desktop]"'), CANNOT_START)
    except ImportError as error:
        lacking = missing_library(error)
        if lacking is None:
            raise
        return _fail(translator, lacking, CANNOT_START)
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
    from tmcwall.texts.faults import explain

    return _say_failure(explain(problem, translator), code)


def _say_failure(sentence: str, code: int) -> int:
    print(f"tmcwall: {sentence}", file=sys.stderr)
    return code


def _language(words: Sequence[str]) -> Language:
    """The language before anything is parsed, so that a parsing error can be said in it."""
    for index, word in enumerate(words):
        value = words[index + 1] if word == "--lang" and index + 1 < len(words) else word.removeprefix("--lang=")
        if value in set(Language) and (word == "--lang" or word.startswith("--lang=")):
            return Language(value)
    chosen = os.environ.get("TMCWALL_LANGUAGE", "")
    return Language(chosen) if chosen in set(Language) else Language.ID


def _language_named(word: str) -> Language:
    return _chosen(Language, word, of="--lang")


def _chosen(choices: type[Choice], word: str, *, of: str) -> Choice:
    """Raises DomainError(CHOICE_UNKNOWN) that names what may be chosen."""
    if word not in set(choices):
        raise DomainError(DomainCode.CHOICE_UNKNOWN, f"{of} {word}: {', '.join(choices)}")
    return choices(word)


def _port(word: str) -> int:
    """0 takes a free one. Raises DomainError(NUMBER_OUT_OF_RANGE)."""
    port = int(word)
    if not 0 <= port <= _LARGEST_PORT:
        raise DomainError(DomainCode.NUMBER_OUT_OF_RANGE, f"--port: 0..{_LARGEST_PORT}")
    return port


def _duration(word: str) -> float:
    """Seconds, more than none. Raises DomainError(NUMBER_OUT_OF_RANGE)."""
    seconds = float(word)
    if not 0 < seconds <= _LONGEST_S:
        raise DomainError(DomainCode.NUMBER_OUT_OF_RANGE, f"--seconds: 0..{_LONGEST_S}")
    return seconds


def _ids(words: str) -> tuple[str, ...]:
    """Ids of cameras hold no commas."""
    return tuple(word.strip() for word in words.split(",") if word.strip())


def _waiting(word: str) -> float:
    """Seconds, or none. Raises DomainError(NUMBER_OUT_OF_RANGE)."""
    seconds = float(word)
    if not 0 <= seconds <= _LONGEST_S:
        raise DomainError(DomainCode.NUMBER_OUT_OF_RANGE, f"--warmup: 0..{_LONGEST_S}")
    return seconds


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


_Subparsers: TypeAlias = "argparse._SubParsersAction[_Parser]"  # noqa: SLF001 - argparse has no public name for it


class _Grammar:
    """All commands with their options, built in one language."""

    def __init__(self, translator: Translator) -> None:
        self._say = translator
        self.root = _Parser(prog="tmcwall", description=translator(say.DESCRIPTION))
        self.root.add_argument("--version", action="version", version=f"tmcwall {__version__}")
        self._common = _Parser(add_help=False)
        self._common.add_argument("--data-dir", type=Path, metavar="D", help=translator(say.DATA_DIR))
        self._common.add_argument("--lang", type=_language_named, metavar="id|en", help=translator(say.LANG))
        commands = self.root.add_subparsers(metavar="COMMAND", required=True)
        self._wall(commands)
        self._cameras(self._group("camera", say.CAMERA, under=commands))
        self._workstation(self._group("workstation", say.WORKSTATION, under=commands))
        self._officers(self._group("officer", say.OFFICER, under=commands))
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
        demo.add_argument("--until-told", action="store_true", help=self._say(say.UNTIL_TOLD))
        self._measured(demo)

        view = self._command("view", say.VIEW, _view, under=commands)
        view.add_argument("urls", nargs="*", metavar="URL", help=self._say(say.VIEW_URLS))
        view.add_argument("--file", metavar="CSV", help=self._say(say.VIEW_FILE))
        view.add_argument("--grid", metavar="CxR", help=self._say(say.GRID))
        view.add_argument("--size", metavar="WxH", help=self._say(say.SIZE))
        view.add_argument("--priority", default="", metavar="ID,...", help=self._say(say.PRIORITY))
        view.add_argument("--warmup", type=_waiting, default=0.0, metavar="S", help=self._say(say.WARMUP))
        self._measured(view)

    def _measured(self, parser: _Parser) -> None:
        parser.add_argument("--seconds", type=_duration, metavar="S", help=self._say(say.SECONDS))
        parser.add_argument("--screenshot", type=Path, metavar="F.png", help=self._say(say.SCREENSHOT))
        parser.add_argument("--stats", type=Path, metavar="F.json", help=self._say(say.STATS))

    def _cameras(self, commands: _Subparsers) -> None:
        adding = self._command("import", say.CAMERA_IMPORT, _camera_import, under=commands)
        adding.add_argument("file", type=Path, metavar="FILE")
        adding.add_argument("--dry-run", action="store_true", help=self._say(say.DRY_RUN))
        self._command("list", say.CAMERA_LIST, _camera_list, under=commands)
        exporting = self._command("export", say.CAMERA_EXPORT, _camera_export, under=commands)
        exporting.add_argument("file", type=Path, metavar="FILE")
        editing = self._command("edit", say.CAMERA_EDIT, _camera_edit, under=commands)
        retiring = self._command("retire", say.CAMERA_RETIRE, _camera_retire, under=commands)
        removing = self._command("remove", say.CAMERA_REMOVE, _camera_remove, under=commands)
        for choosing in (editing, retiring, removing):
            choosing.add_argument("cameras", type=_ids, metavar="ID[,ID...]", help=self._say(say.CAMERA_IDS))
        editing.add_argument("cells", nargs="+", metavar="COLUMN=VALUE", help=self._say(say.CAMERA_CELLS))
        for deciding in (retiring, removing):
            deciding.add_argument("--reason", default="", metavar="TEXT", help=self._say(say.REASON))
        testing = self._command("test", say.CAMERA_TEST, _camera_test, under=commands)
        testing.add_argument("camera", metavar="ID-or-URL", help=self._say(say.CAMERA_IDS))

    def _workstation(self, commands: _Subparsers) -> None:
        exporting = self._command("export", say.WORKSTATION_EXPORT, _workstation_export, under=commands)
        importing = self._command("import", say.WORKSTATION_IMPORT, _workstation_import, under=commands)
        for parser in (exporting, importing):
            parser.add_argument("file", type=Path, metavar="F")
            parser.add_argument("--passphrase-file", type=Path, metavar="F", help=self._say(say.PASSPHRASE_FILE))

    def _officers(self, commands: _Subparsers) -> None:
        self._command("list", say.OFFICER_LIST, _officer_list, under=commands)
        adding = self._command("add", say.OFFICER_ADD, _officer_add, under=commands)
        role = self._command("role", say.OFFICER_ROLE, _officer_role, under=commands)
        disable = self._command("disable", say.OFFICER_DISABLE, _officer_disable, under=commands)
        enable = self._command("enable", say.OFFICER_ENABLE, _officer_enable, under=commands)
        password = self._command("password", say.OFFICER_PASSWORD, _officer_password, under=commands)
        for parser in (adding, role, disable, enable, password):
            parser.add_argument("nrp", metavar="NRP", help=self._say(say.NRP))
        role.add_argument("role", metavar="R", help=self._say(say.ROLE))
        adding.add_argument("--role", required=True, metavar="R", help=self._say(say.ROLE))
        adding.add_argument("--full-name", required=True, metavar="TEXT", help=self._say(say.FULL_NAME))
        adding.add_argument("--rank", default="", metavar="TEXT", help=self._say(say.RANK))
        for parser in (adding, password):
            parser.add_argument("--secret-file", type=Path, metavar="F", help=self._say(say.SECRET_FILE))

    def _servers(self, commands: _Subparsers) -> None:
        run = self._command("run", say.SERVER_RUN, _server_run, under=commands)
        run.add_argument("--database", metavar="URL", help=self._say(say.DATABASE))
        run.add_argument("--blobs", metavar="URL", help=self._say(say.BLOBS))
        run.add_argument("--host", default="127.0.0.1", metavar="H", help=self._say(say.HOST))
        run.add_argument("--port", type=_port, default=8470, metavar="P", help=self._say(say.PORT))
        users = self._group("user", say.USER, under=commands)
        user = self._command("add", say.USER_ADD, _user_add, under=users)
        listing = self._command("list", say.USER_LIST, _user_list, under=users)
        disable = self._command("disable", say.USER_DISABLE, _user_disable, under=users)
        enable = self._command("enable", say.USER_ENABLE, _user_enable, under=users)
        role = self._command("role", say.USER_ROLE, _user_role, under=users)
        password = self._command("password", say.USER_PASSWORD, _user_password, under=users)
        for changing in (disable, enable, role, password):
            changing.add_argument("name", metavar="NAME")
        for parser in (listing, disable, enable, role, password):
            parser.add_argument("--database", metavar="URL", help=self._say(say.DATABASE))
        role.add_argument("role", metavar="R", help=self._say(say.ROLE))
        password.add_argument("--secret-file", type=Path, metavar="F", help=self._say(say.SECRET_FILE))
        user.add_argument("--role", required=True, metavar="R", help=self._say(say.ROLE))
        webhooks = self._group("webhook", say.WEBHOOK, under=commands)
        webhook = self._command("add", say.WEBHOOK_ADD, _webhook_add, under=webhooks)
        for adding in (user, webhook):
            adding.add_argument("name", metavar="NAME")
            adding.add_argument("--database", metavar="URL", help=self._say(say.DATABASE))
            adding.add_argument("--secret-file", type=Path, metavar="F", help=self._say(say.SECRET_FILE))
        user.add_argument("--full-name", default="", metavar="TEXT", help=self._say(say.FULL_NAME))

    def _machine(self, commands: _Subparsers) -> None:
        sim = self._command("sim", say.SIM, _sim, under=commands)
        sim.add_argument("--cameras", type=int, default=16, metavar="N", help=self._say(say.CAMERAS))
        sim.add_argument("--port", type=_port, default=8554, metavar="P", help=self._say(say.PORT))
        sim.add_argument("--clip", type=Path, metavar="FILE", help=self._say(say.CLIP))
        sim.add_argument("--certificate", type=Path, metavar="FILE", help=self._say(say.CERTIFICATE))
        sim.add_argument("--key", type=Path, metavar="FILE", help=self._say(say.CERTIFICATE_KEY))
        sim.add_argument("--fault", action="append", default=[], metavar="CAMERA=NAME[:ARG]", help=self._say(say.FAULT))
        sim.add_argument("--login-file", type=Path, metavar="F", help=self._say(say.LOGIN_FILE))
        sim.add_argument("--list", action="store_true", help=self._say(say.LIST_URLS))
        sim.add_argument("--csv", type=Path, metavar="FILE", help=self._say(say.SIM_CSV))
        sim.add_argument("--until-input-ends", action="store_true", help=self._say(say.UNTIL_INPUT_ENDS))
        bench = self._command("bench", say.BENCH, _bench, under=commands)
        bench.add_argument("--json", type=Path, metavar="F.json", help=self._say(say.BENCH_JSON))
        bench.add_argument("--seconds", type=float, default=15.0, metavar="S", help=self._say(say.BENCH_SECONDS))
        bench.add_argument("--tiles", default="36,64", metavar="N,...", help=self._say(say.BENCH_TILES))
        bench.add_argument("--overload", type=int, default=144, metavar="N", help=self._say(say.BENCH_OVERLOAD))
        bench.add_argument("--clip", type=Path, metavar="FILE", help=self._say(say.CLIP))
        bench.add_argument("--on-screen", action="store_true", help=self._say(say.BENCH_ON_SCREEN))
        licences = self._command("licences", say.LICENCES, _licences, under=commands)
        licences.add_argument("name", nargs="?", metavar="NAME", help=self._say(say.LICENCES_NAME))
        doctor = self._command("doctor", say.DOCTOR, _doctor, under=commands)
        doctor.add_argument("--json", action="store_true", help=self._say(say.JSON))
        doctor.add_argument("--support-bundle", type=Path, metavar="F.zip", help=self._say(say.SUPPORT_BUNDLE))


def _run(options: argparse.Namespace) -> int:
    from tmcwall.commands.desktop import RunOptions, run_desktop

    return run_desktop(
        RunOptions(data_dir=options.data_dir, language=options.lang, layout=options.layout, kiosk=options.kiosk)
    )


def _demo(options: argparse.Namespace) -> int:
    from tmcwall.commands.demo import run_demo
    from tmcwall.commands.demo_options import DemoOptions

    return run_demo(
        DemoOptions(
            world=_demo_world(),
            data_dir=options.data_dir,
            language=options.lang,
            cameras=options.cameras,
            seconds=options.seconds,
            until_told=options.until_told,
            screenshot=options.screenshot,
            stats=options.stats,
        )
    )


def _demo_world() -> World:
    """City and server administration for the demo, which may import neither."""
    from tmcwall.commands.server import ServerOptions, user_add, webhook_add
    from tmcwall.domain.clock import SystemClock
    from tmcwall.domain.incident import Source
    from tmcwall.domain.officer import Role
    from tmcwall.sim.demo_scenario import DemoScenario

    class DemoWorld(DemoScenario):
        def prepare_server(self, data: Path, *, nrp: str, password: str, webhook_secret: str) -> None:
            server = ServerOptions(data_dir=data)
            user_add(server, nrp, role=Role.SUPERVISOR, password=password, name="Petugas Peraga")
            webhook_add(server, Source.CALL_112, secret=webhook_secret)

    return DemoWorld(clock=SystemClock())


def _view(options: argparse.Namespace) -> int:
    from tmcwall.commands.view import ViewOptions, hardware_asked, run_view
    from tmcwall.paths import Paths

    paths = Paths.under(options.data_dir) if options.data_dir else Paths.of_user()
    return run_view(
        ViewOptions(
            sources=tuple(options.urls),
            list_file=options.file,
            grid=options.grid,
            size=options.size,
            priority=tuple(name for name in options.priority.split(",") if name),
            warmup_s=options.warmup,
            seconds=options.seconds,
            screenshot=options.screenshot,
            stats=options.stats,
            language=options.lang or _language(()),
            hardware=hardware_asked(paths.settings, os.environ, managed=paths.managed_settings),
        )
    )


def _camera_import(options: argparse.Namespace) -> int:
    from tmcwall.commands.camera import run_import

    return run_import(options.file, data_dir=options.data_dir, dry_run=options.dry_run, translate=_translator(options))


def _camera_list(options: argparse.Namespace) -> int:
    from tmcwall.commands.camera import run_list

    return run_list(data_dir=options.data_dir, translate=_translator(options))


def _camera_edit(options: argparse.Namespace) -> int:
    from tmcwall.commands.camera import run_edit

    return run_edit(options.cameras, options.cells, data_dir=options.data_dir, translate=_translator(options))


def _camera_retire(options: argparse.Namespace) -> int:
    from tmcwall.commands.camera import run_retire

    return run_retire(
        options.cameras, reason=options.reason, data_dir=options.data_dir, translate=_translator(options)
    )  # fmt: skip


def _camera_remove(options: argparse.Namespace) -> int:
    from tmcwall.commands.camera import run_remove

    return run_remove(
        options.cameras, reason=options.reason, data_dir=options.data_dir, translate=_translator(options)
    )  # fmt: skip


def _camera_export(options: argparse.Namespace) -> int:
    from tmcwall.commands.camera import run_export

    return run_export(options.file, data_dir=options.data_dir, translate=_translator(options))


def _camera_test(options: argparse.Namespace) -> int:
    from tmcwall.commands.camera import run_test

    return run_test(options.camera, data_dir=options.data_dir, translate=_translator(options))


def _workstation_export(options: argparse.Namespace) -> int:
    from tmcwall.commands.workstation import run_export

    passphrase = partial(_passphrase, options, confirmed=True)
    return run_export(
        options.file, data_dir=options.data_dir, passphrase=passphrase, translate=_translator(options)
    )  # fmt: skip


def _workstation_import(options: argparse.Namespace) -> int:
    from tmcwall.commands.workstation import run_import

    passphrase = partial(_passphrase, options, confirmed=False)
    return run_import(
        options.file, data_dir=options.data_dir, passphrase=passphrase, translate=_translator(options)
    )  # fmt: skip


def _passphrase(options: argparse.Namespace, *, confirmed: bool) -> str:
    """From the file named, else asked for on the terminal, twice where it is `confirmed`; never an argument.

    Raises DomainError(PASSPHRASE_DIFFERS, INPUT_UNREADABLE).
    """
    from getpass import getpass

    from tmcwall.commands.secret_file import read_secret

    if options.passphrase_file:
        return read_secret(options.passphrase_file)
    translate = _translator(options)
    try:
        passphrase = getpass(translate(say.ASK_PASSPHRASE))
        if confirmed and getpass(translate(say.ASK_PASSPHRASE_AGAIN)) != passphrase:
            raise DomainError(DomainCode.PASSPHRASE_DIFFERS)
    except EOFError as error:
        raise DomainError(DomainCode.INPUT_UNREADABLE, "--passphrase-file") from error
    return passphrase


def _officer_list(options: argparse.Namespace) -> int:
    from tmcwall.commands.officer import run_list

    return run_list(data_dir=options.data_dir, translate=_translator(options))


def _officer_add(options: argparse.Namespace) -> int:
    from tmcwall.commands.officer import run_add
    from tmcwall.domain.officer import Role

    role = _chosen(Role, options.role, of="--role")
    return run_add(
        options.nrp,
        rank=options.rank,
        name=options.full_name,
        role=role,
        password=_secret(options, say.ASK_PASSWORD),
        data_dir=options.data_dir,
        translate=_translator(options),
    )


def _officer_role(options: argparse.Namespace) -> int:
    from tmcwall.commands.officer import run_role
    from tmcwall.domain.officer import Role

    role = _chosen(Role, options.role, of="role")
    return run_role(options.nrp, role, data_dir=options.data_dir, translate=_translator(options))


def _officer_disable(options: argparse.Namespace) -> int:
    from tmcwall.commands.officer import run_disable

    return run_disable(options.nrp, data_dir=options.data_dir, translate=_translator(options))


def _officer_enable(options: argparse.Namespace) -> int:
    from tmcwall.commands.officer import run_enable

    return run_enable(options.nrp, data_dir=options.data_dir, translate=_translator(options))


def _officer_password(options: argparse.Namespace) -> int:
    from tmcwall.commands.officer import run_password

    password = _secret(options, say.ASK_PASSWORD)
    return run_password(options.nrp, password=password, data_dir=options.data_dir, translate=_translator(options))


def _server_run(options: argparse.Namespace) -> int:
    from tmcwall.commands.server import open_log, run

    server = _server_options(options)
    with open_log(server, console=sys.stderr):
        run(server)
    return 0


def _user_add(options: argparse.Namespace) -> int:
    from tmcwall.commands.server import is_new, user_add
    from tmcwall.domain.officer import Role

    role = _chosen(Role, options.role, of="--role")
    server = _server_options(options)
    new = is_new(server, may_be_made=_may_be_made(options))
    password = _secret(options, say.ASK_PASSWORD)
    user_add(server, options.name, role=role, password=password, name=options.full_name)
    _tell_new(server, options, new=new)
    return 0


def _user_list(options: argparse.Namespace) -> int:
    from tmcwall.commands.server import user_list
    from tmcwall.texts import officers as texts
    from tmcwall.ui.console.officers import account_state_text, name_text

    translate = _translator(options)
    for account in user_list(_existing_server(options)):
        officer = account.officer
        role = translate(texts.ROLES[officer.role])
        print("  ".join((officer.nrp, name_text(officer), role, account_state_text(account, translate))))
    return 0


def _user_disable(options: argparse.Namespace) -> int:
    from tmcwall.commands.server import user_disable
    from tmcwall.texts.officers import DISABLED

    user_disable(_existing_server(options), options.name)
    print(_translator(options)(DISABLED, nrp=options.name))
    return 0


def _user_enable(options: argparse.Namespace) -> int:
    from tmcwall.commands.server import user_enable
    from tmcwall.texts.officers import ENABLED

    user_enable(_existing_server(options), options.name)
    print(_translator(options)(ENABLED, nrp=options.name))
    return 0


def _user_role(options: argparse.Namespace) -> int:
    from tmcwall.commands.server import user_role
    from tmcwall.domain.officer import Role
    from tmcwall.texts import officers as texts

    role, translate = _chosen(Role, options.role, of="role"), _translator(options)
    user_role(_existing_server(options), options.name, role)
    print(translate(texts.ROLE_CHANGED, nrp=options.name, role=translate(texts.ROLES[role])))
    return 0


def _user_password(options: argparse.Namespace) -> int:
    from tmcwall.commands.server import user_password
    from tmcwall.texts.officers import SERVER_PASSWORD

    server = _existing_server(options)
    user_password(server, options.name, password=_secret(options, say.ASK_PASSWORD))
    print(_translator(options)(SERVER_PASSWORD, nrp=options.name))
    return 0


def _existing_server(options: argparse.Namespace) -> ServerOptions:
    """Raises Fault(SERVER_MISSING): these commands make no database."""
    from tmcwall.commands.server import is_new

    server = _server_options(options)
    is_new(server, may_be_made=False)
    return server


def _webhook_add(options: argparse.Namespace) -> int:
    from tmcwall.commands.secret_file import read_secret
    from tmcwall.commands.server import is_new, webhook_add
    from tmcwall.domain.incident import Source

    source = _chosen(Source, options.name, of="webhook add")
    server = _server_options(options)
    new = is_new(server, may_be_made=_may_be_made(options))
    given = read_secret(options.secret_file) if options.secret_file else None
    secret = webhook_add(server, source, secret=given)
    _tell_new(server, options, new=new)
    if given is None:
        print(secret)
    return 0


def _may_be_made(options: argparse.Namespace) -> bool:
    """Whether a database that is not there may be made: its place was named, and is a server's or empty."""
    if options.database is not None:
        return True
    folder: Path | None = options.data_dir
    return folder is not None and folder.is_dir() and ((folder / "server").is_dir() or not any(folder.iterdir()))


def _tell_new(server: ServerOptions, options: argparse.Namespace, *, new: bool) -> None:
    if new:
        place = options.database or server.folder
        print(f"tmcwall: {_translator(options)(say.NEW_DATABASE, place=place)}", file=sys.stderr)


def _server_options(options: argparse.Namespace) -> ServerOptions:
    from tmcwall.commands.server import ServerOptions
    from tmcwall.paths import Paths

    paths = Paths.under(options.data_dir) if options.data_dir else Paths.of_user()
    given = {
        name: getattr(options, name) for name in ("blobs", "host", "port") if getattr(options, name, None) is not None
    }
    return ServerOptions(data_dir=paths.data, database=options.database, **given)


def _secret(options: argparse.Namespace, question: Text) -> str:
    """From the file named, else asked for on the terminal; never an argument."""
    from getpass import getpass

    from tmcwall.commands.secret_file import read_secret

    if options.secret_file:
        return read_secret(options.secret_file)
    return getpass(_translator(options)(question))


def _sim(options: argparse.Namespace) -> int:
    from tmcwall.commands.results import check_result
    from tmcwall.commands.sim import SimOptions, main
    from tmcwall.sim.city import first_cameras, write_csv
    from tmcwall.texts.sim import TROUBLES

    say = _translator(options)
    username = password = ""
    if options.login_file is not None:
        username, password = _read_login(options.login_file)
    check_result(options.csv)
    if options.csv is not None:
        write_csv(options.csv, options.port, first_cameras(options.cameras), username=username, password=password)
    return main(
        SimOptions(
            cameras=options.cameras,
            port=options.port,
            clip=options.clip,
            certificate=options.certificate,
            key=options.key,
            faults=tuple(options.fault),
            list_urls=options.list,
            ends_with_input=options.until_input_ends,
            sentences={name: say(text) for name, text in TROUBLES.items()},
            username=username,
            password=password,
        )
    )


def _read_login(path: Path) -> tuple[str, str]:
    """A user name and a password, each on a line of its own."""
    try:
        username, password = path.read_text("utf-8").splitlines()[:2]
    except (OSError, ValueError) as error:
        raise DomainError(DomainCode.INPUT_UNREADABLE, str(path)) from error
    return username, password


def _bench(options: argparse.Namespace) -> int:
    from tmcwall.commands.bench import BenchOptions, run_bench
    from tmcwall.commands.sim import default_cache
    from tmcwall.sim.single import scene_file, stream_paths

    counts = [count for count in options.tiles.split(",") if count]
    if not all(count.isdecimal() for count in counts):
        raise DomainError(DomainCode.NUMBER_OUT_OF_RANGE, f"--tiles {options.tiles}: 1..256")
    return run_bench(
        BenchOptions(
            clip=options.clip or partial(scene_file, default_cache()),
            paths=stream_paths,
            tiles=tuple(map(int, counts)),
            overload=options.overload,
            seconds=options.seconds,
            json=options.json,
            on_screen=options.on_screen,
        ),
        translate=_translator(options),
    )


def _doctor(options: argparse.Namespace) -> int:
    from tmcwall.commands.doctor import run_doctor

    return run_doctor(
        data_dir=options.data_dir,
        as_json=options.json,
        translate=_translator(options),
        support_bundle=options.support_bundle,
    )


def _licences(options: argparse.Namespace) -> int:
    from tmcwall.commands.licences import run_licences

    return run_licences(options.name, translate=_translator(options))


def _translator(options: argparse.Namespace) -> Translator:
    return Translator(options.lang or _language(()))


def _engine_process(words: Sequence[str]) -> int:
    from tmcwall.video.engine.process import main as engine

    return engine(words)


def _probe_process(words: Sequence[str]) -> int:
    from tmcwall.doctor.probes import main as probe

    return probe(words)


def _scene_process(words: Sequence[str]) -> int:
    from tmcwall.sim.encode import main as draw

    return draw(words)


def _baseline_process(words: Sequence[str]) -> int:
    from tmcwall.bench.decode_baseline import main as baseline

    return baseline(words)


def _decoder_process(words: Sequence[str]) -> int:
    from tmcwall.video.decode.process import main as decoder

    return decoder(words)


def _demuxer_process(words: Sequence[str]) -> int:
    from tmcwall.video.sessions.compat_demuxer import main as demuxer

    return demuxer(words)


_CHILD_PROCESSES = {
    "engine-process": _engine_process,
    "decoder-process": _decoder_process,
    "demuxer-process": _demuxer_process,
    "doctor-probe": _probe_process,
    "baseline-process": _baseline_process,
    "scene-process": _scene_process,
}
"""How a bundled program starts itself as its own children."""
