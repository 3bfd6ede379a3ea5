"""A blind check sized for one hour: units to judge without seeing what was predicted, and what the answers say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback.codebook import Codings
from feedback.corpus import Corpus, Segment
from feedback.errors import FeedbackError
from feedback.tagging._agreement import NAN, wilson

if TYPE_CHECKING:
    import pandas as pd

UNITS = 60  # about an hour, a minute a unit
STRATA = ("yes", "near", "no")
DRAWS = 4000


@dataclass(frozen=True, slots=True)
class BlindSample:
    """Units to judge for one code. `refs` come in an order that gives nothing away.

    Attributes:
        code: the code asked about. refs: units to judge. seed: what drew them.
        stratum: unit -> `yes` (the code was predicted), `near` (not predicted, close to it), `no`; not shown in `frame()`.
        sizes: stratum -> units in it altogether.
    """

    code: str
    refs: tuple[str, ...]
    seed: int
    stratum: Mapping[str, str]
    sizes: Mapping[str, int]
    corpus: Corpus

    def frame(self) -> pd.DataFrame:
        """One row a unit to judge: ref, prompt, text, answer (blank)."""
        import pandas as pd

        units = [self.corpus.resolve(r) for r in self.refs]
        rows = [(s.ref, s.prompt_text or "", s.text, None) for s in units]
        return pd.DataFrame(rows, columns=["ref", "prompt", "text", "answer"])


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a blind check found for one code: precision and recall with 95% intervals, the units judged.

    `precision` is the share of predicted units that the person too gave the code; `recall` the share of the code's units
    that were predicted, each stratum weighted by its size. NaN where nothing could be found out.
    """

    code: str
    judged: int
    precision: float
    precision_low: float
    precision_high: float
    recall: float
    recall_low: float
    recall_high: float
    wrong: tuple[str, ...]
    missed: tuple[str, ...]

    def __str__(self) -> str:
        shown = [
            f"{name} {v:.2f} ({low:.2f} to {high:.2f})" if v == v else f"{name} unknown"
            for name, v, low, high in (
                ("precision", self.precision, self.precision_low, self.precision_high),
                ("recall", self.recall, self.recall_low, self.recall_high),
            )
        ]
        return f"{self.code}: {', '.join(shown)}; {self.judged} units judged blind"


def blind_sample(codings: Codings, code: str, seed: int = 0, *, n: int = UNITS) -> BlindSample:
    """Draw units to judge for a code: two fifths predicted yes, the rest half near the code and half far from it.

    Units on which a person laid any code are left out. Near are the units not predicted whose words are most like the
    predicted ones' and the code's definition (two for each predicted, twenty at least). Raises FeedbackError where the
    codebook has no such code or no unit is left.
    """
    import random

    if code not in codings.codebook and not any(c.code == code for c in codings):
        raise FeedbackError(f"there is no code {code!r} in this codebook or these codings")
    seen = {c.ref for c in codings if c.tagger.startswith("human:")}
    units = [s for s in codings.corpus.segments() if s.turn.kind != "agreement" and s.ref not in seen]
    if not units:
        raise FeedbackError("there is nothing to judge: a person has coded every unit")
    said = {c.ref for c in codings if c.code == code and not c.tagger.startswith("human:")}
    yes = [s for s in units if s.ref in said]
    rest = _by_likeness([s for s in units if s.ref not in said], yes, _meaning(codings, code))
    edge = min(len(rest), max(20, 2 * len(yes)))
    pools = {"yes": yes, "near": rest[:edge], "no": rest[edge:]}
    rng = random.Random(f"{seed} {code}")
    shares = _shares({k: len(v) for k, v in pools.items()}, n)
    drawn = {s.ref: k for k in STRATA for s in rng.sample(pools[k], shares[k])}
    refs = list(drawn)
    rng.shuffle(refs)
    return BlindSample(code, tuple(refs), seed, drawn, {k: len(v) for k, v in pools.items()}, codings.corpus)


def _meaning(codings: Codings, code: str) -> str:
    if code not in codings.codebook:
        return ""
    c = codings.codebook[code]
    return " ".join([c.name, c.definition, c.include, *(t for texts in c.examples.values() for t in texts)])


def _by_likeness(units: list[Segment], yes: list[Segment], meaning: str) -> list[Segment]:
    """Order units by how like their words are to those of the code, most alike first."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    model = [" ".join([meaning, *(s.text for s in yes)])]
    if not units or not any(ch.isalnum() for ch in model[0]):
        return units
    words = TfidfVectorizer(sublinear_tf=True, strip_accents="unicode", token_pattern=r"(?u)\w+")
    x = words.fit_transform([s.text for s in units] + model)
    alike = (x[:-1] @ x[-1].T).toarray().ravel().round(9)
    return [units[i] for i in sorted(range(len(units)), key=lambda i: (-alike[i], i))]


def _shares(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """How many to draw from each stratum; what one cannot give the others do."""
    out = dict.fromkeys(STRATA, 0)
    wanted = {"yes": round(n * 0.4), "near": round(n * 0.3), "no": n - round(n * 0.4) - round(n * 0.3)}
    for k in STRATA:
        out[k] = min(wanted[k], sizes[k])
    for k in STRATA:
        out[k] += min(n - sum(out.values()), sizes[k] - out[k])
    return out


def judge(sample: BlindSample, answers: Mapping[str, bool | None]) -> Judgement:
    """Set a person's answers (address -> whether the code applies; None: cannot say) against what was predicted.

    Raises FeedbackError for addresses that are not of the sample. Units without an answer are left out.
    """
    import numpy as np

    strays = sorted(set(answers) - set(sample.refs))
    if strays:
        raise FeedbackError(f"answers for units that are not of this sample: {', '.join(strays[:5])}")
    given = {r: bool(v) for r, v in answers.items() if v is not None}
    n = {k: sum(sample.stratum[r] == k for r in given) for k in STRATA}
    k = {s: sum(v and sample.stratum[r] == s for r, v in given.items()) for s in STRATA}
    rng = np.random.default_rng(sample.seed)
    drawn, point = {}, {}
    for s in STRATA:
        left = sample.sizes[s] - n[s]
        p = rng.beta(k[s] + 0.5, n[s] - k[s] + 0.5, DRAWS)
        drawn[s] = k[s] + rng.binomial(left, p)
        point[s] = sample.sizes[s] * k[s] / n[s] if n[s] else (0.0 if sample.sizes[s] == 0 else NAN)
    low, high = wilson(k["yes"], n["yes"])
    precision = k["yes"] / n["yes"] if n["yes"] else NAN
    if n["yes"] == sample.sizes["yes"] and n["yes"]:
        low = high = precision  # every predicted unit was judged
    total = sum(point.values())
    recall = point["yes"] / total if total > 0 else NAN
    bounds = (NAN, NAN)
    if recall == recall:
        draws = drawn["yes"] / np.maximum(1, sum(drawn.values()))
        bounds = tuple(float(v) for v in np.quantile(draws, [0.025, 0.975]))  # type: ignore[assignment]
    wrong = tuple(r for r in sample.refs if given.get(r) is False and sample.stratum[r] == "yes")
    missed = tuple(r for r in sample.refs if given.get(r) and sample.stratum[r] != "yes")
    return Judgement(sample.code, len(given), precision, low, high, recall, *bounds, wrong, missed)
