"""Schools and homes named by everyday words, without capitals; and talk of schools and homes that names none."""

from __future__ import annotations

import pytest

from feedback.privacy import _things
from feedback.privacy._detect import detect
from feedback.privacy._tokens import tokens

NAMED = (
    ("they placed me at [copper lantern] and i ran", "en"),
    ("i was in [quiet harbor] for a year before that", "en"),
    ("my sister goes to [tamarack hills prep]", "en"),
    ("the staff at [juniper house] were tired", "en"),
    ("i stayed at [marlow center for girls] until march", "en"),
    ("mi hijo está en la [guardería pasitos de luna] por las mañanas", "es"),
    ("nos mandaron al [albergue puerta del cielo] esa noche", "es"),
)
UNNAMED = (
    ("the group home was fine, the food wasn't", "en"), ("charter schools get to pick who they keep", "en"),
    ("i stayed in a foster home, a shelter and my car", "en"), ("at the end of the day it's about money", "en"),
    ("community college is free the first two years", "en"), ("a family center within walking distance would help", "en"),
    ("la casa hogar queda muy lejos", "es"), ("en la iglesia nos prestan el salón", "es"), ("el niño está en la guardería", "es"),
)  # fmt: skip


@pytest.mark.parametrize(("marked", "language"), NAMED)
def test_a_name_of_everyday_words_is_found_in_small_letters(marked: str, language: str) -> None:
    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    found = {k for h in detect(text, language=language, context=False) for k in range(h.start, h.end)}
    assert all(k in found for k in range(start, end) if text[k].isalnum())


@pytest.mark.parametrize(("text", "language"), UNNAMED)
def test_what_names_no_place_is_left(text: str, language: str) -> None:
    assert not [h for h in detect(text, language=language, context=False) if h.kind == "org"]


def test_without_its_model_the_tagger_finds_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(_things, "MODEL", tmp_path / "none.gz")
    _things._loaded.cache_clear()
    try:
        assert list(_things.find_things(tokens("they placed me at copper lantern"), cased=False)) == []
    finally:
        _things._loaded.cache_clear()
