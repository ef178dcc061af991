"""The office's identity provider (OpenID Connect 1.0), of which this server is a client: what it says is checked here.

What is known of it is asked for by discovery and kept for a while; its keys are asked for again when it signs with one
that is not known. Every method waits for the network: in a thread.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import httpx2
import msgspec
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet, OctKey, RSAKey
from joserfc.jws import JWSRegistry

from tmcwall.domain.clock import Clock
from tmcwall.log import get_logger
from tmcwall.server.provider_settings import ProviderSettings, is_safe
from tmcwall.server.refusal import RequestRefused
from tmcwall.sync.protocol import RefusalCode

log = get_logger(__name__)

T = TypeVar("T")

ALGORITHMS: Final = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
)  # fmt: skip
"""With a public key only: neither `none` nor one for which the key or the client's secret would be the secret."""
SKEW: Final = timedelta(seconds=60)
"""By which the provider's clock may differ."""
KEPT_FOR: Final = timedelta(hours=1)
"""Discovery and keys."""
NOT_ASKED_AGAIN: Final = timedelta(seconds=10)
"""After a failure, and for a key that is not known: whoever makes up names of keys makes no requests with them."""
LARGEST_REPLY_BYTES: Final = 1 << 20
_LEAST_RSA_BITS: Final = 2048
_LONGEST_NAME: Final = 256
"""Characters of what the provider calls somebody, or a session."""
_LOGOUT: Final = "http://schemas.openid.net/event/backchannel-logout"
_LATEST: Final = timedelta(minutes=5)
"""The provider's word that something has ended is believed so long."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one sign-in in a browser is held to. Known to the server only, but for the state."""

    device: str
    redirect_uri: str
    state: str
    nonce: str
    verifier: str
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """Whom the provider names."""

    nrp: str
    """Whether there is such an officer was not looked at."""
    subject: str
    """The provider's own name for him."""
    provider_session: str
    """Empty: it names none."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What has ended at the provider: that session, or, where it is empty, all of that subject."""

    subject: str
    provider_session: str
    at: datetime
    id: str
    """Each is told once."""


class _Discovery(msgspec.Struct):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class _Keys(msgspec.Struct):
    keys: list[dict[str, Any]]  # Any: a key of a kind that may not be known


class _Tokens(msgspec.Struct):
    id_token: str


class _Kept:
    """A reply that is good for a while; a failure, too, so that nobody waits for a provider that is gone again."""

    def __init__(self) -> None:
        self.value: object = None
        self.asked_at: datetime | None = None


