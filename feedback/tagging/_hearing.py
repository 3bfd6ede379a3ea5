"""The learned tagger: hears what people mean, in its place, for any codebook; trained by `feedback.tagging._train`.

A unit is read with the question it answers and the unit before it by a small encoder. For every code it weighs: what the
encoder's own head says (codes it was trained on), words and letters, the nearest coded units, the code's own sentences
(definition, include, examples), its triggers, and what the rest of the session speaks of. Codes it was not trained on are
scored from their sentences and triggers alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import feedback.tagging._features as f
from feedback.codebook import ABOUTS, CATEGORIES, POLARITIES, Code, Codebook, Coding, Discourse
from feedback.corpus import Segment
from feedback.gloss import aligned, gloss
from feedback.tagging._discourse import Clause, Reader, _clauses
from feedback.tagging._encode import encoder, models_folder, unit_rows
from feedback.tagging._rules import RuleTagger

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

CHUNK = 512
SMALL = 8  # a codebook of fewer codes is heard beside the shipped one
USUAL, PLENTY, UNITS = 1.5, 20, 50  # codes that people give a unit, from a codebook of so many; units that half level a new one
SAID = (("category", CATEGORIES), ("polarity", POLARITIES), ("about", ABOUTS))


@dataclass(frozen=True)
class Heard:
    """What was measured of some units before codes are weighed.

    `vectors` (n, 384) of unit length; `means` (n, 768) mean and [CLS]; `head` (n, trained codes); `clauses` one list a
    unit of spans, `added` what each clause adds to each code's score (clauses, codes of the codebook).
    """

    vectors: Array
    means: Array
    head: Array
    words: Any
    clauses: list[list[tuple[int, int]]]
    added: list[Array]


class HearingTagger:
    """A tagger for any codebook; `scores()` gives the calibrated chances behind `tag()`.

    Raises NotInstalled where `models/tagger` is not there, FeedbackError where its files are not the recipe's.
    """

    def __init__(self, book: Codebook, *, folder: Path | None = None) -> None:
        self.book = book
        self.codes = tuple(c for c in book if c.status != "retired")
        self._encoder = encoder(folder or models_folder() / "tagger")
        self.config = self._encoder.config
        self._parts = parts(self._encoder.folder)
        self._rules = RuleTagger(book)
        self.reader: Reader = self._rules.reader
        trained: dict[str, int] = {c: i for i, c in enumerate(self.config["codes"])}
        marks: dict[str, str] = self.config["definitions"]
        self.known = tuple(trained[c.id] if marks.get(c.id) == mark(c) else -1 for c in self.codes)
        self._texts: tuple[Array, Array, Array] | None = None
        self._docs: Any = None
        h = hashlib.sha256(repr([(c.id, sentences(c), examples(c)) for c in self.codes]).encode())
        h.update(repr(sorted(self.config["files"].items())).encode())
        self.name = f"model@{h.hexdigest()[:8]}"

    def tag(self, segments: Iterable[Segment]) -> Iterator[Coding]:
        """Yield codings whose chance reaches the code's threshold, unit by unit, codes in the codebook's order."""
        yield from self.listen(segments)[0]

    def listen(self, segments: Iterable[Segment]) -> tuple[list[Coding], dict[str, Discourse]]:
        """Return the codings of `tag()`, and what each unit does as a whole, by ref."""
        units = [s for s in segments if s.turn.kind != "agreement"]
        if not units or not self.codes:
            return [], {}
        heard = self.hear(units)
        said = self.discourse(units, heard) or [_read(self.reader, s) for s in units]
        codings = list(self._codings(units, heard, said))
        return codings, {s.ref: self._whole(s, d) for s, d in zip(units, said, strict=True)}

    def _codings(
        self, units: Sequence[Segment], heard: Heard, said: Sequence[tuple[str, str, str]]
    ) -> Iterator[Coding]:
        chances = self._weigh(units, heard)
        given = chances >= self.thresholds()
        for i, segment in enumerate(units):
            for j in given[i].nonzero()[0]:
                spans = _evidence(heard.clauses[i], heard.added[i][:, j])
                clause = self._clause(segment, spans, said[i])
                how = "trained on this code" if self.known[j] >= 0 else "from the code's definition alone"
                yield Coding(
                    segment.ref, self.codes[j].id, self.name, round(float(chances[i, j]), 6), spans, clause.category,
                    clause.polarity, clause.about, f"heard by the model, {how}",
                )  # fmt: skip

    def _clause(self, segment: Segment, spans: tuple[tuple[int, int], ...], whole: tuple[str, str, str]) -> Clause:
        """The rules' reading of the clause where it is sure (a refusal, a keep, reported speech); else the model's."""
        read = self.reader.read(segment).at(spans[0]) if spans else Clause((0, len(segment.text)))
        if read.polarity in ("rejected", "keep", "not_a_problem") or read.about in ("system_demand", "quoted_stigma"):
            return read
        return Clause(read.span, whole[0], whole[1], whole[2])

    def _whole(self, segment: Segment, said: tuple[str, str, str]) -> Discourse:
        """The unit as a whole: the rules where they are sure or a column decides; else the model."""
        read = self.reader.read(segment).whole
        prompt = segment.prompt_text or ""
        column = self.reader.heading(prompt) if len(prompt.split()) <= 4 else None
        sure = read.polarity in ("rejected", "keep", "not_a_problem") or read.about in ("system_demand", "quoted_stigma")
        return read if sure or column else Discourse(*said)

    def scores(self, segments: Sequence[Segment]) -> Array:
        """Return the calibrated chance of every code on every unit, float32 (units, codes of the codebook)."""
        return self._weigh(segments, self.hear(segments))

    def thresholds(self) -> Array:
        """Return the chance from which on each code is given."""
        import numpy as np

        own, new = self._parts["thresholds"], float(self.config["threshold_new"])
        return np.array([own[k] if k >= 0 else new for k in self.known], np.float32)

    def hear(self, segments: Sequence[Segment]) -> Heard:
        """Read the units with the encoder."""
        import numpy as np

        p, e = self._parts, self._encoder
        glossed = [aligned(s.text, e.glossary) for s in segments]
        cut = e.cut([g for g, _ in glossed], [context(s, e.glossary) for s in segments])
        n, width = len(segments), int(self.config["width"])
        vectors, means = np.zeros((n, width), np.float32), np.zeros((n, 2 * width), np.float32)
        head = np.zeros((n, len(self.config["codes"])), np.float32)
        clauses = [list(_clauses(s.text)) or [(0, len(s.text))] for s in segments]
        added: list[Array] = [np.zeros((0, 0), np.float32)] * n
        new = self._centres()
        for i, hidden in e.hidden(cut):
            mean = hidden.mean(0)
            vectors[i], means[i] = mean, np.concatenate([mean, hidden[0]])
            look, share = f.heads(hidden, p["q"], p["w"])
            head[i] = look + mean @ p["m"].T + p["b"]
            minds = np.column_stack([share[:, k] if k >= 0 else hidden @ new[:, j] for j, k in enumerate(self.known)])
            places = [_origin(a, glossed[i][1]) for a, _ in cut[i].spans]
            added[i] = _by_clause(minds[1:-1], places, clauses[i])
        words = f.weighed(f.lexical([g for g, _ in glossed]), (p["rare_words"], p["rare_letters"]))
        return Heard(unit_rows(vectors), means, head, words, clauses, added)

    def features(self, segments: Sequence[Segment], heard: Heard) -> list[Array]:
        """Return the features `NAMES`, each (units, codes of the codebook); zero where a code was not trained on."""
        import numpy as np

        p, columns = self._parts, np.array([k if k >= 0 else 0 for k in self.known])
        live = np.array([k >= 0 for k in self.known])
        words = heard.words @ p["words"] * p["words_scale"] + p["prior"]
        line = (heard.vectors - p["line_mean"]) @ p["line"] + p["prior"]
        near, few = (np.zeros_like(heard.head) for _ in range(2))
        for at in range(0, len(segments), CHUNK):
            similar = heard.vectors[at : at + CHUNK] @ p["bank"].T
            near[at : at + CHUNK] = f.neighbours(similar, p["bank_codes"], f.NEAREST)
            few[at : at + CHUNK] = f.neighbours(similar, p["bank_codes"], f.FEW)
        trained = [np.where(live, x[:, columns], 0) for x in (heard.head, words, line, near, few)]
        fired = np.zeros((len(segments), len(self.codes)), np.float32)
        place = {c.id: j for j, c in enumerate(self.codes)}
        for i, s in enumerate(segments):
            for code in self._rules.hits(s.text):
                fired[i, place[code]] = 1
        lexical = (heard.words @ self._documents().T).toarray()
        return [*trained, *f.likeness(heard.vectors, *self._sentences()), fired, lexical]

    def _weigh(self, segments: Sequence[Segment], heard: Heard) -> Array:
        import numpy as np

        values = self.features(segments, heard)
        live = np.array([k >= 0 for k in self.known])
        sessions = [s.session.id for s in segments]
        out = weigh(values, sessions, self._parts, "known")
        if live.any():
            bias = np.array([self._parts["bias"][k] if k >= 0 else 0.0 for k in self.known])
            out = (out + bias) * self._parts["calm"][0] + self._parts["calm"][1]
        if not live.all():
            new = weigh(self._beside(values, heard), sessions, self._parts, "new")[:, : len(self.codes)]
            out = np.where(live, out, self._level(new, ~live))
        silent = np.array([not (c.definition or c.examples) for c in self.codes])
        chances: Array = np.where(silent, 0, f.sigmoid(out)).astype(np.float32)
        return chances

    def _beside(self, values: list[Array], heard: Heard) -> list[Array]:
        """Set the codes of a small codebook beside the shipped ones, so that likeness has something to be measured by."""
        import numpy as np

        if len(self.codes) >= SMALL:
            return values
        p = self._parts
        mine = p["text_owner"] < 255
        none = np.zeros((int(p["text_owner"][mine].max()) + 1, p["texts"].shape[1]), np.float32)
        like = f.likeness(heard.vectors, p["texts"][mine], p["text_owner"][mine], none)
        rest = [like[f.NAMES.index(n) - 5] if n in f.NAMES[5:8] else np.zeros_like(like[0]) for n in f.NAMES]
        return [np.hstack(pair) for pair in zip(values, rest, strict=True)]

    def _level(self, odds: Array, new: Array) -> Array:
        """Move the odds of codes never seen so that units carry as many as people give; the more units, the farther."""
        import numpy as np

        target = USUAL * len(odds) * new.sum() / max(len(self.codes), PLENTY)
        shift = 0.0
        for _ in range(40):
            shift += 0.7 * float(np.log(target / f.sigmoid(odds[:, new] + shift).sum()))
        moved: Array = odds + shift * len(odds) / (len(odds) + UNITS)
        return moved

    def discourse(self, segments: Sequence[Segment], heard: Heard) -> list[tuple[str, str, str]]:
        """Return each unit's category, polarity and about, as the model reads it; nothing where it has no heads for them."""
        p = self._parts
        if "category_w" not in p:
            return []
        x = self.discourse_features(segments, heard)
        said = [[names[k] for k in (x @ p[f"{key}_w"] + p[f"{key}_b"]).argmax(1)] for key, names in SAID]
        return list(zip(*said, strict=True))

    def discourse_features(self, segments: Sequence[Segment], heard: Heard) -> Array:
        """Stand side by side: what the encoder, the words and the rules say of category, polarity and about; the place."""
        import numpy as np

        p = self._parts
        encoder = heard.means @ p["said"] + p["said_b"]
        words = heard.words @ p["said_words"] * p["said_words_scale"] + p["said_prior"]
        return np.hstack([encoder, words * 4, told(segments, self.reader)]).astype(np.float32)

    def _documents(self) -> Any:
        """What each code says of itself as one text: weighed words and letters, csr (codes, buckets)."""
        if self._docs is None:
            p, glossary = self._parts, self._encoder.glossary
            texts = [gloss(" . ".join(sentences(c)), glossary) for c in self.codes]
            self._docs = f.weighed(f.lexical(texts), (p["rare_words"], p["rare_letters"]))
        return self._docs

    def _sentences(self) -> tuple[Array, Array, Array]:
        """Each code's sentences as vectors, whose they are, and the mean of each code's examples; the shipped ones are stored."""
        import numpy as np

        if self._texts is None:
            said = [(j, t) for j, c in enumerate(self.codes) for t in sentences(c)]
            shown = [(j, t) for j, c in enumerate(self.codes) for t in examples(c)]
            vectors = self._vectors([t for _, t in [*said, *shown]])
            mean = np.zeros((len(self.codes), int(self.config["width"])), np.float32)
            for (j, _), row in zip(shown, vectors[len(said) :], strict=True):
                mean[j] += row
            count = np.bincount([j for j, _ in shown], minlength=len(self.codes)).astype(np.float32)
            owner = np.array([j for j, _ in said], int)
            self._texts = vectors[: len(said)], owner, mean / np.maximum(count, 1)[:, None]
        return self._texts

    def _vectors(self, texts: Sequence[str]) -> Array:
        import numpy as np

        glossed = [gloss(t, self._encoder.glossary) for t in texts]
        stored: dict[str, int] = {k: i for i, k in enumerate(self._parts["text_marks"].tolist())}
        marks = [_mark(t) for t in glossed]
        fresh = [t for t, m in zip(glossed, marks, strict=True) if m not in stored]
        made = iter(self._encoder.vectors(fresh)) if fresh else iter(())
        rows = [self._parts["texts"][stored[m]] if m in stored else next(made) for m in marks]
        return np.array(rows, np.float32).reshape(-1, int(self.config["width"]))

    def _centres(self) -> Array:
        import numpy as np

        if all(k >= 0 for k in self.known):
            return np.zeros((int(self.config["width"]), len(self.codes)), np.float32)
        texts, owner, _ = self._sentences()
        rows = [texts[owner == j].mean(0) if (owner == j).any() else texts[:0].sum(0) for j in range(len(self.codes))]
        return np.array(rows, np.float32).T


