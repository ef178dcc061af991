"""`tmcwall licences`: the parts of this program with their licences, the text of one, and the offer of source code."""

from __future__ import annotations

import sys

from tmcwall import __version__
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.licences import FOLDER, Part, is_bundle, shipped_parts, source_offer
from tmcwall.resources import resource
from tmcwall.texts import Translator
from tmcwall.texts import about as say

WRONG_INPUT = 2


def run_licences(name: str | None, *, translate: Translator) -> int:
    """All parts, or the licence text of those of that name. Exit code 0; 2 where there is no such part.

    Raises Fault(FILE_UNREADABLE) where a text is missing.
    """
    try:
        parts = shipped_parts()
        if name is None:
            answer = _overview(parts, translate)
        else:
            asked = [part for part in parts if part.name.casefold() == name.casefold()]
            if not asked:
                print(f"tmcwall: {translate(say.NO_SUCH_PART, name=name)}", file=sys.stderr)  # noqa: T201 - the answer
                return WRONG_INPUT
            answer = "\n\n".join(f"{line_of(part)}\n\n{part.text()}" for part in asked)
    except OSError as error:
        raise Fault(FaultCode.FILE_UNREADABLE, str(error.filename), retryable=False) from error
    print(answer)  # noqa: T201 - the command's answer
    return 0


def line_of(part: Part) -> str:
    """Name, version and licence in one line."""
    return f"{part.name} {part.version}".strip() + f": {part.licence}"


def _overview(parts: tuple[Part, ...], translate: Translator) -> str:
    what = translate(say.BUNDLE, count=len(parts)) if is_bundle() else translate(say.CHECKOUT)
    head = [translate(say.VERSION, version=__version__), what, ""]
    foot = ["", translate(say.HOW_TO_READ, folder=resource(FOLDER)), "", source_offer().strip()]
    return "\n".join([*head, *map(line_of, parts), *foot])
