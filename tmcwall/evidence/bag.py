"""A bag (BagIt 1.0, RFC 8493): which files it has, and how its manifests are written and read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

DATA: Final = "data"
ORIGINALS: Final = "data/originals"
COPIES: Final = "data/copies"
STILLS: Final = "data/stills"
REDACTED: Final = "data/redacted"
ANNOTATIONS: Final = "data/annotations"
RECORD: Final = "data/record.json"
CUSTODY: Final = "data/custody.json"
DECLARATION: Final = "bagit.txt"
INFORMATION: Final = "bag-info.txt"
MANIFEST: Final = "manifest-sha256.txt"
TAG_MANIFEST: Final = "tagmanifest-sha256.txt"
SIGNATURE: Final = "tagmanifest-sha256.txt.sig"
TIME_STAMP: Final = "tagmanifest-sha256.txt.tsr"
"""An authority's answer to the bytes of the tag manifest, where one was asked. Like the signature in no manifest."""
SIGNERS: Final = "allowed_signers"
PUBLIC_KEY: Final = "signing-key.pub"
INSTRUCTIONS: Final = "VERIFY.txt"

TAG_FILES: Final = (INSTRUCTIONS, SIGNERS, INFORMATION, DECLARATION, MANIFEST, PUBLIC_KEY)
"""Those that the tag manifest lists: all besides itself and its signature."""
DECLARED: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
LARGEST_MANIFEST: Final = 16 * 1024 * 1024

_LINE: Final = re.compile(r"(?P<hash>[0-9a-f]{64})  (?P<path>[!-~](?:[ -~]*[!-~])?)")
_LONGEST_NAME: Final = 60
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(10))}
)


class ManifestMalformed(ValueError):
    """It is no manifest, or names a file that cannot be in the bag."""


def manifest(hashes: Mapping[str, str]) -> bytes:
    """By path, sorted, as `sha256sum` writes its lines."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(hashes.items())).encode("ascii")


def read_manifest(content: bytes) -> dict[str, str]:
    """SHA-256 by path. Raises ManifestMalformed, also for a path that leads out of the bag."""
    found: dict[str, str] = {}
    try:
        lines = content.decode("ascii").splitlines()
    except UnicodeDecodeError as error:
        raise ManifestMalformed(str(error)) from error
    for line in lines:
        read = _LINE.fullmatch(line)
        if read is None or not is_within(read["path"]) or read["path"] in found:
            raise ManifestMalformed(line[:200])
        found[read["path"]] = read["hash"]
    return found


def is_within(path: str) -> bool:
    """Whether a path of a manifest stays in the bag on every system."""
    parts = path.split("/")
    return not any(part in {"", ".", ".."} or "\\" in part or ":" in part for part in parts)


def safe_name(text: str) -> str:
    """A name that every file system takes and every shell leaves alone: letters, digits, `.`, `_` and `-`.

    Letters with marks lose them; runs of anything else become one `-`.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"-*[^A-Za-z0-9_.]+-*", "-", plain).strip("-._")[:_LONGEST_NAME].rstrip("-._")
    return f"_{name}" if not name or name.split(".")[0].lower() in _RESERVED else name
