"""Plan files and the crosswalk, on a corpus small enough to recount by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback.codebook import Code, Codebook, Coding, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import PlanError
from feedback.findings import Themes, summarize
from feedback.plan import Plan, crosswalk, lint

DEMO = Path(__file__).parents[2] / "corpora" / "demo"
WORDS = "It takes me far too long to get across town every day."
RULES = {"wording": {"avoid_prefer": [{"avoid": ["AWOL", "aging out (as a label)"], "prefer": "missing from care"}],
                     "avoid_prefer_es": [{"avoid": ["se fugó"], "prefer": "está ausente del cuidado"}]}}  # fmt: skip
BOOK = Codebook(
    (
        Code("bus", "Getting there", definition="Ability to reach services.", maps={"plan": ("P3", "P1")}),
        Code("food", "Food", definition="Enough to eat.", maps={"plan": ("P1",)}),
        Code("run", "Leaving care", report_as="missing from care / away (never 'AWOL')", maps={"plan": ("P3",)}),
    ),
    rules=RULES,
)
PLAN = """
id: t
name: A plan
areas:
  - id: P1
    name: Prevention
    strategies:
      - {id: S1, name: Posters, serves: []}
      - {id: S2, name: Pantry, serves: [food], status: done}
  - id: P3
    name: Gaps
    strategies:
      - {id: S3, name: Come back, serves: [run]}
"""


def themes(**heard: list[str]) -> Themes:
    sessions = tuple(
        Session(
            f"{a[0].upper()}{i}", (Turn(0, WORDS, Speaker("1"), verbatim=True, language="en"),), audience=a,
            languages=("en",), participants=8, spa=i + 1, quote_consent="yes",
        )
        for a in ("youth", "family")
        for i in range(4)
    )  # fmt: skip
    values = [
        Coding(
            f"{s.rstrip('-')}#0", code, "human:ab", category="need", polarity="rejected" if s.endswith("-") else "need"
        )
        for code, names in heard.items()
        for s in names
    ]
    return summarize(Codings(tuple(values), Corpus(sessions), BOOK), unscreened="a test")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def test_both_directions(plan: Path) -> None:
    needs = crosswalk(themes(bus=["Y0", "Y1", "F0", "F1"], food=["Y0", "Y1"], run=["Y0-", "Y1-", "F0-"]), plan)
    assert [n.id for n in needs] == ["bus"]
    assert [n.id for n in needs.appendix] == ["food"]
    assert [n.id for n in needs.gaps] == ["bus"]
    assert [s.id for s in needs.unasked_strategies] == ["S1", "S3"]  # a refusal asks for nothing
    assert [s.id for s in needs.thin_strategies] == ["S2"]
    line = needs.frame().iloc[0]
    assert (line.need, line.sessions, line.base, line.plan_area) == ("bus", 4, 8, "P3 Gaps")  # primary mapping only
    assert (line.audiences, line.strategy, line.status) == (("family", "youth"), "", "no strategy")
    assert line.statement == "Getting there: ability to reach services. Named as a need by families and youth."
    assert needs["bus"].need == ("Y0#0", "Y1#0", "F0#0", "F1#0")
    assert list(needs.frame(appendix=True).need) == ["bus", "food"]


def test_a_statement_claims_nothing_about_hidden_groups(plan: Path) -> None:
    needs = crosswalk(themes(bus=["Y0", "Y1", "F0"]), plan)
    assert needs["bus"].audiences == ()
    assert needs["bus"].statement.endswith("Named as a need in the sessions.")
    assert (needs["bus"].sessions, needs["bus"].suppressed) == (3, False)


def test_refusals_stand_beside_the_need_and_are_not_counted(plan: Path) -> None:
    needs = crosswalk(themes(bus=["Y0", "Y1", "F0", "F1", "F2-"]), plan)
    assert needs["bus"].sessions == 4
    assert needs["bus"].refusals == ("F2#0",)


def test_wording_of_the_tool_is_linted_in_both_languages(plan: Path) -> None:
    assert [x.found for x in lint("He went awol; la joven se fugó", BOOK)] == ["awol", "se fugó"]
    assert lint("aging out", BOOK)[0].prefer == "missing from care"
    assert lint("AWOLs are not words", BOOK) == ()
    run = crosswalk(themes(run=["Y0", "Y1", "F0", "F1"]), plan)["run"]
    assert run.statement.startswith("Missing from care.")
    assert run.lint == ()
    assert run.strategies[0].id == "S3"
    assert run.status == "planned"


def test_a_plan_lists_every_problem_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(
        "id: t\nname: n\nareas:\n  - id: P1\n    strategies:\n      - {id: S, name: a, serves: food}\n"
        "      - {id: S, name: b, status: someday}\n      - {id: T, nmae: c}\ncolour: red\n",
        encoding="utf-8",
    )
    with pytest.raises(PlanError) as err:
        Plan.load(path)
    said = str(err.value)
    for part in ("`colour`", "line 9", "no `name`", "a list is expected", "used twice", "`someday`", "`nmae`"):
        assert part in said, part


@pytest.mark.parametrize("text", ["", "- 1\n", "id: [\n", "id: t\nname: n\n"])
def test_hostile_plans_raise_a_plan_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PlanError):
        Plan.load(path)
    with pytest.raises(PlanError, match="cannot be opened"):
        Plan.load(tmp_path / "none.yaml")


def test_a_strategy_that_serves_nothing_known_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(PLAN.replace("[food]", "[foood]"), encoding="utf-8")
    with pytest.raises(PlanError, match=r"S2.*foood"):
        crosswalk(themes(), path)


@pytest.mark.parametrize(("name", "areas"), [("plan", 9), ("plan-prevention", 2)])
def test_the_demo_plans_fit_the_demo_codebook(name: str, areas: int) -> None:
    plan = Plan.load(DEMO / f"{name}.yaml")
    book = Codebook.load(DEMO / "codebook.yaml")
    assert len(plan.areas) == areas
    needs = crosswalk(summarize(Codings((), Corpus(), book), unscreened="no words in it"), plan)
    assert len(needs) == 0
    assert needs.unasked_strategies == plan.strategies
    assert "invented" in plan.name.lower()
    entries = {e for v in book.vocabularies.values() for e in v}
    assert all(a.id in entries for a in plan.areas)
