"""What stands beside the counts: measures, who alone said it, disagreement, saturation, targets, indicators, rounds, matrix."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from feedback.codebook import Code, Codebook, Coding, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError, TableError
from feedback.findings import (
    Frozen,
    Indicators,
    Mention,
    Recurring,
    Targets,
    Themes,
    compare,
    coverage,
    freeze,
    matrix,
    presence,
    summarize,
)
from feedback.findings._themes import meets
from feedback.findings._voices import needed_by

BUS = Code("bus", "Getting there", parent="access", definition="Rides.", triggers={"en": ("bus",)})
CARE = Code("care", "Child care", parent="access", definition="Care.")
HURT = Code("hurt", "Violence at home", parent="safety", sensitivity="restricted")
BOOK = Codebook((BUS, CARE, HURT), groups={"access": "Access", "safety": "Safety"}, name="small", version="1")
WORDS = "It takes me far too long to get across town every day."


def session(name: str, audience: str, *, spa: int = 1, heads: int = 12) -> Session:
    turns = (
        Turn(0, "What do you need?", Speaker("F", "facilitator"), "prompt"),
        Turn(1, WORDS, Speaker("1"), prompt=0, verbatim=True, language="en", agreement=3),
        Turn(2, "No, we do NOT NEED another bus here!!", Speaker("2"), prompt=0, verbatim=True, language="en"),
    )
    return Session(name, turns, "2025-01", audience, ("en",), heads, spa, True, "yes", ("What do you need?",))


CORPUS = Corpus((
    *(session(f"Y{i}", "youth", spa=1 + i % 2) for i in range(4)),
    *(session(f"F{i}", "family", spa=1 + i % 2) for i in range(4)),
))


def on(ref: str, code: str = "bus", **fields: str) -> Coding:
    return Coding(ref, code, "human:ab", **{"category": "need", "polarity": "need", "about": "self", **fields})  # type: ignore[arg-type]


def counted(*values: Coding, corpus: Corpus = CORPUS, **options: object) -> Themes:
    return summarize(Codings(values, corpus, BOOK), unscreened="a test", **options)  # type: ignore[arg-type]


EVERYWHERE = tuple(on(f"{s}{i}#1") for s in "YF" for i in range(4))


def test_four_measures_are_kept_apart() -> None:
    loud = tuple(on(f"{s}{i}#2") for s in "YF" for i in range(4))
    row = counted(*EVERYWHERE, *loud).measures().set_index("code").loc["bus"]
    assert (row.frequency, row.extensiveness, row.agreement, row.breadth, row.intensity) == (16, 16, 24, 8, 8)


def test_numbers_of_few_people_are_hidden_in_the_measures() -> None:
    row = counted(on("Y0#1"), on("Y1#1"), on("F0#1"), on("F1#1")).measures().set_index("code").loc["bus"]
    assert row.breadth == 4
    assert str(row.extensiveness) == "<NA>"  # four speakers


def test_only_one_group_said_it_and_only_where_every_figure_may_be_shown() -> None:
    assert counted(*(on(f"Y{i}#1") for i in range(4))).only("youth") == ("bus",)
    assert counted(*(on(f"Y{i}#1") for i in range(4))).only("family") == ()
    assert counted(on("Y0#1")).only("youth") == ()  # one session: hidden, so nothing is said


def test_adults_about_youth_are_listed_only_where_no_young_person_said_it() -> None:
    about = tuple(on(f"F{i}#1", about="child_or_relative") for i in range(4))
    assert counted(*about).only_adults_about_youth == ("bus",)
    assert counted(*about, *(on(f"Y{i}#1") for i in range(4))).only_adults_about_youth == ()


def test_disagreement_needs_two_people_in_one_session() -> None:
    against = tuple(on(f"Y{i}#2", polarity="rejected") for i in range(2))
    found = counted(*EVERYWHERE, *against).disagreements
    assert [(d.code, d.sessions) for d in found] == [("bus", 2)]
    assert found[0].against == ("Y0#2", "Y1#2")
    same = tuple(on(f"Y{i}#1", "care", polarity="rejected") for i in range(2))
    assert all(d.code != "care" for d in counted(*EVERYWHERE, *same).disagreements)


def test_a_single_disagreement_is_not_numbered() -> None:
    found = counted(*EVERYWHERE, on("Y0#2", polarity="rejected")).disagreements
    assert [(d.code, d.sessions) for d in found] == [("bus", None)]


def test_leave_one_out_says_what_rests_on_a_session() -> None:
    rows = counted(on("Y0#1"), on("Y1#1"), on("F0#1")).leave_one_out().set_index("code")
    assert rows.loc["bus", "recurring"]
    assert not rows.loc["bus", "stands_without_any"]
    assert rows.loc["bus", "resting_on"] == 3


def test_the_next_session_is_the_one_whose_group_still_brings_something_new() -> None:
    themes = counted(*EVERYWHERE, on("F3#2", "care"), private=True)
    first = themes.next_session()[0]
    assert (first.group, first.new_here, first.new_anywhere) == ("family", 0.25, 0.25)


def test_the_curve_ends_where_all_orders_end() -> None:
    curve = counted(*EVERYWHERE, on("F3#2", "care"), private=True).saturation(seed=1)
    assert curve[0][1:3] == (1, 1)
    assert curve[-1][2:] == (2, 2, 2)
    assert curve == counted(*EVERYWHERE, on("F3#2", "care"), private=True).saturation(seed=1)


def test_presence_tells_asked_from_not_raised() -> None:
    asked = replace(CORPUS.values[0], guide=("Is there a bus?",), turns=CORPUS.values[0].turns[1:])
    themes = counted(on("F0#1"), corpus=Corpus((asked, *CORPUS.values[1:])), private=True)
    found = presence(themes, ["bus"])["bus"]
    assert (found["F0"], found["Y0"], found["Y1"]) == ("heard", "asked, not taken up", "not raised")


def test_presence_names_no_session_of_a_theme_with_a_hidden_figure() -> None:
    with pytest.raises(FeedbackError, match="hidden"):
        presence(counted(on("F0#1")), ["bus"])


def test_targets_are_set_beside_what_was_held() -> None:
    rows = coverage(CORPUS, Targets.parse("dimension,value,sessions,people\naudience,youth,6,40\naudience,stakeholder,2,")).rows
    assert [(r.value, r.wanted, r.held, r.short, r.people) for r in rows] == [
        ("youth", 6, 4, 2, 48), ("stakeholder", 2, 0, 2, None), ("family", None, 4, 0, None),
    ]  # fmt: skip


@pytest.mark.parametrize("row", ["colour,red,1", "audience,,1", "audience,youth,many", "audience,youth,1\naudience,youth,2"])
def test_wrong_targets_name_their_line(row: str) -> None:
    with pytest.raises(TableError, match=r"line [23]"):
        Targets.parse(f"dimension,value,sessions\n{row}")


def test_indicators_stay_beside_and_are_never_merged() -> None:
    table = Indicators.parse("SPA,Children in care,Rate\n1,120,4.1\nSPA 2,88,n/a", name="open metrics")
    themes = counted(*EVERYWHERE, by="spa")
    frame = table.beside(themes, "bus")
    assert list(frame.columns) == ["spa", "children in care", "rate", "heard: sessions held", "heard: bus"]
    assert list(frame["rate"]) == ["4.1", "n/a"]
    assert list(frame["heard: bus"]) == ["most", "most"]
    with pytest.raises(TableError, match="spa"):
        Indicators.parse("place,rate\nhere,1", name="x")
    with pytest.raises(TableError, match="line 2"):
        Indicators.parse("spa,rate\n99,1", name="x")


def test_rounds_are_counted_by_the_same_codebook_and_changes_are_said() -> None:
    later = tuple(replace(session(f"Z{i}", "youth"), id=f"Z{i}") for i in range(4))
    first = counted(*EVERYWHERE)
    frozen = Frozen.loads(freeze(first, "2025").dumps())
    both = Codings((*EVERYWHERE, on("Z0#1"), on("Z1#1")), Corpus((*CORPUS.values, *later)), BOOK)
    found = compare(both, frozen, unscreened="a test")
    code, before, since = found.rows[0]
    assert (code.id, before.sessions, before.base, since.sessions, since.base) == ("bus", 8, 8, 2, 4)
    assert found.notes == ("codebook and taggers are the same as then",)
    wider = replace(both, codebook=BOOK.add(replace(BUS, definition="Rides and rails.")))
    again = compare(wider, frozen, unscreened="a test")
    assert again.changed == {"bus"}
    assert "another meaning" in again.notes[0]
    with pytest.raises(FeedbackError, match="held since"):
        compare(Codings(EVERYWHERE, CORPUS, BOOK), frozen, unscreened="a test")
    with pytest.raises(FeedbackError, match="no frozen round"):
        Frozen.loads("{}")


def test_a_round_too_small_to_be_shown_hides_both() -> None:
    most = tuple(c for c in EVERYWHERE if c.ref not in ("F0#1", "F1#1", "Y0#1", "Y1#1"))
    frozen = freeze(counted(*most), "2025")
    both = Codings((*most, on("Z0#1")), Corpus((*CORPUS.values, session("Z0", "youth"))), BOOK)
    _, before, since = compare(both, frozen, unscreened="a test").rows[0]
    assert since.suppressed
    assert before.suppressed  # else it follows by subtraction from the total


def test_the_matrix_lays_out_domains_and_keeps_exact_words() -> None:
    codings = Codings((*EVERYWHERE, on("Y0#2", "hurt"), on("Y0#2", "care")), CORPUS, BOOK)
    made = matrix(codings)
    assert made.domains == (("access", "Access"),)
    assert made.left_out == 1
    lines = made.cells["Y0", "access"]
    assert {x.ref for x in lines} == {"Y0#1"}  # Y0#2 names something restricted as well
    assert all(CORPUS.text_of(x.ref) == x.text for x in lines)
    after = made.edited({("Y0", "access"): (str(lines[0]), "rides are the main thing")}, by="cd", words=codings)
    assert [x.by for x in after.cells["Y0", "access"]] == ["", "cd"]
    forged = made.edited({("Y0", "access"): ("other words ⟨Y0#1⟩",)}, by="cd", words=codings)
    assert forged.cells["Y0", "access"][0].by == "cd"


def test_indicator_files_are_read_from_disk(tmp_path: Path) -> None:
    file = tmp_path / "metrics.csv"
    file.write_text("year;rate\n2023;1\n2024;2\n", encoding="utf-8")
    assert Indicators.load(file).rows == (("2023", ("1",)), ("2024", ("2",)))
    with pytest.raises(TableError, match="cannot be opened"):
        Indicators.load(tmp_path / "none.csv")


def test_the_curve_and_the_next_session_follow_from_what_is_shown() -> None:
    themes = counted(*EVERYWHERE, on("F3#2", "care"))
    assert themes["care"].all.suppressed
    assert [row[1:] for row in themes.saturation()] == [(1, 1, 1, 1)] + [(0, 1, 1, 1)] * 7
    assert {(n.new_here, n.new_anywhere) for n in themes.next_session()} == {(0.0, None)}
    alone = counted(*(on(f"Y{i}#1") for i in range(4))).next_session()[0]
    assert (alone.group, alone.new_here) == ("family", 0.17)  # one theme in 4 + 2


def test_on_what_a_need_rests_is_told_only_of_enough_sessions() -> None:
    near = Corpus(tuple(replace(s, spa=1) for s in CORPUS))
    said = (*(on(f"Y{i}#1") for i in range(4)), *(on(f"F{i}#1", category="other", polarity="none") for i in range(3)), on("F3#1"))
    shown, private = (counted(*said, corpus=near, private=p).leave_one_out().set_index("code").loc["bus"] for p in (False, True))
    assert private["resting_on"] == 1  # the one family session that named it as a need
    assert shown.isna()[["stands_without_any", "resting_on"]].all()
    assert not counted(*said, corpus=near)["bus"].all.suppressed


def test_what_a_need_cannot_lose_is_what_leaving_one_out_finds() -> None:
    rng, several = random.Random(1), 0
    for _ in range(600):
        made = [
            Mention(f"S{i}#0", f"S{i}", "c", "g", rng.choice(["youth", "family", None]), rng.choice([1, 2, None]),
                    rng.choice(["need", "need", "talk"]), "need", rng.random() < 0.6, agreement=rng.choice([0, 0, 2]))
            for i in range(rng.randint(3, 7)) for _ in range(rng.randint(1, 2))
        ]  # fmt: skip
        if meets(Recurring(), made):
            needs = dict.fromkeys(m.session for m in made if m.standing == "need")
            without = {s: [m for m in made if m.session != s] for s in needs}
            assert needed_by(Recurring(), made) == tuple(s for s, left in without.items() if not meets(Recurring(), left))
            several += len(without) > 3
    assert several > 50


def test_what_an_earlier_release_forbids_is_hidden_in_a_comparison_of_rounds() -> None:
    later = tuple(replace(session(f"Z{i}", "youth"), id=f"Z{i}") for i in range(4))
    both = Codings((*EVERYWHERE, on("Z0#1"), on("Z1#1")), Corpus((*CORPUS.values, *later)), BOOK)
    frozen = freeze(counted(*EVERYWHERE), "2025")
    _, before, since = compare(both, frozen, unscreened="a test", also={"bus": frozenset({"all"})}).rows[0]
    assert before.suppressed
    assert since.suppressed
