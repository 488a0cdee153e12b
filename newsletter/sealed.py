"""Secrets that must stand in a row: encrypted by SECRET_KEY, so that a copy of the rows alone says nothing."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def seal(secret: str) -> str:
    """The secret as it may be kept; empty stays empty."""
    return _box().encrypt(secret.encode()).decode() if secret else ""


def unseal(kept: str) -> str:
    """What was sealed; empty where it cannot be read any more, for SECRET_KEY has changed."""
    try:
        return _box().decrypt(kept.encode()).decode() if kept else ""
    except InvalidToken:
        return ""


def is_lost(kept: str) -> bool:
    """Whether something was sealed that cannot be read any more."""
    return bool(kept) and not unseal(kept)


def _box() -> Fernet:
    key = hashlib.sha256(b"newsletter.sealed" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
