from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from feedback.topics import Embedder, TopicModel
from feedback.topics._embed import models_folder, static
from feedback.topics._features import key
from feedback.topics._twins import cognate, read_lexicon


@pytest.fixture
def twins() -> tuple[list[str], list[str]]:
    lines = Path(__file__).with_name("twins.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if not line.startswith("#")]
    return [en for en, _ in pairs], [es for _, es in pairs]


def test_a_sentence_finds_its_twin(twins: tuple[list[str], list[str]]) -> None:
    """Sixty pairs, written by the hand that wrote the lexicon: a check of the machinery, not a claim of quality."""
    en, es = (Embedder().encode(side).astype(float) for side in twins)
    near = (en - en.mean(0)) @ (es - es.mean(0)).T
    assert (near.argmax(1) == np.arange(len(en))).mean() >= 0.9


@pytest.mark.parametrize("k", [None, 8, 12])
def test_twins_land_in_one_topic(twins: tuple[list[str], list[str]], k: int | None) -> None:
    en, es = twins
    labels = TopicModel(k).fit(en + es).labels_
    together = (labels[: len(en)] == labels[len(en) :]).mean()
    assert together >= 0.7


def test_topics_do_not_part_by_language(twins: tuple[list[str], list[str]]) -> None:
    en, es = twins
    labels = TopicModel(12).fit(en + es).labels_
    spanish = np.arange(len(labels)) >= len(en)
    purity = sum(max((spanish & (labels == t)).sum(), (~spanish & (labels == t)).sum()) for t in range(12)) / len(labels)
    assert purity <= 0.65  # .5 would be chance, 1.0 is what English-only weights give


@pytest.mark.parametrize(
    ("es", "en"), [("duermo", "sleep"), ("dormimos", "sleep"), ("camiones", "bus"), ("maestras", "teachers"), ("renta", "rent")]
)
def test_forms_share_a_family(es: str, en: str) -> None:
    assert key(es) == key(en)


@pytest.mark.parametrize("word", ["me", "no", "once", "pan", "come", "son", "sin", "dude", "case", "tender", "red", "i", "is"])
def test_english_words_stay_english(word: str) -> None:
    assert word not in static(models_folder()).twins


def test_cognates_need_a_word_of_the_vocabulary() -> None:
    assert cognate("evaluación", frozenset({"evaluation"})) == "evaluation"
    assert cognate("evaluación", frozenset()) is None
    assert cognate("ir", frozenset({"ir"})) is None


def test_the_lexicon_is_sound() -> None:
    pairs, english = read_lexicon(models_folder() / "embedder" / "lexicon.txt")
    assert len(pairs) > 1500
    weights = static(models_folder())
    unknown = [en for en in pairs.values() if not any(weights.pieces(w) for w in en.split())]
    assert unknown == []
    assert "once" in english


def test_a_mixed_topic_is_labelled_in_both(twins: tuple[list[str], list[str]]) -> None:
    en, es = twins
    names = TopicModel(8).fit(en + es).names_
    assert sum(" / " in n for n in names) >= 4
