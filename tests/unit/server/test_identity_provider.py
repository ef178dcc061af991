"""What is believed of the office's identity provider, and what is not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OctKey, RSAKey

from tests.clocks import FakeClock
from tests.exchange import NRP, START
from tests.identity_provider import CLIENT, ISSUER, SECRET, Provider, unsigned
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.server.identity_provider import IdentityProvider
from tmcwall.server.provider_settings import ProviderSettings, read_provider_settings
from tmcwall.server.refusal import RequestRefused
from tmcwall.sync.protocol import RefusalCode

SETTINGS = ProviderSettings(issuer=ISSUER, client_id=CLIENT, client_secret=SECRET, name="SSO Polri")
SignIn = Callable[..., str]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
def provider(clock: FakeClock) -> Provider:
    return Provider(clock)


@pytest.fixture
def office(provider: Provider, clock: FakeClock) -> IdentityProvider:
    return IdentityProvider(SETTINGS, clock=clock, transport=provider.transport())


@pytest.fixture
def sign_in(office: IdentityProvider, provider: Provider) -> SignIn:
    return signs_in(office, provider)


def signs_in(office: IdentityProvider, provider: Provider) -> SignIn:
    """The number of whom the provider names; `issuer` is what comes beside the code."""

    def enter(*, issuer: str = ISSUER) -> str:
        attempt, url = office.begin("ws1", redirect_uri="http://127.0.0.1:40000/")
        back = provider.browse(url)
        assert back["state"] == attempt.state
        return office.identify(attempt, code=back["code"], issuer=issuer).nrp

    return enter


def refusal(call: Callable[[], object]) -> RefusalCode:
    with pytest.raises(RequestRefused) as refused:
        call()
    return refused.value.refusal.code


def test_the_provider_is_asked_to_let_the_officer_prove_himself_anew(
    sign_in: SignIn, provider: Provider, office: IdentityProvider
) -> None:
    _, url = office.begin("ws1", redirect_uri="http://127.0.0.1:40000/")
    asked = parse_qs(urlsplit(url).query)
    assert (asked["prompt"], asked["max_age"], asked["kc"]) == (["login"], ["0"], ["1"])
    provider.claims["auth_time"] = int(START.timestamp()) - 3600
    assert refusal(sign_in) is RefusalCode.PROVIDER_REFUSED, "the browser still knew the officer of the last shift"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iss", "https://sso.example/realms/other"), ("aud", "another"), ("aud", ["another"]), ("nonce", "x"),
        ("nonce", None), ("nonce", ["x"]), ("exp", int(START.timestamp()) - 120), ("exp", None), ("exp", "never"),
        ("iat", int(START.timestamp()) + 120), ("iat", int(START.timestamp()) - 120), ("iat", None),
        ("nbf", int(START.timestamp()) + 120), ("azp", "another"), ("sub", None), ("auth_time", None),
        ("preferred_username", None), ("preferred_username", ""), ("preferred_username", [NRP]),
    ],
)  # fmt: skip
def test_a_token_that_is_another_ones_too_old_or_says_nothing_is_refused(
    sign_in: SignIn, provider: Provider, name: str, value: object
) -> None:
    provider.claims[name] = value
    assert refusal(sign_in) is RefusalCode.PROVIDER_REFUSED


def test_of_several_audiences_the_token_must_have_been_made_for_this_server(
    sign_in: SignIn, provider: Provider
) -> None:
    provider.claims["aud"] = [CLIENT, "another"]
    assert refusal(sign_in) is RefusalCode.PROVIDER_REFUSED
    provider.claims["azp"] = CLIENT
    assert sign_in() == NRP


def test_a_clock_that_differs_by_half_a_minute_is_borne(sign_in: SignIn, provider: Provider) -> None:
    now = int(START.timestamp())
    provider.claims |= {"iat": now + 30, "auth_time": now + 30, "exp": now - 30}
    assert sign_in() == NRP


def spoilt(kind: str, provider: Provider) -> Callable[[dict[str, object]], str]:
    key = provider.key
    public = key.as_dict(private=False)
    signers: dict[str, Callable[[dict[str, object]], str]] = {
        "none": unsigned,
        "public key as secret": lambda claims: jwt.encode(
            {"alg": "HS256", "kid": public["kid"]},
            claims,
            OctKey.import_key(str(public["n"]).encode()),
            algorithms=["HS256"],
        ),
        "client secret as key": lambda claims: jwt.encode(
            {"alg": "HS256"}, claims, OctKey.import_key(SECRET.ljust(32).encode()), algorithms=["HS256"]
        ),
        "own key": lambda claims: jwt.encode(
            {"alg": "RS256", "kid": public["kid"]}, claims, RSAKey.generate_key(2048, {"kid": str(public["kid"])})
        ),
        "key in its header": lambda claims: jwt.encode(
            {"alg": "RS256", "jwk": public, "kid": "mine"}, claims, RSAKey.generate_key(2048, {"kid": "mine"})
        ),
        "altered": lambda claims: jwt.encode({"alg": "RS256", "kid": public["kid"]}, claims, key)[:-8] + "AAAAAAAA",
        "no token": lambda _claims: "x",
    }
    return signers[kind]


@pytest.mark.parametrize(
    "kind",
    ["none", "public key as secret", "client secret as key", "own key", "key in its header", "altered", "no token"],
)
def test_a_token_that_the_provider_has_not_signed_with_its_own_key_is_refused(
    sign_in: SignIn, provider: Provider, kind: str
) -> None:
    provider.signs = spoilt(kind, provider)
    assert refusal(sign_in) is RefusalCode.PROVIDER_REFUSED


def test_keys_that_are_secret_short_or_unreadable_do_not_count(sign_in: SignIn, provider: Provider) -> None:
    short = rsa.generate_private_key(65537, 1024).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.warns(SecurityWarning):
        provider.key = RSAKey.import_key(short, {"kid": "short"})
    provider.published = [
        provider.key.as_dict(private=False),
        {"kty": "oct", "k": "c2VjcmV0c2VjcmV0", "kid": "oct"},
        {"kty": "RSA", "n": "?", "e": "?", "kid": "broken"},
        {"kty": "post-quantum"},
    ]
    with pytest.warns(SecurityWarning):
        assert refusal(sign_in) is RefusalCode.PROVIDER_REFUSED


def test_a_new_key_of_the_provider_is_asked_for_and_keys_are_not_asked_for_at_each_sign_in(
    sign_in: SignIn, provider: Provider, clock: FakeClock
) -> None:
    sign_in()
    sign_in()
    assert sum(path.endswith("/keys") for path in provider.asked) == 1
    provider.rotate()
    clock.advance(30)
    assert sign_in() == NRP
    assert sum(path.endswith("/keys") for path in provider.asked) == 2


def test_made_up_names_of_keys_make_no_requests(sign_in: SignIn, provider: Provider) -> None:
    sign_in()
    provider.signs = lambda claims: jwt.encode({"alg": "RS256", "kid": "made up"}, claims, provider.key)
    assert {refusal(sign_in) for _ in range(3)} == {RefusalCode.PROVIDER_REFUSED}
    assert sum(path.endswith("/keys") for path in provider.asked) == 1


@pytest.mark.parametrize(
    ("path", "reply", "code"),
    [
        ("/token", httpx2.Response(502), RefusalCode.PROVIDER_AWAY),
        (
            "/token",
            httpx2.Response(302, headers={"Location": "https://b.example"}),
            RefusalCode.PROVIDER_REFUSED,
        ),
        ("/token", httpx2.Response(200, content=b"<html>"), RefusalCode.PROVIDER_REFUSED),
        ("/token", httpx2.Response(200, content=b"[" * 100_000), RefusalCode.PROVIDER_REFUSED),
        ("/token", httpx2.Response(200, content=b" " * (2 << 20)), RefusalCode.PROVIDER_REFUSED),
        ("/keys", httpx2.Response(200, json={"keys": []}), RefusalCode.PROVIDER_REFUSED),
        ("/.well-known/openid-configuration", httpx2.Response(404), RefusalCode.PROVIDER_REFUSED),
    ],
)
def test_odd_replies_of_the_provider_are_faults_and_cost_nothing_more(
    sign_in: SignIn, provider: Provider, path: str, reply: httpx2.Response, code: RefusalCode
) -> None:
    provider.reply = {f"/realms/tmc{path}": reply}
    assert refusal(sign_in) is code


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://sso.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_discovery_of_another_issuer_or_with_addresses_in_clear_is_refused(
    sign_in: SignIn, provider: Provider, discovery: dict[str, str]
) -> None:
    provider.discovery = dict(discovery)
    assert refusal(sign_in) is RefusalCode.PROVIDER_REFUSED


def test_an_answer_of_another_provider_is_refused(sign_in: SignIn) -> None:
    assert refusal(lambda: sign_in(issuer="https://evil.example")) is RefusalCode.PROVIDER_REFUSED


def test_where_the_provider_names_itself_beside_the_code_a_reply_without_its_name_is_refused(
    sign_in: SignIn, provider: Provider
) -> None:
    provider.discovery = {"authorization_response_iss_parameter_supported": True}
    assert refusal(lambda: sign_in(issuer="")) is RefusalCode.PROVIDER_REFUSED
    assert sign_in() == NRP


def test_where_officers_are_mapped_only_those_are_let_in_and_an_address_must_be_confirmed(
    provider: Provider, clock: FakeClock
) -> None:
    mapped = replace(SETTINGS, claim="email", officers={"siti@polri.example": NRP})
    sign_in = signs_in(IdentityProvider(mapped, clock=clock, transport=provider.transport()), provider)
    provider.claims |= {"email": "siti@polri.example", "email_verified": False}
    assert refusal(sign_in) is RefusalCode.PROVIDER_REFUSED
    provider.claims["email_verified"] = True
    assert sign_in() == NRP
    provider.claims["email"] = "80010002"
    assert refusal(sign_in) is RefusalCode.IDENTITY_UNKNOWN


FILE = """
issuer = "https://sso.example/realms/tmc"
client_id = "tmcwall"
client_secret_file = "secret"
claim = "nrp"
name = "SSO  Polri"
[officers]
"siti" = "80010001"
"""


def test_the_file_says_what_there_is_to_say_and_the_secret_lies_in_its_own(tmp_path: Path) -> None:
    (tmp_path / "oidc.toml").write_text(FILE)
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    read = read_provider_settings(tmp_path / "oidc.toml")
    assert read == replace(SETTINGS, claim="nrp", officers={"siti": NRP})
    assert SECRET not in repr(read)


@pytest.mark.parametrize(
    ("content", "code", "named"),
    [
        (FILE.replace('"tmcwall"', '"tmcwall"\nclient_secret = "x"'), DomainCode.PROVIDER_SETTINGS, "client_secret"),
        (FILE.replace("https", "http"), DomainCode.PROVIDER_SETTINGS, "issuer"),
        (FILE.replace('client_id = "tmcwall"', 'client_id = ""'), DomainCode.PROVIDER_SETTINGS, "client_id"),
        (FILE.replace('client_id = "tmcwall"', ""), DomainCode.PROVIDER_SETTINGS, "client_id"),
        (FILE.replace('"secret"', '"gone"'), DomainCode.INPUT_UNREADABLE, "gone"),
        ('ca_file = "gone"' + FILE, DomainCode.INPUT_UNREADABLE, "gone"),
        ("=", DomainCode.PROVIDER_SETTINGS, ""),
    ],
)
def test_a_file_that_is_wrong_says_what_is(tmp_path: Path, content: str, code: DomainCode, named: str) -> None:
    (tmp_path / "oidc.toml").write_text(content)
    (tmp_path / "secret").write_text(SECRET)
    with pytest.raises(DomainError) as refused:
        read_provider_settings(tmp_path / "oidc.toml")
    assert refused.value.code is code
    assert named in refused.value.detail


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "x"}, {"events": None}, {"events": {}}, {"events": ["x"]}, {"aud": "another"}, {"iss": "https://x.example"},
        {"jti": None}, {"sub": None}, {"iat": int(START.timestamp()) - 600}, {"iat": None}, {"iat": "now"},
        {"exp": int(START.timestamp()) - 120}, {"sub": "x" * 300, "sid": ["s"]},
    ],
)  # fmt: skip
def test_what_is_no_word_of_the_provider_ends_nothing(
    office: IdentityProvider, provider: Provider, changed: dict[str, object]
) -> None:
    assert refusal(lambda: office.ended(provider.logout_token(**changed))) is RefusalCode.PROVIDER_REFUSED


def test_a_token_of_a_sign_in_is_no_word_that_something_has_ended(office: IdentityProvider, provider: Provider) -> None:
    kept: list[str] = []

    def sign(claims: dict[str, object]) -> str:
        kept.append(jwt.encode({"alg": "RS256"}, claims, provider.key))
        return kept[-1]

    provider.signs = sign
    signs_in(office, provider)()
    assert refusal(lambda: office.ended(kept[0])) is RefusalCode.PROVIDER_REFUSED
    assert refusal(lambda: office.ended("")) is RefusalCode.PROVIDER_REFUSED
    assert refusal(lambda: office.ended(unsigned({"iss": ISSUER}))) is RefusalCode.PROVIDER_REFUSED
