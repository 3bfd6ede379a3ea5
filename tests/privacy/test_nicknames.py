"""Nicknames of everyday words: what leads up to them tells, and the same words stay where they name nobody."""

# ruff: noqa: E501
from __future__ import annotations

import pytest

from feedback.privacy._detect import detect

NICKNAMES = (
    "a mi vecino le dicen el [sapo] y no se enoja",
    "de cariño le decimos la [ranita] porque brinca",
    "mi sobrina, todos le dicen [pulguita], ya camina",
    "le pusimos [pollito] por el pelo",
    "ese hombre se hacía llamar el [ingeniero]",
    "lo conocen como el [tuercas]",
    "mi comadre la [chola] fue a la junta",
    "mi carnal el [motores] tiene taller",
    "al [greñas] lo corrieron",
    "la [flaca] y el [gordo] cuidan a los niños",
    "la [güera], la del grupo, nos avisó",
    "pregunten con doña [pelos], la de los tamales",
    "everybody calls him [stretch] because he's tall",
    "she goes by [mama bird] on our block",
    "a man known as [slim], he waited",
    "[sugar pie] is what they called her",
    "me and [shy girl] left",
    "my cousin [tay tay] was there",
    "that's [hope], she doesn't say much",
    "[ladybug] said no",
)
NOBODY = (
    "nos dicen la verdad a medias", "le dicen que vuelva mañana", "me dicen espera y espero", "le pusieron la vacuna", "le digo la verdad",
    "me dice la maestra que falta", "al gato le dimos leche", "al carro le falta gasolina", "mi hermano el mayor trabaja", "mi hermana la cuida",
    "la rana y el sapo son cuentos", "la doña vende tamales", "ay mija, mi reina, siéntate", "they call me back never", "they call us crazy",
    "everybody calls me lazy", "call her tomorrow", "time goes by fast", "he goes by bus", "the worker called me four times", "that's hope for you",
    "known as a good school", "bro, that's what they called it", "ya le tenían apodo. La consejera ayudó",
)  # fmt: skip


@pytest.mark.parametrize("marked", NICKNAMES)
@pytest.mark.parametrize("small", [False, True])
def test_a_nickname_is_found_without_the_transformer(marked: str, small: bool) -> None:
    """Every word in brackets lies in a person's hit."""
    text, spans = "", []
    for piece in marked.replace("]", "[").split("["):
        spans.append((len(text), len(text) + len(piece)))
        text += piece
    named = spans[1::2]
    hits = [h for h in detect(text.lower() if small else text, context=False) if h.kind == "person"]
    assert all(any(h.start <= a and b <= h.end for h in hits) for a, b in named)


@pytest.mark.parametrize("text", NOBODY)
def test_the_same_words_of_nobody_stay(text: str) -> None:
    assert not [h for h in detect(text, context=False) if h.detector in ("introductions@2", "ambiguous@1", "titles@2", "kinship@1")]
