"""tag(): lay codes on every unit that may be coded, by one tagger or several."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

from feedback.codebook import Codebook, Coding, Codings, Discourse
from feedback.corpus import Corpus, Segment
from feedback.crew import crew
from feedback.errors import FeedbackError, NotInstalled
from feedback.privacy import require_clear
from feedback.tagging._discourse import Reader
from feedback.tagging._hearing import HearingTagger
from feedback.tagging._rules import RuleTagger

PART = 2000  # units that are coded in one go


@runtime_checkable
class Tagger(Protocol):
    """Whoever lays codes on units: a name with a version, and `tag`."""

    name: str

    def tag(self, segments: Iterable[Segment]) -> Iterator[Coding]:
        """Yield codings of these units; never of others."""
        ...


def tag(
    corpus: Corpus, *by: Codebook | Tagger, taggers: Iterable[str] | None = None, unscreened: str | None = None,
    scheduler: Any = None, workers: int = 1,
) -> Codings:  # fmt: skip
    """Code a corpus; returns Codings with every participant unit's category, polarity and about.

    `by` are codebooks or anything with a `name` and `tag(segments)`. For a codebook its triggers (the rules) and the
    learned model speak together, the model for codes with a definition; the `tagger` column says which. Where the model's
    files are not installed the rules speak alone, named `rules@...-alone`. `taggers=["rules"]` or `["model"]` narrows it.
    Parts of about 2,000 units are coded by `workers` processes or the workers of a Dask `scheduler` (address or Client);
    the result is the same.
    Raises LeakError while findings are open, unless `unscreened` gives the reason, which is recorded.

    >>> from feedback.corpus import Corpus, Session, Turn
    >>> from feedback.codebook import Code, Codebook
    >>> book = Codebook((Code("rides", "Getting there", triggers={"en": ("bus pass*",)}),))
    >>> corpus = Corpus((Session("S1", (Turn(0, "We need bus passes."),)),))
    >>> [(c.code, c.evidence, c.category) for c in tag(corpus, book, unscreened="a doctest")]
    [('rides', ((8, 18),), 'need')]
    """
    if not by:
        raise FeedbackError("tag() needs a codebook or a tagger: tag(corpus, Codebook.load('codebook.yaml'))")
    reason = require_clear(corpus, unscreened=unscreened)
    names = None if taggers is None else _known(taggers)
    books = [t for t in by if isinstance(t, Codebook)]
    made = [m for t in by for m in (_made(t, names) if isinstance(t, Codebook) else [t])]
    held = [getattr(t, "book", None) for t in made]
    book = books[0] if books else next((b for b in held if isinstance(b, Codebook)), Codebook())
    for other in [*books[1:], *(b for b in held if isinstance(b, Codebook))]:
        book = book.add(*(c for c in other if c.id not in book))
    ours = [t for t in made if isinstance(t, (RuleTagger, HearingTagger))]
    segments = list(corpus.segments())
    values = [c for t in made if t not in ours for c in t.tag(segments)]
    strays = sorted({c.ref for c in values} - {s.ref for s in segments})
    if strays:
        raise FeedbackError(f"a tagger coded units that may not be coded: {', '.join(strays[:5])}")
    said: dict[str, Discourse] = {}
    part = Part(book, tuple((t.name, t.book) for t in ours))
    part.remember(ours)
    with crew(scheduler, workers=workers) as hands:
        for codings, wholes in hands.map(part, corpus.blocks(PART)):
            values += codings
            said |= wholes
    return Codings((), corpus, book, MappingProxyType(said), reason).merged(values)


@dataclass(frozen=True)
class Part:
    """The work on one part of a corpus: what rules and model lay on it, and what each unit does as a whole.

    Taggers are named with the codebook each was made from; a worker makes them once and refuses where its own models would
    say something else.
    """

    book: Codebook
    taggers: tuple[tuple[str, Codebook], ...]

    def __call__(self, corpus: Corpus) -> tuple[list[Coding], dict[str, Discourse]]:
        """Code a part."""
        made = self._made()
        segments = list(corpus.segments())
        heard = [t.listen(segments) for t in made if isinstance(t, HearingTagger)]
        values = [c for t in made if isinstance(t, RuleTagger) for c in t.tag(segments)]
        values += [c for codings, _ in heard for c in codings]
        reader = next((t.reader for t in made if isinstance(t, RuleTagger)), None) or Reader(self.book)
        said = {s.ref: Discourse() if s.turn.kind == "agreement" else reader.read(s).whole for s in segments}
        for _, wholes in heard:
            said |= wholes
        return values, said

    def remember(self, made: Sequence[RuleTagger | HearingTagger]) -> None:
        """Keep taggers that were made already for parts that are worked on in this process."""
        if len(_kept) > 8:
            _kept.clear()
        _kept[self._key] = tuple(made)

    @property
    def _key(self) -> str:
        return hashlib.sha256(pickle.dumps((self.book, self.taggers))).hexdigest()

    def _made(self) -> Sequence[RuleTagger | HearingTagger]:
        if self._key not in _kept:
            made = [HearingTagger(b) if name.startswith("model@") else RuleTagger(b) for name, b in self.taggers]
            for tagger, (name, _) in zip(made, self.taggers, strict=True):
                if name.endswith("-alone"):
                    tagger.name += "-alone"
                if tagger.name != name:
                    raise FeedbackError(
                        f"a worker has another version of the taggers ({tagger.name}, not {name}): install the same version of "
                        "feedback and the same models on every host"
                    )
            self.remember(made)
        return _kept[self._key]


def part_of(book: Codebook, *, taggers: Iterable[str] | None = None) -> Part:
    """The work that `tag(corpus, book)` does on each part of a corpus."""
    made = [t for t in _made(book, None if taggers is None else _known(taggers)) if isinstance(t, (RuleTagger, HearingTagger))]
    part = Part(book, tuple((t.name, t.book) for t in made))
    part.remember(made)
    return part


@cache
def tagger_version() -> str:
    """Name the code and cues that decide what taggers say; books and models stand in their names."""
    folder = Path(__file__).parent
    h = hashlib.sha256()
    shared = (folder.parent / name for name in ("gloss.py", "networks.py"))
    for path in (*sorted(folder.glob("*.py")), *sorted(folder.glob("*.yaml")), *shared):
        h.update(path.read_bytes())
    return h.hexdigest()[:16]


_kept: dict[str, Sequence[RuleTagger | HearingTagger]] = {}


def _known(names: Iterable[str]) -> tuple[str, ...]:
    listed = (names,) if isinstance(names, str) else tuple(names)
    if not listed or set(listed) - {"rules", "model"}:
        raise FeedbackError(f"taggers= takes 'rules', 'model' or both, not {', '.join(map(repr, listed)) or 'nothing'}")
    return listed


def _made(book: Codebook, names: tuple[str, ...] | None) -> list[Tagger]:
    """A codebook's taggers: those named, or its rules, and the model where it is installed and a code has a definition."""
    if names is not None:
        return [RuleTagger(book) if n == "rules" else HearingTagger(book) for n in dict.fromkeys(names)]
    rules = RuleTagger(book)
    if not any(c.definition for c in book if c.status != "retired"):
        return [rules]
    try:
        return [rules, HearingTagger(book)]
    except NotInstalled:
        rules.name += "-alone"
        return [rules]
