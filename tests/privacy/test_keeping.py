"""What a project keeps of its gate: roster, placeholders, allow list, consent, signatures, retention, certificate, canaries."""

# ruff: noqa: E501
from __future__ import annotations

import json
import logging
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

import feedback.privacy._detect as detect
from feedback.cli import main
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError, LeakError
from feedback.privacy import Roster, screen
from feedback.project import Project

HEADER = "{} | March 2025 | Youth | English | 12 participants | SPA 6 | quotes yes\n\nFacilitator: What makes it hard?\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(
        HEADER.format("LS-A1") + "P1: My aunt Zenaida Quarterbrook drove me there.\nP2: I'm sixteen, and it is three buses each way.\nP3: Then wenefryda came by.\n",
        encoding="utf-8",
    )
    (tmp_path / "in" / "b.txt").write_text(
        HEADER.format("LS-B1") + "P1: Zenaida Quarterbrook again.\nP2: my stepdad hits me and it happened last night\n", encoding="utf-8"
    )
    made = Project(tmp_path / "plan.db", who="tester")
    made.add(tmp_path / "in")
    return made


def test_a_roster_is_kept_as_hashes_blocks_and_needs_a_person(project: Project, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("Wenefrida Tolliver\n", encoding="utf-8")
    assert project.use_roster(tmp_path / "names.txt", by="A. Keeper") == 1
    project.screen()
    kept = str(project._store.document("roster"))
    assert "wenefrida" not in kept.lower()
    assert "tolliver" not in kept.lower()
    held = [t for t in project.corpus["LS-A1"].turns if t.withheld]
    assert [t.withheld for t in held] == ["blocked: resembles a name on the roster"]
    project.decide("roster", "replace", by="A. Reviewer", why="it is she")  # a later run still knows the roster
    assert all("wenefryda" not in t.text for t in project.corpus["LS-A1"].turns)
    assert not any(t.withheld for t in project.corpus["LS-A1"].turns)
    with pytest.raises(FeedbackError, match="another key"):
        Roster.from_text(Roster(["Ana"], key=b"one").as_text(), key=b"two")


def test_one_person_has_one_placeholder_in_all_sessions_and_keeps_it(project: Project, tmp_path: Path) -> None:
    said = [t.text for s in project.corpus for t in s.turns]
    assert "My [AUNT] drove me there." in said
    assert "[AUNT] again." in said
    assert any("[AGE 15-17]" in t for t in said)
    register = project._store.document("pseudonyms")
    assert register is not None
    assert "quarterbrook" not in register[1].lower()
    (tmp_path / "in" / "0.txt").write_text(HEADER.format("LS-01") + "P1: Keyshawn Quintanilla drove.\nP2: Zenaida Quarterbrook again.\n", encoding="utf-8")
    project.add(tmp_path / "in" / "0.txt")
    assert "[AUNT] again." in [t.text for t in project.corpus["LS-B1"].turns]
    assert project.corpus["LS-01"].turns[-1].text == "[AUNT] again."
    rows = project.replacements(by="A. Keeper", why="checking")
    assert any("Quarterbrook" in r["words"] for r in rows)
    assert project.log[-1]["verb"] == "open replacements"
    assert "Quarterbrook" not in str(project._store.document("replacements"))


def test_reveal_is_logged_from_wherever_it_is_called(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    audit = project.screen()
    ref = audit.findings[0].ref
    audit.reveal(ref)
    assert project.log[-1]["verb"] == "reveal"
    project.context(audit.findings[0].group)
    assert project.log[-1]["verb"] == "reveal"
    with caplog.at_level(logging.INFO, logger="feedback.privacy"):
        audit.reveal(ref)
    assert ref in caplog.text
    assert "Quarterbrook" not in caplog.text


def test_the_allow_list_has_versions_and_names_its_reviewers(project: Project) -> None:
    group = next(g.id for g in project.screen().groups() if g.tier is None)
    version, words = project.allowed
    project.decide(group, "accept", by="A. Reviewer", why="a public name")
    assert project.allowed[0] == version + 1
    assert project.allowed[1][-1][:3] == (group, "A. Reviewer", "a public name")
    project.reopen(group, by="B. Second", why="not so sure")
    assert project.allowed == (version + 2, words)


def test_ingest_stops_and_names_the_detector_that_failed(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detect._patterns, "find_patterns", lambda text, **_: [])
    monkeypatch.setattr(detect._forms, "find_forms", lambda text: [])
    monkeypatch.setattr(detect._mini, "find_in_context", lambda *_, **__: [])  # finds telephones by what stands around them
    (tmp_path / "in" / "c.txt").write_text(HEADER.format("LS-C1") + "P1: Call 213-555-0176.\n", encoding="utf-8")
    with pytest.raises(LeakError, match=r"phone \(detectors: patterns, forms\)"):
        project.add(tmp_path / "in" / "c.txt")
    assert all(t.withheld for t in project.corpus["LS-C1"].turns)
    assert project.log[-1]["verb"] == "canary"


def test_originals_go_with_a_receipt_and_what_was_held_stays_held(project: Project, tmp_path: Path) -> None:
    before = [t.text for t in project.corpus["LS-B1"].turns]
    with pytest.raises(FeedbackError, match="not the document"):
        project.forget_original("LS-B1", by="A. Keeper", why="done", file=tmp_path / "in" / "a.txt")
    receipt = project.forget_original("LS-B1", by="A. Keeper", why="done", file=tmp_path / "in" / "b.txt")
    assert receipt["file"] is True
    assert not (tmp_path / "in" / "b.txt").exists()
    project.screen()
    assert [t.text for t in project.corpus["LS-B1"].turns] == before
    assert any("disclosure" in (t.withheld or "") for t in project.corpus["LS-B1"].turns)
    assert all("hits me" not in t.text for t in project._store.corpus(cleared=False)["LS-B1"].turns)
    assert not [r for r in project.replacements(by="A", why="b") if r["ref"].startswith("LS-B1")]


def test_retention_dates_purge(project: Project) -> None:
    project.set_retention(by="A. Keeper", originals=30, until={"LS-A1": "2020-01-01"})
    today = date.today()
    assert project.due(today) == (("LS-A1", "session"),)
    assert project.due(today + timedelta(31)) == (("LS-A1", "session"), ("LS-B1", "original"))
    assert [r["session"] for r in project.purge(by="A. Keeper", on=today + timedelta(31))] == ["LS-A1", "LS-B1"]
    assert [s.id for s in project.corpus] == ["LS-B1"]
    assert project.due(today + timedelta(31)) == ()


def test_consent_and_signatures(project: Project) -> None:
    assert project.set_consent("LS-A1", "no", by="A. Keeper", why="they asked") == ()
    assert project.corpus["LS-A1"].quote_consent == "no"
    project.set_consent("LS-A1", "yes", by="A. Keeper", why="again", until="2031-01-01")
    assert project.corpus["LS-A1"].extra["quote_until"] == "2031-01-01"
    project.sign_quote("LS-A1#2", by="A. One", why="read")
    project.sign_quote("LS-A1#2", by="a. one", why="read twice")
    assert project.signed()["LS-A1#2"] == (1, False)
    project.sign_quote("LS-A1#2", by="B. Two", why="read", owner_agreed=True)
    assert project.signed()["LS-A1#2"] == (2, True)
    assert project.set_settings(people=15, by="A. Keeper", why="county rule").people == 15
    assert project.settings.people == 15


def test_the_certificate_and_the_calm_words_hold_no_found_word(project: Project, tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_text("Call the county line, then our on-call lead.", encoding="utf-8")
    project.set_contacts(tmp_path / "c.txt", by="A. Keeper")
    said = json.dumps(project.certificate())
    assert '"canaries"' in said
    assert "share_safe" in said
    for word in ("Quarterbrook", "Zenaida", "hits me", "a.txt"):
        assert word not in said
    project.close()
    done = CliRunner().invoke(main, ["--project", str(tmp_path / "plan.db"), "screen", "--groups"])
    assert "act first" in done.output
    assert "our on-call lead" in done.output
    assert "hits me" not in done.output


def test_what_is_hidden_in_a_document_is_screened_and_goes_no_further(tmp_path: Path) -> None:
    import docx

    made = docx.Document()
    made.core_properties.author = "Barnabus Oyelaran"
    made.core_properties.comments = "typed for Zenaida"
    made.add_paragraph("LS-D1 | March 2025 | Youth | English | 12 participants")
    made.add_paragraph("The bus is far.")
    made.save(tmp_path / "d.docx")
    project = Project(tmp_path / "plan.db")
    project.add(tmp_path / "d.docx")
    audit = project.screen()
    assert {f.detector for f in audit.findings if f.where == "property author"} == {"properties@1"}
    assert "Oyelaran" not in repr([dict(s.extra) for s in project.corpus])


def test_header_values_are_no_door() -> None:
    extra = {"topics_prompted": "he is hitting me", "age_band": "Deshawn Pruitt", "length": "90 min"}
    made = Corpus((Session("LS-T1", (Turn(0, "okay", Speaker()),), audience="the group of Renata Osei", guide=("He keeps hitting me, what now?",), extra=extra),))
    passed = screen(made).apply()["LS-T1"]
    for word in ("hitting", "Pruitt", "Osei"):
        assert word not in repr((passed.audience, passed.guide, dict(passed.extra)))
    assert passed.extra["length"] == "90 min"


def test_what_changed_beside_the_words_is_screened_anew() -> None:
    turns = (Turn(0, "okay then", Speaker()),)
    plain = screen(Corpus((Session("LS-T1", turns, extra={"host": "a library"}),)))
    assert plain.ok
    named = screen(Corpus((Session("LS-T1", turns, extra={"host": "Renata Oseiwa"}),)))
    assert not named.ok
