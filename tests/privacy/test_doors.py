"""Doors by which a held sentence or a name could get into an output: each is tried with words that must not come through."""

# ruff: noqa: E501
from __future__ import annotations

import contextlib
import json
import logging
import pickle
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import feedback
from feedback.cli import main
from feedback.codebook import Codebook, Coding, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError, LeakError, Problem, TableError
from feedback.exchange._xml import pack
from feedback.privacy import screen
from feedback.project import Project

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "corpora" / "demo"
HELD = "He is hitting me and he took my passport, the man on Quenby Street"
NAMED = "My cousin Deshawn Quarterbrook told everybody about it"
MARKS = ("hitting me", "my passport", "Quenby", "Quarterbrook", "Deshawn")
HEADER = "{} | March 2025 | Youth | English | 12 participants | SPA 1 | quotes yes\n\nFacilitator: What makes it hard?\n"
BUS = "It takes three buses each way to get to the clinic and nobody waits for us."


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("doors")
    for i in range(4):
        (folder / f"LS-Y{i:02}.txt").write_text(HEADER.format(f"LS-Y{i:02}") + f"P1: {BUS}\nP2: Nobody answers at night.\n", "utf-8")
    (folder / "LS-Y09.txt").write_text(HEADER.format("LS-Y09") + f"P1: {HELD}.\nP2: {NAMED}.\nP3: {BUS}\n", "utf-8")
    made = Project(folder / "plan.db", who="attacker")
    made.add(*sorted(folder.glob("*.txt")))
    made.use_roster(_roster(folder), by="A")
    made.screen()
    made.use_codebook(DEMO / "codebook.yaml")
    made.tag(taggers=["rules"])
    made.crosswalk(DEMO / "plan.yaml")
    return made


def _roster(folder: Path) -> Path:
    path = folder / "names.lst"
    path.write_text("Deshawn Quarterbrook\n", "utf-8")
    return path


def _silent(caught: pytest.ExceptionInfo[FeedbackError]) -> None:
    assert not [m for m in MARKS if m in str(caught.value)]


@pytest.mark.parametrize("words", [NAMED, f"{HELD}."])
def test_titles_facts_targets_and_indicators(project: Project, tmp_path: Path, words: str) -> None:
    with pytest.raises(TableError) as caught:
        project.brief(tmp_path / "brief.md", title=words)
    _silent(caught)
    assert not (tmp_path / "brief.md").exists()
    rows = {
        "facts": f'key,value\ncontact,"{words}"\n', "targets": f'dimension,value,sessions,note\naudience,youth,3,"{words}"\n',
        "indicators": f'spa,what\n1,"{words}"\n',
    }  # fmt: skip
    for kind, text in rows.items():
        (tmp_path / f"{kind}.csv").write_text(text, "utf-8")
        with pytest.raises(TableError) as caught:
            project.bring(kind, tmp_path / f"{kind}.csv")
        _silent(caught)
    (tmp_path / "facts.csv").write_text("key,value\nnext_steps,The plan is written next.\ncontact,the prevention office\n", "utf-8")
    project.bring("facts", tmp_path / "facts.csv")


def test_what_the_demo_brings_comes_in(project: Project) -> None:
    project.bring("targets", DEMO / "targets.csv")
    assert project.targets is not None
    assert len(project.targets.values) > 10


def test_a_round_a_reason_and_a_persons_coding(project: Project) -> None:
    with pytest.raises(TableError) as caught:
        project.freeze(NAMED)
    _silent(caught)
    with pytest.raises(TableError) as caught:
        project.code([Coding("LS-Y00#1", "transportation", "human:ab", why=NAMED)])
    _silent(caught)
    with contextlib.suppress(LeakError):  # held, or kept with a placeholder
        project.note(NAMED, ref="LS-Y00#1", by="ab")
    assert not [m for m in MARKS if m in repr(project.memos)]


