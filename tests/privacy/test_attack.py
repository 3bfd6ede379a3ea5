"""A hostile reader with every output in hand: recover a hidden cell; get a held sentence out by any door."""

# ruff: noqa: E501
from __future__ import annotations

import contextlib
import io
import itertools
import json
import random
import zipfile
from pathlib import Path

import pytest
from attackers import planned
from click.testing import CliRunner

from feedback.cli import main
from feedback.codebook import Codebook, Coding, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError, LeakError
from feedback.findings import pick, summarize
from feedback.privacy import Count, Settings, may_show
from feedback.project import Project

ROOT = Path(__file__).parents[2]
S = Settings()
BOOK = Codebook.load(ROOT / "corpora" / "codebook.yaml")
HELD = "He is hitting me and he took my passport, the man on Quenby Street"
NAMED = "My cousin Deshawn Quarterbrook told everybody about it"
MARKS = ("hitting me", "my passport", "Quenby", "Quarterbrook", "Deshawn")
HEADER = "{} | March 2025 | Youth | English | 12 participants | SPA {} | quotes yes\n\nFacilitator: What makes it hard?\n"
BUS = "P{}: It takes three buses each way to get to the clinic and nobody waits for us."
OUTPUTS = ("html", "md", "docx", "xlsx")


# ---- a hidden cell, from tables by several groupings together -------------------------------------------------------


def _corpus(rng: random.Random) -> Corpus:
    words = "the bus is far and it is slow for all of us here"
    made = []
    for i in range(rng.randint(8, 14)):
        audience, spa, tongue = rng.choice(["youth", "family", "stakeholder"]), rng.randint(1, 3), rng.choice(["en", "es"])
        turn = Turn(0, words, Speaker("P1"), verbatim=True, language="en")
        made.append(Session(f"S{i:02}", (turn,), rng.choice(["2025-03", "2025-04"]), audience, (tongue,), rng.choice([6, 8, 9, 12]), spa, True, "yes"))
    return Corpus(tuple(made))


def _equations(corpus: Corpus, codings: Codings, code: str) -> list[tuple[frozenset[str], int]]:
    """What a reader may put together: every figure of every table, as (sessions it could have come from, how many did)."""
    facts: dict[str, dict[str, frozenset[str]]] = {
        "audience": {}, "language": {}, "spa": {}, "month": {},
    }  # fmt: skip
    for name, of in (("audience", lambda s: s.audience), ("language", lambda s: s.languages[0]), ("spa", lambda s: f"SPA {s.spa}"), ("month", lambda s: s.month)):
        for g in {of(s) for s in corpus}:
            facts[name][g] = frozenset(s.id for s in corpus if of(s) == g)
    facts_all = frozenset(s.id for s in corpus)
    out = []
    for name, groups in facts.items():
        for cell in summarize(codings, by=name, unscreened="an attack")[code].cells:
            if cell.sessions is not None:
                out.append((facts_all if cell.group == "all" else groups[cell.group], cell.sessions))
    return list(dict.fromkeys(out))


def test_tables_by_every_grouping_together_tell_of_no_small_set_of_sessions() -> None:
    rng, attacked = random.Random(5), 0
    for _ in range(40):
        corpus = _corpus(rng)
        heard = {s.id for s in corpus if rng.random() < rng.choice([0.2, 0.5, 0.8])}
        codings = Codings(tuple(Coding(f"{s}#0", "transportation", "human:ab", category="need", polarity="need") for s in sorted(heard)), corpus, BOOK)
        known = _equations(corpus, codings, "transportation")
        names = sorted(s.id for s in corpus)
        worlds = [set(c) for c in _worlds(names, known)]
        assert heard in worlds, "the published figures are wrong"
        heads = {s.id: s.participants for s in corpus}
        certain = {s for s in names if len({s in w for w in worlds}) == 1}
        public = {s for base, k in known for s in base if k in (0, len(base))}
        attacked += bool(known)
        for told in ((certain - public) & heard, certain - public - heard):
            enough = len(told) >= S.sessions and sum(heads[s] or 0 for s in told) >= S.people
            assert not told or enough, f"what {sorted(told)} did is told by {len(known)} figures together"
        for base, k in known:
            inside = tuple(heads[s] for s in sorted(base & heard))
            assert may_show(Count(inside, tuple(heads[s] for s in sorted(base - heard))), S), (base, k)
    assert attacked > 15


