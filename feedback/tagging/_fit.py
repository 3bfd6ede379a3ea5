"""The second half of the tagger's recipe: everything beside the encoder, fitted and written to `models/tagger`.

`fit(folder)` reads the encoder's files in `folder`, the coded units and sessions of `corpora/training` and those of
`corpora/demo-truth`; words and neighbours learn from them, the weights between features, the thresholds and what reads
category, polarity and about from the sessions of validation (`HELD`), which nothing had seen; figures over three folds of them.
Nothing here reads `corpora/gold`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import feedback.tagging._features as f
from feedback.codebook import Codebook
from feedback.gloss import gloss
from feedback.tagging._coded import Coded, coded_sessions, lines, phrases, training_units, written_sessions
from feedback.tagging._encode import Encoder, unit_rows
from feedback.tagging._hearing import SAID, Heard, HearingTagger, _mark, examples, mark, sentences, weigh

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

FOLDS = 3
PHRASE, OWN = 0.6, 1.5  # weight of a phrase and of a unit of a whole session beside a training unit
TRUST = (0.5, 1.0, 2.0)  # how much units, whole sessions and demo sessions teach of category, polarity and about
FAINT, FINE = 2, 63  # steps of a weight that count as none; steps of a vector of unit length
FLAT = 0.005  # micro-F1 given up for recall: what a session speaks of counts too
STEADY = 20  # units by which a code's bias is held back


@dataclass(frozen=True)
class Bank:
    """What words and neighbours learn from: vectors (n, d), weighed words (n, buckets), codes (n, c), weight (n,)."""

    vectors: Array
    words: Any
    codes: Array
    weight: Array

    def plus(self, heard: Heard, codes: Array, rows: Array) -> Bank:
        """Add some development units."""
        import numpy as np
        from scipy.sparse import vstack

        return Bank(
            np.vstack([self.vectors, heard.vectors[rows]]), vstack([self.words, heard.words[rows]]).tocsr(),
            np.vstack([self.codes, codes[rows]]), np.concatenate([self.weight, np.full(len(rows), OWN)]),
        )  # fmt: skip

    def parts(self) -> dict[str, Array]:
        """Fit least squares on words and on vectors; give them with the bank as `HearingTagger` reads them."""
        import numpy as np
        from sklearn.linear_model import Ridge

        prior, middle = self.codes.mean(0), self.vectors.mean(0)
        left = self.codes - prior
        words = Ridge(alpha=1.5, solver="sparse_cg", tol=2e-2, max_iter=25, fit_intercept=False)
        words.fit(self.words, left, sample_weight=self.weight)
        x = self.vectors - middle
        line = np.linalg.solve(x.T @ (x * self.weight[:, None]) + 3 * np.eye(x.shape[1]), x.T @ (left * self.weight[:, None]))
        stored, scale = _small(words.coef_.T)
        return {
            "words": stored, "words_scale": scale, "prior": prior.astype(np.float32), "line": line.astype(np.float32),
            "line_mean": middle.astype(np.float32), "bank": np.round(self.vectors * FINE).astype(np.int8),
            "bank_codes": np.packbits(self.codes.astype(np.uint8), axis=1),
        }  # fmt: skip


def _small(x: Array) -> tuple[Array, Array]:
    """Store columns as int8 with one scale each; the least weights as zero, which packs well."""
    import numpy as np

    scale = np.maximum(np.abs(x).max(0), 1e-9) / 127
    out = np.round(x / scale).astype(np.int8)
    out[np.abs(out) <= FAINT] = 0
    return out, scale.astype(np.float32)


def fit(folder: Path, heads: dict[str, Array], root: Path) -> dict[str, Any]:
    """Fit everything beside the encoder and write `heads.npz` and `config.json`; return what was measured."""
    import numpy as np
    from scipy.sparse import vstack

    book = Codebook.load(root / "corpora" / "codebook.yaml")
    codes = [c.id for c in book]
    folder_of = root / "corpora" / "training"
    taught = [training_units(folder_of), written_sessions(folder_of / "sessions", held=False),
              coded_sessions(root / "corpora" / "demo-truth", "codes-*.jsonl")]  # fmt: skip
    dev = written_sessions(folder_of / "sessions", held=True)
    said = _said(folder_of, book)
    p = _preliminary(folder, heads, book, taught[0], said)
    tagger = HearingTagger(book, folder=folder)
    heard = [tagger.hear(c.units) for c in [*taught, dev]]
    e = Encoder(folder)
    texts = [gloss(t, e.glossary) for _, t in said]
    words = f.weighed(f.lexical(texts), (p["rare_words"], p["rare_letters"]))
    bank = Bank(
        np.vstack([*(h.vectors for h in heard[:-1]), e.vectors(texts)]),
        vstack([*(h.words for h in heard[:-1]), words]).tocsr(),
        np.vstack([*(c.matrix(codes) for c in taught), np.array([[k in c for k in codes] for c, _ in said], np.float32)]),
        np.repeat([1.0, OWN, OWN, PHRASE], [*(len(t.rows) for t in taught), len(said)]),
    )  # fmt: skip
    _use(tagger, p, bank.parts())
    measured = _weights(p, tagger.features(dev.units, heard[-1]), dev, codes)
    p.update(bank.plus(heard[-1], dev.matrix(codes), np.arange(len(dev.rows))).parts())
    measured |= _discourse(p, tagger, taught, heard[:-1], (dev, heard[-1]))
    measured["units"] = {"taught": [len(t.rows) for t in taught], "phrases": len(said), "validation": len(dev.rows)}
    _write(folder, p, book, measured)
    return measured


def _said(folder: Path, book: Codebook) -> list[tuple[tuple[str, ...], str]]:
    """Phrases, sentences of the codebook, near misses and pairs in two languages: (codes, text)."""
    out: list[tuple[tuple[str, ...], str]] = [((c,), t) for c, t in phrases(folder / "phrases.txt")]
    out += [((c.id,), t) for c in book for t in (*sentences(c), *examples(c))]
    out += [((n.code or "none",), n.text) for c in book for n in c.near_misses]
    return out + [(tuple(r["codes"]), r[k]) for r in lines(folder / "pairs.jsonl") for k in ("en", "es")]


def _rows(heard: Heard, rows: Array) -> Heard:
    return Heard(heard.vectors[rows], heard.means[rows], heard.head[rows], heard.words[rows], [], [])


def _use(tagger: HearingTagger, p: dict[str, Array], new: dict[str, Array]) -> None:
    """Let a tagger use other parts, as they would be read from the file."""
    import numpy as np

    codes = int(p["code_count"])
    tagger._parts.update(new)
    tagger._parts["bank"] = unit_rows(new["bank"].astype(np.float32))
    tagger._parts["bank_codes"] = np.unpackbits(new["bank_codes"], axis=1)[:, :codes]


def _preliminary(
    folder: Path, heads: dict[str, Array], book: Codebook, units: Coded, said: list[tuple[tuple[str, ...], str]]
) -> dict[str, Array]:
    """Write the encoder's heads, the rarity of words and the codes' sentences, so that units can be heard."""
    import numpy as np

    nothing: dict[str, Array] = {k: np.zeros((1, 384)) for k in ("bank", "texts")}
    nothing |= {"text_owner": np.zeros(1, np.uint8), "bank_codes": np.zeros((1, 6), np.uint8)}
    _write(folder, nothing | {"code_count": np.array(len(book))}, book, {})
    e = Encoder(folder)
    texts = [gloss(t, e.glossary) for t in [*(s.text for s in units.units), *(t for _, t in said)]]
    rare = f.rarity(f.lexical(texts))
    owned = {gloss(t, e.glossary): 255 for c in book for t in examples(c)}
    owned |= {gloss(t, e.glossary): j for j, c in enumerate(book) for t in sentences(c)}
    own = list(owned)
    p: dict[str, Array] = {k: v.astype(np.float16) for k, v in heads.items()}
    p |= {
        "code_count": np.array(len(book)), "rare_words": rare[0].astype(np.float16), "rare_letters": rare[1].astype(np.float16),
        "texts": np.round(e.vectors(own) * 127).astype(np.int8), "text_marks": np.array([_mark(t) for t in own]),
        "text_owner": np.array(list(owned.values()), np.uint8),
        "bank": np.zeros((1, 384), np.int8), "bank_codes": np.zeros((1, 6), np.uint8),
    }  # fmt: skip
    _write(folder, p, book, {})
    return p


def _logistic(x: Array, y: Array, sure: Array) -> tuple[Array, Array]:
    """Fit a logistic regression where coders agree; weights for features as they are, and the constant."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    flat = x[sure]
    mean, spread = flat.mean(0), flat.std(0) + 1e-6
    model = LogisticRegression(C=0.5, max_iter=500).fit((flat - mean) / spread, y[sure])
    w = model.coef_[0] / spread
    return w.astype(np.float32), np.array(model.intercept_[0] - mean @ w, np.float32)


