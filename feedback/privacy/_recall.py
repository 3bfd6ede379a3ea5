"""What was found in a session is remembered while the process lives: adding the twentieth does not read nineteen again."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from feedback.corpus import Session
from feedback.privacy._types import Hit

__all__ = ["Found", "remember", "remembered"]

MOST = 400
Found = tuple[str, str, Hit, str, str | None, bool]  # address, where, hit, words, kinship, in Spanish
_lock = Lock()
_kept: OrderedDict[int, list[tuple[Session, object, tuple[Found, ...]]]] = OrderedDict()


def remembered(session: Session, asked: object) -> tuple[Found, ...] | None:
    """What was found in the same session at the same `asked` (roster, options, header) before, or None."""
    with _lock:
        kept = _kept.get(_key(session), ())  # sessions compare without their other header fields, which are screened too
        return next((f for s, how, f in kept if s == session and dict(s.extra) == dict(session.extra) and how == asked), None)


def remember(session: Session, asked: object, found: tuple[Found, ...]) -> None:
    """Keep what was found, in the place of what was asked for longest ago."""
    with _lock:
        _kept.setdefault(_key(session), []).append((session, asked, found))
        while len(_kept) > MOST:
            _kept.popitem(last=False)


def _key(session: Session) -> int:
    return hash((session.id, session.file, tuple((t.index, t.text) for t in session.turns)))