def test_plans_and_codebooks_hold_no_name_of_the_roster(project: Project, tmp_path: Path) -> None:
    for source, take in ((DEMO / "plan.yaml", project.crosswalk), (DEMO / "codebook.yaml", project.use_codebook)):
        text = source.read_text("utf-8")
        (tmp_path / source.name).write_text(f"# thanks to Deshawn Quarterbrook\n{text}", "utf-8")
        with pytest.raises(TableError) as caught:
            take(tmp_path / source.name)
        _silent(caught)


@pytest.mark.parametrize("kind", ["statements", "decisions", "quotes", "matrix"])
def test_sheets_that_come_back(project: Project, tmp_path: Path, kind: str) -> None:
    rows = {
        "statements": f'need,language,statement,by,on\ntransportation,en,"{NAMED}",AB,2026-01-01\n',
        "decisions": f'need,severity,feasibility,equity,priority,by,on,why\ntransportation,"{NAMED}",,,1,AB,2026-01-01,far\n',
        "quotes": f'need,ref,quote,decision,by,on,why,translation,translator\ntransportation,LS-Y00#1,"{HELD}",approved,AB,2026-01-01,,,\n',
        "matrix": f'session,[access]\nLS-Y00,"{NAMED}"\n',
    }  # fmt: skip
    (tmp_path / f"{kind}.csv").write_text(rows[kind], "utf-8")
    with pytest.raises(FeedbackError) as caught:
        project.take_sheet(tmp_path / f"{kind}.csv", by="AB")
    _silent(caught)


def test_a_second_upload_under_another_name_or_edited(project: Project, tmp_path: Path) -> None:
    for name, held in (("LS-Y20", f"{HELD}."), ("LS-Y21", f"well, {HELD.lower()} - really"), ("LS-Y22", HELD.upper())):
        (tmp_path / f"{name}.txt").write_text(HEADER.format(name) + f"P1: {held}\nP2: {NAMED.lower()} ok\nP3: {BUS}\n", "utf-8")
        project.add(tmp_path / f"{name}.txt")
        said = " ".join(t.text for t in project.corpus[name].turns).lower()
        assert not [m for m in MARKS if m.lower() in said], name
        project.withdraw(name, why="a test")


def test_values_in_python(project: Project) -> None:
    corpus = project.corpus
    assert not [m for m in MARKS if m.encode() in pickle.dumps(corpus)]
    assert not [m for m in MARKS if m in repr(project.screen())]
    book = Codebook.load(DEMO / "codebook.yaml")
    by_hand = Corpus((Session("X1", (Turn(0, HELD, Speaker("P1"), verbatim=True),), "2025-03", "youth", ("en",), 12),))
    for passed in (by_hand, replace(by_hand, screening="cert-0"), replace(by_hand, screening=corpus.screening)):
        with pytest.raises(LeakError) as caught:
            feedback.tag(passed, book)
        _silent(caught)
    first = corpus.values[0]
    edited = corpus.replace_sessions([replace(first, turns=(*first.turns, Turn(len(first.turns), HELD, Speaker("P9"))))])
    with pytest.raises(LeakError):
        feedback.summarize(Codings((), edited, book))
    held = next(t.index for t in corpus["LS-Y09"].turns if t.withheld)
    forged = Coding(f"LS-Y09#{held}", "transportation", "human:ab", evidence=((0, 10),))
    with pytest.raises(LeakError):
        project.code([forged])


def test_what_keeps_the_house_running_says_nothing(project: Project) -> None:
    kept = repr(project.log) + repr(project.certificate()) + repr(project.releases) + repr(project.allowed) + repr(project.memos)
    assert not [m for m in MARKS if m in kept]
    held = next(t.index for t in project.corpus["LS-Y09"].turns if t.withheld)
    with pytest.raises(LeakError) as caught:
        project.quote(f"LS-Y09#{held}")
    _silent(caught)
    assert not [m for m in MARKS if m in repr(project.quote("LS-Y00#1"))]


BESIDE = {
    "audience": NAMED, "language": NAMED, "file": "Deshawn Quarterbrook.txt", "kind": NAMED, "text": HELD,
    "speaker": Speaker("P1", "participant", {"name": "Deshawn Quarterbrook"}),
}  # fmt: skip