def _passes(values: list[Array], y: Array, sure: Array, sessions: list[str], kind: str) -> dict[str, Array]:
    import numpy as np

    x = f.stacked(values) if kind == "known" else f.relative(values)
    w, b = _logistic(x, y, sure)
    first = x @ w + b
    rest, before = f.elsewhere(f.sigmoid(first), sessions)
    w2, b2 = _logistic(np.concatenate([x, np.stack([rest, before, first], -1)], -1), y, sure)
    return {f"{kind}_first": w, f"{kind}_first_b": b, f"{kind}_second": w2, f"{kind}_second_b": b2}


def _held_out(values: list[Array], y: Array, sure: Array, sessions: list[str], kind: str) -> Array:
    """Log odds that each validation unit gets from weights fitted on other sessions."""
    import numpy as np

    out, names, fold = np.zeros_like(y), np.array(sessions), _folds(sessions)
    for k in range(FOLDS):
        there, here = fold != k, fold == k
        p = _passes([v[there] for v in values], y[there], sure[there], list(names[there]), kind)
        out[here] = weigh([v[here] for v in values], list(names[here]), p, kind)
    return out


def _folds(sessions: Sequence[str]) -> Array:
    import numpy as np

    order = list(dict.fromkeys(sessions))
    return np.array([order.index(s) % FOLDS for s in sessions])


