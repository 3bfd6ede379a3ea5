"""What people type or bring passes the gate too, at one place: sentences, reasons, titles, facts, plans, names of files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from feedback.corpus import Corpus, Session, Turn
from feedback.errors import FeedbackError, Problem, TableError
from feedback.privacy._audit import Audit
from feedback.privacy._everyday import Known, everyday, label_names, public_places
from feedback.privacy._mini import DETECTOR as TRANSFORMER
from feedback.privacy._roster import Roster, on_roster
from feedback.privacy._screen import screen
from feedback.privacy._told import SEASONS
from feedback.privacy._types import Finding

__all__ = ["HELD", "STAFF", "UNSIGNED", "file_name", "nobody_known", "read_over", "screen_typed", "signer", "unnamed"]

HELD = frozenset({"person", "phone", "email", "handle", "id", "address", "url"})
STAFF = frozenset({"id"})  # contacts and authors of a study are named on purpose; participants never are
LONGEST_NAME = 80
UNSIGNED = "a decision needs a name (by) and a reason (why)"
FEW = 5  # words below which the transformer is not asked where something stands
SESSION = re.compile(r"(?:session|sesión)?\s*[A-Za-z]{1,4}[-_ ]?[A-Za-z]{0,2}\d{1,3}")  # how sessions are called: LS-Y01
Texts = Iterable[tuple[str, str]]


def read_over(
    texts: Texts, file: str, *, roster: Roster | None, key: bytes | None = None, held: Collection[str] = HELD,
    known: Known | None = None, context: bool = True,
) -> None:  # fmt: skip
    """Raise TableError where words may name somebody, or tell of harm as it happened; places are named, words never.

    `texts` are (where, words). Names of the roster and those found in the project's sessions (`known`) are refused always, as
    is what repeats a line that the gate holds; of other kinds those in `held`, without doubts that plain words raise. Numbers
    by themselves are not looked at. For `context` see `screen`: without, many lines are read in no time.
    """
    asked = [(where, words) for where, words in texts if any(c.isalpha() for c in words)]
    if not asked:
        return
    turns = tuple(Turn(i, words) for i, (_, words) in enumerate(asked))
    bad = {i for i, (_, words) in enumerate(asked) if known is not None and (known.names_in(words) or known.repeats(words))}
    for f in screen(Corpus((Session("typed", turns),)), roster=roster, key=key, context=context).findings:
        if "#" in f.ref:
            i = int(f.ref.rpartition("#")[2].split(":")[0])
            if _tells(f, asked[i][1], held):
                bad.add(i)
    _refuse(file, [asked[i][0] for i in sorted(bad)])


def _tells(f: Finding, words: str, held: Collection[str]) -> bool:
    if f.detector.startswith("roster"):
        return True
    if f.kind == "disclosure":
        return f.tier in ("now", "possible")
    if f.kind == "address" and public_places(words, f.start, f.end):
        return False
    if f.detector == TRANSFORMER and _too_short(f, words):
        return False
    return f.kind in held and (f.kind != "person" or not everyday(words, f.start, f.end, detector=f.detector))


def _too_short(f: Finding, words: str) -> bool:
    """Whether the transformer alone, which reads what stands around, had too little to read: a round's season, a session's code."""
    found = words[f.start : f.end]
    if f.kind == "person":
        return found.lower() in SEASONS
    return len(words.split()) < FEW or SESSION.fullmatch(found) is not None


def screen_typed(corpus: Corpus) -> Audit:
    """Screen notes that staff typed, a text a unit: plain words that are no name to `read_over` are none here either."""
    audit = screen(corpus)
    told: dict[str, bool] = {}
    for f in audit.findings:
        if "#" in f.ref and f.where == "text":
            words = corpus.resolve(f.ref.partition(":")[0]).text
            found = words[f.start : f.end].casefold()
            told[found] = told.get(found, False) or f.kind not in HELD or _tells(f, words, HELD)
    plain = [found for found, tells in told.items() if not tells]
    return screen(corpus, allow=plain) if plain else audit


def nobody_known(texts: Texts, file: str, *, roster: Roster | None, known: Known | None = None) -> None:
    """Raise TableError where words hold a name of the roster or repeat a held line: for plans and codebooks, that name staff."""
    _refuse(file, [where for where, words in texts if on_roster(words, roster) or (known is not None and known.repeats(words))])


def signer(by: str, *, known: Known | None = None) -> str:
    """Return the name that somebody signs with; raises FeedbackError where there is none, or where it is no name but a text.

    Staff are named on purpose, so the name itself is not looked at.
    """
    by = by.strip()
    if not by:
        raise FeedbackError(UNSIGNED)
    if len(by) > LONGEST_NAME or len(by.split()) > 8 or not by.isprintable():
        raise FeedbackError(f"sign with a name or initials, in at most {LONGEST_NAME} characters and eight words")
    if len(by.split()) > 2:
        read_over([("by", by)], "who signs", roster=None, held=(), known=known)
    return by


def file_name(path: str | Path, kind: str, *, roster: Roster | None) -> str:
    """Name a file as it may be kept and shown: `kind` and its suffix where its own name may be somebody's."""
    given = Path(path)
    return f"{kind}{given.suffix.lower()}" if label_names(given.stem, roster) else given.name


def unnamed(problems: Iterable[Problem], files: Collection[str], *, roster: Roster | None) -> list[Problem]:
    """Return problems in which a file whose name may be somebody's goes by its place among the `files`, in order of their names."""
    other = {
        name: f"file {n} of {len(files)} by name ({Path(name).suffix or 'no suffix'})"
        for n, name in enumerate(sorted(files), 1) if label_names(Path(name).stem, roster)
    }  # fmt: skip

    def without(text: str) -> str:
        for name, instead in other.items():
            text = text.replace(name, instead)
        return text

    return [Problem(without(p.file), without(p.place), without(p.what), p.remedy, p.blocking) for p in problems]


def _refuse(file: str, places: Collection[str]) -> None:
    if places:
        what = "may hold a name, number or address of somebody, tell of harm, or repeat a line that is held."
        raise TableError([Problem(file, where, what, "Write it without.") for where in dict.fromkeys(places)])
