"""What modules log with: facts with ids, at the level of their effect. Libraries use the standard `logging`."""

from __future__ import annotations

import logging
from typing import cast

import structlog
from structlog.typing import EventDict, WrappedLogger

from tmcwall.logbook import redacted, without_telling_places


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module: `log.warning("camera lost", camera=camera_id, cause=fault.code)`.

    The event is a fixed sentence; what varies goes into fields. Needs no set-up before: until a `logbook.LogBook` runs,
    the standard library shows warnings and worse on stderr.
    """
    return cast(  # structlog gives Any: the class is the one named here
        "structlog.stdlib.BoundLogger",
        structlog.wrap_logger(
            logging.getLogger(name),
            processors=[
                structlog.stdlib.filter_by_level,
                structlog.contextvars.merge_contextvars,
                _hide,
                structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
            ],
            wrapper_class=structlog.stdlib.BoundLogger,
            context_class=dict,
            cache_logger_on_first_use=False,
        ),
    )


def _hide(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return cast("EventDict", redacted(event, without_telling_places))  # a mapping comes back as one
