"""Signing in on the operator page with the office's identity provider.

The checks are those of a workstation's sign-in (`server.browser_sign_in`): PKCE, state, nonce, once. What proves there
that a desk asks is its key; here the attempt lies sealed in a cookie of the browser that began it, and nothing else
completes it. No address that others send decides where the provider sends the browser back to: it knows which it may.
"""

from __future__ import annotations

import hmac
from typing import Final

import msgspec

from tmcwall.domain.fault import Fault
from tmcwall.domain.officer import Officer
from tmcwall.server.browser_sign_in import ATTEMPT_GOOD_FOR
from tmcwall.server.context import ServerContext
from tmcwall.server.enrolment import use_challenge
from tmcwall.server.identity_provider import Attempt, Named
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import OPERATOR_PAGE, officer_of
from tmcwall.server.tables import UserRow
from tmcwall.sync.protocol import RefusalCode

RETURN: Final = "/ops/provider/return"
_PURPOSE: Final = "operator page sign-in"
LONGEST: Final = 2048
"""Characters of what comes back."""


def begin(context: ServerContext, *, base: str) -> tuple[str, str]:
    """The provider's address for the browser, and the sealed attempt for its cookie.

    `base`: where the browser has this server. Raises RequestRefused(NOT_FOUND, PROVIDER_AWAY, PROVIDER_REFUSED).
    """
    if context.identity_provider is None:
        raise RequestRefused(RefusalCode.NOT_FOUND)
    attempt, url = context.identity_provider.begin(OPERATOR_PAGE, redirect_uri=f"{base.rstrip('/')}{RETURN}")
    return url, context.secret_box.close(msgspec.json.encode(attempt), purpose=_PURPOSE)


def complete(
    context: ServerContext, sealed: str, *, state: str, code: str, issuer: str
) -> tuple[Officer, Named]:  # fmt: skip
    """Whom the provider names. Raises RequestRefused(NOT_FOUND, PROVIDER_AWAY, PROVIDER_REFUSED, IDENTITY_UNKNOWN)."""
    provider = context.identity_provider
    if provider is None:
        raise RequestRefused(RefusalCode.NOT_FOUND)
    attempt = _attempt(context, sealed, state=state)
    named = provider.identify(attempt, code=code, issuer=issuer)
    with context.database.read() as session:
        user = session.get(UserRow, named.nrp)
        if user is None or user.disabled_at is not None:
            raise RequestRefused(RefusalCode.IDENTITY_UNKNOWN)
        return officer_of(user), named


def _attempt(context: ServerContext, sealed: str, *, state: str) -> Attempt:
    """Each is good once. Raises RequestRefused(PROVIDER_REFUSED, PROOF_REFUSED)."""
    now = context.clock.utc()
    try:
        attempt = msgspec.json.decode(context.secret_box.open(sealed, purpose=_PURPOSE), type=Attempt)
    except (Fault, msgspec.DecodeError, ValueError):
        raise RequestRefused(RefusalCode.PROVIDER_REFUSED) from None
    is_ours = hmac.compare_digest(attempt.state.encode(), state.encode())
    if attempt.device != OPERATOR_PAGE or not is_ours or now - attempt.begun_at > ATTEMPT_GOOD_FOR:
        raise RequestRefused(RefusalCode.PROVIDER_REFUSED)
    with context.database.write() as session:
        use_challenge(session, attempt.nonce, now=now)
    return attempt
