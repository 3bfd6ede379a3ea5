"""What was found in a session is remembered while the process lives: adding the twentieth does not read nineteen again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from threading import Lock

from feedback.corpus import Session
from feedback.privacy._types import Hit

__all__ = ["recalled"]

MOST = 400
Found = tuple[tuple[str, str, str, Hit], ...]
_lock = Lock()
_kept: OrderedDict[int, list[tuple[Session, object, Found]]] = OrderedDict()


def recalled(
    session: Session, asked: object, look: Callable[[], Iterable[tuple[str, str, str, Hit]]]
) -> Iterator[tuple[str, str, str, Hit]]:
    """Give what `look` finds in a session; at the same session and the same `asked` (roster, options), what it found before."""
    key = hash((session.id, session.file, tuple((t.index, t.text) for t in session.turns)))
    with _lock:
        kept = _kept.get(key, ())  # sessions compare without their other header fields, which are screened too
        found = next((f for s, how, f in kept if s == session and dict(s.extra) == dict(session.extra) and how == asked), None)
    if found is None:
        found = tuple(look())
        with _lock:
            _kept.setdefault(key, []).append((session, asked, found))
            while len(_kept) > MOST:
                _kept.popitem(last=False)
    return iter(found)
