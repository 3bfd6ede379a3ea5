"""Versions given out one after the other: what a reader who kept them all can work out, and who is kept back for that."""

# ruff: noqa: E501
from __future__ import annotations

import itertools
import random
from dataclasses import replace
from pathlib import Path

import pytest
from attackers import planned

import feedback.findings._versions as versions
from feedback.codebook import Codebook, Coding, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.findings import Released, differences, heads_by, released, summarize, to_keep_back
from feedback.privacy import Settings
from feedback.privacy._audit import certificate_id
from feedback.project import Project
from feedback.project._coding import without

ROOT = Path(__file__).parents[2]
S = Settings()
BOOK = Codebook.load(ROOT / "corpora" / "codebook.yaml")
CODE = "transportation"
HEADER = "{} | March 2025 | Youth | English | {} participants | SPA {} | quotes yes\n\nFacilitator: What makes it hard?\n"
BUS = "P1: It takes three buses each way to get to the clinic and nobody waits for us."
HOUSE = "P2: There is no safe house at night for anybody my age."


def _session(rng: random.Random, i: int) -> Session:
    turn = Turn(0, "the bus is far and it is slow for all of us here", Speaker("P1"), verbatim=True, language="en")
    return Session(f"S{i:02}", (turn,), "2025-03", rng.choice(["youth", "family"]), ("en",), rng.choice([5, 6, 8, 12]), 1, True, "yes")


def _codings(sessions: list[Session], heard: set[str]) -> Codings:
    corpus = Corpus(tuple(sorted(sessions, key=lambda s: s.id)))
    said = (Coding(f"{s.id}#0", CODE, "human:ab", category="need", polarity="need") for s in corpus if s.id in heard)
    return Codings(tuple(said), corpus, BOOK)


def _version(sessions: list[Session], heard: set[str], before: list[Released]) -> Released | None:
    """What a project gives out next: sessions kept back, figures hidden that earlier ones would tell by."""
    whole = _codings(sessions, heard)
    out = to_keep_back(heads_by(whole, "audience"), before, S)
    if out is None:
        return None
    codings = without(whole, out)
    first = summarize(codings, unscreened="an attack")
    return released(summarize(codings, unscreened="an attack", also=differences(first, before)), left=out)


def _history(rng: random.Random) -> tuple[list[Released], set[str], dict[str, int]]:
    """Four versions of a project to which sessions come, and from which some go."""
    number = itertools.count()
    here = [_session(rng, next(number)) for _ in range(rng.randint(8, 10))]
    heads, share = {s.id: s.participants or 0 for s in here}, rng.choice([0.3, 0.5, 0.8])
    heard = {s.id for s in here if rng.random() < share}
    given: list[Released] = []
    for _ in range(4):
        made = _version(here, heard, given)
        if made is not None:
            given.append(made)
        for s in rng.sample(here, k=rng.choice([0, 0, 1, 1, 2])):
            here.remove(s)
        came = [_session(rng, next(number)) for _ in range(rng.choice([0, 1, 1, 2, 3]))]
        heads |= {s.id: s.participants or 0 for s in came}
        heard |= {s.id for s in came if rng.random() < share}
        here += came
    return given, heard, heads


def _certain(given: list[Released], heads: dict[str, int]) -> dict[str, bool]:
    """What a reader of all versions knows of single sessions, by going through every world that fits their figures."""
    facts = [(frozenset(v.sessions[g]), k) for v in given for g, k in v.figures.get(CODE, {}).items()]
    names = sorted(frozenset[str]().union(*(f for f, _ in facts)))
    masks = [(sum(1 << i for i, n in enumerate(names) if n in f), k) for f, k in facts]
    always, never = (1 << len(names)) - 1, (1 << len(names)) - 1
    for world in range(1 << len(names)):
        if all((world & m).bit_count() == k for m, k in masks):
            always, never = always & world, never & ~world
    assert not always & never, "the published figures are wrong"
    return {n: bool(always >> i & 1) for i, n in enumerate(names) if (always | never) >> i & 1}


