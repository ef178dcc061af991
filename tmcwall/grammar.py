"""The words of the command line: commands, their options and their help, in one language."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import NoReturn, TypeAlias, TypeVar
from uuid import UUID

from tmcwall import __version__, command_runs, server_device_runs, server_runs
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.incident import Source
from tmcwall.domain.officer import Role
from tmcwall.logbook import ConsoleFormat
from tmcwall.texts import Language, Text, Translator
from tmcwall.texts import commandline as say
from tmcwall.texts import login_sharing as login_texts

_MOST_WORKERS = 64
_LARGEST_PORT = 65535
_KEEP_DAYS = 90
_LONGEST_LIST = 1_000_000
_LONGEST_CODE_HOURS = 30 * 24
_LONGEST_OVERLAP_H = 30 * 24
_LONGEST_S = 7 * 86_400
"""A timer of Qt counts milliseconds in 31 bits."""

Command = Callable[[argparse.Namespace], int]
"""Runs with the options of its words, and gives the exit code."""
Choice = TypeVar("Choice", bound=StrEnum)


class NotUnderstood(Exception):
    """The words do not make a command."""

    def __init__(self, message: str, command: str) -> None:
        super().__init__(message)
        self.message = message
        self.command = command


class _Parser(argparse.ArgumentParser):
    """Raises instead of printing, so that the error is said in the chosen language."""

    def error(self, message: str) -> NoReturn:
        raise NotUnderstood(message, self.prog)


_Subparsers: TypeAlias = "argparse._SubParsersAction[_Parser]"  # noqa: SLF001 - argparse has no public name for it


class Grammar:
    """All commands with their options, built in one language."""

    def __init__(self, translator: Translator) -> None:
        self._say = translator
        self._root = _Parser(prog="tmcwall", description=translator(say.DESCRIPTION))
        self._root.add_argument("--version", action="version", version=f"tmcwall {__version__}")
        self._common = _Parser(add_help=False)
        self._common.add_argument("--data-dir", type=Path, metavar="D", help=translator(say.DATA_DIR))
        self._common.add_argument("--lang", type=_language_named, metavar="id|en", help=translator(say.LANG))
        commands = self._root.add_subparsers(metavar="COMMAND", required=True)
        self._wall(commands)
        self._cameras(self._group("camera", say.CAMERA, under=commands))
        self._coverage(commands)
        self._regions(self._group("region", say.REGION, under=commands))
        self._relay(self._group("relay", say.RELAY, under=commands))
        self._evidence(commands)
        self._workstation(self._group("workstation", say.WORKSTATION, under=commands))
        self._officers(self._group("officer", say.OFFICER, under=commands))
        servers = self._group("server", say.SERVER, under=commands)
        self._servers(servers)
        self._server_upkeep(servers)
        self._machine(commands)

    def parse(self, words: Sequence[str]) -> tuple[Command, argparse.Namespace]:
        """The command that the words name, and its options.

        Raises NotUnderstood; DomainError(CHOICE_UNKNOWN, NUMBER_OUT_OF_RANGE) for a word that is none of what may
        stand there. `--help` and `--version` end the program, as argparse has it.
        """
        options = self._root.parse_args(words)
        command: Command = options.command
        return command, options

    def _command(self, name: str, text: Text, command: Command, *, under: _Subparsers) -> _Parser:
        parser = under.add_parser(name, parents=[self._common], help=self._say(text), description=self._say(text))
        parser.set_defaults(command=command)
        return parser

    def _group(self, name: str, text: Text, *, under: _Subparsers, also: Sequence[str] = ()) -> _Subparsers:
        """`also`: names of earlier versions."""
        parser = under.add_parser(name, aliases=also, help=self._say(text), description=self._say(text))
        return parser.add_subparsers(metavar="COMMAND", required=True)

    def _wall(self, commands: _Subparsers) -> None:
        desktop = self._command("run", say.RUN, command_runs.desktop, under=commands)
        desktop.add_argument("--layout", metavar="NAME", help=self._say(say.LAYOUT))
        desktop.add_argument("--kiosk", action="store_true", help=self._say(say.KIOSK))

        demo = self._command("demo", say.DEMO, command_runs.demo, under=commands)
        demo.add_argument("--cameras", type=int, default=16, metavar="N", help=self._say(say.CAMERAS))
        demo.add_argument("--day", type=float, nargs="?", const=1.0, metavar="SPEED", help=self._say(say.DEMO_DAY))
        demo.add_argument("--until-told", action="store_true", help=self._say(say.UNTIL_TOLD))
        self._measured(demo)

        view = self._command("view", say.VIEW, command_runs.view, under=commands)
        view.add_argument("urls", nargs="*", metavar="URL", help=self._say(say.VIEW_URLS))
        view.add_argument("--file", metavar="CSV", help=self._say(say.VIEW_FILE))
        view.add_argument("--grid", metavar="CxR", help=self._say(say.GRID))
        view.add_argument("--size", metavar="WxH", help=self._say(say.SIZE))
        view.add_argument("--priority", default="", metavar="ID,...", help=self._say(say.PRIORITY))
        view.add_argument(
            "--warmup", type=_number("--warmup", most=_LONGEST_S), default=0.0, metavar="S", help=self._say(say.WARMUP)
        )
        self._measured(view)

    def _measured(self, parser: _Parser) -> None:
        parser.add_argument("--seconds", type=_duration, metavar="S", help=self._say(say.SECONDS))
        parser.add_argument("--screenshot", type=Path, metavar="F.png", help=self._say(say.SCREENSHOT))
        parser.add_argument("--stats", type=Path, metavar="F.json", help=self._say(say.STATS))

    def _regions(self, commands: _Subparsers) -> None:
        adding = self._command("import", say.REGION_IMPORT, command_runs.region_import, under=commands)
        adding.add_argument("file", type=Path, metavar="FILE")
        adding.add_argument("--dry-run", action="store_true", help=self._say(say.DRY_RUN))

    def _cameras(self, commands: _Subparsers) -> None:
        adding = self._command("import", say.CAMERA_IMPORT, command_runs.camera_import, under=commands)
        adding.add_argument("file", type=Path, metavar="FILE")
        adding.add_argument("--dry-run", action="store_true", help=self._say(say.DRY_RUN))
        adding.add_argument("--share-logins", action="store_true", help=self._say(login_texts.SHARE_LOGINS))
        self._command("list", say.CAMERA_LIST, command_runs.camera_list, under=commands)
        exporting = self._command("export", say.CAMERA_EXPORT, command_runs.camera_export, under=commands)
        exporting.add_argument("file", type=Path, metavar="FILE")
        editing = self._command("edit", say.CAMERA_EDIT, command_runs.camera_edit, under=commands)
        retiring = self._command("retire", say.CAMERA_RETIRE, command_runs.camera_retire, under=commands)
        removing = self._command("remove", say.CAMERA_REMOVE, command_runs.camera_remove, under=commands)
        for choosing in (editing, retiring, removing):
            choosing.add_argument("cameras", type=_ids, metavar="ID[,ID...]", help=self._say(say.CAMERA_IDS))
        editing.add_argument("cells", nargs="+", metavar="COLUMN=VALUE", help=self._say(say.CAMERA_CELLS))
        for deciding in (retiring, removing):
            deciding.add_argument("--reason", default="", metavar="TEXT", help=self._say(say.REASON))
        certifying = self._command("certificate", say.AVAILABILITY, command_runs.camera_certificate, under=commands)
        certifying.add_argument("cameras", type=_ids, metavar="ID[,ID...]", help=self._say(say.CAMERA_IDS))
        certifying.add_argument("--since", required=True, metavar="T", help=self._say(say.SINCE))
        certifying.add_argument("--until", required=True, metavar="T", help=self._say(say.UNTIL))
        certifying.add_argument("--out", type=Path, required=True, metavar="DIR", help=self._say(say.CERTIFICATE_OUT))
        certifying.add_argument("--nrp", metavar="N", help=self._say(say.NRP))
        certifying.add_argument("--secret-file", type=Path, metavar="F", help=self._say(say.SECRET_FILE))
        testing = self._command("test", say.CAMERA_TEST, command_runs.camera_test, under=commands)
        testing.add_argument("camera", metavar="ID-or-URL", help=self._say(say.CAMERA_IDS))
        testing.add_argument("--picture", type=Path, metavar="F", help=self._say(say.TEST_PICTURE))
        testing.add_argument("--json", action="store_true", help=self._say(say.JSON))
        looking = self._command("discover", say.CAMERA_DISCOVER, command_runs.camera_discover, under=commands)
        looking.add_argument("--subnet", action="append", default=[], metavar="CIDR", help=self._say(say.SUBNET))
        looking.add_argument("--csv", type=Path, metavar="F.csv", help=self._say(say.DISCOVERED_CSV))

    def _coverage(self, commands: _Subparsers) -> None:
        counting = self._command("coverage", say.COVERAGE, command_runs.coverage, under=commands)
        counting.add_argument("town", metavar="CODE", help=self._say(say.COVERAGE_TOWN))
        counting.add_argument("--out", type=Path, required=True, metavar="DIR", help=self._say(say.COVERAGE_OUT))
        counting.add_argument("--nrp", metavar="N", help=self._say(say.NRP))
        counting.add_argument("--secret-file", type=Path, metavar="F", help=self._say(say.SECRET_FILE))

    def _relay(self, commands: _Subparsers) -> None:
        config = self._command("config", say.RELAY_CONFIG, command_runs.relay_config, under=commands)
        config.add_argument("--out", type=Path, required=True, metavar="DIR", help=self._say(say.RELAY_OUT))
        config.add_argument("--check", action="store_true", help=self._say(say.RELAY_CHECK))
        login = self._command("login", say.RELAY_LOGIN, command_runs.relay_login, under=commands)
        login.add_argument("--secret-file", type=Path, required=True, metavar="F", help=self._say(say.SECRET_FILE))

    def _evidence(self, commands: _Subparsers) -> None:
        cases = self._group("case", say.CASE, under=commands)
        listing = self._command("list", say.CASE_LIST, command_runs.case_list, under=cases)
        showing = self._command("show", say.CASE_SHOW, command_runs.case_show, under=cases)
        evidence = self._group("evidence", say.EVIDENCE, under=commands)
        exporting = self._command("export", say.EVIDENCE_EXPORT, command_runs.evidence_export, under=evidence)
        verifying = self._command("verify", say.EVIDENCE_VERIFY, command_runs.evidence_verify, under=evidence)
        custody = self._command("custody", say.EVIDENCE_CUSTODY, command_runs.evidence_custody, under=evidence)
        custody.add_argument("--case", default="", metavar="LP", help=self._say(say.LP))
        custody.add_argument("--camera", default="", metavar="ID", help=self._say(say.CUSTODY_CAMERA))
        custody.add_argument("--officer", default="", metavar="NRP", help=self._say(say.NRP))
        custody.add_argument("--csv", type=Path, metavar="F", help=self._say(say.CUSTODY_CSV))
        for parser in (showing, exporting):
            parser.add_argument("lp", metavar="LP", help=self._say(say.LP))
        for parser in (listing, showing, verifying):
            parser.add_argument("--json", action="store_true", help=self._say(say.JSON))
        exporting.add_argument("--out", type=Path, required=True, metavar="DIR", help=self._say(say.EVIDENCE_OUT))
        for parser in (exporting, custody):
            parser.add_argument("--nrp", metavar="N", help=self._say(say.NRP))
            parser.add_argument("--secret-file", type=Path, metavar="F", help=self._say(say.SECRET_FILE))
        exporting.add_argument("--basis", default="", metavar="TEXT", help=self._say(say.BASIS))
        exporting.add_argument("--consent", default="", metavar="NUMBER", help=self._say(say.CONSENT))
        exporting.add_argument("--signing-key", type=Path, metavar="F", help=self._say(say.SIGNING_KEY))
        exporting.add_argument("--passphrase-file", type=Path, metavar="F", help=self._say(say.KEY_PASSPHRASE_FILE))
        exporting.add_argument("--tsa", default="", metavar="URL", help=self._say(say.TSA))
        exporting.add_argument("--counter-sign", action="store_true", help=self._say(say.COUNTER_SIGN))
        exporting.add_argument("--no-viewing-copy", action="store_true", help=self._say(say.NO_VIEWING_COPY))
        exporting.add_argument("--availability", action="store_true", help=self._say(say.WITH_AVAILABILITY))
        verifying.add_argument("path", type=Path, metavar="PATH")
        verifying.add_argument("--signers", type=Path, metavar="F", help=self._say(say.SIGNERS))
        verifying.add_argument("--camera-ca", type=Path, metavar="F", help=self._say(say.CAMERA_CA))
        verifying.add_argument("--tsa-cert", type=Path, metavar="F", help=self._say(say.TSA_CERT))
        verifying.add_argument("--server-key", type=Path, metavar="F", help=self._say(say.SERVER_KEY_FILE))

    def _workstation(self, commands: _Subparsers) -> None:
        exporting = self._command("export", say.WORKSTATION_EXPORT, command_runs.workstation_export, under=commands)
        importing = self._command("import", say.WORKSTATION_IMPORT, command_runs.workstation_import, under=commands)
        for parser in (exporting, importing):
            parser.add_argument("file", type=Path, metavar="F")
            parser.add_argument("--passphrase-file", type=Path, metavar="F", help=self._say(say.PASSPHRASE_FILE))
        enrol = self._command("enrol", say.WORKSTATION_ENROL, command_runs.workstation_enrol, under=commands)
        enrol.add_argument("--code-file", type=Path, required=True, metavar="F", help=self._say(say.CODE_FILE))

    def _officers(self, commands: _Subparsers) -> None:
        self._command("list", say.OFFICER_LIST, command_runs.officer_list, under=commands)
        adding = self._command("add", say.OFFICER_ADD, command_runs.officer_add, under=commands)
        role = self._command("role", say.OFFICER_ROLE, command_runs.officer_role, under=commands)
        disable = self._command("disable", say.OFFICER_DISABLE, command_runs.officer_disable, under=commands)
        enable = self._command("enable", say.OFFICER_ENABLE, command_runs.officer_enable, under=commands)
        password = self._command("password", say.OFFICER_PASSWORD, command_runs.officer_password, under=commands)
        for parser in (adding, role, disable, enable, password):
            parser.add_argument("nrp", metavar="NRP", help=self._say(say.NRP))
        role.add_argument("role", type=partial(_chosen, Role, of="role"), metavar="R", help=self._say(say.ROLE))
        adding.add_argument(
            "--role", type=partial(_chosen, Role, of="--role"), required=True, metavar="R", help=self._say(say.ROLE)
        )
        adding.add_argument("--full-name", required=True, metavar="TEXT", help=self._say(say.FULL_NAME))
        adding.add_argument("--rank", default="", metavar="TEXT", help=self._say(say.RANK))
        for parser in (adding, password):
            parser.add_argument("--secret-file", type=Path, metavar="F", help=self._say(say.SECRET_FILE))

    def _servers(self, commands: _Subparsers) -> None:
        run = self._command("run", say.SERVER_RUN, server_runs.run_server, under=commands)
        run.add_argument("--database", metavar="URL", help=self._say(say.DATABASE))
        run.add_argument("--blobs", metavar="URL", help=self._say(say.BLOBS))
        run.add_argument("--host", default="127.0.0.1", metavar="H", help=self._say(say.HOST))
        run.add_argument("--port", type=_port("--port"), default=8470, metavar="P", help=self._say(say.PORT))
        run.add_argument(
            "--trusted-proxy",
            action="append",
            type=_network,
            dest="trusted_proxies",
            metavar="CIDR",
            help=self._say(say.TRUSTED_PROXY),
        )
        run.add_argument(
            "--workers",
            type=_whole_number("--workers", least=1, most=_MOST_WORKERS),
            default=1,
            metavar="N",
            help=self._say(say.WORKERS),
        )
        run.add_argument("--tls-cert", type=Path, metavar="F", help=self._say(say.TLS_CERT))
        run.add_argument("--tls-key", type=Path, metavar="F", help=self._say(say.TLS_KEY))
        run.add_argument("--allow-clear-text", action="store_true", help=self._say(say.ALLOW_CLEAR_TEXT))
        run.add_argument("--key-file", type=Path, metavar="F", help=self._say(say.KEY_FILE))
        run.add_argument("--metrics-token-file", type=Path, metavar="F", help=self._say(say.METRICS_TOKEN_FILE))
        run.add_argument("--oidc-config", type=Path, metavar="F", help=self._say(say.OIDC_CONFIG))
        run.add_argument(
            "--compact-keep-days",
            type=_keep_days("--compact-keep-days"),
            metavar="N",
            help=self._say(say.COMPACT_NIGHTLY),
        )
        run.add_argument(
            "--log-format",
            type=partial(_chosen, ConsoleFormat, of="--log-format"),
            metavar="text|json",
            help=self._say(say.LOG_FORMAT),
        )
        users = self._group("user", say.USER, under=commands)
        user = self._command("add", say.USER_ADD, server_runs.add_user, under=users)
        listing = self._command("list", say.USER_LIST, server_runs.list_users, under=users)
        disable = self._command("disable", say.USER_DISABLE, server_runs.disable_user, under=users)
        enable = self._command("enable", say.USER_ENABLE, server_runs.enable_user, under=users)
        role = self._command("role", say.USER_ROLE, server_runs.change_role, under=users)
        password = self._command("password", say.USER_PASSWORD, server_runs.change_password, under=users)
        units = self._command("unit", say.USER_UNIT, server_runs.change_units, under=users)
        sign_out = self._command("sign-out", say.USER_SIGN_OUT, server_runs.sign_user_out, under=users)
        for changing in (disable, enable, role, password, units, sign_out):
            changing.add_argument("name", metavar="NAME")
        units.add_argument("units", nargs="*", metavar="UNIT", help=self._say(say.UNITS))
        for setting in (user, password):
            setting.add_argument("--one-time", action="store_true", help=self._say(say.ONE_TIME))
        for parser in (listing, disable, enable, role, password, units, sign_out):
            parser.add_argument("--database", metavar="URL", help=self._say(say.DATABASE))
        role.add_argument("role", type=partial(_chosen, Role, of="role"), metavar="R", help=self._say(say.ROLE))
        password.add_argument("--secret-file", type=Path, metavar="F", help=self._say(say.SECRET_FILE))
        user.add_argument(
            "--role", type=partial(_chosen, Role, of="--role"), required=True, metavar="R", help=self._say(say.ROLE)
        )
        cases = self._group("case", say.SERVER_CASE, under=commands)
        case_unit = self._command("unit", say.CASE_UNIT, server_runs.change_case_unit, under=cases)
        case_unit.add_argument("lp", metavar="LP")
        case_unit.add_argument("unit", nargs="?", default="", metavar="UNIT", help=self._say(say.UNIT_OF_CASE))
        case_unit.add_argument("--database", metavar="URL", help=self._say(say.DATABASE))
        reporters = self._group("reporter", say.SERVER_REPORTER, under=commands)
        erase = self._command("erase", say.REPORTER_ERASE, server_runs.erase_reporter, under=reporters)
        erase.add_argument("incident", metavar="INCIDENT", help=self._say(say.INCIDENT_ID))
        erase.add_argument("--reason", default="", metavar="TEXT", help=self._say(say.REPORTER_REASON))
        erase.add_argument("--supervisor", default="", metavar="NRP", help=self._say(say.REPORTER_SUPERVISOR))
        erase.add_argument("--database", metavar="URL", help=self._say(say.DATABASE))
        user.add_argument("name", metavar="NAME")
        user.add_argument("--database", metavar="URL", help=self._say(say.DATABASE))
        user.add_argument("--secret-file", type=Path, metavar="F", help=self._say(say.SECRET_FILE))
        user.add_argument("--full-name", default="", metavar="TEXT", help=self._say(say.FULL_NAME))
        listing.add_argument("--json", action="store_true", help=self._say(say.JSON))
        self._sources(self._group("source", say.SOURCE, under=commands, also=("webhook",)))
        self._quarantine(self._group("quarantine", say.QUARANTINE, under=commands))
        self._devices(self._group("device", say.DEVICE, under=commands))

    def _devices(self, commands: _Subparsers) -> None:
        enrol = self._command("enrol", say.DEVICE_ENROL, server_device_runs.enrol_device, under=commands)
        enrol.add_argument("--name", required=True, metavar="DESK", help=self._say(say.DEVICE_NAME))
        enrol.add_argument(
            "--valid-hours",
            type=_whole_number("--valid-hours", least=1, most=_LONGEST_CODE_HOURS),
            default=24,
            metavar="H",
            help=self._say(say.DEVICE_HOURS),
        )
        enrol.add_argument("--replace", metavar="DESK", help=self._say(say.DEVICE_REPLACE))
        enrol.add_argument("--server-url", metavar="URL", help=self._say(say.DEVICE_SERVER))
        listing = self._command("list", say.DEVICE_LIST, server_device_runs.list_devices, under=commands)
        listing.add_argument("--json", action="store_true", help=self._say(say.JSON))
        revoke = self._command("revoke", say.DEVICE_REVOKE, server_device_runs.revoke_device, under=commands)
        revoke.add_argument("name", metavar="DESK")
        revoke.add_argument("--reason", required=True, metavar="TEXT", help=self._say(say.DEVICE_REASON))
        for parser in (enrol, listing, revoke):
            parser.add_argument("--database", metavar="URL", help=self._say(say.DATABASE))

    def _sources(self, commands: _Subparsers) -> None:
        adding = self._command("add", say.SOURCE_ADD, server_runs.add_source, under=commands)
        rotate = self._command("rotate", say.SOURCE_ROTATE, server_runs.rotate_source, under=commands)
        listing = self._command("list", say.SOURCE_LIST, server_runs.list_sources, under=commands)
        mapping = self._command("mapping", say.SOURCE_MAPPING, server_runs.map_source, under=commands)
        mapping.add_argument("--file", type=Path, metavar="F", help=self._say(say.SOURCE_MAPPING_FILE))
        mapping.add_argument("--try", dest="example", type=Path, metavar="F", help=self._say(say.SOURCE_MAPPING_TRY))
        mapping.add_argument("--clear", action="store_true", help=self._say(say.SOURCE_MAPPING_CLEAR))
        for changing in (adding, rotate, mapping):
            changing.add_argument("name", type=partial(_chosen, Source, of="source"), metavar="NAME")
        for changing in (adding, rotate):
            changing.add_argument("--secret-file", type=Path, metavar="F", help=self._say(say.SECRET_FILE))
            changing.add_argument("--key-file", type=Path, metavar="F", help=self._say(say.KEY_FILE))
        rotate.add_argument(
            "--overlap-hours",
            type=_number("--overlap-hours", most=_LONGEST_OVERLAP_H),
            default=24.0,
            metavar="H",
            help=self._say(say.SOURCE_OVERLAP),
        )  # fmt: skip
        listing.add_argument("--json", action="store_true", help=self._say(say.JSON))
        for parser in (adding, rotate, listing, mapping):
            parser.add_argument("--database", metavar="URL", help=self._say(say.DATABASE))

    def _quarantine(self, commands: _Subparsers) -> None:
        listing = self._command("list", say.QUARANTINE_LIST, server_runs.list_quarantine, under=commands)
        listing.add_argument(
            "--limit",
            type=_whole_number("--limit", least=1, most=_LONGEST_LIST),
            default=100,
            metavar="N",
            help=self._say(say.QUARANTINE_LIMIT),
        )
        check = self._command("check", say.QUARANTINE_CHECK, server_runs.check_quarantine, under=commands)
        deciding = [
            self._command("add", say.QUARANTINE_ADD, server_runs.add_quarantine, under=commands),
            self._command("accept", say.QUARANTINE_ACCEPT, server_runs.accept_quarantined, under=commands),
            self._command("drop", say.QUARANTINE_DROP, server_runs.drop_quarantined, under=commands),
        ]
        for parser in deciding:
            parser.add_argument("operation", type=_operation, metavar="OPERATION", help=self._say(say.OPERATION))
            parser.add_argument("--reason", required=True, metavar="TEXT", help=self._say(say.QUARANTINE_REASON))
        for parser in (listing, check):
            parser.add_argument("--json", action="store_true", help=self._say(say.JSON))
        for parser in (listing, check, *deciding):
            parser.add_argument("--database", metavar="URL", help=self._say(say.DATABASE))

    def _server_upkeep(self, commands: _Subparsers) -> None:
        epoch = self._command("epoch", say.SERVER_EPOCH, server_runs.begin_epoch, under=commands)
        check = self._command("check", say.SERVER_CHECK, server_runs.check_server, under=commands)
        compact = self._command("compact", say.SERVER_COMPACT, server_runs.compact_server, under=commands)
        backup = self._command("backup", say.SERVER_BACKUP, server_runs.back_up_server, under=commands)
        restore = self._command("restore", say.SERVER_RESTORE, server_runs.restore_server, under=commands)
        keys = self._group("key", say.SERVER_KEY, under=commands)
        renew = self._command("renew", say.KEY_RENEW, server_runs.renew_key, under=keys)
        for parser in (epoch, check, compact, backup, restore, renew):
            parser.add_argument("--database", metavar="URL", help=self._say(say.DATABASE))
        check.add_argument("--blobs", metavar="URL", help=self._say(say.BLOBS))
        for opening in (check, compact, renew):
            opening.add_argument("--key-file", type=Path, metavar="F", help=self._say(say.KEY_FILE))
        check.add_argument("--json", action="store_true", help=self._say(say.JSON))
        check.add_argument("--read-all", action="store_true", help=self._say(say.READ_ALL))
        compact.add_argument(
            "--keep-days",
            type=_keep_days("--keep-days"),
            default=_KEEP_DAYS,
            metavar="N",
            help=self._say(say.KEEP_DAYS),
        )
        compact.add_argument("--dry-run", action="store_true", help=self._say(say.COMPACT_DRY_RUN))
        compact.add_argument("--json", action="store_true", help=self._say(say.JSON))
        backup.add_argument("--out", type=Path, required=True, metavar="F")
        restore.add_argument("file", type=Path, metavar="F")

    def _machine(self, commands: _Subparsers) -> None:
        sim = self._command("sim", say.SIM, command_runs.sim, under=commands)
        sim.add_argument("--cameras", type=int, default=16, metavar="N", help=self._say(say.CAMERAS))
        sim.add_argument("--port", type=_port("--port"), default=8554, metavar="P", help=self._say(say.PORT))
        sim.add_argument("--web", type=int, default=0, metavar="N", help=self._say(say.SIM_WEB))
        sim.add_argument(
            "--web-port", type=_port("--web-port"), default=8580, metavar="P", help=self._say(say.SIM_WEB_PORT)
        )
        sim.add_argument("--clip", type=Path, metavar="FILE", help=self._say(say.CLIP))
        sim.add_argument("--certificate", type=Path, metavar="FILE", help=self._say(say.CERTIFICATE))
        sim.add_argument("--key", type=Path, metavar="FILE", help=self._say(say.CERTIFICATE_KEY))
        sim.add_argument("--fault", action="append", default=[], metavar="CAMERA=NAME[:ARG]", help=self._say(say.FAULT))
        sim.add_argument("--login-file", type=Path, metavar="F", help=self._say(say.LOGIN_FILE))
        sim.add_argument("--list", action="store_true", help=self._say(say.LIST_URLS))
        sim.add_argument("--csv", type=Path, metavar="FILE", help=self._say(say.SIM_CSV))
        sim.add_argument("--until-input-ends", action="store_true", help=self._say(say.UNTIL_INPUT_ENDS))
        bench = self._command("bench", say.BENCH, command_runs.bench, under=commands)
        bench.add_argument("--json", type=Path, metavar="F.json", help=self._say(say.BENCH_JSON))
        bench.add_argument("--seconds", type=float, default=15.0, metavar="S", help=self._say(say.BENCH_SECONDS))
        bench.add_argument("--tiles", default="36,64", metavar="N,...", help=self._say(say.BENCH_TILES))
        bench.add_argument("--overload", type=int, default=144, metavar="N", help=self._say(say.BENCH_OVERLOAD))
        bench.add_argument("--clip", type=Path, metavar="FILE", help=self._say(say.CLIP))
        bench.add_argument("--on-screen", action="store_true", help=self._say(say.BENCH_ON_SCREEN))
        licences = self._command("licences", say.LICENCES, command_runs.licences, under=commands)
        licences.add_argument("name", nargs="?", metavar="NAME", help=self._say(say.LICENCES_NAME))
        doctor = self._command("doctor", say.DOCTOR, command_runs.doctor, under=commands)
        doctor.add_argument("--json", action="store_true", help=self._say(say.JSON))
        doctor.add_argument("--support-bundle", type=Path, metavar="F.zip", help=self._say(say.SUPPORT_BUNDLE))


def _language_named(word: str) -> Language:
    return _chosen(Language, word, of="--lang")


def _chosen(choices: type[Choice], word: str, *, of: str) -> Choice:
    """Raises DomainError(CHOICE_UNKNOWN) that names what may be chosen."""
    if word not in set(choices):
        raise DomainError(DomainCode.CHOICE_UNKNOWN, f"{of} {word}: {', '.join(choices)}")
    return choices(word)


def _whole_number(option: str, *, least: int, most: int) -> Callable[[str], int]:
    """Of an option. It raises DomainError(NUMBER_OUT_OF_RANGE)."""

    def number(word: str) -> int:
        value = int(word)
        if not least <= value <= most:
            raise DomainError(DomainCode.NUMBER_OUT_OF_RANGE, f"{option}: {least}..{most}")
        return value

    return number


def _keep_days(option: str) -> Callable[[str], int]:
    return _whole_number(option, least=30, most=36_500)


def _number(option: str, *, most: int) -> Callable[[str], float]:
    """Of an option, from none on. It raises DomainError(NUMBER_OUT_OF_RANGE)."""

    def number(word: str) -> float:
        value = float(word)
        if not 0 <= value <= most:
            raise DomainError(DomainCode.NUMBER_OUT_OF_RANGE, f"{option}: 0..{most}")
        return value

    return number


def _port(option: str) -> Callable[[str], int]:
    """0 takes a free one."""
    return _whole_number(option, least=0, most=_LARGEST_PORT)


def _operation(word: str) -> UUID:
    """Raises DomainError(NOT_FOUND)."""
    try:
        return UUID(word)
    except ValueError:
        raise DomainError(DomainCode.NOT_FOUND, word) from None


def _network(word: str) -> str:
    """Raises DomainError(NETWORK_MALFORMED), also for the network of all addresses: anybody is no proxy."""
    try:
        network = ip_network(word, strict=False)
    except ValueError:
        raise DomainError(DomainCode.NETWORK_MALFORMED, word) from None
    if network.prefixlen == 0:
        raise DomainError(DomainCode.NETWORK_MALFORMED, word)
    return str(network)


def _duration(word: str) -> float:
    """Seconds, more than none. Raises DomainError(NUMBER_OUT_OF_RANGE)."""
    seconds = float(word)
    if not 0 < seconds <= _LONGEST_S:
        raise DomainError(DomainCode.NUMBER_OUT_OF_RANGE, f"--seconds: 0..{_LONGEST_S}")
    return seconds


def _ids(words: str) -> tuple[str, ...]:
    """Ids of cameras hold no commas."""
    return tuple(word.strip() for word in words.split(",") if word.strip())
