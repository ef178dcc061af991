"""Looks at the signatures in a PDF, in a process of its own: the file is a stranger's, and pyHanko is slow to load.

On standard input the PDF; on standard output its signatures as JSON.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from io import BytesIO
from typing import Final

import msgspec
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from tmcwall.domain.letter import PdfSignature

UNREADABLE: Final = 1
"""Exit code for what cannot be read."""


def signatures_in(pdf: bytes) -> tuple[PdfSignature, ...]:
    """In the order of the file. Nobody on the network is asked, and nobody vouches for a signer.

    Raises PdfError and ValueError for what cannot be read.
    """
    reader = PdfFileReader(BytesIO(pdf), strict=False)
    found = []
    for signature in reader.embedded_signatures:
        nobody = ValidationContext(trust_roots=[], allow_fetching=False)
        status = validate_pdf_signature(signature, nobody)
        certificate = status.signing_cert
        found.append(
            PdfSignature(
                signer=certificate.subject.human_friendly,
                issuer=certificate.issuer.human_friendly,
                signed_at=signature.self_reported_timestamp,
                intact=status.intact and status.valid,
                covers_all=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
            )
        )
    return tuple(found)


def main(_words: Sequence[str] = ()) -> int:
    # That nobody vouches for a signer is no news, but pyHanko tells it with a traceback.
    logging.disable(logging.CRITICAL)
    try:
        found = signatures_in(sys.stdin.buffer.read())
    except (PdfError, ValueError):
        return UNREADABLE
    sys.stdout.buffer.write(msgspec.json.encode(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
