"""What `tmcwall server source mapping` does: how the messages of a source become reports, tried before it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tmcwall.commands.server import CONSOLE, ServerOptions, opened
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.incident import Source
from tmcwall.intake.mapping import Trial, read_mapping, try_mapping
from tmcwall.intake.webhook import FieldProblem
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.mappings import drop_mapping, mapping_of, put_mapping


@dataclass(frozen=True, slots=True)
class MappingResult:
    """`kept` says whether the server has it now; `trial` is what it makes of an example, where there is one."""

    kept: bool
    trial: Trial | None


def source_mapping(
    options: ServerOptions, source: Source, *, file: Path | None, example: Path | None, clock: Clock | None = None
) -> MappingResult:
    """Try a mapping against an example, or keep it where there is none. Without a file, the one that is kept is tried.

    Raises DomainError(NOT_FOUND) where none is kept or the source may not report, WebhookError with what is wrong
    with the mapping, and Fault(FILE_UNREADABLE, STORE_*).
    """
    now = (clock or SystemClock()).utc()
    with opened(options) as database:
        if file is None:
            with database.read() as session:
                mapping = mapping_of(session, source)
            if mapping is None:
                raise DomainError(DomainCode.NOT_FOUND, source)
        else:
            text = _content(file)
            mapping = read_mapping(text)
            if example is None:
                with database.write() as session:
                    put_mapping(session, source, text, by=CONSOLE, now=now)
                    audit(session, AuditAction.WEBHOOK_MAPPED, at=now, actor=CONSOLE, about=source)
        trial = None if example is None else try_mapping(mapping, _content(example), source=source)
        return MappingResult(kept=example is None or file is None, trial=trial)


def source_unmapped(options: ServerOptions, source: Source, *, clock: Clock | None = None) -> None:
    """The source sends `tmcwall.incident/1` again. Raises Fault(STORE_*)."""
    now = (clock or SystemClock()).utc()
    with opened(options) as database, database.write() as session:
        drop_mapping(session, source)
        audit(session, AuditAction.WEBHOOK_MAPPED, at=now, actor=CONSOLE, about=source, outcome="dropped")


def problem_lines(problems: tuple[FieldProblem, ...]) -> list[str]:
    return [f"{problem.field or '-'}: {problem.message}" for problem in problems]


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Fault(FaultCode.FILE_UNREADABLE, str(file), retryable=False) from error
