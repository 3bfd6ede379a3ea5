"""Every output there is, by name; those that show figures go through the attacker; a leak planted in any one of them is found."""

# ruff: noqa: E501
from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import attackers
import click
import outputs
import pytest
from attackers import DIMENSIONS, Evidence, Fact, Truth, attack, attack_people
from scrapers import from_shell, from_themes, from_web, shell, two_groups, underived
from starlette.testclient import TestClient
from test_attack_outputs import CODES, GROUPS, many_small

import feedback
import feedback.findings as findings
import feedback.findings._next as next_
import feedback.findings._voices as voices
import feedback.plan as plan
import feedback.tagging as tagging
import feedback.topics as topics
import feedback.web._grid as web_grid
import feedback.web._read as web_read
from feedback.briefs import Brief
from feedback.cli import main
from feedback.cli._desk import LOOKS
from feedback.cli._desk import SHEETS as SHEET_KINDS
from feedback.cli._show import WORKING
from feedback.findings import Frozen, compare, summarize
from feedback.project import Project
from feedback.web import create_app
from feedback.web._app import ROUTES
from feedback.web._desk import Desk
from feedback.web._guard import hash_password
from feedback.web._view import View

DEMO = Path(__file__).parents[2] / "corpora" / "demo"
HERE, WORD = "http://127.0.0.1", "correct horse battery"
CLASSES = {
    "Project": Project, "Themes": findings.Themes, "Theme": findings.Theme, "Needs": plan.Needs, "Contrast": findings.Contrast,
    "Rounds": findings.Rounds, "Coverage": findings.Coverage, "Indicators": findings.Indicators, "Matrix": findings.Matrix,
    "Topics": topics.Topics, "Picture": topics.Picture, "Review": tagging.Review, "Brief": Brief, "Archive": feedback.Archive,
}  # fmt: skip


# ---- nothing new without a word on what it is ----------------------------------------------------------------------


