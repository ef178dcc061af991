"""How a partner's own JSON becomes a report: data that is written, tried and kept, and never code.

A mapping is JSON of the schema `tmcwall.mapping/1`. For each field of `tmcwall.incident/1` (`location.lat`, say) it
has a rule: a `path` into the message (`laporan.lokasi[0].lat`) or a constant `value`; a `table` of words; a `time`
format with the `zone` of times that name none; a `scale` for numbers; a `default` where nothing is there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from tmcwall.domain.incident import Source
from tmcwall.domain.operation import Json
from tmcwall.domain.station_zone import StationZone
from tmcwall.intake.webhook import (
    MAX_BODY_BYTES,
    SCHEMA,
    FieldProblem,
    Part,
    Report,
    WebhookError,
    parse_webhook,
    problems_of,
)

_MOST_RULES: Final = 40
_MOST_WORDS: Final = 500
"""Of a table."""
_STEP: Final = re.compile(r"(?P<name>[^.\[\]]{1,100})|\[(?P<place>[0-9]{1,4})\]")
_PATH: Final = re.compile(r"[^.\[\]]{1,100}(?:\.[^.\[\]]{1,100}|\[[0-9]{1,4}\]){0,15}")
_TARGETS: Final = (
    "id", "msg_type", "seq", "sent", "status", "type", "severity", "certainty", "text", "callback",
    "location.lat", "location.lon", "location.accuracy_m", "location.adm4", "location.rw", "location.rt",
    "location.text", "reporter.name", "reporter.phone", "reporter.consent",
)  # fmt: skip
_NUMBERS: Final = frozenset({"location.lat", "location.lon", "location.accuracy_m"})
_WHOLE: Final = frozenset({"seq"})
_YES_NO: Final = frozenset({"callback", "reporter.consent"})
_ALLOWED_DIRECTIVES: Final = "YymdHMSfz%"
"""Names of months and days are not among them: they depend on the system's language."""
_LARGEST_BYTES: Final = 64 * 1024


def _is_path(path: str) -> str:
    if _PATH.fullmatch(path) is None:
        raise ValueError("a path is like laporan.lokasi[0].lat")
    return path


def _is_time_format(text: str) -> str:
    if text in {"iso", "unix", "unix_ms"}:
        return text
    directives = re.findall(r"%(.?)", text)
    if not directives or any(one not in _ALLOWED_DIRECTIVES or not one for one in directives):
        raise ValueError("a time is iso, unix, unix_ms, or a format of %Y %y %m %d %H %M %S %f %z")
    return text


class Rule(Part):
    """Where one field comes from."""

    path: Annotated[str, StringConstraints(max_length=400), AfterValidator(_is_path)] | None = None
    value: str | int | float | bool | None = None
    table: Annotated[dict[str, str], Field(max_length=_MOST_WORDS)] | None = None
    default: str | int | float | bool | None = None
    time: Annotated[str, StringConstraints(max_length=64), AfterValidator(_is_time_format)] | None = None
    zone: Literal["WIB", "WITA", "WIT"] = "WIB"
    scale: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _has_one_origin(self) -> Rule:
        if (self.path is None) == (self.value is None):
            raise ValueError("one of path, value is needed")
        return self


class FieldMapping(Part):
    """The rules of one source, by field."""

    schema_: Literal["tmcwall.mapping/1"] = Field(alias="schema")
    fields: Annotated[dict[str, Rule], Field(max_length=_MOST_RULES)]

    @model_validator(mode="after")
    def _names_fields(self) -> FieldMapping:
        unknown = sorted(self.fields.keys() - set(_TARGETS))
        if unknown:
            raise ValueError(f"no such field: {', '.join(unknown[:5])}")
        return self


@dataclass(frozen=True, slots=True)
class Trial:
    """What a mapping makes of a message: the fields that were found, and what is wrong. `report` if nothing is."""

    found: Mapping[str, Json]
    problems: tuple[FieldProblem, ...]
    report: Report | None


def read_mapping(text: bytes) -> FieldMapping:
    """Raises WebhookError with every wrong part."""
    if len(text) > _LARGEST_BYTES:
        raise WebhookError((FieldProblem("", f"at most {_LARGEST_BYTES} bytes"),))
    try:
        return FieldMapping.model_validate_json(text)
    except ValidationError as error:
        raise WebhookError(problems_of(error)) from None


