"""Keys and what is made with them: sealing, blind indexes, tokens. Nothing else touches a key.

SECRET_KEY gives, by HKDF (RFC 5869), the keys of mail, web and form tokens, of blind indexes, of arrivals' and of journal digests.
REPLY_KEYS give those that seal: addresses, sign-up requests, covers, arrivals, and the wrapping of readers' private keys.
Both are lists, newest first: new things are made with the first, old ones are still read with the rest.

What readers write is sealed to a key pair of their own: its public half seals, and cannot read.
"""

import hmac
import os
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import BadSignature, Signer

from dripcourse.domain.errors import DripError
from dripcourse.domain.tokens import ID_BYTES, encode_id, mail_token, read_mail_token

_NAME_BYTES, _NONCE_BYTES = 4, 12
_HPKE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class Unsealable(DripError):
    """Something sealed cannot be opened: its key is not among REPLY_KEYS, or it was moved or changed."""


def new_id() -> str:
    """A fresh random id of 128 bits."""
    return encode_id(os.urandom(ID_BYTES))


class Keyring:
    """Every key of one installation, derived once."""

    def __init__(self, secret_keys: Sequence[str], reply_keys: Sequence[str]) -> None:
        self._secrets = tuple(key.encode() for key in secret_keys)
        self._seals = tuple(_Seal(urlsafe_b64decode(key)) for key in reply_keys)
        self._derived = lru_cache(maxsize=None)(self._derive)
        self._signers = lru_cache(maxsize=None)(self._signer)

    def _derive(self, purpose: str) -> tuple[bytes, ...]:
        return tuple(_hkdf(secret, purpose) for secret in self._secrets)

    def _signer(self, purpose: str) -> Signer:
        keys = list(reversed(self._derived("web")))  # itsdangerous signs with the last of a list
        return Signer(keys, salt=purpose, key_derivation="hmac", digest_method=sha256)

    # -- tokens -----------------------------------------------------------------------------------------------------
    def form_keys(self) -> tuple[bytes, ...]:
        """Keys for the signed, timed tokens of forms, newest first."""
        return self._derived("form")

    def mail_token(self, ident: str, purpose: str) -> str:
        """The token for a mail address such as `r+TOKEN@`, good for `purpose` only."""
        return mail_token(ident, purpose, self._derived("mail")[0])

    def read_mail_token(self, token: str, purpose: str) -> str | None:
        """The id in a mail token, or None if we did not make it for this purpose."""
        return read_mail_token(token, purpose, self._derived("mail"))

    def web_token(self, ident: str, purpose: str) -> str:
        """The token for a link such as `/leave/TOKEN`, good for `purpose` only."""
        return self._signers(purpose).sign(ident).decode()

    def read_web_token(self, token: str, purpose: str) -> str | None:
        """The id in a link's token, or None if we did not make it for this purpose."""
        try:
            return self._signers(purpose).unsign(token).decode()
        except (BadSignature, ValueError):
            return None

    # -- digests ----------------------------------------------------------------------------------------------------
    def index(self, normal_address: str) -> bytes:
        """The blind index of an address in its normal form, by the newest key."""
        return self.indexes(normal_address)[0]

    def indexes(self, normal_address: str) -> tuple[bytes, ...]:
        """The blind indexes of an address by every key, newest first: a retired key still finds who it once filed."""
        return tuple(hmac.digest(key, normal_address.encode(), "sha256") for key in self._derived("index"))

    def digests(self, ident: str) -> tuple[str, ...]:
        """The journal's names for a random id, by every key, newest first."""
        return tuple(hmac.digest(key, ident.encode(), "sha256").hex()[:32] for key in self._derived("journal"))

    def arrival_digests(self, message: bytes) -> tuple[bytes, ...]:
        """What a message that came in is known again by, by every key, newest first; it tells nothing of the message."""
        return tuple(hmac.digest(key, message, "sha256") for key in self._derived("arrival"))

    # -- sealing ----------------------------------------------------------------------------------------------------
    def seal(self, plain: bytes, purpose: str, row: str) -> bytes:
        """`plain`, encrypted and bound to its purpose and row: it opens nowhere else."""
        return self._seals[0].seal(plain, purpose, row)

    @property
    def names(self) -> tuple[bytes, ...]:
        """The names of all keys that seal, newest first; a name tells nothing of its key."""
        return tuple(seal.name for seal in self._seals)

    @property
    def newest(self) -> bytes:
        """The name of the key that seals: everything it sealed begins with it."""
        return self._seals[0].name

    def unseal(self, sealed: bytes, purpose: str, row: str) -> bytes:
        """What was sealed. Raises Unsealable if the key is gone, or if it was sealed for another row or purpose."""
        for seal in self._seals:
            if sealed[:_NAME_BYTES] == seal.name:
                return seal.unseal(sealed, purpose, row)
        raise Unsealable("Something in the database was sealed with a key that is not among REPLY_KEYS.")


class _Seal:
    """One reply key. Ciphertext = its name (4 bytes), a random nonce (12), AES-256-GCM (NIST SP 800-38D) with purpose and row bound in."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.name = sha256(b"dripcourse key name\0" + key).digest()[:_NAME_BYTES]
        self._ciphers = lru_cache(maxsize=None)(lambda purpose: AESGCM(_hkdf(self._key, purpose)))

    def seal(self, plain: bytes, purpose: str, row: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return self.name + nonce + self._ciphers(purpose).encrypt(nonce, plain, row.encode())

    def unseal(self, sealed: bytes, purpose: str, row: str) -> bytes:
        nonce, box = sealed[_NAME_BYTES : _NAME_BYTES + _NONCE_BYTES], sealed[_NAME_BYTES + _NONCE_BYTES :]
        try:
            return self._ciphers(purpose).decrypt(nonce, box, row.encode())
        except (InvalidTag, ValueError):
            raise Unsealable("Something sealed in the database was moved or changed and cannot be opened.") from None


# -- a reader's own pair ------------------------------------------------------------------------------------------------
def new_pair() -> tuple[bytes, bytes]:
    """A fresh pair of X25519 keys (RFC 7748), (public, private), 32 bytes each."""
    private = X25519PrivateKey.generate()
    return private.public_key().public_bytes_raw(), private.private_bytes_raw()


def seal_to(public: bytes, plain: bytes, purpose: str, row: str) -> bytes:
    """`plain`, sealed so that only the private half opens it (HPKE, RFC 9180), and only for the same purpose and row."""
    return _HPKE.encrypt(plain, X25519PublicKey.from_public_bytes(public), info=_place(purpose, row))


def open_with(private: bytes, sealed: bytes, purpose: str, row: str) -> bytes:
    """What was sealed to a pair's public half. Raises Unsealable if that was another pair, row or purpose, or a byte was changed."""
    try:
        return _HPKE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info=_place(purpose, row))
    except (InvalidTag, ValueError):
        raise Unsealable("Something sealed to a reader was moved or changed and cannot be opened.") from None


def _place(purpose: str, row: str) -> bytes:
    return f"dripcourse:{purpose}\0{row}".encode()


def _hkdf(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"dripcourse:" + purpose.encode()).derive(key)