@pytest.mark.parametrize("name", BESIDE)
def test_what_stands_beside_the_words_is_under_the_certificate_and_screened(project: Project, name: str) -> None:
    corpus, book = project.corpus, Codebook.load(DEMO / "codebook.yaml")
    first = corpus.values[0]
    turn = replace(first.turns[1], **{name: BESIDE[name]}, **({"withheld": "later"} if name == "text" else {}))
    edited = corpus.replace_sessions([replace(first, turns=(first.turns[0], turn, *first.turns[2:])), *corpus.values[1:]])
    with pytest.raises(LeakError) as caught:
        feedback.tag(edited, book, taggers=["rules"])
    _silent(caught)
    shown = screen(edited).apply()
    assert not [m for m in MARKS if m in repr(shown) + shown.frame().to_csv()]


@pytest.mark.parametrize("name", ["month", "format", "sha256", "recorded", "spa", "languages", "audience", "file"])
def test_header_values_edited_after_the_gate(project: Project, name: str) -> None:
    corpus, book = project.corpus, Codebook.load(DEMO / "codebook.yaml")
    edited = corpus.replace_sessions([replace(corpus.values[0], **{name: (NAMED,) if name == "languages" else NAMED}), *corpus.values[1:]])
    with pytest.raises(LeakError) as caught:
        feedback.tag(edited, book, taggers=["rules"])
    _silent(caught)
    shown = screen(edited).apply()
    assert not [m for m in MARKS if m in repr(shown) + shown.frame().to_csv() + shown.sessions().to_csv()]


def test_a_certificate_holds_through_the_database(project: Project) -> None:
    from feedback.privacy._audit import certificate_id

    assert project.corpus.screening == certificate_id(project.corpus)


def test_who_speaks_in_a_unit_and_which_file_it_stands_in(project: Project, tmp_path: Path) -> None:
    rows = [{"speaker": "P1", "text": BUS, "audience": "Deshawn Quarterbrook", "language": HELD}, {"speaker": "P2", "text": "Nobody answers.", "audience": "friends of Deshawn Quarterbrook"}]
    (tmp_path / "LS-J1.json").write_text(json.dumps({"session": "LS-J1", "month": "2025-03", "turns": rows}), "utf-8")
    (tmp_path / "LS-J2.txt").write_text(HEADER.format("LS-J2") + f"P1: {BUS}\n", "utf-8")
    (tmp_path / "Deshawn Quarterbrook 2.txt").write_text(HEADER.format("LS-J2") + f"P1: {BUS} Really.\n", "utf-8")
    (tmp_path / "Deshawn Quarterbrook.pdf").write_bytes(b"%PDF broken")
    found = project.add(tmp_path)
    corpus = project.corpus
    said = corpus.frame().to_csv() + repr(corpus) + corpus.summary() + repr(project.log) + "".join(map(str, found.problems))
    assert not [m for m in MARKS if m in said]
    assert "by name (.pdf)" in "".join(map(str, found.problems))
    assert [t.text for t in corpus["LS-J1"].turns] == [BUS, "Nobody answers."]  # the words themselves may pass
    for session in ("LS-J1", "LS-J2"):
        project.withdraw(session, why="a test")


def _typed(project: Project) -> dict[str, Callable[[str, str], object]]:
    group = next(g.id for g in project.screen().groups() if g.tier is None)
    return {
        "decide": lambda by, why: project.decide(group, "replace", by=by, why=why),
        "reopen": lambda by, why: project.reopen(group, by=by, why=why),
        "consent": lambda by, why: project.set_consent("LS-Y00", "yes", by=by, why=why),
        "sign": lambda by, why: project.sign_quote("LS-Y00#1", by=by, why=why),
        "thresholds": lambda by, why: project.set_settings(by=by, why=why, people=11),
        "replacements": lambda by, why: project.replacements(by=by, why=why),
        "original": lambda by, why: project.forget_original("LS-Y00", by=by, why=why),
        "join": lambda by, why: project.join_needs("transportation", "cost", by=by, why=why),
        "withdraw": lambda by, why: project.withdraw("LS-Y00", why=why if by == "A. Name" else by),
    }


