"""`tmcwall camera discover`: which ONVIF cameras answer on the network. No login is sent and nothing is stored."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tmcwall.cameras.discovery import PORT, discover, networks_of
from tmcwall.cameras.listing import guarded
from tmcwall.cameras.probe_matches import FoundDevice
from tmcwall.commands.results import check_result, save_result
from tmcwall.domain.clock import SystemClock
from tmcwall.texts import Translator
from tmcwall.texts import discovery as say

_NOBODY_ANSWERED = 1


def run_discover(subnets: Sequence[str], *, table: Path | None, translate: Translator, port: int = PORT) -> int:
    """A line for each device: address, id, name, model, scopes. Exit code 1 if none answered.

    Raises DomainError(NETWORK_MALFORMED, NUMBER_OUT_OF_RANGE, OUTPUT_REFUSED) and Fault(FILE_UNWRITABLE).
    """
    check_result(table)
    networks = networks_of(subnets)
    found = discover(networks, clock=SystemClock(), port=port)
    for device in found.devices:
        print("  ".join(part or "-" for part in (device.address, device.id, device.name, device.model)))
        print(f"    {' '.join(device.scopes)}")
    if table is not None:
        save_result(table, _table(found.devices))
        print(translate(say.SAVED, count=len(found.devices), file=table), file=sys.stderr)
    if found.garbled:
        print(translate(say.GARBLED, count=found.garbled), file=sys.stderr)
    if not found.devices:
        print(translate(say.NOBODY), file=sys.stderr)
        return _NOBODY_ANSWERED
    return 0


def _table(devices: Iterable[FoundDevice]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("address", "id", "name", "model", "service", "scopes"))
    for device in devices:
        words = (device.id, device.name, device.model, device.service, " ".join(device.scopes))
        writer.writerow((device.address, *map(guarded, words)))
    return text.getvalue().encode("utf-8-sig")  # the mark tells spreadsheets that it is UTF-8
