import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.auth import Authorizer, Scheme, Verifier
from tmcwall.rtsp.messages import Headers, Response, serialise

RFC_7616 = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)


def refusal(*challenges: str) -> Response:
    return Response(401, "Unauthorized", Headers([("WWW-Authenticate", value) for value in challenges]))


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_digest_is_that_of_rfc_7616_section_3_9_1(algorithm, expected):
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    authorizer = Authorizer("Mufasa", "Circle of Life", new_cnonce=lambda: cnonce)
    assert authorizer.challenge(refusal(RFC_7616.format(algorithm)))
    header = authorizer.header("GET", "/dir/index.html")
    assert header is not None
    assert f'response="{expected}"' in header
    assert "qop=auth, nc=00000001" in header


def test_a_challenge_without_qop_is_answered_as_rfc_2069_says():
    authorizer = Authorizer("admin", "12345")
    assert authorizer.challenge(refusal('Digest realm="IP Camera", nonce="abcdef"'))
    header = authorizer.header("DESCRIBE", "rtsp://kamera/main")
    assert header is not None
    assert "qop" not in header
    assert 'response="b64947348151565b763ce2be51b50db4"' in header


def test_sha_256_is_preferred_to_md5_and_md5_to_basic():
    authorizer = Authorizer("u", "p", allow_basic=True)
    challenges = ('Basic realm="x"', 'Digest realm="x", nonce="1"', 'Digest realm="x", nonce="2", algorithm=SHA-256')
    assert authorizer.challenge(refusal(*challenges))
    assert "algorithm=SHA-256" in (authorizer.header("PLAY", "*") or "")
    mixed = Authorizer("u", "p", allow_basic=True)
    assert mixed.challenge(refusal('Basic realm="x", Digest realm="x", nonce="1"'))
    assert (mixed.header("PLAY", "*") or "").startswith("Digest ")


def test_basic_is_used_only_where_it_is_allowed():
    with pytest.raises(Fault) as caught:
        Authorizer("u", "p").challenge(refusal('Basic realm="x"'))
    assert caught.value.code is FaultCode.BASIC_AUTH_REFUSED
    allowed = Authorizer("u", "p", allow_basic=True)
    assert allowed.challenge(refusal('Basic realm="x"'))
    assert allowed.header("PLAY", "*") == "Basic dTpw"


def test_credentials_that_were_refused_are_not_sent_again():
    authorizer = Authorizer("u", "p")
    assert authorizer.challenge(refusal('Digest realm="x", nonce="1"'))
    authorizer.header("DESCRIBE", "*")
    assert not authorizer.challenge(refusal('Digest realm="x", nonce="2"'))


def test_another_digest_is_tried_before_the_password_is_wrong_but_never_basic():
    both = ('Basic realm="x"', 'Digest realm="x", nonce="1"', 'Digest realm="x", nonce="2", algorithm=SHA-256')
    authorizer = Authorizer("u", "p", allow_basic=True)
    assert authorizer.challenge(refusal(*both))
    assert "algorithm=SHA-256" in (authorizer.header("DESCRIBE", "*") or "")
    assert authorizer.challenge(refusal(*both))
    assert "algorithm" not in (authorizer.header("DESCRIBE", "*") or "")
    assert authorizer.schemes_tried == 2
    authorizer.accepted()
    assert authorizer.challenge(refusal(*both))
    assert "algorithm" not in (authorizer.header("DESCRIBE", "*") or "")
    assert not authorizer.challenge(refusal(*both))


def test_a_stale_nonce_is_replaced_and_not_a_refusal():
    authorizer = Authorizer("u", "p")
    assert authorizer.challenge(refusal('Digest realm="x", nonce="1"'))
    authorizer.header("DESCRIBE", "*")
    assert authorizer.challenge(refusal('Digest realm="x", nonce="2", stale=TRUE'))
    assert 'nonce="2"' in (authorizer.header("DESCRIBE", "*") or "")