def _bias(odds: Array, y: Array) -> Array:
    """What each code's log odds lack for its mean chance to be its share."""
    import numpy as np

    out: Array = np.log((y.sum(0) + STEADY) / (f.sigmoid(odds).sum(0) + STEADY)).astype(np.float32)
    return out


def _calm(odds: Array, y: Array) -> Array:
    """Slope and constant that make log odds mean what they say (held out, both coders counted)."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    x, share = odds.reshape(-1, 1), y.ravel()
    model = LogisticRegression(C=1e4).fit(
        np.vstack([x, x]), np.repeat([1, 0], len(x)), sample_weight=np.concatenate([share, 1 - share])
    )
    return np.array([model.coef_[0, 0], model.intercept_[0]], np.float32)


def _weights(p: dict[str, Array], values: list[Array], dev: Coded, codes: list[str]) -> dict[str, Any]:
    """Fit the weights between features, the bias of each code and the thresholds; return the held-out figures."""
    import numpy as np

    first, second = dev.matrix(codes), dev.second(codes)
    sure, y, sessions = first == second, (first + second) / 2, [s.session.id for s in dev.units]
    fold = _folds(sessions)
    p.update(_passes(values, first, sure, sessions, "known"))
    odds = _held_out(values, first, sure, sessions, "known")
    p["bias"] = _bias(odds, y)
    odds = odds + np.stack([_bias(odds[fold != k], y[fold != k]) for k in range(FOLDS)])[fold]
    p["calm"] = _calm(odds, y)
    chance = f.sigmoid(odds * p["calm"][0] + p["calm"][1])
    best = best_threshold(chance, first, sure, near=FLAT)
    p["thresholds"] = np.full(y.shape[1], best["threshold"], np.float32)
    p.update(_passes(values, first, sure, sessions, "new"))
    new = best_threshold(f.sigmoid(_held_out(values, first, sure, sessions, "new")), first, sure)
    each = {n: best_threshold(v, first, sure)["f1"] for n, v in zip(f.NAMES, values, strict=True)}
    table = [
        (a / 10, int(m.sum()), round(float(chance[m].mean()), 3), round(float(y[m].mean()), 3))
        for a in range(10) if (m := (chance >= a / 10) & (chance < (a + 1) / 10)).any()
    ]  # fmt: skip
    return {"validation": best, "from definitions": new, "each feature alone": each, "reliability": table}


def best_threshold(chance: Array, y: Array, sure: Array, *, near: float = 0.0) -> dict[str, float]:
    """Choose the least threshold with a micro-F1 as near to the best as asked, where coders agree; its figures.

    With precision, recall, and the share of wanted codes in the five best.
    """
    import numpy as np

    flat, wanted = chance[sure], y[sure]
    order = np.argsort(-flat, kind="stable")
    hits = np.cumsum(wanted[order])
    f1 = 2 * hits / (np.arange(1, wanted.size + 1) + wanted.sum())
    k = int(np.flatnonzero(f1 >= f1.max() - near)[-1])
    both = y * sure
    five = np.take_along_axis(both, np.argsort(-chance, axis=1, kind="stable")[:, :5], 1).sum() / both.sum()
    figures = {"f1": f1[k], "precision": hits[k] / (k + 1), "recall": hits[k] / wanted.sum(), "five": five}
    return {"threshold": float(flat[order][k]), **{n: round(float(v), 4) for n, v in figures.items()}}


def _discourse(
    p: dict[str, Array], tagger: HearingTagger, taught: list[Coded], heard: list[Heard], dev: tuple[Coded, Heard]
) -> dict[str, Any]:
    """Fit what reads category, polarity and about; return their accuracy on validation sessions, held out by session."""
    import numpy as np
    from scipy.sparse import vstack
    from sklearn.linear_model import Ridge

    rows = [r for c in taught for r in c.rows]
    trust = np.concatenate([np.full(len(c.rows), w) for c, w in zip(taught, TRUST, strict=True)])
    y = np.array([[float(r[key] == n) for key, names in SAID for n in names] for r in rows])
    prior = np.average(y, axis=0, weights=trust)
    words = Ridge(alpha=1.5, solver="sparse_cg", tol=2e-2, max_iter=25, fit_intercept=False)
    words.fit(vstack([h.words for h in heard]).tocsr(), y - prior, sample_weight=trust)
    p["said_words"], p["said_words_scale"] = _small(words.coef_.T)
    p["said_prior"] = prior.astype(np.float32)
    tagger._parts.update({k: p[k].astype(np.float32) for k in ("said_words", "said_words_scale", "said_prior")})
    x = tagger.discourse_features(dev[0].units, dev[1])
    mean, spread = x.mean(0), x.std(0) + 0.05
    x, fold, measured = (x - mean) / spread, _folds([s.session.id for s in dev[0].units]), {}
    for key, names in SAID:
        truth = np.array([names.index(r[key]) for r in dev[0].rows])
        lean = _lean(truth, [names.index(r[key]) for r in taught[2].rows], len(names)) if key == "category" else 0
        right = np.zeros(len(truth))
        for k in range(FOLDS):
            w, b = _says(x[fold != k], truth[fold != k], len(names))
            right[fold == k] = (x[fold == k] @ w + b + lean).argmax(1) == truth[fold == k]
        measured[key] = round(float(right.mean()), 4)
        w, b = _says(x, truth, len(names))
        p[f"{key}_w"], p[f"{key}_b"] = w / spread[:, None], b + lean - mean / spread @ w
    return measured


def _says(x: Array, truth: Array, kinds: int) -> tuple[Array, Array]:
    """Fit a logistic regression between kinds; those never seen are never said."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=0.1, max_iter=500).fit(x, truth)
    w, b = np.zeros((x.shape[1], kinds), np.float32), np.full(kinds, -30, np.float32)
    w[:, model.classes_], b[model.classes_] = model.coef_.T, model.intercept_
    return w, b


def _lean(truth: Array, demo: Sequence[int], kinds: int) -> Array:
    """Half way from the validation sessions' shares of each kind to those of the demo sessions, another hand's, in log odds."""
    import numpy as np

    own, other = (np.bincount(t, minlength=kinds) / len(t) + 1e-3 for t in (truth, demo))
    out: Array = np.log((own + other) / 2 / own).astype(np.float32)
    return out


def _write(folder: Path, p: dict[str, Array], book: Codebook, measured: dict[str, Any]) -> None:
    """Write `heads.npz`, and `config.json` with a checksum for every file."""
    import numpy as np

    np.savez_compressed(folder / "heads.npz", **p)  # type: ignore[arg-type]
    config = {
        "width": 384, "codes": [c.id for c in book], "definitions": {c.id: mark(c) for c in book},
        "threshold_new": measured.get("from definitions", {}).get("threshold", 0.5),
        "thresholds": {c.id: round(float(t), 4) for c, t in zip(book, p["thresholds"], strict=True)} if "thresholds" in p else {},
        "measured": measured,
        "files": {
            n: hashlib.sha256((folder / n).read_bytes()).hexdigest()
            for n in ("gloss.tsv.gz", "heads.npz", "model.onnx", "vocab.txt")
        },
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