def sentences(code: Code) -> tuple[str, ...]:
    """Return what a code says of itself: name, definition, what it includes, its statements."""
    include = [p.strip() for p in code.include.split(",") if p.strip()]
    named = [f"{code.name}: {t}" for t in (code.definition, code.include) if t]
    given = [code.definition, code.name, *named, *include, *code.statements.values()]
    return tuple(dict.fromkeys(t for t in given if t.strip()))


def examples(code: Code) -> tuple[str, ...]:
    """Return the examples of a code, of every language."""
    return tuple(dict.fromkeys(t for group in code.examples.values() for t in group if t.strip()))


def mark(code: Code) -> str:
    """Name what a code was trained under: a hash of its definition."""
    return _mark(code.definition)


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def context(segment: Segment, glossary: Mapping[str, str]) -> str:
    """Write what stands around a unit, as the encoder was trained to see it; withheld words stay out."""
    before, prompt = segment.before, segment.prompt_text or ""
    said = "" if before is None or before.turn.withheld or before.text == prompt else before.text
    out = [segment.audience or "", "note" if segment.turn.kind == "note" else "speech"]
    out += [f"| {gloss(t, glossary)}" for t in (prompt, said) if t]
    return " ".join(x for x in out if x)


def weigh(values: list[Array], sessions: Sequence[str], p: dict[str, Array], kind: str) -> Array:
    """Weigh features in two passes, the second knowing what the rest of the session speaks of: log odds."""
    import numpy as np

    x = f.stacked(values) if kind == "known" else f.relative(values)
    first = x @ p[f"{kind}_first"] + p[f"{kind}_first_b"]
    rest, before = f.elsewhere(f.sigmoid(first), sessions)
    out: Array = np.concatenate([x, np.stack([rest, before, first], -1)], -1) @ p[f"{kind}_second"] + p[f"{kind}_second_b"]
    return out


