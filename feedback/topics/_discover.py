"""discover(): from the units of a corpus to ranked topics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from feedback.codebook import Code, Codebook, Codings
from feedback.corpus import Corpus, Segment
from feedback.errors import FeedbackError
from feedback.topics._embed import Embedder
from feedback.topics._features import stem
from feedback.topics._gaps import Gaps
from feedback.topics._model import TopicModel
from feedback.topics._topics import Topic, Topics, slug
from feedback.topics._words import EMPTY, fold, split, stop_words

METHODS = ("graph", "nmf", "bertopic")
STAGES = ("Reading what participants said.", "Looking for topics, and how stable they are.", "Naming topics.")
EXAMPLES = 3
TRIGGERS = 6
COVERED = 0.5


def discover(
    corpus: Corpus, *, seed: int = 0, n_topics: int | None = None, method: str = "graph", codings: Codings | None = None,
    unscreened: str | None = None, embedder: Embedder | None = None, guides: Codebook | Mapping[str, Sequence[str]] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Topics:  # fmt: skip
    """Propose topics in what participants said; with `codings`, in what the codebook does not cover.

    Works on participants' and interpreters' units; units that say nothing are set aside with that reason. Topics are
    ranked by sessions, then audiences, not by mentions. With `codings`, the graph method looks for fields of like words
    (`_gaps`) that recur and that neither a code's own words nor one code on their units explains; the other methods
    look at the units that no code lies on. `guides` (graph method, without codings): a codebook whose codes' examples are
    anchors, or names with texts; each that is heard becomes a topic of that name. `progress` is told each of `STAGES`.

    Raises LeakError where the privacy gate has open findings and `unscreened` gives no reason; NotInstalled where
    `method="bertopic"` lacks its extra; FeedbackError for an unknown method, no unit to work on, or too many topics.
    """
    if method not in METHODS:
        raise FeedbackError(f"there is no method {method!r}; there are: {', '.join(METHODS)}.")
    tell = progress or (lambda stage: None)
    gate(corpus, unscreened)
    tell(STAGES[0])
    segments, aside = worth(corpus)
    if not segments:
        raise FeedbackError("there is no participant's unit to find topics in: all are empty or withheld.")
    if n_topics is not None and not 1 <= n_topics <= len(segments):
        raise FeedbackError(f"{n_topics} topics cannot be found in {len(segments)} units.")
    tell(STAGES[1])
    if codings is not None and method == "graph":
        model: Any = Gaps(codings, n_topics=n_topics, seed=seed).fit(segments)
        tell(STAGES[2])
        topics = build(model, segments, codings=codings)
        covered = {c.ref for c in codings if c.score >= COVERED}
        reasons = ("covered by a code", "in no field of words that recurs")
        aside |= {s.ref: reasons[s.ref not in covered] for s, t in zip(segments, model.labels_, strict=True) if t < 0}
        ranked = rank(topics)
    else:
        if codings is not None:
            segments, covered_by = _uncovered(segments, codings)
            aside |= covered_by
        model = _model(method, n_topics, seed, embedder, _guides(guides))
        model.fit([s.text for s in segments])
        tell(STAGES[2])
        ranked = rank(build(model, segments, codings=codings))
        aside |= {s.ref: "outlier of BERTopic" for s, t in zip(segments, model.labels_, strict=True) if t < 0}
    return Topics(
        ranked, corpus, method, seed, MappingProxyType(aside), unscreened=unscreened,
        model=model if method == "graph" else None, base=corpus.fingerprint, sessions=tuple(s.id for s in corpus),
    )  # fmt: skip


def gate(corpus: Corpus, unscreened: str | None) -> None:
    """Raise LeakError where the privacy gate has open findings and no reason is given."""
    from feedback.privacy import require_clear

    require_clear(corpus, unscreened=unscreened)


def _guides(guides: Codebook | Mapping[str, Sequence[str]] | None) -> dict[str, list[str]] | None:
    """Turn a codebook into anchors: each code's name with its examples, in every language (its name where it has none)."""
    if guides is None:
        return None
    if isinstance(guides, Codebook):
        return {c.name: [x for said in c.examples.values() for x in said] or [c.name] for c in guides}
    return {name: [said] if isinstance(said, str) else list(said) or [name] for name, said in guides.items()}


def _model(
    method: str, n_topics: int | None, seed: int, embedder: Embedder | None, guides: dict[str, list[str]] | None
) -> Any:
    if method == "graph":
        return TopicModel(n_topics, seed, embedder=embedder, guides=guides)
    from feedback.topics import _peers

    if method == "nmf":
        return _peers.Nmf(n_topics, seed)
    return _peers.Bertopic(n_topics, seed, embedder=embedder or Embedder())


