"""Trust: intervals of agreement, the blind hour, what to code next, reliability, and what a trigger would catch."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from feedback.codebook import Code, Codebook, Coding, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import CodebookError, FeedbackError
from feedback.tagging import blind_sample, judge, preview, propose, reliability, review
from feedback.tagging._agreement import alpha, figures, kappa, wilson

BOOK = Codebook((Code("bus", "Bus", "Getting about by bus", triggers={"en": ("bus",)}, block=("bus table",)), Code("rent", "Rent")))


def corpus(sessions: int = 4, units: int = 50) -> Corpus:
    words = ["the bus was late again", "we ride to school far away", "they raised our rent", "nobody told us a thing"]
    return Corpus(tuple(
        Session(f"S{s}", tuple(
            Turn(i, f"{words[(i + s) % 4]} {i} times", Speaker("P"), language="es" if i % 5 == 0 else "en") for i in range(units)
        ), audience="youth" if s % 2 else "family")
        for s in range(sessions)
    ))  # fmt: skip


def coded(of: Corpus, tagger: str, code: str, refs: list[str]) -> Codings:
    return Codings(tuple(Coding(r, code, tagger, 0.7) for r in refs), of, BOOK)


def test_wilson_is_the_published_interval() -> None:
    """Newcombe (1998), table I: 81 of 263 gives .2553 to .3662; 0 of 20 gives 0 to .1611."""
    assert [round(v, 4) for v in wilson(81, 263)] == [0.2553, 0.3662]
    assert [round(v, 4) for v in wilson(0, 20)] == [0.0, 0.1611]
    assert all(math.isnan(v) for v in wilson(0, 0))


@pytest.mark.parametrize("table", [(20, 5, 3, 72), (0, 1, 1, 98), (5, 0, 0, 5), (0, 10, 10, 0)])
def test_figures_from_a_table_equal_those_from_answers(table: tuple[int, int, int, int]) -> None:
    pairs = [(1, 1)] * table[0] + [(1, 0)] * table[1] + [(0, 1)] * table[2] + [(0, 0)] * table[3]
    a, b = [p[0] for p in pairs], [p[1] for p in pairs]
    f = figures([table])
    assert f.kappa == pytest.approx(kappa(a, b))
    assert f.alpha == pytest.approx(alpha([a, b]))
    assert f.agreement_low <= f.agreement <= f.agreement_high
    assert math.isnan(f.kappa_low) or f.kappa_low <= f.kappa + 1e-9 <= f.kappa_high + 2e-9


def test_an_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng, inside = np.random.default_rng(1), 0
    for k in range(200):
        drawn = rng.multinomial(300, [0.2, 0.05, 0.05, 0.7])
        f = figures([drawn], seed=k)
        inside += f.kappa_low <= (0.9 - 0.625) / (1 - 0.625) <= f.kappa_high
    assert 180 <= inside <= 199


def test_sessions_that_differ_widen_the_interval() -> None:
    even, uneven = [(5, 2, 2, 21)] * 10, [(10, 0, 0, 20)] * 5 + [(0, 4, 4, 22)] * 5
    a, b = figures(even), figures(uneven)
    assert a.kappa == pytest.approx(b.kappa)
    assert b.kappa_high - b.kappa_low > a.kappa_high - a.kappa_low


def test_review_by_unit_session_audience_language_and_on_coded_units() -> None:
    of = corpus()
    bus = [s.ref for s in of.segments() if "bus" in s.text]
    a, b, c = (coded(of, t, "bus", r) for t, r in (("human:a", bus), ("human:b", bus[:-10]), ("rules@1", bus[5:])))
    result = review(a, b, c)
    frame = result.frame()
    pair = frame[(frame["a"] == "human:a") & (frame["b"] == "human:b") & (frame["code"] == "bus")]
    assert list(zip(pair["level"], pair["units"], strict=True)) == [("unit", "all"), ("unit", "coded"), ("session", "all")]
    assert list(pair["base"]) == [200, 50, 4]
    assert (pair["both"] == [40, 40, 4]).all()
    assert ((frame["kappa_low"] <= frame["kappa_high"]) | frame["kappa_low"].isna()).all()
    together = frame[(frame["a"] == "all") & (frame["code"] == "bus")].iloc[0]
    assert 0 < together["alpha"] < 1
    assert set(result.frame("audience")["group"]) == {"audience: youth", "audience: family"}
    language = result.frame("language").query("code == 'bus' and a == 'human:a' and b == 'human:b' and units == 'all'")
    assert dict(zip(language["group"], language["base"], strict=True)) == {"language: en": 160, "language: es": 40}
    assert result.disagreements("human:a", "human:b")["ref"].tolist() == bus[-10:]
    assert set(result.disagreements("human:a", "human:b")["by"]) == {"human:a"}
    with pytest.raises(FeedbackError, match="by is"):
        result.frame("shoe size")


def test_what_only_one_coder_coded_is_a_disagreement() -> None:
    of = corpus(1)
    both = coded(of, "human:a", "bus", ["S0#0"]).merged(coded(of, "human:b", "rent", ["S0#2"]).values)
    assert review(both).disagreements("human:a", "human:b")["ref"].tolist() == ["S0#0", "S0#2"]


def test_a_blind_sample_gives_nothing_away_and_repeats_itself() -> None:
    of = corpus()
    bus = [s.ref for s in of.segments() if "bus" in s.text]
    codings = coded(of, "rules@1", "bus", bus)
    sample = blind_sample(codings, "bus", 3)
    assert len(sample.refs) == 60 == len(set(sample.refs))
    assert list(sample.frame().columns) == ["ref", "prompt", "text", "answer"]
    assert sample.frame()["answer"].isna().all()
    assert blind_sample(codings, "bus", 3).refs == sample.refs != blind_sample(codings, "bus", 4).refs
    assert sum(sample.sizes.values()) == 200
    order = [sample.stratum[r] for r in sample.refs]
    assert order != sorted(order)
    assert order != sorted(order, reverse=True)
    with pytest.raises(FeedbackError, match="no code"):
        blind_sample(codings, "moon", 0)


def test_judging_recovers_precision_and_recall() -> None:
    of = corpus(8)
    truth = {s.ref for s in of.segments() if "bus" in s.text or "ride" in s.text}
    said = [s.ref for s in of.segments() if "bus" in s.text] + [s.ref for s in of.segments() if "rent" in s.text][:25]
    codings = coded(of, "rules@1", "bus", said)
    inside = 0
    for seed in range(20):
        sample = blind_sample(codings, "bus", seed)
        found = judge(sample, {r: r in truth for r in sample.refs})
        inside += found.precision_low <= 0.8 <= found.precision_high and found.recall_low <= 0.5 <= found.recall_high
        assert found.judged == 60
        assert "judged blind" in str(found)
    assert inside >= 16
    with pytest.raises(FeedbackError, match="not of this sample"):
        judge(sample, {"S9#9": True})


def test_judging_says_nothing_where_nothing_was_predicted_or_answered() -> None:
    of = corpus(1, 10)
    sample = blind_sample(Codings((), of, BOOK), "bus", 0)
    assert len(sample.refs) == 10
    found = judge(sample, dict.fromkeys(sample.refs, False))
    assert math.isnan(found.precision)
    assert math.isnan(found.recall)
    assert judge(sample, dict.fromkeys(sample.refs)).judged == 0
    missed = judge(sample, {r: r == sample.refs[0] for r in sample.refs})
    assert missed.recall == 0.0
    assert missed.missed == (sample.refs[0],)


def test_a_small_stratum_judged_whole_leaves_no_doubt() -> None:
    of = corpus(1, 40)
    bus = [s.ref for s in of.segments() if "bus" in s.text]
    sample = blind_sample(coded(of, "rules@1", "bus", bus), "bus", 0)
    assert len(sample.refs) == 40
    found = judge(sample, {r: r in bus for r in sample.refs})
    assert (found.precision, found.precision_low, found.recall, found.recall_low, found.recall_high) == (1, 1, 1, 1, 1)


def test_proposals_are_new_different_and_leave_what_people_coded() -> None:
    of = corpus()
    human = [s.ref for s in of.segments() if s.session.id == "S0"]
    codings = coded(of, "human:a", "bus", human[::4]).merged(coded(of, "rules@1", "rent", ["S1#3", "S2#1"]).values)
    got = propose(codings, n=12, seed=0)
    assert [p.ref for p in got] == [p.ref for p in propose(codings, n=12, seed=0)]
    assert len({p.ref for p in got}) == 12
    assert not {p.ref for p in got} & set(human[::4])
    texts = {of.resolve(p.ref).text.rsplit(" ", 2)[0] for p in got[:4]}
    assert len(texts) >= 3
    assert propose(codings, n=0) == ()
    bare = propose(Codings((), of, BOOK), n=3)
    assert [p.why for p in bare] == ["nothing coded it"] * 3


def test_reliability_follows_calibrated_scores_and_finds_those_that_are_not() -> None:
    rng = random.Random(0)
    scores = [rng.random() for _ in range(4000)]
    honest = [rng.random() < s for s in scores]
    proud = [rng.random() < s / 2 for s in scores]
    assert reliability(scores, honest).attrs["error"] < 0.03
    assert reliability(scores, proud).attrs["error"] > 0.2
    assert reliability(scores, honest)["n"].sum() == 4000
    assert reliability([1.0], [1])["high"].tolist() == [1.0]
    with pytest.raises(FeedbackError):
        reliability([0.5], [])
    with pytest.raises(FeedbackError):
        reliability([1.5], [1])


def test_a_preview_shows_only_what_a_trigger_would_add() -> None:
    turns = ("The bus is late.", "I ride far.", "Ride the bus.", "We rode.", "the bus table ride", "a ride. A ride.")
    of = Corpus((Session("S1", tuple(Turn(i, t, Speaker("P")) for i, t in enumerate(turns))),))
    new = preview(BOOK, "bus", "ride*", of)
    assert new["ref"].tolist() == ["S1#1", "S1#4", "S1#5"]
    assert new["words"].tolist() == ["ride", "ride", "ride"]
    assert (new.attrs["units"], new.attrs["caught"], new.attrs["sessions"]) == (6, 2, 1)
    assert preview(BOOK, "bus", "[moon|sun] ... light", of).empty
    for code, trigger in (("moon", "ride"), ("bus", "*")):
        with pytest.raises(CodebookError):
            preview(BOOK, code, trigger, of)