def test_a_new_challenge_after_success_is_answered():
    authorizer = Authorizer("u", "p")
    authorizer.challenge(refusal('Digest realm="x", nonce="1"'))
    authorizer.header("DESCRIBE", "*")
    authorizer.accepted()
    assert authorizer.challenge(refusal('Digest realm="x", nonce="2"'))


@pytest.mark.parametrize(
    ("challenge", "realm"),
    [
        ('Digest realm="k";nonce="n"', "k"),
        ('Digest realm="k" nonce="n"', "k"),
        ("Digest realm='k', nonce='n'", "k"),
        ("Digest realm=k, nonce=n", "k"),
        ('Digest realm="k, nonce="n"', "k"),
        ('Digest realm="a "good" camera", nonce="n"', 'a "good" camera'),
        ('Digest realm="IP Camera(C3138)", nonce="n", stale="FALSE"', "IP Camera(C3138)"),
        ('Digest realm="k", nonce="n", algorithm=', "k"),
        ('digest\trealm="k",\tnonce="n", algorithm="md5"', "k"),
        ('Basic realm=k x, Digest realm="k", nonce="n"', "k"),
    ],
)
def test_a_challenge_is_read_however_its_quotes_and_commas_stand(challenge, realm):
    authorizer = Authorizer("petugas", "rahasia", allow_basic=False)
    assert authorizer.challenge(refusal(challenge))
    expected = Verifier("petugas", "rahasia", realm=realm, schemes=(Scheme.DIGEST_MD5,), nonce="n")
    answer = authorizer.header("DESCRIBE", "rtsp://k/main")
    assert expected.check("DESCRIBE", answer)
    assert "algorithm=," not in f"{answer},"


def test_without_credentials_or_a_known_scheme_there_is_nothing_to_repeat():
    assert not Authorizer("", "").challenge(refusal('Digest realm="x", nonce="1"'))
    assert not Authorizer("u", "p").challenge(refusal("Negotiate"))
    assert not Authorizer("u", "p").challenge(refusal('Digest realm="x", nonce="1", qop="auth-int"'))
    assert Authorizer("u", "p").header("PLAY", "*") is None


def test_secrets_are_not_shown():
    assert "rahasia" not in repr(Authorizer("petugas", "rahasia"))
    assert "rahasia" not in repr(Verifier("petugas", "rahasia"))


@pytest.mark.parametrize("scheme", list(Scheme))
@pytest.mark.parametrize("password", ["rahasia", 'kunci: é " \\ 漢', "x" * 300])
def test_client_and_server_agree_on_every_scheme(scheme, password):
    verifier = Verifier("petugas", password, realm='pos "1"', schemes=[scheme])
    client = Authorizer("petugas", password, allow_basic=True)
    assert client.challenge(Response(401, "", Headers(verifier.challenges())))
    header = client.header("DESCRIBE", "rtsp://kamera/main")
    assert header is not None
    assert serialise(Response(200, "", Headers({"Authorization": header})))
    assert verifier.check("DESCRIBE", header)
    assert verifier.check("DESCRIBE", client.header("DESCRIBE", "rtsp://kamera/main"))
    assert scheme is Scheme.BASIC or not verifier.check("PLAY", header)


@pytest.mark.parametrize("scheme", list(Scheme))
def test_a_wrong_password_is_refused(scheme):
    verifier = Verifier("petugas", "rahasia", schemes=[scheme])
    client = Authorizer("petugas", "salah", allow_basic=True)
    assert client.challenge(Response(401, "", Headers(verifier.challenges())))
    assert not verifier.check("DESCRIBE", client.header("DESCRIBE", "rtsp://kamera/main"))
    assert not verifier.check("DESCRIBE", None)


@given(st.text(max_size=300))
def test_whatever_is_offered_or_answered_only_faults_are_raised(text):
    authorizer = Authorizer("u", "p")
    try:
        authorizer.challenge(refusal(text))
        authorizer.challenge(refusal("Digest " + text))
        authorizer.header("PLAY", "*")
    except Fault:
        pass
    verifier = Verifier("u", "p", schemes=list(Scheme))
    assert not verifier.check("PLAY", text)
    assert not verifier.check("PLAY", "Digest " + text)