def worth(corpus: Corpus) -> tuple[list[Segment], dict[str, str]]:
    """Part participants' units into those with a content word and those that say nothing ("yeah", "same")."""
    stop = stop_words(*EMPTY)
    segments: list[Segment] = []
    aside: dict[str, str] = {}
    for s in corpus.segments():
        if any(len(w) > 1 and fold(w) not in stop and not w.isdigit() for w in split(s.text)):
            segments.append(s)
        else:
            aside[s.ref] = "says nothing of its own"
    return segments, aside


def _uncovered(segments: list[Segment], codings: Codings) -> tuple[list[Segment], dict[str, str]]:
    """Keep units that no code lies on, or only with a score under one half."""
    best: dict[str, float] = {}
    for c in codings:
        best[c.ref] = max(best.get(c.ref, 0.0), c.score)
    open_ = [s for s in segments if best.get(s.ref, 0.0) < COVERED]
    return open_, {s.ref: "covered by a code" for s in segments if best.get(s.ref, 0.0) >= COVERED}


def build(model: Any, segments: Sequence[Segment], *, codings: Codings | None = None) -> list[Topic]:
    """Make a Topic of each of the model's topics, with its proposed code."""
    by_ref: dict[str, set[str]] = {}
    for c in codings or ():
        by_ref.setdefault(c.ref, set()).add(c.code)
    words = model.words(10)
    out = []
    taken: Counter[str] = Counter()
    for t in range(model.n_topics_):
        at = sorted((i for i, x in enumerate(model.labels_) if x == t), key=lambda i: (-float(model.fit_[i]), i))
        own = [segments[i] for i in at]
        label = model.names_[t]
        id = slug(label)
        taken[id] += 1
        code = _code(own, words[t], label, id=id if taken[id] == 1 else f"{id}_{taken[id]}", outside=_outside(t, segments, model))
        common = Counter(c for s in own for c in by_ref.get(s.ref, ())).most_common(1)
        stability = model.stability_[t]
        out.append(Topic(
            t, label, tuple(words[t]), tuple(s.ref for s in own), tuple(float(model.fit_[i]) for i in at),
            None if stability != stability else round(float(stability), 4),
            tuple(sorted({s.session.id for s in own})), tuple(sorted({s.audience for s in own if s.audience})), code,
            coverage=None if codings is None else round(common[0][1] / len(own), 4) if common else 0.0, parts=(t,),
        ))  # fmt: skip
    return out


def _outside(topic: int, segments: Sequence[Segment], model: Any) -> Counter[str]:
    return Counter(
        w for s, t in zip(segments, model.labels_, strict=True) if t != topic for w in set(split(s.text))
    )


def _code(own: Sequence[Segment], words: Sequence[str], label: str, *, id: str, outside: Counter[str]) -> Code:
    """Propose a code: central units as examples, words that stand mostly inside the topic as triggers, by language."""
    examples: dict[str, list[str]] = {}
    triggers: dict[str, list[str]] = {}
    inside: dict[str, Counter[str]] = {}
    for s in own:
        language = "es" if s.turn.language == "es" else "en"
        inside.setdefault(language, Counter()).update(set(split(s.text)))
        if len(examples.setdefault(language, [])) < EXAMPLES:
            examples[language].append(s.text)
    for language, counted in inside.items():
        good = [w for w in words if counted[w] >= min(2, len(own)) and counted[w] >= outside[w]]
        triggers[language] = [_pattern(w) for w in good[:TRIGGERS]]
    return Code(
        id, label, definition="", memo="proposed by discover(): name it, define it, or drop it.", status="proposed",
        examples=MappingProxyType({k: tuple(v) for k, v in sorted(examples.items())}),
        triggers=MappingProxyType({k: tuple(dict.fromkeys(v)) for k, v in sorted(triggers.items()) if v}),
    )  # fmt: skip


def _pattern(word: str) -> str:
    root = stem(word)
    return f"{root}*" if len(root) >= 5 and word.startswith(root) else word


def rank(topics: list[Topic]) -> tuple[Topic, ...]:
    """Order topics by whether a code covers half of them, sessions, audiences, stability; number them from 0."""

    def key(t: Topic) -> tuple[bool, int, int, float, int]:
        return ((t.coverage or 0) > COVERED, -len(t.sessions), -len(t.audiences), -(t.stability or 0), t.id)

    ordered = sorted((t for t in topics if t.refs), key=key)
    return tuple(replace(t, id=i) for i, t in enumerate(ordered))
