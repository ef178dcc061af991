"""From the words of `tmcwall server device ...` to what it does."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from tmcwall.command_runs import translator_of
from tmcwall.server_runs import existing_server
from tmcwall.texts import enrolment as texts
from tmcwall.texts import login_sharing as login_texts

if TYPE_CHECKING:
    from datetime import datetime

    from tmcwall.server.enrolment import Desk


def enrol_device(options: argparse.Namespace) -> int:
    from datetime import timedelta

    from tmcwall.commands.server_devices import device_enrol
    from tmcwall.ui.console.moments import long_moment_text

    translate = translator_of(options)
    made = device_enrol(
        existing_server(options),
        options.name,
        valid_for=timedelta(hours=options.valid_hours),
        replaces=options.replace,
    )
    print(translate(texts.CODE_MADE, name=options.name, until=long_moment_text(made.until, translate)))
    print()
    print(f"    {made.code}")
    if options.server_url:
        print(f"    {options.server_url}")
    print()
    print(made.qr_code(address=options.server_url or ""))
    print(translate(texts.CODE_SAID))
    return 0


def list_devices(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_devices import device_list
    from tmcwall.signatures import fingerprint
    from tmcwall.ui.console.moments import long_moment_text

    translate = translator_of(options)
    desks = device_list(existing_server(options))
    if options.json:
        print(json.dumps([_as_json(desk) for desk in desks], indent=2, ensure_ascii=False))
        return 0
    for desk in desks:
        enrolled_at = long_moment_text(desk.enrolled_at, translate)
        parts = [desk.name, fingerprint(desk.public_key)]
        parts.append(translate(texts.DESK_ENROLLED, time=enrolled_at, by=desk.enrolled_by))
        if desk.last_seen_at is not None:
            parts.append(translate(texts.DESK_SEEN, time=long_moment_text(desk.last_seen_at, translate)))
        if desk.revoked_at is not None:
            time = long_moment_text(desk.revoked_at, translate)
            parts.append(translate(texts.DESK_REVOKED, time=time, by=desk.revoked_by, reason=desk.revoked_because))
        print("  ".join(parts))
    return 0


def revoke_device(options: argparse.Namespace) -> int:
    from tmcwall.commands.server_devices import device_revoke

    translate = translator_of(options)
    known = device_revoke(existing_server(options), options.name, reason=options.reason)
    print(translate(texts.DESK_ENDED, name=options.name))
    if known:
        cameras = ", ".join(known)
        print(translate(login_texts.REVOKED_KNOWS, desk=options.name, count=len(known), cameras=cameras))
    return 0


def _as_json(desk: Desk) -> dict[str, str | None]:
    from tmcwall.signatures import fingerprint

    return {
        "name": desk.name,
        "device": desk.device,
        "fingerprint": fingerprint(desk.public_key),
        "enrolled_at": _moment(desk.enrolled_at),
        "enrolled_by": desk.enrolled_by,
        "last_seen_at": _moment(desk.last_seen_at),
        "revoked_at": _moment(desk.revoked_at),
        "revoked_by": desk.revoked_by,
        "revoked_because": desk.revoked_because,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
