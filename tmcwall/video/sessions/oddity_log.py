"""What a camera does that no specification allows, in the log while it does it."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from tmcwall.domain.oddity import Oddity

log = logging.getLogger(__name__)


class OddityLog:
    """Of one connection: each kind is said once."""

    def __init__(self, camera: str) -> None:
        self._camera = camera
        self._said = set[Oddity]()

    def say(self, found: Mapping[Oddity, int]) -> None:
        """What is new among all that was found so far."""
        for oddity in [oddity for oddity in found if oddity not in self._said]:
            self._said.add(oddity)
            log.info("odd camera: camera=%s oddity=%s", self._camera, oddity.value)
