"""A hostile reader with every output of the demo project: pages, files, tables in the shell, the web app. And proof that she can succeed."""

# ruff: noqa: E501
from __future__ import annotations

import html
import random
import re
from pathlib import Path

import pytest
from attackers import DIMENSIONS, Evidence, Fact, Truth, attack, attack_people, from_page, from_rows, words_in

import feedback.briefs._claims as claims
import feedback.findings._cells as cells
from feedback.briefs import brief
from feedback.codebook import Codebook, Coding, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.findings import summarize
from feedback.plan import Plan, crosswalk
from feedback.project import Project

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "corpora" / "demo"
BOOK = Codebook.load(ROOT / "corpora" / "codebook.yaml")
GROUPS = [("audience", a) for a in ("youth", "family", "stakeholder")]


def tables(codings: Codings, **options: object) -> Evidence:
    out = Evidence()
    for by in DIMENSIONS:
        out.add(from_rows(summarize(codings, by=by, **options).frame().to_dict("records"), by, f"table by {by}"))
    return out


@pytest.fixture(scope="session")
def printed(demo_project: Project, tmp_path_factory: pytest.TempPathFactory) -> tuple[Evidence, dict[str, Path]]:
    """Everything a reader may be handed."""
    needs, out = demo_project.crosswalk(), tmp_path_factory.mktemp("printed")
    found, files = Evidence(), {}
    for kind, language in (("full", "en"), ("board", "en"), ("slides", "en"), ("report-back", "en"), ("report-back", "es")):
        made = brief(needs, kind=kind, language=language)
        for suffix in (".html", ".md", ".docx", ".xlsx", ".pptx"):
            if suffix in (".html", ".md") or kind in ("full", "slides"):
                files[f"{kind}-{language}{suffix}"] = made.save(out / f"{kind}-{language}{suffix}")
        found.add(from_page((out / f"{kind}-{language}.html").read_text("utf-8"), needs.themes, f"{kind} {language}"))
    files["board-en.pdf"] = brief(needs, kind="board").save(out / "board-en.pdf")
    return found, files


@pytest.fixture(scope="session")
def truth(demo_project: Project) -> Truth:
    return Truth(summarize(demo_project.codings, private=True))


def test_no_small_cell_can_be_recovered_from_all_outputs_of_the_demo(demo_project: Project, printed, truth: Truth) -> None:
    found = Evidence().add(printed[0]).add(tables(demo_project.codings))
    assert len(found.facts) > 600
    assert len({n.code for n in found.named if n.quote}) > 5
    assert attack(found, truth, inside=True, whats=("heard", "needs")) == []
    assert attack(found, truth, inside=False, whats=("heard", "needs", "assets", "refusals")) == []
    assert attack_people(found, truth, GROUPS) == []


def test_no_format_says_a_number_that_the_page_does_not(printed) -> None:
    """Alternative text, notes, hidden sheets, properties and charts of other formats hold no figure of their own."""
    for name, path in printed[1].items():
        page = (path.parent / f"{path.stem}.html").read_text("utf-8")
        said = set(re.findall(r"\d+", html.unescape(re.sub(r"<style>.*?</style>", "", page, flags=re.S))))
        text = " ".join(words_in(path))
        pairs = {m for m in re.findall(r"\b(\d+) (?:of|de) (\d+) (?:sessions|sesiones)", text)}
        there = {m for m in re.findall(r"(\d+) (?:of|de) (\d+) (?:sessions|sesiones)", re.sub(r"<[^>]+>", "", page))}
        assert pairs <= there, (name, pairs - there)
        addresses = set(re.findall(r"LS-[A-Z]\d+#\d+", text))
        assert addresses <= set(re.findall(r"LS-[A-Z]\d+#\d+", page)), name
        assert said


def test_bars_are_as_long_as_their_printed_numbers_and_hidden_needs_come_last_by_name(demo_project: Project, printed) -> None:
    page = printed[1]["full-en.html"].read_text("utf-8")
    figures = re.findall(r"<figure.*?</figure>", page, re.S)
    bars = next(f for f in figures if "named as a need" in f)
    drawn = [float(w) for w in re.findall(r'<rect[^>]*?width="([\d.]+)"[^>]*?height="9"', bars)][2:]
    numbers = [int(n) for n in re.findall(r'<a[^>]*href="#n\d+"[^>]*>.*?(\d+)\s*<', bars, re.S)]
    assert drawn
    assert len(drawn) == sum(n > 0 for n in numbers), "a bar stands without its number"
    import feedback.briefs._parts as parts

    needs = demo_project.crosswalk()
    order = parts.widest(needs, 99)
    hidden = [n.id for n in order if n.sessions is None]
    assert hidden == sorted(hidden)
    assert [n.id for n in order][-len(hidden):] == hidden


def _shown(worlds: cells.Worlds, key: tuple[str, str]) -> bool:
    worlds.shown[key] = worlds.mask(key)
    return True


# ---- the attack can succeed ----------------------------------------------------------------------------------------