def told(segments: Sequence[Segment], reader: Reader) -> Array:
    """What the rules read, who speaks, and what was asked: 0/1, one row a unit."""
    import numpy as np

    kinds = [*CATEGORIES, *POLARITIES, *ABOUTS, "youth", "family", "stakeholder", "note", *(f"asked {c}" for c in CATEGORIES)]
    out = np.zeros((len(segments), len(kinds)), np.float32)
    cat, pol, abo = len(CATEGORIES), len(CATEGORIES) + len(POLARITIES), len(CATEGORIES) + len(POLARITIES) + len(ABOUTS)
    for i, s in enumerate(segments):
        whole, asked = reader.read(s).whole, reader.heading(s.prompt_text)
        out[i, CATEGORIES.index(whole.category)] = 1
        out[i, cat + POLARITIES.index(whole.polarity)] = 1
        out[i, pol + ABOUTS.index(whole.about)] = 1
        for name in (s.audience or "", "note" if s.turn.kind == "note" else "", f"asked {asked}"):
            if name in kinds[abo:]:
                out[i, abo + kinds[abo:].index(name)] = 1
    return out


@lru_cache(maxsize=2)
def parts(folder: Path) -> dict[str, Array]:
    """Load what stands beside the encoder (`heads.npz`), once."""
    import numpy as np

    with np.load(folder / "heads.npz", allow_pickle=False) as stored:
        out: dict[str, Array] = {k: stored[k] for k in stored.files}
    for key in ("bank", "texts"):
        out[key] = unit_rows(out[key].astype(np.float32))
    codes = int(out["code_count"])
    out["bank_codes"] = np.unpackbits(out["bank_codes"], axis=1)[:, :codes]
    wide = {"words", "said_words"}  # stored small, used in single precision
    return {k: v.astype(np.float32) if v.dtype == np.float16 or k in wide else v for k, v in out.items()}


def _read(reader: Reader, segment: Segment) -> tuple[str, str, str]:
    whole = reader.read(segment).whole
    return whole.category, whole.polarity, whole.about


def _origin(place: int, places: tuple[tuple[int, int], ...]) -> int:
    """Return where a place of the gloss stands in the text."""
    from bisect import bisect_right

    k = bisect_right(places, (place, 1 << 60)) - 1
    end = places[k + 1][1] if k + 1 < len(places) else 1 << 60
    return min(places[k][1] + place - places[k][0], max(end - 1, places[k][1]))


def _by_clause(minds: Array, places: list[int], clauses: list[tuple[int, int]]) -> Array:
    import numpy as np

    out = np.zeros((len(clauses), minds.shape[1]), np.float32)
    for row, place in zip(minds, places, strict=True):
        k = max((k for k, (a, _) in enumerate(clauses) if a <= place), default=0)
        out[k] += row
    return out


def _evidence(clauses: list[tuple[int, int]], added: Array) -> tuple[tuple[int, int], ...]:
    """The clause that adds most to the code's score."""
    return (clauses[int(added.argmax())],) if len(clauses) else ()
