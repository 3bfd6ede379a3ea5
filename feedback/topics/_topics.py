"""Topics: proposed codes that a person accepts, renames, merges, splits or drops, and that then code like any tagger."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from feedback.codebook import Code, Codebook, Coding, Codings
from feedback.corpus import Corpus, Segment
from feedback.errors import FeedbackError
from feedback.topics._embed import Embedder
from feedback.topics._words import fold, split

if TYPE_CHECKING:
    import pandas as pd

    from feedback.topics._model import TopicModel

TOPIC_COLUMNS = (
    "topic", "label", "words", "size", "stability", "refs", "sessions", "audiences", "fit", "coverage", "status", "private",
)  # fmt: skip
STABLE = 0.5


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic found in the units.

    Attributes:
        id: its number, 0 the first in rank. label, words: for people; best first.
        refs: its units, best placed first. fits: how well each sits, 0 to 1, in the same order.
        stability: mean best overlap with a topic found in resamples, 0 to 1; None where it was not measured.
        sessions, audiences: where it was heard. coverage: share of its units under its commonest code; None without codings.
        code: what the codebook gets; its status says proposed or accepted. by: who accepted it.
        parts: the model's topics it is made of; after a split, those it is a part of.
    """

    id: int
    label: str
    words: tuple[str, ...]
    refs: tuple[str, ...]
    fits: tuple[float, ...]
    stability: float | None
    sessions: tuple[str, ...]
    audiences: tuple[str, ...]
    code: Code
    coverage: float | None = None
    by: str = ""
    parts: tuple[int, ...] = ()

    @property
    def unstable(self) -> bool:
        """True where resamples seldom find it again (overlap under one half): look twice before you name it."""
        return self.stability is not None and self.stability < STABLE