def commands(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from [" ".join((*before, name))] if command.invoke_without_command else []
            yield from commands(command, (*before, name))
        else:
            yield " ".join((*before, name))


def test_every_command_and_every_choice_of_one_is_known() -> None:
    assert set(commands(main)) == set(outputs.COMMANDS)
    assert set(LOOKS) == set(outputs.LOOKS)
    assert set(SHEET_KINDS) == set(outputs.SHEETS)
    kinds = next(p for p in main.commands["brief"].params if p.name == "kind").type
    assert set(kinds.choices) == set(outputs.BRIEFS)


def test_every_page_is_known() -> None:
    assert {path for path, *_ in ROUTES} == set(outputs.ROUTES)


@pytest.mark.parametrize("name", CLASSES)
def test_every_public_name_is_known(name: str) -> None:
    there = {n for n in dir(CLASSES[name]) if not n.startswith("_")}
    assert there - set(outputs.MEMBERS[name]) == set()
    drawn = {n for n in dir(CLASSES[name]) if n.startswith("_repr")}
    assert drawn <= {"_repr_mimebundle_"}
    assert not drawn or name == "Picture"


# ---- one project with everything decided ---------------------------------------------------------------------------


@dataclass
class Place:
    path: Path
    themes: dict[str, findings.Themes]
    private: findings.Themes
    needs: plan.Needs
    truth: Truth


@pytest.fixture(scope="module")
def place(demo_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The demo with nothing held, so that pages name sessions; with targets, a coder, topics."""
    folder = tmp_path_factory.mktemp("every")
    kept = folder / "kept.backup"
    demo_project.back_up(kept, passphrase=WORD)
    with Project.restore(kept, folder / "plan.db", passphrase=WORD) as project:
        open_ = {(f.group, f.kind == "disclosure") for f in project.screen().findings if f.status == "open"}
        for harm, said in ((False, "accept"), (True, "not_a_disclosure")):
            project.decide([g for g, h in open_ if h is harm], said, by="A. Tester", why="read: nobody can be known by it")
        project.bring("targets", DEMO / "targets.csv")
        tables = {by: project.themes(by=by) for by in DIMENSIONS}
        private = summarize(project.counted, private=True)
        return Place(folder / "plan.db", tables, private, project.crosswalk(), Truth(private))


@pytest.fixture
def author(place: Place, tmp_path: Path) -> Iterator[tuple[TestClient, Desk]]:
    for file in place.path.parent.glob("plan.db*"):
        shutil.copy(file, tmp_path)
    app = create_app(tmp_path / "plan.db", work=False)
    desk = app.state.desk
    desk.accounts.add("ari", name="Ari", password=hash_password(WORD), roles=("author",), by="test")
    desk.code = None
    client = TestClient(app, base_url=HERE, headers={"origin": HERE, "accept-language": "en"})
    client.post("/signin", data={"login": "ari", "password": WORD})
    yield client, desk
    desk.close()


@pytest.fixture(scope="module")
def tables(place: Place) -> Evidence:
    out = Evidence()
    for themes in place.themes.values():
        out.add(from_themes(themes, place.truth))
    return out


def told(found: Evidence, tables: Evidence, place: Place) -> list[str]:
    """What all of it tells together, with the tables by every grouping."""
    every = Evidence(list(found.facts), list(found.named), dict(found.people)).add(Evidence(list(tables.facts), list(tables.named)))
    inside = attack(every, place.truth, inside=True, whats=("heard", "needs"))
    return inside + attack(every, place.truth, inside=False, whats=("heard", "needs", "assets", "refusals"))


def test_values_tables_and_what_is_made_of_them(place: Place, tables: Evidence) -> None:
    assert len({f.where.split(" ")[0] for f in tables.facts}) >= 3
    assert told(Evidence(), tables, place) == []
    for themes in place.themes.values():
        assert underived(themes, place.truth, place.private) == []


def test_every_command_that_prints_figures(place: Place, tables: Evidence) -> None:
    found = from_shell(place.path, place.truth)
    assert len(found.facts) > 600
    assert told(found, tables, place) == []
    assert attack_people(found, place.truth, GROUPS) == []


def test_every_page_a_plan_author_can_open(place: Place, tables: Evidence, author: tuple[TestClient, Desk]) -> None:
    found = from_web(author[0], place.needs, place.truth)
    assert {f.where.split(" by ")[0] for f in found.facts} >= {"themes page", "needs page", "need page", "a list"}
    assert {n.where for n in found.named} >= {"grid", "need page: quote"}
    assert told(found, tables, place) == []


def test_working_papers_say_so(place: Place, tmp_path: Path) -> None:
    for words in (("review",), ("look", "matrix"), ("log", "--json")):
        assert WORKING in shell(place.path, *words)[1], words
    shell(place.path, "export", str(tmp_path / "tables"))
    assert "for the people who do the analysis" in (tmp_path / "tables" / "LOSSES.md").read_text("utf-8")
    assert feedback.review(many_small(random.Random(1))[1]).frame()["private"].all()


def test_a_plan_author_learns_of_no_session_where_and_when_it_was_or_what_it_said_alone(author: tuple[TestClient, Desk], place: Place) -> None:
    client, _ = author
    session = next(s for s in place.private.corpus if s.month)
    assert client.get(f"/sessions/{session.id}/summary").status_code == 403
    asked = {"suffix": ".md", "kind": "session en", "session": session.id}
    assert client.post("/brief", data=asked).status_code in (403, 404)
    head = client.get("/quote", params={"ref": f"{session.id}#2"}).text.split("<dl")[0].split("<main")[1]
    assert session.id in head
    assert "2025" not in head
    assert 'name="month"' not in client.get("/search", params={"q": "bus"}).text
    assert 'value="spa:' not in client.get("/grid").text
    assert 'value="month:' not in client.get("/grid", params={"of": "month:2025-03"}).text


# ---- a leak planted in one output alone is found --------------------------------------------------------------------

Plant = Callable[[pytest.MonkeyPatch, Place], object]


def _private(place: Place, by: str) -> findings.Themes:
    return summarize(place.private.codings, by=by, private=True)


def plant_measures(patch: pytest.MonkeyPatch, place: Place) -> Evidence:
    patch.setattr(voices, "measured", lambda _, t: (None, None, None, len(t.sessions), None))
    return from_themes(place.themes["audience"], place.truth)


def plant_only(patch: pytest.MonkeyPatch, place: Place) -> Evidence:
    raw = {t.id: {c.group: c.sessions for c in t.cells} for t in _private(place, "audience")}
    patch.setattr(voices, "only_of", None)
    patch.setattr("feedback.findings._themes.only_of", lambda themes, g: tuple(c for c, k in raw.items() if sum(k.get(x, 0) > 0 for x in themes.groups) == 1 and k.get(g)))
    return from_themes(place.themes["audience"], place.truth)


def plant_contrast(patch: pytest.MonkeyPatch, place: Place) -> Evidence:
    rows = findings.contrast(_private(place, "audience"), between=("family", "youth")).frame().to_dict("records")
    return Evidence(two_groups(rows, "audience", ("family", "youth"), place.truth))


def plant_a_command(patch: pytest.MonkeyPatch, place: Place) -> Evidence:
    shown = Project.themes
    patch.setattr(Project, "themes", lambda self, by="audience": _private(place, by) if by == "month" else shown(self, by=by))
    return from_shell(place.path, place.truth)


@pytest.mark.parametrize("plant", [plant_measures, plant_contrast, plant_a_command])
def test_a_figure_planted_in_one_table_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch, place: Place, tables: Evidence) -> None:
    assert len(told(plant(monkeypatch, place), tables, place)) > 3  # type: ignore[arg-type]


def _themes_page(patch: pytest.MonkeyPatch, place: Place) -> None:
    shown = View.themes
    patch.setattr(View, "themes", lambda self, by="audience": _private(place, by) if by == "spa" else shown(self, by))


WEB_PLANTS: dict[str, Callable[[pytest.MonkeyPatch, Place], object]] = {
    "the grid": lambda patch, _: patch.setattr(web_grid, "may_name", lambda *_: True) or patch.setattr("feedback.findings._presence.may_name", lambda *_: True),
    "a need's lists": lambda patch, _: patch.setattr(web_read, "may_name", lambda *_: True),
    "themes by area": _themes_page,
    "sessions' own pages": lambda patch, _: patch.setattr(Desk, "may_place", Desk.may_open),
}


@pytest.mark.parametrize("where", WEB_PLANTS)
def test_a_leak_planted_in_one_page_is_found(where: str, monkeypatch: pytest.MonkeyPatch, place: Place, tables: Evidence, author: tuple[TestClient, Desk]) -> None:
    WEB_PLANTS[where](monkeypatch, place)
    assert len(told(from_web(author[0], place.needs, place.truth), tables, place)) > 3


DERIVED: dict[str, Callable[[pytest.MonkeyPatch], object]] = {
    "the curve": lambda patch: patch.setattr(next_, "rising", lambda t: tuple((s, 0, k, k, k) for s, k in zip([x.id for x in t.corpus], range(1, 99), strict=False))),
    "the next session": lambda patch: patch.setattr(next_, "_unheard", lambda t, g, n: next_._brought(t, g, [s.id for s in t.corpus])),
    "rests on": lambda patch: patch.setattr(voices, "rest_shown", lambda *_: True),
    "sessions disagree": lambda patch: patch.setattr(voices, "_shown", lambda *_: True),
}


@pytest.mark.parametrize("what", DERIVED)
def test_a_derived_figure_that_tells_more_is_found(what: str, monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    DERIVED[what](monkeypatch)
    hits = underived(place.themes["audience"], place.truth, place.private)
    for codings in (many_small(random.Random(seed))[1] for seed in range(8)):
        private = summarize(codings, private=True, unscreened="an attack")
        hits += underived(summarize(codings, unscreened="an attack"), Truth(private), private)
    assert any(what in hit for hit in hits)


# ---- rounds, and small groups ---------------------------------------------------------------------------------------


def frozen(name: str, sessions: tuple[str, ...]) -> Frozen:
    return Frozen(name, sessions, "", {}, (), {})


def rounds_of(seed: int, *, apart: bool = False) -> list[str]:
    """Freeze two rounds that differ by one session, and compare both; `apart`: neither comparison knows of the other round."""
    codings = many_small(random.Random(seed))[1]
    ids = tuple(s.id for s in codings.corpus)
    sides = {"one": ids[:5], "two": ids[:6]}
    truth = Truth(summarize(codings, private=True, unscreened="an attack"))
    found = Evidence()
    with pytest.MonkeyPatch.context() as patch:
        for name, sessions in sides.items():
            patch.setitem(attackers.DIMENSIONS, name, lambda s, there=sessions: "before" if s.id in there else "since")  # type: ignore[misc]
            every = None if apart else sides
            for code, *cells in compare(codings, frozen(name, sessions), unscreened="an attack", rounds=every).rows:
                found.facts += [Fact(code.id, "heard", (name, c.group), c.sessions, c.sessions, "rounds") for c in cells if c.sessions is not None]
        for by in ("audience", "language", "spa", "month", "kind"):
            themes = summarize(codings, by=by, unscreened="an attack", rounds=None if apart else sides)
            found.add(attackers.from_rows(themes.frame().to_dict("records"), by, "table"))
        truth.said = {c: s for c, s in truth.said.items() if c in CODES}
        return attack(found, truth, inside=True, whats=("heard",))


def test_two_frozen_rounds_tell_nothing_of_the_session_between_them() -> None:
    assert [rounds_of(seed) for seed in range(6)] == [[]] * 6


def test_rounds_that_do_not_know_of_one_another_would() -> None:
    assert any(rounds_of(seed, apart=True) for seed in range(6))


def everything_of(seed: int) -> list[str]:
    """Attack values and tables of one corpus of small groups; also run by tests/benchmarks/attack_outputs.py."""
    codings = many_small(random.Random(seed))[1]
    private = summarize(codings, private=True, unscreened="an attack")
    truth, found, out = Truth(private), Evidence(), list[str]()
    for by in ("audience", "language", "spa", "month", "kind"):
        themes = summarize(codings, by=by, unscreened="an attack")
        found.add(from_themes(themes, truth))
        out += underived(themes, truth, private)
    truth.said = {c: s for c, s in truth.said.items() if c in CODES}
    return out + attack(found, truth, inside=True) + attack(found, truth, inside=False)


@pytest.mark.parametrize("seed", range(3))
def test_corpora_of_small_groups(seed: int) -> None:
    assert everything_of(seed) == []
