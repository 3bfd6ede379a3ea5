"""What a clause does: 160 invented sentences, every other one written to develop on, the rest kept blind until the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback.codebook import Codebook
from feedback.corpus import Segment, Session, Speaker, Turn
from feedback.tagging import Reader

READER = Reader(Codebook.load(Path(__file__).parents[2] / "corpora" / "codebook.yaml"))
ROWS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "sentences" / "discourse.tsv").read_text(encoding="utf-8").splitlines()
]
SEEN, BLIND = ROWS[::2], ROWS[1::2]
BEYOND = {"I'd rather sleep in the car than go back to that shelter."}  # the gap is too wide for the mini-language


@pytest.mark.parametrize(("polarity", "about", "category", "text"), SEEN, ids=[r[3][:40] for r in SEEN])
def test_a_sentence_is_read_as_it_is_meant(polarity: str, about: str, category: str, text: str) -> None:
    whole = READER.read_text(text).whole
    right = whole.polarity == polarity and (about == "self" or whole.about == about)
    assert right != (text in BEYOND)


def test_the_blind_half_holds_its_figures() -> None:
    """Measured once, when the rules were done: 23 of 24 refusals; a change that loses some is seen here."""
    read = [(row, READER.read_text(row[3]).whole) for row in BLIND]
    refused = [(row[0] == "rejected", whole.polarity == "rejected") for row, whole in read]
    hits = refused.count((True, True))
    assert hits >= 0.85 * sum(wanted for wanted, _ in refused)
    assert hits >= 0.80 * sum(got for _, got in refused)
    assert sum(row[0] == whole.polarity for row, whole in read) >= 70  # of 80


@pytest.mark.parametrize(
    ("text", "polarities"),
    [
        ("There's no shelter for boys.", ["need"]),
        ("We don't need another hotline.", ["rejected"]),
        ("Transportation isn't an issue for us.", ["not_a_problem"]),
        ("We don't need more police, we need counselors.", ["rejected", "need"]),
        ("No queremos más policías sino consejeras.", ["rejected", "need"]),
        ("No hay nada para nadie.", ["need"]),  # one negation, however many negative words
        ("Couldn't have done it without her.", ["none"]),
        ("Antes necesitaba raite, ahora ya no.", ["none"]),
    ],
)
def test_negation_has_more_than_one_outcome(text: str, polarities: list[str]) -> None:
    assert [c.polarity for c in READER.read_text(text).clauses] == polarities


def answer(text: str, *asked: str) -> Segment:
    turns = [Turn(i, q, Speaker(None, "facilitator"), "prompt") for i, q in enumerate(asked)]
    turns.append(Turn(len(turns), text, Speaker(), "speech", prompt=len(turns) - 1))
    return Segment(f"S#{len(turns) - 1}", turns[-1], Session("S", tuple(turns)))


def test_an_answer_is_taken_for_what_was_asked_and_a_remark_does_not_end_the_question() -> None:
    text = "Tuesdays, the lady with the van."
    assert READER.read(answer(text)).whole.category == "other"
    assert READER.read(answer(text, "What helps?")).whole.category == "asset"
    assert READER.read(answer(text, "What helps?", "Thank you for that.")).whole.category == "asset"
    assert READER.read(answer(text, "What helps?", "So who would you tell?")).whole.category == "other"
    assert READER.read(answer("the last bus", "What gets in the way?")).whole.category == "barrier"


def test_words_that_say_otherwise_win_over_the_question() -> None:
    assert READER.read(answer("They should train the coaches.", "What gets in the way?")).whole.category == "recommendation"
    assert READER.read(answer("facts", "What gets in the way?")).whole.category == "other"
    kept = READER.read(answer("Don't close the Saturday gym.", "What gets in the way?")).whole
    assert (kept.category, kept.polarity) == ("asset", "keep")


def test_a_question_about_the_past_makes_a_past_need() -> None:
    assert READER.read(answer("Somebody home after school.", "What would have kept you safer?")).whole.polarity == "need_past"


def test_what_follows_a_proposal_shapes_it_and_refuses_nothing() -> None:
    assert READER.read_text("Not a campaign. No billboards on the freeway.").whole.polarity == "rejected"
    assert READER.read_text("Build a place that is open at night. Not a poster.").whole.polarity != "rejected"
