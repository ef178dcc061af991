"""Where the streams of a camera are at a relay, which opens each camera once for the city."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final

from tmcwall.domain.camera import Profile

_READABLE: Final = 24
"""Characters of an id that its path begins with, for who reads the relay's log."""
_DIGEST: Final = 12


def relay_path(camera_id: str, profile: Profile) -> str:
    """The path of a stream at the relay: the same on every workstation, and another for every camera.

    Of small letters and digits only, beginning with a letter: MediaMTX takes names of environment variables apart at
    underscores, and service managers take no other signs in them.
    """
    readable = re.sub(r"[^a-z0-9]", "", camera_id.lower())[:_READABLE]
    return f"c{readable}x{sha256(camera_id.encode()).hexdigest()[:_DIGEST]}{profile}"
