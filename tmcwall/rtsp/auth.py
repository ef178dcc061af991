"""Digest (RFC 7616, RFC 2069) and Basic (RFC 7617) for RTSP, for the client and the server.

Secrets are in no `repr`, no exception and no log.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.messages import Response

_PARAMETER: Final = re.compile(
    r"""[\s,;]*([A-Za-z0-9_-]+)\s*=\s*("(?:[^"\\]|\\.)*"(?=[\s,;]|$)|"[^,;]*"?|'[^',;]*'|[^\s,;"]*)"""
)
"""The quotes around a value may be single, be missing at its end, or stand within it unescaped."""
_SCHEME: Final = re.compile(r"[\s,;]*([A-Za-z0-9_-]+)(?=[\s,]|$)")
_LARGEST: Final = 8192


class Scheme(StrEnum):
    """Ways to log in, the strongest first."""

    DIGEST_SHA256 = "SHA-256"
    DIGEST_MD5 = "MD5"
    BASIC = "Basic"


class LoginRefused(Fault):
    """A camera took the credentials in none of the ways that it offers. `attempts`: how often it was given them."""

    def __init__(self, detail: str, *, attempts: int) -> None:
        super().__init__(FaultCode.UNAUTHORIZED, detail, retryable=False)
        self.attempts = attempts


@dataclass(frozen=True, slots=True)
class _Challenge:
    scheme: Scheme
    realm: str = ""
    nonce: str = ""
    opaque: str | None = None
    algorithm: str | None = None
    """As the server wrote it; None where it wrote none."""
    with_qop: bool = False
    stale: bool = False


class Authorizer:
    """The client's side of one connection to one camera."""

    def __init__(
        self,
        username: str,
        password: str,
        *,
        allow_basic: bool = False,
        new_cnonce: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        self._username = _wire(username)
        self._password = _wire(password)
        self._allow_basic = allow_basic
        self._new_cnonce = new_cnonce
        self._challenge: _Challenge | None = None
        self._count = 0
        self._answered = False
        self._tried = set[Scheme]()
        self._refused = set[Scheme]()

    def __repr__(self) -> str:
        return "Authorizer(***)"

    @property
    def scheme(self) -> Scheme | None:
        """In which way the credentials were given last; None where no camera has asked for them."""
        return self._challenge.scheme if self._challenge is not None else None

    @property
    def schemes_tried(self) -> int:
        """In how many ways the credentials have been given."""
        return len(self._tried)

    def challenge(self, response: Response) -> bool:
        """Take the challenge of a 401. True: the request is worth repeating with `header`.

        False: these credentials were just refused, there are none, or no known scheme is offered. Where they were
        refused by one digest and another is offered, that is tried: some cameras offer SHA-256 and cannot do it. Basic
        is not, which would give the password away for it. Raises Fault(BASIC_AUTH_REFUSED) where only Basic is offered
        and it is not allowed.
        """
        offered = [known for value in response.headers.every("www-authenticate") for known in _parse_challenges(value)]
        order = list(Scheme)
        offered.sort(key=lambda challenge: order.index(challenge.scheme))
        if self._answered and self._challenge is not None and not any(challenge.stale for challenge in offered):
            self._refused.add(self._challenge.scheme)
        if self._refused:
            offered = [known for known in offered if known.scheme not in {*self._refused, Scheme.BASIC}]
        if not offered or not (self._username or self._password):
            return False
        best = offered[0]
        if best.scheme is Scheme.BASIC and not self._allow_basic:
            raise Fault(FaultCode.BASIC_AUTH_REFUSED, "only Basic is offered", retryable=False)
        self._challenge = best
        self._count = 0
        self._answered = False
        return True

    def accepted(self) -> None:
        """A request with our header has succeeded: a later 401 is a new challenge, not a refusal."""
        self._answered = False

    def header(self, method: str, uri: str) -> str | None:
        """The value of the Authorization header for a request; None before the first challenge."""
        challenge = self._challenge
        if challenge is None:
            return None
        self._answered = True
        self._tried.add(challenge.scheme)
        if challenge.scheme is Scheme.BASIC:
            pair = f"{self._username}:{self._password}".encode("latin-1")
            return "Basic " + base64.b64encode(pair).decode("ascii")
        self._count += 1
        fields = {
            "username": self._username,
            "realm": challenge.realm,
            "nonce": challenge.nonce,
            "uri": uri,
        }
        counted = {}
        session = (challenge.algorithm or "").lower().endswith("-sess")
        if challenge.with_qop or session:
            counted = {"cnonce": self._new_cnonce(), "nc": f"{self._count:08x}"}
        fields["response"] = _digest(
            challenge.scheme,
            username=self._username,
            password=self._password,
            realm=challenge.realm,
            nonce=challenge.nonce,
            method=method,
            uri=uri,
            nc=counted.get("nc") if challenge.with_qop else None,
            cnonce=counted.get("cnonce"),
            session=session,
        )
        if challenge.opaque is not None:
            fields["opaque"] = challenge.opaque
        parts = [f"{name}={_quote(value)}" for name, value in fields.items()]
        if challenge.algorithm is not None:
            parts.append(f"algorithm={challenge.algorithm}")
        if counted:
            parts.append(f'cnonce="{counted["cnonce"]}"')
        if challenge.with_qop:
            parts.append(f"qop=auth, nc={counted['nc']}")
        return "Digest " + ", ".join(parts)


class Verifier:
    """The server's side: what it offers, and whether an answer is right."""

    def __init__(
        self,
        username: str,
        password: str,
        *,
        realm: str = "tmcwall",
        schemes: Sequence[Scheme] = (Scheme.DIGEST_SHA256, Scheme.DIGEST_MD5),
        nonce: str | None = None,
    ) -> None:
        self._username = _wire(username)
        self._password = _wire(password)
        self._realm = realm
        self._schemes = tuple(schemes)
        self._nonce = nonce if nonce is not None else secrets.token_hex(16)

    def __repr__(self) -> str:
        return "Verifier(***)"

    def offering(self, schemes: Sequence[Scheme]) -> Verifier:
        """The same login and nonce, asked for in other ways."""
        return Verifier(self._username, self._password, realm=self._realm, schemes=schemes, nonce=self._nonce)

    def renewed(self) -> Verifier:
        """The same with another nonce."""
        return Verifier(self._username, self._password, realm=self._realm, schemes=self._schemes)

    def challenges(self, *, stale: bool = False) -> list[tuple[str, str]]:
        """The header fields of a 401, the strongest scheme first; `stale`: only the nonce was too old."""
        return [("WWW-Authenticate", self._offer(scheme, stale)) for scheme in Scheme if scheme in self._schemes]

    def check(self, method: str, authorization: str | None) -> bool:
        """Whether the value of an Authorization header is right for this method."""
        if authorization is None or len(authorization) > _LARGEST:
            return False
        kind, _, rest = authorization.strip().partition(" ")
        if kind.lower() == "basic":
            return Scheme.BASIC in self._schemes and self._check_basic(rest.strip())
        if kind.lower() == "digest":
            return self._check_digest(method, _parse_parameters(rest))
        return False

    def _offer(self, scheme: Scheme, stale: bool) -> str:  # noqa: FBT001 - as `challenges` was asked
        if scheme is Scheme.BASIC:
            return f"Basic realm={_quote(self._realm)}"
        offer = f'Digest realm={_quote(self._realm)}, qop="auth", algorithm={scheme.value}, nonce="{self._nonce}"'
        return f"{offer}, stale=true" if stale else offer

    def _check_basic(self, token: str) -> bool:
        try:
            given = base64.b64decode(token, validate=True)
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(given, f"{self._username}:{self._password}".encode("latin-1"))

    def _check_digest(self, method: str, given: Mapping[str, str]) -> bool:
        algorithm = given.get("algorithm", Scheme.DIGEST_MD5).upper()
        scheme = next((known for known in self._schemes if known.value == algorithm), None)
        if scheme is None or scheme is Scheme.BASIC or not hmac.compare_digest(
            given.get("nonce", "").encode(), self._nonce.encode()
        ):  # fmt: skip
            return False
        with_qop = given.get("qop", "").lower() == "auth"
        expected = _digest(
            scheme,
            username=self._username,
            password=self._password,
            realm=self._realm,
            nonce=self._nonce,
            method=method,
            uri=given.get("uri", ""),
            nc=given.get("nc", "") if with_qop else None,
            cnonce=given.get("cnonce", "") if with_qop else None,
            session=False,
        )
        named = hmac.compare_digest(given.get("username", "").encode(), self._username.encode())
        return hmac.compare_digest(given.get("response", "").lower().encode(), expected.encode()) and named


def _digest(
    scheme: Scheme,
    *,
    username: str,
    password: str,
    realm: str,
    nonce: str,
    method: str,
    uri: str,
    nc: str | None,
    cnonce: str | None,
    session: bool,
) -> str:
    """The response of RFC 7616 section 3.4.1, or of RFC 2069 where `nc` is None."""

    def hashed(text: str) -> str:
        data = text.encode("latin-1", "replace")
        if scheme is Scheme.DIGEST_SHA256:
            return hashlib.sha256(data).hexdigest()
        return hashlib.md5(data, usedforsecurity=False).hexdigest()

    secret = hashed(f"{username}:{realm}:{password}")
    if session:
        secret = hashed(f"{secret}:{nonce}:{cnonce}")
    what = hashed(f"{method}:{uri}")
    if nc is None:
        return hashed(f"{secret}:{nonce}:{what}")
    return hashed(f"{secret}:{nonce}:{nc}:{cnonce}:auth:{what}")


def _wire(text: str) -> str:
    """Our own text as it stands on the wire: UTF-8, each byte shown as Latin-1 (see `messages.serialise`)."""
    return text.encode().decode("latin-1")


def _parse_challenges(value: str) -> list[_Challenge]:
    """The known challenges of one WWW-Authenticate value; it may hold several."""
    challenges: list[_Challenge] = []
    position = 0
    value = value[:_LARGEST]
    while (scheme := _SCHEME.match(value, position)) is not None:
        position = scheme.end()
        parameters: dict[str, str] = {}
        while (parameter := _PARAMETER.match(value, position)) is not None:
            parameters[parameter[1].lower()] = _unquote(parameter[2])
            position = parameter.end()
        known = _known_challenge(scheme[1].lower(), parameters)
        if known is not None:
            challenges.append(known)
    return challenges


def _known_challenge(scheme: str, parameters: Mapping[str, str]) -> _Challenge | None:
    if scheme == "basic":
        return _Challenge(Scheme.BASIC, realm=parameters.get("realm", ""))
    algorithm = parameters.get("algorithm") or None
    base = (algorithm or "MD5").upper().removesuffix("-SESS").replace("SHA256", "SHA-256")
    if scheme != "digest" or base not in {Scheme.DIGEST_MD5.value, Scheme.DIGEST_SHA256.value}:
        return None
    if "nonce" not in parameters:
        return None
    offered_qop = {part.strip().lower() for part in parameters.get("qop", "").split(",")} - {""}
    if offered_qop and "auth" not in offered_qop:
        return None
    return _Challenge(
        Scheme(base),
        realm=parameters.get("realm", ""),
        nonce=parameters["nonce"],
        opaque=parameters.get("opaque"),
        algorithm=algorithm,
        with_qop=bool(offered_qop),
        stale=parameters.get("stale", "").lower() == "true",
    )


def _parse_parameters(text: str) -> dict[str, str]:
    return {match[1].lower(): _unquote(match[2]) for match in _PARAMETER.finditer(text)}


def _quote(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquote(value: str) -> str:
    if value.startswith("'") and value.endswith("'") and len(value) > 1:
        return value[1:-1]
    if not value.startswith('"'):
        return value
    return re.sub(r"\\(.)", r"\1", value[1:].rstrip().removesuffix('"'))