def try_mapping(mapping: FieldMapping, body: bytes, *, source: Source) -> Trial:
    """What would come of a message of that source."""
    try:
        if len(body) > MAX_BODY_BYTES:
            return Trial({}, (FieldProblem("", f"at most {MAX_BODY_BYTES} bytes"),), None)
        message: Json = json.loads(body)
    except (ValueError, RecursionError):
        return Trial({}, (FieldProblem("", "not JSON"),), None)
    found: dict[str, Json] = {}
    problems = []
    for target, rule in mapping.fields.items():
        try:
            value = _value(rule, message, target)
        except _NoValue as missing:
            problems.append(FieldProblem(target, str(missing)))
            continue
        if value is not None:
            found[target] = value
    if problems:
        return Trial(found, tuple(problems), None)
    try:
        return Trial(found, (), parse_webhook(_content(found, source)))
    except WebhookError as error:
        return Trial(found, error.problems, None)


def parse_mapped(mapping: FieldMapping, body: bytes, *, source: Source) -> Report:
    """Raises WebhookError with what is wrong, by the names of our fields."""
    trial = try_mapping(mapping, body, source=source)
    if trial.report is None:
        raise WebhookError(trial.problems)
    return trial.report


class _NoValue(Exception):
    """A rule found nothing that it could use; the text says why, without the value."""


def _value(rule: Rule, message: Json, target: str) -> Json:
    """None: the field is left out. Raises _NoValue."""
    raw = rule.value if rule.path is None else _at(message, rule.path)
    if raw is None or raw == "":
        return rule.default
    if rule.table is not None:
        key = str(raw).strip()
        chosen = rule.table.get(key)
        if chosen is None and rule.default is None:
            raise _NoValue("not in the table, and there is no default")
        return rule.default if chosen is None else chosen
    if rule.time is not None:
        return _time(raw, rule.time, StationZone(rule.zone))
    if target in _NUMBERS or target in _WHOLE:
        return _number(raw, rule.scale, whole=target in _WHOLE)
    if target in _YES_NO:
        return raw if isinstance(raw, bool) else str(raw).strip().lower() in {"1", "true", "ya", "yes", "y"}
    if isinstance(raw, dict | list):
        raise _NoValue("an object or a list, not a value")
    return str(raw).strip()


def _at(message: Json, path: str) -> Json:
    """None where the path leads nowhere."""
    here = message
    for step in _STEP.finditer(path):
        name, place = step["name"], step["place"]
        if name is not None:
            here = here.get(name) if isinstance(here, dict) else None
        elif isinstance(here, list) and int(place) < len(here):
            here = here[int(place)]
        else:
            here = None
    return here


def _number(raw: Json, scale: float | None, *, whole: bool) -> Json:
    text = str(raw).strip().replace(",", ".")
    if isinstance(raw, bool) or len(text) > 40 or re.fullmatch(r"[-+]?[0-9]+(?:\.[0-9]+)?", text) is None:
        raise _NoValue("not a number")
    if whole:
        return int(text.partition(".")[0])
    return float(text) * (1.0 if scale is None else scale)


def _time(raw: Json, form: str, zone: StationZone) -> str:
    text = str(raw).strip()
    try:
        if form in {"unix", "unix_ms"}:
            return datetime.fromtimestamp(float(text) / (1000 if form == "unix_ms" else 1), UTC).isoformat()
        moment = datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form)  # noqa: DTZ007 - below
    except (ValueError, OverflowError, OSError):
        raise _NoValue("not a time of that form") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone.local(datetime(2025, 1, 1, tzinfo=UTC)).tzinfo)
    return moment.isoformat()


def _content(found: Mapping[str, Json], source: Source) -> bytes:
    """As `tmcwall.incident/1`. A message that says no number of its own is counted by the second it was sent in."""
    content: dict[str, Json] = {"schema": SCHEMA, "source": source.value, "msg_type": "alert"}
    for target, value in found.items():
        outer, dot, inner = target.partition(".")
        if not dot:
            content[outer] = value
            continue
        part = content.setdefault(outer, {})
        assert isinstance(part, dict)
        part[inner] = value
    if "seq" not in content and isinstance(content.get("sent"), str):
        with suppress(ValueError, OverflowError):
            content["seq"] = max(0, int(datetime.fromisoformat(str(content["sent"])).timestamp()))
    return json.dumps(content).encode()
