"""Certificates of cameras, vouched for by an office of the tests' own."""

import datetime as dt
import hashlib
import ipaddress
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


class Office:
    """A certificate authority that writes certificates and keys into a folder."""

    def __init__(self, folder):
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kantor")])
        own = self._build(self._name, self._key, x509.BasicConstraints(ca=True, path_length=None))
        self.file = folder / "kantor.pem"
        self.file.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def camera(self, name, *, address="127.0.0.1", age=DAY):
        """TLS of a camera, and the fingerprint of its certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        made = self._build(subject, key, names, age=age)
        chain, private = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(chain, private)
        return context, hashlib.sha256(made.public_bytes(serialization.Encoding.DER)).hexdigest()

    def _build(self, subject, key, extension, *, age=DAY):
        now = dt.datetime.now(dt.UTC)
        builder = x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=subject,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - age,
            not_valid_after=now - age + 30 * DAY,
        )
        return builder.add_extension(extension, critical=False).sign(self._key, hashes.SHA256())
