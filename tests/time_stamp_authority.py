"""A time stamp authority for tests: openssl's own, with a root and a key of its own, in a folder."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

_CONFIGURATION = """\
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[tsa]
extendedKeyUsage = critical, timeStamping
[other]
extendedKeyUsage = serverAuth
[tsa_config]
dir = {folder}
serial = $dir/serial
signer_cert = $dir/tsa.pem
certs = $dir/root.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True, slots=True)
class Authority:
    """Answers as `openssl ts -reply` does, with two certificates in it."""

    folder: Path

    @property
    def root(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.folder / "root.pem").read_bytes())

    def answer(self, request: bytes) -> bytes:
        query, reply = self.folder / "q.tsq", self.folder / "r.tsr"
        query.write_bytes(request)
        _openssl(self.folder, "ts -reply -queryfile q.tsq -out r.tsr -config tsa.cnf -section tsa_config")
        return reply.read_bytes()


def make_authority(folder: Path, *, usage: str = "tsa", key: str = "rsa:2048") -> Authority:
    folder.mkdir(parents=True)
    (folder / "tsa.cnf").write_text(_CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("01\n")
    common = "-config tsa.cnf -nodes -sha256"
    pkey = f"-newkey {key}" if key.startswith("rsa") else "-newkey ec -pkeyopt ec_paramgen_curve:P-256"
    _openssl(folder, f"req -x509 {common} {pkey} -subj /CN=Root -extensions root -keyout root.key -out root.pem")
    _openssl(folder, f"req -new {common} {pkey} -subj /CN=Stempel -keyout tsa.key -out tsa.csr")
    signing = "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 -out tsa.pem"
    _openssl(folder, f"{signing} -extfile tsa.cnf -extensions {usage}")
    return Authority(folder)


def has_openssl() -> bool:
    return shutil.which("openssl") is not None


def _openssl(folder: Path, words: str) -> None:
    subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)
