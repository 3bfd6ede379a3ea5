"""Schools, spots, numbers and accounts that the transformer finds by what stands around them, without a rule."""

from __future__ import annotations

import numpy as np
import pytest

from feedback.privacy import _mini
from feedback.privacy._detect import in_spanish
from feedback.privacy._tokens import tokens
from feedback.privacy._told import KINDS, find_told

FOUND = (
    ("address", "they dropped us at [forty four seventeen blue heron court unit b] and left"),
    ("address", "vivimos en la [calle jilguero número mil doscientos tres] desde enero"),
    ("address", "we meet by [quillmark and tamarind] after class"),
    ("address", "nos vemos en la esquina de [encino y magnolia] a las cinco"),
    ("org", "she goes to [copper lantern academy] and hates it"),
    ("org", "mi hija está en la [escuela jilguero dorado] por las tardes"),
    ("id", "her student number is [four seven one one nine oh]"),
    ("id", "mi número de caso es [cuatro siete uno uno nueve cero]"),
    ("handle", "my email is [v e l a nine nine at torvane dot com]"),
    ("handle", "el correo es [vela punto torvane arroba correo punto com]"),
    ("person", "everybody calls him [pencil] at the center"),
    ("person", "a mi primo le dicen el [tornillo] desde chico"),
)
NOBODY = (
    "they merged two programs and nobody told us", "we waited forty five minutes and then another twenty",
    "the group home was fine, the food was not", "it costs four hundred dollars a month", "they close at five and i get off at six",
    "la casa hogar queda muy lejos", "me dieron tres citas en dos meses", "el programa atiende a cuarenta y cinco familias",
)  # fmt: skip


def hits(text: str) -> list:
    """What the transformer alone finds."""
    toks = tokens(text)
    return list(_mini.find_in_context(toks, text, cased=any(t.capital for t in toks), english=not in_spanish(text, None)))


@pytest.mark.parametrize(("kind", "marked"), FOUND)
def test_what_tells_is_found_by_the_words_around_it(kind: str, marked: str) -> None:
    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    found = hits(text)
    assert {k for h in found for k in range(h.start, h.end)} >= {k for k in range(start, end) if text[k].isalnum()}
    assert kind in {h.kind for h in found if h.start < end and start < h.end}
    assert all(h.score < 0.8 for h in found)  # a person decides


@pytest.mark.parametrize("text", NOBODY)
def test_the_same_talk_without_a_name_is_left(text: str) -> None:
    assert hits(text) == []


def rows(text: str, told: dict[str, tuple[str, float]]) -> tuple[list[tuple[int, int]], np.ndarray]:
    """Pieces as words are, with the chances given to some of them."""
    spans, found, at = [], [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        kind, chance = told.get(word.strip("."), ("org", 0.0))
        row = np.zeros(2 + len(KINDS), np.float32)
        row[2 + KINDS.index(kind)], row[0] = chance, 1 - chance
        spans.append((start, at))
        found.append(row)
    return spans, np.array(found)


def told(text: str, chances: dict[str, tuple[str, float]], *, cased: bool = False) -> list[tuple[str, str]]:
    """Kind and words of what is yielded for these chances."""
    got = find_told(text, tokens(text), *rows(text, chances), cased=cased, english=True, detector="x@1")
    return [(h.kind, text[h.start : h.end]) for h in got]


def test_a_run_takes_along_what_is_likely_enough_and_loses_small_words_at_its_ends() -> None:
    chances = {w: ("address", p) for w, p in (("at", 0.2), ("12", 0.9), ("heron", 0.1), ("court", 0.5), ("and", 0.3))}
    assert told("we met at 12 heron court and left", chances) == [("address", "12 heron court")]
    assert told("we met at 12 heron court and left", {"12": ("address", 0.1), "heron": ("address", 0.1)}) == []


def test_the_class_is_that_of_the_whole_run_and_a_sentence_ends_it() -> None:
    chances = {"k": ("id", 0.4), "47": ("id", 0.9), "11": ("handle", 0.6)}
    assert told("badge k 47 11 please", chances) == [("id", "k 47 11")]
    assert told("rooms 47110. 12 people", {"47110": ("id", 0.9), "12": ("id", 0.9)}) == [("id", "47110"), ("id", "12")]
    assert told("unit 47\n\n11 people", {"47": ("id", 0.9), "11": ("id", 0.9)}) == [("id", "47"), ("id", "11")]


def test_a_school_written_small_beside_capitals_needs_more_and_a_public_name_is_none() -> None:
    chances = {"copper": ("org", 0.5), "lantern": ("org", 0.5)}
    assert told("She went to copper lantern there", chances, cased=True) == []
    assert told("she went to copper lantern there", chances) == [("org", "copper lantern")]
    assert told("then dcfs came", {"dcfs": ("org", 0.9)}) == []


def test_counts_and_months_are_no_numbers_of_somebody() -> None:
    ids = dict.fromkeys(("marzo", "de", "2025", "treinta", "minutos", "cuatro", "siete", "uno"), ("id", 0.9))
    assert told("en marzo de 2025 empezamos", ids) == []
    assert told("espero treinta minutos siempre", ids) == []
    assert told("tengo cuatro siete uno aqui", ids) == [("id", "cuatro siete uno")]


def test_signs_without_a_word_are_passed_over() -> None:
    assert told("!! ??", {"!!": ("id", 0.9)}) == []


def test_long_turns_are_read_in_parts_to_their_end() -> None:
    text = "and we waited there for the bus again " * 32 + "so write down v e l a nine nine at torvane dot com"
    spans, found = _mini.pieces(text)
    assert len(spans) > 2 * _mini.MOST
    assert len(spans) == len(found)
    assert any(h.kind == "handle" and h.start > len(text) - 60 for h in hits(text))


def test_without_its_model_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_mini, "_model", lambda: None)
    assert hits("my email is v e l a nine nine at torvane dot com") == []
