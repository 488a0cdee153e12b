"""A reader of DKIM signatures, written from RFC 6376 alone: it shares nothing with what signs."""

import base64
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15


def make_key(bits: int = 2048) -> tuple[str, str]:
    """A private key in PEM, and the record to publish for it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return secret.decode(), f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def tags_of(value: str) -> dict[str, str]:
    """The tags of a signature or a record, without blanks."""
    pairs = (pair.partition("=") for pair in value.split(";") if pair.strip())
    return {name.strip(): re.sub(r"\s", "", content) for name, _, content in pairs}


def verifies(raw: bytes, record: str) -> bool:
    """Whether the first signature of a message holds by this record."""
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = [line for line in re.split(rb"\r\n(?![ \t])", head) if line]
    signature = next(field for field in fields if field.lower().startswith(b"dkim-signature:"))
    tags = tags_of(signature.partition(b":")[2].decode())
    header_way, body_way = tags["c"].split("/")
    if base64.b64decode(tags["bh"]) != hashlib.sha256(_body(body, body_way)).digest():
        return False
    left = [field for field in fields if field is not signature]
    signed = []
    for name in tags["h"].lower().split(":"):
        found = [field for field in left if field.partition(b":")[0].strip().lower().decode() == name]
        if found:
            left.remove(found[-1])
            signed.append(_header(found[-1], header_way))
    bare = re.sub(rb"(;\s*b\s*=)[^;]*", rb"\1", signature)
    signed.append(_header(bare, header_way))
    key = serialization.load_der_public_key(base64.b64decode(tags_of(record)["p"]))
    assert isinstance(key, rsa.RSAPublicKey)
    try:
        key.verify(base64.b64decode(tags["b"]), b"\r\n".join(signed), PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _header(field: bytes, way: str) -> bytes:
    if way == "simple":
        return field
    name, _, value = field.partition(b":")
    return name.strip().lower() + b":" + re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip()


def _body(body: bytes, way: str) -> bytes:
    if way == "relaxed":
        body = b"\r\n".join(re.sub(rb"[ \t]+", b" ", line).rstrip() for line in body.split(b"\r\n"))
    stripped = re.sub(rb"(\r\n)*$", b"", body)
    return stripped + b"\r\n" if stripped or way == "simple" else b""
