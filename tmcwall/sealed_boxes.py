"""What only enrolled workstations can open: a key of one share, sealed for each of them (X25519, XChaCha20-Poly1305).

A device's X25519 key is its Ed25519 key in the other form (RFC 7748, section 4.1), so that nothing else is enrolled.
Everything sealed travels as base64. What does not open raises ValueError, which says nothing of what was in it.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64decode, b64encode
from typing import Final

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
    crypto_sign_ed25519_pk_to_curve25519,
    crypto_sign_ed25519_sk_to_curve25519,
    crypto_sign_seed_keypair,
    sodium_pad,
    sodium_unpad,
)
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from tmcwall.signatures import SigningKey

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 24
_BLOCK: Final = 256
"""What is sealed is filled up to multiples of it, so that its length does not tell that of a password."""


class ShareKey:
    """A symmetric key that is made for one share and for nothing else. It has no text."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.digest: Final = hashlib.sha256(b"tmcwall/share-key/1\n" + key).hexdigest()
        """By which a device that was given it knows that it is this one; it tells nothing of the key."""

    @classmethod
    def new(cls) -> ShareKey:
        return cls(secrets.token_bytes(_KEY_BYTES))

    @classmethod
    def unsealed(cls, box: str, *, by: SigningKey, digest: str) -> ShareKey:
        """Raises ValueError: it is sealed for another device, was altered, or is another key than the one named."""
        try:
            found = cls(SealedBox(_private(by)).decrypt(b64decode(box, validate=True)))
        except CryptoError:
            raise ValueError("the box does not open") from None
        if found.digest != digest:
            raise ValueError("another key is in the box")
        return found

    def sealed_for(self, public: str) -> str:
        """Only the device with that public key (as `SigningKey.public`) opens it. Raises ValueError if it is none."""
        try:
            point = crypto_sign_ed25519_pk_to_curve25519(b64decode(public, validate=True))
        except (CryptoError, RuntimeError):
            raise ValueError("not a public key") from None
        return b64encode(SealedBox(PublicKey(point)).encrypt(self._key)).decode()

    def seal(self, plain: bytes, *, about: str) -> str:
        """It opens as being about the same only."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        padded = sodium_pad(plain, _BLOCK)
        return b64encode(
            nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(padded, about.encode(), nonce, self._key)
        ).decode()

    def open(self, sealed: str, *, about: str) -> bytes:
        """Raises ValueError: it was altered, is about something else, or sealed by another key."""
        content = b64decode(sealed, validate=True)
        nonce, cipher = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
        try:
            padded = crypto_aead_xchacha20poly1305_ietf_decrypt(cipher, about.encode(), nonce, self._key)
            return sodium_unpad(padded, _BLOCK)
        except (CryptoError, TypeError):
            raise ValueError("it does not open") from None


def _private(key: SigningKey) -> PrivateKey:
    _, secret = crypto_sign_seed_keypair(b64decode(key.secret))
    return PrivateKey(crypto_sign_ed25519_sk_to_curve25519(secret))
