"""tag(): lay codes on every unit that may be coded, by one tagger or several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from feedback.codebook import Codebook, Coding, Codings, Discourse
from feedback.corpus import Corpus, Segment
from feedback.errors import FeedbackError
from feedback.privacy import require_clear
from feedback.tagging._discourse import Reader
from feedback.tagging._rules import RuleTagger


@runtime_checkable
class Tagger(Protocol):
    """Whoever lays codes on units: a name with a version, and `tag`."""

    name: str

    def tag(self, segments: Iterable[Segment]) -> Iterator[Coding]:
        """Yield codings of these units; never of others."""
        ...


def tag(corpus: Corpus, *taggers: Codebook | Tagger, unscreened: str | None = None) -> Codings:
    """Code a corpus; returns Codings with every participant unit's category, polarity and about.

    `taggers` are codebooks (their triggers are the rules) or anything with a `name` and `tag(segments)`. Raises
    LeakError while findings are open, unless `unscreened` gives the reason, which is recorded.

    >>> from feedback.corpus import Corpus, Session, Turn
    >>> from feedback.codebook import Code, Codebook
    >>> book = Codebook((Code("rides", "Getting there", triggers={"en": ("bus pass*",)}),))
    >>> corpus = Corpus((Session("S1", (Turn(0, "We need bus passes."),)),))
    >>> [(c.code, c.evidence, c.category) for c in tag(corpus, book, unscreened="a doctest")]
    [('rides', ((8, 18),), 'need')]
    """
    if not taggers:
        raise FeedbackError("tag() needs a codebook or a tagger: tag(corpus, Codebook.load('codebook.yaml'))")
    reason = require_clear(corpus, unscreened=unscreened)
    books = [t for t in taggers if isinstance(t, Codebook)]
    made = [RuleTagger(t) if isinstance(t, Codebook) else t for t in taggers]
    held = [getattr(t, "book", None) for t in made]
    book = books[0] if books else next((b for b in held if isinstance(b, Codebook)), Codebook())
    for other in [*books[1:], *(b for b in held if isinstance(b, Codebook))]:
        book = book.add(*(c for c in other if c.id not in book))
    segments = list(corpus.segments())
    known = {s.ref for s in segments}
    values = [c for t in made for c in t.tag(segments)]
    strays = sorted({c.ref for c in values} - known)
    if strays:
        raise FeedbackError(f"a tagger coded units that may not be coded: {', '.join(strays[:5])}")
    reader = next((t.reader for t in made if isinstance(t, RuleTagger)), None) or Reader(book)
    said = {s.ref: Discourse() if s.turn.kind == "agreement" else reader.read(s).whole for s in segments}
    return Codings((), corpus, book, MappingProxyType(said), reason).merged(values)
