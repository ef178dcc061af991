"""The server over TLS: a workstation believes its authority's certificate and no other."""

import ipaddress
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.enrolled import device, enrol_in, place_server_key
from tests.exchange import NRP, PASSWORD
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_run import run
from tmcwall.commands.server_users import user_add
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.officer import Role
from tmcwall.sync.account import sign_in

PROGRAM = """
import sys
from pathlib import Path
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_run import run
data, certificate, key = map(Path, sys.argv[1:])
run(ServerOptions(data_dir=data, port=0, tls_certificate=certificate, tls_key=key))
"""


def write_certificate(folder: Path, *, host: str, ends: datetime) -> tuple[Path, Path]:
    """A certificate that signs itself, as of a small authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Uji TMC")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "server.pem", folder / "server.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


@pytest.fixture(params=["right", "wrong host", "expired"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str, Path]]:
    host = "127.0.0.9" if request.param == "wrong host" else "127.0.0.1"
    ends = datetime.now(UTC) + timedelta(days=-1 if request.param == "expired" else 1)
    certificate, key = write_certificate(tmp_path, host=host, ends=ends)
    options = ServerOptions(data_dir=tmp_path / "data")
    user_add(options, NRP, role=Role.OPERATOR, password=PASSWORD)
    place_server_key(options.folder / "server.key")
    enrol_in(options.data_dir, "ws1")
    command = [sys.executable, "-c", PROGRAM, str(options.data_dir), str(certificate), str(key)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield request.param, process.stdout.readline().removeprefix("ready ").strip(), certificate
        process.kill()


def test_only_a_valid_certificate_of_a_trusted_authority_is_believed(server: tuple[str, str, Path]) -> None:
    kind, url, certificate = server
    assert url.startswith("https://")
    with pytest.raises(Fault) as refused:
        sign_in(url, NRP, PASSWORD, device=device("ws1"))
    assert (refused.value.code, refused.value.retryable) == (FaultCode.TLS_UNTRUSTED, False)
    trusting = httpx2.HTTPTransport(verify=ssl.create_default_context(cafile=certificate))
    outcome = "signed in"
    try:
        sign_in(url, NRP, PASSWORD, device=device("ws1"), transport=trusting)
    except Fault as fault:
        outcome = str(fault.code)
    assert outcome == ("signed in" if kind == "right" else FaultCode.TLS_UNTRUSTED)


def test_a_certificate_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("not a certificate")
    with pytest.raises(Fault) as refused:
        run(ServerOptions(data_dir=tmp_path / "data", port=0, tls_certificate=broken, tls_key=broken))
    assert refused.value.code is FaultCode.CERTIFICATE_UNREADABLE
