"""ThemeClassifier, learn() and agreement."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from feedback.codebook import Code, Codebook, Coding, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError
from feedback.tagging import ThemeClassifier, alpha, kappa, learn, review, tag

COMMENTS = Path(__file__).parents[2] / ".." / "shared" / "data" / "coded" / "student-comments"
TEXTS = [f"{a} {b}" for a in ("the bus is late", "no bus pass", "bus again") for b in ("today", "here", "always")] + [
    f"{a} {b}" for a in ("rent is high", "behind on rent", "rent due") for b in ("today", "here", "always")
]
Y = pd.DataFrame({"bus": [1] * 9 + [0] * 9, "rent": [0] * 9 + [1] * 9, "none": [0] * 18, "all": [1] * 18})


def test_it_learns_names_constants_and_repeats_itself() -> None:
    model = ThemeClassifier().fit(TEXTS, Y)
    assert list(model.classes_) == ["bus", "rent", "none", "all"]
    assert model.predict(["my bus", "my rent"]).tolist() == [[1, 0, 0, 1], [0, 1, 0, 1]]
    p = model.predict_proba(["my bus", ""])
    assert p.shape == (2, 4)
    assert ((p >= 0) & (p <= 1)).all()
    assert (ThemeClassifier().fit(TEXTS, Y).predict_proba(TEXTS) == model.predict_proba(TEXTS)).all()
    assert ((model.predict_proba(TEXTS) >= model.thresholds_) == model.predict(TEXTS)).all()


def test_it_follows_scikit_learn() -> None:
    model = ThemeClassifier(ridge=0.5)
    assert clone(model).get_params() == model.get_params()
    assert model.set_params(rare=2.0) is model
    assert model.rare == 2.0
    with pytest.raises(ValueError, match="Invalid parameter"):
        model.set_params(depth=3)
    with pytest.raises(NotFittedError):
        model.predict(["x"])
    with pytest.raises(ValueError, match="0/1 matrix"):
        model.fit(["a", "b"], [[1], [0], [1]])
    with pytest.raises(ValueError, match="0 and 1"):
        model.fit(["a", "b"], [[2], [0]])


def test_sparse_matrices_and_lists_are_themes_too() -> None:
    from scipy.sparse import csr_matrix

    ways = [Y.to_numpy(), Y.to_numpy().tolist(), csr_matrix(Y.to_numpy())]
    said = [ThemeClassifier(embedder=None).fit(TEXTS, y).predict(TEXTS) for y in ways]
    assert (said[0] == said[1]).all()
    assert (said[0] == said[2]).all()


def test_words_that_mattered_are_named_in_the_text_they_stand_in() -> None:
    model = ThemeClassifier(embedder=None).fit(TEXTS, Y)
    weights = model.word_weights("the bus again", 0)
    assert set(weights) <= {"the", "bus", "again", "the bus", "bus again"}
    assert weights["bus"] > weights["the"] > 0


@pytest.mark.parametrize("marks", [40, 12])
def test_the_large_way_agrees_with_the_whole_one(monkeypatch: pytest.MonkeyPatch, marks: int) -> None:
    from feedback.tagging import _ridge

    whole = ThemeClassifier(ridge=1.0).fit(TEXTS, Y).decision_function(TEXTS)
    monkeypatch.setattr(_ridge, "DUAL", 5)
    monkeypatch.setattr(_ridge, "MARKS", marks)
    monkeypatch.setattr(_ridge, "BLOCK", 7)
    model = ThemeClassifier(ridge=1.0).fit(TEXTS, Y)
    assert len(model._learned[1]) == min(marks, len(set(TEXTS)))
    apart = np.abs(model.decision_function(TEXTS) - whole)
    assert apart.max() < (1e-3 if marks >= len(TEXTS) else 0.35)
    assert ((model.decision_function(TEXTS) > 0.5) == (whole > 0.5)).mean() > 0.9


def test_what_a_left_out_text_scores_is_what_a_model_without_it_says() -> None:
    from feedback.tagging import _ridge

    rng = np.random.default_rng(0)
    from scipy.sparse import csr_matrix

    x, y = rng.normal(size=(40, 6)) / 4, rng.normal(size=(40, 2))
    sparse, every = csr_matrix((40, 3)), np.arange(40)
    for way in (lambda *a: _ridge._by_marks(*a, same=every, ridge=0.5), lambda *a: _ridge.solve(*a, same=every, ridge=0.5)):
        found = way(sparse, x, y)
        kept = np.delete(every, 7)
        kernel = _ridge.alike((sparse, x), (sparse, x))
        without = kernel[7, kept] @ np.linalg.solve(kernel[np.ix_(kept, kept)] + 0.5 * np.eye(39), y[kept])
        assert np.abs(found.held_out[7] - without).max() < 1e-3


def test_letters_are_counted_as_scikit_learn_counts_them() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    from feedback.tagging._letters import Letters

    texts = [*TEXTS, "", "a", "I a", "Ñandú ﬁn", "the bus, the BUS"]
    theirs = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, strip_accents="unicode", min_df=2)
    wanted, ours = theirs.fit_transform(texts), Letters(least=2, most=120_000)
    columns = [ours._column.get(g, -1) for g in theirs.get_feature_names_out()] if ours.fit_transform(texts) is not None else []
    assert min(columns) >= 0
    assert len(ours._column) == len(columns)
    assert abs(wanted - ours.transform(texts)[:, columns]).max() < 1e-12
    assert abs(theirs.transform(["a new bus pass"]) - ours.transform(["a new bus pass"])[:, columns]).max() < 1e-12


def sessions() -> tuple[Corpus, Codings]:
    book = Codebook((Code("bus", "Bus", triggers={"en": ("bus",)}), Code("rent", "Rent")))
    seen = Session("S1", tuple(Turn(i, t, Speaker("P")) for i, t in enumerate(TEXTS)))
    new = Session("S2", (Turn(0, "that bus never came", Speaker("P")), Turn(1, "they raised the rent", Speaker("P"))))
    corpus = Corpus((seen, new))
    codings = [Coding(f"S1#{i}", "bus" if i < 9 else "rent", "human:ab") for i in range(18)]
    return corpus, Codings(tuple(codings), corpus, book)


def test_learn_suggests_and_leaves_people_alone() -> None:
    corpus, human = sessions()
    tagger = learn(human)
    made = tag(corpus, tagger, unscreened="a test")
    assert {(c.ref, c.code) for c in made} == {("S2#0", "bus"), ("S2#1", "rent")}
    assert all(c.tagger.startswith("learned@") and 0 < c.score <= 1 and c.evidence for c in made)
    both = human.merged(made)
    assert [c for c in both if c.tagger == "human:ab"] == sorted(human.values, key=lambda c: int(c.ref.split("#")[1]))
    with pytest.raises(FeedbackError, match="nothing to learn"):
        learn(made)


def test_review_sets_coders_side_by_side() -> None:
    corpus, human = sessions()
    made = tag(corpus, human.codebook, unscreened="a test")
    result = review(human, made)
    row = result.frame().query("level == 'unit' and code == 'bus'").iloc[0]
    assert (row["base"], row["a_yes"], row["b_yes"], row["kappa"]) == (18, 9, 9, 1.0)
    assert result.uncoded == ("S2#1",)


def test_alpha_is_the_published_one() -> None:
    """Krippendorff (2011), nominal, four observers and twelve units with missing data: 0.743."""
    table = ["1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 ."]
    rows = [[None if v == "." else int(v) for v in line.split()] for line in table]
    assert round(alpha(rows), 3) == 0.743


def test_agreement_says_nothing_where_nothing_varies() -> None:
    assert np.isnan(kappa([0, 0], [0, 0]))
    assert np.isnan(alpha([[1, 1], [1, 1]]))
    assert np.isnan(alpha([]))
    assert kappa([1, 0], [0, 1]) == -1.0
    with pytest.raises(FeedbackError):
        kappa([1], [1, 0])


@pytest.mark.skipif(not COMMENTS.is_dir(), reason="../shared/data/coded/student-comments is not here")
def test_kappa_on_student_comments_equals_scikit_learn() -> None:
    from sklearn.metrics import cohen_kappa_score

    with (COMMENTS / "sample_human_annotations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for name in ("general", "setup", "pedagogy", "confusion", "gratitude", "personal_experience", "clarification"):
        a, b = ([r[f"annotator_H{k}_{name}"] for r in rows] for k in (1, 2))
        assert kappa(a, b) == pytest.approx(cohen_kappa_score(a, b))