@pytest.mark.parametrize("door", ["decide", "reopen", "consent", "sign", "thresholds", "replacements", "original", "join", "withdraw"])
def test_reasons_and_signatures_hold_no_words(project: Project, door: str) -> None:
    before = len(project.log)
    for by, why in (("A. Name", NAMED), ("A. Name", f"{HELD}."), (HELD, "checked"), ("he is hitting me again tonight", "checked")):
        with pytest.raises(FeedbackError) as caught:
            _typed(project)[door](by, why)
        _silent(caught)
    kept = [e for e in project.log[before:] if e["verb"] not in ("screen", "keep replacements")]
    assert kept == []


def test_names_of_files_that_are_kept_or_logged(project: Project, tmp_path: Path) -> None:
    for source, take in (("codebook.yaml", project.use_codebook), ("plan.yaml", project.crosswalk)):
        path = tmp_path / f"Deshawn Quarterbrook {source}"
        path.write_bytes((DEMO / source).read_bytes())
        take(path)
    (tmp_path / "Deshawn Quarterbrook.csv").write_bytes((DEMO / "targets.csv").read_bytes())
    project.bring("targets", tmp_path / "Deshawn Quarterbrook.csv")
    project.sheet("answers", tmp_path / "Deshawn Quarterbrook.xlsx")
    project.export(tmp_path / "Deshawn Quarterbrook.qdpx")
    kept = [project._store.document(kind) for kind in ("codebook", "plan", "plans", "targets")]
    assert not [m for m in MARKS[3:] if m in repr(project.log) + repr(kept)]
    assert project.log[-1]["detail"]["files"][0] == "export.qdpx"


def test_a_codebook_prints_no_held_line_and_no_telling(project: Project, tmp_path: Path) -> None:
    text, sentence = (DEMO / "codebook.yaml").read_text("utf-8"), "Families and young people need a decent place to live that they can afford and keep."
    for words in (HELD, "My stepdad hits me and it happened again last night.", "Call 213-555-0142 for this."):
        (tmp_path / "codebook.yaml").write_text(text.replace(sentence, words), "utf-8")
        with pytest.raises(TableError) as caught:
            project.use_codebook(tmp_path / "codebook.yaml")
        _silent(caught)


def test_a_coding_has_values_of_its_kind(project: Project) -> None:
    for change in ({"category": HELD}, {"polarity": HELD}, {"about": HELD}, {"tagger": f"human:{HELD}"}, {"evidence": ((0, 10_000),)}):
        made = {"ref": "LS-Y00#2", "code": "transportation", "tagger": "human:ab", **change}
        with pytest.raises(FeedbackError) as caught:
            project.code([Coding(**made)])
        _silent(caught)


def test_imports_repeat_no_cell_and_keep_no_memo_that_tells(project: Project, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f'ref,code,memo,category\n"{HELD}",transportation,x,\nLS-Y00#2,"{NAMED}",x,\nLS-Y00#2,transportation,x,"{HELD}"\n', "utf-8")
    (tmp_path / "b.csv").write_text(f'document,content,tag\nLS-Y00,"{HELD}","{NAMED}"\nDeshawn Quarterbrook,"{BUS}",transportation\n', "utf-8")
    for name in ("a.csv", "b.csv"):
        found = project.take_in(tmp_path / name, coder="zz")
        assert len(found.left_out) >= 2
        assert not [m for m in MARKS if m in repr(found.left_out) + str(found.losses)]
    project.export(tmp_path / "own.qdpx")
    with zipfile.ZipFile(tmp_path / "own.qdpx") as z:
        inside = {n: z.read(n) for n in z.namelist()}
    assert not [m for m in MARKS[1:] if m.encode() in b"".join([*inside.values(), repr(list(inside)).encode()])]
    for name in inside:
        if name.startswith("sources/"):
            inside[name] += f"\nP9: {HELD}\nP8: {NAMED}\n".encode()
    note = '<Note guid="{}" name="{}"><PlainTextContent>{}</PlainTextContent></Note>'
    guids = [f"11111111-1111-1111-1111-11111111111{n}" for n in range(2)]
    inside["project.qde"] = inside["project.qde"].replace(b"<Notes>", ("<Notes>" + note.format(guids[0], NAMED, HELD) + note.format(guids[1], "m", NAMED)).encode())
    (tmp_path / "theirs.qdpx").write_bytes(pack(inside))
    found = project.take_in(tmp_path / "theirs.qdpx", coder="zz")
    said = repr((found.memos, found.left_out, project.memos)) + str(found.losses) + project.codings.frame().to_csv()
    assert not [m for m in MARKS if m in said]


