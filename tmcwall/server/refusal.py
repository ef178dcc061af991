"""A request that the server turns down, with the reply it gets."""

from __future__ import annotations

from tmcwall.sync.protocol import FieldError, Refusal, RefusalCode

_STATUS = {
    RefusalCode.INVALID: 400,
    RefusalCode.UNAUTHORIZED: 401,
    RefusalCode.SIGN_IN_REFUSED: 401,
    RefusalCode.TOKEN_EXPIRED: 401,
    RefusalCode.SESSION_ENDED: 401,
    RefusalCode.PASSWORD_DUE: 403,
    RefusalCode.PASSWORD_WEAK: 400,
    RefusalCode.PROVIDER_AWAY: 503,
    RefusalCode.PROVIDER_REFUSED: 403,
    RefusalCode.IDENTITY_UNKNOWN: 403,
    RefusalCode.DEVICE_UNKNOWN: 403,
    RefusalCode.DEVICE_REVOKED: 403,
    RefusalCode.PROOF_REFUSED: 403,
    RefusalCode.SIGNATURE_REFUSED: 403,
    RefusalCode.ENROLMENT_REFUSED: 403,
    RefusalCode.DEVICE_TAKEN: 409,
    RefusalCode.FORBIDDEN: 403,
    RefusalCode.NOT_FOUND: 404,
    RefusalCode.TOO_SLOW: 408,
    RefusalCode.GAP: 409,
    RefusalCode.FORK: 409,
    RefusalCode.ORDER_DIFFERS: 409,
    RefusalCode.SCHEMA_NEWER: 409,
    RefusalCode.SEQUENCE_OLD: 409,
    RefusalCode.OFFSET: 409,
    RefusalCode.COMPACTED: 410,
    RefusalCode.TOO_LARGE: 413,
    RefusalCode.LOCKED: 423,
    RefusalCode.TOO_MANY: 429,
    RefusalCode.CHECKSUM: 460,
    RefusalCode.HASH_DIFFERS: 422,
    RefusalCode.INTERNAL: 500,
    RefusalCode.STORAGE_FULL: 507,
}


class RequestRefused(Exception):
    """Ends the request with that refusal; a transaction around it is rolled back."""

    def __init__(
        self,
        code: RefusalCode,
        *,
        expected_number: int | None = None,
        errors: tuple[FieldError, ...] = (),
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(code)
        self.status = _STATUS[code]
        self.refusal = Refusal(code=code, expected_number=expected_number, errors=errors)
        self.retry_after_s = retry_after_s
