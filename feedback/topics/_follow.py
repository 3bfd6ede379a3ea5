"""follow(): later sessions placed in topics as they are, so that rounds are compared on one frozen model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from feedback.corpus import Corpus
from feedback.errors import FeedbackError
from feedback.topics._topics import Topics

if TYPE_CHECKING:
    import pandas as pd

REFIT = 0.15
GREW = 0.2


@dataclass(frozen=True)
class Round:
    """A later round on a frozen model.

    Attributes:
        topics: the same topics under the same numbers, holding the new round's units only.
        drift: share of the round's units that sit worse than nineteen of twenty of the fitted ones, or in no topic.
        refit_advised: True where drift passes 15 %, or the round is more than a fifth of what the model was fitted on.
        before: the topics of the round before.
    """

    topics: Topics
    drift: float
    refit_advised: bool
    before: Topics

    def frame(self) -> pd.DataFrame:
        """One row a topic: sessions and units before and now, in the order of before; `new` is True where it was not heard."""
        import pandas as pd

        now = {t.id: t for t in self.topics}
        rows = [
            (t.id, t.label, len(t.sessions), len(n.sessions) if n else 0, len(t.refs), len(n.refs) if n else 0, t.unstable)
            for t in self.before
            for n in (now.get(t.id),)
        ]
        names = ["topic", "label", "sessions_before", "sessions_now", "units_before", "units_now", "unstable"]
        return pd.DataFrame(rows, columns=names)


def follow(topics: Topics, corpus: Corpus, *, unscreened: str | None = None) -> Round:
    """Place the units of another round in these topics; nothing is refitted, numbers and labels stay.

    Raises LeakError as `discover` does; FeedbackError where the topics hold no model (nmf, bertopic, read back from a file).
    """
    from feedback.topics._discover import gate, worth

    gate(corpus, unscreened)
    if topics.model is None:
        raise FeedbackError("these topics hold no model to place new units with: discover() them anew by the graph method.")
    segments, aside = worth(corpus)
    owner = {p: t for t in topics for p in t.parts}
    found: dict[int, list[tuple[str, float]]] = {}
    poor = 0
    labels, fits, good = topics.model.place([s.text for s in segments])
    for s, label, fit, ok in zip(segments, labels, fits, good, strict=True):
        poor += not ok
        home = owner.get(int(label))
        if home is None or (fit <= 0):
            aside[s.ref] = "in no topic of the round before"
        else:
            found.setdefault(home.id, []).append((s.ref, round(float(fit), 6)))
    audience = {s.ref: s.audience for s in segments}
    values = []
    for t in topics:
        pairs = sorted(found.get(t.id, []), key=lambda p: -p[1])
        if pairs:
            values.append(replace(
                t, refs=tuple(r for r, _ in pairs), fits=tuple(f for _, f in pairs),
                sessions=tuple(sorted({r.rpartition("#")[0] for r, _ in pairs})),
                audiences=tuple(sorted({a for r, _ in pairs if (a := audience[r])})),
            ))  # fmt: skip
    drift = round(poor / max(len(segments), 1), 4)
    fitted = sum(len(t.refs) for t in topics)
    now = replace(
        topics, values=tuple(values), corpus=corpus, set_aside=MappingProxyType(aside), unscreened=unscreened,
        history=(*topics.history, f"followed into a round of {len(segments)} units"),
    )  # fmt: skip
    return Round(now, drift, drift > REFIT or len(segments) > GREW * max(fitted, 1), topics)
