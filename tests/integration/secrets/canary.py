"""A planted password, and where it is found in any of its spellings."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

CANARY: Final = "kenari-R4h@s14/burung"
USER: Final = "operator"
URL_WITH_CANARY: Final = f"rtsp://{USER}:{quote(CANARY, safe='')}@10.20.30.40:554/siaran"


def spellings(secret: str) -> frozenset[bytes]:
    """Plain, percent-encoded, in JSON, in UTF-16, and in Base64 wherever it begins in the encoded text."""
    plain = {secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1]}
    found = {text.encode() for text in plain} | {secret.encode("utf-16-le")}
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + secret.encode())
        found.add(encoded[4 if before else 0 : len(encoded) // 4 * 4 - 4])
    return frozenset(found)


def files_with(secret: str, folder: Path) -> Iterator[Path]:
    """Every file under the folder that holds the secret."""
    wanted = spellings(secret)
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            if any(spelling in content for spelling in wanted):
                yield path