@dataclass(frozen=True)
class Topics:
    """What was found: topics in rank order, and every unit that is in none of them, with the reason.

    Ranked by sessions, then audiences, then how little the codebook covers them; never by mentions. As a tagger it has
    a `name` (`topics@` and a hash of what it knows) and `tag(segments)`; only accepted topics code. `sessions` are those
    looked at, whether a topic was heard in them or not.
    """

    values: tuple[Topic, ...]
    corpus: Corpus = field(repr=False)
    method: str = "graph"
    seed: int = 0
    set_aside: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    history: tuple[str, ...] = ()
    unscreened: str | None = None
    model: Any = field(default=None, repr=False, compare=False)
    base: str = ""
    sessions: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Topic]:
        return iter(self.values)

    def __getitem__(self, topic: int | str) -> Topic:
        """The topic with this number, or with this code id; raises FeedbackError."""
        for t in self.values:
            if t.id == topic or t.code.id == topic:
                return t
        raise FeedbackError(f"there is no topic {topic!r} here; there are: {', '.join(str(t.id) for t in self.values)}")

    @property
    def name(self) -> str:
        """`topics@` and a hash of method, seed, corpus and the accepted topics' units."""
        h = hashlib.sha256(repr((self.method, self.seed, self.base)).encode())
        for t in self._accepted():
            h.update(repr((t.code.id, t.refs, t.parts)).encode())
        return f"topics@{h.hexdigest()[:8]}"

    @property
    def codes(self) -> tuple[Code, ...]:
        """One code a topic: proposed, or accepted where a person said so."""
        return tuple(t.code for t in self.values)

    def frame(self) -> pd.DataFrame:
        """One row a topic, in rank order; columns `TOPIC_COLUMNS`. `sessions` and `audiences` are counts, `fit` a mean.

        A proposal is worked on unit by unit, so nothing is suppressed: `private` is True, it is not to be passed on.
        """
        import pandas as pd

        rows = [
            (
                t.id, t.label, t.words, len(t.refs), t.stability, t.refs, len(t.sessions), len(t.audiences),
                round(sum(t.fits) / max(len(t.fits), 1), 4), t.coverage, t.code.status, True,
            )
            for t in self.values
        ]  # fmt: skip
        frame = pd.DataFrame(rows, columns=list(TOPIC_COLUMNS))
        return frame.astype({"stability": "float64", "fit": "float64", "coverage": "float64"})

    def units(self) -> pd.DataFrame:
        """One row a unit: ref, topic (missing where set aside), fit, reason. Worst placed first: look at these."""
        import pandas as pd

        rows: list[tuple[str, int | None, float | None, str]]
        rows = [(r, t.id, f, "") for t in self.values for r, f in zip(t.refs, t.fits, strict=True)]
        rows += [(r, None, None, why) for r, why in self.set_aside.items()]
        frame = pd.DataFrame(rows, columns=["ref", "topic", "fit", "reason"])
        return frame.astype({"topic": "Int64", "fit": "float64"}).sort_values(
            ["fit", "ref"], kind="stable", ignore_index=True
        )

    def accept(self, topic: int | str, *, id: str, name: str = "", by: str) -> Topics:
        """Make a topic a code of the codebook: `id`, `name` (its label where empty), and who decided.

        Raises FeedbackError where `by` is empty, the id is not a word, or another topic has it.
        """
        t = self[topic]
        if not by.strip():
            raise FeedbackError("accepting a topic needs `by`: who decided?")
        if not re.fullmatch(r"\w[\w.-]*", id):
            raise FeedbackError(f"{id!r} cannot be a code's id: use letters, digits and underscores.")
        if any(o.code.id == id and o.id != t.id for o in self.values):
            raise FeedbackError(f"another topic has the id {id!r} already: merge them, or choose another.")
        code = replace(t.code, id=id, name=name or t.label, status="accepted")
        return self._with(replace(t, code=code, label=code.name, by=by), said=f"accept {t.id} as {id} by {by}")

    def rename(self, topic: int | str, label: str) -> Topics:
        """Give a topic another label."""
        t = self[topic]
        return self._with(replace(t, label=label, code=replace(t.code, name=label)), said=f"rename {t.id}")

    def merge(self, topics: Iterable[int | str], *, label: str = "") -> Topics:
        """Join topics into the first of them; an accepted one must be the first."""
        first, *others = [self[t] for t in topics]
        if not others or first.id in {o.id for o in others}:
            raise FeedbackError("merging needs at least two different topics.")
        if any(o.code.status == "accepted" for o in others):
            raise FeedbackError("name the accepted topic first: the others go into it.")
        joined = _join(first, others, label)
        gone = {o.id for o in others}
        kept = tuple(joined if t.id == first.id else t for t in self.values if t.id not in gone)
        return replace(
            self, values=kept, history=(*self.history, f"merge {sorted(gone)} into {first.id}")
        )

    def split(self, topic: int | str, *, into: int = 2) -> Topics:
        """Part a proposed topic by what its units say; the new ones get the next free numbers."""
        from feedback.topics._discover import build
        from feedback.topics._model import TopicModel

        t = self[topic]
        if t.code.status == "accepted" or not 2 <= into <= len(t.refs):
            raise FeedbackError(f"topic {t.id} cannot be split in {into}: it is accepted, or has {len(t.refs)} units.")
        found = TopicModel(into, self.seed)
        segments = [self.corpus.resolve(r) for r in sorted(t.refs, key=_order)]
        found.fit([s.text for s in segments])
        free = max(o.id for o in self.values) + 1
        new = tuple(replace(p, id=free + i, parts=t.parts) for i, p in enumerate(build(found, segments)))
        at = self.values.index(t)
        values = (*self.values[:at], *new, *self.values[at + 1 :])
        return replace(self, values=values, history=(*self.history, f"split {t.id} into {[p.id for p in new]}"))

    def drop(self, topic: int | str, *, why: str = "dropped by a person") -> Topics:
        """Take a topic out; its units are set aside with the reason."""
        t = self[topic]
        aside = MappingProxyType({**self.set_aside, **dict.fromkeys(t.refs, why)})
        kept = tuple(o for o in self.values if o.id != t.id)
        return replace(self, values=kept, set_aside=aside, history=(*self.history, f"drop {t.id}: {why}"))

    def only_said(self, said: Collection[str]) -> Topics:
        """Leave out words that are not among `said`, and machine-made labels that hold one; people's names stay."""
        return replace(self, values=tuple(_only_said(t, said, f"rename {t.id}" in self.history) for t in self.values))

    def tag(self, segments: Iterable[Segment]) -> list[Coding]:
        """Lay the accepted topics on units: known units as they were placed, new ones where the model places them well."""
        accepted = self._accepted()
        tagger = self.name
        known = {r: (t, f) for t in self.values for r, f in zip(t.refs, t.fits, strict=True)}
        out: list[Coding] = []
        new: list[Segment] = []
        for s in segments:
            if s.ref in known and self._same(s):
                t, f = known[s.ref]
                if t.code.status == "accepted":
                    out.append(Coding(s.ref, t.code.id, tagger, round(f, 4), why=f"topic {t.id} accepted by {t.by}"))
            elif not (s.ref in self.set_aside and self._same(s)):
                new.append(s)
        if new and accepted and self.model is not None:
            out += self._place(new, tagger)
        return out

    def codings(self, codebook: Codebook | None = None) -> Codings:
        """Return the accepted topics' codings of this corpus, with their codes added to the codebook given."""
        book = (codebook or Codebook()).add(*(t.code for t in self._accepted()))
        return Codings(tuple(self.tag(self.corpus.segments())), self.corpus, book, unscreened=self.unscreened)

    def homes(self, texts: Sequence[str], parts: Iterable[int]) -> list[Topic | None]:
        """Say which topic holds a text that the model put in this part; of several that a split made, the nearest."""
        owners: dict[int, list[Topic]] = {}
        for t in self.values:
            for p in t.parts:
                owners.setdefault(p, []).append(t)
        found = [owners.get(int(p), []) for p in parts]
        asked = [i for i, f in enumerate(found) if len(f) > 1]
        out = [f[0] if len(f) == 1 else None for f in found]
        if asked:
            vectors = dict(zip(asked, Embedder().encode([texts[i] for i in asked]), strict=True))
            middles = {t.id: Embedder().encode([self.corpus.text_of(r) for r in t.refs]).mean(0) for i in asked for t in found[i]}
            for i, v in vectors.items():
                out[i] = max(found[i], key=lambda t: (round(float(v @ middles[t.id]), 5), -t.id))
        return out

    def _place(self, segments: list[Segment], tagger: str) -> list[Coding]:
        model: TopicModel = self.model
        texts = [s.text for s in segments]
        parts, fits, good = model.place(texts)
        return [
            Coding(s.ref, t.code.id, tagger, round(float(f), 4), why=f"placed in topic {t.id}")
            for s, t, f, ok in zip(segments, self.homes(texts, parts), fits, good, strict=True)
            if ok and t is not None and t.code.status == "accepted"
        ]

    def _same(self, s: Segment) -> bool:
        try:
            return self.corpus.resolve(s.ref).text == s.text
        except FeedbackError:
            return False

    def _accepted(self) -> tuple[Topic, ...]:
        return tuple(t for t in self.values if t.code.status == "accepted")

    def _with(self, topic: Topic, *, said: str) -> Topics:
        values = tuple(topic if t.id == topic.id else t for t in self.values)
        return replace(self, values=values, history=(*self.history, said))


