"""Documents that wait to be read lie encrypted; the key is a file outside the database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from feedback.errors import StoreError


class Seal:
    """AES-GCM with the upload's id as associated data: a document opens only under its own name."""

    def __init__(self, key: bytes) -> None:
        self._box = AESGCM(key)

    @classmethod
    def kept(cls, path: Path) -> Seal:
        """Read the key file, or make one that only its owner may read."""
        if not path.exists():
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                pass
            else:
                with os.fdopen(handle, "w") as file:
                    file.write(secrets.token_hex(32))
        try:
            return cls(bytes.fromhex(path.read_text().strip()))
        except (OSError, ValueError):
            raise StoreError(f"the key file {path.name} cannot be used; put it back from the back-up") from None

    def close(self, document: bytes, *, name: str) -> bytes:
        """Encrypt."""
        nonce = os.urandom(12)
        return nonce + self._box.encrypt(nonce, document, name.encode())

    def open(self, sealed: bytes, *, name: str) -> bytes:
        """Decrypt; raises StoreError where the key or the bytes are not the right ones."""
        try:
            return self._box.decrypt(sealed[:12], sealed[12:], name.encode())
        except InvalidTag:
            raise StoreError("a waiting document cannot be opened: the key file is not the one it was closed with") from None