@pytest.mark.parametrize("seed", range(16))
def test_whoever_keeps_every_version_learns_of_no_few_sessions(seed: int) -> None:
    given, heard, heads = _history(random.Random(seed))
    known = _certain(given, heads)
    for v in given:  # what one version says by itself, of all or none of its sessions, is said
        for g, k in v.figures.get(CODE, {}).items():
            if k in (0, len(v.sessions[g])):
                known = {n: said for n, said in known.items() if n not in v.sessions[g]}
    for said in (True, False):
        told = {n for n, x in known.items() if x == said}
        assert told <= heard if said else not told & heard
        assert not told or (len(told) >= S.sessions and sum(heads[n] for n in told) >= S.people), sorted(told)


def test_the_attack_finds_what_versions_tell_where_nothing_is_kept_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(sessions: list[Session], heard: set[str], before: list[Released]) -> Released:
        return released(summarize(_codings(sessions, heard), unscreened="an attack"))

    monkeypatch.setitem(globals(), "_version", careless)
    caught = 0
    for seed in range(10):
        try:
            test_whoever_keeps_every_version_learns_of_no_few_sessions(seed)
        except AssertionError:
            caught += 1
    assert caught >= 3, caught


def test_figures_of_three_versions_tell_what_no_two_of_them_tell() -> None:
    """Both of two sessions said so; of one of them and four that came, two did: then only one of the four did."""
    w, e, new, rest = "w", "e", {"n1", "n2", "n3", "n4"}, {f"r{i}" for i in range(9)}
    heads: dict[str, int | None] = dict.fromkeys({w, e, *new, *rest}, 12)
    first, second, third = frozenset({w, e} | rest), frozenset(rest), frozenset({e} | new | rest)
    heard = frozenset({w, e, "n1", "r0", "r1", "r2"})
    facts = [(v, len(v & heard)) for v in (first, second, third)]
    assert versions.told(facts[::2], heads, S, here=third, heard=heard) == frozenset()
    assert versions.told(facts[:2], heads, S, here=second, heard=heard) == frozenset()
    assert versions.told(facts[1:], heads, S, here=third, heard=heard) == frozenset()
    assert versions.told(facts, heads, S, here=third, heard=heard) >= {frozenset(new), frozenset({e})}  # type: ignore[operator]


def test_figures_that_cannot_all_be_true_are_no_equations() -> None:
    heads: dict[str, int | None] = dict.fromkeys("abcdef", 12)
    with pytest.raises(versions.Contradiction):
        versions.told([(frozenset("abcd"), 4), (frozenset("abcdef"), 3)], heads, S, here=frozenset("abcdef"), heard=frozenset("abc"))


def _write(folder: Path, name: str, *lines: str, people: int = 12, spa: int = 1) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.txt").write_text(HEADER.format(name, people, spa) + "\n".join(lines or (BUS, HOUSE)) + "\n", encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for i in range(6):
        _write(tmp_path / "in", f"LS-Y{i:02}", spa=1 + i % 2)
    return planned(tmp_path / "in", tmp_path / "plan.db", who="author")


def test_a_session_that_came_alone_waits_for_others(project: Project, tmp_path: Path) -> None:
    project.brief(tmp_path / "first.html")
    assert project.kept_back == frozenset()
    _write(tmp_path / "in", "LS-Y10", "P1: It takes two hours by bus.", "P2: Nobody answers the phone at night.")
    project.add(tmp_path / "in" / "LS-Y10.txt")
    project.tag()
    assert project.kept_back == {"LS-Y10"}
    project.brief(tmp_path / "second.html")
    page = (tmp_path / "second.html").read_text(encoding="utf-8")
    assert "more session is not counted here, so that nobody can tell from two briefs" in page
    assert project.verify(tmp_path / "second.html").ok
    assert project.verify(tmp_path / "first.html").ok, "an earlier brief stays true while what came later waits"
    for i in range(11, 15):
        _write(tmp_path / "in", f"LS-Y{i}")
    project.add(tmp_path / "in")
    project.tag()
    assert project.kept_back == frozenset()
    project.brief(tmp_path / "third.html")
    assert "LS-Y10" in project._releases()[-1].sessions["all"]


