"""From the words of `tmcwall server ...` to what it does: runs the server, or keeps its accounts and sources."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tmcwall.command_runs import secret_of, translator_of
from tmcwall.texts import commandline as say

if TYPE_CHECKING:
    from tmcwall.commands.server import ServerOptions
    from tmcwall.server.quarantine import Quarantined


def run_server(options: argparse.Namespace) -> int:
    from tmcwall.commands.server import open_log
    from tmcwall.commands.server_run import run

    server = _server_options(options)
    with open_log(server, console=sys.stderr):
        if options.workers > 1:
            from tmcwall.commands.server_workers import run_workers

            run_workers(server, options.workers)
        else:
            run(server)
    return 0


def add_user(options: argparse.Namespace) -> int:
    from tmcwall.commands.server import is_new
    from tmcwall.commands.server_users import user_add
    from tmcwall.domain.password import one_time_password
    from tmcwall.texts.officers import SERVER_ONE_TIME

    server = _server_options(options)
    new = is_new(server, may_be_made=_may_be_made(options))
    password = one_time_password() if options.one_time else secret_of(options, say.ASK_PASSWORD)
    user_add(
        server,
        options.name,
        role=options.role,
        password=password,
        name=options.full_name,
        password_due=options.one_time,
    )
    if options.one_time:
        print(translator_of(options)(SERVER_ONE_TIME, nrp=options.name, password=password))
    _tell_new(server, options, new=new)
    return 0


def list_users(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_users import user_list
    from tmcwall.texts import officers as texts
    from tmcwall.ui.console.officers import account_state_text, name_text

    translate = translator_of(options)
    accounts = user_list(existing_server(options))
    if options.json:
        print(_json([{**asdict(account.officer), "disabled_at": account.disabled_at} for account in accounts]))
        return 0
    for account in accounts:
        officer = account.officer
        role = translate(texts.ROLES[officer.role])
        print("  ".join((officer.nrp, name_text(officer), role, account_state_text(account, translate))))
    return 0


def disable_user(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_users import user_disable
    from tmcwall.texts.officers import DISABLED

    user_disable(existing_server(options), options.name)
    print(translator_of(options)(DISABLED, nrp=options.name))
    return 0


def enable_user(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_users import user_enable
    from tmcwall.texts.officers import ENABLED

    user_enable(existing_server(options), options.name)
    print(translator_of(options)(ENABLED, nrp=options.name))
    return 0


def change_role(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_users import user_role
    from tmcwall.texts import officers as texts

    translate = translator_of(options)
    user_role(existing_server(options), options.name, options.role)
    print(translate(texts.ROLE_CHANGED, nrp=options.name, role=translate(texts.ROLES[options.role])))
    return 0


def change_password(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_users import user_password
    from tmcwall.domain.password import one_time_password
    from tmcwall.texts.officers import SERVER_ONE_TIME, SERVER_PASSWORD

    server, translate = existing_server(options), translator_of(options)
    password = one_time_password() if options.one_time else secret_of(options, say.ASK_PASSWORD)
    user_password(server, options.name, password=password, password_due=options.one_time)
    if options.one_time:
        print(translate(SERVER_ONE_TIME, nrp=options.name, password=password))
    else:
        print(translate(SERVER_PASSWORD, nrp=options.name))
    return 0


def change_units(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_users import user_units
    from tmcwall.texts import officers as texts

    translate = translator_of(options)
    units = user_units(existing_server(options), options.name, options.units)
    print(translate(texts.UNITS_CHANGED, nrp=options.name, units=", ".join(units) or translate(texts.NO_UNIT)))
    return 0


def change_case_unit(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_cases import case_unit
    from tmcwall.texts import officers as texts

    translate = translator_of(options)
    unit = case_unit(existing_server(options), options.lp, options.unit)
    print(translate(texts.CASE_UNIT_CHANGED, lp=options.lp, unit=unit or translate(texts.NO_UNIT)))
    return 0


def erase_reporter(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_reporters import erase_reporter
    from tmcwall.texts.commandline import REPORTER_IN_CLEAR, REPORTER_WAS_ERASED

    translate = translator_of(options)
    erased = erase_reporter(
        existing_server(options), options.incident, reason=options.reason, supervisor=options.supervisor
    )  # fmt: skip
    print(translate(REPORTER_WAS_ERASED, incident=options.incident, values=erased.values))
    if erased.in_clear:
        print(translate(REPORTER_IN_CLEAR, operations=erased.in_clear))
    return 0


def sign_user_out(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_users import user_sign_out
    from tmcwall.texts.officers import SIGNED_OUT

    user_sign_out(existing_server(options), options.name)
    print(translator_of(options)(SIGNED_OUT, nrp=options.name))
    return 0


def existing_server(options: argparse.Namespace) -> ServerOptions:
    """Raises Fault(SERVER_MISSING): these commands make no database."""
    from tmcwall.commands.server import is_new

    server = _server_options(options)
    is_new(server, may_be_made=False)
    return server


def add_source(options: argparse.Namespace) -> int:
    from tmcwall.commands.secret_file import read_secret
    from tmcwall.commands.server import is_new
    from tmcwall.commands.server_sources import webhook_add

    server = _server_options(options)
    new = is_new(server, may_be_made=_may_be_made(options))
    given = read_secret(options.secret_file) if options.secret_file else None
    secret = webhook_add(server, options.name, secret=given)
    _tell_new(server, options, new=new)
    if given is None:
        print(secret)
    return 0


def rotate_source(options: argparse.Namespace) -> int:
    from tmcwall.commands.secret_file import read_secret
    from tmcwall.commands.server_sources import source_rotate

    server = existing_server(options)
    given = read_secret(options.secret_file) if options.secret_file else None
    secret = source_rotate(server, options.name, secret=given, overlap=timedelta(hours=options.overlap_hours))
    if given is None:
        print(secret)
    return 0


def map_source(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_mappings import problem_lines, source_mapping, source_unmapped
    from tmcwall.intake.webhook import WebhookError

    translate = translator_of(options)
    server = existing_server(options)
    if options.clear:
        source_unmapped(server, options.name)
        print(translate(say.SOURCE_UNMAPPED, source=options.name))
        return 0
    try:
        result = source_mapping(server, options.name, file=options.file, example=options.example)
    except WebhookError as error:
        print("\n".join(problem_lines(error.problems)), file=sys.stderr)
        return 2
    if result.trial is None:
        print(translate(say.SOURCE_MAPPED, source=options.name))
        return 0
    for name, value in result.trial.found.items():
        print(f"{name} = {value}")
    if result.trial.problems:
        print("\n".join(problem_lines(result.trial.problems)), file=sys.stderr)
        return 2
    print(translate(say.SOURCE_MAPPING_FITS))
    return 0


def list_sources(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_sources import source_list
    from tmcwall.ui.console.moments import long_moment_text

    translate = translator_of(options)
    sources = source_list(existing_server(options))
    if options.json:
        print(_json([asdict(source) for source in sources]))
        return 0
    for source in sources:
        words = [source.name, translate(say.SOURCE_SINCE, time=long_moment_text(source.secret_since, translate))]
        if source.former_until is not None:
            words.append(translate(say.SOURCE_FORMER, time=long_moment_text(source.former_until, translate)))
        print("  ".join(words))
    return 0


def list_quarantine(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_quarantine import quarantine_list

    found = quarantine_list(existing_server(options), limit=options.limit)
    if options.json:
        print(_json([asdict(one) for one in found]))
        return 0
    for one in found:
        print(_quarantine_line(one))
    return 0


def check_quarantine(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_quarantine import quarantine_check

    found = quarantine_check(existing_server(options))
    if options.json:
        print(_json([asdict(one) for one in found]))
        return 1 if found else 0
    for one in found:
        print(_quarantine_line(one))
    if not found:
        print(translator_of(options)(say.QUARANTINE_NOTHING))
    return 1 if found else 0


def add_quarantine(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_quarantine import quarantine_add

    taken_out = quarantine_add(existing_server(options), options.operation, reason=options.reason)
    print(translator_of(options)(say.QUARANTINE_ADDED, about=f"{taken_out.entity}/{taken_out.entity_id}"))
    return 0


def accept_quarantined(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_quarantine import quarantine_accept

    one = quarantine_accept(existing_server(options), options.operation, reason=options.reason)
    print(translator_of(options)(say.QUARANTINE_ACCEPTED, about=f"{one.entity}/{one.entity_id}"))
    return 0


def drop_quarantined(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_quarantine import quarantine_drop

    one = quarantine_drop(existing_server(options), options.operation, reason=options.reason)
    print(translator_of(options)(say.QUARANTINE_DROPPED, about=f"{one.entity}/{one.entity_id}"))
    return 0


def _quarantine_line(one: Quarantined) -> str:
    return "  ".join((str(one.operation_id), one.device, f"{one.entity}/{one.entity_id}", one.reason))


def begin_epoch(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_upkeep import begin_epoch as begin

    begin(_server_options(options))
    print(translator_of(options)(say.EPOCH_BEGUN))
    return 0


def check_server(options: argparse.Namespace) -> int:
    """1 if a clip is not there as it should be, or a chain of operations is broken."""
    from tmcwall.commands.server_compaction import check_chains
    from tmcwall.commands.server_upkeep import check

    translate = translator_of(options)
    found = check(_server_options(options), read_all=options.read_all)
    order = check_chains(_server_options(options), signatures=options.read_all)
    wrong = bool(found.missing or found.damaged or order.broken)
    if options.json:
        print(_json({**asdict(found), "order": asdict(order)}))
        return 1 if wrong else 0
    print(
        translate(
            say.CLIPS_CHECKED, checked=found.checked, missing=len(found.missing), damaged=len(found.damaged)
        )
    )  # fmt: skip
    for clip in (*found.missing, *found.damaged):
        print(translate(say.CLIP_WANTED, clip=clip))
    print(
        translate(
            say.ORDER_CHECKED, operations=order.operations, compacted=order.compacted, broken=len(order.broken)
        )
    )  # fmt: skip
    for one in order.broken:
        print(f"{one.about}  {one.what}")
    return 1 if wrong else 0


def compact_server(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_compaction import compact

    done = compact(_server_options(options), keep_days=options.keep_days, dry_run=options.dry_run)
    if options.json:
        print(_json(asdict(done)))
        return 0
    print(
        translator_of(options)(
            say.COMPACT_WOULD if done.dry_run else say.COMPACTED_NOW,
            operations=done.compacted,
            rows=done.before.operations,
            entities=done.entities,
            before=_megabytes(done.before.message_bytes),
            after=_megabytes(done.before.message_bytes - done.saved_bytes),
        )
    )
    return 0


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f}"


def back_up_server(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_upkeep import back_up

    back_up(_server_options(options), options.out)
    print(translator_of(options)(say.BACKED_UP, file=options.out))
    return 0


def restore_server(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_upkeep import restore

    translate = translator_of(options)
    kept = restore(_server_options(options), options.file)
    print(translate(say.RESTORED_FIRST) if kept is None else translate(say.RESTORED, kept=kept))
    print(translate(say.RESTORED_LOOK))
    return 0


def renew_key(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_upkeep import renew_key as renew

    sources = renew(_server_options(options))
    print(translator_of(options)(say.KEY_RENEWED, sources=", ".join(sources) or "-"))
    return 0


def _json(value: object) -> str:
    """Times as ISO 8601, the keys as the program names them."""
    return json.dumps(value, default=lambda one: one.isoformat() if isinstance(one, datetime) else str(one))


def _may_be_made(options: argparse.Namespace) -> bool:
    """Whether a database that is not there may be made: its place was named, and is a server's or empty."""
    if options.database is not None:
        return True
    folder: Path | None = options.data_dir
    return folder is not None and folder.is_dir() and ((folder / "server").is_dir() or not any(folder.iterdir()))


def _tell_new(server: ServerOptions, options: argparse.Namespace, *, new: bool) -> None:
    if new:
        place = options.database or server.folder
        print(f"tmcwall: {translator_of(options)(say.NEW_DATABASE, place=place)}", file=sys.stderr)


def _server_options(options: argparse.Namespace) -> ServerOptions:
    from tmcwall.commands.server import ServerOptions
    from tmcwall.paths import Paths

    paths = Paths.under(options.data_dir) if options.data_dir else Paths.of_user()
    given = {
        name: getattr(options, name)
        for name in (
            "blobs",
            "host",
            "port",
            "key_file",
            "metrics_token_file",
            "oidc_config",
            "log_format",
            "compact_keep_days",
        )
        if getattr(options, name, None) is not None
    }
    proxies = tuple(getattr(options, "trusted_proxies", None) or ())
    return ServerOptions(
        data_dir=paths.data,
        database=options.database,
        trusted_proxies=proxies,
        tls_certificate=getattr(options, "tls_cert", None),
        tls_key=getattr(options, "tls_key", None),
        allow_clear_text=getattr(options, "allow_clear_text", False),
        **given,
    )