def test_an_audit_names_no_session_after_somebody(tmp_path: Path) -> None:
    by_hand = Corpus((Session("Deshawn Quarterbrook", (Turn(0, f"{HELD}.", Speaker("P1")),), "2025-03", "youth", ("en",), 12),))
    audit = screen(by_hand)
    kept = repr(audit) + audit.frame().to_csv() + repr(audit.groups()) + repr(audit.certificate())
    assert not [m for m in MARKS if m in kept]
    assert "hitting me" in audit.reveal("session-1#0")[0] or "Deshawn" in audit.reveal("session-1")[0]
    with pytest.raises(LeakError) as caught:
        feedback.tag(by_hand, Codebook.load(DEMO / "codebook.yaml"))
    _silent(caught)


def test_an_archive_keeps_no_name_outside_what_was_read(tmp_path: Path) -> None:
    there = tmp_path / "in"
    there.mkdir()
    (there / "LS-Y09.txt").write_text(HEADER.format("LS-Y09") + f"P1: {HELD}.\nP2: {NAMED}.\nP3: {BUS}\n", "utf-8")
    (there / "Deshawn Quarterbrook.txt").write_text(f"P1: {BUS}\n", "utf-8")
    (there / "Deshawn Quarterbrook x.pdf").write_bytes(b"%PDF broken")
    rows = [{"session": "Deshawn Quarterbrook", "speaker": "P1", "text": BUS, "audience": NAMED}]
    (there / "r.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    with feedback.Archive(tmp_path / "kept", workers=1) as kept:
        done = kept.add(there)
        kept.screen(roster=["Deshawn Quarterbrook"], context=False)
        groups = kept.groups()
        for by, why in (("A", NAMED), (HELD, "checked")):
            with pytest.raises(FeedbackError) as caught:
                kept.decide(groups[0].id, "remove", by=by, why=why)
            _silent(caught)
        said = kept.frame().to_csv() + repr(kept.corpus()) + repr(list(kept.findings())) + repr(groups) + "".join(map(str, done.problems))
        said += (tmp_path / "kept" / "archive.json").read_text("utf-8") + repr(sorted(p.name for p in tmp_path.rglob("*") if "kept" in str(p)))
        for part in (tmp_path / "kept" / "parts").glob("*.clear"):
            with zipfile.ZipFile(part) as z:
                said += "".join(z.read(n).decode("utf-8", "replace") for n in z.namelist())
    assert not [m for m in MARKS if m in said]


def test_a_database_error_holds_no_words(project: Project) -> None:
    import sqlalchemy as sa

    with pytest.raises(sa.exc.IntegrityError) as caught, project._store.writing() as db:
        db.execute(project._store._t.unit.insert(), {"session": "LS-Y00", "index": 0, "raw": HELD, "role": "participant", "kind": "speech", "verbatim": True, "parking_lot": False, "file": ""})
    assert not [m for m in MARKS if m in str(caught.value)]


def test_problems_that_are_kept_name_no_file_after_somebody() -> None:
    from feedback.privacy import unnamed

    told = [Problem("maria gomez.pdf", "", "it is the same file as maria gomez 2.pdf; it was read once.", "Delete one."), Problem("plan.pdf", "page 2", "is a picture.")]
    shown = unnamed(told, ["maria gomez.pdf", "maria gomez 2.pdf", "plan.pdf"], roster=None)
    assert "maria" not in repr(shown)
    assert shown[1] == told[1]


def test_logging_at_its_loudest_and_warnings_say_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    import docx

    document = docx.Document()
    document.core_properties.author = "Deshawn Quarterbrook"
    for line in ("LS-D1 | March 2025 | Youth | English | 12 participants | SPA 1", f"P1: {HELD}.", f"P2: {NAMED}.", f"P3: {BUS}"):
        document.add_paragraph(line)
    document.save(str(tmp_path / "LS-D1.docx"))
    (tmp_path / "LS-F1.vtt").write_text(f"WEBVTT\n\n00:00.000 --> 00:02.000\n<v Deshawn Quarterbrook>{HELD}\n", "utf-8")
    with caplog.at_level(1), warnings.catch_warnings(record=True) as told, Project(tmp_path / "plan.db") as project:
        warnings.simplefilter("always")
        logging.getLogger().debug("loud")
        project.add(tmp_path / "LS-D1.docx", tmp_path / "LS-F1.vtt")
        project.use_codebook(DEMO / "codebook.yaml")
        project.tag(taggers=["rules"])
    assert "loud" in caplog.text
    assert not [m for m in MARKS if m in caplog.text + repr([str(w.message) for w in told])]


def test_two_sessions_with_the_same_words_and_a_session_under_another_code(project: Project, tmp_path: Path) -> None:
    notes = f"P1: {HELD}.\nP2: {NAMED}.\nP3: {BUS}\n"
    for code in ("LS-Y30", "LS-Y31"):
        (tmp_path / f"{code}.txt").write_text(HEADER.format(code) + notes, "utf-8")
    project.add(tmp_path / "LS-Y30.txt")
    project.add(tmp_path / "LS-Y31.txt")
    project.withdraw("LS-Y30", why="it came twice")
    said = project.corpus.frame().to_csv()
    assert not [m for m in MARKS if m in said]
    assert [t.withheld is not None for t in project.corpus["LS-Y31"].turns] == [t.withheld is not None for t in project.corpus["LS-Y09"].turns]
    project.withdraw("LS-Y31", why="a test")


def test_a_back_up_is_sealed(project: Project, tmp_path: Path) -> None:
    project.back_up(tmp_path / "all.backup", passphrase="a passphrase for tests")
    sealed = (tmp_path / "all.backup").read_bytes()
    assert not [m for m in (*MARKS, "transportation") if m.encode() in sealed]
    assert not [p for p in tmp_path.iterdir() if p.name != "all.backup"]


def test_the_shell_shows_all_that_waits_and_takes_several_decisions(tmp_path: Path) -> None:
    (tmp_path / "LS-C1.txt").write_text(HEADER.format("LS-C1") + "P1: and hope said so\nP4: so hope's car broke down\nP2: my friend april told me to wait\nP3: my stepdad hits me and it happened again last night\n", "utf-8")
    with Project(tmp_path / "plan.db") as made:
        made.add(tmp_path / "LS-C1.txt")
        waiting = [g for g in made.screen().undecided() if g.tier is None]
    assert len(waiting) == 2  # whose car it is makes no other word of a name
    run = ["--project", str(tmp_path / "plan.db"), "screen"]
    shown = CliRunner().invoke(main, [*run, "--context", "all"]).output
    assert all(g.id in shown for g in waiting)
    assert ">>april<<" in shown
    assert "stepdad" not in shown
    decide = [x for g in waiting for x in ("--decide", g.id, "identifier")]
    done = CliRunner().invoke(main, [*run, *decide, "--by", "A. Reviewer", "--because", "both are names", "--groups"])
    assert not [w for w in ("hope", "april", "stepdad") if w in done.output]
    with Project(tmp_path / "plan.db") as made:
        assert all(g.tier for g in made.screen().undecided())  # no word is left, the telling still waits
        assert made.corpus["LS-C1"].turns[-1].withheld
        assert sum(e["verb"] == "decide" for e in made.log) == 2
