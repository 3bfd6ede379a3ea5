"""tag(): lay codes on every unit that may be coded, by one tagger or several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from feedback.codebook import Codebook, Coding, Codings, Discourse
from feedback.corpus import Corpus, Segment
from feedback.errors import FeedbackError, NotInstalled
from feedback.privacy import require_clear
from feedback.tagging._discourse import Reader
from feedback.tagging._hearing import HearingTagger
from feedback.tagging._rules import RuleTagger


@runtime_checkable
class Tagger(Protocol):
    """Whoever lays codes on units: a name with a version, and `tag`."""

    name: str

    def tag(self, segments: Iterable[Segment]) -> Iterator[Coding]:
        """Yield codings of these units; never of others."""
        ...


def tag(
    corpus: Corpus, *by: Codebook | Tagger, taggers: Iterable[str] | None = None, unscreened: str | None = None
) -> Codings:
    """Code a corpus; returns Codings with every participant unit's category, polarity and about.

    `by` are codebooks or anything with a `name` and `tag(segments)`. For a codebook its triggers (the rules) and the
    learned model speak together, the model for codes with a definition; the `tagger` column says which. Where the model's
    files are not installed the rules speak alone, named `rules@...-alone`. `taggers=["rules"]` or `["model"]` narrows it.
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
    segments = list(corpus.segments())
    known = {s.ref for s in segments}
    heard = [t.listen(segments) for t in made if isinstance(t, HearingTagger)]
    values = [c for t in made if not isinstance(t, HearingTagger) for c in t.tag(segments)]
    values += [c for codings, _ in heard for c in codings]
    strays = sorted({c.ref for c in values} - known)
    if strays:
        raise FeedbackError(f"a tagger coded units that may not be coded: {', '.join(strays[:5])}")
    reader = next((t.reader for t in made if isinstance(t, RuleTagger)), None) or Reader(book)
    said = {s.ref: Discourse() if s.turn.kind == "agreement" else reader.read(s).whole for s in segments}
    for _, wholes in heard:
        said |= wholes
    return Codings((), corpus, book, MappingProxyType(said), reason).merged(values)


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
