"""What stands in every event of the log: when, by whom, and a seal over it and the one before."""

from __future__ import annotations

import getpass
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

__all__ = ["now", "sealed", "user"]


def sealed(before: str, *parts: Any) -> str:
    """Seal an event with the one before it."""
    return hashlib.sha256(json.dumps([before, *parts], sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def now() -> str:
    """This moment, in ISO time."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def user() -> str:
    """The name of whoever runs the program on this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
