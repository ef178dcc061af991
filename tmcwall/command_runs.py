"""From the words of a command to the command: each imports what it runs when it runs, so that a start loads no more.

A command that prints says it in the language of `--lang`, else of the environment.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.texts import Language, Text, Translator
from tmcwall.texts import commandline as say

if TYPE_CHECKING:
    from tmcwall.commands.demo_options import World


def desktop(options: argparse.Namespace) -> int:
    from tmcwall.commands.desktop import RunOptions, run_desktop

    return run_desktop(
        RunOptions(data_dir=options.data_dir, language=options.lang, layout=options.layout, kiosk=options.kiosk)
    )


def demo(options: argparse.Namespace) -> int:
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
            day_speed=options.day,
            screenshot=options.screenshot,
            stats=options.stats,
        )
    )


def _demo_world() -> World:
    """City and server administration for the demo, which may import neither."""
    from tmcwall.commands.server import ServerOptions
    from tmcwall.commands.server_devices import device_enrol
    from tmcwall.commands.server_sources import webhook_add
    from tmcwall.commands.server_users import user_add
    from tmcwall.domain.clock import SystemClock
    from tmcwall.domain.incident import Source
    from tmcwall.domain.officer import Role
    from tmcwall.sim.demo_scenario import DemoScenario

    class DemoWorld(DemoScenario):
        def prepare_server(self, data: Path, *, nrp: str, password: str, webhook_secret: str) -> None:
            server = ServerOptions(data_dir=data)
            user_add(server, nrp, role=Role.SUPERVISOR, password=password, name="Petugas Peraga")
            for source in (Source.CALL_112, Source.CALL_110, Source.KENITA, Source.DISHUB, Source.BMKG):
                webhook_add(server, source, secret=webhook_secret)

        def enrolment_code(self, data: Path) -> str:
            return device_enrol(ServerOptions(data_dir=data), "Peragaan").code

    return DemoWorld(clock=SystemClock())


def view(options: argparse.Namespace) -> int:
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
            language=options.lang or language_of_environment(),
            hardware=hardware_asked(paths.settings, os.environ, managed=paths.managed_settings),
        )
    )


def camera_import(options: argparse.Namespace) -> int:
    from tmcwall.commands.camera import run_import

    return run_import(
        options.file,
        data_dir=options.data_dir,
        dry_run=options.dry_run,
        share_logins=options.share_logins,
        translate=translator_of(options),
    )


def region_import(options: argparse.Namespace) -> int:
    from tmcwall.commands.places import run_import

    return run_import(
        options.file, data_dir=options.data_dir, dry_run=options.dry_run, translate=translator_of(options)
    )


def camera_list(options: argparse.Namespace) -> int:
    from tmcwall.commands.camera import run_list

    return run_list(data_dir=options.data_dir, translate=translator_of(options))


def camera_edit(options: argparse.Namespace) -> int:
    from tmcwall.commands.camera import run_edit

    return run_edit(options.cameras, options.cells, data_dir=options.data_dir, translate=translator_of(options))


def camera_retire(options: argparse.Namespace) -> int:
    from tmcwall.commands.camera import run_retire

    return run_retire(
        options.cameras, reason=options.reason, data_dir=options.data_dir, translate=translator_of(options)
    )  # fmt: skip


def camera_remove(options: argparse.Namespace) -> int:
    from tmcwall.commands.camera import run_remove

    return run_remove(
        options.cameras, reason=options.reason, data_dir=options.data_dir, translate=translator_of(options)
    )  # fmt: skip


def camera_export(options: argparse.Namespace) -> int:
    from tmcwall.commands.camera import run_export

    return run_export(options.file, data_dir=options.data_dir, translate=translator_of(options))


def camera_certificate(options: argparse.Namespace) -> int:
    from tmcwall.commands.camera_certificate import CertificateOptions, run_certificate

    return run_certificate(
        CertificateOptions(
            options.cameras,
            options.since,
            options.until,
            options.out,
            options.nrp or input(f"{translator_of(options)(say.ASK_NRP)} "),
            secret_of(options, say.ASK_OWN_PASSWORD),
        ),
        data_dir=options.data_dir,
        translate=translator_of(options),
    )


def coverage(options: argparse.Namespace) -> int:
    from tmcwall.commands.coverage import CoverageOptions, run_coverage

    return run_coverage(
        CoverageOptions(
            options.town,
            options.out,
            options.nrp or input(f"{translator_of(options)(say.ASK_NRP)} "),
            secret_of(options, say.ASK_OWN_PASSWORD),
        ),
        data_dir=options.data_dir,
        translate=translator_of(options),
    )


def camera_test(options: argparse.Namespace) -> int:
    from tmcwall.commands.camera import run_test

    return run_test(
        options.camera,
        data_dir=options.data_dir,
        translate=translator_of(options),
        picture=options.picture,
        as_json=options.json,
    )


def relay_config(options: argparse.Namespace) -> int:
    from tmcwall.commands.relay import run_config

    return run_config(
        options.out, check=options.check, data_dir=options.data_dir, translate=translator_of(options)
    )  # fmt: skip


def relay_login(options: argparse.Namespace) -> int:
    from tmcwall.commands.relay import run_login
    from tmcwall.commands.secret_file import read_secret

    return run_login(read_secret(options.secret_file), data_dir=options.data_dir, translate=translator_of(options))


def case_list(options: argparse.Namespace) -> int:
    from tmcwall.commands.case import run_list

    return run_list(data_dir=options.data_dir, as_json=options.json, translate=translator_of(options))


def case_show(options: argparse.Namespace) -> int:
    from tmcwall.commands.case import run_show

    return run_show(options.lp, data_dir=options.data_dir, as_json=options.json, translate=translator_of(options))


def evidence_export(options: argparse.Namespace) -> int:
    from tmcwall.commands.evidence import ExportOptions, run_export

    nrp = options.nrp or input(f"{translator_of(options)(say.ASK_NRP)} ")
    return run_export(
        ExportOptions(
            lp=options.lp,
            out=options.out,
            nrp=nrp,
            password=secret_of(options, say.ASK_OWN_PASSWORD),
            legal_basis=options.basis,
            consent_number=options.consent,
            signing_key=options.signing_key,
            viewing_copy=not options.no_viewing_copy,
            availability=options.availability,
            time_stamp_url=options.tsa,
            counter_signature=options.counter_sign,
        ),
        data_dir=options.data_dir,
        passphrase=partial(_passphrase, options, confirmed=False),
        translate=translator_of(options),
    )


def evidence_custody(options: argparse.Namespace) -> int:
    from tmcwall.commands.custody import run_custody
    from tmcwall.services.custody_report import CustodyQuestion

    nrp = options.nrp or input(f"{translator_of(options)(say.ASK_NRP)} ")
    return run_custody(
        CustodyQuestion(options.case, options.camera, options.officer),
        nrp=nrp,
        password=secret_of(options, say.ASK_OWN_PASSWORD),
        csv_file=options.csv,
        data_dir=options.data_dir,
        translate=translator_of(options),
    )


def evidence_verify(options: argparse.Namespace) -> int:
    from tmcwall.commands.evidence import run_verify

    return run_verify(
        options.path,
        signers=options.signers,
        camera_ca=options.camera_ca,
        tsa_cert=options.tsa_cert,
        server_key=options.server_key,
        data_dir=options.data_dir,
        as_json=options.json,
        translate=translator_of(options),
    )


def camera_discover(options: argparse.Namespace) -> int:
    from tmcwall.commands.camera_discover import run_discover

    return run_discover(options.subnet, table=options.csv, translate=translator_of(options))


def workstation_export(options: argparse.Namespace) -> int:
    from tmcwall.commands.workstation import run_export

    passphrase = partial(_passphrase, options, confirmed=True)
    return run_export(
        options.file, data_dir=options.data_dir, passphrase=passphrase, translate=translator_of(options)
    )  # fmt: skip


def workstation_enrol(options: argparse.Namespace) -> int:
    from tmcwall.commands.secret_file import read_secret
    from tmcwall.commands.workstation import run_enrol

    code = read_secret(options.code_file)
    return run_enrol(code, data_dir=options.data_dir, translate=translator_of(options))


def workstation_import(options: argparse.Namespace) -> int:
    from tmcwall.commands.workstation import run_import

    passphrase = partial(_passphrase, options, confirmed=False)
    return run_import(
        options.file, data_dir=options.data_dir, passphrase=passphrase, translate=translator_of(options)
    )  # fmt: skip


def _passphrase(options: argparse.Namespace, *, confirmed: bool) -> str:
    """From the file named, else asked for on the terminal, twice where it is `confirmed`; never an argument.

    Raises DomainError(PASSPHRASE_DIFFERS, INPUT_UNREADABLE).
    """
    from getpass import getpass

    from tmcwall.commands.secret_file import read_secret

    if options.passphrase_file:
        return read_secret(options.passphrase_file)
    translate = translator_of(options)
    try:
        passphrase = getpass(translate(say.ASK_PASSPHRASE))
        if confirmed and getpass(translate(say.ASK_PASSPHRASE_AGAIN)) != passphrase:
            raise DomainError(DomainCode.PASSPHRASE_DIFFERS)
    except EOFError as error:
        raise DomainError(DomainCode.INPUT_UNREADABLE, "--passphrase-file") from error
    return passphrase


def officer_list(options: argparse.Namespace) -> int:
    from tmcwall.commands.officer import run_list

    return run_list(data_dir=options.data_dir, translate=translator_of(options))


def officer_add(options: argparse.Namespace) -> int:
    from tmcwall.commands.officer import run_add

    return run_add(
        options.nrp,
        rank=options.rank,
        name=options.full_name,
        role=options.role,
        password=secret_of(options, say.ASK_PASSWORD),
        data_dir=options.data_dir,
        translate=translator_of(options),
    )


def officer_role(options: argparse.Namespace) -> int:
    from tmcwall.commands.officer import run_role

    return run_role(options.nrp, options.role, data_dir=options.data_dir, translate=translator_of(options))


def officer_disable(options: argparse.Namespace) -> int:
    from tmcwall.commands.officer import run_disable

    return run_disable(options.nrp, data_dir=options.data_dir, translate=translator_of(options))


def officer_enable(options: argparse.Namespace) -> int:
    from tmcwall.commands.officer import run_enable

    return run_enable(options.nrp, data_dir=options.data_dir, translate=translator_of(options))


def officer_password(options: argparse.Namespace) -> int:
    from tmcwall.commands.officer import run_password

    password = secret_of(options, say.ASK_PASSWORD)
    return run_password(options.nrp, password=password, data_dir=options.data_dir, translate=translator_of(options))


def sim(options: argparse.Namespace) -> int:
    from tmcwall.commands.results import check_result
    from tmcwall.commands.sim import SimOptions, main
    from tmcwall.sim.city import first_cameras, write_csv
    from tmcwall.texts.sim import TROUBLES

    translate = translator_of(options)
    username = password = ""
    if options.login_file is not None:
        username, password = _read_login(options.login_file)
    check_result(options.csv)
    if options.csv is not None:
        write_csv(
            options.csv,
            options.port,
            first_cameras(options.cameras),
            username=username,
            password=password,
            web=options.web,
            web_port=options.web_port,
        )
    return main(
        SimOptions(
            cameras=options.cameras,
            port=options.port,
            web=options.web,
            web_port=options.web_port,
            clip=options.clip,
            certificate=options.certificate,
            key=options.key,
            faults=tuple(options.fault),
            list_urls=options.list,
            ends_with_input=options.until_input_ends,
            sentences={name: translate(text) for name, text in TROUBLES.items()},
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


def bench(options: argparse.Namespace) -> int:
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
        translate=translator_of(options),
    )


def doctor(options: argparse.Namespace) -> int:
    from tmcwall.commands.doctor import run_doctor

    return run_doctor(
        data_dir=options.data_dir,
        as_json=options.json,
        translate=translator_of(options),
        support_bundle=options.support_bundle,
    )


def licences(options: argparse.Namespace) -> int:
    from tmcwall.commands.licences import run_licences

    return run_licences(options.name, translate=translator_of(options))


def secret_of(options: argparse.Namespace, question: Text) -> str:
    """From the file named, else asked for on the terminal; never an argument."""
    from getpass import getpass

    from tmcwall.commands.secret_file import read_secret

    if options.secret_file:
        return read_secret(options.secret_file)
    return getpass(translator_of(options)(question))


def translator_of(options: argparse.Namespace) -> Translator:
    return Translator(options.lang or language_of_environment())


def language_of_environment() -> Language:
    """What `TMCWALL_LANGUAGE` names, else Indonesian."""
    chosen = os.environ.get("TMCWALL_LANGUAGE", "")
    return Language(chosen) if chosen in set(Language) else Language.ID


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


def _server_worker(words: list[str]) -> int:
    from tmcwall.commands.server_workers import work

    return work(words)


def _copier_process(words: Sequence[str]) -> int:
    from tmcwall.video.copying.process import main as copier

    return copier(words)


def _signature_process(words: Sequence[str]) -> int:
    from tmcwall.evidence.pdf_signatures import main as signatures

    return signatures(words)


CHILD_PROCESSES = {
    "engine-process": _engine_process,
    "decoder-process": _decoder_process,
    "demuxer-process": _demuxer_process,
    "copier-process": _copier_process,
    "signature-process": _signature_process,
    "doctor-probe": _probe_process,
    "baseline-process": _baseline_process,
    "scene-process": _scene_process,
    "server-worker": _server_worker,
}
"""How a bundled program starts itself as its own children."""
