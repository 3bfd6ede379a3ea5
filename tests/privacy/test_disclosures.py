"""What people tell of harm in words of their own: held more often than not told at all, and talk about it goes through."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

import feedback.privacy._harm as harm
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError
from feedback.networks import network
from feedback.privacy import may_tell_of_harm, screen
from feedback.privacy._disclosures import find_disclosures
from feedback.privacy._turned import turned

ROOT = Path(__file__).parents[2]
LINES = ROOT / "corpora" / "disclosures"
APART = [*sorted(LINES.glob("held_*.tsv")), ROOT / "tests" / "privacy" / "units" / "disclosures-blind.tsv"]
LEAST_TOLD, MOST_GENERAL, MOST_ALIKE = 0.68, 0.04, 0.15  # measured: 305 of 432, 7 of 218, 42 of 331
SIDEWAYS = "he likes me to be asleep before he comes up, so I learned how to be asleep"


def _forget() -> None:
    harm._model.cache_clear()
    harm._reader.cache_clear()


def lines(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def test_of_what_was_kept_apart_tellings_are_held_and_talk_about_it_is_not() -> None:
    held: dict[str, list[bool]] = {}
    for tier, _, text in (row for path in APART for row in lines(path)):
        held.setdefault("told" if tier in ("now", "possible") else tier, []).append(may_tell_of_harm(text))
    share = {what: sum(some) / len(some) for what, some in held.items()}
    assert share["told"] >= LEAST_TOLD
    assert share["general"] <= MOST_GENERAL
    assert share["none"] <= MOST_ALIKE  # each of them beside a telling in much the same words


def test_the_model_hears_what_no_rule_foresees_and_only_with_context() -> None:
    told = [t for path in LINES.glob("learn_*.tsv") for tier, _, t in lines(path) if tier in ("now", "possible")][::5]
    by_model = [t for t in told if [h.detector for h in find_disclosures(t)] == [harm.DETECTOR]]
    assert len(by_model) > len(told) / 4
    session = Session("LS-T01", (Turn(0, by_model[0], Speaker()),))
    found = [f.kind for f in screen(Corpus((session,))).findings if f.detector == harm.DETECTOR]
    assert found == ["disclosure"]
    assert not [f for f in screen(Corpus((session,)), context=False).findings if f.detector == harm.DETECTOR]


def test_a_unit_that_passed_passes_again_with_its_age_in_a_band() -> None:
    said = "and my granny. But she passed in the fall so now it's kinda just me and my brother, and he's nine"
    assert harm.holds(said.replace("nine", "eight"))
    assert not harm.holds(said)
    assert not harm.holds(said.replace("nine", "[AGE 6-11]"))
    assert harm.holds("he comes in my room at night when my mom is at work, I was [AGE 6-11] the first time, at [GROUP HOME 2]")


def test_units_are_weighed_one_by_one_as_the_recipe_weighs_rows() -> None:
    pytest.importorskip("scipy")
    from feedback.privacy._teach_harm import score, words

    texts = [SIDEWAYS, "El camión no pasa los domingos.", "my tía said que la clínica está cerrada " * 40]
    with np.load(harm.MODEL) as kept:
        model = {name: kept[name] for name in kept.files}
    rows = score(model, np.stack([harm.seen(t) for t in texts]), words(texts))
    assert np.allclose(rows, [harm.weigh(t) + harm.long(t) for t in texts], atol=1e-2)


def test_the_recipe_makes_a_model_that_is_read_as_it_was_fitted_and_makes_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    import feedback.privacy._tune_harm as tune

    monkeypatch.setattr(tune, "PASSES", 2)
    monkeypatch.setattr(tune, "BATCH", 2)
    rows = [row for row in lines(LINES / "learn_e.tsv") if row[0] != "general"][:16]
    texts, told = [text for *_, text in rows], np.array([tier in ("now", "possible") for tier, *_ in rows])
    path = harm.BASE / "model.onnx"
    states = tune.below(path, texts)
    assert len(states.of(3)) == harm.pieces(texts[3]).size

    def made() -> dict[str, np.ndarray]:
        return tune.turn(path, states, np.arange(16), harm=told, weigh=np.ones(16), ordinary=~told)

    model, again = made(), made()
    assert all(np.array_equal(model[name], again[name]) for name in model)
    reader = network(path, weights=turned(path.read_bytes(), model))
    other = network(path)
    here, there = (np.stack([harm.pool(r, model, t) for t in texts[:8]]) for r in (reader, other))
    assert not np.allclose(here, there, atol=1e-3)
    assert {k.split()[0] for k in model} == {"down", "up", "set", "ask", "ask_bias", "first", "bias", "last", "shift"}


def test_a_model_made_for_another_encoder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with np.load(harm.MODEL) as kept:
        model = {name: kept[name] for name in kept.files}
    np.savez(tmp_path / "harm.npz", **(model | {"base": np.uint32(int(model["base"]) ^ 1)}))
    monkeypatch.setattr(harm, "MODEL", tmp_path / "harm.npz")
    _forget()
    with pytest.raises(FeedbackError, match="_teach_harm") as err:
        harm.holds(SIDEWAYS)
    assert "asleep" not in str(err.value)
    monkeypatch.setattr(harm, "MODEL", tmp_path / "none.npz")
    _forget()
    assert harm.weigh(SIDEWAYS) == -math.inf
    assert not harm.holds(SIDEWAYS)
    monkeypatch.undo()
    _forget()


def test_what_is_learned_and_what_is_kept_apart_share_no_line() -> None:
    learned = {text for path in LINES.glob("learn_*.tsv") for _, _, text in lines(path)}
    apart = {text for path in APART for _, _, text in lines(path)}
    assert len(learned) > 1000
    assert not learned & apart


def test_tellings_among_the_training_units_are_named_by_units_that_exist() -> None:
    ids = set()
    for path in (ROOT / "corpora" / "training").glob("w*.jsonl"):
        ids |= {json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()}
    for path in (ROOT / "corpora" / "training" / "sessions").glob("*.jsonl"):
        ids |= {f"{path.stem}-{k:03d}" for k in range(len(path.read_text(encoding="utf-8").splitlines()))}
    named = lines(LINES / "among_training.tsv")
    assert {tier for tier, _ in named} == {"now", "possible", "general", "unsure"}
    assert {unit for _, unit in named} <= ids
    assert len({unit for _, unit in named}) == len(named)
