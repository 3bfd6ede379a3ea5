"""follow(): later sessions placed in topics as they are, so that rounds are compared on one frozen model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from feedback.corpus import Corpus
from feedback.errors import FeedbackError
from feedback.topics._topics import Topic, Topics

if TYPE_CHECKING:
    import pandas as pd

REFIT = 0.15
GREW = 0.2


@dataclass(frozen=True)
class Round:
    """A later round on a frozen model.

    Attributes:
        topics: the same topics under the same numbers, holding the new round's units only.
        drift: share of the round's units that sit worse than nineteen of twenty of the fitted ones; of topics that hold
            what the codebook does not cover, by how much more of this round than of the fitted one is in none of them.
        refit_advised: True where drift passes 15 %, or the round is more than a fifth of what the model was fitted on.
        before: the topics of the round before.
    """

    topics: Topics
    drift: float
    refit_advised: bool
    before: Topics

    def frame(self) -> pd.DataFrame:
        """One row a topic: sessions and units before and now, in the order of before. Not suppressed: `private` is True."""
        import pandas as pd

        now = {t.id: t for t in self.topics}
        rows = [
            (t.id, t.label, len(t.sessions), len(n.sessions) if n else 0, len(t.refs), len(n.refs) if n else 0, t.unstable, True)
            for t in self.before
            for n in (now.get(t.id),)
        ]
        names = ["topic", "label", "sessions_before", "sessions_now", "units_before", "units_now", "unstable", "private"]
        return pd.DataFrame(rows, columns=names)

    @property
    def joined(self) -> Topics:
        """The topics with the units of before and of this round, over both: what the round after next is held against."""
        now = {t.id: t for t in self.topics}
        sessions = {s.id: s for c in (self.before.corpus, self.topics.corpus) for s in c}
        corpus = replace(self.topics.corpus, values=tuple(sessions[i] for i in sorted(sessions)))
        return replace(
            self.topics, values=tuple(_both(t, now.get(t.id)) for t in self.before), corpus=corpus,
            set_aside=MappingProxyType({**self.before.set_aside, **self.topics.set_aside}),
            sessions=tuple(dict.fromkeys((*self.before.sessions, *self.topics.sessions))),
        )  # fmt: skip


def _both(before: Topic, now: Topic | None) -> Topic:
    """Put a round's units behind those of before, best placed first."""
    if now is None:
        return before
    gone = set(now.refs)
    old = [(r, f) for r, f in zip(before.refs, before.fits, strict=True) if r not in gone]
    pairs = sorted([*old, *zip(now.refs, now.fits, strict=True)], key=lambda p: -p[1])
    return replace(
        before, refs=tuple(r for r, _ in pairs), fits=tuple(f for _, f in pairs),
        sessions=tuple(sorted({*before.sessions, *now.sessions})), audiences=tuple(sorted({*before.audiences, *now.audiences})),
    )  # fmt: skip


def follow(topics: Topics, corpus: Corpus, *, unscreened: str | None = None) -> Round:
    """Place the units of another round in these topics; nothing is refitted, numbers and labels stay.

    Raises LeakError as `discover` does; FeedbackError where the topics hold no model (nmf, bertopic, read back from a file).
    """
    from feedback.topics._discover import gate, worth

    gate(corpus, unscreened)
    if topics.model is None:
        raise FeedbackError("these topics hold no model to place new units with: discover() them anew by the graph method.")
    segments, aside = worth(corpus)
    found: dict[int, list[tuple[str, float]]] = {}
    poor = 0
    labels, fits, good = topics.model.place([s.text for s in segments])
    homes = topics.homes([s.text for s in segments], labels)
    for s, home, fit, ok in zip(segments, homes, fits, good, strict=True):
        poor += not ok
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
    usual = getattr(topics.model, "missed_", 0.0)
    drift = round(max(0.0, poor / max(len(segments), 1) - usual), 4)
    fitted = len(topics.model.labels_)
    now = replace(
        topics, values=tuple(values), corpus=corpus, set_aside=MappingProxyType(aside), unscreened=unscreened,
        history=(*topics.history, f"followed into a round of {len(segments)} units"), sessions=tuple(s.id for s in corpus),
    )  # fmt: skip
    return Round(now, drift, drift > REFIT or len(segments) > GREW * max(fitted, 1), topics)
