"""Documents that wait to be read lie encrypted; the key is a file outside the database."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from feedback.errors import StoreError

LOST = (
    "the key file {name} {how}; put it back (a back-up holds it). If it is lost for good, `feedback serve --new-key` gives up the "
    "documents that wait to be read and people's second factors, which nothing else opens, and begins with a new key"
)


class Seal:
    """AES-GCM with the upload's id as associated data: a document opens only under its own name."""

    def __init__(self, key: bytes) -> None:
        self._box = AESGCM(key)
        self.mark = hmac.new(key, b"feedback: which key", hashlib.sha256).hexdigest()[:32]

    @classmethod
    def kept(cls, path: Path, *, known: str | None = None) -> Seal:
        """Read the key file, or make one that only its owner may read; it appears whole or not at all.

        `known` is the mark of the key this project was used with before: StoreError where it is not that one, or is gone.
        """
        if known is not None and not path.exists():
            raise StoreError(LOST.format(name=path.name, how="is gone"))
        if not path.exists():
            handle, name = tempfile.mkstemp(dir=path.resolve().parent, prefix=f".{path.name}.")  # mode 0600
            try:
                with os.fdopen(handle, "w") as file:
                    file.write(secrets.token_hex(32))
                    file.flush()
                    os.fsync(file.fileno())
                with suppress(FileExistsError):
                    os.link(name, path)
            finally:
                Path(name).unlink(missing_ok=True)
        try:
            made = cls(bytes.fromhex(path.read_text().strip()))
        except (OSError, ValueError):
            raise StoreError(f"the key file {path.name} cannot be used; put it back from the back-up") from None
        if known not in (None, made.mark):
            raise StoreError(LOST.format(name=path.name, how="is not the one this project was used with"))
        return made

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
