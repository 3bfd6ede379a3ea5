"""What belongs to a finding at its edges goes with it: articles, letters of a number, what is written in one piece."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback import Corpus, Session, Turn, screen
from feedback.privacy._detect import detect
from feedback.privacy._edges import core, grown
from feedback.privacy._types import Hit


def found(text: str, words: str, kind: str, detector: str = "minilm@4") -> list[str]:
    start = text.index(words)
    return [text[h.start : h.end] for h in grown([Hit(start, start + len(words), kind, detector, 0.7)], text)]


@pytest.mark.parametrize(("text", "words", "kind", "grows"), [
    ("i miss the lantern room a lot", "lantern room", "org", "the lantern room"),
    ("fuimos a la de los naranjos ayer", "naranjos", "org", "la de los naranjos"),
    ("bathe lantern room", "lantern room", "org", "lantern room"),
    ("matter of a minor, 19-QRS-00412, detained", "QRS", "id", "19-QRS-00412"),
    ("write to (ana@there.example).", "there", "email", "ana@there.example"),
    ("the docket is b as in boy kay four four one", "four four one", "id", "b as in boy kay four four one"),
    ("dice ele a guion seis seis uno y ya", "seis seis uno", "id", "ele a guion seis seis uno"),
    ("it reads 4 4 1 9 b and stops", "4 4 1 9", "id", "4 4 1 9 b"),
    ("my insta is little bit of lulu seven one", "lulu seven one", "handle", "little bit of lulu seven one"),
    ("we met on the lulu seven one page", "lulu seven one", "handle", "lulu seven one"),
    ("el siete dos cero guion te y ya", "siete dos cero guion", "id", "siete dos cero guion te"),
    ("it says seven, oh, q as in queen, one nine nine and then", "seven, oh", "id", "seven, oh, q as in queen, one nine nine"),
    ("case 20-771 two years ago", "20-771", "id", "20-771"),
    ("nació el 3 de mayo de 2009 aquí", "3 de mayo de 2009", "date", "el 3 de mayo de 2009"),
    ("es ka te erre ana arroba yahoo", "ana arroba yahoo", "email", "ka te erre ana arroba yahoo"),
    ("she is 14 the year after", "14", "other", "14"),
])  # fmt: skip
def test_a_finding_takes_along_what_belongs_to_it(text: str, words: str, kind: str, grows: str) -> None:
    assert found(text, words, kind) == [grows]


def test_a_home_and_whom_it_is_called_after_are_one_finding() -> None:
    text = "duerme en el refugio de la hermana tules"
    hits = [Hit(10, 20, "org", "minilm@4", 0.5), Hit(text.index("hermana"), len(text), "person", "names@1", 0.9)]
    (one,) = grown(hits, text)
    assert (text[one.start : one.end], one.kind, one.score) == ("el refugio de la hermana tules", "org", 0.5)


def test_what_the_roster_blocks_stays_blocked_beside_what_is_surer() -> None:
    text = "duerme en el refugio de la tules"
    hits = [Hit(13, 20, "org", "places@3", 0.95), Hit(27, 32, "person", "roster@2", 0.9)]
    (one,) = grown(hits, text)
    assert one.detector == "roster@2"
    assert (one.start, one.end) == (10, len(text))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([
    "the", "la", "de", "a", "b", "as in", "boy", "Ximena", "one", "nine", "4", "guion", "dash", "at", "gmail", "dot com", "is",
    "insta", "my", "school", "Harrow", "Elementary", "the only", "in my", "13", "years old", "calle", "Olivos", "number", "case",
    ",", "nena.x_9", "213-555-0144",
]), max_size=14))  # fmt: skip
def test_findings_never_overlap_however_they_grow(words: list[str]) -> None:
    text = " ".join(words)
    hits = detect(text, context=False)
    assert all(a.end <= b.start for a, b in pairwise(hits))
    assert all(0 <= h.start < h.end <= len(text) for h in hits)


def test_with_and_without_its_article_a_name_is_one_word_to_decide() -> None:
    assert [core(w) for w in ("la kimberly", "the landing", "lara", "the", "los")] == ["kimberly", "landing", "lara", "the", "los"]
    turns = (Turn(0, "entonces la Xiomara me llamó"), Turn(1, "Yo le dije a Xiomara que no"))
    corpus = Corpus((Session("S1", turns, languages=("es",)),))
    audit = screen(corpus)
    names = [f for f in audit.findings if f.where == "text"]
    assert len(names) == 2
    assert len({f.group for f in names}) == len({f.placeholder for f in names}) == 1
    assert {f.status for f in screen(corpus, allow=["la Xiomara"]).findings if f.where == "text"} == {"accepted"}
