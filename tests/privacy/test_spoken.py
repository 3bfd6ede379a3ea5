"""What people say in words: numbers, corners, house numbers, spelled addresses, and what only sounds like it."""

from __future__ import annotations

import pytest

from feedback.privacy._detect import detect
from feedback.privacy.score import disguise, score


def found(text: str) -> set[str]:
    return {h.kind for h in detect(text)}


@pytest.mark.parametrize(("text", "kind"), [
    ("it's four one five six oh three twenty-two ninety seven", "phone"),
    ("es cuatro quince seis cero tres veintidós noventa y siete", "phone"),
    ("call three two three, um, seven five oh, double four one nine", "phone"), ("the line was 323) 481-0917", "phone"),
    ("her plate is six kilo papa two nine one", "id"), ("el caso veintiuno ce ce jota pe cero cuatro", "id"),
    ("dob oh five nineteen two thousand ten", "date"), ("nació en mayo 9 de 2011", "date"), ("born 9-VII-2008", "date"),
    ("we stay at six fourteen east ninety second street", "address"), ("nos quedamos en el 5120 de la Budlong", "address"),
    ("by slauson and 61st", "address"), ("en la Vernon con la Cuarta", "address"), ("off hoover and brixley", "address"),
    ("my ig is moon underscore kid", "handle"), ("su cuenta es flor guion bajo nueve", "handle"),
    ("r i t a at gmail dot com", "email"), ("rita vega arroba correo punto mx", "email"),
    ("i was at camp tolliver", "org"), ("en la panadería la paloma", "org"), ("she went to marbury middle", "org"),
])  # fmt: skip
def test_said_identifiers_are_found(text: str, kind: str) -> None:
    assert kind in found(text)


@pytest.mark.parametrize("text", [
    "one two three four five six seven", "we waited two or three hours, maybe four", "between first and second period",
    "two thousand five hundred dollars a month", "in case of emergency", "social workers are tired", "the corner store and the bus",
    "la primera y la segunda vez", "dot the i's on that application", "the high school near us has no nurse",
])  # fmt: skip
def test_look_alikes_stay(text: str) -> None:
    assert not found(text) & {"phone", "id", "date", "address", "handle", "email", "org"}


def test_a_score_counts_what_is_covered_and_what_is_in_vain() -> None:
    rows = [{"text": "Call Xiomara at 323-555-0133.", "spans": [{"start": 5, "end": 12, "label": "PERSON"}]}]
    got = score(rows, context=False)
    assert (got.full["PERSON"], got.total["PERSON"], got.flags, got.words) == (1, 1, 1, 4)
    text, spans = disguise("Hi, Ana!", [{"start": 4, "end": 7, "label": "PERSON"}], "asr")
    assert text[spans[0]["start"] : spans[0]["end"]] == "ana"