def _only_said(topic: Topic, said: Collection[str], renamed: bool) -> Topic:
    words = tuple(w for w in topic.words if w in said)
    kept = {k: tuple(p for p in v if _known(p, said)) for k, v in topic.code.triggers.items()}
    code = replace(topic.code, triggers=MappingProxyType({k: v for k, v in kept.items() if v}))
    if topic.code.status == "accepted" or renamed or all(w in said for w in split(topic.label)):
        return replace(topic, words=words, code=code)
    label = ", ".join(words[:3]) or f"topic {topic.id}"
    return replace(topic, words=words, label=label, code=replace(code, id=f"{slug(label)}_{topic.id}", name=label))


def _known(trigger: str, said: Collection[str]) -> bool:
    return trigger in said or (trigger.endswith("*") and any(w.startswith(trigger[:-1]) for w in said))


def _join(first: Topic, others: list[Topic], label: str) -> Topic:
    pairs = sorted(
        ((r, f) for t in (first, *others) for r, f in zip(t.refs, t.fits, strict=True)), key=lambda p: (-p[1], _order(p[0]))
    )
    words = tuple(dict.fromkeys(w for ws in zip(*(t.words for t in (first, *others)), strict=False) for w in ws))
    measured = [t.stability for t in (first, *others) if t.stability is not None]
    name = label or first.label
    examples, triggers = (_joined([getattr(t.code, what) for t in (first, *others)]) for what in ("examples", "triggers"))
    return replace(
        first, label=name, words=words or first.words, refs=tuple(r for r, _ in pairs), fits=tuple(f for _, f in pairs),
        stability=min(measured) if measured else None, parts=tuple(sorted({p for t in (first, *others) for p in t.parts})),
        sessions=tuple(sorted({s for t in (first, *others) for s in t.sessions})),
        audiences=tuple(sorted({a for t in (first, *others) for a in t.audiences})), coverage=None,
        code=replace(first.code, name=name, examples=examples, triggers=triggers),
    )  # fmt: skip


def _joined(parts: list[Mapping[str, tuple[str, ...]]]) -> Mapping[str, tuple[str, ...]]:
    languages = sorted({k for p in parts for k in p})
    return MappingProxyType({k: tuple(dict.fromkeys(x for p in parts for x in p.get(k, ()))) for k in languages})


def slug(label: str) -> str:
    """Make an id of a label: `school, living room` -> `topic_school_living_room`."""
    return "topic_" + ("_".join(re.findall(r"[a-z0-9]+", fold(label.lower())))[:40].strip("_") or "unnamed")


def _order(ref: str) -> tuple[str, int]:
    session, _, index = ref.rpartition("#")
    return session, int(index)