def _worlds(names: list[str], known: list[tuple[frozenset[str], int]]) -> list[list[str]]:
    """Every set of sessions that fits all published figures (at most 2 to the 14)."""
    import numpy as np

    every, ok = np.arange(1 << len(names), dtype=np.uint32), np.ones(1 << len(names), bool)
    for base, k in known:
        mask = sum(1 << i for i, n in enumerate(names) if n in base)
        ok &= sum(((every & mask) >> i & 1).astype(np.uint8) for i in range(len(names))) == k
    return [[n for i, n in enumerate(names) if w >> i & 1] for w in every[ok].tolist()]


# ---- between versions ----------------------------------------------------------------------------------------------


def _write(folder: Path, name: str, spa: int, *lines: str) -> None:
    (folder / f"{name}.txt").write_text(HEADER.format(name, spa) + "\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def small(tmp_path: Path) -> Project:
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(4):
        _write(folder, f"LS-Y{i:02}", 1 + i % 2, BUS.format(1), "P2: There is no safe house at night for anybody my age.")
    _write(folder, "LS-Y09", 1, f"P1: {HELD}.", f"P2: {NAMED}.", BUS.format(3))
    return planned(folder, tmp_path / "plan.db", who="attacker")


def test_one_more_session_cannot_be_told_from_two_versions(small: Project, tmp_path: Path) -> None:
    small.brief(tmp_path / "first.html")
    _write(tmp_path / "in", "LS-Y10", 2, "P1: It takes two hours by bus.", "P2: Nobody answers the phone at night.")
    small.add(tmp_path / "in" / "LS-Y10.txt")
    small.tag()
    small.brief(tmp_path / "second.html")
    assert "LS-Y10" not in small._releases()[-1].sessions["all"]
    for i in range(11, 15):
        _write(tmp_path / "in", f"LS-Y{i}", 2, BUS.format(1), "P2: There is no safe house at night for anybody my age.")
    small.add(tmp_path / "in")
    small.tag()
    small.brief(tmp_path / "third.html")
    first, *_, later = small._releases()
    moved = set(later.sessions["all"]) - set(first.sessions["all"])
    for code, figures in later.figures.items():
        for group, k in figures.items():
            step = k - first.figures.get(code, {}).get(group, k)
            assert step == 0 or (step >= 2 and (len(moved) - step == 0 or len(moved) - step >= 2)), (code, group, step)


# ---- a held sentence, by every door --------------------------------------------------------------------------------


def _texts(path: Path) -> str:
    raw = path.read_bytes()
    if raw[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return " ".join(archive.read(n).decode("utf-8", "replace") for n in archive.namelist())
    return raw.decode("utf-8", "replace")


def _clean(*texts: str) -> None:
    for text, mark in itertools.product(texts, MARKS):
        assert mark not in text, mark


def test_no_output_of_a_project_holds_a_held_sentence(small: Project, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for suffix in OUTPUTS:
        small.brief(out / f"brief.{suffix}")
    small.brief(out / "back.html", kind="report-back", language="es")
    small.export(out / "tables")
    small.export(out / "project.qdpx")
    _clean(*(_texts(p) for p in out.rglob("*") if p.is_file()))
    runner, db = CliRunner(), str(tmp_path / "plan.db")
    small.close()
    for command in (["screen", "--json"], ["screen", "--groups"], ["screen", "--certificate"], ["screen", "--allow-list"], ["themes", "--json"],
                    ["contrast", "youth", "youth", "--json"], ["crosswalk", "--json"], ["review", "--json"], ["log", "--json"], ["tag", "--json"],
                    ["quote", "LS-Y09#1"], ["quote", "LS-Y00#1"], ["purge", "--by", "A"], ["retention"], ["codebook", "show"]):  # fmt: skip
        done = runner.invoke(main, ["--project", db, *command])
        _clean(done.output, done.stderr if done.stderr_bytes is not None else "")
    for stored in tmp_path.glob("*.key"):
        assert stored.stat().st_mode & 0o077 == 0


def test_no_door_lets_a_held_sentence_in(small: Project, tmp_path: Path) -> None:
    ref = next(f"LS-Y09#{t.index}" for t in small.corpus["LS-Y09"].turns if t.withheld)
    with pytest.raises(LeakError):
        small.code([Coding(ref, "family_violence", "human:ab")])
    (tmp_path / "codes.csv").write_text(f"ref,code,memo\n{ref},family_violence,{HELD}\nLS-Y09#3,transportation,{NAMED}\n", encoding="utf-8")
    small.import_codings(tmp_path / "codes.csv", coder="ab")
    (tmp_path / "marks.csv").write_text(f'document,content,tag\nLS-Y09,"{HELD}.",family_violence\n', encoding="utf-8")
    assert len(small.take_in(tmp_path / "marks.csv", coder="ab").codings) == 0
    (tmp_path / "in" / "sessions.csv").write_text(
        f'file,session,audience,host,topics_prompted,guide\nLS-Y03.txt,LS-Y03,youth,"{NAMED}","{HELD}","{HELD}"\n', encoding="utf-8"
    )
    with contextlib.suppress(FeedbackError):  # whatever the reader of sessions.csv says, the words must not come through
        small.add(tmp_path / "in")
    _write(tmp_path / "in", "LS-Y09", 1, f"P7: Like I said, {HELD.lower()}, really.", f"P2: well {NAMED.lower()} ok", BUS.format(3))  # an edited file
    small.add(tmp_path / "in" / "LS-Y09.txt")
    small.tag()
    small.brief(tmp_path / "again.md")
    small.export(tmp_path / "tables")
    folded = [_texts(p).lower() for p in [tmp_path / "again.md", *(tmp_path / "tables").iterdir()]]
    for text, mark in itertools.product(folded, MARKS):
        assert mark.lower() not in text, mark
    assert "hitting me" not in json.dumps([s.extra for s in small.corpus], default=dict)


def test_material_that_went_round_the_gate_is_never_quoted_where_it_tells_of_harm() -> None:
    sessions = tuple(
        Session(f"Y{i}", (Turn(0, f"{HELD}, and the bus is far.", Speaker("P1"), verbatim=True, language="en"),), "2025-03", "youth", ("en",), 12, 1, True, "yes")
        for i in range(4)
    )
    codings = Codings(tuple(Coding(f"Y{i}#0", "transportation", "human:ab", category="need", polarity="need") for i in range(4)), Corpus(sessions), BOOK)
    with pytest.raises(LeakError):
        summarize(codings)
    assert pick(summarize(codings, unscreened="an attack"), "transportation", k=9) == ()


def test_a_decision_on_a_held_line_ends_with_any_edit_of_it(small: Project, tmp_path: Path) -> None:
    group = next(g for g in small.screen().groups() if g.tier)
    small.decide(group.id, "hypothetical_or_general", by="A. Reviewer", why="read in its place")
    _write(tmp_path / "in", "LS-Y09", 1, f"P1: {HELD} today.", f"P2: {NAMED}.", BUS.format(3))
    small.add(tmp_path / "in" / "LS-Y09.txt")
    turn = next(t for t in small.corpus["LS-Y09"].turns if t.withheld and "disclosure" in t.withheld)
    assert turn.text == ""
