from __future__ import annotations

import random

import pytest

from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.privacy import screen

NAMES = [
    "Siobhan O'Brien", "Mary-Jane Quillfeather", "Bo Li", "Hope Green", "Xiomara Dávalos", "Keyshawn Tremont",
    "Lincoln Hollow High School",
]  # fmt: skip


def found(text: str) -> set[str]:
    audit = screen(Corpus((Session("LS-T01", (Turn(0, text, Speaker()),)),)), roster=NAMES, context=False)
    turn = audit._corpus["LS-T01"].turns[0].text
    return {turn[f.start : f.end].lower() for f in audit.findings if f.detector == "roster@2" and f.status == "open"}


@pytest.mark.parametrize("guise", [str, str.lower, str.upper])
@pytest.mark.parametrize("name", ["Siobhan", "O'Brien", "Quillfeather", "Mary-Jane", "Xiomara", "Dávalos", "Keyshawn", "Tremont"])
def test_every_part_of_a_known_name_is_found(name, guise):
    assert any(guise(name).lower() in words for words in found(f"Then {guise(name)} came over to help."))


@pytest.mark.parametrize("said", ["davalos", "xiomarra", "ziomara", "keyshan", "keyshown", "key shawn", "tremond", "obrien"])
def test_a_known_name_is_found_as_it_is_misspelled(said):
    assert said in found(f"then {said} came over to help")


def test_everyday_words_of_a_known_place_alone_are_no_finding():
    assert not found("the school is too high up the hill")
    assert "lincoln hollow high school" in found("she was at lincoln hollow high school") or found("at lincoln hollow high school")


def test_no_edit_of_a_long_name_slips_through():
    chance = random.Random(0)
    for _ in range(60):
        at = chance.randrange(1, 11)
        word = "quillfeather"
        edits = (word[:at] + word[at + 1 :], word[:at] + chance.choice("aeirst") + word[at:], word[:at] + "x" + word[at + 1 :])
        said = chance.choice(edits)
        assert any(said in words for words in found(f"then {said} came over to help")), said
