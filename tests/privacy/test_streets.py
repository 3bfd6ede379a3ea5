"""Streets that meet and houses on them, however they are told; numbers and places that are neither."""

from __future__ import annotations

import pytest

from feedback.privacy._detect import detect

CORNERS = (
    "where [Sherman Way meets Lankershim], by the shop",
    "I worked [Figueroa, from 68th up to Florence]",
    "walk down [Slauson till you hit Overhill]",
    "the truck on [Soto just past Olympic]",
    "the laundromat on [Eucalyptus, corner of Regent]",
    "i got picked up on [sepulveda right by roscoe]",
    "venden tamales en la [Cesar Chavez casi con Evergreen]",
    "la parada está en la [Broadway esquina con Manchester]",
    "la clínica de la [Santa Fe con Florence]",
    "en la [Main con 28]",
)
HOUSES = (
    "i grew up on [Delphine Street, number 77]",
    "He picks up at [1150 S. Corinth Ave., Rear House].",
    "the place was [five twelve west one oh eighth]",
    "a voucher for [3717 Tweedy Boulevard Apt 12-C] but no",
    "go to [ten oh five E. Wardlow, second floor]",
    "find him at [706 Sutter, apartment 2 in the back]",
    "they wrote [1221 So. Burlington] on the ticket",
    "vive en la [Gage, el número 2914]",
    "mi hermana vive en [1703 y medio de la Rowan]",
    "me dejaron en la [veintitrés cuarenta y uno de la Sheridan]",
    "está en [two oh nine Eastlake, unidad B]",
)
NEITHER = (
    "between the police and the pimps who do you trust",
    "home and hospital, back and forth",
    "from 2 to 4 in the afternoon nobody answers",
    "rent is eighteen hundred for a one bedroom",
    "nine of the twelve girls in my unit",
    "we called 31 homes for one boy",
    "an order from 2009. Detective said no",
    "absent every 1st + 15th",
    "entre la escuela y el trabajo no me alcanza el día",
    "pago mil doscientos de renta",
    "room 12 was the counselor's office",
    "she was fifteen, he was thirty one",
    "Fridays and Saturdays are the worst",
)


def _found(text: str) -> set[int]:
    return {k for h in detect(text, context=False) if h.kind == "address" for k in range(h.start, h.end)}


@pytest.mark.parametrize("marked", CORNERS + HOUSES)
@pytest.mark.parametrize("small", [False, True])
def test_the_whole_of_it_is_found(marked: str, small: bool) -> None:
    """Every letter between the brackets lies in a hit, also without capitals."""
    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    found = _found(text.lower() if small else text)
    assert all(k in found for k in range(start, end) if text[k].isalnum())


@pytest.mark.parametrize("text", NEITHER)
def test_counts_times_and_places_are_no_streets(text: str) -> None:
    """Nothing is flagged where nobody told a street."""
    assert not _found(text)
    assert not _found(text.lower())
