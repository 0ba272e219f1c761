"""Who signs: the artist's own key and certificates, or a pair that is made on first use.

The made pair is an authority of this machine and a certificate by it (X.509, ECDSA on P-256; the
profile of C2PA 2.4, 14.5.1): it proves that two files come from the same studio, to those who
know it. It is on no trust list.
"""

from __future__ import annotations

import datetime
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.engine.door import read_bytes
from studio.engine.errors import StudioError, TakenError
from studio.engine.files import atomic_path
from studio.engine.said import reason
from studio.engine.settings import home

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, Name

NAME = "Latent Studio"
_YEARS_ROOT, _YEARS = 30, 20
"""Certificates that last: a signature without a time stamp is worth nothing after its end."""
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Identity:
    """A key with its certificates, the signer's first, in PEM."""

    algorithm: str
    """As C2PA calls it: `es256`, `ps256`, `ed25519`, …"""
    key: bytes
    certificates: bytes
    name: str
    ends: datetime.datetime


def own_file() -> Path:
    """Key and certificates that were made here."""
    return home() / "keys" / "signing.pem"


def identity(key: str = "", certificates: str = "") -> Identity:
    """The signer from two PEM files, or of this machine where they are not named.

    Raises :class:`StudioError` for a key that others can read, that has a password or does not
    belong to the certificate, and for a certificate that is not valid today.
    """
    if key:
        path, chain = Path(key).expanduser(), Path(certificates or key).expanduser()
        return _checked(path, _private(path), chain, _read(chain))
    path = own_file()
    if not path.exists():
        _make(path)
    content = _private(path)
    return _checked(path, content, path, content)


def _read(path: Path) -> bytes:
    try:
        return read_bytes(path, most=_LARGEST, links=True)
    except OSError as error:
        raise StudioError(
            "The signing key or certificate {path} cannot be read ({reason}): choose another, or "
            "export without Content Credentials.", path=path, reason=reason(error),
        ) from error  # fmt: skip


def _private(path: Path) -> bytes:
    content = _read(path)
    if os.name != "nt" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise StudioError(
            "The key {path} can be read by others on this machine, who could sign as you: "
            "take their rights away (`chmod 600`), then export again.", path=path,
        )  # fmt: skip
    return content


def _checked(path: Path, key: bytes, chain_path: Path, chain: bytes) -> Identity:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    try:
        private: Any = serialization.load_pem_private_key(key, None)
    except (ValueError, TypeError) as error:
        raise StudioError(
            "{path} holds no key that can sign, or one with a password: give a PEM file without.",
            repr(error), path=path,
        ) from error  # fmt: skip
    try:
        certificates = x509.load_pem_x509_certificates(chain)
    except ValueError as error:
        raise StudioError(
            "{path} holds no certificates: give a PEM file with yours first.",
            repr(error), path=chain_path,
        ) from error  # fmt: skip
    first = certificates[0]
    if _public(private.public_key()) != _public(first.public_key()):
        raise StudioError(
            "The key {key} does not belong to the first certificate in {path}.",
            key=path, path=chain_path,
        )  # fmt: skip
    now = datetime.datetime.now(datetime.UTC)
    if not first.not_valid_before_utc <= now <= first.not_valid_after_utc:
        raise StudioError(
            "The certificate in {path} is valid from {begin} to {end}, not today: choose another.",
            path=chain_path, begin=f"{first.not_valid_before_utc:%Y-%m-%d}",
            end=f"{first.not_valid_after_utc:%Y-%m-%d}",
        )  # fmt: skip
    pem = serialization.Encoding.PEM
    plain = private.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    listed = b"".join(each.public_bytes(pem) for each in certificates)
    names = [str(each.value) for each in first.subject]
    return Identity(
        _algorithm(private, path), plain, listed, ", ".join(names), first.not_valid_after_utc
    )


def _algorithm(private: Any, path: Path) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(private, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(private, rsa.RSAPrivateKey):
        return "ps256"
    sizes = {256: "es256", 384: "es384", 521: "es512"}
    if isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.key_size in sizes:
        return sizes[private.curve.key_size]
    raise StudioError(
        "The key {path} is of a kind that Content Credentials do not know: "
        "use one on P-256, P-384 or P-521, Ed25519 or RSA.", path=path,
    )  # fmt: skip


def _public(key: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization

    found: bytes = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return found


def _make(path: Path) -> None:
    """Key and certificates in one file, so that there are always both."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    authority, signer = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    above, own = _name("authority of this machine"), _name("signer of this machine")
    root = _certificate(above, above, authority, authority, _YEARS_ROOT, is_authority=True)
    leaf = _certificate(own, above, signer, authority, _YEARS, is_authority=False)
    pem = serialization.Encoding.PEM
    key = signer.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    content = key + leaf.public_bytes(pem) + root.public_bytes(pem)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        with atomic_path(path, overwrite=False) as temporary:
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(temporary, flags, 0o600), "wb") as stream:
                stream.write(content)
    except TakenError:
        return  # another window was quicker: its pair is as good
    except OSError as error:
        raise StudioError(
            "The signing key {path} could not be made ({reason}): "
            "free the place, or export without Content Credentials.",
            path=path, reason=reason(error),
        ) from error  # fmt: skip


def _name(what: str) -> Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, NAME),
            x509.NameAttribute(NameOID.COMMON_NAME, what),
        ]
    )


def _certificate(
    subject: Name, issuer: Name, key: Any, by: Any, years: int, *, is_authority: bool
) -> Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID

    # A clock that is set back a little must not make it a certificate of the future.
    begin = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    public = key.public_key()
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=365 * years))
        .add_extension(x509.BasicConstraints(is_authority, 0 if is_authority else None), True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_authority, content_commitment=False,
                key_encipherment=False, data_encipherment=False, key_agreement=False,
                key_cert_sign=is_authority, crl_sign=is_authority,
                encipher_only=False, decipher_only=False,
            ), True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), False)
    )  # fmt: skip
    if not is_authority:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        made = made.add_extension(usage, False)
    return made.sign(by, hashes.SHA256())
