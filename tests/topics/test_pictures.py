from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback.corpus import Corpus, Session, Turn
from feedback.errors import FeedbackError
from feedback.topics import Topics, discover, picture

LINES = ("the bus was late again", "no bus on sunday", "rent went up again", "the landlord raised the rent", "we cannot sleep")


def found() -> Topics:
    turns = tuple(Turn(i, line) for i, line in enumerate(LINES * 3))
    sessions = [Session(f"S{n}", turns, audience="youth" if n < 2 else "family", month="2025-03") for n in range(4)]
    return discover(Corpus(tuple(sessions)), unscreened="a test")


@pytest.mark.parametrize("kind", ["map", "hierarchy", "audience", "time"])
def test_draws_and_saves(kind: str, tmp_path: Path) -> None:
    drawn = picture(found(), kind)
    assert drawn.save(tmp_path / "t.svg").read_text(encoding="utf-8").startswith("<svg")
    assert drawn.save(tmp_path / "t.png").read_bytes()[:4] == b"\x89PNG"
    assert json.loads(drawn.save(tmp_path / "t.json").read_text(encoding="utf-8")) == drawn.spec
    assert "image/svg+xml" in drawn._repr_mimebundle_()


def test_few_sessions_carry_no_number() -> None:
    cells = picture(found(), "audience").spec["data"]["values"]
    assert cells
    assert {c["heard"] for c in cells if c["group"] == "youth"} <= {"1-2"}


def test_refuses(tmp_path: Path) -> None:
    with pytest.raises(FeedbackError, match="there are: map"):
        picture(found(), "cloud")
    with pytest.raises(FeedbackError, match="svg"):
        picture(found()).save(tmp_path / "t.gif")