def test_after_a_withdrawal_the_next_brief_leaves_another_session_out(project: Project, tmp_path: Path) -> None:
    project.brief(tmp_path / "first.html")
    project.withdraw("LS-Y02", why="they asked for it")
    assert project.corpus.screening == certificate_id(project.corpus), "what is left needs no second screening"
    (other,) = project.kept_back
    assert other != "LS-Y02"
    project.brief(tmp_path / "second.html")
    first, second = project._releases()
    gone = set(first.sessions["all"]) - set(second.sessions["all"])
    assert gone == {"LS-Y02", other}
    for code, figures in second.figures.items():
        for group, k in figures.items():
            assert first.figures[code].get(group, k) - k in (0, 2), (code, group)
    assert second.left == (other,)
    project.brief(tmp_path / "again.html")
    assert project.kept_back == {other}
    for i in (20, 21, 22):
        _write(tmp_path / "in", f"LS-Y{i}")
    (tmp_path / "in" / "LS-Y02.txt").unlink()
    project.add(tmp_path / "in")
    project.tag()
    assert project.kept_back == frozenset(), "it counts again beside three that came"


def test_a_session_of_few_people_needs_more_than_one_other(project: Project, tmp_path: Path) -> None:
    for i in range(6):
        _write(tmp_path / "in", f"LS-Y{i:02}", people=4)
    project.add(tmp_path / "in")
    project.tag()
    project.brief(tmp_path / "first.html")
    project.withdraw("LS-Y02", why="they asked for it")
    assert len(project.kept_back) == 2
    project.brief(tmp_path / "second.html")


def test_words_read_anew_are_a_session_that_changed(project: Project, tmp_path: Path) -> None:
    project.brief(tmp_path / "first.html")
    _write(tmp_path / "in", "LS-Y03", "P1: It takes two hours by bus.", "P2: Nobody answers the phone at night.")
    project.add(tmp_path / "in" / "LS-Y03.txt")
    project.tag()
    assert len(project.kept_back) == 1
    assert project.kept_back != {"LS-Y03"}
    project.brief(tmp_path / "second.html")


def test_everything_that_counts_knows_who_is_kept_back(project: Project, tmp_path: Path) -> None:
    project.brief(tmp_path / "first.html")
    project.withdraw("LS-Y02", why="they asked for it")
    (other,) = project.kept_back
    assert other in {s.id for s in project.counted.corpus}
    for by in ("audience", "language", "spa", "month", "kind"):
        assert other not in {s.id for s in project.themes(by=by).corpus}
    assert other not in project.freeze("2025").sessions
    assert other not in {s.id for s in project.crosswalk().themes.corpus}
    host = project.brief(tmp_path / "host.html", kind="session", session=other)
    assert host is not None


def test_a_version_may_be_refused_where_nothing_helps(tmp_path: Path) -> None:
    sessions = {"all": {"A": ("m", 5), "B": ("m", 5)}, "youth": {"A": ("m", 5), "B": ("m", 5)}}
    assert to_keep_back({"all": {"A": ("m", 5)}, "youth": {"A": ("m", 5)}}, [Released(sessions)], S) is None
    assert to_keep_back({"all": {"A": ("m", 5)}, "youth": {"A": ("m", 5)}}, [], S) == frozenset()


def test_what_is_kept_back_stands_in_the_record_and_is_read_back() -> None:
    made = Released({"all": {"A": ("m", 5)}}, {"x": {"all": 1}}, ("B",))
    assert Released.of(made.plain()) == made
    assert Released.of({k: v for k, v in made.plain().items() if k != "left"}) == replace(made, left=())
