"""What is asked of a camera to carry its packets, and where nothing came over UDP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tmcwall.domain.source import TransportPreference
from tmcwall.net.reach import address_of
from tmcwall.rtsp.transport import Lower
from tmcwall.video.ipc.messages import StreamUrl

_ORDERS: Final = {
    TransportPreference.AUTO: (Lower.TCP, Lower.UDP),
    TransportPreference.TCP: (Lower.TCP,),
    TransportPreference.COMPAT: (Lower.TCP,),
    TransportPreference.UDP: (Lower.UDP, Lower.TCP),
}
_TCP_FIRST: Final = {**_ORDERS, TransportPreference.UDP: (Lower.TCP, Lower.UDP)}


class TransportHistory:
    """For all streams of an engine, as long as it runs.

    A camera whose UDP does not get through is not waited for again at each reconnect: it is asked for TCP first.
    """

    def __init__(self) -> None:
        self._silent: set[tuple[str, str]] = set()

    def order(self, camera: str, source: StreamUrl) -> Sequence[Lower]:
        """What is asked for, one after the other. Raises Fault for an address that is none."""
        address = address_of(source.url)
        if address.scheme == "rtsps":
            return (Lower.TCP,)  # over UDP the packets would travel in the clear
        orders = _TCP_FIRST if (camera, address.key) in self._silent else _ORDERS
        return orders[source.transport]

    def silent(self, camera: str, source: StreamUrl) -> None:
        """Nothing came over UDP in time."""
        self._silent.add((camera, address_of(source.url).key))
