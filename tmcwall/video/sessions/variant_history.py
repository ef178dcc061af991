"""Which variants of a playlist gave no picture lately: they are tried last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tmcwall.video.ipc.timeline import NS

if TYPE_CHECKING:
    # As in `reconnect`: every stream has this, and few have playlists.
    from tmcwall.containers.hls import Variant

_REMEMBERED_NS: Final = 600 * NS
_MOST: Final = 100


class VariantHistory:
    """For one stream, over its connections: a reconnect does not begin with what was dead a moment ago.

    A variant counts as what its address says before the query, which often holds a token that changes. After ten
    minutes it has its old place again; whatever plays then goes on until the connection ends.
    """

    def __init__(self) -> None:
        self._failed_ns: dict[str, int] = {}

    def in_turn(self, variants: Sequence[Variant], now_ns: int) -> Sequence[Variant]:
        """Those that failed lately behind the others, each in the order given."""
        self._failed_ns = {name: at for name, at in self._failed_ns.items() if now_ns - at < _REMEMBERED_NS}
        return sorted(variants, key=lambda variant: _name(variant) in self._failed_ns)

    def failed(self, variant: Variant, now_ns: int) -> None:
        if len(self._failed_ns) < _MOST:
            self._failed_ns[_name(variant)] = now_ns

    def worked(self, variant: Variant) -> None:
        """A picture came of it."""
        self._failed_ns.pop(_name(variant), None)


def _name(variant: Variant) -> str:
    return variant.url.partition("?")[0]
