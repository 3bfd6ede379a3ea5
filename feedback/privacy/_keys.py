"""The project's secret, kept beside the project file and never in it, and the protected log of what was replaced."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.errors import FeedbackError, ReadError

if TYPE_CHECKING:
    from feedback.privacy._audit import Audit

__all__ = ["keep_replacements", "project_key", "read_replacements", "replacements"]


def project_key(project: str | Path) -> bytes:
    """Return the 32 secret bytes of a project; make them at the first call.

    They stand in `PROJECT.key` beside the project file, readable by its owner alone (mode 0600). Give them to `screen`
    as `key`: groups then cannot be guessed from words. Raises ReadError where the file is damaged or open to others.
    """
    path = Path(project)
    path = path.with_name(path.name + ".key")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(handle, "wb") as file:
        made = secrets.token_bytes(32)
        file.write(base64.b64encode(made))
    return made


def _read(path: Path) -> bytes:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise ReadError("the key of this project can be read by others", file=path.name, remedy="Set its permissions to 0600.")
    try:
        key = base64.b64decode(path.read_bytes(), validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ReadError("the key of this project is damaged", file=path.name, remedy="Put it back from a safe copy.")
    return key


def replacements(audit: Audit, key: bytes) -> bytes:
    """Return what each placeholder stands for, encrypted with the project's key (Fernet); never store it in clear."""
    rows = [
        {"ref": f.ref, "where": f.where, "start": f.start, "placeholder": f.placeholder, "words": audit.words(f)}
        for f in audit.findings
        if f.kind != "disclosure" and f.status in ("open", "replaced") and f.placeholder
    ]
    return keep_replacements(rows, key)


def keep_replacements(rows: list[dict[str, Any]], key: bytes) -> bytes:
    """Encrypt rows of the log with the project's key."""
    log: bytes = _box(key).encrypt(json.dumps(rows, ensure_ascii=False).encode("utf-8"))
    return log


def read_replacements(log: bytes, key: bytes) -> list[dict[str, Any]]:
    """Open a log of replacements. Raises FeedbackError where the key is not the one it was made with."""
    from cryptography.fernet import InvalidToken

    try:
        found: list[dict[str, Any]] = json.loads(_box(key).decrypt(log))
    except InvalidToken:
        raise FeedbackError("this log of replacements was made with another key, or was changed") from None
    return found


def _box(key: bytes) -> Any:
    from cryptography.fernet import Fernet

    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"feedback/replacements/1" + key).digest()))
