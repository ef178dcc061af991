"""An identity provider (OpenID Connect) in memory, that can be told to answer otherwise than it should."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import Key, RSAKey

from tests.clocks import FakeClock

ISSUER = "https://sso.example/realms/tmc"
CLIENT, SECRET = "tmcwall", "rahasia klien"
_RSA = {name: RSAKey.generate_key(2048, {"kid": name}) for name in ("one", "two")}


@dataclass
class Provider:
    """Signs in whoever the browser brings as `claims` say; `claims`, `header` and `reply` spoil what it gives."""

    clock: FakeClock
    claims: dict[str, Any] = field(default_factory=lambda: {"preferred_username": "80010001"})
    discovery: dict[str, Any] = field(default_factory=dict)
    signs: Callable[[dict[str, Any]], str] | None = None
    key: Key = field(default_factory=lambda: _RSA["one"])
    published: list[dict[str, Any]] | None = None
    away: bool = False
    reply: Mapping[str, httpx2.Response] = field(default_factory=dict)
    """By path, in the place of its own."""
    asked: list[str] = field(default_factory=list)
    """Paths, in order."""
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def transport(self) -> httpx2.MockTransport:
        return httpx2.MockTransport(self._answer)

    def rotate(self) -> None:
        self.key = _RSA["two"]

    def browse(self, url: str) -> dict[str, str]:
        """What the browser brings back to the workstation when the officer has signed in."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": ISSUER}

    def logout_token(self, **changed: Any) -> str:
        """What it sends when somebody has signed out there."""
        now = int(self.clock.utc().timestamp())
        said = {
            "iss": ISSUER, "aud": CLIENT, "iat": now, "jti": f"jti-{len(self.asked)}", "sub": "f:1",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        } | changed  # fmt: skip
        said = {name: value for name, value in said.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid, "typ": "logout+jwt"}, said, self.key)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        self.asked.append(path)
        if self.away:
            raise httpx2.ConnectError("gone")
        if path in self.reply:
            return self.reply[path]
        if path.endswith("/.well-known/openid-configuration"):
            return httpx2.Response(200, json=self._discovery())
        if path.endswith("/keys"):
            public = self.published or [self.key.as_dict(private=False)]
            return httpx2.Response(200, json={"keys": public})
        return self._tokens(request)

    def _discovery(self) -> dict[str, Any]:
        return {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/auth?kc=1",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
        } | self.discovery

    def _tokens(self, request: httpx2.Request) -> httpx2.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        asked = self._codes.pop(form["code"], None)
        verifier = hashlib.sha256(form["code_verifier"].encode()).digest()
        proven = asked is not None and asked["code_challenge"] == base64.urlsafe_b64encode(verifier).decode().rstrip(
            "="
        )
        basic = f"Basic {base64.b64encode(b'tmcwall:rahasia%20klien').decode()}"
        if not proven or asked is None or request.headers.get("authorization") != basic:
            return httpx2.Response(400, json={"error": "invalid_grant"})
        if form["redirect_uri"] != asked["redirect_uri"]:
            return httpx2.Response(400, json={"error": "invalid_grant"})
        now = int(self.clock.utc().timestamp())
        said = {
            "iss": ISSUER, "aud": CLIENT, "sub": "f:1", "nonce": asked["nonce"], "iat": now, "exp": now + 300,
            "auth_time": now,
        } | self.claims  # fmt: skip
        said = {name: value for name, value in said.items() if value is not None}
        header = {"alg": "RS256", "kid": self.key.kid}
        token = self.signs(said) if self.signs else jwt.encode(header, said, self.key)
        return httpx2.Response(200, json={"id_token": token, "access_token": "x", "token_type": "Bearer"})


def unsigned(claims: dict[str, Any]) -> str:
    """With `alg` none."""
    parts = (json.dumps({"alg": "none"}), json.dumps(claims))
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts) + "."
