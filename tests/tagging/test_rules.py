"""Triggers: the mini-language, its places in the text, blocks, shorthand, and the gate before it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.codebook import Code, Codebook, Coding
from feedback.corpus import Corpus, Segment, Session, Speaker, Turn
from feedback.errors import CodebookError, FeedbackError, LeakError
from feedback.tagging import RuleTagger, Tagger, check, tag
from feedback.tagging._check import Trial
from feedback.tagging._compile import Phrases, parse, words_of

BOOK = Codebook.load(Path(__file__).parents[2] / "corpora" / "codebook.yaml")
RULES = RuleTagger(BOOK)


def found(phrase: str, text: str) -> list[str]:
    return [text[slice(*h.span)] for h in Phrases([parse(phrase, "k")]).find(words_of(text))]


@pytest.mark.parametrize(
    ("phrase", "text", "wanted"),
    [
        ("bus pass*", "two BUS passes, please", ["BUS passes"]),
        ("bus pass*", "a bus. Passes went out", []),
        ("drop in", "the drop-in on Hope", ["drop-in"]),
        ("don't qualify", "we don’t qualify", ["don’t qualify"]),
        ("pañales", "faltan panales", ["panales"]),
        ("panales", "faltan PAÑALES", ["PAÑALES"]),
        ("afford* ... rent", "can't afford to pay the rent", ["afford to pay the rent"]),
        ("afford* ... rent", "afford to go out and pay rent", []),
        ("afford* ... rent", "afford rent", ["afford rent"]),
        ("afford* ... rent", "afford it. Rent is high", []),
        ("[kids|kid] need*", "the kid needs it", ["kid needs"]),
        ("job", "jobless", []),
        ("24 7", "open 24/7", ["24/7"]),
    ],
)  # fmt: skip
def test_a_phrase_is_found_where_it_stands(phrase: str, text: str, wanted: list[str]) -> None:
    assert found(phrase, text) == wanted


@pytest.mark.parametrize("phrase", ["*", "", "...", "[|]", "a [*|b]"])
def test_a_phrase_that_says_nothing_is_refused(phrase: str) -> None:
    with pytest.raises(CodebookError):
        parse(phrase, "k")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_evidence_is_cut_from_the_original_whatever_stands_around(before: str, after: str) -> None:
    text = f"{before} Psicóloga {after}"
    hits = Phrases([parse("psicólog*", "k")]).find(words_of(text))
    assert any("sicóloga" in text[slice(*h.span)] for h in hits)
    assert all(0 <= h.span[0] < h.span[1] <= len(text) for h in hits)


def test_a_block_cancels_only_its_own_code() -> None:
    assert "income_jobs" not in RULES.hits("Good job, everybody.")
    assert "income_jobs" in RULES.hits("Good job. Now get me a job.")


def test_shorthand_is_written_out_for_matching_with_the_original_as_evidence() -> None:
    text = "MH svcs in Spanish - x6"
    hits = RULES.hits(text)
    assert {text[slice(*h.span)] for h in hits["mental_health_care"]} == {"MH"}


def test_ice_counts_in_capitals_and_in_captions_without_any() -> None:
    assert "immigration_documents" in RULES.hits("Then the ICE agents came.")
    assert "immigration_documents" not in RULES.hits("The Ice raids the freezer.")
    assert "immigration_documents" in RULES.hits("we are afraid of ice")


# Sentences that rules cannot solve, each with its reason. Where one starts to pass, this list is behind: take it out.
READERS = {
    "He said he would pay my bills if I did what he wanted.": "'pay* ... bills' fires; only a reader can tell",
    "They made me take a parenting class before it happens again, they said.": "'before it happens' fires; only a reader can tell",
    "Post the flyer on social media so families know about the fair.": "'social media' fires; only a reader can tell",
    "We could not have made it without us moms texting each other every night.": "'without us' fires; only a reader can tell",
    "Services you can just drop in to, no appointment.": "'drop in' fires; only a reader can tell",
    "We know where to go, they just do not pick up.": "'know* where to go' fires; only a reader can tell",
    "Parents and kids do not talk to each other anymore.": "'talk to each other' fires; only a reader can tell",
    "Each SPA should be treated differently in the budget.": "'treated different*' fires; only a reader can tell",
    "My doctor did a follow up call.": "'follow up' fires; only a reader can tell",
    "People call us prostitutes like we had a choice.": "no trigger fires, on purpose: a person codes it",
    "Nuestra home visitor nos habla en español.": "praise without a cue word: it needs a reader",
    "MH svcs in Spanish - x6": "a bare noun phrase: only its column heading can tell",
    "He makes me do things and won't let me leave.": "a disclosure: held by the privacy gate before anything is coded",
    "Me vendieron cuando tenía trece años.": "a disclosure: held by the privacy gate before anything is coded",
}
BOTH = "fires too; a reader decides whether both apply"
TWO_CODES = ("excluded", "I left placement because nobody there would let me call my mom.")
CHECKED = check(BOOK)


@pytest.mark.parametrize("trial", CHECKED.trials, ids=lambda t: f"{t.kind}-{t.code}-{t.sentence[:30]}")
def test_a_sentence_of_the_codebook_does_as_it_says(trial: Trial) -> None:
    reason = BOTH if (trial.kind, trial.sentence) == TWO_CODES else READERS.get(trial.sentence, "")
    assert trial.result == ("expected failure" if reason else "pass")
    assert trial.reason == reason


def test_every_sentence_of_the_codebook_was_tried() -> None:
    assert set(READERS) <= {t.sentence for t in CHECKED.trials}
    assert sum(t.kind == "test" for t in CHECKED.trials) == len(BOOK.rules["tests"]) == 36
    assert sum(t.kind == "example" for t in CHECKED.trials) == sum(len(v) for c in BOOK for v in c.examples.values())


def test_cards_count_what_is_shown_of_each_code() -> None:
    cards = CHECKED.cards().set_index("code")
    assert set(cards.index) == {c.id for c in BOOK}
    missed = {code for code, row in cards.iterrows() if row["negative_held"] < row["negative"]}
    assert len(missed) == 10  # the near-misses above, and the example that fits two codes
    assert bool(cards.loc["exploitation_recruitment", "full"])
    assert int(cards["full"].sum()) >= 25


CARDS = [
    line.split("\t")
    for line in (Path(__file__).parent / "sentences" / "cards.tsv").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(("code", "sign", "text"), CARDS, ids=[f"{c}{s}" for c, s, _ in CARDS])
def test_a_card_holds(code: str, sign: str, text: str) -> None:
    assert (code in RULES.hits(text)) == (sign == "+")


def test_every_code_has_three_sentences_of_its_own_and_three_that_are_not() -> None:
    for code, row in CHECKED.cards().set_index("code").iterrows():
        more = [sign for c, sign, _ in CARDS if c == code]
        assert row["positive"] + more.count("+") >= 3, code
        assert row["negative"] + more.count("-") >= 3, code


def test_an_xfail_that_passes_fails_the_check() -> None:
    rows = [{"text": "The bus is late.", "codes": ["rides"], "xfail": "a reason"}]
    book = Codebook((Code("rides", "Rides", triggers={"en": ("bus",)}),), rules={"tests": rows})
    assert [t.result for t in check(book).trials] == ["fail"]
    assert "take its xfail out" in check(book).trials[0].reason


def test_check_reports_an_example_that_does_not_fire() -> None:
    book = Codebook((Code("rides", "Rides", triggers={"en": ("bus",)}, examples={"en": ("I walk.",)}),))
    assert not check(book).ok
    assert list(check(book).frame()["result"]) == ["fail"]


def corpus() -> Corpus:
    turns = (
        Turn(0, "What about the bus pass?", Speaker("F", "facilitator"), "prompt"),
        Turn(1, "There is no bus pass for us.", Speaker("P1"), prompt=0),
        Turn(2, "Same.", Speaker("P2"), "agreement"),
        Turn(3, "We said bus passes again.", Speaker("N", "notetaker"), "debrief"),
        Turn(4, "Quiero un pase de autobús, you know.", Speaker("P2")),
    )
    return Corpus((Session("S1", turns, audience="youth"),))


def test_only_participants_are_coded_and_every_unit_gets_its_discourse() -> None:
    made = tag(corpus(), RULES, unscreened="a test")
    assert {c.ref for c in made} == {"S1#1", "S1#4"}
    assert set(made.discourse) == {"S1#1", "S1#2", "S1#4"}
    assert made.discourse["S1#1"].category == "need"
    assert made.discourse["S1#2"].category == "other"
    assert made.unscreened == "a test"
    first = next(c for c in made if c.ref == "S1#1")
    assert first.tagger == RULES.name
    assert "bus pass*" in first.why


def test_tagging_refuses_open_findings_and_empty_reasons() -> None:
    leaky = Corpus((Session("S1", (Turn(0, "Call me at 213-555-0148 about the bus pass.", Speaker("P")),)),))
    with pytest.raises(LeakError):
        tag(leaky, BOOK)
    with pytest.raises(LeakError):
        tag(leaky, BOOK, unscreened=" ")


def test_a_tagger_may_not_code_what_may_not_be_coded() -> None:
    class Stray:
        name = "stray@1"

        def tag(self, segments: object) -> object:
            yield Coding("S1#0", "transportation", self.name)

    assert isinstance(Stray(), Tagger)
    with pytest.raises(FeedbackError, match="S1#0"):
        tag(corpus(), Stray(), unscreened="a test")  # type: ignore[arg-type]
    with pytest.raises(FeedbackError, match="needs a codebook"):
        tag(corpus(), unscreened="a test")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    turn = Turn(0, text, Speaker("P"))
    segment = Segment("S1#0", turn, Session("S1", (turn,)))
    for c in RULES.tag([segment]):
        assert all(0 <= a < b <= len(text) for a, b in c.evidence)
    assert RULES.reader.read(segment).whole.category in (
        "need",
        "barrier",
        "asset",
        "recommendation",
        "experience",
        "other",
    )
