"""What people type or bring passes the gate too, at one place: sentences, reasons, titles, facts, tables, plans, codebooks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from feedback.errors import Problem, TableError

if TYPE_CHECKING:
    from feedback.privacy import Roster

HELD = frozenset({"person", "phone", "email", "handle", "id", "address", "url"})
STAFF = frozenset({"id"})  # contacts and authors of a study are named on purpose; participants never are
Texts = Iterable[tuple[str, str]]


def clear(texts: Texts, file: str, *, roster: Roster | None, key: bytes | None = None, held: Collection[str] = HELD) -> None:
    """Raise TableError where words may name somebody, or tell of harm as it happened; places are named, words never.

    `texts` are (where, words). Names of the roster are refused always, of other kinds those in `held`. Numbers by
    themselves are not looked at.
    """
    from feedback.corpus import Corpus, Session, Turn
    from feedback.privacy import screen

    asked = [(where, words) for where, words in texts if any(c.isalpha() for c in words)]
    if not asked:
        return
    turns = tuple(Turn(i, words) for i, (_, words) in enumerate(asked))
    found = screen(Corpus((Session("typed", turns),)), roster=roster, key=key).findings
    _refuse(file, [asked[i][0] for i in sorted({
        int(f.ref.rpartition("#")[2].split(":")[0]) for f in found if "#" in f.ref
        and (f.kind in held or f.detector.startswith("roster") or (f.kind == "disclosure" and f.tier in ("now", "possible")))
    })])  # fmt: skip


def nobody_known(texts: Texts, file: str, *, roster: Roster | None) -> None:
    """Raise TableError where words hold a name of the project's roster: for plans, codebooks and reasons, which may name staff."""
    from feedback.privacy import on_roster

    _refuse(file, [where for where, words in texts if on_roster(words, roster)])


def _refuse(file: str, places: Collection[str]) -> None:
    if places:
        what = "may hold a name, number or address of somebody, or tell of harm."
        raise TableError([Problem(file, where, what, "Write it without.") for where in dict.fromkeys(places)])
