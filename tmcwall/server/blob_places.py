"""Which store an address of clips means."""

from __future__ import annotations

from pathlib import Path

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.server.blobs import BlobStore, blob_folder


def is_object_store(text: str) -> bool:
    """Whether that is no folder of this machine."""
    return text.startswith("s3:")


def open_blobs(text: str, *, parts: Path) -> BlobStore:
    """A folder, a `file:` URL or `s3://BUCKET/PREFIX`; what is not whole yet lies in `parts` then.

    Raises DomainError(BLOBS_URL), DiskFault, and Fault(COMPONENT_MISSING) without the extra `s3`.
    """
    if not is_object_store(text):
        return BlobStore(blob_folder(text))
    try:
        from tmcwall.server.object_store import ObjectStore  # noqa: PLC0415 - there with the extra `s3` only
    except ModuleNotFoundError as error:
        raise Fault(FaultCode.COMPONENT_MISSING, 'pip install "tmcwall[s3]"', retryable=False) from error
    return ObjectStore(text, parts=parts)