def test_without_suppression_the_attack_finds_small_cells(demo_project: Project, truth: Truth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells.Rows, "_never", lambda *_: False)
    monkeypatch.setattr(cells.Worlds, "fit", lambda *_: True)
    monkeypatch.setattr(cells.Worlds, "add", _shown)
    themes = summarize(demo_project.codings)
    assert len(attack(from_rows(themes.frame().to_dict("records"), "audience", "table"), truth, inside=True, whats=("heard",))) > 20


def test_without_complementary_suppression_it_subtracts(demo_project: Project, truth: Truth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells.Worlds, "add", _shown)
    themes = summarize(demo_project.codings)
    assert len(attack(from_rows(themes.frame().to_dict("records"), "audience", "table"), truth, inside=True, whats=("heard",))) > 5


def test_without_the_rule_on_lists_it_counts_them_again(demo_project: Project, truth: Truth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "may_name", lambda *_: True)
    needs = demo_project.crosswalk()
    found = from_page(brief(needs).render(".html").decode(), needs.themes)
    assert len(attack(found, truth, inside=False, whats=("heard",))) > 10


def test_people_in_all_less_the_other_audiences(monkeypatch: pytest.MonkeyPatch) -> None:
    codings = many_small(random.Random(3), small=True)[1]
    plan = Plan.load(DEMO / "plan.yaml")
    truth = Truth(summarize(codings, private=True, unscreened="an attack"))

    def found() -> list[str]:
        needs = crosswalk(summarize(codings, unscreened="an attack"), plan)
        return attack_people(from_page(brief(needs).render(".html").decode(), needs.themes), truth, GROUPS)

    assert found() == []
    least = 11

    def naive(corpus, settings, asked=()):
        sizes = {("audience", a): sum(s.participants or 0 for s in corpus if s.audience == a) for _, a in GROUPS}
        return {k: n for k, n in {("all", ""): sum(sizes.values()), **sizes}.items() if n >= least}

    monkeypatch.setattr(claims, "people_shown", naive)
    assert found() == ["people of ('audience', 'stakeholder'): between 9 and 9, and they are 9"]


# ---- many corpora with small groups --------------------------------------------------------------------------------

CODES = ("transportation", "housing_stability", "trusted_adult", "waitlists_eligibility", "system_fear")
LINE = "The bus is far and slow and it makes every day hard for all of us here."


def many_small(rng: random.Random, *, small: bool = False) -> tuple[Corpus, Codings]:
    """A dozen sessions in small groups, and codings by chance, some of them heard by nearly nobody or nearly everybody."""
    made, coded = [], []
    for i in range(rng.randint(9, 14)):
        audience = "stakeholder" if small and i == 0 else rng.choice(["youth", "family"] if small else ["youth", "family", "stakeholder"])
        heads = 9 if small and i == 0 else rng.choice([6, 8, 9, 12])
        turns = tuple(Turn(k, LINE, Speaker(f"P{k}"), verbatim=True, language="en") for k in range(len(CODES)))
        made.append(Session(f"S{i:02}", turns, rng.choice(["2025-03", "2025-04"]), audience, (rng.choice(["en", "es"]),), heads, rng.randint(1, 3), rng.random() < 0.5, "yes"))
    for k, code in enumerate(CODES):
        share = rng.choice([0.15, 0.4, 0.6, 0.9])
        for s in made:
            if rng.random() < share:
                standing = rng.choice(["need", "need", "need", "keep"])
                coded.append(Coding(f"{s.id}#{k}", code, "human:ab", category="need" if standing == "need" else "asset", polarity=standing))
    corpus = Corpus(tuple(made))
    return corpus, Codings(tuple(coded), corpus, BOOK)


@pytest.mark.parametrize("seed", range(3))
def test_corpora_of_small_groups(seed: int) -> None:
    assert outputs_of(seed) == []


def outputs_of(seed: int) -> list[str]:
    """Attack everything made from one corpus of small groups; also run by tests/benchmarks/attack_outputs.py."""
    codings = many_small(random.Random(seed))[1]
    truth = Truth(summarize(codings, private=True, unscreened="an attack"))
    found = tables(codings, unscreened="an attack")
    needs = crosswalk(summarize(codings, unscreened="an attack"), Plan.load(DEMO / "plan.yaml"))
    for kind in ("full", "board", "slides", "report-back"):
        found.add(from_page(brief(needs, kind=kind).render(".html").decode(), needs.themes, kind))
    truth.said = {c: s for c, s in truth.said.items() if c in CODES}
    return attack(found, truth, inside=True) + attack(found, truth, inside=False) + attack_people(found, truth, GROUPS)


def test_what_the_judge_holds_against_a_reader_is_what_is_so(truth: Truth) -> None:
    """A wrong figure, and a list with a wrong session, are caught: the attack does not pass by being blind."""
    code = next(c for c, s in truth.said.items() if 3 < len(s["heard"]) < 15)
    wrong = Evidence([Fact(code, "heard", ("all", ""), len(truth.said[code]["heard"]) + 1, len(truth.said[code]["heard"]) + 1)])
    assert "wrong figure" in attack(wrong, truth, inside=True)[0]
