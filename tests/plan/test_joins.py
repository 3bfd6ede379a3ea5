"""Needs joined and parted: sessions once, voices and sensitivities never mixed, decisions kept with who, when and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from feedback import Code, Codebook, Coding, Codings, Corpus, Session, Turn, crosswalk, summarize
from feedback.corpus import Speaker
from feedback.errors import FeedbackError, TableError
from feedback.findings import disagreement, pick
from feedback.plan import Area, Beside, Join, Plan, Strategy, check_join, in_force, joins_from, propose

BOOK = Codebook(
    (
        Code(
            "bus",
            "Getting there",
            parent="access",
            definition="Buses and rides",
            statements={"en": "People need a ride.", "es": "Falta transporte."},
            names={"es": "Transporte"},
            maps={"plan": ("P1",)},
        ),
        Code(
            "door",
            "One front door",
            parent="access",
            definition="Knowing where to go",
            names={"es": "Una puerta"},
            maps={"plan": ("P2",)},
        ),
        Code("care", "Child care", parent="home", definition="Care for children", maps={"plan": ("P2",)}),
        Code("harm", "Harm", parent="home", definition="Harm", sensitivity="restricted", maps={"plan": ("P1",)}),
    )
)
PLAN = Plan(
    "p",
    "A plan",
    "plan",
    (
        Area("P1", "Ways", (Strategy("P1.1", "Passes and one door", ("bus", "door")),)),
        Area("P2", "Homes", (Strategy("P2.1", "Care", ("care",)),)),
    ),
)


def corpus(n: int = 8) -> Corpus:
    """Sessions of twelve: youth and families in turn, two lines each by two people."""
    made = []
    for i in range(n):
        turns = tuple(
            Turn(
                u,
                f"In room {i} somebody said a thing of interest, number {u}.",
                Speaker(f"P{u}"),
                kind="speech",
                verbatim=True,
            )
            for u in range(3)
        )
        made.append(
            Session(
                f"S{i}",
                turns,
                audience="youth" if i % 2 else "family",
                languages=("en",),
                participants=12,
                spa=1 + i % 3,
                month="2026-05",
                quote_consent="yes",
            )
        )
    return Corpus(tuple(made))


def code(session: int, unit: int, name: str, **more: str) -> Coding:
    return Coding(
        f"S{session}#{unit}", name, "rules", evidence=((0, 4),), **{"category": "need", "polarity": "need", **more}
    )  # type: ignore[arg-type]


def themes(*codings: Coding, joined: tuple[tuple[str, ...], ...] = (), n: int = 8):
    return summarize(Codings(codings, corpus(n), BOOK), unscreened="invented words", joined=joined)


def bus_and_door() -> list[Coding]:
    """Bus in sessions 0 to 3, door in 2 to 5, both on one unit in 2; care in 0, 1, 2."""
    return [
        *(code(i, 0, "bus") for i in range(4)),
        code(2, 0, "door", category="barrier"),
        *(code(i, 1, "door") for i in range(3, 6)),
        *(code(i, 2, "care") for i in range(3)),
    ]


def test_a_joined_need_counts_a_session_once_and_a_unit_once() -> None:
    found = themes(*bus_and_door(), joined=(("bus", "door"),))["bus+door"]
    assert found.all.sessions == 6
    assert found.all.needs == 6
    assert found.measures.frequency == 7  # eight codes on seven units
    assert found.codes == found.voiced == ("bus", "door")
    assert set(found.needs) == {"S0#0", "S1#0", "S2#0", "S3#0", "S3#1", "S4#1", "S5#1"}
    assert found.barriers == ("S2#0",)


def test_the_joined_need_has_its_own_id_its_leaders_place_and_a_draft_that_names_both() -> None:
    beside = Beside(joins=(Join(("bus", "door"), "A. Author", "2026-11-28", "one trip"),))
    needs = crosswalk(themes(*bus_and_door()), PLAN, beside=beside)
    need = needs["door"]
    assert need.id == "bus+door"
    assert need is needs["bus+door"]
    assert need.codes == ("bus", "door")
    assert need.area == ("P1", "Ways")
    assert need.statement == "People need a ride. This also covers: one front door."
    assert need.said("es") == "Falta transporte. También abarca: una puerta."
    assert need.join is not None
    assert need.join.by == "A. Author"
    assert [s.id for s in need.strategies] == ["P1.1"]
    frame = needs.frame(appendix=True)
    assert set(frame[frame.need == "bus+door"].codes) == {("bus", "door")}
    assert needs.strategies().set_index("strategy").loc["P1.1"].asked_for


def test_what_was_signed_for_one_code_never_stands_for_more() -> None:
    from feedback.plan import Statement

    join = Join(("bus", "door"), "A", "2026-11-28", "w")
    signed = Statement("bus", "en", "People need a bus.", "A", "2026-11-01")
    both = Statement("bus+door", "en", "People need a way in and a way there.", "A", "2026-11-28")
    made = crosswalk(themes(*bus_and_door()), PLAN, beside=Beside((signed,), joins=(join,)))["bus"]
    assert not made.signed
    assert made.statement.startswith("People need a ride.")
    made = crosswalk(themes(*bus_and_door()), PLAN, beside=Beside((signed, both), joins=(join,)))["bus"]
    assert made.signed == "A, 2026-11-28"
    assert made.statement == both.text
    apart = crosswalk(themes(*bus_and_door()), PLAN, beside=Beside((signed, both)))
    assert apart["bus"].statement == signed.text


def test_two_quiet_codes_may_recur_together_and_parting_takes_it_back() -> None:
    few = [code(0, 0, "bus"), code(1, 0, "bus"), code(2, 0, "door"), code(3, 0, "door")]
    join = Join(("bus", "door"), "A", "2026-11-28", "w")
    assert not crosswalk(themes(*few), PLAN).values
    assert [n.id for n in crosswalk(themes(*few), PLAN, beside=Beside(joins=(join,)))] == ["bus+door"]
    parted = (join, Join(("door",), "B", "2026-11-29", "no"))
    assert not in_force(parted, BOOK)
    assert not crosswalk(themes(*few), PLAN, beside=Beside(joins=parted)).values


def test_a_later_join_takes_its_codes_along() -> None:
    joins = (Join(("bus", "door", "care"), "A", "2026-11-27", "w"), Join(("care", "door"), "B", "2026-11-28", "w"))
    assert [j.codes for j in in_force(joins, BOOK)] == [("care", "door")]
    gone = replace(BOOK, codes=BOOK.codes[:1])
    assert in_force(joins, gone) == ()


def test_codes_not_equally_sensitive_are_never_one() -> None:
    with pytest.raises(FeedbackError, match="equally sensitive"):
        themes(*bus_and_door(), joined=(("bus", "harm"),))
    rows = [(2, {"need": "bus", "join with": "harm", "by": "A", "on": "2026-11-28", "why": "w"})]
    with pytest.raises(TableError, match="equally sensitive"):
        joins_from(rows, themes=themes(*bus_and_door()), name="needs.csv")


def test_what_youth_said_and_what_adults_said_about_youth_are_neither_proposed_nor_joined_as_one() -> None:
    youth = [code(i, 0, "bus") for i in (1, 3, 5, 7)]
    adults = [code(i, 1, "door", about="child_or_relative") for i in (0, 2, 4, 6)]
    found = themes(*youth, *adults)
    assert found["bus"].sessions
    assert found["door"].sessions
    assert not propose(found, PLAN)
    own = [code(i, 1, "door") for i in (0, 2, 4, 6)]
    every = [code(i, 0, "bus") for i in range(8)]
    spread = themes(*every, *own, *(code(i, 2, "door") for i in (1, 3)))
    assert [p.codes for p in propose(spread, PLAN)] == [("bus", "door")]


def test_a_joined_figure_beside_those_of_its_codes_tells_of_no_hidden_one() -> None:
    rare = [*(code(i, 0, "bus") for i in range(6)), code(6, 1, "door")]  # the door in one session, in none of the bus's
    alone = themes(*rare)
    assert not alone["bus"].all.suppressed
    assert alone["door"].all.suppressed
    assert themes(*rare, joined=(("bus", "door"),))["bus+door"].all.suppressed
    with pytest.raises(FeedbackError, match="door: said in too few sessions"):
        check_join(alone, ("bus", "door"))
    within = [*(code(i, 0, "bus") for i in range(6)), code(5, 1, "door")]  # in one of the bus's: nothing is left to tell
    assert themes(*within, joined=(("bus", "door"),))["bus+door"].all.sessions == 6
    check_join(themes(*within), ("bus", "door"))


def test_nor_does_it_in_any_group_of_random_rooms() -> None:
    chance, seen = Random(5), Counter[str]()
    for _ in range(60):
        codings = [code(i, u, name) for i in range(12) for u, name in enumerate(("bus", "door")) if chance.random() < (0.6, 0.3)[u]]
        alone, joined = themes(*codings, n=12), themes(*codings, n=12, joined=(("bus", "door"),))["bus+door"]
        for cell in joined.cells:
            parts = {n: next(c for c in alone[n].cells if c.group == cell.group) for n in ("bus", "door")}
            hidden = [n for n, c in parts.items() if c.suppressed]
            if cell.suppressed or len(hidden) != 1:
                continue
            (shown,) = (c for c in parts.values() if not c.suppressed)
            seen[cell.group == "all"] += 1
            assert cell.sessions - shown.sessions != 1, (cell, shown)
    assert seen


def test_a_proposal_needs_two_of_three_reasons_and_says_them() -> None:
    every = [code(i, 0, name) for i in range(8) for name in ("bus", "door", "care")]
    found = propose(themes(*every), PLAN)
    assert [(p.codes, len(p.reasons)) for p in found] == [(("bus", "door"), 3)]  # care: said in one breath only


def test_a_disagreement_is_about_one_code_not_about_two_that_are_joined() -> None:
    codings = [*(code(i, 0, "bus") for i in range(8)), *(code(i, 1, "door", polarity="rejected") for i in range(8))]
    found = themes(*codings, joined=(("bus", "door"),))
    assert disagreement(found, found["bus+door"]) is None
    against = themes(*codings, *(code(i, 2, "bus", polarity="rejected") for i in range(8)), joined=(("bus", "door"),))
    assert disagreement(against, against["bus+door"]) is not None


def test_no_unit_is_quoted_twice_for_a_joined_need() -> None:
    both = [code(i, 0, name) for i in range(6) for name in ("bus", "door")]
    quotes = pick(themes(*both, joined=(("bus", "door"),)), "bus+door", k=6)
    assert quotes
    assert len({q.ref for q in quotes}) == len(quotes)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"by": ""}, "nobody signed"),
        ({"on": "soon"}, "YYYY-MM-DD"),
        ({"why": ""}, "nobody says why"),
        ({"join with": "hats"}, "not in this project"),
    ],
)
def test_a_row_without_who_when_why_or_of_nothing_known_takes_nothing(row: dict[str, str], says: str) -> None:
    good = {"need": "bus", "join with": "door", "by": "A", "on": "2026-11-28", "why": "w"}
    assert joins_from([(2, good)], themes=themes(*bus_and_door()), name="x.csv") == (
        Join(("bus", "door"), "A", "2026-11-28", "w"),
    )
    with pytest.raises(TableError, match=says):
        joins_from([(2, good), (3, {**good, **row})], themes=themes(*bus_and_door()), name="x.csv")
