"""learn(): a person's own codings make a tagger; it suggests, and never touches what a person coded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from feedback.codebook import Codebook, Coding, Codings
from feedback.corpus import Segment
from feedback.errors import FeedbackError
from feedback.tagging._compile import Span, fold, words_of
from feedback.tagging._discourse import Reader
from feedback.tagging._themes import ThemeClassifier

if TYPE_CHECKING:
    import pandas as pd

LEAST = 2  # units a code needs before it is learned


class LearnedTagger:
    """A tagger made from a person's codings: `book` are the codes, `learned` the ids it has seen often enough."""

    def __init__(self, model: ThemeClassifier, book: Codebook, name: str, *, known: frozenset[str]) -> None:
        self.model, self.book, self.name = model, book, name
        self.learned = tuple(str(c) for c in model.classes_)
        self._known, self._reader = known, Reader(book)

    def tag(self, segments: Iterable[Segment]) -> Iterator[Coding]:
        """Yield suggestions, with calibrated scores, for units that no person has coded."""
        units = [s for s in segments if s.turn.kind != "agreement" and s.ref not in self._known]
        if not units:
            return
        scores = self.model.predict_proba([s.text for s in units])
        for segment, row in zip(units, scores, strict=True):
            reading = None
            for j, code in enumerate(self.learned):
                if row[j] < self.model.thresholds_[j]:
                    continue
                reading = reading or self._reader.read(segment)
                evidence, words = self._evidence(segment.text, j)
                said = reading.at(evidence[0]) if evidence else reading.whole
                why = f"learned from a person's codings; {'words: ' + ', '.join(words) if words else 'parts of words'}"
                yield Coding(
                    segment.ref, code, self.name, round(float(row[j]), 6), evidence, said.category, said.polarity,
                    said.about, why,
                )  # fmt: skip

    def scores(self, segments: Iterable[Segment]) -> pd.DataFrame:
        """Give the calibrated chance of every learned code, above its threshold or not: one row a unit, by address."""
        import pandas as pd

        units = list(segments)
        rows = self.model.predict_proba([s.text for s in units])
        return pd.DataFrame(rows, index=pd.Index([s.ref for s in units], name="ref"), columns=list(self.learned))

    def _evidence(self, text: str, theme: int) -> tuple[tuple[Span, ...], tuple[str, ...]]:
        """The words that mattered most for a suggestion, three at most, and where they stand."""
        weights = {w: v for w, v in self.model.word_weights(text, theme).items() if v > 0 and " " not in w}
        best = sorted(weights, key=lambda w: (-weights[w], w))[:3]
        split = words_of(text)
        spans = tuple(s for w, s in zip(split.words, split.spans, strict=True) if w in {fold(b) for b in best})
        return spans, tuple(sorted(best))


def learn(codings: Codings) -> LearnedTagger:
    """Make a tagger from people's codings (taggers named `human:...`).

    The units of sessions in which a person coded anything count as looked at: those without a code teach what is not
    one. Codes on fewer than two units are left out. Raises FeedbackError where there is nothing to learn from.
    """
    human = [c for c in codings if c.tagger.startswith("human:")]
    if not human:
        raise FeedbackError("there is nothing to learn from: no coding is a person's (tagger `human:initials`)")
    looked = {c.ref.rpartition("#")[0] for c in human}
    units = [s for s in codings.corpus.segments() if s.session.id in looked and s.turn.kind != "agreement"]
    given: dict[str, set[str]] = {}
    for c in human:
        given.setdefault(c.code, set()).add(c.ref)
    codes = sorted(c for c, refs in given.items() if sum(s.ref in refs for s in units) >= LEAST)
    if not codes:
        raise FeedbackError(
            f"there is too little to learn from: a code needs {LEAST} units or more that a person coded"
        )
    y = [[int(s.ref in given[c]) for c in codes] for s in units]
    model = ThemeClassifier().fit([s.text for s in units], _named(y, codes))
    mark = hashlib.sha256(repr(sorted((c.ref, c.code, c.tagger) for c in human)).encode()).hexdigest()[:8]
    return LearnedTagger(model, codings.codebook, f"learned@{mark}", known=frozenset(c.ref for c in human))


def _named(rows: list[list[int]], codes: list[str]) -> object:
    import pandas as pd

    return pd.DataFrame(rows, columns=codes)