class IdentityProvider:
    """Used by several threads."""

    def __init__(
        self,
        settings: ProviderSettings,
        *,
        clock: Clock,
        transport: httpx2.BaseTransport | None = None,
        timeout_s: float = 5.0,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._transport = transport
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._discovery = _Kept()
        self._keys = _Kept()

    @property
    def name(self) -> str:
        """As officers know it."""
        return self._settings.shown_name

    @property
    def issuer(self) -> str:
        return self._settings.issuer

    def begin(self, device: str, *, redirect_uri: str) -> tuple[Attempt, str]:
        """A sign-in, and the address for the browser. Raises RequestRefused(PROVIDER_AWAY, PROVIDER_REFUSED)."""
        discovery = self._discovered()
        attempt = Attempt(
            device=device,
            redirect_uri=redirect_uri,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            begun_at=self._clock.utc(),
        )
        digest = hashlib.sha256(attempt.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(("openid", *self._settings.scopes)),
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            # Desks are shared: the browser may still know the officer of the last shift.
            "prompt": "login",
            "max_age": "0",
        }
        parts = urlsplit(discovery.authorization_endpoint)
        query = "&".join(part for part in (parts.query, urlencode(asked)) if part)
        return attempt, urlunsplit(parts._replace(query=query))

    def identify(self, attempt: Attempt, *, code: str, issuer: str) -> Named:
        """Whom the provider names for that code.

        `issuer`: what came back beside the code (RFC 9207); empty: nothing. Raises RequestRefused(PROVIDER_AWAY,
        PROVIDER_REFUSED, IDENTITY_UNKNOWN).
        """
        discovery = self._discovered()
        named = issuer or ("" if discovery.authorization_response_iss_parameter_supported else self._settings.issuer)
        if named != self._settings.issuer:
            raise _refused("issuer_of_reply")
        claims = self._claims(self._id_token(discovery, attempt, code))
        self._check(claims, attempt)
        return Named(self._officer(claims), _name(claims, "sub"), _name(claims, "sid"))

    def ended(self, logout_token: str) -> Ended:
        """What the provider says has ended (Back-Channel Logout 1.0, section 2.6).

        Raises RequestRefused(PROVIDER_AWAY, PROVIDER_REFUSED).
        """
        claims = self._claims(logout_token)
        self._check_made_for_us(claims)
        events = claims.get("events")
        if "nonce" in claims or not isinstance(events, dict) or _LOGOUT not in events:
            raise _refused("logout_token")
        at = datetime.fromtimestamp(float(claims["iat"]), UTC)
        if at < self._clock.utc() - _LATEST:
            raise _refused("logout_token_old")
        told = Ended(_name(claims, "sub"), _name(claims, "sid"), at + SKEW, _name(claims, "jti"))
        if not told.id or not (told.subject or told.provider_session):
            raise _refused("logout_token")
        return told

    def _id_token(self, discovery: _Discovery, attempt: Attempt, code: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": attempt.redirect_uri,
            "client_id": self._settings.client_id,
            "code_verifier": attempt.verifier,
        }
        headers = {}
        secret = self._settings.client_secret
        if secret and "client_secret_basic" in discovery.token_endpoint_auth_methods_supported:
            # RFC 6749 section 2.3.1: both parts are encoded as in a form before they are joined.
            pair = f"{quote(self._settings.client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        elif secret:
            form["client_secret"] = secret
        return self._ask("POST", discovery.token_endpoint, _Tokens, form=form, headers=headers).id_token

    def _claims(self, id_token: str) -> Mapping[str, Any]:
        """What is said in it, if the provider has signed it."""
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        try:
            try:
                token = jwt.decode(id_token, self._key_set(), algorithms=list(ALGORITHMS), registry=registry)
            except InvalidKeyIdError:
                token = jwt.decode(id_token, self._key_set(anew=True), algorithms=list(ALGORITHMS), registry=registry)
        except (JoseError, ValueError) as error:
            raise _refused("signature", type(error).__name__) from None
        return token.claims

    def _check_made_for_us(self, claims: Mapping[str, Any]) -> None:
        """By that issuer for this client, and not of another time."""
        client = self._settings.client_id
        registry = jwt.JWTClaimsRegistry(
            now=round(self._clock.utc().timestamp()),
            leeway=round(SKEW.total_seconds()),
            iss={"essential": True, "value": self._settings.issuer},
            aud={"essential": True, "value": client},
            iat={"essential": True},
        )
        try:
            registry.validate(dict(claims))
        except JoseError as error:
            raise _refused("claims", str(error)) from None

    def _check(self, claims: Mapping[str, Any], attempt: Attempt) -> None:
        """OpenID Connect Core, section 3.1.3.7."""
        client = self._settings.client_id
        self._check_made_for_us(claims)
        if "exp" not in claims or not _name(claims, "sub"):
            raise _refused("claims", "exp, sub")
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != client:
            raise _refused("azp")
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not secrets.compare_digest(nonce.encode(), attempt.nonce.encode()):
            raise _refused("nonce")
        for name in ("iat", "auth_time"):
            said = claims.get(name)
            if not isinstance(said, (int, float)) or said < (attempt.begun_at - SKEW).timestamp():
                raise _refused(name)

    def _officer(self, claims: Mapping[str, Any]) -> str:
        name = self._settings.claim
        value = claims.get(name)
        if not isinstance(value, str) or not value:
            raise _refused("claim", name)
        if name == "email" and claims.get("email_verified") is not True:
            raise _refused("email_verified")
        officers = self._settings.officers
        nrp = officers.get(value) if officers else value
        if nrp is None:
            raise RequestRefused(RefusalCode.IDENTITY_UNKNOWN)
        return nrp

    def _discovered(self) -> _Discovery:
        issuer = self._settings.issuer
        url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"

        def ask() -> _Discovery:
            found = self._ask("GET", url, _Discovery)
            if found.issuer != issuer:
                raise _refused("issuer", found.issuer)
            for address in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
                if not is_safe(address):
                    raise _refused("address", address)
            return found

        return self._keeping(self._discovery, ask)

    def _key_set(self, *, anew: bool = False) -> KeySet:
        jwks_uri = self._discovered().jwks_uri

        def ask() -> KeySet:
            keys = _usable(self._ask("GET", jwks_uri, _Keys).keys)
            if not keys:
                raise _refused("no_keys")
            return KeySet(keys)

        return self._keeping(self._keys, ask, for_=NOT_ASKED_AGAIN if anew else KEPT_FOR)

    def _keeping(self, kept: _Kept, ask: Callable[[], T], *, for_: timedelta = KEPT_FOR) -> T:
        """One thread asks, the others wait for its reply."""
        with self._lock:
            now = self._clock.utc()
            failed = isinstance(kept.value, RequestRefused)
            if kept.asked_at is None or now - kept.asked_at >= (NOT_ASKED_AGAIN if failed else for_):
                try:
                    kept.value = ask()
                except RequestRefused as refused:
                    kept.value = refused
                kept.asked_at = self._clock.utc()
            if isinstance(kept.value, RequestRefused):
                raise RequestRefused(kept.value.refusal.code)
            value: T = kept.value  # type: ignore[assignment]  # what `ask` gave
            return value

    def _ask(
        self,
        method: str,
        url: str,
        kind: type[T],
        *,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """Redirects are not followed: a secret goes to nobody else."""
        headers = {"Accept": "application/json", **(headers or {})}
        try:
            with (
                self._client() as client,
                client.stream(method, url, data=form, headers=headers) as reply,
            ):
                content = bytearray()
                for part in reply.iter_bytes():
                    content += part
                    if len(content) > LARGEST_REPLY_BYTES:
                        raise _refused("reply_too_large", url)
                status = reply.status_code
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            log.warning("identity_provider_away", address=url, error=type(error).__name__)
            raise RequestRefused(RefusalCode.PROVIDER_AWAY) from None
        if status >= 500:
            log.warning("identity_provider_away", address=url, status=status)
            raise RequestRefused(RefusalCode.PROVIDER_AWAY)
        if status != 200:
            raise _refused("status", f"{status} of {url}")
        try:
            return msgspec.json.decode(content, type=kind)
        except (msgspec.DecodeError, RecursionError) as error:
            raise _refused("reply", str(error)) from None

    def _client(self) -> httpx2.Client:
        tls = self._settings.tls()
        return httpx2.Client(transport=self._transport, timeout=self._timeout_s, verify=tls, trust_env=False)


def _usable(keys: list[dict[str, Any]]) -> list[Key]:
    """One that nobody can read costs only itself. A secret among public keys is none."""
    found: list[Key] = []
    for data in keys:
        try:
            key = JWKRegistry.import_key(data)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        short = isinstance(key, RSAKey) and key.public_key.key_size < _LEAST_RSA_BITS
        if not isinstance(key, OctKey) and not short:
            found.append(key)
    return found


def _name(claims: Mapping[str, Any], claim: str) -> str:
    """Empty where there is none that could be kept."""
    value = claims.get(claim)
    return value if isinstance(value, str) and len(value) <= _LONGEST_NAME and value.isprintable() else ""


def _refused(what: str, detail: str = "") -> RequestRefused:
    """What the provider says is not believed. The log says why, the reply does not."""
    log.warning("identity_not_believed", what=what, detail=detail[:200])
    return RequestRefused(RefusalCode.PROVIDER_REFUSED)
