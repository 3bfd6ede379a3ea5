"""Every detector has sentences of its own: whichever is damaged, adding stops and names it, although others cover its words."""

# ruff: noqa: E501
from __future__ import annotations

from pathlib import Path

import pytest

import feedback.privacy._detect as detect
import feedback.privacy._screen as screening
from feedback.errors import LeakError
from feedback.privacy._canaries import _SONGS
from feedback.privacy._probes import ALONE, deaf, detectors
from feedback.project import Project

ROOMS = {
    "patterns": (detect._patterns, "find_patterns"), "forms": (detect._forms, "find_forms"), "spoken": (detect._said, "find_said"),
    "spoken accounts": (detect._accounts, "find_accounts"), "streets": (detect._streets, "find_streets"), "only": (detect._places, "find_only"),
    "places": (detect._places, "find_places"), "places where somebody lives": (detect._homes, "find_homes"), "crf": (detect._crf, "find_learned"),
    "minilm": (detect._mini, "find_in_context"), "names": (detect._names, "find_names"), "disclosures": (detect._disclosures, "find_disclosures"),
    "rare": (screening, "find_rare"), "rare by what happened": (screening, "find_unique"), "ages": (screening, "find_ages"),
    "register": (screening, "_register"), "ambiguous in labels": (detect, "detect_label"), "properties": (screening, "_header_hits"),
    "roster": (detect.Roster, "find"), "things": (detect._things, "find_things"),
}  # fmt: skip
ONE_ROOM = {"ambiguous", "capitals", "introductions", "kinship", "titles", "vocabulary", "harm"}  # of names, and of disclosures


def test_all_hear() -> None:
    assert list(deaf()) == []
    assert {room.partition(" ")[0] for room in ALONE} == set(detectors())
    assert set(ALONE) == set(ROOMS) | ONE_ROOM


@pytest.mark.parametrize("room", [room for room in ROOMS if room.partition(" ")[0] in detectors()])
def test_a_detector_that_finds_nothing_or_breaks_is_named(room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name = ROOMS[room]
    monkeypatch.setattr(module, name, lambda *_, **__: [])
    assert room.partition(" ")[0] in list(deaf())
    monkeypatch.setattr(module, name, lambda *_, **__: 1 / 0)
    assert room.partition(" ")[0] in list(deaf())


def test_weights_that_are_gone_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detect._mini, "_model", lambda: None)
    assert "minilm" in list(deaf())
    assert "minilm" not in list(deaf(context=False))  # a quick screening never asks it


def test_every_class_is_planted_in_both_languages_as_written_and_in_small_letters() -> None:
    for kind, (_, rows) in _SONGS.items():
        tongues = {detect.in_spanish(song, None) for song, _ in rows}
        assert tongues == {True, False}, kind
        if kind in ("person", "org", "address", "roster", "disclosure", "id"):
            assert {any(c.isupper() for c in words or song[:1]) for song, words in rows} == {True, False}, kind


def test_adding_stops_although_the_other_detectors_cover_what_one_misses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detect._streets, "find_streets", lambda *_, **__: [])
    (tmp_path / "LS-C1.txt").write_text("LS-C1 | March 2025 | Youth | English | 12 participants\n\nP1: Three buses each way.\n", "utf-8")
    project = Project(tmp_path / "plan.db")
    with pytest.raises(LeakError, match=r"streets by itself \(detectors: streets\)"):
        project.add(tmp_path / "LS-C1.txt")
    assert all(t.withheld for t in project.corpus["LS-C1"].turns)
