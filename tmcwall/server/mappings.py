"""How the messages of a source are read: its mapping, as the server keeps it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.incident import Source
from tmcwall.intake.mapping import FieldMapping, read_mapping
from tmcwall.server.city_tables import MappingRow
from tmcwall.server.tables import WebhookSourceRow


def mapping_of(session: Session, source: Source) -> FieldMapping | None:
    """None for a source that sends `tmcwall.incident/1` itself."""
    row = session.get(MappingRow, source.value)
    return None if row is None else read_mapping(row.content.encode())


def put_mapping(session: Session, source: Source, text: bytes, *, by: str, now: datetime) -> None:
    """Raises WebhookError for one that cannot be used, DomainError(NOT_FOUND) for a source that may not report."""
    read_mapping(text)
    if session.get(WebhookSourceRow, source.value) is None:
        raise DomainError(DomainCode.NOT_FOUND, source)
    session.merge(MappingRow(source=source.value, content=text.decode(), changed_at=now, changed_by=by))


def drop_mapping(session: Session, source: Source) -> None:
    row = session.get(MappingRow, source.value)
    if row is not None:
        session.delete(row)
