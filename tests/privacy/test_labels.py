"""Placeholders in both languages: one person, one number; no label hides anything; what counts them still does."""

# ruff: noqa: E501
from __future__ import annotations

import pytest

from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.findings import _quotes
from feedback.privacy import screen
from feedback.privacy._labels import _SPANISH, KIN_LABELS, PLACEHOLDER, SEASONS, in_spanish
from feedback.privacy._pseudonyms import BANDS
from feedback.privacy._tokens import tokens
from feedback.topics._words import split


def corpus(*said: tuple[str, str]) -> Corpus:
    return Corpus((Session("LS-T01", tuple(Turn(i, t, Speaker(), language=lang) for i, (lang, t) in enumerate(said))),))


def test_a_spanish_unit_has_spanish_labels_and_the_same_person_the_same_number():
    passed = screen(
        corpus(
            ("en", "Renata Osei helped me."), ("en", "Deshawn Pruitt did too."), ("es", "Deshawn Pruitt nos ayudó con la renta."),
            ("en", "My aunt Zenaida Quarterbrook drove."), ("es", "Zenaida Quarterbrook nos llevó."), ("en", "She goes to Quillmark Middle."),
            ("es", "Mi hija va a Quillmark Middle."), ("es", "Mi hijo tiene 16 años."),
        )
    ).apply()  # fmt: skip
    texts = [t.text for t in passed["LS-T01"].turns]
    assert texts[:5] == ["[PERSON 1] helped me.", "[PERSON 2] did too.", "[PERSONA 2] nos ayudó con la renta.", "My [AUNT] drove.", "[TÍA] nos llevó."]
    assert "[SCHOOL 1]" in texts[5]
    assert "[ESCUELA 1]" in texts[6]
    assert texts[7] == "Mi hijo tiene [EDAD 15-17] años."


def test_a_unit_of_unknown_language_follows_its_words():
    audit = screen(Corpus((Session("LS-T02", (Turn(0, "La señora Xochitl Barrientos nos ayudó con la comida y con los niños.", Speaker()),)),)))
    assert {f.placeholder for f in audit.findings} == {"[PERSONA 1]"}


@pytest.mark.parametrize("label", sorted(_SPANISH))
def test_every_label_is_known_in_both_languages(label: str) -> None:
    for made in (f"[{label}]", f"[{label} 12]") if label != "AGE" else ("[AGE 12-14]", "[AGE]", "[AGE 26 or more]"):
        assert in_spanish(made) != made
        for shown in (made, in_spanish(made)):
            assert PLACEHOLDER.fullmatch(shown)
            assert tokens(f"I met {shown} there") == [t for t in tokens(f"I met {shown} there") if t.word in ("I", "met", "there")]
            assert split(f"we met {shown}") == ["we", "met"]
            assert _quotes._PLACEHOLDER.sub("", f"we met {shown}") == "we met "


def test_dates_bands_and_kin_are_all_translated():
    assert set(KIN_LABELS) <= set(_SPANISH)
    for season in SEASONS:
        assert PLACEHOLDER.fullmatch(in_spanish(f"[DATE: {season} 2009]"))
        assert season not in in_spanish(f"[DATE: {season}]")
    for a, b in BANDS:
        assert in_spanish(f"[AGE {a}-{b}]") == f"[EDAD {a}-{b}]"


def test_no_spanish_label_hides_a_name():
    audit = screen(corpus(("es", "Conocí a [PERSONA 1] y a [PERSONA: Deshawn Pruitt].")))
    assert audit.reveal("LS-T01#0") == ("Deshawn Pruitt",)
