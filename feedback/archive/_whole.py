"""Sessions whose units came in several parts, put together again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from feedback.corpus import Session

__all__ = ["together"]


def together(sessions: Iterable[Session]) -> list[Session]:
    """Let each later piece of a session go on where the one before ended; sessions stand where they first stood."""
    found: dict[str, list[Session]] = {}
    for session in sessions:
        found.setdefault(session.id, []).append(session)
    return [pieces[0] if len(pieces) == 1 else _joined(pieces) for pieces in found.values()]


def _joined(pieces: list[Session]) -> Session:
    first = pieces[0]
    turns = list(first.turns)
    filled: dict[str, Any] = {}
    for piece in pieces[1:]:
        at = len(turns)
        turns += [replace(t, index=t.index + at, prompt=None if t.prompt is None else t.prompt + at) for t in piece.turns]
        for name in ("month", "audience", "languages", "participants", "spa", "recorded", "guide", "quote_consent"):
            if not (getattr(first, name) or filled.get(name)) and getattr(piece, name):
                filled[name] = getattr(piece, name)
    consents = [p.quote_consent for p in pieces]
    if "no" in consents or None in consents:
        filled["quote_consent"] = "no" if "no" in consents else None
    elif "review" in consents:
        filled["quote_consent"] = "review"
    return replace(first, turns=tuple(turns), **filled)
