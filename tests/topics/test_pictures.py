from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback.corpus import Corpus, Session, Turn
from feedback.errors import FeedbackError
from feedback.topics import Topics, discover, picture

LINES = ("the bus was late again", "no bus on sunday", "rent went up again", "the landlord raised the rent", "we cannot sleep")


def found(youth: int = 2, family: int = 2, people: int | None = None) -> Topics:
    turns = tuple(Turn(i, line) for i, line in enumerate(LINES * 3))
    who = ["youth"] * youth + ["family"] * family
    sessions = [Session(f"S{n}", turns, audience=a, month="2025-03", participants=people) for n, a in enumerate(who)]
    return discover(Corpus(tuple(sessions)), unscreened="a test")


@pytest.mark.parametrize("kind", ["map", "hierarchy", "audience", "time"])
def test_draws_and_saves(kind: str, tmp_path: Path) -> None:
    drawn = picture(found(), kind)
    assert drawn.save(tmp_path / "t.svg").read_text(encoding="utf-8").startswith("<svg")
    assert drawn.save(tmp_path / "t.png").read_bytes()[:4] == b"\x89PNG"
    assert json.loads(drawn.save(tmp_path / "t.json").read_text(encoding="utf-8")) == drawn.spec
    assert "image/svg+xml" in drawn._repr_mimebundle_()


def test_few_sessions_or_people_carry_no_number() -> None:
    def heard(group: str, **rooms: int) -> set[str]:
        return {c["heard"] for c in picture(found(**rooms), "audience").spec["data"]["values"] if c["group"] == group}

    assert heard("youth") == heard("family") == {"not shown"}  # nobody knows how many people were there
    assert heard("youth", youth=2, family=4, people=12) == {"not shown"}
    assert heard("family", youth=2, family=4, people=12) == {"3-5"}
    assert heard("family", youth=2, family=4, people=2) == {"not shown"}
    assert {c["sessions"] for c in picture(found(people=2), "map").spec["data"]["values"]} == {"not shown"}


def test_refuses(tmp_path: Path) -> None:
    with pytest.raises(FeedbackError, match="there are: map"):
        picture(found(), "cloud")
    with pytest.raises(FeedbackError, match="svg"):
        picture(found()).save(tmp_path / "t.gif")
