"""Counting on a corpus small enough to recount by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feedback.codebook import Code, Codebook, Coding, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError, LeakError
from feedback.findings import Recurring, Themes, contrast, pick, quote, spread, summarize

BUS = Code("transportation", "Getting there", triggers={"en": ("bus pass*", "[two|three] buses")})
CARE = Code("mental_health_care", "Mental health care", sensitivity="sensitive")
HURT = Code("family_violence", "Violence at home", sensitivity="restricted")
BOOK = Codebook((BUS, CARE, HURT))
OPEN, ASKED = "What do you need?", "What about a bus pass?"
P1, P2, LEAD = Speaker("1"), Speaker("2"), Speaker("F", "facilitator")
WORDS = "It takes me far too long to get across town every day."


def session(name: str, audience: str, *, question: str = OPEN, heads: int | None = 8, spa: int = 1) -> Session:
    """Five units: 0 a question, 1 and 2 two participants, 3 the facilitator, 4 an interpreter."""
    turns = (
        Turn(0, question, LEAD, "prompt"), Turn(1, WORDS, P1, prompt=0, verbatim=True, language="en"),
        Turn(2, WORDS, P2, prompt=0, verbatim=True, language="en", agreement=2), Turn(3, "So, buses.", LEAD),
        Turn(4, WORDS, Speaker("I", "interpreter"), language="en"),
    )  # fmt: skip
    return Session(name, turns, "2025-01", audience, ("en",), heads, spa, True, "yes", (question,))


def corpus() -> Corpus:
    youth = [session(f"Y{i}", "youth", question=ASKED if i < 2 else OPEN, spa=i + 1) for i in range(4)]
    family = [session(f"F{i}", "family", spa=i + 1) for i in range(4)]
    return Corpus((*youth, *family))


def on(ref: str, code: str = "transportation", **fields: str) -> Coding:
    said = {"category": "need", "polarity": "need", "about": "self", **fields}
    return Coding(ref, code, "human:ab", **said)  # type: ignore[arg-type]


def themes(*values: Coding, given: Corpus | None = None, **options: object) -> Themes:
    codings = Codings(values, given or corpus(), BOOK)
    return summarize(codings, unscreened="a test", **options)  # type: ignore[arg-type]


def row(found: Themes, group: str, code: str = "transportation") -> dict[str, object]:
    frame = found.frame()
    return dict(frame[(frame.code == code) & (frame.group == group)].iloc[0])


def test_sessions_not_mentions_with_prompted_and_unasked_apart() -> None:
    found = themes(on("Y0#1"), on("Y0#2"), on("Y1#1"), on("Y2#1"), on("F0#1"), on("F1#2"), private=True)
    total, youth, family = (row(found, g) for g in ("all", "youth", "family"))
    assert (total["sessions"], total["base"], total["prompted"], total["unasked"]) == (5, 8, 2, 3)
    assert (youth["sessions"], youth["base"], youth["prompted"], youth["unasked"]) == (3, 4, 2, 1)
    assert (family["sessions"], family["base"], family["prompted"], family["unasked"]) == (2, 4, 0, 2)
    assert (total["speakers"], youth["speakers"], family["speakers"]) == (6, 4, 2)
    assert total["low"] < 5 / 8 < total["high"]
    assert bool(found.frame()["private"].all())


def test_a_session_asked_only_about_something_else_is_no_base() -> None:
    found = themes(on("F0#1", "mental_health_care"), private=True)
    assert row(found, "all", "mental_health_care")["base"] == 6  # Y0 and Y1 were asked about the bus only
    assert row(found, "all")["base"] == 8


@pytest.mark.parametrize(
    ("fields", "standing"),
    [
        ({"polarity": "rejected"}, "refusal"), ({"polarity": "not_a_problem"}, "not_a_problem"),
        ({"about": "quoted_stigma"}, "reported"), ({"about": "system_demand"}, "reported"),
        ({"about": "hearsay"}, "reported"),
    ],
)  # fmt: skip
def test_what_never_counts(fields: dict[str, str], standing: str) -> None:
    found = themes(*(on(f"{s}#1", **fields) for s in ("Y0", "Y1", "Y2", "F0", "F1")), private=True)
    assert row(found, "all")["sessions"] == 0
    assert found.recurring == ()
    assert found.heard_once == ()
    assert found.account()[standing] == 5
    assert len(found["transportation"].refs(standing)) == 5
    assert found.account()["need"] == 0


def test_facilitators_and_held_units_do_not_count() -> None:
    given = corpus()
    held = tuple(replace(t, withheld="disclosure") if t.index == 1 else t for t in given["F0"].turns)
    given = given.replace_sessions(replace(s, turns=held) if s.id == "F0" else s for s in given)
    found = themes(on("Y0#3"), on("Y0#0"), on("F0#1"), on("F1#1"), given=given, private=True)
    assert found["transportation"].sessions == ("F1",)
    a = found.account()
    assert (a["units"], a["withheld"]) == (40, 1)
    assert a["units"] == a["coded"] + a["uncoded"] + a["process"] + a["others"] + a["withheld"]
    with pytest.raises(KeyError):
        quote(given, "F0#1")


def test_an_interpreter_says_it_again_and_counts_once() -> None:
    m = themes(on("Y0#2"), on("Y0#4"), private=True)["transportation"].measures
    assert (m.frequency, m.extensiveness, m.agreement, m.breadth) == (1, 1, 2, 1)
    alone = themes(on("Y0#4"), private=True)["transportation"].measures
    assert (alone.frequency, alone.extensiveness, alone.breadth) == (1, 0, 1)


def test_two_taggers_on_one_unit_are_one_mention_and_a_person_decides() -> None:
    machine = replace(on("Y0#1", polarity="need"), tagger="rules@1")
    found = themes(machine, on("Y0#1", polarity="rejected"), private=True)
    assert found.account()["mentions"] == 1
    assert found["transportation"].refusals == ("Y0#1",)


def test_adults_about_youth_stay_apart_from_youth_about_themselves() -> None:
    found = themes(on("Y0#1"), on("F0#1", about="child_or_relative"), on("F1#1"), private=True)
    total = row(found, "all")
    assert (total["own"], total["about_youth"]) == (2, 1)
    assert (row(found, "youth")["own"], row(found, "family")["about_youth"]) == (1, 1)


def test_mixed_sessions_are_split_by_who_speaks() -> None:
    mixed = session("M0", "mixed")
    turns = tuple(replace(t, audience="youth" if t.index == 1 else "family") for t in mixed.turns)
    found = themes(on("M0#1"), given=Corpus((replace(mixed, turns=turns),)), private=True)
    assert (row(found, "youth")["sessions"], row(found, "family")["sessions"]) == (1, 0)


def test_the_rule_is_editable_and_one_loud_session_is_named() -> None:
    found = themes(on("Y0#1"), on("Y0#2"), on("Y1#1"), on("F2#1"))
    theme = found["transportation"]
    assert theme.recurring
    assert theme.loudest == "Y0"
    assert not theme.stands_without
    assert not themes(on("Y0#1"), on("Y1#1"), on("F2#1"), rule=Recurring(sessions=4)).recurring
    assert not themes(on("Y0#1"), on("Y1#1")).recurring
    # asked about it in every session, nobody agreed: not recurring by the default rule
    asked = Corpus(tuple(session(f"A{i}", a, question=ASKED) for i, a in enumerate(("youth", "family", "youth"))))
    values = [on(f"A{i}#1") for i in range(3)]
    assert not themes(*values, given=asked).recurring
    assert themes(*values, given=asked, rule=Recurring(unasked=False)).recurring


def test_hidden_cells_blank_every_number() -> None:
    found = themes(*(on(f"{s}#1") for s in ("Y0", "Y1", "F0")))
    for group in ("youth", "family"):
        cell = row(found, group)
        assert cell["suppressed"]
        for name in ("sessions", "base", "prompted", "unasked", "speakers", "low", "high", "needs", "own"):
            assert str(cell[name]) == "<NA>"
    assert row(found, "all")["sessions"] == 3
    restricted = themes(*(on(f"{s}#1", "family_violence") for s in ("Y0", "Y1", "F0", "F1")))
    assert [c.suppressed for c in restricted["family_violence"].cells] == [False, True, True]
    unknown = Corpus(tuple(replace(s, participants=None) for s in corpus()))
    assert row(themes(*(on(f"{s}#1") for s in ("Y0", "Y1", "F0", "F1")), given=unknown), "all")["suppressed"]


def test_groupings_and_wrong_ones() -> None:
    assert themes(by=None).groups == ()
    assert themes(by="spa").groups == ("SPA 1", "SPA 2", "SPA 3", "SPA 4")
    assert (themes(by="month").groups, themes(by="kind").groups) == (("2025-01",), ("recorded",))
    with pytest.raises(FeedbackError, match="grouped by"):
        themes(by="colour")


def test_contrast_needs_two_bands_three_sessions_and_a_question_in_both() -> None:
    asked = Corpus(
        tuple(session(f"{a[0]}{i}", a, question=ASKED, heads=12) for a in ("youth", "family") for i in range(8))
    )
    values = [on(f"y{i}#1") for i in range(6)] + [on(f"f{i}#1") for i in range(2)]
    both = contrast(themes(*values, given=asked), between=("youth", "family"))
    line = both.frame().iloc[0]
    assert (line.a, line.b, line.gap) == ("many", "some", 1)
    assert both.worth_discussing == ()
    apart = contrast(themes(*values[:6], given=asked, private=True), between=("youth", "family"))
    assert apart.frame().iloc[0].gap == 3
    assert apart.worth_discussing == ()
    with pytest.raises(FeedbackError, match="no group"):
        contrast(themes(), between=("youth", "elders"))


def test_quotes_are_exact_spread_out_and_allowed() -> None:
    given = corpus()
    consent = {"Y0": "yes", "Y1": "no", "Y2": "review", "F0": "yes", "F1": None}
    given = given.replace_sessions(replace(s, quote_consent=consent.get(s.id, "yes")) for s in given)
    found = themes(*(on(f"{s}#1") for s in consent), on("Y0#2"), given=given)
    offered = pick(found, "transportation", k=9)
    assert {q.ref.split("#")[0] for q in offered} == {"Y0", "F0", "Y2"}
    assert all(q.text == given.text_of(q.ref) for q in offered)
    assert [q.printable for q in offered] == [True, True, True, False]
    assert {q.ref.split("#")[0] for q in offered[:2]} == {"Y0", "F0"}  # spread before a second from Y0
    assert {q.label for q in offered} == {"youth", "family"}  # one session an area: too few people to name it
    assert spread(found, offered).twice == ("Y0",)
    assert pick(found, "transportation", k=9, reviewed=["Y2"])[-1].status == "ok"
    hurt = themes(*(on(f"{s}#1", "family_violence") for s in ("Y0", "Y2", "F0", "F2")))
    assert pick(hurt, "family_violence") == ()


def test_a_long_turn_gives_whole_sentences() -> None:
    long = (
        "I start at six. "
        + "Then I wait and wait for the next one to come. " * 8
        + "And nobody at work believes me, nobody."
    )
    first = session("Y9", "youth")
    turns = tuple(replace(t, text=long) if t.index == 1 else t for t in first.turns)
    given = Corpus((replace(first, turns=turns), *corpus()))
    said = replace(on("Y9#1"), evidence=((long.index("nobody at"), long.index("nobody at") + 6),))
    offered = pick(themes(said, on("Y0#1"), on("F0#1"), on("F1#1"), given=given), "transportation", k=9)
    one = next(q for q in offered if q.ref.startswith("Y9"))
    assert one.text == "And nobody at work believes me, nobody." == given.text_of(one.ref)


def test_the_same_input_gives_the_same_findings() -> None:
    values = [on("Y0#1"), on("F0#1"), on("Y2#1"), on("F3#2", "mental_health_care")]
    assert themes(*values).fingerprint == themes(*reversed(values)).fingerprint
    curve = themes(*values, private=True).saturation(seed=1)
    assert [c[2] for c in curve] == [1, 1, 1, 1, 1, 1, 1, 2]
    assert curve == themes(*values, private=True).saturation(seed=1)
    assert all(low <= high for *_, low, high in curve)


def test_a_blank_reason_does_not_pass_the_gate() -> None:
    with pytest.raises(LeakError):
        summarize(Codings((), corpus(), BOOK), unscreened=" ")
    assert summarize(Codings((), corpus(), BOOK, unscreened="said before")).unscreened == "said before"
